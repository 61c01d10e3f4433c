import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type {
  AccessReading,
  AccountAccess,
  MediaServer,
  ServerIdentity,
} from '../../src/app/ports/media-server.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { NonEmpty } from '../../src/domain/model.ts';
import { PROTECTIONS } from '../../src/domain/protection.ts';
import { inEnglish, saidPlain } from '../support/said.ts';

/** Ways in which an answer can be unusable although the server works. */
const SPOILS = [
  'connection cut',
  'cut short of its length',
  'cut without notice',
  'web page',
  'error document',
  'status 500',
  'token dead',
  'rate limit',
  'starting',
] as const;
export type Spoil = (typeof SPOILS)[number];

/** A server with the libraries Films, Shows and Music, and ways to see and change its real state. */
export interface MediaServerWorld {
  /** Makes a new adapter, as each job does. */
  at(): MediaServer;
  /** The expected result of `probe`. */
  readonly identity: ServerIdentity;
  /** External id of the library of that name. */
  libraryId(name: string): string;
  /** Adds a person with that access. Resolves to the external id. */
  addMember(name: string, access: 'all' | NonEmpty<string>): string;
  /** Adds a person to whom nobody may write. */
  addProtected(): string;
  /** Gives access to somebody who has none. Resolves to the external id, or to why it failed. */
  letIn(
    server: MediaServer,
    name: string,
    libraries: NonEmpty<string>,
  ): Promise<string | { readonly message: string }>;
  /** Adds libraries `Library 1` and so on. */
  addLibraries(count: number): void;
  /** Somebody else changes on the server what a person sees. */
  editElsewhere(externalId: string, libraries: NonEmpty<string>): void;
  /** From now on another service lets this person in; where accounts are the server's own. */
  signInElsewhere?(externalId: string): void;
  /** Somebody lets this person do more than watch; where accounts are the server's own. */
  giveRights?(externalId: string): void;
  /** Whether a person may do more than watch. */
  mayMore?(externalId: string): boolean;
  /** Names of the libraries that a person can really see. */
  accessOf(externalId: string): 'all' | 'none' | readonly string[];
  /** This person watches something from now on; `idle`: is signed in, and watches nothing. */
  watch(externalId: string, how: 'playing' | 'paused' | 'idle'): void;
  /** From now on, readings of access, of libraries or of what is being watched get this kind of answer. */
  spoil(what: 'access' | 'libraries' | 'streams', how: Spoil): void;
  /** The next write takes effect, but its answer is lost. */
  loseNextAnswer(): void;
  /** The next write is refused. */
  refuseNextWrite(how: 'rate limit' | 'token dead'): void;
  replaceIdentity(): void;
  /** Another server takes the address over: open connections are cut. */
  takeOver(): Promise<void>;
  /** Paths of requests with a token to whoever took the address over. */
  tokensGivenAway(): readonly string[];
  /** Requests since this was last called. */
  takeCounts(): { readonly reads: number; readonly writes: number };
  /** Number of requests for a full reading of access. */
  readonly readsOfEverybody: number;
  /** Number of requests before each write, which show how the account is just then. */
  readonly readsBeforeWrite: number;
  /** All tokens of the server. None may appear in an answer. */
  secrets(): readonly string[];
  stop(): Promise<void>;
  close(): Promise<void>;
}

