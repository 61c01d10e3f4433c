/** The drill: played on the fake servers, kept, cleaned up, and told. */
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DrillEnd, DrillStart } from '../../../src/app/servers/drill/drill.ts';
import type { Finding } from '../../../src/domain/drill/beliefs.ts';
import type { FakePerson } from '../../support/fake-media-server.ts';
import { HOUR, MINUTE } from '../../support/moments.ts';
import { ann, GUILD, STAFF } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { TOKEN } from '../fake-plex-sign-in.ts';
import { ALERTS, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
  world.clock.jumps = true;
});
afterEach(async () => {
  await world.close();
});

const start = async (place: Place, library: string): Promise<DrillStart> =>
  await world.app.drills.start({
    guildId: GUILD,
    actorId: STAFF,
    serverId: place.server.id,
    libraryId: place.id(library),
  });

async function begun(place: Place, library: string): Promise<Extract<DrillStart, { kind: 'begun' }>> {
  const started = await start(place, library);
  if (started.kind !== 'begun') throw new Error(`not begun: ${JSON.stringify(started)}`);
  return started;
}

async function played(place: Place, library: string): Promise<Extract<DrillEnd, { kind: 'played' }>> {
  const end = await (await begun(place, library)).finished;
  if (end.kind !== 'played') throw new Error(`not played: ${JSON.stringify(end)}`);
  return end;
}

const of = (end: Extract<DrillEnd, { kind: 'played' }>, result: Finding['result']) =>
  end.report.findings.filter((finding) => finding.result === result).map(({ name }) => name);

const left = async () => await world.stores.of(GUILD).drills.list();
const frozen = async (place: Place) =>
  inEnglish((await world.stores.of(GUILD).servers.find(place.server.id))?.frozenWhy);
const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
const stored = async () => (await world.stores.of(GUILD).accounts.list()).map(({ name }) => name);

/** Somebody at plex.tv who signs in as the throw-away account. */
function stranger(place: Place, wish: Partial<FakePerson> = {}): FakePerson {
  const person = place.fake.addPerson({ name: 'nobody-in-particular', ...wish });
  const { externalId, name } = person;
  world.plexTv.approvedBy = { externalId, name, emailMasked: null, protection: null, inHousehold: false };
  return person;
}

/** Whoever waits for that operation waits for ever, as when the process is killed there. */
function hangAt(place: Place, operation: 'setLibraries' | 'createAccount', when: 'before' | 'after') {
  const reached = Promise.withResolvers<void>();
  const { fake } = place;
  const original = fake[operation].bind(fake) as (...args: unknown[]) => Promise<unknown>;
  Object.assign(fake, {
    [operation]: async (...args: unknown[]) => {
      if (when === 'after') await original(...args);
      reached.resolve();
      return await new Promise(() => {});
    },
  });
  return {
    reached: reached.promise,
    lift: () => Object.assign(fake, { [operation]: original }),
  };
}

