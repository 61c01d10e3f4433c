/** Whether the record is whole: whatever is changed in the database past Usher shows, and nothing else does. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHeadSigner } from '../../../src/adapters/head-signer.ts';
import type { Queries } from '../../../src/adapters/prisma/client.ts';
import { hashEvent, hashFacts } from '../../../src/adapters/prisma/stores/chain.ts';
import { createApp } from '../../../src/app/app.ts';
import { asActor } from '../../../src/domain/ids.ts';
import { createJobs } from '../../../src/jobs/jobs.ts';
import { DAY, HOUR } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, AUDIT, World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

async function record(count: number, guildId = GUILD): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    world.clock.advance(1_000);
    const at = world.clock.now();
    await world.stores.transaction(guildId, ({ audit }) =>
      audit.append({
        action: 'grant.created',
        actorId: STAFF,
        targetId: index % 2 === 0 ? ADA : BEN,
        facts: { grant: index, libraries: ['Movies'], reason: 'ü 🎬' },
        at,
      }),
    );
  }
}

const verify = (guildId = GUILD) => world.app.recordCheck.verify(guildId);
const breaksOf = async (guildId = GUILD) => (await verify(guildId)).breaks;
const daily = (guildId = GUILD) => createJobs(world.app).record(guildId);
const row = (number: number, guildId = GUILD) => ({ guildId_number: { guildId, number } });
const change = (number: number, data: Parameters<Queries['auditEvent']['update']>[0]['data']) =>
  world.tamper((queries) => queries.auditEvent.update({ where: row(number), data }));
const remove = (from: number) =>
  world.tamper((queries) =>
    queries.auditEvent.deleteMany({ where: { guildId: GUILD, number: { gte: from } } }),
  );
const headsIn = async () =>
  (await world.owed(AUDIT)).flatMap((content) => (content.kind === 'head' ? [content] : []));
const alertsIn = async () =>
  (await world.owed(ALERTS)).flatMap((content) => (content.kind === 'alert' ? [content.text] : []));

/** Somebody who knows how it is made writes all of it anew, from a number on, with another reason in it. */
async function rewrite(from: number): Promise<void> {
  await world.tamper(async (queries) => {
    const rows = await queries.auditEvent.findMany({ where: { guildId: GUILD }, orderBy: { number: 'asc' } });
    let prevHash = '';
    for (const { guildId: _guildId, ...event } of rows) {
      const facts = event.number === from ? event.facts.replace('Movies', 'Nothing') : event.facts;
      const factsHash = hashFacts(event.salt, { ...event, facts });
      const hash = hashEvent(prevHash, GUILD, { ...event, at: event.at.toISOString(), factsHash });
      const data = { facts, factsHash, prevHash, hash };
      await queries.auditEvent.update({ where: row(event.number), data });
      prevHash = hash;
    }
    await queries.guild.update({ where: { id: GUILD }, data: { auditHead: prevHash } });
  });
}

describe('the record', () => {
  it('is whole as Usher writes it, and is told with its end, signed', async () => {
    await record(5);
    const found = await verify();
    expect(found).toMatchObject({ breaks: [], count: 0, events: 5, emptied: 0, told: 0 });
    const head = await world.stores.of(GUILD).record.head();
    expect(found.signed).toMatchObject(head);
    expect(found.since).toBe((await world.events())[0]?.at.toISOString());
    const signer = createHeadSigner({ keyId: 'of the test', bytes: Buffer.alloc(32, 9) });
    if (!found.signed) throw new Error('nothing was signed');
    expect(signer.check(GUILD, found.signed)).toBe('signed');
    expect(signer.check(OTHER_GUILD, found.signed)).toBe('not signed');
    expect(signer.check(GUILD, { ...found.signed, number: 4 })).toBe('not signed');
  });

  it('of nothing is whole, and there is nothing to sign', async () => {
    expect(await verify()).toMatchObject({ count: 0, events: 0, signed: undefined });
  });

  it('is told anew only when something is new', async () => {
    await record(1);
    await verify();
    await verify();
    expect((await verify()).told).toBe(1);
    await record(1);
    await verify();
    expect((await verify()).told).toBe(2);
  });

  it('of two guilds is apart: what is broken in one is whole in the other', async () => {
    await record(3);
    await record(4, OTHER_GUILD);
    await change(2, { actorId: BEN });
    expect(await breaksOf()).toEqual([{ kind: 'changed', number: 2 }]);
    expect(await verify(OTHER_GUILD)).toMatchObject({ count: 0, events: 4 });
  });

  it('is whole after somebody was forgotten, and while they are', async () => {
    const tower = await world.addTower();
    await world.newAccount(ADA, tower);
    await world.grant(ADA, [tower.id('Movies')], { ms: HOUR });
    await verify();
    const before = await world.countEvents();
    await world.app.forgetting.begin(GUILD, ADA, asActor(ADA));
    const found = await verify();
    expect(found.breaks).toEqual([]);
    expect(found.emptied).toBeGreaterThan(0);
    expect(found.events).toBeGreaterThan(before);
  });

  it('of many batches is checked to its end', async () => {
    await record(3);
    await world.tamper(async (queries) => {
      const [last] = await queries.auditEvent.findMany({ where: { guildId: GUILD, number: 3 } });
      if (!last) throw new Error('there are three');
      let prevHash = last.hash;
      for (let number = 4; number <= 2_100; number += 1) {
        const hash = hashEvent(prevHash, GUILD, { ...last, number, at: last.at.toISOString() });
        await queries.auditEvent.create({ data: { ...last, number, prevHash, hash } });
        prevHash = hash;
      }
      await queries.guild.update({ where: { id: GUILD }, data: { auditNumber: 2_100, auditHead: prevHash } });
    });
    expect(await verify()).toMatchObject({ count: 0, events: 2_100 });
    await change(2_050, { action: 'grant.ended' });
    expect(await breaksOf()).toEqual([{ kind: 'changed', number: 2_050 }]);
  });
});

