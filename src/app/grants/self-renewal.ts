/** Members renew by themselves what their plan lets them, as often as it does and while they hold its role. */
import { parseDuration } from '../../domain/duration.ts';
import { decideGrantChange } from '../../domain/grant-change.ts';
import { asActor, type GuildId, type MemberId } from '../../domain/ids.ts';
import type { Grant, Plan } from '../../domain/model.ts';
import { renewalOf } from '../../domain/renewal.ts';
import { type Sentence, say } from '../../words/say.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { inLedger } from '../ledger/ledger.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, standingOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

export type SelfRenewal =
  | { readonly kind: 'renewed'; readonly standing: GrantStanding }
  /** It was renewed before, or the plan does not let them any more. */
  | { readonly kind: 'not-now' }
  | { readonly kind: 'no'; readonly message: Sentence }
  | { readonly kind: 'lacks-role'; readonly roleId: string }
  | { readonly kind: 'unsure'; readonly why: Trouble };

export function makeSelfRenewal(deps: Deps, applyNow: ApplyNow) {
  /** Undefined when the member cannot renew it themselves, for the `times`-th time, as it was offered. */
  async function offered(
    stores: GuildStores,
    { memberId, grantId, times }: Pick<Wish, 'memberId' | 'grantId' | 'times'>,
  ): Promise<{ readonly grant: Grant; readonly plan: Plan } | undefined> {
    const grant = await stores.grants.find(grantId);
    if (grant?.memberId !== memberId || grant.planId === null || grant.renewals !== times) return undefined;
    const [plan, { mayAsk }] = await Promise.all([stores.plans.find(grant.planId), stores.settings.get()]);
    const now = deps.clock.now();
    return plan && renewalOf(grant, plan, { mayAsk, now }) === 'self' ? { grant, plan } : undefined;
  }

  interface Wish {
    readonly guildId: GuildId;
    readonly memberId: MemberId;
    readonly grantId: string;
    /** How often it had been renewed when this was offered, so that a second press is not a second time. */
    readonly times: number;
  }

  return {
    /** Renews it for as long as its plan lasts, and applies it as far as the servers answer in time. */
    async renew(wish: Wish): Promise<SelfRenewal> {
      const { guildId, memberId, grantId } = wish;
      const before = await offered(deps.stores.of(guildId), wish);
      if (!before) return { kind: 'not-now' };
      const { renewalRoleId: roleId } = before.plan;
      // Roles are Discord's, and it is asked now: nothing tells that somebody has lost one, or left.
      const outside = await outsiderTrouble(deps, guildId, memberId);
      if (outside) return { kind: 'unsure', why: outside };
      const roles = roleId === null ? undefined : await deps.guilds.rolesOf(guildId, memberId);
      if (roles?.kind === 'unknown') return { kind: 'unsure', why: roles.why };
      if (roleId !== null && !holds(roles?.value, roleId, guildId)) return { kind: 'lacks-role', roleId };
      if (deps.clockHold.isHeld()) return { kind: 'no', message: say('grant.no.clock') };
      const made = await deps.stores.transaction(guildId, async (tx): Promise<SelfRenewal | 'renewed'> => {
        const now = await offered(tx, wish);
        if (now?.plan.renewalRoleId !== roleId) return { kind: 'not-now' };
        return await extend(tx, now);
      });
      if (made !== 'renewed') return made;
      await applyNow(guildId, [memberId]);
      return { kind: 'renewed', standing: await standingOf(deps, deps.stores.of(guildId), grantId) };
    },
  };

  async function extend(
    tx: GuildStores,
    { grant, plan }: { readonly grant: Grant; readonly plan: Plan },
  ): Promise<SelfRenewal | 'renewed'> {
    const lasts = parseDuration(plan.duration);
    if (lasts.kind === 'problem') throw new Error('a plan holds a duration that is none');
    const { zone } = await tx.settings.get();
    const action = { kind: 'extend', by: lasts.duration } as const;
    const decision = decideGrantChange(grant, action, deps.clock.now(), zone);
    if (decision.kind === 'no') return decision;
    const { memberId, renewals } = grant;
    const detail = say('audit.note.renewed', { times: renewals + 1, most: plan.renewals });
    await inLedger(deps, tx, { memberIds: [memberId] }, (ledger) =>
      ledger.change(
        grant,
        { ...decision.changes, renewals: renewals + 1 },
        { action: 'grant.extended', actorId: asActor(memberId), detail },
      ),
    );
    return 'renewed';
  }
}

/** @everyone has the id of its guild, and nobody's roles name it. */
const holds = (roles: readonly string[] | undefined, roleId: string, guildId: GuildId): boolean =>
  roles !== undefined && (roles.includes(roleId) || roleId === guildId);
