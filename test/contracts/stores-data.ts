/** What stores must do: what is stored about one person, what goes with them, and what is too old to be kept. */

import { beforeEach, describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/adapters/prisma/stores/json.ts';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import { type GuildId, toActorId, toMemberId } from '../../src/domain/ids.ts';
import { TOLD } from '../../src/domain/personal-data.ts';
import { say } from '../../src/words/say.ts';
import { type OpenStores, rowsOf } from '../support/databases.ts';
import { DAY, later, noon } from '../support/moments.ts';
import { here, there } from '../support/people.ts';
import { aSignIn, aWebhook, newGrant, newInvite } from '../support/rows.ts';
import { aForgetting, aHeldRun, aJobRun, aPost, minutes, seed } from './guild.ts';
import { expectChain } from './stores.ts';

const mia = toMemberId('mia-77777');
const noah = toMemberId('noah-88888');
const staff = toActorId('olga-99999');
/** The tables with nothing in them that is anybody's, and why. */
const NOT_TOLD = {
  ServerDay: 'hours of a server',
  Installation: 'facts about this installation as a whole',
  Guild: 'settings of the community',
  RoleCapability: 'roles of the community, and no people',
  RolePlan: 'roles of the community, and no people',
  Server: 'the media server of the community; whose it is stands there as a number of its own',
  Library: 'what is shared, and not with whom',
  Plan: 'what is offered; who attached a role to it is in the record',
  PlanLibrary: 'what is offered',
  RecordHead: 'numbers and hashes of events, and a signature',
  HeldRun: 'accounts of several people at once, without a name; who decided is in the record',
  Drill: "a throw-away account that is nobody's",
  JobRun: 'counts',
  ApiToken: 'a key for a program; who made it is in the record',
  Webhook: 'an address that is told the record; who added it is in the record',
  ApiCall: 'an answer to a program, sealed, for a day',
  ApiOperation: 'which grants, or which sync of a server, a program waits for',
} as const;

const PSEUDONYM = 'forgotten-abcdefgh';

export function dataStoresContract(open: () => Promise<OpenStores>): void {
  let it_: OpenStores;
  const write = <T>(work: (stores: GuildStores) => Promise<T>, guildId: GuildId = here) =>
    it_.stores.transaction(guildId, work);
  const read = () => it_.stores.of(here);
  const rows = async () => await rowsOf(it_.db, here);

  beforeEach(async () => {
    it_ = await open();
    await seed(it_.stores, here);
  });

  /** A row of each table that is anybody's. */
  async function live(userId: typeof mia, mark: string): Promise<void> {
    await write(async (all) => {
      await all.members.noteNames([{ userId, name: `name of ${mark}` }]);
      await all.members.update(userId, { note: `note on ${mark}` });
      await all.accounts.save({
        ...{ id: `account-${mark}`, serverId: 'plex', externalId: `x-${mark}`, name: `login of ${mark}` },
        memberId: userId,
      });
      await all.accounts.setLibraries(`account-${mark}`, { seen: ['movies'], given: ['movies'] });
      const code = (kind: string) => ({ codeHmac: `${kind} ${mark}`, libraryIds: ['movies'] });
      await all.invites.add(newInvite(`bound-${mark}`, { memberId: userId, ...code('bound') }));
      await all.invites.add(
        newInvite(`open-${mark}`, { usesMax: 2, createdById: toActorId(userId), ...code('open') }),
      );
      await all.grants.add(
        newGrant(`grant-${mark}`, { memberId: userId, inviteId: `open-${mark}`, libraryIds: ['movies'] }),
      );
      await all.invites.takeUse(`open-${mark}`, userId, `grant-${mark}`, noon);
      await all.signIns.add(aSignIn(`signin-${mark}`, { memberId: userId, accountName: `login of ${mark}` }));
      const draft = { id: `draft-${mark}`, userId: toActorId(userId), content: 1, keptAt: noon };
      await all.drafts.put({ ...draft, expiresAt: minutes(9) });
      const notice = { kind: 'notice', text: `to ${mark}` } as const;
      await all.deliveries.owe({ id: `dm-${mark}`, kind: 'dm', sink: userId, content: notice }, noon);
      await all.posts.put(aPost(`post-${mark}`, { topic: `news ${userId}`, content: null }));
      await all.forgettings.add(aForgetting(userId));
      const facts = { account: `login of ${mark}`, server: 'Tower', reason: `because of ${mark}` };
      await all.audit.append({ action: 'grant.created', actorId: staff, targetId: userId, facts, at: noon });
      const did = { action: 'settings.changed', actorId: toActorId(userId), facts: {}, at: noon } as const;
      await all.audit.append(did);
      // Of nobody, and yet with a name.
      const found = { account: `login of ${mark}`, detail: `seen for ${userId}` };
      await all.audit.append({ action: 'drift.found', actorId: null, facts: found, at: noon });
    });
    const asked = {
      id: `request-${mark}`,
      memberId: userId,
      grantId: `grant-${mark}`,
      note: `please, ${mark}`,
    };
    await it_.db.transaction(here, (queries) =>
      queries.request.create({ data: { ...asked, createdAt: noon, guildId: here } }).then(() => undefined),
    );
  }

  async function forget(userId = mia): Promise<void> {
    await write(async ({ personalData, accounts }) => {
      for (let after: number | undefined = 0; after !== undefined; )
        after = await personalData.forgetEvents(userId, PSEUDONYM, { after, limit: 2 });
      await personalData.erase(userId, PSEUDONYM);
      for (const { id } of await accounts.list({ memberId: userId })) await accounts.remove(id);
    });
  }

  describe('a copy', () => {
    it('has something from each table that is anybody’s, and nothing of anybody else', async () => {
      await live(mia, 'mia');
      await live(noah, 'noah');
      const told = await read().personalData.read(mia);
      expect(Object.keys(told).toSorted()).toEqual([...new Set(Object.values(TOLD))].toSorted());
      for (const [key, list] of Object.entries(told)) expect(list, key).not.toEqual([]);
      const text = JSON.stringify(told);
      expect(text).toContain('note on mia');
      for (const other of ['noah', staff, 'cipher', 'hmac', 'pin']) expect(text).not.toContain(other);
    });

    it('is complete: every table is in it, or named with why it is not', async () => {
      const tables = Object.keys(it_.db.reader).filter((name) => /^[a-z]/.test(name) && isTable(name));
      const listed = [...Object.keys(TOLD), ...Object.keys(NOT_TOLD)];
      expect(listed.map((name) => name[0]?.toLowerCase() + name.slice(1)).toSorted()).toEqual(
        tables.toSorted(),
      );
    });

    const isTable = (name: string): boolean => {
      const part: unknown = Reflect.get(it_.db.reader, name);
      return typeof part === 'object' && part !== null && 'findMany' in part;
    };
  });

  describe('whoever is forgotten', () => {
    it('is in no row, and neither are their names; others stay', async () => {
      await live(mia, 'mia');
      await live(noah, 'noah');
      const before = await read().personalData.read(noah);
      await forget();
      const left = await rows();
      for (const trace of [mia, 'name of mia', 'login of mia', 'note on mia', 'to mia', 'because of mia'])
        expect(left).not.toContain(trace);
      expect(await read().personalData.read(noah)).toEqual(before);
      expect(await read().invites.find('open-mia')).toMatchObject({ createdById: PSEUDONYM, usesLeft: 1 });
    });

    it('leaves the chain of the record whole', async () => {
      await live(mia, 'mia');
      await forget();
      await expectChain(it_, here, 3);
      const salts = await it_.db.reader.auditEvent.findMany({
        where: { guildId: here },
        select: { salt: true },
      });
      expect(salts.map(({ salt }) => salt)).toEqual(['', '', '']);
    });

    it('is not in what is owed: lines of the record are told without them, the rest is not sent', async () => {
      await write(({ settings }) => settings.update({ auditChannelId: 'audit' }));
      await live(mia, 'mia');
      const alert = { kind: 'alert', text: `<@${mia}> still has access` } as const;
      await write(({ deliveries }) =>
        deliveries.owe({ id: 'alert', kind: 'alert', sink: 'alerts', content: alert }, noon),
      );
      await forget();
      const [lines, alerts] = await Promise.all([
        read().deliveries.listOwed('audit', ['audit']),
        read().deliveries.listOwed('alert', ['alerts']),
      ]);
      expect(lines).toHaveLength(3);
      expect(canonicalJson([lines, alerts])).not.toMatch(/mia/);
    });
  });

  describe('what is old', () => {
    const purge = (limit: number) =>
      write(({ personalData }) => personalData.purge(later(90 * DAY), later(91 * DAY), limit));

    it('goes in pages, and what is owed, held or on record stays', async () => {
      const message = { kind: 'notice', text: 'x' } as const;
      await write(async (all) => {
        for (const id of ['1', '2', '3'])
          await all.deliveries.owe({ id, kind: 'dm', sink: 'somebody', content: message }, noon);
        await all.deliveries.markSent(['1', '2'], 'm', noon);
        await all.jobRuns.add(aJobRun('old'));
        await all.jobRuns.add(aJobRun('new', later(91 * DAY)));
        await all.heldRuns.add(aHeldRun('held', 'plex'));
        await all.heldRuns.add(aHeldRun('released', 'plex'));
        await all.heldRuns.decide('released', 'released', staff, noon);
        await all.signIns.add(aSignIn('open'));
        await all.signIns.add(aSignIn('over'));
        await all.signIns.move('over', 'waiting', 'expired');
        await all.posts.put(aPost('closed', { state: 'closed', closedAt: noon, dueAt: null }));
        await all.posts.put(aPost('open'));
        const draft = { userId: staff, content: 1, keptAt: noon };
        await all.drafts.put({ ...draft, id: 'over', expiresAt: noon });
        await all.drafts.put({ ...draft, id: 'kept', expiresAt: later(92 * DAY) });
        await all.audit.append({ action: 'settings.changed', actorId: staff, facts: {}, at: noon });
      });
      await it_.db.transaction(here, (queries) =>
        queries.signIn.updateMany({ data: { createdAt: noon } }).then(() => undefined),
      );
      const pages = [await purge(1), await purge(1), await purge(1)];
      expect(pages[0]).toBeGreaterThan(pages[1] ?? 0);
      expect(pages[2]).toBe(0);
      const left = (table: { findMany(query: object): Promise<readonly { readonly id: string }[]> }) =>
        table.findMany({ where: { guildId: here }, select: { id: true } });
      const { delivery, jobRun, heldRun, signIn, post, draft } = it_.db.reader;
      expect(await left(delivery)).toEqual([{ id: '3' }]);
      expect(await left(jobRun)).toEqual([{ id: 'new' }]);
      expect(await left(heldRun)).toEqual([{ id: 'held' }]);
      expect(await left(signIn)).toEqual([{ id: 'open' }]);
      expect(await left(post)).toEqual([{ id: 'open' }]);
      expect(await left(draft)).toEqual([{ id: 'kept' }]);
      expect(await read().audit.list({ limit: 9 })).toHaveLength(1);
    });

    it('are names of whom nothing else is stored', async () => {
      await live(mia, 'mia');
      const [passer, moderator, noted] = ['passer', 'moderator', 'noted'].map(toMemberId);
      if (!passer || !moderator || !noted) throw new Error('three of them');
      await write(async ({ members, audit }) => {
        await members.noteNames([passer, moderator, noted].map((userId) => ({ userId, name: userId })));
        await members.update(noted, { note: 'a note' });
        const did = {
          action: 'settings.changed',
          actorId: toActorId(moderator),
          facts: {},
          at: noon,
        } as const;
        await audit.append(did);
      });
      await it_.db.transaction(here, (queries) =>
        queries.member.updateMany({ data: { createdAt: noon } }).then(() => undefined),
      );
      await purge(99);
      const names = await read().members.listNames([mia, passer, moderator, noted]);
      expect(names.map(({ userId }) => userId).toSorted()).toEqual([mia, moderator, noted].toSorted());
    });
  });

  describe('a guild', () => {
    it('goes in pages and leaves no row, and another one is not touched', async () => {
      await live(mia, 'mia');
      await seed(it_.stores, there);
      const other = await rowsOf(it_.db, there);
      let pages = 1;
      while (!(await write(({ personalData }) => personalData.eraseGuild(2)))) pages += 1;
      expect(pages).toBeGreaterThan(3);
      expect(await it_.stores.due.listAll()).toEqual([there]);
      expect(await rows()).not.toContain('mia');
      expect(await rowsOf(it_.db, there)).toBe(other);
    });

    it('is purged once in a while, and knows since when Usher is gone from it', async () => {
      const { due } = it_.stores;
      expect(await due.listPurges(noon)).toEqual([here]);
      await write(({ personalData }) => personalData.notePurged(minutes(1)));
      expect(await due.listPurges(noon)).toEqual([]);
      expect(await due.listPurges(minutes(1))).toEqual([here]);
      expect(await read().personalData.findRemoved()).toBeNull();
      await write(({ personalData }) => personalData.noteRemoved(noon));
      expect(await read().personalData.findRemoved()).toEqual(noon);
    });
  });

  describe('people to forget', () => {
    it('make their guild due at their moment', async () => {
      await write(({ forgettings }) => forgettings.add({ ...aForgetting(mia), dueAt: minutes(5) }));
      const { due } = it_.stores;
      expect(await due.listGuilds(minutes(4))).toEqual([]);
      expect(await due.nextMoment()).toEqual(minutes(5));
      expect(await due.listGuilds(minutes(5))).toEqual([here]);
      await write(({ forgettings }) => forgettings.postpone(mia, minutes(9)));
      expect(await due.listGuilds(minutes(5))).toEqual([]);
      await write(({ forgettings }) => forgettings.setBack(minutes(1)));
      expect(await read().forgettings.find(mia)).toEqual({ ...aForgetting(mia), dueAt: minutes(1) });
    });

    it('are found in every guild that knows them', async () => {
      await seed(it_.stores, there);
      await write(({ members }) => members.ensure(mia), there);
      await write(({ invites }) => invites.add(newInvite('i', { memberId: mia, libraryIds: ['movies'] })));
      expect((await it_.stores.due.listGuildsAbout(mia)).toSorted()).toEqual([here, there].toSorted());
      expect(await it_.stores.due.listGuildsAbout(noah)).toEqual([]);
    });
  });

  describe('webhooks', () => {
    it('come back as they were made, without what is sealed, and change', async () => {
      const { urlCipher, secretCipher, formerCipher, ...webhook } = aWebhook('w', { events: ['grant.*'] });
      await write(({ webhooks }) => webhooks.add({ ...webhook, urlCipher, secretCipher, formerCipher }));
      await write(({ webhooks }) => webhooks.add(aWebhook('v', { createdAt: minutes(1) })));
      expect((await read().webhooks.list()).map(({ id }) => id)).toEqual(['w', 'v']);
      expect(await read().webhooks.find('w')).toEqual(webhook);
      expect(await read().webhooks.findCiphers('w')).toEqual({ urlCipher, secretCipher, formerCipher });
      const changes = {
        trouble: say('webhook.why.slow'),
        failingSince: noon,
        dueAt: minutes(5),
        attempts: 2,
      };
      expect(await write(({ webhooks }) => webhooks.update('w', changes))).toBe(true);
      expect(await read().webhooks.find('w')).toEqual({ ...webhook, ...changes });
      await write(({ webhooks }) => webhooks.setBack(minutes(1)));
      expect((await read().webhooks.find('w'))?.dueAt).toEqual(minutes(1));
      expect(await write(({ webhooks }) => webhooks.remove('w'))).toBe(true);
      expect(await write(({ webhooks }) => webhooks.update('w', { attempts: 3 }))).toBe(false);
      expect(await read().webhooks.findCiphers('w')).toBeUndefined();
    });

    it('are due while the record goes on behind what they took, and Usher is there', async () => {
      const { listWebhooks, nextWebhook } = it_.stores.due;
      const happens = (guildId: GuildId) =>
        write(
          ({ audit }) => audit.append({ action: 'app.restarted', actorId: null, facts: {}, at: noon }),
          guildId,
        );
      await seed(it_.stores, there);
      for (const guildId of [here, there]) {
        const { number } = await read().record.head();
        await write(({ webhooks }) => webhooks.add(aWebhook('w', { sentNumber: number })), guildId);
      }
      expect([await listWebhooks(noon), await nextWebhook()]).toEqual([[], undefined]);
      for (const guildId of [here, there]) await happens(guildId);
      await write(({ webhooks }) => webhooks.update('w', { dueAt: minutes(-1) }), there);
      expect(await listWebhooks(noon)).toEqual([there, here]);
      expect(await nextWebhook()).toEqual(minutes(-1));
      await write(({ webhooks }) => webhooks.update('w', { dueAt: null }), there);
      expect([await listWebhooks(minutes(-1)), await listWebhooks(noon)]).toEqual([[], [here]]);
      await write(({ personalData }) => personalData.noteRemoved(noon));
      expect([await listWebhooks(noon), await nextWebhook()]).toEqual([[], undefined]);
    });
  });
}
