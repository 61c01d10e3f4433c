/** All use cases, made from the ports. Commands and jobs are given this and nothing else. */

import { Background } from '../concurrency/background.ts';
import { makeArrivals } from './accounts/arrivals.ts';
import { makeLinkByStaff } from './accounts/by-staff.ts';
import { makeMemberImport } from './accounts/import.ts';
import { makeImports } from './accounts/imports.ts';
import { makeLinkKnown } from './accounts/link-known.ts';
import { SignInLimit } from './accounts/open-sign-ins.ts';
import { makeServerAccounts } from './accounts/server-account.ts';
import { makeSignIns } from './accounts/sign-ins.ts';
import { makeBulkGrants } from './grants/bulk.ts';
import { makeChangeGrants } from './grants/change.ts';
import { makeGrants } from './grants/give.ts';
import { makeGiveMany } from './grants/give-many.ts';
import { makeInvites } from './grants/invites.ts';
import { makeMemberLibraries } from './grants/member-libraries.ts';
import { makeNotices } from './grants/notices.ts';
import { makePlans } from './grants/plans.ts';
import { makeReminders } from './grants/reminders.ts';
import { makeRequestDecisions } from './grants/request-decisions.ts';
import { makeRequests } from './grants/requests.ts';
import { makeSelfRenewal } from './grants/self-renewal.ts';
import { makeApiCalls } from './guild/api-calls.ts';
import { makeApiTokens } from './guild/api-tokens.ts';
import { makeDeliveries } from './guild/deliveries.ts';
import { makeDigest } from './guild/digest.ts';
import { makeDrafts } from './guild/drafts.ts';
import { makeMemberNotes } from './guild/member-notes.ts';
import { makeOperating } from './guild/operating.ts';
import { makePanels } from './guild/panels.ts';
import { makePeople } from './guild/people.ts';
import { makePosts } from './guild/posts.ts';
import { makeRoles } from './guild/roles.ts';
import { makeSettings } from './guild/settings.ts';
import { makeSetup } from './guild/setup.ts';
import { makeStreams } from './guild/streams.ts';
import { makeTimeInput } from './guild/time-input.ts';
import { makeWebhookSending } from './guild/webhook-sending.ts';
import { makeWebhooks } from './guild/webhooks.ts';
import { makeAfterRestore } from './observe/restored.ts';
import { makePersonalData } from './personal/export.ts';
import { makeForgetting } from './personal/forget.ts';
import { makeRetention } from './personal/retention.ts';
import type { Deps } from './ports/deps.ts';
import type { AwaitDelivery } from './ports/outbox.ts';
import { makePresence } from './presence/presence.ts';
import { makeRolePlans } from './presence/role-plans.ts';
import { makeAccountNames } from './queries/account-names.ts';
import { makeAutocomplete } from './queries/autocomplete.ts';
import { makeGrantStatus } from './queries/grant-status.ts';
import { makeInviteList } from './queries/invite-list.ts';
import { makeJobRuns } from './queries/jobs.ts';
import { makeLogs } from './queries/logs.ts';
import { makeMeanings } from './queries/meanings.ts';
import { makeMemberCard } from './queries/member-card.ts';
import { makeMemberList } from './queries/member-list.ts';
import { makeNamedLibraries } from './queries/named-libraries.ts';
import { makeOperations } from './queries/operations.ts';
import { makeOverview } from './queries/overview.ts';
import { makeWhoHas } from './queries/who-has.ts';
import { makeWhy } from './queries/why.ts';
import { makeApplyNow } from './reconcile/apply-now.ts';
import { makeClockHolds } from './reconcile/clock-holds.ts';
import { makeEnforce } from './reconcile/enforce.ts';
import { makeHeldRuns } from './reconcile/held-runs.ts';
import { makeProbeOffline } from './reconcile/probe.ts';
import { makeRecordCheck } from './record/check.ts';
import { makeRecordExport } from './record/export.ts';
import { makeRecordList } from './record/list.ts';
import { makeAddServer } from './servers/add.ts';
import { makeAddressOffers } from './servers/addresses.ts';
import { makeDrills } from './servers/drill/drill.ts';
import { makeManageServer } from './servers/edit.ts';
import { makeFollowedSyncs } from './servers/followed-sync.ts';
import { makeServerPolicy } from './servers/policy.ts';
import { makeRemoveServer } from './servers/remove.ts';
import { makeRiskQuestions } from './servers/risks.ts';
import { makeScheduledSync, makeSyncNow } from './servers/scheduled-sync.ts';
import { makeSignInServer } from './servers/sign-in.ts';
import { makeSyncServers } from './servers/sync.ts';
import { makeUnfreezeServer } from './servers/unfreeze.ts';

export type App = ReturnType<typeof createApp>;