describe('where accounts are the server’s own', () => {
  let den: Place;
  beforeEach(async () => {
    den = await world.addDen();
  });

  it('all of it holds, and nothing is left but a line in the record', async () => {
    const before = await world.countEvents();
    const end = await played(den, 'Films');
    expect(of(end, 'differs')).toEqual([]);
    expect(of(end, 'unseen')).toEqual([]);
    expect(end.report.steps.map(({ step }) => step)).toEqual([
      'look',
      'give',
      'accept',
      'change',
      'withdraw',
      'clean-up',
    ]);
    expect([...den.fake.people.values()]).toEqual([]);
    expect(await left()).toEqual([]);
    expect(await world.actions(before)).toEqual(['server.drilled']);
    expect(await frozen(den)).toBeNull();
    expect(await world.stores.due.nextMoment()).toBeUndefined();
  });

  it('it gives the one library that was picked, and never another', async () => {
    const given: (readonly string[])[] = [];
    const { createAccount, setLibraries } = den.fake;
    den.fake.createAccount = async (account) => {
      given.push(account.externalIds);
      return await createAccount.call(den.fake, account);
    };
    den.fake.setLibraries = async (account, ids, options) => {
      given.push(ids);
      return await setLibraries.call(den.fake, account, ids, options);
    };
    await played(den, 'Series');
    expect(given).toEqual([['series'], ['series']]);
  });

  it('what does not hold freezes the server, and staff are told', async () => {
    await world.setChannel('alerts');
    den.fake.forgetsSettings = true;
    const end = await played(den, 'Films');
    expect(of(end, 'differs')).toEqual(['update-keeps-settings']);
    expect(inEnglish(await frozen(den))).toContain('survives a change of libraries');
    expect(inEnglish(await alerts())).toEqual([
      expect.objectContaining({ kind: 'alert', text: expect.stringContaining('Den is frozen') }),
    ]);
    expect(inEnglish((await world.events('server.drilled'))[0]?.facts.detail)).toContain(
      '1 did not (update-keeps-settings)',
    );
  });

  it('a sync in the middle of it tells nobody of the account, and stores none', async () => {
    const { setLibraries } = den.fake;
    const synced: unknown[] = [];
    den.fake.setLibraries = async (...args) => {
      const outcome = await setLibraries.apply(den.fake, args);
      synced.push(world.app.syncServers(GUILD));
      return outcome;
    };
    const before = await world.countEvents();
    await played(den, 'Films');
    await Promise.all(synced);
    expect(synced).toHaveLength(1);
    expect(await stored()).toEqual([]);
    expect(await world.actions(before)).toEqual(['server.drilled']);
  });

  it.each([
    ['before the account is made', 'createAccount', 'before'],
    ['when it is made, and nobody knows its id', 'createAccount', 'after'],
    ['when it has the library', 'setLibraries', 'after'],
  ] as const)('killed %s, the next start takes away what is there', async (_when, operation, when) => {
    const hang = hangAt(den, operation, when);
    void (await begun(den, 'Films')).finished.catch(() => {});
    await hang.reached;
    expect(await left()).toHaveLength(1);
    hang.lift();
    world.restart();
    expect(await world.stores.due.listUnfinished()).toEqual([GUILD]);
    await world.app.drills.resume(GUILD);
    expect([...den.fake.people.values()]).toEqual([]);
    expect(await left()).toEqual([]);
    expect(inEnglish((await world.events('server.drilled')).map(({ facts }) => facts.detail))).toEqual([
      'a drill was cut off; what it had left there is taken away',
    ]);
    expect(inEnglish(await stored())).toEqual([]);
  });

  it('what cannot be taken away is said, tried again, told at the third time, and taken in the end', async () => {
    await world.setChannel('alerts');
    den.fake.fail('deleteAccount', DOWN, { times: Number.POSITIVE_INFINITY });
    const end = await played(den, 'Films');
    expect(end.report.leftBehind).toBe(DOWN.message);
    expect(await left()).toEqual([expect.objectContaining({ attempts: 1, trouble: DOWN.message })]);
    expect(await start(den, 'Films')).toMatchObject({ kind: 'busy', trouble: DOWN.message });
    expect(await alerts()).toEqual([]);
    for (let tries = 0; tries < 3; tries += 1) await cleanUpAfter(MINUTE);
    expect(await alerts()).toEqual([
      expect.objectContaining({ text: expect.stringContaining('could not be taken away') }),
    ]);
    // It has nothing by then: only the account itself is left.
    expect([...den.fake.people.values()]).toEqual([expect.objectContaining({ disabled: true, access: [] })]);
    den.fake.heal();
    await cleanUpAfter(HOUR);
    expect([...den.fake.people.values()]).toEqual([]);
    expect(await left()).toEqual([]);
  });

  it('a server that is removed while something is left there: staff are told to take it away', async () => {
    await world.setChannel('alerts');
    den.fake.fail('deleteAccount', DOWN, { times: Number.POSITIVE_INFINITY });
    await played(den, 'Films');
    await world.app.removeServer.remove(GUILD, STAFF, den.server.id);
    expect(await left()).toEqual([]);
    expect(await alerts()).toEqual([
      expect.objectContaining({
        text: expect.stringMatching(/usher-drill-\w+.*Take it away on the server itself/),
      }),
    ]);
  });

  it('a server that is removed in the middle: the report does not say that nothing is left', async () => {
    const { setLibraries } = den.fake;
    den.fake.setLibraries = async (...args) => {
      await world.app.removeServer.remove(GUILD, STAFF, den.server.id);
      return await setLibraries.apply(den.fake, args);
    };
    const end = await played(den, 'Films');
    expect(inEnglish(end.report.leftBehind)).toContain('removed from Usher');
  });

  it('a server that does not answer leaves nothing, and proves nothing', async () => {
    takeDown(den.fake);
    const end = await played(den, 'Films');
    expect(of(end, 'held')).toEqual([]);
    expect(of(end, 'differs')).toEqual([]);
    expect(end.report.stopped).toBe(DOWN.message);
    expect(den.fake.calls).not.toContain('createAccount');
    expect(await left()).toEqual([]);
    expect(await frozen(den)).toBeNull();
  });

  it('somebody else’s account of that name is neither touched nor deleted', async () => {
    const { readAccess } = den.fake;
    den.fake.readAccess = async (options) => {
      const [drill] = await left();
      if (drill && den.fake.people.size === 0)
        den.fake.addPerson({ name: drill.name, password: 'their own', access: ['films'] });
      return await readAccess.call(den.fake, options);
    };
    const end = await played(den, 'Films');
    expect(inEnglish(end.report.stopped)).toContain('something there already');
    expect(inEnglish([...den.fake.people.values()])).toEqual([
      expect.objectContaining({ password: 'their own', access: ['films'] }),
    ]);
  });

  it('a library that is not there, or of another server, is not played with', async () => {
    const other = await world.addTower();
    expect(await start({ ...den, id: () => other.id('Movies') }, 'Movies')).toEqual({ kind: 'gone' });
  });
});

