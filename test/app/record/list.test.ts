/** The record as it is looked at and taken away. */
import { createHash, createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Exported, RecordFormat } from '../../../src/app/record/export.ts';
import type { RecordAsked } from '../../../src/app/record/list.ts';
import { asActor, asMember } from '../../../src/domain/ids.ts';
import type { NonEmpty } from '../../../src/domain/model.ts';
import { DAY, MINUTE } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { AUDIT, World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

/** One a minute: about Ada and Ben in turn, and every fifth a setting that was changed by nobody. */
async function record(count: number, guildId = GUILD): Promise<void> {
  for (let index = 1; index <= count; index += 1) {
    world.clock.advance(MINUTE);
    const at = world.clock.now();
    const given = { action: 'grant.created', actorId: STAFF, targetId: index % 2 === 0 ? ADA : BEN } as const;
    const event = index % 5 === 0 ? ({ action: 'settings.changed', actorId: null } as const) : given;
    const facts = { reason: `=cmd(${index})`, libraries: ['Movies, "all"', 'Ünder'] };
    await world.stores.transaction(guildId, ({ audit }) => audit.append({ ...event, facts, at }));
  }
}

async function pages(asked: RecordAsked, size: number): Promise<readonly (readonly number[])[]> {
  const found: (readonly number[])[] = [];
  for (let from: number | undefined = 0; from !== undefined; ) {
    const page = await world.app.recordList.page(GUILD, asked, { from, size });
    found.push(page.events.map(({ number }) => number));
    from = page.older;
  }
  return found;
}

describe('the list', () => {
  beforeEach(() => record(12));

  it('goes from the newest to the first, and back', async () => {
    expect(await pages({}, 5)).toEqual([
      [12, 11, 10, 9, 8],
      [7, 6, 5, 4, 3],
      [2, 1],
    ]);
    const page = (from: number) => world.app.recordList.page(GUILD, {}, { from, size: 5 });
    expect((await page(2)).newer).toBe(7);
    expect((await page(7)).newer).toBe(12);
    expect((await page(9)).newer).toBe(0);
    expect((await page(0)).newer).toBeUndefined();
    expect((await page(12)).newer).toBeUndefined();
    expect((await page(99)).events.map(({ number }) => number)).toEqual([12, 11, 10, 9, 8]);
  });

  it('is of somebody: what was done to them, and what they did', async () => {
    expect(await pages({ personId: ADA }, 5)).toEqual([[12, 8, 6, 4, 2]]);
    expect(await pages({ personId: asMember(STAFF) }, 6)).toEqual([
      [12, 11, 9, 8, 7, 6],
      [4, 3, 2, 1],
    ]);
    expect(await pages({ personId: ADA, actions: ['settings.changed'] }, 5)).toEqual([[]]);
    const about = { personId: BEN, actions: ['settings.changed', 'grant.created'] } as const;
    expect(await pages(about, 9)).toEqual([[11, 9, 7, 3, 1]]);
  });

  it('is of kinds of events, and since a moment', async () => {
    expect(await pages({ actions: ['settings.changed'] }, 1)).toEqual([[10], [5]]);
    expect(await pages({ actions: ['settings.changed', 'grant.created'] }, 11)).toHaveLength(2);
    const since = new Date(world.clock.now().getTime() - 3 * MINUTE);
    expect(await pages({ since }, 9)).toEqual([[12, 11, 10, 9]]);
    expect(await pages({ since: new Date(since.getTime() + 1) }, 9)).toEqual([[12, 11, 10]]);
    expect(await pages({ since: new Date(0) }, 99)).toHaveLength(1);
    expect(await pages({ since: new Date(world.clock.now().getTime() + 1) }, 9)).toEqual([[]]);
  });

  it('is of one guild', async () => {
    const page = await world.app.recordList.page(OTHER_GUILD, {}, { from: 0, size: 5 });
    expect(page).toEqual({ events: [], newer: undefined, older: undefined });
    expect(await world.app.recordList.find(OTHER_GUILD, 3)).toBeUndefined();
  });
});

describe('one event', () => {
  const line = async (number: number) => (await world.app.recordList.find(GUILD, number))?.line;
  /** Discord takes what is owed to the audit channel. */
  async function deliver(messageId: string): Promise<void> {
    const due = await world.outbox.listDue(world.clock.now(), 50);
    const [first] = due.filter(({ kind }) => kind === 'audit');
    if (!first) throw new Error('nothing is owed');
    const behind = await world.outbox.listBehind(first, 50);
    const all: NonEmpty<typeof first> = [first, ...behind];
    await world.app.deliveries.sent(all, messageId);
  }

  it('is known to be on its way, refused, or where Discord has it', async () => {
    await record(1);
    expect(await line(1)).toEqual({ kind: 'unknown' });
    await world.setChannel('audit');
    await deliver('700000000000000001');
    await record(2);
    const since = world.clock.now();
    expect(await line(4)).toEqual({ kind: 'waiting', channelId: AUDIT, since: expect.any(Date) });
    const [first] = await world.outbox.listDue(since, 50);
    if (!first) throw new Error('nothing is owed');
    const trouble = 'it may not';
    await world.app.deliveries.refused(first, { trouble, dueAt: since, ownerId: undefined });
    expect(await line(3)).toMatchObject({ kind: 'refused', channelId: AUDIT, trouble });
    await deliver('700000000000000002');
    const sent = { kind: 'sent', channelId: AUDIT, messageId: '700000000000000002' };
    expect([await line(3), await line(4)]).toEqual([sent, sent]);
  });

  it('leads to no message once somebody of it was forgotten', async () => {
    const tower = await world.addTower();
    await world.setChannel('audit');
    await world.grant(ADA, [tower.id('Movies')]);
    const { number = 0 } = (await world.events('grant.created')).at(-1) ?? {};
    await deliver('700000000000000001');
    expect(await line(number)).toMatchObject({ kind: 'sent' });
    await world.app.forgetting.begin(GUILD, ADA, asActor(ADA));
    expect(await line(number)).toEqual({ kind: 'unknown' });
  });
});

describe('the file', () => {
  async function file(
    format: RecordFormat,
    since?: Date,
    guildId = GUILD,
  ): Promise<{ readonly text: string; readonly exported: Exported }> {
    const pieces = world.app.recordExport.file(guildId, { format, since });
    for (let text = ''; ; ) {
      const next = await pieces.next();
      if (next.done) return { text, exported: next.value };
      text += next.value;
    }
  }
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

  it('proves itself: whoever has it can compute the hash of each line from the one before', async () => {
    await record(12);
    const { text, exported } = await file('json');
    const lines = text.trimEnd().split('\n');
    const { head, behind } = JSON.parse(lines.pop() ?? '');
    let before = behind.hash;
    // As docs/operating/record.md says.
    for (const line of lines) {
      const { number, at, action, by, about, salt, factsHash, hash } = JSON.parse(line);
      const facts = /"facts":(\{.*\}),"salt"/.exec(line)?.[1];
      const who = `{"actorId":${JSON.stringify(by)},"facts":${facts},"targetId":${JSON.stringify(about)}}`;
      expect(sha256(salt + who)).toBe(factsHash);
      const event = { action, at, factsHash, guildId: head.guild, number };
      expect(sha256(before + JSON.stringify(event))).toBe(hash);
      before = hash;
    }
    expect(before).toBe(head.hash);
    const signed = `usher record ${head.guild} ${head.number} ${head.hash}`;
    expect(createHmac('sha256', Buffer.alloc(32, 9)).update(signed).digest('hex')).toBe(head.signature);
    expect(exported).toEqual({ events: 12, first: 1, last: 12, breaks: 0 });
  });

  it('begins where it was asked to, and says what it begins behind', async () => {
    await record(12);
    const since = new Date(world.clock.now().getTime() - 2 * MINUTE);
    const { text, exported } = await file('json', since);
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ number }) => number)).toEqual([10, 11, 12, undefined]);
    const [ninth] = await world.stores.of(GUILD).record.read({ after: 8, limit: 1 });
    expect(lines.at(-1).behind).toEqual({ number: 9, hash: ninth?.hash });
    expect(exported).toEqual({ events: 3, first: 10, last: 12, breaks: 0 });
    const nothing = await file('json', new Date(world.clock.now().getTime() + DAY));
    expect(nothing.exported.events).toBe(0);
  });

  it('runs nothing in a spreadsheet', async () => {
    await record(5);
    const { text } = await file('csv');
    const [head, first, ...rest] = text.trimEnd().split('\r\n');
    expect(head).toContain('"number","at","action"');
    expect(first).toContain(`"1","2026-03-01T12:01:00.000Z","grant.created","${STAFF}","${BEN}"`);
    expect(first).toContain(`"Movies, ""all"", Ünder","","'=cmd(1)"`);
    expect(rest.at(-1)).toContain('"head"');
    expect(text).not.toMatch(/(?:^|,)"[=+@-]/m);
  });

  it('has one guild only, and whoever was forgotten by their pseudonym alone', async () => {
    const tower = await world.addTower();
    const person = await world.newAccount(ADA, tower);
    await world.app.people.note(GUILD, [{ userId: BEN, name: 'Ben of Den' }]);
    await world.grant(ADA, [tower.id('Movies')]);
    await world.grant(BEN, [tower.id('Movies')]);
    await record(3, OTHER_GUILD);
    await world.app.forgetting.begin(GUILD, ADA, asActor(ADA));
    for (const format of ['json', 'csv'] as const) {
      const { text, exported } = await file(format);
      for (const trace of [ADA, person.name, 'cmd(', 'Ben of Den']) expect(text).not.toContain(trace);
      expect(text).toContain('forgotten-');
      expect(text).toContain(BEN);
      expect(exported.events).toBe(await world.countEvents());
    }
  });

  it('says where it is not whole', async () => {
    await record(5);
    await world.tamper((queries) => queries.auditEvent.deleteMany({ where: { number: 3 } }));
    expect((await file('json')).exported).toMatchObject({ events: 4, breaks: 1 });
  });
});