/** What every `MediaServer` must do, whatever is behind it. */
export function mediaServerContract(name: string, start: () => Promise<MediaServerWorld>): void {
  describe(`media server: ${name}`, () => {
    let world: MediaServerWorld;
    beforeEach(async () => {
      world = await start();
    });
    afterEach(async () => {
      await world.close();
    });

    const ids = (...names: [string, ...string[]]): NonEmpty<string> => {
      const [first, ...rest] = names;
      return [world.libraryId(first), ...rest.map((each) => world.libraryId(each))];
    };
    /** A new adapter over a connection that is open, so that nobody has to be asked there who he is. */
    const warm = async (): Promise<MediaServer> => {
      await world.at().listLibraries();
      world.takeCounts();
      return world.at();
    };
    const read = async (
      server: MediaServer,
      options?: { readonly of?: readonly string[]; readonly after?: AccessReading },
    ): Promise<AccessReading> => {
      const reading = await server.readAccess(options);
      if (reading.kind === 'unknown') throw new Error(`could not read: ${reading.why.message}`);
      return reading.value;
    };
    const find = ({ accounts }: AccessReading, id: string): AccountAccess => {
      const account = accounts.find(({ externalId }) => externalId === id);
      if (!account) throw new Error(`${id} is not in the reading`);
      return account;
    };
    const seenBy = ({ accounts }: AccessReading, id: string): 'all' | readonly string[] => {
      const access = accounts.find(({ externalId }) => externalId === id)?.access;
      if (access?.kind === 'all') return 'all';
      return (access?.externalIds ?? []).toSorted();
    };

    it('says who it is, and is up', async () => {
      const server = world.at();
      expect(await server.probe()).toEqual({ kind: 'known', value: world.identity });
      expect(await server.ping()).toEqual({ kind: 'known', value: { version: world.identity.version } });
    });

    it('revokes its own token, once or twice, and is then refused although it answers', async () => {
      const server = world.at();
      expect(await server.revokeToken()).toEqual({ kind: 'done' });
      expect(await world.at().revokeToken()).toEqual({ kind: 'done' });
      expect(await server.readAccess()).toMatchObject({ kind: 'unknown', why: { kind: 'unauthorised' } });
      expect(await server.probe()).toMatchObject({ kind: 'unknown', why: { kind: 'unauthorised' } });
      expect((await server.ping()).kind).toBe('known');
    });

    it('sends no token to another server that took the address over, whatever it is asked', async () => {
      const server = world.at();
      const member = world.addMember('ada', ['Films']);
      const before = find(await read(server), member);
      await world.takeOver();
      for (const answer of [await server.probe(), await server.listLibraries(), await server.ping()])
        expect(answer).toMatchObject({ kind: 'unknown', why: { kind: 'other-server' } });
      await server.readAccess();
      await server.setLibraries(before, ids('Shows'));
      await server.withdraw(before);
      await server.findRemovedEndpoints();
      await server.countStreams();
      await server.endSessions([{ externalId: member, staying: [] }]);
      await server.revokeToken();
      expect(world.tokensGivenAway()).toEqual([]);
    });

    it('where a server has made the token, another one behind its address is not sent it', async () => {
      const server = world.at();
      world.replaceIdentity();
      const byVendor = MEDIA_KINDS[server.kind].accessReadFrom === 'vendor';
      const outcome = byVendor
        ? { kind: 'done' }
        : { kind: 'failed', why: expect.objectContaining({ kind: 'other-server' }) };
      expect(await server.revokeToken()).toEqual(outcome);
    });

    it('has the parts that its kind is said to have', () => {
      const { kind, invitations, accounts } = world.at();
      const isInvited = MEDIA_KINDS[kind].accounts === 'invited';
      expect([invitations !== undefined, accounts !== undefined]).toEqual([isInvited, !isInvited]);
    });

    it('lists every library', async () => {
      const listed = await world.at().listLibraries();
      const expected = ['Films', 'Shows', 'Music'].map((title) =>
        expect.objectContaining({ externalId: world.libraryId(title), name: title, grantable: true }),
      );
      expect(listed).toEqual({ kind: 'known', value: expect.arrayContaining(expected) });
      expect(listed.kind === 'known' && listed.value.length).toBe(3);
    });

    it('says of each what tells that it is the same, and the same each time', async () => {
      const identities = async () => {
        const listed = await world.at().listLibraries();
        return listed.kind === 'known' ? listed.value.map(({ identity }) => identity) : [];
      };
      const first = await identities();
      expect(new Set(first).size).toBe(3);
      expect(first.every((identity) => typeof identity === 'string' && identity !== '')).toBe(true);
      expect(await identities()).toEqual(first);
    });

    it('reads who sees what, with "all" as a value of its own', async () => {
      const one = world.addMember('one', ['Films', 'Music']);
      const all = world.addMember('everything', 'all');
      const reading = await read(world.at());
      expect(seenBy(reading, one)).toEqual(ids('Films', 'Music').toSorted());
      expect(seenBy(reading, all)).toBe('all');
      expect(find(reading, one)).toMatchObject({
        name: 'one',
        protection: null,
        pending: false,
        obstacle: null,
      });
    });

    it('reads only those it was asked for', async () => {
      const one = world.addMember('one', ['Films']);
      world.addMember('other', ['Films']);
      const { accounts } = await read(world.at(), { of: [one, '987654321'] });
      expect(accounts.map(({ externalId }) => externalId)).toEqual([one]);
    });

    it('replaces libraries, and twice is as good as once', async () => {
      const one = world.addMember('one', ['Films', 'Music']);
      const server = world.at();
      for (const _time of [1, 2]) {
        const reading = await read(server);
        expect(await server.setLibraries(find(reading, one), ids('Shows', 'Music'))).toEqual({
          kind: 'done',
        });
        expect(world.accessOf(one)).toEqual(['Shows', 'Music']);
        expect(seenBy(await read(server, { of: [one], after: reading }), one)).toEqual(
          ids('Shows', 'Music').toSorted(),
        );
      }
    });

    it('narrows "all" to what it was told', async () => {
      const all = world.addMember('everything', 'all');
      const server = world.at();
      expect(await server.setLibraries(find(await read(server), all), ids('Films'))).toEqual({
        kind: 'done',
      });
      expect(world.accessOf(all)).toEqual(['Films']);
    });

    it('withdraws everything, and gone already is done', async () => {
      const one = world.addMember('one', ['Films', 'Music']);
      const other = world.addMember('other', ['Films']);
      const server = world.at();
      const reading = await read(server);
      for (const _time of [1, 2]) {
        expect(await server.withdraw(find(reading, one))).toEqual({ kind: 'done' });
        expect(world.accessOf(one)).toBe('none');
        expect(seenBy(await read(server, { of: [one], after: reading }), one)).toEqual([]);
      }
      expect(world.accessOf(other)).toEqual(['Films']);
    });

    it('deletes an account where accounts are the server’s, and gone already is done', async () => {
      const one = world.addMember('one', ['Films']);
      const server = world.at();
      const account = find(await read(server), one);
      if (!server.accounts) return;
      for (const _time of [1, 2]) expect(await server.accounts.delete(account)).toEqual({ kind: 'done' });
      expect((await read(server)).accounts.some(({ externalId }) => externalId === one)).toBe(false);
    });

    it('finds no endpoint removed where all are there, and does not know while it is down', async () => {
      const server = world.at();
      world.takeCounts();
      expect(await server.findRemovedEndpoints()).toEqual({ kind: 'known', value: [] });
      expect(world.takeCounts().writes).toBe(0);
      await world.stop();
      expect(await world.at().findRemovedEndpoints()).toMatchObject({ kind: 'unknown' });
    });

    it('gives access to somebody new', async () => {
      const server = world.at();
      const id = await world.letIn(server, 'newcomer', ids('Shows'));
      if (typeof id !== 'string') throw new Error(id.message);
      expect(world.accessOf(id)).toEqual(['Shows']);
      expect(seenBy(await read(server, { of: [id] }), id)).toEqual(ids('Shows'));
    });

    it('lets a new account do nothing beside watching, or what its template may', async () => {
      const template = world.addMember('template', ['Music']);
      world.giveRights?.(template);
      const boss = world.addProtected();
      const { accounts } = world.at();
      if (!accounts) return;
      const make = async (name: string, from: string | null) => {
        const account = { name, password: 'S3cret!', externalIds: ids('Films'), resume: false };
        const made = await accounts.create({ ...account, template: from });
        if (made.kind !== 'created') throw new Error(made.kind);
        expect(world.accessOf(made.externalId)).toEqual(['Films']);
        return [made.beside, world.mayMore?.(made.externalId)];
      };
      expect(await make('plain', null)).toEqual([{ template: null, notKept: [] }, false]);
      expect(await make('copy', template)).toEqual([{ template: 'copied', notKept: [] }, true]);
      expect(await make('boss copy', boss)).toEqual([{ template: 'administrator', notKept: [] }, false]);
      const account = find(await read(world.at()), template);
      await accounts.delete(account);
      expect(await make('late', template)).toEqual([{ template: 'gone', notKept: [] }, false]);
    });

    it('neither deletes an account that signs in elsewhere nor sets its password, and disables it', async () => {
      const one = world.addMember('one', ['Films']);
      world.signInElsewhere?.(one);
      const server = world.at();
      if (!server.accounts) return;
      const account = find(await read(server), one);
      expect(account.signsInElsewhere).toBe(true);
      world.takeCounts();
      expect((await server.accounts.delete(account)).kind).toBe('failed');
      expect((await server.accounts.setPassword(one, 'S3cret!')).kind).toBe('failed');
      expect(world.takeCounts().writes).toBe(0);
      expect(await server.withdraw(account)).toEqual({ kind: 'done' });
      expect(find(await read(server), one)).toMatchObject({ disabled: true, dormant: [] });
    });

    it('names no plug-in for signing in where there is none, and does not know while it is down', async () => {
      const { accounts } = world.at();
      if (!accounts) return;
      expect(await accounts.listSignInPlugins()).toEqual({ kind: 'known', value: [] });
      await world.stop();
      expect(await accounts.listSignInPlugins()).toMatchObject({ kind: 'unknown' });
    });

    it('gives nothing to somebody protected', async () => {
      const id = world.addProtected();
      const server = world.at();
      const account = find(await read(server), id);
      expect(account.protection).not.toBe(null);
      const before = world.accessOf(id);
      world.takeCounts();
      expect((await server.setLibraries(account, ids('Films', 'Shows', 'Music'))).kind).toBe('failed');
      if (server.accounts) expect((await server.accounts.delete(account)).kind).toBe('failed');
      expect(world.takeCounts().writes).toBe(0);
      expect(world.accessOf(id)).toEqual(before);
    });

    it('takes from somebody protected what is to be taken, unless they see everything by what they are', async () => {
      const id = world.addProtected();
      const server = world.at();
      const account = find(await read(server), id);
      const seesAll = account.protection !== null && PROTECTIONS[account.protection].seesAll;
      const before = world.accessOf(id);
      world.takeCounts();
      expect((await server.withdraw(account)).kind).toBe(seesAll ? 'failed' : 'done');
      expect(world.takeCounts().writes).toBe(seesAll ? 0 : 1);
      expect(world.accessOf(id)).toEqual(seesAll ? before : 'none');
    });

    it.each(['setLibraries', 'withdraw'] as const)(
      '%s: a lost answer is unclear, and asking again is fine',
      async (operation) => {
        const one = world.addMember('one', ['Films']);
        const server = world.at();
        const write = async (reading: AccessReading) =>
          operation === 'withdraw'
            ? await server.withdraw(find(reading, one))
            : await server.setLibraries(find(reading, one), ids('Music'));
        const before = await read(server);
        world.loseNextAnswer();
        expect(await write(before)).toMatchObject({ kind: 'unclear' });
        expect(seenBy(await read(server, { of: [one], after: before }), one)).toEqual(
          operation === 'withdraw' ? [] : ids('Music'),
        );
        expect(await write(before)).toEqual({ kind: 'done' });
        expect(world.accessOf(one)).toEqual(operation === 'withdraw' ? 'none' : ['Music']);
      },
    );

    it('an edit by somebody else between reading and writing does not keep a withdrawal from being whole', async () => {
      const one = world.addMember('one', ['Films']);
      const server = world.at();
      const before = await read(server);
      world.editElsewhere(one, ['Films', 'Music']);
      expect(await server.withdraw(find(before, one))).toEqual({ kind: 'done' });
      expect(world.accessOf(one)).toBe('none');
      expect(seenBy(await read(server, { of: [one], after: before }), one)).toEqual([]);
    });

    it('an edit by somebody else between reading and writing is never hidden by what is read back', async () => {
      const [one, other] = [world.addMember('one', ['Films']), world.addMember('other', ['Films'])];
      const server = world.at();
      const before = await read(server);
      world.editElsewhere(one, ['Films', 'Music']);
      expect(await server.setLibraries(find(before, one), ids('Films', 'Shows'))).toEqual({ kind: 'done' });
      world.editElsewhere(other, ['Music']);
      const after = await read(server, { of: [one, other], after: before });
      for (const [id, expected] of [
        [one, ids('Films', 'Shows')],
        [other, ids('Music')],
      ] as const)
        expect(seenBy(after, id)).toEqual(expected.toSorted());
      expect(world.accessOf(one)).toEqual(['Films', 'Shows']);
    });

    it.each([
      ['rate limit', 'rate-limited'],
      ['token dead', 'unauthorised'],
    ] as const)('a write that is refused (%s) failed, and changed nothing', async (how, kind) => {
      const one = world.addMember('one', ['Films']);
      const server = world.at();
      const reading = await read(server);
      world.refuseNextWrite(how);
      expect(await server.withdraw(find(reading, one))).toMatchObject({ kind: 'failed', why: { kind } });
      expect(world.accessOf(one)).toEqual(['Films']);
    });

    it.each(SPOILS)('unknown is not empty: %s', async (how) => {
      world.addMember('one', ['Films']);
      world.spoil('access', how);
      world.spoil('libraries', how);
      const server = world.at();
      for (const answer of [await server.readAccess(), await server.listLibraries(), await server.probe()]) {
        expect(inEnglish(answer)).toMatchObject({
          kind: 'unknown',
          why: { message: expect.stringMatching(/^\S.*\.$/s) },
        });
      }
      const said = JSON.stringify([await server.readAccess(), await server.ping()]);
      expect(world.secrets().filter((secret) => said.includes(secret))).toEqual([]);
      if (how !== 'rate limit') return;
      const paused = await server.readAccess();
      if (paused.kind === 'known') throw new Error('it asked for a pause');
      expect(paused.why.kind).toBe('rate-limited');
      // The rest of the five seconds.
      expect(paused.why.retryAfterMs).toBeGreaterThan(0);
      expect(paused.why.retryAfterMs).toBeLessThanOrEqual(5_000);
    });

    it('counts what is being watched, paused or not, by whomever, and nobody who is only signed in', async () => {
      const server = world.at();
      expect(await server.countStreams()).toEqual({ kind: 'known', value: 0 });
      const [one, other] = [world.addMember('one', ['Films']), world.addProtected()];
      world.watch(one, 'idle');
      expect(await server.countStreams()).toEqual({ kind: 'known', value: 0 });
      world.watch(one, 'playing');
      world.watch(other, 'paused');
      world.watch(one, 'playing');
      world.takeCounts();
      expect(await server.countStreams()).toEqual({ kind: 'known', value: 3 });
      const { reads, writes } = world.takeCounts();
      expect([reads <= 2, writes]).toEqual([true, 0]);
    });

    it.each(SPOILS)('that it cannot be told what is being watched is not nothing: %s', async (how) => {
      const one = world.addMember('one', ['Films']);
      world.watch(one, 'playing');
      await read(world.at());
      world.spoil('streams', how);
      const answer = await world.at().countStreams();
      expect(answer.kind).toBe('unknown');
      expect(world.secrets().filter((secret) => JSON.stringify(answer).includes(secret))).toEqual([]);
      // Nor does it keep anything else from being read.
      for (let time = 0; time < 5; time += 1) await world.at().countStreams();
      expect((await world.at().readAccess()).kind).toBe('known');
      expect((await world.at().listLibraries()).kind).toBe('known');
    });

    it('another server behind the address is noticed, and nothing is known of it', async () => {
      const one = world.addMember('one', ['Films']);
      world.replaceIdentity();
      const server = world.at();
      for (const answer of [await server.ping(), await server.listLibraries(), await server.countStreams()])
        expect(answer).toMatchObject({ kind: 'unknown', why: { kind: 'other-server' } });
      expect((await server.readAccess()).kind).toBe('unknown');
      expect((await server.probe()).kind).toBe('unknown');
      await server.endSessions([{ externalId: one, staying: [] }]);
      expect(world.takeCounts().writes).toBe(0);
    });

    it('a server that is down is unknown, and ending sessions there is no error', async () => {
      const one = world.addMember('one', ['Films']);
      await world.stop();
      const server = world.at();
      for (const answer of [await server.ping(), await server.readAccess(), await server.listLibraries()])
        expect(answer).toMatchObject({ kind: 'unknown', why: { kind: 'refused' } });
      expect(await server.countStreams()).toMatchObject({ kind: 'unknown', why: { kind: 'refused' } });
      await server.endSessions([{ externalId: one, staying: [] }]);
    });

    it('takes the same number of requests for 500 accounts as for one', async () => {
      for (let number = 1; number <= 500; number += 1) world.addMember(`member ${number}`, ['Films']);
      const server = await warm();
      expect((await read(server)).accounts.length).toBeGreaterThanOrEqual(500);
      expect(world.takeCounts()).toEqual({ reads: world.readsOfEverybody, writes: 0 });
    });

    it('24: knows 2,000 libraries and 5,000 accounts, and one of them from the others', {
      timeout: 60_000,
    }, async () => {
      world.addLibraries(1_997);
      const people = Array.from({ length: 5_000 }, (_, index) =>
        world.addMember(`member ${index}`, ['Films']),
      );
      const server = world.at();
      const listed = await server.listLibraries();
      if (listed.kind === 'unknown') throw new Error(saidPlain(listed.why.message));
      expect(new Set(listed.value.map(({ externalId }) => externalId)).size).toBe(2_000);
      const [first, ...rest] = listed.value.map(({ externalId }) => externalId);
      const [one = '', other = ''] = people;
      world.takeCounts();
      const before = await read(server);
      expect(before.accounts.length).toBeGreaterThanOrEqual(5_000);
      expect(await server.setLibraries(find(before, one), [first ?? '', ...rest])).toEqual({ kind: 'done' });
      expect(await server.withdraw(find(before, other))).toEqual({ kind: 'done' });
      const after = await read(server, { of: [one, other], after: before });
      expect([seenBy(after, one).length, seenBy(after, other)]).toEqual([2_000, []]);
      const { reads, writes } = world.takeCounts();
      // Where the two are read at once, the server says first who it is on one connection more.
      const most = world.readsOfEverybody + 3 + 2 * world.readsBeforeWrite;
      expect([reads <= most, writes]).toEqual([true, 2]);
      expect(world.accessOf(people[2] ?? '')).toEqual(['Films']);
    });

    it('revokes k members with k writes, two reads, and what is read before each write', async () => {
      const members = Array.from({ length: 20 }, (_, index) => world.addMember(`member ${index}`, ['Films']));
      const leaving = members.slice(0, 10);
      const server = await warm();
      const before = await read(server, { of: leaving });
      for (const id of leaving) expect(await server.withdraw(find(before, id))).toEqual({ kind: 'done' });
      const after = await read(server, { of: leaving, after: before });
      expect(leaving.map((id) => seenBy(after, id))).toEqual(leaving.map(() => []));
      const reads = 2 + leaving.length * world.readsBeforeWrite;
      expect(world.takeCounts()).toEqual({ reads, writes: leaving.length });
      expect(world.accessOf(members[10] ?? '')).toEqual(['Films']);
    });

    it('revokes everybody with no more reads than that', async () => {
      const members = ['one', 'two', 'three'].map((each) => world.addMember(each, ['Films']));
      const server = await warm();
      const before = await read(server, { of: members });
      for (const id of members) await server.withdraw(find(before, id));
      await read(server, { of: members, after: before });
      const reads = 2 + members.length * world.readsBeforeWrite;
      expect(world.takeCounts()).toEqual({ reads, writes: members.length });
      expect(members.map((id) => world.accessOf(id))).toEqual(['none', 'none', 'none']);
    });
  });
}
