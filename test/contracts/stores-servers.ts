/** What stores must do: servers with their libraries and accounts, and the members who own these. */

import { beforeEach, describe, expect, it } from 'vitest';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { Server } from '../../src/domain/model.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, bob, carol, here, newcomer, nobody, there } from '../support/people.ts';
import {
  anAccount,
  anArrival,
  aSeenAccount,
  aServer,
  newGrant,
  newLibrary,
  newServer,
} from '../support/rows.ts';
import { aDrill, minutes, seed } from './guild.ts';

export function serverStoresContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(here, work);
  const read = () => it_.stores.of(here);

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
  });

  describe('drills', () => {
    it('are due until they are cleaned up, and a start picks them up', async () => {
      expect(await it_.stores.due.listUnfinished()).toEqual([]);
      await write(({ drills }) => drills.add(aDrill('x', 'plex')));
      expect(await it_.stores.due.listUnfinished()).toEqual([here]);
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(30));
      expect(await it_.stores.due.listGuilds(minutes(29))).toEqual([]);
      expect(await it_.stores.due.listGuilds(minutes(30))).toEqual([here]);
      await write(({ drills }) => drills.setBack(minutes(1)));
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(1));
      const changes = { externalId: '7', attempts: 2, trouble: 'why', refused: true, dueAt: minutes(9) };
      await write(({ drills }) => drills.update('x', changes));
      expect(await read().drills.list()).toEqual([
        { id: 'x', serverId: 'plex', name: 'usher-drill', ...changes },
      ]);
      expect(await read().drills.getSecretCipher('x')).toBe('x');
      await write(({ drills }) => drills.remove('x'));
      expect(await read().drills.find('x')).toBeUndefined();
      expect(await it_.stores.due.nextMoment()).toBeUndefined();
    });

    it('are known to every guild on the same media server, by what the server shows of them', async () => {
      await seed(it_.stores, there);
      await write(({ drills }) => drills.add(aDrill('x', 'plex', { externalId: '7' })));
      const identity = 'identity-plex';
      const known = [{ externalId: '7', name: 'usher-drill' }];
      expect(await it_.stores.throwAways({ kind: 'plex', identity })).toEqual(known);
      expect(await it_.stores.throwAways({ kind: 'jellyfin', identity })).toEqual([]);
      await write(({ servers }) => servers.remove('plex'));
      expect(await it_.stores.throwAways({ kind: 'plex', identity })).toEqual([]);
    });
  });

  describe('servers', () => {
    it('come back as they were added, without the token', async () => {
      expect(await read().servers.find('plex')).toEqual(
        aServer({
          id: 'plex',
          name: 'Plex of g',
          url: 'http://plex.test:32400',
          identity: 'identity-plex',
          ownerAccountId: '1',
          tokenLast4: 'abcd',
          version: '1.42',
          checkedAt: noon,
        }),
      );
      expect(await read().servers.getTokenCipher('plex')).toBe('cipher-plex');
      await expect(read().servers.getTokenCipher('none')).rejects.toThrow('not there');
    });

    it('are listed by name, and a name is taken whatever its case, also after renaming', async () => {
      await write(async ({ servers }) => {
        await servers.add(newServer('b', { name: 'disk 10' }));
        await servers.add(newServer('a', { name: 'Disk 9' }));
        await servers.update('plex', { name: 'Zoo', tokenCipher: 'new', tokenLast4: 'wxyz' });
      });
      expect((await read().servers.list()).map(({ name }) => name)).toEqual(['Disk 9', 'disk 10', 'Zoo']);
      expect(await read().servers.getTokenCipher('plex')).toBe('new');
      await expect(write(({ servers }) => servers.add(newServer('c', { name: 'ZOO' })))).rejects.toThrow();
      await write(({ servers }) => servers.add(newServer('c', { name: 'plex of G' })));
      await expect(write(({ servers }) => servers.update('none', { name: 'x' }))).rejects.toThrow(
        'not there',
      );
    });

    it('are due for a probe when offline and the moment has come', async () => {
      const due = async (now: Date) => (await read().servers.listProbesDue(now)).map(({ id }) => id);
      await write(({ servers }) => servers.update('plex', { status: 'offline', nextProbeAt: minutes(5) }));
      expect([await due(minutes(4)), await due(minutes(5))]).toEqual([[], ['plex']]);
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(5));
      expect(await it_.stores.due.listGuilds(minutes(5))).toEqual([here]);
      await write(({ servers }) => servers.update('plex', { status: 'online', nextProbeAt: null }));
      expect(await due(minutes(9))).toEqual([]);
      expect(await it_.stores.due.nextMoment()).toBeUndefined();
    });

    it('keep what their endpoints last said, until they are removed', async () => {
      const look = async () => await read().servers.findEndpointLook('plex');
      expect(await look()).toBeUndefined();
      for (const removed of [['a', 'b'], ['c']]) {
        await write(({ servers }) => servers.noteEndpointLook('plex', { at: noon, removed }));
        expect(await look()).toEqual({ at: noon, removed });
      }
      await write(({ servers }) => servers.remove('plex'));
      expect(await look()).toBeUndefined();
      await write(({ servers }) => servers.noteEndpointLook('plex', { at: noon, removed: [] }));
      expect(await it_.db.reader.installation.count()).toBe(0);
    });

    it('take their libraries and accounts with them, and leave the grants', async () => {
      await write(({ grants }) => grants.add(newGrant('g1')));
      await write(({ servers }) => servers.remove('plex'));
      await write(({ servers }) => servers.remove('plex'));
      expect([
        await read().servers.list(),
        await read().libraries.list(),
        await read().accounts.list(),
      ]).toEqual([[], [], []]);
      expect(await read().grants.find('g1')).toMatchObject({ state: 'active', libraryIds: [] });
    });
  });

  describe('libraries', () => {
    it('are listed by server and name, gone ones too, and change by part', async () => {
      await write(async ({ servers, libraries }) => {
        await servers.add(newServer('other', { name: 'A server' }));
        await libraries.add(newLibrary('o', { serverId: 'other', name: 'Other', type: 'mixed' }));
        await libraries.update('shows', { name: 'Anime', goneAt: noon });
        await libraries.update('music', { missingSince: noon });
        await expect(libraries.update('none', { name: 'x' })).rejects.toThrow('not there');
      });
      expect((await read().libraries.list()).map(({ name }) => name)).toEqual([
        'Other',
        'Anime',
        'movies of g',
        'music of g',
      ]);
      const dates = (await read().libraries.list('plex')).map(({ id, goneAt, missingSince, firstSeenAt }) => [
        id,
        goneAt,
        missingSince,
        firstSeenAt,
      ]);
      expect(dates).toEqual([
        ['shows', noon, null, noon],
        ['movies', null, null, noon],
        ['music', null, noon, noon],
      ]);
    });

    it('keep what they are, where they were, and why nobody sees them', async () => {
      const parts = async () => {
        const row = (await read().libraries.list('plex')).find(({ id }) => id === 'movies');
        return [row?.externalId, row?.identity, row?.formerIds, row?.closed];
      };
      expect(await parts()).toEqual(['x-movies', null, [], null]);
      const all = { externalId: '7', identity: 'uuid', formerIds: ['x-movies', '6'], closed: 'off' } as const;
      await write(({ libraries }) => libraries.update('movies', all));
      expect(await parts()).toEqual(['7', 'uuid', ['x-movies', '6'], 'off']);
      await write(({ libraries }) => libraries.update('movies', { closed: null }));
      expect(await parts()).toEqual(['7', 'uuid', ['x-movies', '6'], null]);
    });

    it('are unique per server and belong to a server of the guild', async () => {
      const add = (serverId: string, externalId: string) =>
        write(({ libraries }) => libraries.add(newLibrary('l', { serverId, externalId })));
      await expect(add('plex', 'x-movies')).rejects.toThrow();
      await expect(add('none', '1')).rejects.toThrow();
    });

    it('have another version of their names after each change of them, and only then', async () => {
      const versions = [await read().libraries.namesVersion()];
      const changes: readonly ((stores: GuildStores) => Promise<unknown>)[] = [
        ({ libraries }) => libraries.add(newLibrary('fresh', { externalId: 'fresh' })),
        ({ libraries }) => libraries.update('fresh', { name: 'Renamed' }),
        ({ libraries }) => libraries.update('fresh', { goneAt: noon }),
        ({ servers }) => servers.update('plex', { name: 'Renamed' }),
        ({ servers }) => servers.remove('plex'),
      ];
      for (const change of changes) {
        await write(change);
        versions.push(await read().libraries.namesVersion());
      }
      expect(new Set(versions).size).toBe(changes.length + 1);
      await write(({ settings }) => settings.update({ zone: 'Europe/Berlin' }));
      expect(await read().libraries.namesVersion()).toBe(versions.at(-1));
    });

    it('count who has them: seen or all, waiting and disabled ones not, all not for gone libraries', async () => {
      await write(async ({ accounts, libraries }) => {
        const save = (id: string, changes: object, seen: readonly string[]) =>
          accounts
            .save({ id, serverId: 'plex', externalId: id, name: id, seenAccess: 'libraries', ...changes })
            .then(() => accounts.setLibraries(id, { seen, given: [] }));
        await save('some', {}, ['movies', 'shows']);
        await save('owner', { protection: 'owner', seenAccess: 'all' }, []);
        await save('all and listed', { seenAccess: 'all' }, ['movies']);
        await save('waiting', { pending: true }, ['movies']);
        await save('disabled', { disabled: true, seenAccess: 'all' }, ['movies']);
        await accounts.setLibraries('some', { seen: ['movies', 'shows'], given: ['music'] });
        await libraries.update('shows', { goneAt: noon });
      });
      const seen = ['77', 'all and listed', 'disabled', 'owner', 'some', 'waiting'];
      expect(await read().accounts.listKnownIds('plex')).toEqual(seen);
      await write(({ accounts }) => accounts.update('some', { seenAccess: 'none' }));
      expect(await read().accounts.listKnownIds('plex')).not.toContain('some');
      await write(({ accounts }) => accounts.update('some', { seenAccess: 'libraries' }));
      // Counted by server: an invitation is no access, a disabled account has none; ada's was never read.
      expect(await read().accounts.countAccess()).toEqual(
        new Map([['plex', { has: 3, invited: 1, none: 1 }]]),
      );
      expect(Object.fromEntries(await read().libraries.countUsers())).toEqual({
        movies: { has: 3, invited: 1 },
        shows: { has: 1, invited: 0 },
        music: { has: 2, invited: 0 },
      });
    });
  });

  describe('accounts', () => {
    it('are named without those that are half made, by name', async () => {
      await write(async ({ accounts }) => {
        const save = (id: string, changes: object) =>
          accounts.save({ id, serverId: 'plex', externalId: id, name: id, ...changes });
        await save('zoe', { signsInElsewhere: true });
        await save('boss', { protection: 'administrator' });
        await save('half', { externalId: null });
      });
      expect((await read().accounts.listNames('plex')).filter(({ id }) => id !== 'account')).toEqual([
        {
          id: 'boss',
          externalId: 'boss',
          name: 'boss',
          protection: 'administrator',
          signsInElsewhere: false,
          memberId: null,
          formerMemberId: null,
        },
        {
          id: 'zoe',
          externalId: 'zoe',
          name: 'zoe',
          protection: null,
          signsInElsewhere: true,
          memberId: null,
          formerMemberId: null,
        },
      ]);
      expect(await read().accounts.listNames('nowhere')).toEqual([]);
      const found = async (words: readonly string[], limit = 9) =>
        (await read().accounts.findNames('plex', words, limit)).map(({ name }) => name);
      expect(await found(['OE', 'z'])).toEqual(['zoe']);
      expect(await found(['boss'])).toEqual([]);
      expect(await found([], 1)).toHaveLength(1);
      const linked = async (is: boolean) =>
        (await read().accounts.findNames('plex', [], 9, is)).map(({ memberId }) => memberId !== null);
      expect(await linked(false)).not.toContain(true);
      expect(await linked(true)).toEqual([true]);
    });

    it('that are to be decided about are kept one by one, and go with their account', async () => {
      const [first, second] = [
        anArrival('zoe'),
        { ...anArrival('boss', ann), aside: 'not-a-member' as const },
      ];
      await write(async ({ accounts, arrivals }) => {
        for (const id of ['zoe', 'boss'])
          await accounts.save({ id, serverId: 'plex', externalId: id, name: id });
        await arrivals.put([first, second]);
        await arrivals.put([{ ...first, why: 'chosen', isSure: false }]);
      });
      const { arrivals } = read();
      const chosen = { ...first, why: 'chosen', isSure: false };
      expect(await arrivals.list({ accountIds: ['zoe'] })).toEqual([chosen]);
      expect(await arrivals.list({ aside: 'not-a-member' })).toEqual([second]);
      expect(await arrivals.list({ serverId: 'plex' })).toHaveLength(2);
      expect(await arrivals.list({ serverId: 'nowhere' })).toEqual([]);
      await write(async (tx) => {
        await tx.accounts.remove('zoe');
        await tx.arrivals.remove(['boss']);
      });
      expect(await arrivals.list()).toEqual([]);
    });

    it('are added many at once as they were seen, linked to nobody, and never twice', async () => {
      const one = (id: string, seen: readonly string[]) =>
        aSeenAccount(id, {
          name: `"${id}", ñ`,
          protection: id === 'a' ? 'managed' : null,
          seenAccess: 'libraries',
          pending: id === 'b',
          seen,
        });
      await write(({ accounts }) => accounts.addSeen([one('a', ['movies', 'shows']), one('b', [])]));
      expect(await read().accounts.find('a')).toMatchObject({
        name: '"a", ñ',
        protection: 'managed',
        pending: false,
        memberId: null,
        attempts: 0,
        seenAt: noon,
        given: [],
      });
      expect((await read().accounts.find('a'))?.seen.toSorted()).toEqual(['movies', 'shows']);
      expect(await read().accounts.find('b')).toMatchObject({ protection: null, pending: true, seen: [] });
      await expect(write(({ accounts }) => accounts.addSeen([one('a', [])]))).rejects.toThrow();
    });

    it('are saved by server and external id; the id is used for a new one only', async () => {
      const ids = await write(async ({ accounts }) => [
        await accounts.save({ id: 'new', serverId: 'plex', externalId: '77', name: 'Ann B.', seenAt: noon }),
        await accounts.save({ id: 'new', serverId: 'plex', externalId: '78', name: 'Bob' }),
        await accounts.save({
          id: 'unfinished',
          serverId: 'plex',
          externalId: null,
          name: 'c',
          memberId: bob,
        }),
      ]);
      expect(ids).toEqual(['account', 'new', 'unfinished']);
      expect(await read().accounts.find('account')).toEqual(
        anAccount({
          id: 'account',
          serverId: 'plex',
          name: 'Ann B.',
          memberId: ann,
          seenAccess: 'unknown',
          seen: [],
          given: [],
        }),
      );
      expect((await read().accounts.listUnfinished()).map(({ id }) => id)).toEqual(['unfinished']);
      expect(await it_.stores.due.listUnfinished()).toEqual([here]);
    });

    it('are listed by server and members', async () => {
      await write(({ accounts }) =>
        accounts.save({ id: 'b', serverId: 'plex', externalId: '78', name: 'B', memberId: bob }),
      );
      const list = async (filter?: Parameters<GuildStores['accounts']['list']>[0]) =>
        (await read().accounts.list(filter)).map(({ id }) => id);
      expect(await list()).toHaveLength(2);
      expect(await list({ memberId: bob })).toEqual(['b']);
      expect(await list({ memberIds: [ann, carol] })).toEqual(['account']);
      expect(await list({ memberIds: [] })).toEqual([]);
      expect(await list({ memberId: ann, memberIds: [bob] })).toEqual([]);
      expect(await list({ serverId: 'none' })).toEqual([]);
      expect(await list({ externalIds: ['78'] })).toEqual(['b']);
      expect(await list({ externalIds: ['78'], memberId: ann })).toEqual([]);
    });

    it('keep what was seen and what was given apart, and lists replace lists', async () => {
      const set = (seen: string[], given: string[]) =>
        write(async ({ accounts }) => {
          await accounts.setLibraries('account', { seen, given });
          return accounts.find('account');
        });
      expect(await set(['movies', 'shows'], ['shows', 'music'])).toMatchObject({
        seen: ['movies', 'shows'],
        given: ['music', 'shows'],
        inFlight: [],
      });
      expect(await set(['music'], [])).toMatchObject({ seen: ['music'], given: [] });
      expect(await set([], [])).toMatchObject({ seen: [], given: [] });
      await set(['movies'], ['movies']);
      const about = { giving: ['shows'], taking: ['movies'] };
      await write(({ accounts }) => accounts.noteInFlight(['account'], about, noon));
      const doubtful = { given: [], inFlight: ['movies', 'shows'], leaving: ['movies'], writtenAt: noon };
      expect(await read().accounts.find('account')).toMatchObject({ seen: ['movies'], ...doubtful });
      const turned = { giving: ['movies'], taking: ['shows'] };
      await write(({ accounts }) => accounts.noteInFlight(['account'], turned, minutes(1)));
      expect(await read().accounts.find('account')).toMatchObject({
        ...doubtful,
        leaving: ['shows'],
        writtenAt: minutes(1),
      });
      const kept = { seen: [], given: [], inFlight: ['movies', 'shows'], leaving: ['shows'] };
      await write(({ accounts }) => accounts.setLibraries('account', kept));
      expect(await read().accounts.find('account')).toMatchObject(kept);
      expect(await set(['movies'], ['movies'])).toMatchObject({
        given: ['movies'],
        inFlight: [],
        leaving: [],
      });
      await expect(set(['none'], [])).rejects.toThrow();
    });

    it('are changed many at once, each in its own way, or none of them', async () => {
      await write(async ({ accounts }) => {
        for (const id of ['one', 'two', 'three']) {
          await accounts.save({ id, serverId: 'plex', externalId: id, name: id, memberId: ann });
          await accounts.setLibraries(id, { seen: ['shows'], given: ['shows'], ended: ['movies'] });
        }
      });
      const kept = { seen: ['shows'], given: ['shows'], ended: ['movies'] };
      const over = { dueAt: null, lossApproved: false, endedAt: minutes(1), attempts: 0, trouble: null };
      await write(({ accounts }) =>
        accounts.updateMany([
          { id: 'one', changes: over, libraries: { seen: [], given: [], ended: ['shows'] } },
          {
            id: 'two',
            changes: { ...over, endedAt: minutes(2) },
            libraries: { seen: ['movies'], given: [] },
          },
          {
            id: 'three',
            changes: { dueAt: minutes(3), lossApproved: true, attempts: 2, trouble: 'it’s "so"' },
          },
          { id: 'account', changes: { name: 'new' } },
        ]),
      );
      const { accounts } = read();
      expect(await accounts.find('one')).toMatchObject({ ...over, seen: [], given: [], ended: ['shows'] });
      const two = { ...over, endedAt: minutes(2), seen: ['movies'], given: [], ended: [] };
      expect(await accounts.find('two')).toMatchObject(two);
      const three = { ...kept, dueAt: minutes(3), lossApproved: true, attempts: 2, trouble: 'it’s "so"' };
      expect(await accounts.find('three')).toMatchObject(three);
      expect(await accounts.find('account')).toMatchObject({ name: 'new' });
      expect((await accounts.listDue(minutes(3))).map(({ id }) => id)).toEqual(['three']);

      await write((stores) => stores.accounts.updateMany([]));
      const unknown = [
        { id: 'one', changes: { name: 'x' } },
        { id: 'none', changes: { name: 'x' } },
      ];
      await expect(write((stores) => stores.accounts.updateMany(unknown))).rejects.toThrow('not there');
      expect(await accounts.find('one')).toMatchObject({ name: 'one' });
    });

    it('keep a first password until it is forgotten', async () => {
      const secret = async () => [await read().accounts.getSecretCipher('account')];
      await write(({ accounts }) => accounts.update('account', { secretCipher: 'sealed' }));
      expect(await secret()).toEqual(['sealed']);
      await write(({ accounts }) => accounts.update('account', { secretCipher: null }));
      expect(await secret()).toEqual([null]);
      await expect(read().accounts.getSecretCipher('none')).rejects.toThrow('not there');
      await expect(write(({ accounts }) => accounts.update('none', { name: 'x' }))).rejects.toThrow(
        'not there',
      );
    });

    it('become due when unsure, linked ones only, with their failures forgotten or, hastened, kept', async () => {
      const due = async (now: Date, serverId?: string) =>
        (await read().accounts.listDue(now, serverId)).map(({ id, attempts }) => `${id} ${attempts}`);
      await write(async ({ accounts }) => {
        await accounts.save({
          id: 'b',
          serverId: 'plex',
          externalId: '78',
          name: 'B',
          memberId: bob,
          attempts: 3,
        });
        await accounts.save({ id: 'observed', serverId: 'plex', externalId: '79', name: 'O', dueAt: noon });
        await accounts.save({
          id: 'unfinished',
          serverId: 'plex',
          externalId: null,
          name: 'U',
          memberId: bob,
        });
        await accounts.update('account', { attempts: 2, trouble: 'x', dueAt: minutes(30) });
      });
      await write(({ accounts }) => accounts.makeDue({ memberIds: [bob] }, minutes(1), 'decided'));
      expect([await due(noon), await due(minutes(1)), await due(minutes(1), 'other')]).toEqual([
        [],
        ['b 0'],
        [],
      ]);
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(1));
      expect(await write(({ accounts }) => accounts.hasten('plex', minutes(2)))).toBe(2);
      expect(await due(minutes(2))).toEqual(['b 0', 'account 2']);
      await write(({ accounts }) => accounts.makeDue({ serverId: 'plex' }, minutes(3), 'decided'));
      expect(await due(minutes(3), 'plex')).toEqual(['account 0', 'b 0']);
      await write(({ accounts }) => accounts.makeDue({ memberIds: [] }, minutes(9), 'decided'));
      expect(await due(minutes(3))).toHaveLength(2);
    });

    it('wait for nothing when the clock was set back, and were seen and written no later than now', async () => {
      const [past, future] = [noon, minutes(99)];
      const columns = ['dueAt', 'lookAt', 'doubtSince', 'seenAt', 'writtenAt', 'endedAt'] as const;
      const all = (at: Date) => Object.fromEntries(columns.map((column) => [column, at]));
      await write(async ({ accounts, servers, deliveries }) => {
        await accounts.update('account', { ...all(future), attempts: 3 });
        await accounts.save({ id: 'b', serverId: 'plex', externalId: '78', name: 'B', ...all(past) });
        await servers.update('plex', { nextProbeAt: future });
        await deliveries.owe(
          { id: 'd', kind: 'dm', sink: bob, content: { kind: 'notice', text: '' } },
          future,
        );
      });
      await write(async ({ accounts, servers, deliveries }) => {
        for (const store of [accounts, servers, deliveries]) await store.setBack(minutes(1));
      });
      expect(await read().accounts.find('account')).toMatchObject({ ...all(minutes(1)), attempts: 3 });
      expect(await read().accounts.find('b')).toMatchObject(all(past));
      expect((await read().servers.find('plex'))?.nextProbeAt).toEqual(minutes(1));
      expect((await it_.outbox.listDue(minutes(1), 9)).map(({ id }) => id)).toEqual(['d']);
    });

    it('are looked at again when a doubt says so, though nothing is due', async () => {
      const listed = async (now: Date) => (await read().accounts.listDue(now)).map(({ id }) => id);
      const doubt = { doubtSince: noon, lookAt: minutes(2) };
      await write(({ accounts }) => accounts.update('account', doubt));
      expect([await listed(minutes(1)), await listed(minutes(2))]).toEqual([[], ['account']]);
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(2));
      expect(await it_.stores.due.listGuilds(minutes(1))).toEqual([]);
      expect(await it_.stores.due.listGuilds(minutes(2))).toEqual([here]);
      expect(await read().accounts.listDueServers(minutes(2))).toEqual(['plex']);
      expect(await write(({ accounts }) => accounts.hasten('plex', noon))).toBe(1);
      expect(await listed(noon)).toEqual(['account']);
    });

    it('are due, and in doubt, from the moment that a write to them is noted', async () => {
      await write(({ accounts }) => accounts.noteInFlight(['account'], { giving: [], taking: [] }, noon));
      expect(await read().accounts.find('account')).toMatchObject({ dueAt: noon, doubtSince: noon });
      await write(({ accounts }) =>
        accounts.noteInFlight(['account'], { giving: [], taking: [] }, minutes(1)),
      );
      expect(await read().accounts.find('account')).toMatchObject({ dueAt: noon, doubtSince: minutes(1) });
    });

    it('remember what ended until it is taken again or forgotten, and what is given elsewhere', async () => {
      const ended = async () => (await read().accounts.find('account'))?.ended;
      const remembered = { seen: [], given: [], ended: ['movies', 'shows'], elsewhere: ['music'] };
      await write(async ({ accounts }) => {
        await accounts.setLibraries('account', remembered);
        await accounts.update('account', { endedAt: minutes(1) });
      });
      expect(await read().accounts.find('account')).toMatchObject(remembered);
      await write(({ accounts }) =>
        accounts.noteInFlight(['account'], { giving: [], taking: ['shows'] }, minutes(2)),
      );
      expect(await ended()).toEqual(['movies']);
      await write(({ accounts }) => accounts.forgetEnded('plex', noon));
      await write(({ accounts }) => accounts.forgetEnded('other', minutes(9)));
      expect(await ended()).toEqual(['movies']);
      await write(({ accounts }) => accounts.forgetEnded('plex', minutes(1)));
      expect(await ended()).toEqual([]);
    });

    it('live on a token that another row lives on, or do not: of whatever guild, and no more is said', async () => {
      const own = { clientIdentifier: 'client', ownerAccountId: '1', tokenLast4: 'ends' };
      const shares = async (changes: object = {}, guildId = here) =>
        await it_.stores.sharesToken(guildId, aServer({ id: 'plex', identity: 'i', ...own, ...changes }));
      expect(await shares()).toBe(false);
      await seed(it_.stores, there);
      const theirs = (changes: Partial<Omit<Server, 'id' | 'kind'>>) =>
        it_.stores.transaction(there, (tx) => tx.servers.update('plex', changes));
      await theirs({ clientIdentifier: 'client', ownerAccountId: '1' });
      expect([await shares(), await shares({}, there)]).toEqual([true, false]);
      // Another owner, or another client of the same owner, has another token; null is no client.
      await theirs({ ownerAccountId: '2' });
      expect(await shares()).toBe(false);
      await theirs({ ownerAccountId: '1', clientIdentifier: null });
      expect([await shares(), await shares({ clientIdentifier: null })]).toEqual([false, false]);
      // With the same end it is most likely the same, on the same server or of the same owner.
      await theirs({ tokenLast4: 'ends' });
      expect([await shares(), await shares({ ownerAccountId: '3' })]).toEqual([true, false]);
      await theirs({ identity: 'i', ownerAccountId: null });
      expect([await shares({ ownerAccountId: null }), await shares({ kind: 'jellyfin' })]).toEqual([
        true,
        false,
      ]);
    });

    it('that other guilds use on the same server are told by ids of that server only', async () => {
      const server = aServer({ id: 'plex', identity: 'identity-plex' });
      const elsewhere = async () => await it_.stores.elsewhere(here, server, ['77', '78']);
      expect(await elsewhere()).toEqual(new Map());
      await seed(it_.stores, there);
      const theirs = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(there, work);
      await theirs(async ({ servers, accounts }) => {
        await servers.update('plex', { defaultLibraryId: 'music' });
        await accounts.save({ id: 'seen', serverId: 'plex', externalId: '78', name: 'linked to nobody' });
        await accounts.setLibraries('account', { seen: ['movies'], given: ['shows'], ended: ['movies'] });
      });
      const external = (id: string) => newLibrary(id as 'movies').externalId;
      const [movies, shows, music] = [external('movies'), external('shows'), external('music')];
      const found = async () => {
        const { wanted = [], touched = [], ...rest } = (await elsewhere()).get('77') ?? {};
        return { wanted: new Set(wanted), touched: new Set(touched), ...rest };
      };
      const touched = new Set([movies, shows, music]);
      const before = { disabledByUs: false, doubtSince: null };
      expect(await found()).toEqual({ wanted: new Set([music]), touched, ...before });
      expect((await elsewhere()).has('78')).toBe(false);
      await theirs(async ({ grants, accounts }) => {
        await grants.add(newGrant('theirs', { memberId: ann, libraryIds: ['movies'] }));
        await accounts.update('account', { disabledByUs: true, doubtSince: noon });
      });
      expect(await found()).toEqual({
        wanted: new Set([movies]),
        touched: new Set([movies, shows]),
        disabledByUs: true,
        doubtSince: noon,
      });
      await theirs(({ grants }) => grants.move(['theirs'], ['active'], 'ending', { endingAt: noon }));
      expect((await found()).wanted).toEqual(new Set([music]));
      expect(await it_.stores.elsewhere(there, server, ['78'])).toEqual(new Map());
      expect(await it_.stores.elsewhere(here, { ...server, identity: 'another' }, ['77'])).toEqual(new Map());
    });

    it('can be many', async () => {
      const ids = Array.from({ length: 2_500 }, (_, n) => `a${n}`);
      await it_.db.transaction(here, async (queries) => {
        const row = { guildId: here, serverId: 'plex', name: 'n', memberId: 'x', dueAt: noon };
        await queries.account.createMany({ data: ids.map((id) => ({ ...row, id, externalId: id })) });
        await queries.accountLibrary.createMany({
          data: ids.map((accountId) => ({ guildId: here, accountId, libraryId: 'movies', seen: true })),
        });
      });
      const due = await read().accounts.listDue(noon);
      expect(due.filter(({ seen }) => seen.includes('movies'))).toHaveLength(2_500);
      const memberIds = [...ids.map(toMemberId), ann];
      expect(await read().accounts.list({ memberIds })).toHaveLength(1);
      expect(await read().grants.list({ memberIds, limit: 5 })).toEqual([]);
      await write(({ accounts }) => accounts.makeDue({ memberIds }, noon, 'decided'));
    });
  });

  it('members are made once, keep what is known, and are unknown before', async () => {
    await write(async ({ members }) => {
      await members.ensure(ann);
      await members.update(ann, { dmState: 'closed', locale: 'de' });
      await members.update(newcomer, { note: 'n' });
    });
    expect(await read().members.find(ann)).toEqual({
      userId: ann,
      name: null,
      dmState: 'closed',
      locale: 'de',
      note: null,
      leftAt: null,
    });
    expect(await read().members.find(newcomer)).toEqual({
      userId: newcomer,
      name: null,
      dmState: 'unknown',
      locale: null,
      note: 'n',
      leftAt: null,
    });
    expect(await read().members.find(nobody)).toBeUndefined();
  });

  it('a member is made once in a transaction, whoever asks for it', async () => {
    await write(async ({ members }) => {
      await members.ensure(newcomer);
      await members.noteNames([
        { userId: newcomer, name: 'New' },
        { userId: nobody, name: 'No' },
      ]);
      for (const id of [newcomer, nobody]) await members.ensure(id);
    });
    expect(await read().members.listNamed()).toHaveLength(2);
  });

  it('names are kept and refreshed, with the locale that is known, and found by a part in any case', async () => {
    const noted = (name: string, locale?: string) => ({
      userId: ann,
      name,
      ...(locale !== undefined && { locale }),
    });
    await write(({ members }) =>
      members.noteNames([noted('Ann', 'de'), { userId: newcomer, name: 'Joanna Ö' }]),
    );
    // Whoever is in it twice is called as they were last.
    await write(({ members }) => members.noteNames([noted('Anna'), noted('Ann-Marie')]));
    expect(await read().members.find(ann)).toMatchObject({ name: 'Ann-Marie', locale: 'de' });
    const people = [
      { userId: ann, name: 'Ann-Marie' },
      { userId: newcomer, name: 'Joanna Ö' },
    ];
    const known = await read().members.listNames([ann, newcomer, nobody]);
    expect(known.toSorted((one, other) => one.name.localeCompare(other.name))).toEqual(people);
    expect(await read().members.findByName('ANN', 9)).toEqual(people);
    await write(({ members }) => members.update(ann, { dmState: 'closed' }));
    expect(await read().members.listClosed([ann, newcomer, nobody])).toEqual([ann]);
    expect(await read().members.findByName('ö', 9)).toEqual(people.slice(1));
    expect(await read().members.findByName('ann', 1)).toEqual(people.slice(0, 1));
  });
}
