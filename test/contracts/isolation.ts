/** Rule 9 as a property: whatever guild A's stores are asked for, rows of guild B are neither shown nor changed. */

import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { toActorId, toGuildId, toMemberId } from '../../src/domain/ids.ts';
import { graceOf } from '../../src/domain/role-plans.ts';
import { type OpenStores, rowsOf } from '../support/databases.ts';
import { noon } from '../support/moments.ts';
import {
  anApiCall,
  anApiToken,
  anArrival,
  aPlan,
  aSeenAccount,
  aSignIn,
  aWebhook,
  newGrant,
  newInvite,
  newLibrary,
  newRequest,
  newServer,
} from '../support/rows.ts';
import { aDrill, aForgetting, aHeldRun, aJobRun, aPost, minutes, seed } from './guild.ts';

const aGrace = graceOf('1d');

/** Guild A, again for each round, and guild B. */
const ours = (round = 0) => `a${round}`;
const THEIRS = 'b';

/** Ids that exist only in A, only in B, in both, or in neither. */
const anId = fc.constantFrom('only-a', 'only-b', 'both', 'nowhere');
interface Arguments {
  readonly id: string;
  readonly other: string;
  readonly server: string;
  readonly user: string;
}
const someArguments = fc.record({ id: anId, other: anId, server: anId, user: anId });

