/** All use cases, made from the ports. Commands and jobs are given this and nothing else. */

import { KeyedMutex } from '../concurrency/keyed-mutex.ts';
import { nextSync } from '../domain/schedule.ts';
import { makeConnectJellyfin } from './accounts/jellyfin.ts';
import { makeLinkKnown } from './accounts/link-known.ts';
import { makeConnectPlex } from './accounts/plex.ts';
import { makeConnectQuick } from './accounts/quick-connect.ts';
import { makeBulkGrants } from './grants/bulk.ts';
import { makeChangeGrants } from './grants/change.ts';
import { makeGrants } from './grants/give.ts';
import { type AwaitDelivery, makeInvites } from './grants/invites.ts';
import { makeMemberLibraries } from './grants/member-libraries.ts';
import { makePlans } from './grants/plans.ts';
import { makeDeliveries } from './guild/deliveries.ts';
import { makeDrafts } from './guild/drafts.ts';
import { makeSettings } from './guild/settings.ts';
import { makeTimeInput } from './guild/time-input.ts';
import { recordRun } from './ledger/job-log.ts';
import type { Deps } from './ports/deps.ts';
import { makeAutocomplete } from './queries/autocomplete.ts';
import { makeGrantStatus } from './queries/grant-status.ts';
import { makeJobRuns } from './queries/jobs.ts';
import { makeOverview } from './queries/overview.ts';
import { makeWhoHas } from './queries/who-has.ts';
import { makeWhy } from './queries/why.ts';
import { makeApplyNow } from './reconcile/apply-now.ts';
import { makeEnforce } from './reconcile/enforce.ts';
import { makeHeldRuns } from './reconcile/held-runs.ts';
import { probeOffline } from './reconcile/probe.ts';
import { makeAddServer } from './servers/add.ts';
import { makeCertificateQuestions } from './servers/certificates.ts';
import { makeManageServer } from './servers/edit.ts';
import { checkEndpoints } from './servers/endpoints.ts';
import { makeServerPolicy } from './servers/policy.ts';
import { makeRemoveServer } from './servers/remove.ts';
import { makeSignInServer } from './servers/sign-in.ts';
import { makeSyncServers } from './servers/sync.ts';

export type App = ReturnType<typeof createApp>;

/** `stopping` aborts waits (polls of a sign-in) when the process is asked to end. */
export function createApp(deps: Deps, awaitDelivery: AwaitDelivery, stopping: AbortSignal) {
  const mutex = new KeyedMutex();
  const enforce = makeEnforce(deps, mutex);
  const applyNow = makeApplyNow(deps, enforce, makeLinkKnown(deps, mutex));
  const syncServers = makeSyncServers(deps, mutex);
  const addServer = makeAddServer(deps, syncServers);
  const changeGrants = makeChangeGrants(deps, applyNow);
  const connectJellyfin = makeConnectJellyfin(deps, mutex);
  return {
    enforce,
    syncServers,
    addServer,
    signInServer: makeSignInServer(deps, addServer, stopping),
    manageServer: makeManageServer(deps),
    certificateQuestions: makeCertificateQuestions(deps),
    removeServer: makeRemoveServer(deps, applyNow),
    serverPolicy: makeServerPolicy(deps, applyNow),
    settings: makeSettings(deps),
    grants: makeGrants(deps, applyNow),
    grantStatus: makeGrantStatus(deps),
    changeGrants,
    bulkGrants: makeBulkGrants(deps, changeGrants),
    memberLibraries: makeMemberLibraries(deps, applyNow),
    why: makeWhy(deps),
    whoHas: makeWhoHas(deps),
    plans: makePlans(deps, applyNow, changeGrants),
    invites: makeInvites(deps, applyNow, awaitDelivery),
    connectPlex: makeConnectPlex(deps, enforce, mutex, stopping),
    connectJellyfin,
    connectQuick: makeConnectQuick(deps, enforce, stopping),
    heldRuns: makeHeldRuns(deps, applyNow),
    overview: makeOverview(deps),
    autocomplete: makeAutocomplete(deps),
    deliveries: makeDeliveries(deps),
    drafts: makeDrafts(deps),
    timeInput: makeTimeInput(deps),
    /** The scheduled sync of a guild; the next one is set first, so that a sync that fails does not repeat at once. */
    async scheduledSync(guildId: string): Promise<void> {
      await deps.stores.transaction(guildId, async (tx) => {
        const settings = await tx.settings.get();
        await tx.settings.update({ nextSyncAt: nextSync(settings, deps.clock.now()) });
        await tx.drafts.removeExpired(deps.clock.now());
      });
      await recordRun(deps, guildId, 'sync', async () => {
        const reports = await syncServers(guildId);
        if (reports.length === 0) return undefined;
        const failed = reports
          .filter(({ outcome }) => outcome.kind === 'failed')
          .map(({ server }) => server.name);
        const looked = `${reports.length - failed.length} of ${reports.length} servers synced`;
        return failed.length > 0 ? `${looked}; not ${failed.join(', ')}` : looked;
      });
      await checkEndpoints(deps, guildId);
      // What could not be finished at the start is tried again at every sync.
      await connectJellyfin.resume(guildId);
    },
    /** Says that nothing is enforced, because the clock jumped by more than a day (rule 5). */
    async holdForClock(guildId: string): Promise<void> {
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const detail =
          'the clock of the machine jumped by more than a day; nothing is enforced until it is right again, an admin confirms it, or Usher is restarted';
        await tx.audit.append({ action: 'access.held', actorId: null, facts: { detail }, at: now });
        const { alertsChannelId, auditChannelId } = await tx.settings.get();
        const sink = alertsChannelId ?? auditChannelId;
        if (sink === null) return;
        const text = `Nothing is enforced: ${detail}.`;
        const content = { kind: 'alert', text, clock: true } as const;
        await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'channel', sink, content }, now);
      });
    },
    clock: {
      isHeld: () => deps.clockHold.isHeld(),
      /** An admin says that the clock is right: what is due goes on. */
      async confirm(guildId: string, actorId: string): Promise<void> {
        deps.clockHold.confirm();
        await deps.stores.transaction(guildId, async (tx) => {
          const facts = { detail: 'the clock was confirmed; enforcement goes on' };
          await tx.audit.append({ action: 'access.held', actorId, facts, at: deps.clock.now() });
        });
      },
    },
    jobRuns: makeJobRuns(deps, enforce),
    probeOffline: (guildId: string) => probeOffline(deps, enforce, mutex, guildId),
    /** Resolves when no pass, probe or sync is running; with `all`, also no creation of an account and no sign-in. */
    idle: (which: 'servers' | 'all') => (which === 'all' ? mutex.idle() : mutex.idle('enforce:', 'probe:')),
  };
}
