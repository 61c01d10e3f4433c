import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ServerAccountResult } from '../../../src/app/accounts/server-account.ts';
import type { Trouble } from '../../../src/app/ports/media-server.ts';
import { HOUR, MINUTE, SECOND } from '../../support/moments.ts';
import { ADA, BEN, GUILD } from '../../support/people.ts';
import { inEnglish } from '../../support/said.ts';
import { ALERTS, applicationsOf, DOWN, type Place, takeDown, World } from '../world.ts';

let world: World;
let den: Place;
let grantId: string;

/** Ada was granted Films on Den and has no account there. */
beforeEach(async () => {
  world = await World.open();
  den = await world.addDen();
  grantId = (await world.grant(ADA, [den.id('Films')], { ms: HOUR })).grant.id;
});
afterEach(() => world.close());

const create = (name = 'ada', memberId = ADA) =>
  world.app.serverAccounts.create(GUILD, memberId, den.server.id, name);

function passwordOf(result: ServerAccountResult): string {
  if (result.kind !== 'created') throw new Error(`not created: ${result.kind}`);
  return result.password;
}

const people = () => den.fake.people.values().toArray();
const rows = () => world.stores.of(GUILD).accounts.list();

describe('an account for a member', () => {
  it('sees only what was granted, and its password is said once', async () => {
    const before = await world.countEvents();
    const password = passwordOf(await create());
    expect(people()).toMatchObject([{ name: 'ada', password, access: ['films'], disabled: false }]);
    expect(await world.account(ADA, den.server.id)).toMatchObject({
      name: 'ada',
      createdByUs: true,
      externalId: people()[0]?.externalId,
      seen: [den.id('Films')],
      given: [den.id('Films')],
    });
    expect((await world.events()).slice(before)).toMatchObject([
      { action: 'member.linked', targetId: ADA, facts: { server: 'Den', account: 'ada' } },
      { action: 'access.applied', targetId: ADA, facts: { server: 'Den', libraries: ['Films'] } },
    ]);
  });

  it('is applied after the look that follows', async () => {
    await create();
    await world.pass(0);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grantId))).toEqual({ Den: 'applied' });
    expect(await world.events('access.applied')).toHaveLength(1);
  });

  it('loses everything when the grant ends', async () => {
    await create();
    await world.pass(HOUR);
    expect(people()).toMatchObject([{ disabled: true, access: [] }]);
    expect(await world.grantState(grantId)).toBe('ended');
  });

  it('is made once, however often the button is pressed', async () => {
    const results = await Promise.all([create(), create(), create('ada2')]);
    expect(results.map(({ kind }) => kind)).toEqual(['created', 'already', 'already']);
    expect(people()).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });

  it.each([
    ['a name that somebody has', 'ADA', 'name-taken'],
    ['a name that cannot be one', '', 'name-not-allowed'],
  ])('is not made under %s', async (_name, name, kind) => {
    den.fake.addPerson({ name: 'ada', password: 'hers' });
    expect((await create(name)).kind).toBe(kind);
    expect(await rows()).toEqual([]);
    expect(people()).toMatchObject([{ name: 'ada', password: 'hers' }]);
  });

  it.each([
    ['mixes alphabets', '\u0430da'],
    ['has what nobody sees', 'a\u3164da'],
    ['looks like another one of the server', 'adrnin'],
  ])('is not made under a name that %s, and the server is not asked for it', async (_name, name) => {
    den.fake.addPerson({ name: 'Admin', password: 'hers' });
    await world.app.syncServers(GUILD);
    expect((await create(name)).kind).toBe('name-not-allowed');
    expect([people().length, (await rows()).filter(({ memberId }) => memberId === ADA)]).toEqual([1, []]);
    expect((await create('adam')).kind).toBe('created');
  });

  it('is not made under a name that looks like one that is being made', async () => {
    await world.grant(BEN, [den.id('Films')]);
    den.fake.fail('createAccount', DOWN, { happens: true });
    expect((await create('barn')).kind).toBe('unfinished');
    expect((await create('bam', BEN)).kind).toBe('name-not-allowed');
  });

  it('is not made under a name that somebody takes just then', async () => {
    const { checkAccountName } = den.fake;
    den.fake.checkAccountName = async (name) => {
      const answer = await checkAccountName.call(den.fake, name);
      den.fake.addPerson({ name: 'ada', password: 'theirs', access: ['series'] });
      return answer;
    };
    expect(await create()).toEqual({ kind: 'name-taken' });
    expect(await rows()).toEqual([]);
    expect(people()).toMatchObject([{ password: 'theirs', access: ['series'], disabled: false }]);
  });

  it('is one account, when a sync sees it before it is written down', async () => {
    const { createAccount } = den.fake;
    den.fake.createAccount = async (account) => {
      const made = await createAccount.call(den.fake, account);
      await world.app.syncServers(GUILD);
      return made;
    };
    expect((await create()).kind).toBe('created');
    expect(await rows()).toMatchObject([
      { memberId: ADA, createdByUs: true, externalId: people()[0]?.externalId },
    ]);
  });

  it('is not made without a grant', async () => {
    expect(await create('ben', BEN)).toEqual({ kind: 'nothing-granted' });
    expect(people()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it('is not made on a Plex server, or on none', async () => {
    const tower = await world.addTower();
    const answers = [tower.server.id, 'no such server'].map((id) =>
      world.app.serverAccounts.create(GUILD, ADA, id, 'ada'),
    );
    expect(await Promise.all(answers)).toEqual([{ kind: 'nothing-granted' }, { kind: 'nothing-granted' }]);
  });

  it('is not made while the server is down; nothing is left of the try', async () => {
    takeDown(den.fake);
    expect(await create()).toMatchObject({ kind: 'failed', why: DOWN });
    expect(await rows()).toEqual([]);
    den.fake.heal();
    expect((await create()).kind).toBe('created');
  });

  it('that failed half-way is finished by the next try, with the same password', async () => {
    den.fake.fail('createAccount', DOWN, { happens: true });
    expect(await create()).toMatchObject({ kind: 'unfinished', name: 'ada', why: DOWN });
    const [made] = people();
    expect(passwordOf(await create())).toBe(made?.password);
    expect(people()).toHaveLength(1);
    expect(await rows()).toHaveLength(1);
  });
});

describe('what it has beside its libraries', () => {
  beforeEach(() => world.setChannel('alerts'));
  const alerts = async () => (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
  const applied = async () => (await world.events('access.applied'))[0]?.facts.detail;
  const copyFrom = async (templateAccountId: string) =>
    world.stores.transaction(GUILD, (tx) => tx.servers.update(den.server.id, { templateAccountId }));
  const made = () => people().find(({ name }) => name === 'ada');

  it('a server to which members have no link is asked about, once', async () => {
    await world.stores.transaction(GUILD, (tx) => tx.servers.update(den.server.id, { publicUrl: null }));
    await create();
    await world.grant(BEN, [den.id('Films')]);
    expect((await create('ben', BEN)).kind).toBe('created');
    expect(await alerts()).toEqual([
      { kind: 'alert', text: expect.stringContaining('Members have no link to Den') },
    ]);
  });

  it('is nothing', async () => {
    await create();
    expect(made()).toMatchObject({ access: ['films'], rights: 'nothing' });
    expect(await applied()).toBe('only these libraries and nothing beside them');
    expect(await alerts()).toEqual([]);
  });

  it('is what the template may, libraries apart', async () => {
    const { externalId } = den.fake.addPerson({ name: 'like me', rights: 'downloads', access: 'all' });
    await copyFrom(externalId);
    await create();
    expect(made()).toMatchObject({ access: ['films'], rights: 'downloads' });
    expect(await applied()).toBe('only these libraries, and the other rights of its template');
    expect(await alerts()).toEqual([]);
  });

  it.each([
    ['gone', 'gone from the server'],
    ['an administrator by now', 'an administrator of the server by now'],
  ])(
    'is nothing when the template is %s, which is said to staff, once for all accounts',
    async (how, text) => {
      const template = den.fake.addPerson({ name: 'like me', rights: 'downloads' });
      await copyFrom(template.externalId);
      if (how === 'gone') den.fake.people.delete(template.externalId);
      else template.protection = 'administrator';
      expect(inEnglish((await create()).kind)).toBe('created');
      expect(inEnglish(made())).toMatchObject({ access: ['films'], rights: 'nothing' });
      expect(inEnglish(await applied())).toContain(`only these libraries; the template account is ${text}`);
      await world.grant(BEN, [den.id('Films')]);
      expect(inEnglish((await create('ben', BEN)).kind)).toBe('created');
      expect(inEnglish(await alerts())).toEqual([{ kind: 'alert', text: expect.stringContaining(text) }]);
    },
  );

  it('that the server did not keep is not called “only these”', async () => {
    den.fake.notKept = ['Live TV'];
    await create();
    expect(inEnglish(await applied())).toBe(
      'only these libraries; the server did not keep what was set for: Live TV. Look at the account there.',
    );
    expect(await alerts()).toHaveLength(1);
  });
});

describe('one that is half made', () => {
  beforeEach(() => world.setChannel('alerts'));
  const alerts = async () =>
    (await world.owed(ALERTS)).filter((content) => JSON.stringify(content).includes('half made'));

  /** Made with every library, and neither restricted nor removed for `times` tries. */
  async function halfMake(times: number): Promise<void> {
    den.fake.fail('createAccount', DOWN, { happens: true, times });
    expect((await create()).kind).toBe('unfinished');
  }

  it('is due work: it is finished by a pass, and the member hears of it', async () => {
    await halfMake(2);
    expect(await rows()).toMatchObject([{ externalId: null, attempts: 1, dueAt: expect.any(Date) }]);
    await world.pass(5 * SECOND);
    await world.pass(10 * SECOND);
    expect(await world.account(ADA, den.server.id)).toMatchObject({
      externalId: people()[0]?.externalId,
      trouble: null,
      attempts: 0,
    });
    expect(await world.owed(ADA)).toHaveLength(1);
    expect(await alerts()).toEqual([]);
  });

  it('is listed, never called “no account”, and told to staff once after three tries', async () => {
    await halfMake(99);
    expect(applicationsOf(await world.app.grantStatus.get(GUILD, grantId))).toEqual({ Den: 'failed' });
    for (const wait of [5, 10, 20, 60, 120]) await world.pass(wait * SECOND);
    expect(inEnglish(await world.app.jobRuns.overdue(GUILD))).toMatchObject([
      { account: { name: 'ada', trouble: expect.stringContaining('half made') } },
    ]);
    expect(await alerts()).toHaveLength(1);
    expect(await world.events('grant.overdue')).toMatchObject([
      { targetId: ADA, facts: { server: 'Den', account: 'ada' } },
    ]);
  });

  it('keeps the end of its grant open, and is taken away by a pass', async () => {
    await halfMake(1);
    den.fake.fail('discardAccount', DOWN, { times: 2 });
    await world.pass(HOUR);
    expect(await world.grantState(grantId)).toBe('ending');
    for (const wait of [10, 20, 60]) await world.pass(wait * SECOND);
    expect(await world.grantState(grantId)).toBe('ended');
    expect(people()).toEqual([]);
  });

  it('is tried again, ever later, when the mistake is ours', async () => {
    den.fake.createAccount = () => {
      throw new Error('a bug');
    };
    await expect(create()).rejects.toThrow('a bug');
    await world.pass(MINUTE);
    expect(await rows()).toMatchObject([
      { attempts: 1, dueAt: new Date(world.clock.now().getTime() + 5_000) },
    ]);
    Reflect.deleteProperty(den.fake, 'createAccount');
    await world.pass(5 * SECOND);
    expect(people()).toMatchObject([{ name: 'ada', access: ['films'] }]);
  });
});

describe('after a kill', () => {
  /** Killed after the account was made, before that was recorded. */
  async function kill(): Promise<void> {
    const { createAccount } = den.fake;
    den.fake.createAccount = async (account) => {
      await createAccount.call(den.fake, account);
      throw new Error('killed');
    };
    await expect(create()).rejects.toThrow('killed');
    Reflect.deleteProperty(den.fake, 'createAccount');
    world.restart();
  }

  it('between the creation and its record the account is found again, and the member hears of it', async () => {
    await kill();
    const [made] = people();
    expect(await world.stores.due.listUnfinished()).toEqual([GUILD]);

    await world.app.serverAccounts.resume(GUILD);
    expect(people()).toEqual([made]);
    expect(await world.account(ADA, den.server.id)).toMatchObject({ externalId: made?.externalId });
    expect(await world.stores.due.listUnfinished()).toEqual([]);
    expect(await world.events('member.linked')).toHaveLength(1);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringContaining('Your account ada on Den is ready') },
    ]);

    await world.app.serverAccounts.resume(GUILD);
    expect(await world.owed(ADA)).toHaveLength(1);
  });

  it('before the creation it is made by the resumption', async () => {
    den.fake.createAccount = () => {
      throw new Error('killed');
    };
    await expect(create()).rejects.toThrow('killed');
    Reflect.deleteProperty(den.fake, 'createAccount');
    world.restart();
    await world.app.serverAccounts.resume(GUILD);
    expect(people()).toMatchObject([{ name: 'ada', access: ['films'] }]);
  });

  it('the password is kept sealed until the account is known, and not after', async () => {
    await kill();
    const password = people()[0]?.password ?? '';
    const [row] = await rows();
    const sealed = await world.stores.of(GUILD).accounts.getSecretCipher(row?.id ?? '');
    expect(
      world.deps.secrets.open(sealed ?? '', { guildId: GUILD, column: 'Account.secret', row: row?.id ?? '' }),
    ).toBe(password);
    expect(password).toHaveLength(20);
    expect(await world.everythingStored()).not.toContain(password);

    await world.app.serverAccounts.resume(GUILD);
    expect(await world.stores.of(GUILD).accounts.getSecretCipher(row?.id ?? '')).toBeNull();
  });

  it('an account whose grant is over meanwhile is taken away again', async () => {
    await kill();
    await world.pass(HOUR);
    expect(await world.grantState(grantId)).toBe('ended');
    expect((await world.events('grant.ended'))[0]?.facts.detail).toBe('no account on Den');
    expect(people()).toEqual([]);
    expect(await rows()).toEqual([]);
  });

  it('a name that somebody else has taken meanwhile is left to them', async () => {
    den.fake.createAccount = () => {
      throw new Error('killed');
    };
    await expect(create()).rejects.toThrow('killed');
    Reflect.deleteProperty(den.fake, 'createAccount');
    den.fake.addPerson({ name: 'ada', password: 'theirs', access: 'all' });
    await world.setChannel('alerts');
    world.restart();
    await world.app.serverAccounts.resume(GUILD);
    expect(people()).toMatchObject([{ password: 'theirs', access: 'all', disabled: false }]);
    expect(await rows()).toEqual([]);
    // Nobody knows whether it is ours with another password, so a person looks.
    expect((await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert')).toEqual([
      { kind: 'alert', text: expect.stringContaining('If nobody else made it, it may see every library') },
    ]);
    expect(await world.owed(ADA)).toEqual([
      { kind: 'notice', text: expect.stringContaining('The name ada is taken on Den by now') },
    ]);
  });

  it('and an outage it is tried again by the next pass', async () => {
    await kill();
    takeDown(den.fake);
    await world.app.serverAccounts.resume(GUILD);
    expect(await world.stores.due.listUnfinished()).toEqual([GUILD]);
    den.fake.heal();
    await world.pass(5 * SECOND);
    expect((await world.account(ADA, den.server.id)).externalId).toBe(people()[0]?.externalId);
  });
});

