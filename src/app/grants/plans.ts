/** Plans: named bundles from which grants and invites are made. */

import type { DurationText } from '../../domain/duration.ts';
import { allAsOf, RUNNING } from '../../domain/grant.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/invite.ts';
import { storedLength } from '../../domain/length.ts';
import type { ExpiryAction, Grant, Library, NonEmpty, Plan, Server } from '../../domain/model.ts';
import { planMark } from '../../domain/plan.ts';
import { effectOf, type ServerEffect } from '../../domain/preview.ts';
import { mentionedRole, type Sentence, say } from '../../words/say.ts';
import { askGift, type RoleRefused } from '../guild/roles.ts';
import { grantFacts } from '../ledger/audit-facts.ts';
import { inLedger, type Ledger } from '../ledger/ledger.ts';
import { endRolePlan } from '../ledger/role-plans.ts';
import { mustHaveRoom } from '../ledger/room.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import type { ChangeGrants } from './change.ts';

/** States in which a grant still counts as a use of its plan. */

/** A plan as it is shown. */
export interface PlanDetails {
  readonly plan: Plan;
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
  /** Grants of it that are not over, invites of it that can still be redeemed, and Discord roles that are this plan. */
  readonly uses: {
    readonly grants: number;
    readonly invites: number;
    readonly roleIds: readonly string[];
  };
}

/** Fields that are undefined stay as they are. */
export interface PlanChanges {
  readonly name?: string;
  readonly libraryIds?: NonEmpty<string>;
  /** Empty is for good. */
  readonly duration?: DurationText | '';
  readonly expiryAction?: ExpiryAction | null;
  readonly roleId?: string | null;
  readonly renewals?: number;
  readonly renewalRoleId?: string | null;
}

export interface PlanPreview {
  readonly before: PlanDetails;
  readonly after: PlanDetails;
  /** Grants of it that are not over. */
  readonly runningIds: readonly string[];
  /** Who has these. */
  readonly memberIds: readonly MemberId[];
  /** What would happen at once if running grants get the new libraries as well. */
  readonly effects: readonly (ServerEffect & { readonly server: Server })[];
}

export interface CreatePlanInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly name: string;
  readonly libraryIds: NonEmpty<string>;
  /** Null is for good. */
  readonly duration: DurationText | null;
  readonly expiryAction: ExpiryAction | null;
  readonly roleId: string | null;
  /** How often members may renew it themselves. */
  readonly renewals?: number;
  readonly renewalRoleId?: string | null;
}

export type PlanChange =
  | { readonly kind: 'done'; readonly details: PlanDetails }
  | { readonly kind: 'name-taken'; readonly name: string }
  | RoleRefused
  /** What members renew themselves has to have a length. */
  | { readonly kind: 'needs-length' }
  /** It was edited since somebody saw it. */
  | { readonly kind: 'changed-since' }
  | { readonly kind: 'gone' };

type Refused = Exclude<PlanChange, { readonly kind: 'done' }>;
type RefusalOfRole = Awaited<ReturnType<typeof askGift>>;

export interface EditPlanInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly planId: string;
  readonly changes: PlanChanges;
  readonly propagate: boolean;
  /** Its mark (`planMark`) as it was shown: one that is otherwise by now is left as it is. */
  readonly shown?: string;
}

export type DeletePlanResult =
  | { readonly kind: 'deleted'; readonly name: string; readonly stillOpen: number }
  | { readonly kind: 'in-use'; readonly details: PlanDetails }
  | { readonly kind: 'gone' };