/** Every method of every store. Its arguments may name rows of B. */
const calls: Record<string, (stores: GuildStores, ids: Arguments) => Promise<unknown>> = {
  'settings.get': ({ settings }) => settings.get(),
  'settings.update': ({ settings }, { id }) => settings.update({ zone: 'Asia/Tokyo', alertsChannelId: id }),
  'settings.listRoleRules': ({ settings }) => settings.listRoleRules(),
  'settings.setRoleRule': ({ settings }, { id }) =>
    settings.setRoleRule({ roleId: id, capability: 'admin', effect: 'deny' }),
  'settings.removeRoleRule': ({ settings }, { id }) => settings.removeRoleRule(id, 'admin'),
  'servers.list': ({ servers }) => servers.list(),
  'servers.find': ({ servers }, { server }) => servers.find(server),
  'servers.add': ({ servers }, { server, other }) => servers.add(newServer(server, { name: other })),
  'servers.update': ({ servers }, { server, id }) =>
    servers.update(server, { status: 'offline', nextProbeAt: noon, defaultLibraryId: id }),
  'servers.remove': ({ servers }, { server }) => servers.remove(server),
  'servers.findEndpointLook': ({ servers }, { server }) => servers.findEndpointLook(server),
  'servers.noteEndpointLook': ({ servers }, { server, other }) =>
    servers.noteEndpointLook(server, { at: noon, removed: [other] }),
  'servers.getTokenCipher': ({ servers }, { server }) => servers.getTokenCipher(server),
  'servers.isLookNoted': ({ servers }, { server }) => servers.isLookNoted(server, noon),
  'servers.noteLook': ({ servers }, { server }) => servers.noteLook(server, noon, true),
  'servers.listDays': ({ servers }, { server }) => servers.listDays('2000-01-01', server),
  'servers.listProbesDue': ({ servers }) => servers.listProbesDue(minutes(99)),
  'libraries.list': ({ libraries }, { server }) => libraries.list(server),
  'libraries.add': ({ libraries }, { id, server, other }) =>
    libraries.add(newLibrary(id, { serverId: server, externalId: other })),
  'libraries.update': ({ libraries }, { id }) => libraries.update(id, { name: 'changed', goneAt: noon }),
  'libraries.countUsers': async ({ libraries }) => [...(await libraries.countUsers())],
  'accounts.list': ({ accounts }, { server, user }) =>
    accounts.list({ serverId: server, memberIds: [toMemberId(user)] }),
  'accounts.findNames': ({ accounts }, { server }) => accounts.findNames(server, [], 9),
  'accounts.listNames': ({ accounts }, { server }) => accounts.listNames(server),
  'accounts.listKnownIds': ({ accounts }, { server }) => accounts.listKnownIds(server),
  'accounts.countAccess': async ({ accounts }) => [...(await accounts.countAccess())],
  'arrivals.list': ({ arrivals }, { server }) => arrivals.list({ serverId: server }),
  'arrivals.put': ({ arrivals }, { id, user }) => arrivals.put([anArrival(id, toMemberId(user))]),
  'arrivals.remove': ({ arrivals }, { id }) => arrivals.remove([id]),
  'members.listNamed': ({ members }) => members.listNamed(),
  'accounts.listMembers': ({ accounts }, { server }) => accounts.listMembers({ serverId: server }),
  'accounts.find': ({ accounts }, { id }) => accounts.find(id),
  'accounts.listDue': ({ accounts }) => accounts.listDue(minutes(99)),
  'accounts.listDueServers': ({ accounts }) => accounts.listDueServers(minutes(99)),
  'accounts.addSeen': ({ accounts }, { id, server, other }) =>
    accounts.addSeen([aSeenAccount(id, { serverId: server, externalId: other })]),
  'accounts.save': ({ accounts }, { id, server, other, user }) =>
    accounts.save({
      id,
      serverId: server,
      externalId: other,
      name: 'saved',
      memberId: toMemberId(user),
      dueAt: noon,
    }),
  'accounts.update': ({ accounts }, { id, user }) =>
    accounts.update(id, { memberId: toMemberId(user), secretCipher: 'x' }),
  'accounts.updateMany': ({ accounts }, { id, user, other }) =>
    accounts.updateMany([
      {
        id,
        changes: { memberId: toMemberId(user), trouble: 'x' },
        libraries: { seen: [other], given: [other] },
      },
    ]),
  'accounts.remove': ({ accounts }, { id }) => accounts.remove(id),
  'accounts.setLibraries': ({ accounts }, { id, other }) =>
    accounts.setLibraries(id, { seen: [other], given: [other] }),
  'accounts.noteInFlight': ({ accounts }, { id, other }) =>
    accounts.noteInFlight([id], { giving: [other], taking: [] }, noon),
  'accounts.forgetEnded': ({ accounts }, { server }) => accounts.forgetEnded(server, minutes(99)),
  'accounts.getSecretCipher': ({ accounts }, { id }) => accounts.getSecretCipher(id),
  'accounts.makeDue': ({ accounts }, { user }) =>
    accounts.makeDue({ memberIds: [toMemberId(user)] }, noon, 'decided'),
  'accounts.setBack': ({ accounts }) => accounts.setBack(noon),
  'libraries.namesVersion': ({ libraries }) => libraries.namesVersion(),
  'servers.setBack': ({ servers }) => servers.setBack(noon),
  'deliveries.setBack': ({ deliveries }) => deliveries.setBack(noon),
  'accounts.hasten': ({ accounts }, { server }) => accounts.hasten(server, noon),
  'accounts.listUnfinished': ({ accounts }) => accounts.listUnfinished(),
  'members.find': ({ members }, { user }) => members.find(toMemberId(user)),
  'members.listClosed': ({ members }, { user }) => members.listClosed([toMemberId(user)]),
  'members.listNames': ({ members }, { user }) => members.listNames([toMemberId(user)]),
  'members.findByName': ({ members }) => members.findByName('', 99),
  'members.noteNames': ({ members }, { user, other }) =>
    members.noteNames([{ userId: toMemberId(user), name: other }]),
  'members.ensure': ({ members }, { user }) => members.ensure(toMemberId(user)),
  'members.update': ({ members }, { user }) =>
    members.update(toMemberId(user), { dmState: 'closed', note: 'changed' }),
  'grants.add': ({ grants }, { id, user, other }) =>
    grants.add(newGrant(`new-${id}`, { memberId: toMemberId(user), inviteId: other, libraryIds: [other] })),
  'grants.find': ({ grants }, { id }) => grants.find(id),
  'grants.list': ({ grants }, { user, server }) =>
    grants.list({ memberId: toMemberId(user), serverId: server }),
  'grants.listFirst': ({ grants }) =>
    grants.listFirst({ states: ['active'], at: noon, words: [], order: 'end', limit: 9 }),
  'grants.listSpans': ({ grants }) => grants.listSpans(new Date(0)),
  'grants.listEnds': ({ grants }, { user }) => grants.listEnds({ memberId: toMemberId(user) }),
  'grants.count': ({ grants }, { user }) => grants.count({ memberId: toMemberId(user) }),
  'grants.listTransitionsDue': ({ grants }) => grants.listTransitionsDue(minutes(99), 99),
  'grants.move': ({ grants }, { id }) => grants.move([id], ['active'], 'ending', { endCause: 'revoked' }),
  'grants.change': ({ grants }, { id, other }) =>
    grants.change(id, { expiresAt: null, state: 'paused', libraryIds: [other] }),
  'grants.remove': ({ grants }, { id }) => grants.remove(id),
  'grants.markOverdueAlerted': ({ grants }, { id }) => grants.markOverdueAlerted(id, noon),
  'grants.listRemindersDue': ({ grants }) => grants.listRemindersDue(minutes(99), 99),
  'grants.planReminders': ({ grants }, { id }) => grants.planReminders([{ id, remindAt: noon }]),
  'grants.forgetReminders': ({ grants }) => grants.forgetReminders(),
  'invites.add': ({ invites }, { id, other, user }) =>
    invites.add(
      newInvite(`new-${id}`, {
        memberId: toMemberId(user),
        libraryIds: [other],
        codeHmac: `a-${id}-${other}`,
      }),
    ),
  'invites.find': ({ invites }, { id }) => invites.find(id),
  'invites.findByHmac': ({ invites }, { id }) => invites.findByHmac([`b-${id}`]),
  'invites.listPage': ({ invites }) => invites.listPage({ state: 'open', at: noon, limit: 9 }),
  'invites.count': ({ invites }) => invites.count({ state: 'open', at: noon }),
  'invites.listRedemptions': ({ invites }, { id, other }) => invites.listRedemptions([id, other]),
  'invites.list': ({ invites }) => invites.list(),
  'invites.countOpen': ({ invites }) => invites.countOpen(noon),
  'invites.noteClaim': ({ invites }, { id, other }) => invites.noteClaim(id, other),
  'invites.revoke': ({ invites }, { id }) => invites.revoke(id, noon),
  'plans.list': ({ plans }) => plans.list(),
  'plans.find': ({ plans }, { id }) => plans.find(id),
  'plans.add': ({ plans }, { id, other }) => plans.add(aPlan(`new-${id}`, { libraryIds: [other] })),
  'plans.update': ({ plans }, { id, other }) => plans.update(id, { name: `${id} new`, libraryIds: [other] }),
  'rolePlans.list': ({ rolePlans }) => rolePlans.list(),
  'rolePlans.put': ({ rolePlans }, { id, other }) =>
    rolePlans.put({ roleId: other, planId: id, grace: aGrace }),
  'rolePlans.remove': ({ rolePlans }, { id, other }) => rolePlans.remove(other, id),
  'grants.listByRole': ({ grants }, { user }) => grants.listByRole([toMemberId(user)]),
  'grants.noteRole': ({ grants }, { id }) => grants.noteRole([id], 'lost', noon),
  'grants.forgetLeft': ({ grants }, { user }) => grants.forgetLeft(toMemberId(user)),
  'members.listLeft': ({ members }) => members.listLeft(),
  'plans.remove': ({ plans }, { id }) => plans.remove(id),
  'posts.put': ({ posts }, { id, other }) => posts.put(aPost(id, { topic: `claim ${other}` })),
  'posts.get': ({ posts }, { id }) => posts.get(id),
  'posts.find': ({ posts }, { other }) => posts.find(`claim ${other}`),
  'posts.list': ({ posts }) => posts.list(),
  'posts.ringPanels': ({ posts }) => posts.ringPanels(noon),
  'posts.listDue': ({ posts }) => posts.listDue(minutes(99)),
  'posts.remove': ({ posts }, { id }) => posts.remove(id),
  'posts.setBack': ({ posts }) => posts.setBack(noon),
  'forgettings.add': ({ forgettings }, { user }) => forgettings.add(aForgetting(toMemberId(user))),
  'forgettings.find': ({ forgettings }, { user }) => forgettings.find(toMemberId(user)),
  'forgettings.list': ({ forgettings }) => forgettings.list(),
  'forgettings.postpone': ({ forgettings }, { user }) => forgettings.postpone(toMemberId(user), minutes(9)),
  'forgettings.setBack': ({ forgettings }) => forgettings.setBack(new Date(0)),
  'personalData.read': ({ personalData }, { user }) => personalData.read(toMemberId(user)),
  'personalData.forgetEvents': ({ personalData }, { user }) =>
    personalData.forgetEvents(toMemberId(user), 'forgotten-x', { after: 0, limit: 99 }),
  'personalData.erase': ({ personalData }, { user }) => personalData.erase(toMemberId(user), 'forgotten-x'),
  'personalData.purge': ({ personalData }) => personalData.purge(minutes(99), minutes(99), 99),
  'personalData.notePurged': ({ personalData }) => personalData.notePurged(noon),
  'personalData.findRemoved': ({ personalData }) => personalData.findRemoved(),
  'personalData.noteRemoved': ({ personalData }) => personalData.noteRemoved(noon),
  'personalData.eraseGuild': ({ personalData }) => personalData.eraseGuild(99),
  'api.listTokens': ({ api }) => api.listTokens(),
  'api.findToken': ({ api }, { id }) => api.findToken(id),
  'api.findTokenByHmac': ({ api }, { id }) => api.findTokenByHmac([`b-${id}`]),
  'api.addToken': ({ api }, { id, other }) =>
    api.addToken(anApiToken(`new-${id}`, { name: other, hmac: `a-${id}-${other}` })),
  'api.removeToken': ({ api }, { id }) => api.removeToken(id),
  'api.noteUse': ({ api }, { id }) => api.noteUse(id, minutes(9)),
  'api.findCall': ({ api }, { id }) => api.findCall(id, id),
  'api.beginCall': ({ api }, { id, other }) => api.beginCall(anApiCall(id, { key: other })),
  'api.answerCall': ({ api }, { id }) => api.answerCall(id, id, 'changed'),
  'api.dropCall': ({ api }, { id }) => api.dropCall(id, id),
  'api.findDone': ({ api }, { id }) => api.findDone(id, 0),
  'api.findOperation': ({ api }, { id }) => api.findOperation(id),
  'api.addOperation': ({ api }, { id, other }) =>
    api.addOperation({ id, about: [{ grantId: other, mark: 'm' }], sync: null, createdAt: noon }),
  'api.endSync': ({ api }, { id }) => api.endSync(id, { isSynced: false, why: 'changed' }),
  'webhooks.list': ({ webhooks }) => webhooks.list(),
  'webhooks.find': ({ webhooks }, { id }) => webhooks.find(id),
  'webhooks.findCiphers': ({ webhooks }, { id }) => webhooks.findCiphers(id),
  'webhooks.add': ({ webhooks }, { id, other }) => webhooks.add(aWebhook(`new-${id}`, { urlCipher: other })),
  'webhooks.update': ({ webhooks }, { id }) => webhooks.update(id, { sentNumber: 99, trouble: 'changed' }),
  'webhooks.remove': ({ webhooks }, { id }) => webhooks.remove(id),
  'webhooks.setBack': ({ webhooks }) => webhooks.setBack(new Date(0)),
  'api.purge': ({ api }) => api.purge(minutes(99), minutes(99), 99),
  'heldRuns.add': ({ heldRuns }, { id, server }) => heldRuns.add(aHeldRun(`new-${id}`, server)),
  'heldRuns.find': ({ heldRuns }, { id }) => heldRuns.find(id),
  'heldRuns.findDismissed': ({ heldRuns }, { server }) => heldRuns.findDismissed(server),
  'heldRuns.listHeld': ({ heldRuns }, { server }) => heldRuns.listHeld(server),
  'heldRuns.decide': ({ heldRuns }, { id, user }) => heldRuns.decide(id, 'released', toActorId(user), noon),
  'jobRuns.add': ({ jobRuns }, { id }) => jobRuns.add(aJobRun(`new-${id}`)),
  'jobRuns.list': ({ jobRuns }) => jobRuns.list('sync', 9),
  'invites.takeUse': ({ invites }, { id, user, other }) => invites.takeUse(id, toMemberId(user), other, noon),
  'invites.findRedemption': ({ invites }, { id, user }) => invites.findRedemption(id, toMemberId(user)),
  'requests.add': ({ requests }, { id, user, other }) =>
    requests.add(newRequest(`new-${id}`, { memberId: toMemberId(user), libraryIds: [other] })),
  'requests.find': ({ requests }, { id }) => requests.find(id),
  'requests.list': ({ requests }, { user }) => requests.list(toMemberId(user)),
  'requests.listWaiting': ({ requests }, { user }) => requests.listWaiting([toMemberId(user)]),
  'requests.countSince': ({ requests }, { user }) => requests.countSince(toMemberId(user), new Date(0)),
  'requests.countApproved': ({ requests }, { user, id }) => requests.countApproved(toMemberId(user), id),
  'requests.decide': ({ requests }, { id, user }) =>
    requests.decide(id, { state: 'declined', decidedById: toActorId(user), decidedAt: noon }),
  'signIns.add': ({ signIns }, { id, user }) => signIns.add(aSignIn(id, { memberId: toMemberId(user) })),
  'signIns.find': ({ signIns }, { id }) => signIns.find(id),
  'signIns.listOpen': ({ signIns }) => signIns.listOpen(),
  'signIns.getPinCipher': ({ signIns }, { id }) => signIns.getPinCipher(id),
  'signIns.getTokenCipher': ({ signIns }, { id }) => signIns.getTokenCipher(id),
  'signIns.move': ({ signIns }, { id }) => signIns.move(id, 'waiting', 'done', { tokenCipher: null }),
  'drafts.put': ({ drafts }, { id, user }) =>
    drafts.put({ id, userId: toActorId(user), content: 1, keptAt: noon, expiresAt: minutes(9) }),
  'drafts.makeRoom': ({ drafts }, { id, user }) => drafts.makeRoom(id, 1, toActorId(user)),
  'drafts.find': ({ drafts }, { id, user }) => drafts.find(id, toActorId(user), noon),
  'drafts.remove': ({ drafts }, { id }) => drafts.remove(id),
  'drafts.removeExpired': ({ drafts }) => drafts.removeExpired(minutes(99)),
  'drills.add': ({ drills }, { id, server, other }) =>
    drills.add(aDrill(`new-${id}`, server, { name: other })),
  'drills.find': ({ drills }, { id }) => drills.find(id),
  'drills.list': ({ drills }) => drills.list(),
  'drills.getSecretCipher': ({ drills }, { id }) => drills.getSecretCipher(id),
  'drills.update': ({ drills }, { id, other }) => drills.update(id, { externalId: other, dueAt: noon }),
  'drills.remove': ({ drills }, { id }) => drills.remove(id),
  'drills.setBack': ({ drills }) => drills.setBack(noon),
  'audit.append': ({ audit }, { user }) =>
    audit.append({ action: 'grant.created', actorId: null, targetId: toMemberId(user), facts: {}, at: noon }),
  'audit.list': ({ audit }, { user }) => audit.list({ targetId: toMemberId(user), limit: 99 }),
  'record.head': ({ record }) => record.head(),
  'record.list': ({ record }, { user }) => record.list({ personId: toMemberId(user) }, { limit: 99 }),
  'record.listNewer': ({ record }) => record.listNewer({}, { after: 0, limit: 99 }),
  'record.find': ({ record }) => record.find(1),
  'record.findLine': ({ record }) => record.findLine(1),
  'record.noteShown': ({ record }, { id }) => record.noteShown([1, 2], id, 'm'),
  'record.findLastBefore': ({ record }) => record.findLastBefore(minutes(99)),
  'record.read': ({ record }) => record.read({ after: 0, limit: 99 }),
  'record.isToBeChained': ({ record }) => record.isToBeChained(),
  'record.chainNext': ({ record }) => record.chainNext(99),
  'record.listHeads': ({ record }) => record.listHeads(),
  'record.findLastHead': ({ record }) => record.findLastHead(),
  'record.addHead': ({ record }, { id }) =>
    record.addHead({ number: 1, hash: id, keyId: 'k', signature: 's', at: noon }),
  'record.noteChecked': ({ record }) => record.noteChecked(noon),
  'deliveries.markSent': ({ deliveries }, { id }) => deliveries.markSent([id], 'm', noon),
  'deliveries.park': ({ deliveries }, { id }) => deliveries.park(id, 'x', noon),
  'deliveries.refuse': ({ deliveries }, { id }) => deliveries.refuse(id, { trouble: 'x', dueAt: noon }, noon),
  'deliveries.listRefused': ({ deliveries }) => deliveries.listRefused(),
  'deliveries.retryRefused': ({ deliveries }) => deliveries.retryRefused(noon),
  'deliveries.move': ({ deliveries }) => deliveries.move({ from: 'c', to: 'd' }, 'audit', noon),
  'deliveries.oweEach': ({ deliveries }, { id, user }) =>
    deliveries.oweEach('dm', [{ id, sink: user, content: { kind: 'notice', text: 'x' } }], noon),
  'deliveries.listOwed': ({ deliveries }, { user }) => deliveries.listOwed('dm', [user]),
  'deliveries.rewrite': ({ deliveries }, { id }) => deliveries.rewrite(id, { kind: 'notice', text: 'x' }),
  'deliveries.owe': ({ deliveries }, { id, user }) =>
    deliveries.owe({ id, kind: 'dm', sink: user, content: { kind: 'notice', text: 'x' } }, noon),
};

