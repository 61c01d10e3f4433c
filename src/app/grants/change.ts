/** Changes of grants by staff, one or many, and undoing them for ten minutes. */

import { grantMark, isOver } from '../../domain/grant.ts';
import {
  decideGrantChange,
  type GrantAction,
  type GrantDecision,
  type GrantFields,
} from '../../domain/grant-change.ts';
import { GuildFull } from '../../domain/guild-limits.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { AuditAction, Grant } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { inLedger, type Ledger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { decideUndoStep, keepUndo, parseUndo, UNDO_MOST, type UndoStep, undoStep } from './undo.ts';

/** Grants changed in one transaction. */
const BATCH = 50;

export interface ChangeGrantsInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly grantIds: readonly string[];
  readonly action: GrantAction;
  readonly reason: string | null;
  /** Why Usher does it, where nobody gave a reason. */
  readonly detail?: Sentence;
  /** Marks of grants as they were shown (`grantMark`): one that is otherwise by now is left as it is. */
  readonly shown?: ReadonlyMap<string, string>;
  /** Called after each batch with how many grants have been decided. */
  readonly progress?: (done: number) => Promise<void>;
}

export interface ChangedGrants {
  readonly changed: readonly { readonly before: Grant; readonly standing: GrantStanding }[];
  readonly unchanged: readonly { readonly standing: GrantStanding; readonly message: Sentence }[];
  /** What `undo` needs to bring back the changed grants; null when none was changed, or too many. */
  readonly undoId: string | null;
}

export type UndoResult =
  | { readonly kind: 'undone'; readonly result: ChangedGrants }
  /** Used before, older than ten minutes, or somebody else's. */
  | { readonly kind: 'gone' };

export type ChangeGrants = ReturnType<typeof makeChangeGrants>;

type Decide = (grant: Grant, now: Date, zone: string) => ReturnType<typeof decideGrantChange>;

export function makeChangeGrants(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Changes each of these grants as far as it can be, and applies it as far as the servers answer in time. */
    async change(input: ChangeGrantsInput): Promise<ChangedGrants> {
      const { action, shown } = input;
      return await changeAll(input, EVENTS[action.kind], (grant, now, zone) => {
        const mark = shown?.get(grant.id);
        if (mark !== undefined && mark !== grantMark(grant))
          return { kind: 'no', message: say('grant.no.changedSince') };
        return decide(grant, action, now, zone);
      });
    },

    /** What `change` would do, without doing it. */
    async preview({
      guildId,
      grantIds,
      action,
    }: Pick<ChangeGrantsInput, 'guildId' | 'grantIds' | 'action'>): Promise<{
      readonly changes: readonly { readonly before: Grant; readonly after: Grant }[];
      readonly unchanged: readonly { readonly grant: Grant; readonly message: Sentence }[];
    }> {
      const stores = deps.stores.of(guildId);
      const [{ zone }, grants] = await Promise.all([stores.settings.get(), findAll(stores, grantIds)]);
      const now = deps.clock.now();
      const decided = grants.map((grant) => ({
        grant,
        decision: decide(grant, action, now, zone),
      }));
      return {
        changes: decided.flatMap(({ grant, decision }) =>
          decision.kind === 'change' ? [{ before: grant, after: { ...grant, ...decision.changes } }] : [],
        ),
        unchanged: decided.flatMap(({ grant, decision }) =>
          decision.kind === 'no' ? [{ grant, message: decision.message }] : [],
        ),
      };
    },

    /** How one grant would stand after `change`; undefined when it is not there, or nothing would change. */
    async rehearse(
      guildId: GuildId,
      grantId: string,
      action: GrantAction,
    ): Promise<{ readonly before: Grant; readonly after: GrantStanding } | undefined> {
      const { changes } = await this.preview({ guildId, grantIds: [grantId], action });
      const [one] = changes;
      const [after] = one ? await standingsOf(deps, deps.stores.of(guildId), [one.after]) : [];
      return one && after && { before: one.before, after };
    },

    /** Tries again what servers did not show after a change; resolves to how these grants stand then. */
    async again(guildId: GuildId, grantIds: readonly string[]): Promise<readonly GrantStanding[]> {
      const stores = deps.stores.of(guildId);
      const memberIds = [...new Set((await findAll(stores, grantIds)).map(({ memberId }) => memberId))];
      await deps.stores.transaction(guildId, (tx) =>
        tx.accounts.makeDue({ memberIds }, deps.clock.now(), 'noticed'),
      );
      await applyNow(guildId, memberIds);
      return await standingsOf(deps, stores, await findAll(stores, grantIds));
    },

    /** Brings back how grants were before a change, within ten minutes, once, by who made it. */
    async undo(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly undoId: string;
    }): Promise<UndoResult> {
      const { guildId, actorId, undoId } = input;
      const stores = deps.stores.of(guildId);
      const steps = parseUndo(await stores.drafts.find(undoId, actorId, deps.clock.now()));
      const mine = steps && (await deps.stores.transaction(guildId, (tx) => tx.drafts.remove(undoId)));
      if (!mine) return { kind: 'gone' };
      const byGrant = new Map(steps.map((step) => [step.grantId, step]));
      const all = { guildId, actorId, grantIds: [...byGrant.keys()] };
      const why = { reason: null, detail: say('audit.note.undone') };
      const result = await changeAll({ ...all, ...why }, 'grant.changed', (grant, now) => {
        const step = byGrant.get(grant.id);
        return step ? decideUndoStep(grant, step, now) : { kind: 'no', message: say('grant.no.notChanged') };
      });
      return { kind: 'undone', result };
    },
  };

  /** What counts from now is not counted from a moment that is wrong (rule 5). */
  function decide(grant: Grant, action: GrantAction, now: Date, zone: string): GrantDecision {
    const counts = COUNTS_FROM_NOW.has(action.kind) && grant.expiresAt !== null;
    if (counts && deps.clockHold.isHeld()) return { kind: 'no', message: CLOCK_IS_WRONG };
    return decideGrantChange(grant, action, now, zone);
  }

  async function changeAll(
    input: Omit<ChangeGrantsInput, 'action'>,
    event: AuditAction,
    decide: Decide,
  ): Promise<ChangedGrants> {
    const { guildId, actorId, reason, detail } = input;
    const steps: UndoStep[] = [];
    const canUndo = input.grantIds.length <= UNDO_MOST;
    const before = new Map<string, Grant>();
    const refused = new Map<string, Sentence>();
    const undoId = deps.codes.newId();
    for (let start = 0; start < input.grantIds.length; start += BATCH) {
      const ids = input.grantIds.slice(start, start + BATCH);
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const grants = await findAll(tx, ids);
        const memberIds = grants.map(({ memberId }) => memberId);
        const { zone } = await tx.settings.get();
        const decided = await inLedger(deps, tx, { memberIds }, (ledger) =>
          changeBatch(ledger, grants, (grant) => decide(grant, now, zone), {
            action: event,
            actorId,
            reason,
            ...(detail && { detail }),
          }),
        );
        for (const { grant, changes, message } of decided) {
          if (!changes) {
            refused.set(grant.id, message);
            continue;
          }
          before.set(grant.id, grant);
          if (canUndo) steps.push(undoStep(grant, { ...grant, ...changes }));
        }
        // Kept with each batch, so that what was changed can be undone even when the process is killed midway.
        if (steps.length > 0) await keepUndo(deps, tx, { id: undoId, actorId, steps });
      });
      await input.progress?.(start + ids.length);
    }
    await applyNow(guildId, [...new Set([...before.values()].map((grant) => grant.memberId))]);
    const stores = deps.stores.of(guildId);
    const standings = await standingsOf(deps, stores, await findAll(stores, input.grantIds));
    return {
      changed: standings.flatMap((standing) => {
        const old = before.get(standing.grant.id);
        return old ? [{ before: old, standing }] : [];
      }),
      unchanged: standings.flatMap((standing) => {
        const message = refused.get(standing.grant.id);
        return message === undefined ? [] : [{ standing, message }];
      }),
      undoId: steps.length > 0 ? undoId : null,
    };
  }
}