describe('what somebody changes in the database', () => {
  beforeEach(() => record(6));

  it.each([
    ['who did it', { actorId: BEN }],
    ['whom it was about', { targetId: BEN }],
    ['what it was', { facts: '{}' }],
    ['what happened', { action: 'grant.ended' }],
    ['when it happened', { at: new Date(0) }],
    ['that it was made by Usher as it is now', { factsHash: '' }],
  ])('shows: %s', async (_what, data) => {
    await change(3, data);
    const found = await verify();
    expect(found).toMatchObject({ breaks: [{ kind: 'changed', number: 3 }], signed: undefined });
  });

  it('shows when an event is removed', async () => {
    await world.tamper((queries) => queries.auditEvent.deleteMany({ where: { number: { in: [3, 4] } } }));
    expect(await breaksOf()).toEqual([{ kind: 'removed', number: 3, to: 4 }]);
    await world.tamper((queries) => queries.auditEvent.deleteMany({ where: { number: 1 } }));
    expect(await breaksOf()).toEqual([
      { kind: 'removed', number: 1, to: 1 },
      { kind: 'removed', number: 3, to: 4 },
    ]);
  });

  it('shows when two are swapped', async () => {
    await world.tamper(async (queries) => {
      for (const [from, to] of [
        [3, 99],
        [4, 3],
        [99, 4],
      ] as const)
        await queries.auditEvent.update({ where: row(from), data: { number: to } });
    });
    const broken = (await breaksOf()).map(({ number }) => number);
    expect(new Set(broken)).toEqual(new Set([3, 4, 5]));
  });

  it('shows when an event is replaced with hashes of its own', async () => {
    const [event] = await world.stores.of(GUILD).record.read({ after: 2, limit: 1 });
    if (!event) throw new Error('there is a third');
    const facts = '{"grant":1}';
    const factsHash = hashFacts(event.salt, { ...event, facts });
    const hash = hashEvent(event.prevHash, GUILD, { ...event, factsHash });
    await change(3, { facts, factsHash, hash });
    expect(await breaksOf()).toEqual([{ kind: 'unchained', number: 4 }]);
  });

  it('shows when the end is removed', async () => {
    await remove(5);
    expect(await breaksOf()).toEqual([{ kind: 'cut', number: 5, to: 6 }]);
  });

  it('shows when the end is removed after it was told, however well that is hidden', async () => {
    await verify();
    await remove(5);
    const [last] = await world.stores.of(GUILD).record.read({ after: 3, limit: 1 });
    await world.tamper((queries) =>
      queries.guild.update({ where: { id: GUILD }, data: { auditNumber: 4, auditHead: last?.hash ?? '' } }),
    );
    expect(await breaksOf()).toEqual([{ kind: 'cut', number: 5, to: 6 }]);
    await record(3);
    expect(await breaksOf()).toEqual([{ kind: 'rewritten', number: 6 }]);
  });

  it('shows when all of it is written anew after it was told', async () => {
    await verify();
    await rewrite(2);
    expect(await breaksOf()).toEqual([{ kind: 'rewritten', number: 6 }]);
  });

  it('does not show when nobody was told before: that is what telling is for', async () => {
    await rewrite(2);
    expect(await breaksOf()).toEqual([]);
  });

  it('shows when the seal is written anew as well, because nobody else has the key', async () => {
    await verify();
    await rewrite(2);
    const head = await world.stores.of(GUILD).record.head();
    await world.tamper((queries) => queries.recordHead.updateMany({ data: { hash: head.hash } }));
    expect(await breaksOf()).toEqual([{ kind: 'unsigned', number: 6 }]);
  });

  it('shows when who and what are taken out of an event, and nobody was forgotten', async () => {
    await change(3, { salt: '', actorId: null, targetId: null, facts: '{}' });
    expect(await breaksOf()).toEqual([{ kind: 'emptied', number: 3 }]);
    await change(4, { salt: '', targetId: 'forgotten-abcdefgh', facts: '{}' });
    expect(await breaksOf()).toEqual([
      { kind: 'emptied', number: 3 },
      { kind: 'emptied', number: 4 },
    ]);
  });
});