/** Fills a guild with rows. Those that contain ids have them in their texts too, marked with the guild. */
async function fill(
  { stores }: OpenStores,
  guildId: GuildId,
  mark: string,
  ids: readonly string[],
): Promise<void> {
  await stores.transaction(guildId, async (all) => {
    await all.settings.update({ zone: mark, auditChannelId: 'audit' });
    for (const id of ids) {
      await all.servers.add(newServer(id, { name: `${mark} ${id}`, tokenCipher: mark }));
      await all.servers.update(id, { status: 'offline', nextProbeAt: noon, offlineWhy: mark });
      await all.servers.noteEndpointLook(id, { at: noon, removed: [`${mark} ${id}`] });
      await all.members.update(toMemberId(id), { note: mark, leftAt: noon });
      await all.members.noteNames([{ userId: toMemberId(id), name: mark }]);
      await all.settings.setRoleRule({ roleId: id, capability: 'admin', effect: 'allow' });
    }
    for (const id of ids) {
      await all.libraries.add(newLibrary(id, { serverId: id, name: mark }));
      await all.accounts.save({
        id,
        serverId: id,
        externalId: id,
        name: mark,
        memberId: toMemberId(id),
        dueAt: noon,
      });
      await all.accounts.update(id, { secretCipher: mark });
      await all.accounts.setLibraries(id, { seen: [id], given: [id] });
      await all.arrivals.put([anArrival(id, toMemberId(id))]);
      await all.invites.add(
        newInvite(id, { codeHmac: `${mark}-${id}`, note: mark, libraryIds: [id], usesMax: 9 }),
      );
      await all.plans.add(aPlan(id, { name: `${mark} ${id}`, libraryIds: [id] }));
      await all.rolePlans.put({ roleId: id, planId: id, grace: aGrace });
      await all.heldRuns.add({ ...aHeldRun(id, id), detail: mark });
      await all.jobRuns.add({ ...aJobRun(id), detail: mark });
      await all.grants.add(
        newGrant(id, { memberId: toMemberId(id), inviteId: id, planId: id, libraryIds: [id], reason: mark }),
      );
      await all.invites.takeUse(id, toMemberId(id), `${mark}-grant`, noon);
      await all.signIns.add(aSignIn(id, { memberId: toMemberId(id), accountName: mark, pinCipher: mark }));
      await all.drafts.put({ id, userId: toActorId(id), content: mark, keptAt: noon, expiresAt: minutes(9) });
      await all.requests.add(newRequest(id, { memberId: toMemberId(id), grantId: id, note: mark }));
      await all.drills.add(aDrill(id, id, { name: mark, secretCipher: mark }));
      await all.forgettings.add({ ...aForgetting(toMemberId(id)), pseudonym: mark });
      await all.api.addToken(anApiToken(id, { name: `${mark} ${id}`, hmac: `${mark}-${id}` }));
      await all.api.beginCall(anApiCall(id, { key: id, bodyHash: mark }));
      await all.api.answerCall(id, id, mark);
      const sync = { serverId: id, came: null };
      await all.api.addOperation({ id, about: [{ grantId: id, mark }], sync, createdAt: noon });
      await all.webhooks.add(aWebhook(id, { name: mark, urlCipher: mark, formerCipher: mark }));
      await all.posts.put(aPost(id, { topic: `claim ${id}`, messageId: mark }));
      await all.posts.put(aPost(`panel-${id}`, { topic: `panel ${id}`, dueAt: minutes(9) }));
      await all.audit.append({
        action: 'grant.created',
        actorId: null,
        targetId: toMemberId(id),
        facts: { detail: mark },
        at: noon,
      });
      await all.deliveries.owe({ id, kind: 'dm', sink: id, content: { kind: 'notice', text: mark } }, noon);
    }
  });
}