/** `stopping` aborts waits (polls of a sign-in) when the process is asked to end. */
export function createApp(deps: Deps, awaitDelivery: AwaitDelivery, stopping: AbortSignal) {
  const background = new Background();
  const namedLibraries = makeNamedLibraries(deps);
  const meanings = makeMeanings(deps, namedLibraries);
  const limit = new SignInLimit();
  const serverAccounts = makeServerAccounts(deps, (...made) => signIns.supersede(...made));
  const enforce = makeEnforce(deps, background, serverAccounts.finishDue);
  const probes = makeProbeOffline(deps, enforce);
  const signIns = makeSignIns(deps, enforce, { background, limit, stopping });
  const applyNow = makeApplyNow(deps, enforce, makeLinkKnown(deps));
  const syncServers = makeSyncServers(deps);
  const addServer = makeAddServer(deps, syncServers);
  const addressOffers = makeAddressOffers(deps);
  const manageServer = makeManageServer(deps);
  const confirmed = { addServer, editServer: manageServer.edit };
  const changeGrants = makeChangeGrants(deps, applyNow);
  const memberImport = makeMemberImport(deps, enforce);
  const people = makePeople(deps);
  const streams = makeStreams(deps);
  const shown = { ...deps, streamsOf: streams.of };
  const forgetting = makeForgetting(deps, applyNow, {
    dropSignIns: signIns.drop,
    onForgotten: people.forget,
  });
  return {
    enforce,
    syncServers,
    addServer,
    addressOffers,
    signInServer: makeSignInServer(deps, confirmed, addressOffers.offer, { limit, stopping }),
    drills: makeDrills(deps, { background, limit, stopping }),
    manageServer,
    unfreezeServer: makeUnfreezeServer(deps, enforce),
    riskQuestions: makeRiskQuestions(deps),
    removeServer: makeRemoveServer(deps, applyNow),
    serverPolicy: makeServerPolicy(deps, applyNow),
    settings: makeSettings(deps, awaitDelivery),
    setup: makeSetup(deps, awaitDelivery),
    roles: makeRoles(deps),
    people,
    forgetting,
    personalData: makePersonalData(deps, awaitDelivery),
    retention: makeRetention(deps),
    recordList: makeRecordList(deps),
    recordExport: makeRecordExport(deps),
    recordCheck: makeRecordCheck(deps),
    operating: makeOperating(deps),
    afterRestore: makeAfterRestore(deps),
    giveMany: makeGiveMany(deps, applyNow),
    grants: makeGrants(deps, applyNow),
    grantStatus: makeGrantStatus(deps, meanings),
    changeGrants,
    bulkGrants: makeBulkGrants(deps, changeGrants),
    memberLibraries: makeMemberLibraries(deps, applyNow),
    memberCard: makeMemberCard(deps),
    memberNotes: makeMemberNotes(deps),
    memberAccounts: makeLinkByStaff(deps, enforce),
    imports: makeImports(deps, memberImport),
    arrivals: makeArrivals(deps, syncServers),
    memberImport,
    why: makeWhy(deps),
    whoHas: makeWhoHas(deps),
    memberList: makeMemberList(deps, meanings),
    inviteList: makeInviteList(deps, meanings),
    notices: makeNotices(deps),
    reminders: makeReminders(deps),
    requests: makeRequests(deps),
    requestDecisions: makeRequestDecisions(deps, applyNow),
    selfRenewal: makeSelfRenewal(deps, applyNow),
    plans: makePlans(deps, applyNow, changeGrants),
    invites: makeInvites(deps, applyNow, awaitDelivery),
    signIns,
    serverAccounts,
    heldRuns: makeHeldRuns(deps, applyNow),
    overview: makeOverview(deps),
    autocomplete: makeAutocomplete(deps, namedLibraries, meanings),
    accountNames: makeAccountNames(deps),
    deliveries: makeDeliveries(deps),
    streams,
    panels: makePanels(shown, awaitDelivery),
    posts: makePosts(shown),
    digest: makeDigest(deps),
    drafts: makeDrafts(deps),
    timeInput: makeTimeInput(deps),
    presence: makePresence(deps, background),
    rolePlans: makeRolePlans(deps),
    scheduledSync: makeScheduledSync(deps, syncServers),
    syncNow: makeSyncNow(deps, syncServers),
    apiTokens: makeApiTokens(deps),
    webhooks: makeWebhooks(deps),
    webhookSending: makeWebhookSending(deps),
    apiCalls: makeApiCalls(deps),
    operations: makeOperations(deps),
    followedSyncs: makeFollowedSyncs(deps, syncServers, background),
    clock: makeClockHolds(deps),
    logs: makeLogs(deps, { stopping }),
    jobRuns: makeJobRuns(deps, enforce, probes),
    probeOffline: probes.begin,
    /** Resolves when no pass, probe or sync is running; with `all`, also no creation of an account and no sign-in. */
    async idle(which: 'servers' | 'all'): Promise<void> {
      const parts = which === 'all' ? [deps.servers, probes, background] : [deps.servers, probes];
      // One kind of work may begin another.
      do await Promise.all(parts.map((part) => part.idle()));
      while (parts.some(({ size }) => size > 0));
    },
  };
}
