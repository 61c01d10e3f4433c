import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogsAsked, LogsFound } from '../../../src/app/queries/logs.ts';
import { asActor } from '../../../src/domain/ids.ts';
import { fieldsText } from '../../../src/domain/log-line.ts';
import { loggingInto } from '../../support/log-lines.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { type Place, World } from '../world.ts';

let world: World;
let tower: Place;
let log: ReturnType<typeof loggingInto>;
beforeEach(async () => {
  world = await World.open();
  tower = await world.addTower();
  world.owners.add(ADA);
  world.logged.length = 0;
  log = loggingInto(world.logged, world.clock);
});
afterEach(() => world.close());

const auditor = { guildId: GUILD, actorId: asActor(BEN) };
const operator = { guildId: GUILD, actorId: asActor(ADA) };
const ALL: LogsAsked = { level: 'info', contains: '', since: null };

const textsOf = (found: Pick<LogsFound, 'lines'>) =>
  found.lines.map((line) => `${line.sentence} ${fieldsText(line)}`.trim());
const read = async (asked: Partial<LogsAsked> = {}, who = auditor) =>
  textsOf(await world.app.logs.find(who, { ...ALL, ...asked }, 10));

describe('whose lines', () => {
  beforeEach(() => {
    log.info({ guildId: GUILD, grants: 2 }, 'ours');
    log.info({ guildId: OTHER_GUILD, about: GUILD }, 'of others, though our id is in it');
    log.warn({ port: 8080 }, 'of the installation');
    world.logged.push('{"level":30,"time":"2026-03-01T12:00:00.000Z","guildId":', 'no line', '[]', '7');
  });

  it('a guild reads its own', async () => expect(await read()).toEqual(['ours grants=2']));

  it('whoever runs Usher reads those of the installation as well, and none of other guilds', async () => {
    expect(await read({}, operator)).toEqual([
      'ours grants=2',
      'of the installation of=installation port=8080',
    ]);
  });
});

describe('where servers are', () => {
  const SECRETS = ['tower.test', '10.1.2.3', 'fe80::1', 'nas.lan', 'jelly.example'];
  beforeEach(() => {
    const fields = { guildId: GUILD, serverId: tower.server.id };
    const refused = Object.assign(new Error('connect ECONNREFUSED 10.1.2.3:32400'), { code: 'ECONNREFUSED' });
    log.error({ ...fields, err: refused }, 'one');
    log.warn({ ...fields, why: 'getaddrinfo ENOTFOUND nas.lan' }, 'two');
    log.warn(
      { ...fields, detail: { asked: ['https://jelly.example/System/Info'], host: 'jelly.example' } },
      'three',
    );
    log.warn({ ...fields, said: 'Tower.test answers at [fe80::1]:8096, jelly.example:443' }, 'four');
    log.info({ ...fields, at: '2026-03-01T12:00:00.000Z', accounts: 3 }, 'five');
  });

  it('is not read by staff, whatever says it; what is no address stays', async () => {
    const texts = await read();
    for (const secret of SECRETS) expect(texts.join('\n').toLowerCase()).not.toContain(secret);
    expect(texts[0]).toBe('one server=Tower err=Error ECONNREFUSED');
    expect(texts[4]).toBe('five server=Tower at=2026-03-01T12:00:00.000Z accounts=3');
  });

  it('is not found by searching for it', async () => {
    for (const secret of SECRETS) expect(await read({ contains: secret })).toEqual([]);
    expect(await read({ contains: 'TOWER five' })).toHaveLength(1);
  });

  it('is read by whoever runs Usher', async () => {
    const all = (await read({}, operator)).join('\n');
    for (const secret of SECRETS) expect(all.toLowerCase()).toContain(secret);
  });
});

it('the newest that fit are shown in order, and all of them counted', async () => {
  for (let number = 1; number <= 30; number += 1) {
    log[number % 3 === 0 ? 'error' : 'info']({ guildId: GUILD, number }, 'a line');
    world.clock.advance(MINUTE);
  }
  const found = await world.app.logs.find(auditor, { ...ALL, level: 'warn' }, 3);
  expect(textsOf(found)).toEqual(['a line number=24', 'a line number=27', 'a line number=30']);
  expect(found.total).toBe(10);
  expect(found.lookedBackTo).toBeUndefined();
  const since = new Date(world.clock.now().getTime() - 10 * MINUTE);
  expect((await world.app.logs.find(auditor, { ...ALL, since }, 99)).total).toBe(10);
});