describe('once a day', () => {
  beforeEach(async () => {
    await world.setChannel('audit');
    await world.setChannel('alerts');
  });

  it('a guild is due a day after it began, and a day after the last time', async () => {
    await world.tamper((queries) => queries.guild.updateMany({ data: { createdAt: world.clock.now() } }));
    const due = () => world.stores.due.listRecordChecks(new Date(world.clock.now().getTime() - DAY));
    expect(await due()).toEqual([]);
    world.clock.advance(DAY);
    expect(await due()).toEqual([GUILD]);
    await daily();
    expect(await due()).toEqual([]);
    world.clock.advance(DAY);
    expect(await due()).toEqual([GUILD]);
  });

  it('what is new is checked, and its seal told in the audit channel; on a day without anything there is none', async () => {
    await record(3);
    const events = await world.countEvents();
    await daily();
    const head = await world.stores.of(GUILD).record.head();
    expect(await headsIn()).toMatchObject([head]);
    await daily();
    expect(await headsIn()).toHaveLength(1);
    await record(1);
    await daily();
    expect((await headsIn()).map(({ number }) => number)).toEqual([events, events + 1]);
    expect(await alertsIn()).toEqual([]);
    expect(await world.countEvents()).toBe(events + 1);
    expect(await verify()).toMatchObject({ count: 0, told: 2 });
  });

  it('a break is told to staff once, and the next one as well', async () => {
    await record(4);
    await daily();
    await record(4);
    const last = await world.countEvents();
    await change(last - 1, { actorId: BEN });
    await daily();
    expect(await alertsIn()).toEqual([expect.stringContaining(`#${last - 1} is not as it was written`)]);
    await daily();
    await record(2);
    await daily();
    expect(await alertsIn()).toHaveLength(1);
    await change(last + 2, { actorId: BEN });
    await record(1);
    await daily();
    expect(await alertsIn()).toHaveLength(2);
    const errors = world.log.filter(({ level }) => level === 'error');
    expect(errors.map(({ sentence }) => sentence)).toEqual(Array(2).fill('the record is not whole'));
  });

  it('the end that is missing is told once, also when nothing is new', async () => {
    await record(4);
    await daily();
    const last = await world.countEvents();
    await remove(last);
    await daily();
    await daily();
    expect(await alertsIn()).toEqual([expect.stringContaining(`The end is missing: #${last}`)]);
  });

  it('what was written anew since is told, where it touches the seal', async () => {
    await record(4);
    await daily();
    await rewrite(3);
    await daily();
    expect((await alertsIn()).join('\n')).toContain('does not fit the seal');
  });
});

describe('a record that an older version began', () => {
  beforeEach(async () => {
    await record(5);
    await world.tamper((queries) =>
      queries.auditEvent.updateMany({
        where: { guildId: GUILD, number: { lte: 3 } },
        data: { salt: '', factsHash: '', hash: 'as it was made then' },
      }),
    );
  });

  it('is chained anew before anybody is told a head', async () => {
    expect(await verify()).toMatchObject({ count: 0, events: 5, emptied: 0 });
    const events = await world.stores.of(GUILD).record.read({ after: 0, limit: 9 });
    expect(events.map(({ isAsWritten, salt }) => isAsWritten && salt !== '')).toEqual(Array(5).fill(true));
  });

  it('is chained anew by the daily check, too, and never again', async () => {
    await daily();
    expect(await verify()).toMatchObject({ count: 0 });
    await change(1, { factsHash: '', salt: '' });
    expect((await breaksOf()).at(0)).toEqual({ kind: 'changed', number: 1 });
  });
});

it('a seal from before the key was changed still has to fit, though it proves nothing once that key is forgotten', async () => {
  await record(3);
  await verify();
  const [own, fresh] = [
    { keyId: 'of the test', bytes: Buffer.alloc(32, 9) },
    { keyId: 'new', bytes: Buffer.alloc(32, 1) },
  ];
  const knowing = { ...world.deps, headSigner: createHeadSigner(fresh, [own]) };
  const before = createApp(knowing, async () => undefined, new AbortController().signal);
  expect(await before.recordCheck.verify(GUILD)).toMatchObject({ count: 0, told: 1, otherKey: 0 });
  const other = { ...world.deps, headSigner: createHeadSigner(fresh) };
  const app = createApp(other, async () => undefined, new AbortController().signal);
  expect(await app.recordCheck.verify(GUILD)).toMatchObject({ count: 0, told: 1, otherKey: 1 });
  await rewrite(2);
  expect((await app.recordCheck.verify(GUILD)).breaks).toEqual([{ kind: 'rewritten', number: 3 }]);
});