export function makePlans(deps: Deps, applyNow: ApplyNow, changeGrants: ChangeGrants) {
  return {
    async list(guildId: GuildId): Promise<readonly PlanDetails[]> {
      const stores = deps.stores.of(guildId);
      const plans = await stores.plans.list();
      return await Promise.all(plans.map((plan) => detailsOf(stores, plan, deps.clock.now())));
    },

    async find(guildId: GuildId, planId: string): Promise<PlanDetails | undefined> {
      const stores = deps.stores.of(guildId);
      const plan = await stores.plans.find(planId);
      return plan && (await detailsOf(stores, plan, deps.clock.now()));
    },

    /** Grants of a plan that are not over, newest first. */
    async runningGrants(guildId: GuildId, planId: string): Promise<readonly Grant[]> {
      const at = deps.clock.now();
      const grants = await deps.stores.of(guildId).grants.list({ planId, states: RUNNING, at });
      return allAsOf(at, grants, []).grants;
    },

    /** @throws {GuildFull} when the guild has as many plans as it may have. */
    async create(input: CreatePlanInput): Promise<PlanChange> {
      const { guildId, actorId } = input;
      const refusalOfRole = await askGift(deps, guildId, input.roleId, actorId);
      return await deps.stores.transaction(guildId, async (tx): Promise<PlanChange> => {
        const made = await makeIn(tx, input, refusalOfRole);
        if (made.kind !== 'done') return made;
        const { plan } = made.details;
        await tx.plans.add(plan);
        const facts = {
          ...grantFacts(plan.libraryIds, await tx.libraries.list(), await tx.servers.list()),
          ...(plan.roleId && { role: plan.roleId }),
          plan: plan.name,
          duration: plan.duration,
        };
        await tx.audit.append({ action: 'plan.created', actorId, facts, at: plan.createdAt });
        return made;
      });
    },

    /** What `create` would answer; nothing is changed. @throws {GuildFull} as that. */
    async rehearseCreate(input: CreatePlanInput): Promise<PlanChange> {
      const { guildId, actorId, roleId } = input;
      const refusalOfRole = await askGift(deps, guildId, roleId, actorId);
      return await makeIn(deps.stores.of(guildId), input, refusalOfRole);
    },

    /** What an edit would change; undefined when the plan is not there. */
    async preview(guildId: GuildId, planId: string, changes: PlanChanges): Promise<PlanPreview | undefined> {
      return await previewIn(deps.stores.of(guildId), planId, changes, deps.clock.now());
    },

    /**
     * Changes a plan. With `propagate` the grants of it that are not over get the new libraries as well, and what
     * follows is applied as far as the servers answer in time. A new duration counts for new grants; role and
     * expiry action at once.
     */
    async edit(input: EditPlanInput): Promise<PlanChange> {
      const { guildId, actorId, planId, changes, propagate } = input;
      const memberIds = new Set<MemberId>();
      const refusalOfRole = await askGift(deps, guildId, changes.roleId ?? null, actorId);
      const change = await deps.stores.transaction(guildId, async (tx): Promise<PlanChange> => {
        const now = deps.clock.now();
        const edit = await editIn(tx, input, refusalOfRole, now);
        if (edit.kind !== 'ok') return edit;
        const { before, after } = edit.preview;
        const differing = differences(before, after);
        if (differing.length === 0) return { kind: 'done', details: after };
        const grants = await tx.grants.list({ planId, states: RUNNING });
        await inLedger(deps, tx, { memberIds: grants.map(({ memberId }) => memberId) }, async (ledger) => {
          const { id: _id, createdAt: _createdAt, ...changed } = after.plan;
          await tx.plans.update(planId, changed);
          const scope = say(propagate ? 'audit.plan.forAll' : 'audit.plan.forNew');
          const facts = {
            plan: changed.name,
            ...(changes.roleId && { role: changes.roleId }),
            detail: [...differing, scope],
          };
          await tx.audit.append({ action: 'plan.edited', actorId, facts, at: now });
          if (!propagate || !changes.libraryIds) return;
          for (const { memberId } of await propagateLibraries(ledger, grants, changes.libraryIds, actorId))
            memberIds.add(memberId);
        });
        if (before.plan.expiryAction !== after.plan.expiryAction) {
          // The expiry action counts for members whose grant of the plan is over as well: they are compared again.
          for (const { memberId } of await tx.grants.list({ planId })) memberIds.add(memberId);
          await tx.accounts.makeDue({ memberIds: [...memberIds] }, now, 'decided');
        }
        return { kind: 'done', details: after };
      });
      await applyNow(guildId, [...memberIds]);
      return change;
    },

    /** What `edit` would change, or why it would not; nothing is changed. */
    async rehearseEdit(
      input: EditPlanInput,
    ): Promise<Refused | { readonly kind: 'ok'; readonly preview: PlanPreview }> {
      const { guildId, actorId, changes } = input;
      const refusalOfRole = await askGift(deps, guildId, changes.roleId ?? null, actorId);
      return await editIn(deps.stores.of(guildId), input, refusalOfRole, deps.clock.now());
    },

    /** Deletes a plan that is not in use; with `endUses` its grants are revoked and its invites withdrawn first. */
    async delete(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly planId: string;
      readonly endUses: boolean;
      readonly progress?: (done: number) => Promise<void>;
    }): Promise<DeletePlanResult> {
      const { guildId, actorId, planId, endUses, progress } = input;
      const stores = deps.stores.of(guildId);
      let stillOpen = 0;
      if (endUses) {
        // First of all, or its holders would be given it again.
        await deps.stores.transaction(guildId, (tx) => endRoles(deps, tx, planId, actorId));
        const grants = await stores.grants.list({ planId, states: RUNNING });
        const result = await changeGrants.change({
          guildId,
          actorId,
          grantIds: grants.map(({ id }) => id),
          action: { kind: 'end', cause: 'revoked' },
          reason: null,
          detail: say('audit.note.planDeleted'),
          ...(progress && { progress }),
        });
        stillOpen = result.changed.filter(({ standing }) => standing.grant.state === 'ending').length;
      }
      return await deps.stores.transaction(guildId, async (tx): Promise<DeletePlanResult> => {
        const now = deps.clock.now();
        const plan = await tx.plans.find(planId);
        if (!plan) return { kind: 'gone' };
        if (endUses) await revokeInvites(tx, planId, actorId, now);
        const details = await detailsOf(tx, plan, now);
        if (isUsed(details)) return { kind: 'in-use', details };
        await tx.plans.remove(planId);
        const facts = { plan: plan.name };
        await tx.audit.append({ action: 'plan.deleted', actorId, facts, at: now });
        return { kind: 'deleted', name: plan.name, stillOpen };
      });
    },
  };

  /** The plan as it would be made, if nothing is in the way. */
  async function makeIn(
    stores: GuildStores,
    { actorId, name, libraryIds, duration, expiryAction, roleId, ...rest }: CreatePlanInput,
    refusalOfRole: RefusalOfRole,
  ): Promise<PlanChange> {
    const now = deps.clock.now();
    const plan: Plan = {
      id: deps.codes.newId(),
      name: name.trim(),
      duration: duration ?? '',
      ...{ libraryIds, expiryAction, roleId, roleById: roleId === null ? null : actorId },
      renewals: rest.renewals ?? 0,
      renewalRoleId: rest.renewalRoleId ?? null,
      createdAt: now,
    };
    if (isEndless(plan)) return { kind: 'needs-length' };
    const refused = (await refusalOfRole(stores)) ?? (await refusalOfMapped(stores, roleId));
    if (refused) return refused;
    const twin = await namesake(stores, plan.name);
    if (twin) return { kind: 'name-taken', name: twin.name };
    await mustHaveRoom(deps, stores, 'plans');
    return { kind: 'done', details: await detailsOf(stores, plan, now) };
  }
}

