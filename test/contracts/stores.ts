/** What every implementation of Stores must do: transactions, settings, the record, and the list of what is due. */

import { beforeEach, describe, expect, it } from 'vitest';
import { hashEvent, hashFacts } from '../../src/adapters/prisma/stores/chain.ts';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { asActor, toGuildId, toMemberId } from '../../src/domain/ids.ts';
import type { OpenStores } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import { ann, bob, here, newcomer, nowhere, staff, there } from '../support/people.ts';
import { aPlan, aSeenAccount, aSignIn, newGrant, newInvite, newLibrary, newServer } from '../support/rows.ts';
import { aDrill, aHeldRun, aJobRun, aPost, minutes, seed } from './guild.ts';

export function storesContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>) => it_.stores.transaction(here, work);
  const read = () => it_.stores.of(here);

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
  });

  describe('transactions', () => {
    it('make the guild when it is new, once, however many come at once', async () => {
      const settings = await Promise.all(
        Array.from({ length: 20 }, () => it_.stores.transaction(there, ({ settings }) => settings.get())),
      );
      expect(new Set(settings.map(({ guildId, zone }) => `${guildId} ${zone}`))).toEqual(
        new Set([`${there} UTC`]),
      );
    });

    it('take turns guild by guild: one is not behind all that another has to write', async () => {
      const order: string[] = [];
      const mine = Array.from({ length: 30 }, () =>
        write(async ({ settings }) => {
          await settings.get();
          order.push('mine');
        }),
      );
      const theirs = it_.stores.transaction(there, async ({ settings }) => {
        await settings.get();
        order.push('theirs');
      });
      await Promise.all([...mine, theirs]);
      expect(order).toHaveLength(31);
      expect(order.indexOf('theirs')).toBeLessThan(15);
    });

    it('undo everything when the work fails: no row, no event, no delivery, no number', async () => {
      await write(({ settings }) => settings.update({ auditChannelId: 'channel' }));
      const failed = write(async ({ grants, audit, servers }) => {
        await servers.add(newServer('other'));
        await grants.add(newGrant('g1'));
        await audit.append({ action: 'grant.created', actorId: null, facts: {}, at: noon });
        throw new Error('no');
      });
      await expect(failed).rejects.toThrow('no');
      expect(await read().servers.find('other')).toBeUndefined();
      expect(await read().audit.list({ limit: 10 })).toEqual([]);
      expect(await it_.outbox.listDue(noon, 10)).toEqual([]);
      expect((await write(({ grants }) => grants.add(newGrant('g2')))).number).toBe(1);
    });

    it('are not seen by readers before they commit', async () => {
      const seen = await write(async ({ servers }) => {
        await servers.add(newServer('other'));
        return [await servers.find('other'), await read().servers.find('other')];
      });
      expect(seen.map((server) => server?.id)).toEqual(['other', undefined]);
    });

    it('wait for their turn without a limit of time, and refuse to be nested', async () => {
      const done: number[] = [];
      const gate = Promise.withResolvers<void>();
      const first = write(() => gate.promise);
      const others = [1, 2, 3].map((n) => write(async () => void done.push(n)));
      gate.resolve();
      await Promise.all([first, ...others]);
      expect(done).toEqual([1, 2, 3]);
      await expect(write(() => write(async () => 1))).rejects.toThrow('inside a transaction');
      expect(await write(async () => 1)).toBe(1);
    });

    it('go one after the other in a guild: what two read and add up is not lost', async () => {
      const events = await Promise.all(
        Array.from({ length: 30 }, (_, n) =>
          write(async ({ audit, grants }) => {
            await grants.add(newGrant(`g${n}`));
            return audit.append({ action: 'grant.created', actorId: staff, facts: { grant: n }, at: noon });
          }),
        ),
      );
      expect(events.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(
        Array.from({ length: 30 }, (_, n) => n + 1),
      );
      await expectChain(it_, here, 30);
    });
  });

  it('can only read outside a transaction, whatever the method', async () => {
    const {
      settings,
      servers,
      libraries,
      accounts,
      members,
      grants,
      plans,
      invites,
      signIns,
      drafts,
      drills,
      heldRuns,
      jobRuns,
      audit,
      record,
      deliveries,
      posts,
    } = read();
    await write(async ({ grants, invites, plans, drills, heldRuns, jobRuns }) => {
      await grants.add(newGrant('g1'));
      await invites.add(newInvite('i1'));
      await plans.add(aPlan('p'));
      await drills.add(aDrill('x', 'plex'));
      await heldRuns.add(aHeldRun('h', 'plex'));
      await jobRuns.add(aJobRun('j'));
    });
    const writes: Record<string, () => Promise<unknown>> = {
      'settings.update': () => settings.update({ zone: 'Europe/Berlin' }),
      'settings.setRoleRule': () =>
        settings.setRoleRule({ roleId: 'r', capability: 'admin', effect: 'allow' }),
      'settings.removeRoleRule': () => settings.removeRoleRule('r', 'admin'),
      'servers.add': () => servers.add(newServer('other')),
      'servers.update': () => servers.update('plex', { name: 'x' }),
      'servers.remove': () => servers.remove('plex'),
      'libraries.add': () => libraries.add(newLibrary('l')),
      'libraries.update': () => libraries.update('movies', { name: 'x' }),
      'accounts.addSeen': () => accounts.addSeen([aSeenAccount('a')]),
      'accounts.save': () => accounts.save({ id: 'a', serverId: 'plex', externalId: '77', name: 'x' }),
      'accounts.update': () => accounts.update('account', { name: 'x' }),
      'accounts.updateMany': () => accounts.updateMany([{ id: 'account', changes: { name: 'x' } }]),
      'accounts.remove': () => accounts.remove('account'),
      'accounts.setLibraries': () => accounts.setLibraries('account', { seen: ['movies'], given: [] }),
      'accounts.noteInFlight': () =>
        accounts.noteInFlight(['account'], { giving: ['movies'], taking: [] }, noon),
      'accounts.makeDue': () => accounts.makeDue({}, noon, 'decided'),
      'accounts.hasten': () => accounts.hasten('plex', noon),
      'members.ensure': () => members.ensure(newcomer),
      'members.update': () => members.update(ann, { note: 'x' }),
      'grants.add': () => grants.add(newGrant('g2')),
      'grants.move': () => grants.move(['g1'], ['active'], 'ending', {}),
      'grants.change': () => grants.change('g1', { expiresAt: null }),
      'plans.add': () => plans.add(aPlan('p2')),
      'plans.update': () => plans.update('p', { libraryIds: [] }),
      'plans.remove': () => plans.remove('p'),
      'heldRuns.add': () => heldRuns.add(aHeldRun('h2', 'plex')),
      'heldRuns.decide': () => heldRuns.decide('h', 'released', asActor(ann), noon),
      'jobRuns.add': () => jobRuns.add(aJobRun('j2')),
      'invites.revoke': () => invites.revoke('i1', noon),
      'grants.markOverdueAlerted': () => grants.markOverdueAlerted('g1', noon),
      'invites.add': () => invites.add(newInvite('i2')),
      'invites.takeUse': () => invites.takeUse('i1', ann, 'g1', noon),
      'signIns.add': () => signIns.add(aSignIn('s')),
      'signIns.move': () => signIns.move('s', 'waiting', 'done'),
      'drafts.put': () =>
        drafts.put({ id: 'd', userId: asActor(ann), content: 1, keptAt: noon, expiresAt: noon }),
      'drafts.remove': () => drafts.remove('d'),
      'drafts.removeExpired': () => drafts.removeExpired(noon),
      'drills.add': () => drills.add(aDrill('x2', 'plex')),
      'drills.update': () => drills.update('x', { externalId: '1' }),
      'drills.remove': () => drills.remove('x'),
      'posts.put': () => posts.put(aPost('p1')),
      'audit.append': () => audit.append({ action: 'grant.ended', actorId: null, facts: {}, at: noon }),
      'record.noteShown': () => record.noteShown([1], 'c', 'm'),
      'record.chainNext': () => record.chainNext(9),
      'record.addHead': () => record.addHead({ number: 1, hash: 'h', keyId: 'k', signature: 's', at: noon }),
      'record.noteChecked': () => record.noteChecked(noon),
      'deliveries.markSent': () => deliveries.markSent(['d'], 'm', noon),
      'deliveries.park': () => deliveries.park('d', 'x', noon),
      'deliveries.owe': () =>
        deliveries.owe({ id: 'd', kind: 'dm', sink: ann, content: { kind: 'notice', text: 'x' } }, noon),
    };
    for (const [name, call] of Object.entries(writes)) {
      await expect(call(), name).rejects.toThrow(/readonly|read-only|only read/);
    }
    // Nor beside a transaction, nor in one that Prisma begins by itself because there is more than one statement.
    await write(async () => {
      await expect(members.update(ann, { note: 'x' })).rejects.toThrow(/readonly|read-only/);
      await expect(written()).rejects.toThrow(/readonly|read-only/);
    });
    await expect(written()).rejects.toThrow(/readonly|read-only/);
  });

  const written = () =>
    it_.db.reader.plan.create({
      data: {
        ...{ guildId: here, id: 'p3', name: 'p3', nameKey: 'p3', createdAt: noon },
        libraries: { create: [{ libraryId: 'movies' }] },
      },
    });

  describe('settings', () => {
    it('have defaults for a guild that nobody has written to, as for a new one', async () => {
      const { nextSyncAt: _, ...unknown } = await it_.stores.of(nowhere).settings.get();
      const { nextSyncAt: __, ...made } = await it_.stores.transaction(there, ({ settings }) =>
        settings.get(),
      );
      expect({ ...unknown, guildId: '' }).toEqual({ ...made, guildId: '' });
    });

    it('change by part', async () => {
      await write(({ settings }) =>
        settings.update({
          ...{ syncEveryMinutes: null, syncDailyAt: '04:30', nextSyncAt: noon, maxAccounts: 3 },
          notices: ['given', 'ended'],
          retentionDays: 30,
          ...{ digestDay: 'monday', digestTime: '09:00', nextDigestAt: noon },
        }),
      );
      expect(await read().settings.get()).toEqual({
        guildId: here,
        zone: 'UTC',
        language: 'en',
        auditChannelId: null,
        requestsChannelId: null,
        alertsChannelId: null,
        syncEveryMinutes: null,
        syncDailyAt: '04:30',
        nextSyncAt: noon,
        maxAccounts: 3,
        ...{ digestDay: 'monday', digestTime: '09:00', nextDigestAt: noon },
        leaveGrace: '7d',
        notices: ['given', 'ended'],
        reminders: ['7d', '1d'],
        mayAsk: 'renew',
        retentionDays: 30,
      });
      const { listDigests } = it_.stores.due;
      expect([await listDigests(minutes(-1)), await listDigests(noon)]).toEqual([[], [here]]);
      await write(({ settings }) => settings.update({ reminders: ['2w' as DurationText], mayAsk: 'none' }));
      expect(await read().settings.get()).toMatchObject({ reminders: ['2w'], mayAsk: 'none' });
      await write(({ settings }) => settings.update({ reminders: [] }));
      expect((await read().settings.get()).reminders).toEqual([]);
      await write(({ settings }) => settings.update({ notices: [] }));
      expect((await read().settings.get()).notices).toEqual([]);
    });

    it('keep one rule per role and capability', async () => {
      await write(async ({ settings }) => {
        await settings.setRoleRule({ roleId: 'r', capability: 'admin', effect: 'allow' });
        await settings.setRoleRule({ roleId: 'r', capability: 'admin', effect: 'deny' });
        await settings.setRoleRule({ roleId: 'r', capability: 'auditor', effect: 'allow' });
        await settings.removeRoleRule('r', 'auditor');
        await settings.removeRoleRule('r', 'moderator');
      });
      expect(await read().settings.listRoleRules()).toEqual([
        { roleId: 'r', capability: 'admin', effect: 'deny' },
      ]);
    });
  });

  describe('audit', () => {
    it('numbers and chains the events, and breaks when one is changed', async () => {
      const facts = { grant: 3, libraries: ['b', 'a'], reason: 'ü 🎬', until: noon.toISOString() };
      const event = { action: 'grant.created', actorId: staff, targetId: ann, facts, at: noon } as const;
      const appended = await write(async ({ audit }) => [
        await audit.append(event),
        await audit.append({ action: 'settings.changed', actorId: null, facts: {}, at: minutes(1) }),
      ]);
      await write(({ audit }) => audit.append({ ...event, targetId: bob }));
      expect(appended[0]).toEqual({ number: 1, ...event });
      expect(await read().audit.list({ limit: 2 })).toMatchObject([
        { number: 3 },
        { number: 2, targetId: null },
      ]);
      expect(await read().audit.list({ targetId: ann, limit: 9 })).toEqual([{ number: 1, ...event }]);
      await expectChain(it_, here, 3);
      await it_.db.transaction(here, (queries) =>
        queries.auditEvent.updateMany({ where: { guildId: here, number: 2 }, data: { actorId: 'nobody' } }),
      );
      await expect(expectChain(it_, here, 3)).rejects.toThrow();
    });

    it('owes the line to the audit channel, from the moment there is one', async () => {
      const append = ({ audit }: GuildStores) =>
        audit.append({
          action: 'grant.ended',
          actorId: null,
          targetId: ann,
          facts: { grant: 1 },
          at: noon,
        });
      await write(append);
      expect(await it_.outbox.listDue(noon, 9)).toEqual([]);
      await write(async (stores) => {
        await stores.settings.update({ auditChannelId: 'channel' });
        await append(stores);
      });
      expect(await it_.outbox.listDue(noon, 9)).toMatchObject([
        {
          guildId: here,
          kind: 'audit',
          sink: 'channel',
          attempts: 0,
          content: {
            kind: 'audit',
            event: {
              number: 2,
              action: 'grant.ended',
              actorId: null,
              targetId: ann,
              facts: { grant: 1 },
              at: noon,
            },
          },
        },
      ]);
    });
  });

  describe('the work list', () => {
    it('names each guild once', async () => {
      await seed(it_.stores, there);
      for (const guild of [here, there]) {
        await it_.stores.transaction(guild, async ({ grants, accounts, servers }) => {
          await grants.add(newGrant('g1'));
          await grants.add(newGrant('g2'));
          await accounts.makeDue({}, minutes(guild === there ? 70 : 50), 'decided');
          if (guild === there) await servers.update('plex', { status: 'offline', nextProbeAt: minutes(40) });
        });
      }
      const due = async (now: Date) => (await it_.stores.due.listGuilds(now)).toSorted();
      expect([
        await due(minutes(39)),
        await due(minutes(40)),
        await due(minutes(50)),
        await due(minutes(90)),
      ]).toEqual([[], [there], [here, there], [here, there]]);
      expect(await it_.stores.due.nextMoment()).toEqual(minutes(40));
    });

    it('knows whose full sync is due, the longest waiting first', async () => {
      await it_.stores.transaction(there, ({ settings }) => settings.update({ nextSyncAt: minutes(1) }));
      await write(({ settings }) => settings.update({ nextSyncAt: minutes(2) }));
      const syncs = it_.stores.due.listSyncs;
      expect([await syncs(noon), await syncs(minutes(1)), await syncs(minutes(2))]).toEqual([
        [],
        [there],
        [there, here],
      ]);
    });

    it('knows in which guilds somebody has grants or was invited by name', async () => {
      await seed(it_.stores, there);
      await seed(it_.stores, toGuildId('i'));
      await write(({ grants }) => grants.add(newGrant('g1')));
      await it_.stores.transaction(there, ({ invites }) => invites.add(newInvite('i', { memberId: ann })));
      const guilds = async (userId: string) =>
        (await it_.stores.due.listGuildsOfMember(toMemberId(userId))).toSorted();
      expect([await guilds(ann), await guilds(bob)]).toEqual([[here, there], []]);
    });
  });

  it('facts of the installation can be set and replaced', async () => {
    const { installation } = it_.stores;
    expect(await installation.find('k')).toBeUndefined();
    await installation.set('k', '1');
    await installation.set('k', '2');
    expect(await installation.find('k')).toBe('2');
  });

  it('refuses a word in the database that the domain does not know', async () => {
    await it_.db.transaction(here, (queries) => queries.server.updateMany({ data: { kind: 'emby' } }));
    await expect(read().servers.list()).rejects.toThrow('unknown server kind: "emby"');
  });
}

/** Numbers from 1 to `length` without a gap, correct hashes, and the last one stored as the guild's head. */
export async function expectChain({ db }: OpenStores, guildId: GuildId, length: number): Promise<void> {
  const rows = await db.reader.auditEvent.findMany({ where: { guildId }, orderBy: { number: 'asc' } });
  const events = await db.reader.guild.findUnique({ where: { id: guildId } });
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length }, (_, n) => n + 1));
  let head = '';
  for (const { prevHash, hash, guildId: _, ...row } of rows) {
    expect(prevHash).toBe(head);
    // Of whoever was forgotten, what it was made of is not there any more.
    if (row.salt !== '') expect(row.factsHash).toBe(hashFacts(row.salt, row));
    expect(hash).toBe(hashEvent(prevHash, guildId, { ...row, at: row.at.toISOString() }));
    head = hash;
  }
  expect([events?.auditNumber, events?.auditHead]).toEqual([length, head]);
}