export function isolationContract(open: () => Promise<OpenStores>, runs: number): void {
  it('is tried with every method of every store', async () => {
    const stores = (await open()).stores.of(toGuildId(ours()));
    const methods = Object.entries(stores).flatMap(([store, value]) =>
      typeof value === 'object' ? Object.keys(value).map((method) => `${store}.${method}`) : [],
    );
    expect(Object.keys(calls).toSorted()).toEqual(methods.toSorted());
  });

  it('holds for any calls in any order', async () => {
    const it_ = await open();
    await seed(it_.stores, toGuildId('seed'));
    await fill(it_, toGuildId(THEIRS), 'b', ['only-b', 'both']);
    await it_.stores.transaction(toGuildId(THEIRS), ({ settings }) =>
      settings.update({ zone: 'secret of b' }),
    );
    let worked = 0;
    let round = 0;
    const aCall = fc.tuple(fc.constantFrom(...Object.keys(calls)), someArguments);
    await fc.assert(
      fc.asyncProperty(fc.array(aCall, { minLength: 1, maxLength: 30 }), async (sequence) => {
        round += 1;
        const guild = ours(round);
        await fill(it_, toGuildId(guild), guild, ['only-a', 'both']);
        const before = await rowsOf(it_.db, toGuildId(THEIRS));
        for (const [name, ids] of sequence) {
          // A call that breaks a constraint (a library that A does not have) may throw, but the error must not show
          // rows of B either.
          const said = await it_.stores
            .transaction(toGuildId(guild), async (stores) => calls[name]?.(stores, ids))
            .then(
              (result) => {
                worked += 1;
                return JSON.stringify(result) ?? '';
              },
              (error: unknown) => String(error),
            );
          expect(said, name).not.toMatch(/"b"|"b (only-b|both)"|b-grant|secret of b/);
        }
        expect(await rowsOf(it_.db, toGuildId(THEIRS))).toBe(before);
      }),
      { numRuns: runs },
    );
    expect(worked).toBeGreaterThan(runs);
  });
}