/** Lets time pass, and does what is due then. */
async function cleanUpAfter(ms: number): Promise<void> {
  world.clock.advance(ms);
  world.app.drills.begin(GUILD);
  await setImmediate();
  await world.app.idle('all');
}

describe('where accounts are a vendor’s', () => {
  let tower: Place;
  beforeEach(async () => {
    tower = await world.addTower();
  });

  it.each([
    ['waits until it is accepted', false, []],
    ['is accepted at once', true, ['pending-is-pending']],
  ] as const)('all of it holds when the invitation %s', async (_how, atOnce, unseen) => {
    tower.fake.acceptsAtOnce = atOnce;
    const person = stranger(tower);
    const started = await begun(tower, 'Movies');
    expect(started.signIn?.link).toBe('https://plex.test/link');
    const end = await started.finished;
    if (end.kind !== 'played') throw new Error(end.kind);
    expect(of(end, 'differs')).toEqual([]);
    expect(of(end, 'unseen')).toEqual(unseen);
    expect(person.access).toBeNull();
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await left()).toEqual([]);
    expect(await world.everythingStored()).not.toContain(TOKEN);
    expect(end.file).not.toMatch(/nobody-in-particular|Tower|Movies|tower\.test|identity-of/);
  });

  it('with more open than was asked nothing else is tried: it is closed at once, and the server frozen', async () => {
    tower.fake.opens = () => 'all';
    const person = stranger(tower);
    const end = await played(tower, 'Movies');
    expect(of(end, 'differs')).toEqual(['exactly-what-was-asked']);
    expect(of(end, 'unseen')).toEqual(expect.arrayContaining(['account-sees-it', 'update-keeps-settings']));
    expect(tower.fake.calls).not.toContain('setLibraries');
    expect(person.access).toBeNull();
    expect(inEnglish(await frozen(tower))).toContain('exactly what was asked');
  });

  it('nobody approves: nothing was done', async () => {
    const end = await (await begun(tower, 'Movies')).finished;
    expect(end).toEqual({ kind: 'expired' });
    expect(tower.fake.writes).toBe(0);
  });

  it.each([
    ['the owner', { externalId: '1' }, 'owner'],
    ['somebody of the owner’s Home', { protection: 'home' }, 'home'],
    ['somebody who has something there', { access: ['shows'] }, 'has-access'],
    ['somebody who is invited there', { access: ['shows'], pending: true }, 'has-access'],
  ] as const)('%s is refused, and keeps what they have', async (_who, wish, why) => {
    const person = stranger(tower, wish);
    const had = structuredClone(person);
    expect(await (await begun(tower, 'Movies')).finished).toEqual({ kind: 'refused', why });
    expect(person).toEqual(had);
    expect(tower.fake.writes).toBe(0);
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await left()).toEqual([]);
  });

  it('a member’s account is refused, also of another server', async () => {
    const attic = await world.add(world.build('plex', 'Attic', ['Old']));
    const member = await world.newAccount(ann, attic);
    stranger(tower, { externalId: member.externalId });
    expect(await (await begun(tower, 'Movies')).finished).toEqual({ kind: 'refused', why: 'member' });
  });

  it('killed after the invitation, the next start ends the share and forgets the token', async () => {
    const person = stranger(tower);
    const hang = hangAt(tower, 'setLibraries', 'after');
    void (await begun(tower, 'Movies')).finished.catch(() => {});
    await hang.reached;
    expect(person.access).toEqual(['movies']);
    hang.lift();
    world.restart();
    await world.app.drills.resume(GUILD);
    expect(person.access).toBeNull();
    expect(world.plexTv.forgotten).toEqual([TOKEN]);
    expect(await left()).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  it('a member who has connected the account since keeps what they have by then', async () => {
    const person = stranger(tower);
    const hang = hangAt(tower, 'setLibraries', 'after');
    void (await begun(tower, 'Movies')).finished.catch(() => {});
    await hang.reached;
    hang.lift();
    world.restart();
    await world.link(ann, tower, person);
    await world.app.drills.resume(GUILD);
    expect(person.access).toEqual(['movies']);
    expect(await left()).toEqual([]);
  });
});