describe('a new password', () => {
  it('is set for the member’s own account that Usher made', async () => {
    const first = passwordOf(await create());
    const { id } = await world.account(ADA, den.server.id);
    const second = passwordOf(await world.app.serverAccounts.newPassword(GUILD, ADA, id));
    expect(second).not.toBe(first);
    expect(people()[0]?.password).toBe(second);
  });

  it('is not set for others, nor for an account that Usher did not make', async () => {
    await create();
    const { id } = await world.account(ADA, den.server.id);
    await world.newAccount(BEN, den);
    const theirs = (await world.account(BEN, den.server.id)).id;
    const passwords = people().map(({ password }) => password);
    expect(await world.app.serverAccounts.newPassword(GUILD, BEN, id)).toEqual({ kind: 'nothing-granted' });
    expect(await world.app.serverAccounts.newPassword(GUILD, BEN, theirs)).toEqual({
      kind: 'nothing-granted',
    });
    expect(people().map(({ password }) => password)).toEqual(passwords);
  });

  it('is neither offered nor set where another service keeps it, even if that is new', async () => {
    const first = passwordOf(await create());
    const { id } = await world.account(ADA, den.server.id);
    const [person] = people();
    if (person) person.signsInElsewhere = true;
    expect(await world.app.serverAccounts.newPassword(GUILD, ADA, id)).toMatchObject({
      kind: 'elsewhere',
      name: 'ada',
    });
    expect(person?.password).toBe(first);
    await world.app.syncServers(GUILD);
    expect((await world.app.overview.myAccess(ADA, GUILD))[0]?.passwordsFor).toEqual([]);
  });

  describe('of an account that is closed', () => {
    const ask = async () =>
      world.app.serverAccounts.newPassword(GUILD, ADA, (await world.account(ADA, den.server.id)).id);
    const offered = async () => (await world.app.overview.myAccess(ADA, GUILD))[0]?.passwordsFor.length;
    const closed = (why: string, paused = false) => ({
      kind: 'closed',
      server: expect.anything(),
      why,
      paused,
    });

    it('is neither offered nor set once the end has passed, confirmed or not', async () => {
      const first = passwordOf(await create());
      expect(await offered()).toBe(1);
      world.clock.advance(HOUR);
      expect(await offered()).toBe(0);
      expect(await ask()).toEqual(closed('nothing-granted'));
      await world.pass(0);
      expect(people()[0]).toMatchObject({ disabled: true });
      expect(await ask()).toEqual(closed('nothing-granted'));
      expect(people()[0]?.password).toBe(first);
    });

    it('is refused while a grant is paused', async () => {
      await create();
      await world.change(grantId, { kind: 'pause' });
      expect(await ask()).toEqual(closed('nothing-granted', true));
      await world.change(grantId, { kind: 'resume' });
      expect((await ask()).kind).toBe('created');
    });

    it('by somebody else a moment ago is refused, because the server is asked', async () => {
      const first = passwordOf(await create());
      await world.pass(0);
      const [person] = people();
      if (person) person.disabled = true;
      expect(await ask()).toEqual(closed('disabled'));
      expect(people()[0]?.password).toBe(first);
      await world.app.syncServers(GUILD);
      expect(await offered()).toBe(0);
    });
  });

  it('that could not be set is said to have failed', async () => {
    await create();
    const { id } = await world.account(ADA, den.server.id);
    takeDown(den.fake);
    expect(await world.app.serverAccounts.newPassword(GUILD, ADA, id)).toMatchObject({
      kind: 'failed',
      why: DOWN,
    });
  });
});

it('what the server refuses is told to staff in its own words, once, and to the member without them', async () => {
  await world.setChannel('alerts');
  const why: Trouble = {
    kind: 'not-possible',
    message: 'den.test refuses it (400).',
    reason: 'Error processing request.',
    refusal: 'final',
  };
  den.fake.fail('createAccount', why, { times: 3 });
  for (const _try of [1, 2, 3]) expect(inEnglish(await create())).toMatchObject({ kind: 'failed', why });
  const alerts = (await world.owed(ALERTS)).filter(({ kind }) => kind === 'alert');
  expect(inEnglish(alerts)).toEqual([
    { kind: 'alert', text: expect.stringContaining('It says: “Error processing request.”') },
  ]);
});