/** What an edit would change, if nothing is in the way. */
async function editIn(
  stores: GuildStores,
  { actorId, planId, changes, shown }: EditPlanInput,
  refusalOfRole: RefusalOfRole,
  now: Date,
): Promise<Refused | { readonly kind: 'ok'; readonly preview: PlanPreview }> {
  const attached = changes.roleId === undefined ? {} : { roleById: changes.roleId === null ? null : actorId };
  const preview = await previewIn(stores, planId, { ...changes, ...attached }, now);
  if (!preview) return { kind: 'gone' };
  const { before, after } = preview;
  if (shown !== undefined && planMark(before.plan) !== shown) return { kind: 'changed-since' };
  const refused = (await refusalOfRole(stores)) ?? (await refusalOfMapped(stores, changes.roleId ?? null));
  if (refused) return refused;
  if (isEndless(after.plan)) return { kind: 'needs-length' };
  const twin = await namesake(stores, after.plan.name);
  if (twin && twin.id !== planId) return { kind: 'name-taken', name: twin.name };
  return { kind: 'ok', preview };
}

const isEndless = ({ duration, renewals }: Plan): boolean => duration === '' && renewals > 0;
const isUsed = ({ uses }: Pick<PlanDetails, 'uses'>): boolean =>
  uses.grants + uses.invites + uses.roleIds.length > 0;

async function endRoles(deps: Deps, tx: GuildStores, planId: string, actorId: ActorId): Promise<void> {
  for (const one of await tx.rolePlans.list())
    if (one.planId === planId) await endRolePlan(deps, tx, { actorId, ...one });
}

/** A role that is a plan itself comes with none: access and role would keep each other up for ever. */
async function refusalOfMapped(stores: GuildStores, roleId: string | null): Promise<RoleRefused | undefined> {
  if (roleId === null || !(await stores.rolePlans.list()).some((one) => one.roleId === roleId))
    return undefined;
  const role = mentionedRole(roleId);
  return { kind: 'role-refused', message: say('plan.roleIsPlan', { role }) };
}

async function namesake(stores: GuildStores, name: string): Promise<Plan | undefined> {
  return (await stores.plans.list()).find((plan) => plan.name.toLowerCase() === name.toLowerCase());
}

