/** What stores must do: grants, and what they are made from. */

import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import { firstInTurn, listInTurn } from '../../src/app/queries/in-turn.ts';
import { allAsOf } from '../../src/domain/grant.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { asActor, toActorId } from '../../src/domain/ids.ts';
import type { Grant } from '../../src/domain/model.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, bob, carol, dan, here, nobody, there } from '../support/people.ts';
import {
  aGrant,
  anInvite,
  aPlan,
  aSignIn,
  newGrant,
  newInvite,
  newLibrary,
  newRequest,
  newServer,
} from '../support/rows.ts';
import { minutes, seed } from './guild.ts';

const STATES = ['scheduled', 'active', 'paused', 'ending', 'ended'] as const;

export function grantStoresContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(here, work);
  const read = () => it_.stores.of(here);

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
  });

  describe('reminders', () => {
    const due = async (at: Date) =>
      (await read().grants.listRemindersDue(at, 9)).map(({ grant, remindAt }) => [grant.id, remindAt]);

    it('are due by their moment, oldest first, in the guild and in the work list', async () => {
      await write(async ({ grants }) => {
        await grants.add(newGrant('later', { remindAt: minutes(9) }));
        await grants.add(newGrant('soon', { remindAt: minutes(3) }));
        await grants.add(newGrant('never', { remindAt: null }));
      });
      expect(await due(minutes(2))).toEqual([]);
      expect(await it_.stores.due.listReminders(minutes(2))).toEqual([]);
      expect(await it_.stores.due.nextReminder()).toEqual(minutes(3));
      expect(await it_.stores.due.nextReminder(there)).toBeUndefined();
      expect(await it_.stores.due.listReminders(minutes(9))).toEqual([here]);
      expect(await due(minutes(9))).toEqual([
        ['soon', minutes(3)],
        ['later', minutes(9)],
      ]);
    });

    it('are planned anew, each or all that have an end', async () => {
      await write(async ({ grants }) => {
        await grants.add(newGrant('a', { remindAt: minutes(3) }));
        await grants.add(newGrant('b', { remindAt: minutes(3) }));
        await grants.add(newGrant('for-good', { expiresAt: null }));
        await grants.planReminders([
          { id: 'a', remindAt: minutes(5) },
          { id: 'b', remindAt: null },
        ]);
      });
      expect(await due(minutes(9))).toEqual([['a', minutes(5)]]);
      await write(({ grants }) => grants.forgetReminders());
      expect(await due(minutes(9))).toEqual([
        ['a', new Date(0)],
        ['b', new Date(0)],
      ]);
    });
  });

  describe('requests', () => {
    it('wait, oldest first, until the first one decides', async () => {
      await write(async ({ requests }) => {
        await requests.add(newRequest('second', { memberId: bob, createdAt: minutes(2) }));
        await requests.add(newRequest('first', { memberId: ann, grantId: 'g', note: 'please' }));
      });
      const waiting = async (...of: readonly MemberId[]) =>
        (await read().requests.listWaiting(of.length > 0 ? of : undefined)).map(({ id }) => id);
      expect(await waiting()).toEqual(['first', 'second']);
      expect(await waiting(bob)).toEqual(['second']);
      const by = { decidedById: toActorId('olga'), decidedAt: minutes(3) };
      const decide = (state: 'approved' | 'declined') =>
        write(({ requests }) => requests.decide('first', { state, ...by }));
      expect(await Promise.all([decide('approved'), decide('declined')])).toEqual([true, false]);
      expect(await waiting()).toEqual(['second']);
      expect(await read().requests.find('first')).toMatchObject({ state: 'approved', ...by, note: 'please' });
      expect(await read().requests.countApproved(ann, 'g')).toBe(1);
      expect(await read().requests.countSince(bob, minutes(1))).toBe(1);
      expect(await read().requests.countSince(bob, minutes(2))).toBe(0);
    });
  });

  describe('grants', () => {
    it('are numbered per guild and come back as they were made', async () => {
      await seed(it_.stores, there);
      const added = await write(({ grants }) =>
        grants.add(newGrant('g1', { libraryIds: ['shows', 'movies', 'shows'], reason: 'why' })),
      );
      const other = await it_.stores.transaction(there, ({ grants }) => grants.add(newGrant('g1')));
      expect([added.number, other.number]).toEqual([1, 1]);
      expect((await write(({ grants }) => grants.add(newGrant('g2')))).number).toBe(2);
      expect(await read().grants.find('g1')).toEqual(added);
      expect(added).toEqual(
        aGrant({
          id: 'g1',
          number: 1,
          memberId: ann,
          expiresAt: minutes(60),
          reason: 'why',
          libraryIds: ['movies', 'shows'],
        }),
      );
    });

    it('need a member and libraries of the guild', async () => {
      await expect(write(({ grants }) => grants.add(newGrant('g1', { memberId: nobody })))).rejects.toThrow();
      await expect(
        write(({ grants }) => grants.add(newGrant('g1', { libraryIds: ['none'] }))),
      ).rejects.toThrow();
      expect(await read().grants.count({})).toBe(0);
    });

    it('are listed newest first, by page, and filtered', async () => {
      await write(async ({ grants, servers, libraries }) => {
        await servers.add(newServer('other'));
        await libraries.add(newLibrary('o', { serverId: 'other' }));
        for (let n = 1; n <= 5; n += 1) await grants.add(newGrant(`g${n}`));
        await grants.add(newGrant('bob', { memberId: bob, libraryIds: ['o', 'movies'], state: 'scheduled' }));
      });
      const list = async (filter: Parameters<GuildStores['grants']['list']>[0]) =>
        (await read().grants.list(filter)).map(({ number }) => number);
      expect(await list({})).toEqual([6, 5, 4, 3, 2, 1]);
      expect(await list({ limit: 2, skip: 2 })).toEqual([4, 3]);
      expect(await list({ number: 3, limit: 1 })).toEqual([3]);
      expect(await list({ memberId: bob })).toEqual([6]);
      expect(await list({ memberIds: [ann, bob], states: ['scheduled'] })).toEqual([6]);
      expect(await list({ memberIds: [] })).toEqual([]);
      expect(await list({ states: [] })).toEqual([]);
      expect(await list({ serverId: 'other' })).toEqual([6]);
      expect(await read().grants.count({ serverId: 'plex', states: ['active', 'scheduled'] })).toBe(6);
      expect(await read().grants.count({ memberId: ann })).toBe(5);
    });

    it('are counted whose end came in a time in which nobody could write it down', async () => {
      const [lost, back] = [minutes(10), minutes(20)];
      const ends = { '5': minutes(5), '10': lost, '15': minutes(15), '20': back, '25': minutes(25) };
      await write(async ({ grants }) => {
        for (const [id, expiresAt] of Object.entries(ends)) await grants.add(newGrant(id, { expiresAt }));
        await grants.add(newGrant('for good', { expiresAt: null }));
        await grants.add(newGrant('ended before', { expiresAt: minutes(15) }));
        await grants.move(['ended before'], ['active'], 'ending', { endingAt: minutes(9) });
        await grants.add(newGrant('ended after', { expiresAt: minutes(15) }));
        await grants.move(['ended after'], ['active'], 'ending', { endingAt: minutes(21) });
      });
      const endedIn = { after: lost, by: back };
      const found = await read().grants.list({ states: ['active', 'ending'], endedIn });
      expect(found.map(({ id }) => id)).toEqual(['ended after', '20', '15']);
    });

    it('are listed by what ends next or ended last, and by what words may mean', async () => {
      await write(async ({ grants }) => {
        await grants.add(newGrant('late', { expiresAt: minutes(90) }));
        await grants.add(newGrant('for good', { expiresAt: null }));
        await grants.add(newGrant('soon', { expiresAt: minutes(30), memberId: bob, libraryIds: ['shows'] }));
      });
      const list = async (filter: Parameters<GuildStores['grants']['list']>[0]) =>
        (await read().grants.list({ limit: 9, ...filter })).map(({ id }) => id);
      expect(await list({ order: 'end' })).toEqual(['soon', 'late', 'for good']);
      expect(await list({ order: 'end', skip: 1, limit: 1 })).toEqual(['late']);
      const nothing = { memberIds: [], libraryIds: [], planIds: [], number: null, text: '' };
      const bobs = { ...nothing, memberIds: [bob] };
      expect(await list({ words: [bobs] })).toEqual(['soon']);
      expect(await list({ words: [bobs, { ...nothing, libraryIds: ['shows'] }] })).toEqual(['soon']);
      expect(await list({ words: [bobs, { ...nothing, libraryIds: ['movies'] }] })).toEqual([]);
      expect(await list({ words: [{ ...nothing, number: 2 }] })).toEqual(['for good']);
      expect(await list({ words: [nothing] })).toEqual([]);
      expect(await read().grants.count({ words: [bobs] })).toBe(1);
      expect(await read().grants.listEnds({ words: [bobs] })).toEqual([
        { memberId: bob, state: 'active', expiresAt: minutes(30) },
      ]);
      const end = async (id: string, endingAt: Date) =>
        await write(({ grants }) => grants.move([id], ['active'], 'ended', { endingAt }));
      await end('late', minutes(1));
      await end('soon', minutes(2));
      expect(await list({ states: ['ended'], order: 'ended' })).toEqual(['soon', 'late']);
    });

    it('are counted and listed by their state at a moment, whatever was written down last', async () => {
      const [past, future] = [new Date(noon.getTime() - 1), new Date(noon.getTime() + 1)];
      const made: readonly [string, 'scheduled' | 'active', Date, Date | null][] = [
        ['for good', 'active', past, null],
        ['running', 'active', past, future],
        ['over', 'active', past, noon],
        ['to come', 'scheduled', future, null],
        ['begun', 'scheduled', noon, future],
        ['begun for good', 'scheduled', past, null],
        ['begun and over', 'scheduled', past, past],
      ];
      await write(async ({ grants }) => {
        for (const [id, state, startsAt, expiresAt] of made)
          await grants.add(newGrant(id, { state, startsAt, expiresAt }));
        await grants.add(newGrant('was ended', { expiresAt: past }));
        await grants.move(['was ended'], ['active'], 'ended', {});
      });
      const at = async (...states: Grant['state'][]) => {
        const found = await read().grants.list({ states, at: noon });
        expect(await read().grants.count({ states, at: noon })).toBe(found.length);
        // The same rule in the database and in the domain.
        expect(allAsOf(noon, found, []).grants.filter(({ state }) => !states.includes(state))).toEqual([]);
        return found.map(({ id }) => id).toReversed();
      };
      expect(await at('scheduled')).toEqual(['to come']);
      expect(await at('active')).toEqual(['for good', 'running', 'begun', 'begun for good']);
      expect(await at('ending')).toEqual(['over', 'begun and over']);
      expect(await at('ended', 'scheduled')).toEqual(['to come', 'was ended']);
      expect(await at()).toEqual([]);
      expect(await at('paused')).toEqual([]);
    });

    /** Ninety of all kinds. */
    async function fill(): Promise<void> {
      const ends = [null, -2, -1, 0, 1, 2].map((end) => (end === null ? null : minutes(end)));
      await write(async ({ grants, plans, servers, libraries }) => {
        await plans.add(aPlan('month', { libraryIds: ['movies'] }));
        await servers.add(newServer('other'));
        await libraries.add(newLibrary('o', { serverId: 'other' }));
        for (const [index, expiresAt] of [...ends, ...ends, ...ends].entries())
          for (const state of STATES) {
            const id = `${state} ${index}`;
            const startsAt = minutes((index % 3) - 1);
            const memberId = index % 2 === 0 ? ann : bob;
            const libraryIds = [['movies'], ['shows', 'o'], ['music']][index % 3] ?? [];
            const begun = state === 'scheduled' ? state : 'active';
            const planId = index % 4 === 0 ? 'month' : null;
            await grants.add(
              newGrant(id, { state: begun, startsAt, expiresAt, memberId, planId, libraryIds }),
            );
            if (begun !== state) await grants.move([id], [begun], state, { endingAt: minutes(index % 4) });
          }
      });
    }

    it('are found first in the order in which all of them are listed', async () => {
      await fill();
      const some = <T>(...of: readonly T[]) => fc.subarray([...of]);
      const aWord = fc.record({
        memberIds: some(ann, bob, carol),
        libraryIds: some('movies', 'shows', 'music', 'none'),
        planIds: some('no such plan'),
        number: fc.option(fc.integer({ min: 1, max: 90 })),
        text: fc.constant(''),
      });
      const asked = fc.record({
        states: some(...STATES),
        at: fc.integer({ min: -2, max: 2 }).map(minutes),
        words: fc.array(aWord, { maxLength: 3 }),
        limit: fc.integer({ min: 1, max: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(asked, async ({ limit, ...which }) => {
          const { grants } = read();
          const first = await firstInTurn(grants, { ...which, limit });
          expect(first).toEqual(await listInTurn(grants, which, { start: 0, limit }));
        }),
        { numRuns: 60 },
      );
    });

    it('are found from the newest on, as all of them are listed', async () => {
      await fill();
      const maybe = <T>(...of: readonly T[]) => fc.constantFrom(undefined, ...of);
      const asked = fc.record({
        states: fc.option(fc.subarray([...STATES]), { nil: undefined }),
        memberId: maybe(ann, bob, carol),
        planId: maybe('month', 'no such plan'),
        serverId: maybe('plex', 'other', 'nowhere'),
        before: fc.option(fc.integer({ min: 0, max: 99 }), { nil: undefined }),
        at: fc.integer({ min: -2, max: 2 }).map(minutes),
        limit: fc.integer({ min: 1, max: 40 }),
      });
      await fc.assert(
        fc.asyncProperty(asked, async ({ limit, before, at, ...rest }) => {
          const { grants } = read();
          const which = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
          const all = (await grants.list({ ...which, at })).map(({ number }) => number);
          const found = await grants.listFirst({
            ...{ ...which, at, limit, order: 'newest' as const },
            ...(before !== undefined && { before }),
          });
          const wanted = all.filter((number) => before === undefined || number < before).slice(0, limit);
          expect(found.map(({ number }) => number)).toEqual(wanted);
        }),
        { numRuns: 100 },
      );
    });

    it('move from a state they are in and no other, and are due by it', async () => {
      const due = async (now: Date) => (await read().grants.listTransitionsDue(now, 10)).map(({ id }) => id);
      const { nextMoment, listGuilds } = it_.stores.due;
      await write(async ({ grants }) => {
        await grants.add(
          newGrant('later', { state: 'scheduled', startsAt: minutes(10), expiresAt: minutes(90) }),
        );
        await grants.add(newGrant('soon'));
        await grants.add(newGrant('forever', { expiresAt: null }));
      });
      expect([await due(minutes(9)), await due(minutes(10)), await due(minutes(60))]).toEqual([
        [],
        ['later'],
        ['later', 'soon'],
      ]);
      expect((await read().grants.listTransitionsDue(minutes(60), 1)).map(({ id }) => id)).toEqual(['later']);
      expect([await nextMoment(), await listGuilds(minutes(9)), await listGuilds(minutes(10))]).toEqual([
        minutes(10),
        [],
        [here],
      ]);

      type Move = Parameters<GuildStores['grants']['move']>;
      const move = async (id: string, ...how: [Move[1], Move[2], Move[3]]) =>
        (await write(({ grants }) => grants.move([id], ...how))).has(id);
      expect(await move('later', ['active'], 'ending', {})).toBe(false);
      expect(await move('none', ['active'], 'ending', {})).toBe(false);
      expect(await move('later', ['scheduled'], 'active', {})).toBe(true);
      expect(await due(minutes(60))).toEqual(['soon']);
      expect(await nextMoment()).toEqual(minutes(60));
      expect(await move('later', ['active'], 'active', { expiresAt: minutes(30) })).toBe(true);
      expect(await nextMoment()).toEqual(minutes(30));
      expect(await move('later', ['active'], 'active', { expiresAt: null })).toBe(true);
      expect(
        await move('soon', ['active', 'paused'], 'ending', { endCause: 'expired', endingAt: minutes(60) }),
      ).toBe(true);
      expect(await move('soon', ['active'], 'ending', { endCause: 'revoked' })).toBe(false);
      expect(await nextMoment()).toBeUndefined();
      expect(await move('soon', ['ending'], 'ended', { endedAt: minutes(61) })).toBe(true);
      await write(({ grants }) => grants.markOverdueAlerted('soon', minutes(62)));
      expect(await read().grants.find('soon')).toMatchObject({
        state: 'ended',
        endCause: 'expired',
        endingAt: minutes(60),
        endedAt: minutes(61),
        expiresAt: minutes(60),
        overdueAlertedAt: minutes(62),
      });
      await expect(write(({ grants }) => grants.markOverdueAlerted('none', noon))).rejects.toThrow(
        'not there',
      );
    });

    it('are moved by one of two who try at once', async () => {
      await write(({ grants }) => grants.add(newGrant('g1')));
      const moved = await Promise.all(
        [1, 2, 3].map(() =>
          write(({ grants }) => grants.move(['g1'], ['active'], 'ending', { endCause: 'revoked' })),
        ),
      );
      expect(moved.flatMap((ids) => [...ids])).toEqual(['g1']);
    });

    it('are moved together, those that are in the state, and each is due by its own dates', async () => {
      await write(async ({ grants }) => {
        for (const [id, days] of [
          ['a', 1],
          ['b', 1],
          ['c', 2],
        ] as const)
          await grants.add(newGrant(id, { state: 'scheduled', expiresAt: minutes(days * 60) }));
        await grants.add(newGrant('running'));
      });
      const ids = ['a', 'b', 'c', 'running', 'none'];
      const started = await write(({ grants }) => grants.move(ids, ['scheduled'], 'active', {}));
      expect(started).toEqual(new Set(['a', 'b', 'c']));
      const due = async (now: Date) => (await read().grants.listTransitionsDue(now, 10)).map(({ id }) => id);
      expect(await due(minutes(60))).toEqual(['a', 'b', 'running']);
      expect(await due(minutes(120))).toEqual(['a', 'b', 'running', 'c']);
      expect(await write(({ grants }) => grants.move([], ['active'], 'ending', {}))).toEqual(new Set());
    });

    it('and invites keep the plan they came from', async () => {
      const plan = { guildId: here, id: 'p', name: 'P', nameKey: 'p' };
      await it_.db.transaction(here, (queries) => queries.plan.create({ data: plan }));
      await write(({ grants, invites }) =>
        invites
          .add(newInvite('i', { planId: 'p' }))
          .then(() => grants.add(newGrant('g1', { planId: 'p', inviteId: 'i' }))),
      );
      const removing = (what: 'plan' | 'invite', id: string) =>
        it_.db.transaction(here, (queries) =>
          what === 'plan'
            ? queries.plan.deleteMany({ where: { id } })
            : queries.invite.deleteMany({ where: { id } }),
        );
      await expect(removing('plan', 'p')).rejects.toThrow();
      await expect(removing('invite', 'i')).rejects.toThrow();
      // The guild itself can go, with all that it has.
      await it_.db.transaction(here, (queries) => queries.guild.deleteMany({ where: { id: here } }));
      expect([await read().grants.count({}), await it_.db.reader.plan.count()]).toEqual([0, 0]);
    });
  });

  describe('invites', () => {
    it('are found by id, by code and in the list, newest first', async () => {
      await write(async ({ invites }) => {
        await invites.add(newInvite('old', { usesMax: 3 }));
        await invites.add(newInvite('new', { createdAt: minutes(1), memberId: bob }));
      });
      const { codeHmac } = newInvite('old');
      const found = anInvite('old', { usesMax: 3, usesLeft: 3 });
      expect(await read().invites.find('old')).toEqual(found);
      expect(await read().invites.findByHmac(['another', codeHmac])).toEqual(found);
      expect(await read().invites.findByHmac(['none'])).toBeUndefined();
      expect((await read().invites.list()).map(({ id }) => id)).toEqual(['new', 'old']);
      expect(await it_.stores.due.findGuildOfInvite(['another', codeHmac])).toBe(here);
      expect(await it_.stores.due.findGuildOfInvite(['none'])).toBeUndefined();
    });

    it('are listed by state: open ones by what runs out first, with who redeemed them', async () => {
      await write(async ({ invites }) => {
        for (const [id, validUntil] of [
          ['later', minutes(50)],
          ['sooner', minutes(40)],
          ['over', minutes(5)],
        ] as const)
          await invites.add(newInvite(id, { validUntil }));
        await invites.add(newInvite('used', { usesMax: 1, validUntil: minutes(50) }));
        await invites.add(newInvite('revoked', { validUntil: minutes(50) }));
        await invites.takeUse('used', ann, 'g', noon);
        await invites.revoke('revoked', noon);
      });
      const list = async (state: 'open' | 'used' | 'expired' | 'revoked') =>
        (await read().invites.listPage({ state, at: minutes(10), limit: 9 })).map(({ id }) => id);
      expect(await list('open')).toEqual(['sooner', 'later']);
      expect([await list('used'), await list('expired'), await list('revoked')]).toEqual([
        ['used'],
        ['over'],
        ['revoked'],
      ]);
      expect(await read().invites.count({ state: 'open', at: minutes(10) })).toBe(2);
      expect(await read().invites.listRedemptions(['used', 'later'])).toEqual([
        { inviteId: 'used', memberId: ann },
      ]);
    });

    it('have codes that are unique in the installation', async () => {
      await seed(it_.stores, there);
      await write(({ invites }) => invites.add(newInvite('i')));
      await expect(
        it_.stores.transaction(there, ({ invites }) => invites.add(newInvite('i'))),
      ).rejects.toThrow();
    });

    it('give a use to each member once, as long as there are any', async () => {
      const take = (memberId: MemberId, grantId: string, now = noon) =>
        write(({ invites }) => invites.takeUse('i', memberId, grantId, now));
      await write(({ invites }) => invites.add(newInvite('i', { usesMax: 2 })));
      expect(await take(ann, 'g1')).toBe(true);
      expect(await take(ann, 'g2')).toBe(false);
      expect(await take(bob, 'g3', minutes(60))).toBe(false);
      expect(await take(bob, 'g3', minutes(59))).toBe(true);
      expect(await take(carol, 'g4')).toBe(false);
      expect(await read().invites.find('i')).toMatchObject({ usesLeft: 0, usesMax: 2 });
      expect(await read().invites.findRedemption('i', ann)).toEqual({ grantId: 'g1' });
      expect(await read().invites.findRedemption('i', carol)).toBeUndefined();
    });

    it('give nothing when revoked, unknown, or bound to somebody else', async () => {
      await write(({ invites }) => invites.add(newInvite('bound', { memberId: bob, usesMax: 5 })));
      await write(({ invites }) => invites.add(newInvite('revoked')));
      await it_.db.transaction(here, (queries) =>
        queries.invite.updateMany({ where: { id: 'revoked' }, data: { revokedAt: noon } }),
      );
      const take = (id: string, memberId: MemberId) =>
        write(({ invites }) => invites.takeUse(id, memberId, 'g1', noon));
      expect([await take('revoked', ann), await take('none', ann), await take('bound', ann)]).toEqual([
        false,
        false,
        false,
      ]);
      expect(await take('bound', bob)).toBe(true);
    });

    it('give the last use to one of those who come at once', async () => {
      await write(({ invites }) => invites.add(newInvite('i')));
      const taken = await Promise.all(
        [ann, bob, carol, dan].map((memberId) =>
          write(({ invites }) => invites.takeUse('i', memberId, `for-${memberId}`, noon)),
        ),
      );
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await read().invites.find('i'))?.usesLeft).toBe(0);
    });
  });

  it('sign-ins move on from one state, with their secrets', async () => {
    const { signIns } = read();
    const { pinCipher, ...signIn } = aSignIn('s', { serverId: 'plex', expiresAt: minutes(15) });
    await write(({ signIns }) => signIns.add({ ...signIn, pinCipher }));
    expect(await signIns.find('s')).toEqual(signIn);
    expect([await signIns.getPinCipher('s'), await signIns.getTokenCipher('s')]).toEqual(['pin', null]);
    expect(await it_.stores.due.listUnfinished()).toEqual([here]);
    const move = (...args: Parameters<typeof signIns.move>) => write(({ signIns }) => signIns.move(...args));
    const who = { externalId: '777', accountName: 'ann', expiresAt: minutes(25) };
    expect(await move('s', 'waiting', 'approved', { tokenCipher: 'token', ...who })).toBe(true);
    expect(await move('s', 'waiting', 'expired')).toBe(false);
    expect(await signIns.listOpen()).toEqual([{ ...signIn, state: 'approved', ...who }]);
    // What it was polled with is of no use any more.
    expect([await signIns.getPinCipher('s'), await signIns.getTokenCipher('s')]).toEqual(['', 'token']);
    expect(await move('s', 'approved', 'confirmed')).toBe(true);
    expect([await signIns.getTokenCipher('s'), (await signIns.listOpen()).length]).toEqual(['token', 1]);
    expect(await it_.stores.due.listUnfinished()).toEqual([here]);
    expect(await move('s', 'confirmed', 'done', { tokenCipher: null })).toBe(true);
    expect([await signIns.getTokenCipher('s'), await signIns.listOpen()]).toEqual([null, []]);
    expect(await it_.stores.due.listUnfinished()).toEqual([]);
    expect(await signIns.find('none')).toBeUndefined();
    await expect(signIns.getPinCipher('none')).rejects.toThrow('not there');
  });

  it('drafts belong to one person, end, and are removed by one', async () => {
    const draft = {
      id: 'd',
      userId: asActor(ann),
      content: { libraries: ['movies'] },
      keptAt: noon,
      expiresAt: minutes(15),
    };
    await write(({ drafts }) => drafts.put(draft));
    await write(({ drafts }) => drafts.put({ ...draft, content: { libraries: [] } }));
    const find = (userId: string, now = noon) => read().drafts.find('d', toActorId(userId), now);
    expect([await find(ann), await find(bob), await find(ann, minutes(15))]).toEqual([
      { libraries: [] },
      undefined,
      undefined,
    ]);
    await write(({ drafts }) => drafts.put({ ...draft, id: 'late', expiresAt: minutes(1) }));
    await write(({ drafts }) => drafts.removeExpired(minutes(1)));
    const left = await Promise.all(['late', 'd'].map((id) => read().drafts.find(id, draft.userId, noon)));
    expect(left).toEqual([undefined, { libraries: [] }]);
    const removed = await Promise.all([1, 2].map(() => write(({ drafts }) => drafts.remove('d'))));
    expect(removed.toSorted()).toEqual([false, true]);
    expect(await find(ann)).toBeUndefined();
  });

  it('of too many drafts the oldest goes, of a person or of the guild, and never the one that is being kept', async () => {
    const put = (id: string, userId: string, minute: number) =>
      write(({ drafts }) =>
        drafts.put({
          ...{ id, userId: toActorId(userId), content: 1 },
          ...{ keptAt: minutes(minute), expiresAt: minutes(99) },
        }),
      );
    const all = { a1: ann, a2: ann, a3: ann, b1: bob, b2: bob };
    for (const [n, [id, userId]] of Object.entries(all).entries()) await put(id, userId, n);
    const left = async () => {
      const found = Object.entries(all).map(async ([id, userId]) =>
        (await read().drafts.find(id, toActorId(userId), noon)) === undefined ? [] : [id],
      );
      return (await Promise.all(found)).flat();
    };
    await write(({ drafts }) => drafts.makeRoom('new', 3, toActorId(ann)));
    expect(await left()).toEqual(['a2', 'a3', 'b1', 'b2']);
    await write(({ drafts }) => drafts.makeRoom('a2', 3, toActorId(ann)));
    await write(({ drafts }) => drafts.makeRoom('a2', 4));
    expect(await left()).toEqual(['a2', 'a3', 'b1', 'b2']);
    await put('a2', ann, 9);
    await write(({ drafts }) => drafts.makeRoom('new', 2));
    expect(await left()).toEqual(['a2']);
    await write(({ drafts }) => drafts.makeRoom('new', 1));
    expect(await left()).toEqual([]);
  });

  it('a draft is no copy of what is shown', async () => {
    const content = 'x'.repeat(600_000);
    const draft = { id: 'd', userId: asActor(ann), content, keptAt: noon, expiresAt: minutes(15) };
    await expect(write(({ drafts }) => drafts.put(draft))).rejects.toThrow('not a copy');
  });

  it('open invites are counted with the uses that they have left', async () => {
    const before = await read().invites.countOpen(noon);
    await write(async ({ invites }) => {
      const open = { usesMax: 5, validUntil: minutes(10), memberId: null };
      await invites.add(newInvite('five', { ...open, codeHmac: 'h-five' }));
      await invites.add(newInvite('over', { ...open, codeHmac: 'h-over', validUntil: minutes(-1) }));
      await invites.add(newInvite('none', { ...open, codeHmac: 'h-none' }));
      await invites.add(newInvite('used', { ...open, codeHmac: 'h-used', usesMax: 1 }));
      await invites.revoke('none', noon);
      await invites.takeUse('five', ann, 'g1', noon);
      await invites.takeUse('used', ann, 'g1', noon);
    });
    const { invites, usesLeft } = await read().invites.countOpen(noon);
    expect([invites - before.invites, usesLeft - before.usesLeft]).toEqual([1, 4]);
    expect(await it_.stores.of(there).invites.countOpen(noon)).toEqual({ invites: 0, usesLeft: 0 });
  });
}