const COUNTS_FROM_NOW: ReadonlySet<GrantAction['kind']> = new Set(['extend', 'pause', 'resume']);
const CLOCK_IS_WRONG = say('grant.no.clock');

/** Those that are there, a batch at a time: thousands of queries at once would stop everything else meanwhile. */
async function findAll(
  { grants }: Pick<GuildStores, 'grants'>,
  ids: readonly string[],
): Promise<readonly Grant[]> {
  const found: (Grant | undefined)[] = [];
  for (let start = 0; start < ids.length; start += BATCH)
    found.push(...(await Promise.all(ids.slice(start, start + BATCH).map((id) => grants.find(id)))));
  return found.filter((grant) => grant !== undefined);
}

const EVENTS = {
  extend: 'grant.extended',
  set: 'grant.changed',
  pause: 'grant.paused',
  resume: 'grant.resumed',
  take: 'grant.changed',
  end: 'grant.revoked',
} as const satisfies Record<GrantAction['kind'], AuditAction>;

type Decided = { readonly grant: Grant } & (
  | { readonly changes: Partial<GrantFields>; readonly message?: never }
  | { readonly changes?: never; readonly message: Sentence }
);

async function changeBatch(
  ledger: Ledger,
  grants: readonly Grant[],
  decide: (grant: Grant) => ReturnType<typeof decideGrantChange>,
  because: Pick<ChangeGrantsInput, 'actorId' | 'reason' | 'detail'> & { readonly action: AuditAction },
): Promise<readonly Decided[]> {
  const decided: Decided[] = [];
  for (const grant of grants) {
    const decision = decide(grant);
    if (decision.kind === 'no') {
      decided.push({ grant, message: decision.message });
      continue;
    }
    const { state } = decision.changes;
    // Undoing may end a grant, which then reads like any other end by staff.
    const action = state !== undefined && isOver({ state }) ? 'grant.revoked' : because.action;
    try {
      await ledger.change(grant, decision.changes, { ...because, action });
      decided.push({ grant, changes: decision.changes });
    } catch (error) {
      // Nothing of this one was written, and the others do not depend on it.
      if (!(error instanceof GuildFull)) throw error;
      decided.push({ grant, message: say('grant.no.full', { why: error.says }) });
    }
  }
  return decided;
}