async function detailsOf(stores: GuildStores, plan: Plan, now: Date): Promise<PlanDetails> {
  const [libraries, servers, grants, invites, rolePlans] = await Promise.all([
    stores.libraries.list(),
    stores.servers.list(),
    stores.grants.count({ planId: plan.id, states: RUNNING, at: now }),
    openInvites(stores, plan.id, now),
    stores.rolePlans.list(),
  ]);
  const roleIds = rolePlans.filter(({ planId }) => planId === plan.id).map(({ roleId }) => roleId);
  const named = libraries.filter(({ id }) => plan.libraryIds.includes(id));
  const used = new Set(named.map(({ serverId }) => serverId));
  return {
    plan,
    libraries: named,
    servers: servers.filter(({ id }) => used.has(id)),
    uses: { grants, invites: invites.length, roleIds },
  };
}

async function openInvites(stores: GuildStores, planId: string, now: Date) {
  const invites = await stores.invites.list();
  return invites.filter((invite) => invite.planId === planId && isOpen(invite, now));
}

async function revokeInvites(tx: GuildStores, planId: string, actorId: ActorId, now: Date): Promise<void> {
  for (const invite of await openInvites(tx, planId, now)) {
    if (!(await tx.invites.revoke(invite.id, now))) continue;
    const facts = { invite: invite.prefix, detail: say('audit.note.planDeleted') };
    await tx.audit.append({ action: 'invite.revoked', actorId, targetId: invite.memberId, facts, at: now });
  }
}

async function previewIn(
  stores: GuildStores,
  planId: string,
  changes: PlanChanges & Partial<Pick<Plan, 'roleById'>>,
  now: Date,
): Promise<PlanPreview | undefined> {
  const plan = await stores.plans.find(planId);
  if (!plan) return undefined;
  const before = await detailsOf(stores, plan, now);
  const after = await detailsOf(
    stores,
    { ...plan, ...changes, ...(changes.name && { name: changes.name.trim() }) },
    now,
  );
  const running = await stores.grants.list({ planId, states: RUNNING });
  const memberIds = [...new Set(running.map(({ memberId }) => memberId))];
  const [grants, libraries, servers] = await Promise.all([
    stores.grants.list({ memberIds, states: ['active'] }),
    stores.libraries.list(),
    stores.servers.list(),
  ]);
  const changed = grants.map((grant) =>
    grant.planId === planId ? { ...grant, libraryIds: after.plan.libraryIds } : grant,
  );
  const effects = effectOf(grants, changed, libraries).flatMap((effect) => {
    const server = servers.find(({ id }) => id === effect.serverId);
    return server ? [{ ...effect, server }] : [];
  });
  return { before, after, runningIds: running.map(({ id }) => id), memberIds, effects };
}

/**
 * Returns the grants that were changed: one that has these libraries already, by hand or by an earlier edit, is
 * not.
 */
async function propagateLibraries(
  ledger: Ledger,
  grants: readonly Grant[],
  libraryIds: NonEmpty<string>,
  actorId: ActorId,
): Promise<readonly Grant[]> {
  const changed: Grant[] = [];
  for (const grant of grants) {
    if (!(await ledger.differs(grant, libraryIds))) continue;
    changed.push(
      await ledger.change(grant, { libraryIds }, { actorId, detail: say('audit.note.planEdited') }),
    );
  }
  return changed;
}

function differences(before: PlanDetails, after: PlanDetails): readonly Sentence[] {
  const [old, now] = [before.plan, after.plan];
  const names = (details: PlanDetails, other: PlanDetails) =>
    details.libraries.filter(({ id }) => !other.plan.libraryIds.includes(id)).map(({ name }) => name);
  const [added, removed] = [names(after, before), names(before, after)];
  const lasts = ({ duration }: Plan) =>
    duration === '' ? say('shared.forGood') : say('audit.lasts', { length: storedLength(duration) });
  const atEnd = ({ expiryAction }: Plan) => say(`audit.expiry.${expiryAction ?? 'server'}`);
  return [
    old.name !== now.name && say('audit.note.called', { name: old.name }),
    added.length > 0 && say('audit.note.added', { libraries: added }),
    removed.length > 0 && say('audit.note.removed', { libraries: removed }),
    old.duration !== now.duration && say('audit.plan.lasts', { lasts: lasts(now), before: lasts(old) }),
    old.expiryAction !== now.expiryAction &&
      say('audit.plan.atEnd', { action: atEnd(now), before: atEnd(old) }),
    old.renewals !== now.renewals &&
      say('audit.plan.renewals', { count: now.renewals, before: old.renewals }),
    old.renewalRoleId !== now.renewalRoleId && say('audit.plan.renewalRole'),
    old.roleId !== now.roleId && say('audit.plan.otherRole'),
    // Whoever had attached it may be no admin any more, and then it is not given.
    old.roleId === now.roleId && old.roleById !== now.roleById && say('audit.plan.roleAgain'),
  ].filter((part) => part !== false);
}