it('no more than so much is looked at, and it is said how far back', async () => {
  const filler = 'x'.repeat(1_000);
  log.info({ guildId: GUILD }, 'too old to be found');
  world.clock.advance(HOUR);
  const first = world.clock.now();
  const pieces: string[][] = [[...world.logged]];
  for (let piece = 0; piece < 200; piece += 1) {
    world.logged.length = 0;
    for (let line = 0; line < 100; line += 1) log.info({ guildId: OTHER_GUILD, filler }, 'another');
    pieces.push([...world.logged]);
  }
  world.piecesOfLog = pieces;
  const found = await world.app.logs.find(auditor, ALL, 10);
  expect([found.total, found.lookedBackTo]).toEqual([0, first]);
});

describe('followed', () => {
  const ROLE = '600000000000000007';
  beforeEach(async () => {
    const change = { guildId: GUILD, actorId: STAFF, roleId: ROLE, capability: 'auditor' } as const;
    await world.app.settings.setRole({ ...change, action: 'allow' });
    world.guilds.role(ROLE);
    world.guilds.roleIds.set(BEN, [ROLE]);
    world.logged.length = 0;
  });

  const follow = () => world.app.logs.follow(auditor, ALL, 5);
  type Step = Awaited<ReturnType<ReturnType<typeof follow>['next']>>;
  const shown = ({ value, done }: Step) =>
    done ? value : typeof value === 'string' ? value : textsOf(value);
  /** Lets whoever waits read what is there. */
  async function pass(ms: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    world.clock.advance(ms);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }

  it('shows what is new, only when there is some, and ends by itself after five minutes', async () => {
    log.info({ guildId: GUILD }, 'before');
    const steps = follow();
    expect(shown(await steps.next())).toEqual(['before']);
    const second = steps.next();
    let isThere = false;
    void second.then(() => {
      isThere = true;
    });
    await pass(4 * SECOND);
    log.info({ guildId: OTHER_GUILD }, 'of others');
    await pass(4 * SECOND);
    expect(isThere).toBe(false);
    log.info({ guildId: GUILD }, 'new');
    await pass(4 * SECOND);
    expect(shown(await second)).toEqual(['before', 'new']);
    const third = steps.next();
    for (let number = 1; number <= 6; number += 1) log.info({ guildId: GUILD, number }, 'many');
    await pass(4 * SECOND);
    const { value } = await third;
    expect(value).toMatchObject({ total: 8, lines: { length: 5 } });
    const last = steps.next();
    for (let minute = 0; minute < 6; minute += 1) await pass(MINUTE);
    expect(await last).toEqual({ done: true, value: 'over' });
  });

  it('ends for whoever may not read it any more, before they see what is new', async () => {
    const steps = follow();
    await steps.next();
    const second = steps.next();
    await pass(20 * SECOND);
    log.info({ guildId: GUILD }, 'still theirs');
    await pass(4 * SECOND);
    expect(shown(await second)).toEqual(['still theirs']);
    const third = steps.next();
    world.guilds.roleIds.set(BEN, []);
    await pass(20 * SECOND);
    log.info({ guildId: GUILD }, 'not theirs');
    await pass(4 * SECOND);
    expect(await third).toEqual({ done: true, value: 'lost' });
  });

  it('what is new waits while Discord does not say who they are, and is shown then', async () => {
    const steps = follow();
    await steps.next();
    const second = steps.next();
    await pass(20 * SECOND);
    world.guilds.silent = 2;
    log.info({ guildId: GUILD }, 'new');
    await pass(4 * SECOND);
    await pass(4 * SECOND);
    expect(world.guilds.silent).toBe(0);
    await pass(4 * SECOND);
    expect(shown(await second)).toEqual(['new']);
  });

  it('is stopped by whoever follows, by following again, and by the end of the process', async () => {
    const first = follow();
    await first.next();
    const firstEnd = first.next();
    const second = follow();
    await second.next();
    expect(await firstEnd).toEqual({ done: true, value: 'stopped' });
    const secondEnd = second.next();
    world.app.logs.stop({ ...auditor, actorId: asActor(ADA) });
    world.app.logs.stop(auditor);
    expect(await secondEnd).toEqual({ done: true, value: 'stopped' });
    const third = follow();
    await third.next();
    const thirdEnd = third.next();
    world.restart();
    expect(await thirdEnd).toEqual({ done: true, value: 'stopped' });
  });
});
