/** Held runs: what an admin decides about them (rule 5). */
import { drift, listedLibraries, without } from '../../domain/access.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { HeldRun, Server } from '../../domain/model.ts';
import { say, timeOf } from '../../words/say.ts';
import { personOf } from '../ledger/alerts.ts';
import { endLink } from '../observe/gone.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { ApplyNow } from './apply-now.ts';
import { applyDriftPolicy } from './drift-policy.ts';
import { closeQuestion, noteHeld } from './hold.ts';

export type HeldDecision =
  | { readonly kind: 'decided'; readonly run: HeldRun; readonly server: Server }
  /** Somebody was faster, or it is not there. */
  | { readonly kind: 'decided-before' };

export interface DecideHeldRun {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly heldRunId: string;
}

export function makeHeldRuns(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Those that wait for a decision. */
    async list(guildId: GuildId): Promise<readonly { readonly run: HeldRun; readonly server: Server }[]> {
      const stores = deps.stores.of(guildId);
      const [runs, servers] = await Promise.all([stores.heldRuns.listHeld(), stores.servers.list()]);
      return runs.flatMap((run) => {
        const server = servers.find(({ id }) => id === run.serverId);
        return server ? [{ run, server }] : [];
      });
    },

    /** An admin agrees: what was held is done, without the limit of rule 5. */
    async release(input: DecideHeldRun): Promise<HeldDecision> {
      const { guildId, actorId } = input;
      const members = new Set<MemberId>();
      const decision = await decide(input, 'released', async (tx, { run, server }) => {
        const now = deps.clock.now();
        const listed = listedLibraries(server.id, await tx.libraries.list(server.id));
        for (const account of await tx.accounts.list({ serverId: server.id })) {
          if (!run.accountIds.includes(account.id) || account.memberId === null) continue;
          members.add(account.memberId);
          if (account.missingSince !== null) {
            await endLink(deps, tx, { server, account }, now);
            continue;
          }
          // What was lost there does not count as given any more, so that a pass gives it anew.
          const lost = drift(account, listed).missing;
          if (server.driftPolicy !== 'adopt' && lost.length > 0)
            await tx.accounts.setLibraries(account.id, { ...account, given: without(account.given, lost) });
          // With policy `adopt` only grants change; nothing is written on the server, so the account is not due.
          const due = server.driftPolicy === 'adopt' ? {} : { dueAt: now, attempts: 0, trouble: null };
          await tx.accounts.update(account.id, { lossApproved: true, ...due });
        }
        await noteHeld(tx, server, { how: 'released', detail: run.detail, actorId }, now);
      });
      if (decision.kind === 'decided-before') return decision;
      await applyDriftPolicy(deps, guildId, decision.server.id);
      await applyNow(guildId, [...members]);
      return decision;
    },

    /** Leaves everything as it is on the server; foreign changes there are only reported from now on. */
    async dismiss(input: DecideHeldRun): Promise<HeldDecision> {
      return await decide(input, 'dismissed', async (tx, { run, server }) => {
        const now = deps.clock.now();
        await tx.servers.update(server.id, { driftPolicy: 'report' });
        for (const account of await tx.accounts.list({ serverId: server.id })) {
          // A command or an end date has decided meanwhile that this account loses something; that is still to be done.
          if (!run.accountIds.includes(account.id) || account.lossApproved) continue;
          await tx.accounts.update(account.id, { dueAt: now, attempts: 0, trouble: null });
        }
        const { actorId } = input;
        await noteHeld(tx, server, { how: 'dismissed', detail: run.detail, actorId }, now);
      });
    },
  };

  async function decide(
    { guildId, actorId, heldRunId }: DecideHeldRun,
    decision: 'released' | 'dismissed',
    follow: (tx: GuildStores, held: { readonly run: HeldRun; readonly server: Server }) => Promise<void>,
  ): Promise<HeldDecision> {
    return await deps.stores.transaction(guildId, async (tx): Promise<HeldDecision> => {
      const run = await tx.heldRuns.find(heldRunId);
      const server = run && (await tx.servers.find(run.serverId));
      if (!run || !server || !(await tx.heldRuns.decide(run.id, decision, actorId, deps.clock.now())))
        return { kind: 'decided-before' };
      await follow(tx, { run, server });
      const now = deps.clock.now();
      const values = { who: await personOf(tx, actorId), at: timeOf(now) };
      const text = say(decision === 'released' ? 'alert.held.released' : 'alert.held.dismissed', values);
      await closeQuestion(deps, tx, { server, text }, now);
      return { kind: 'decided', run, server };
    });
  }
}
