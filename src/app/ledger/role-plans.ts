/** A role is no plan any more. */
import type { ActorId } from '../../domain/ids.ts';
import { mentionedRole, type Sentence, say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { askAboutLosses, decideLosses } from './by-role.ts';

interface Ended {
  readonly actorId: ActorId;
  readonly roleId: string;
  readonly planId: string;
}

/** Takes it away, in the transaction of whatever does that; what it has given ends after its grace. */
export async function endRolePlan(
  deps: Pick<Deps, 'codes' | 'clock' | 'limits'>,
  tx: GuildStores,
  { actorId, roleId, planId }: Ended,
): Promise<void> {
  const now = deps.clock.now();
  const [rolePlans, plan, grants] = await Promise.all([
    tx.rolePlans.list(),
    tx.plans.find(planId),
    tx.grants.listByRole(),
  ]);
  const theirs = grants.filter((one) => one.roleId === roleId && one.planId === planId);
  const values = { role: mentionedRole(roleId), plan: plan?.name ?? '' };
  const detail = say('audit.note.rolePlanOver', values);
  await decideLosses(
    deps,
    tx,
    theirs.filter(({ roleState }) => roleState === 'held' || roleState === 'asked'),
    { keep: false, entry: { actorId, detail }, rolePlans },
  );
  await tx.rolePlans.remove(roleId, planId);
  await noteRolePlan(tx, actorId, say('audit.setting.rolePlanOff', values), now);
  await askAboutLosses(deps, tx, { roleId, isGone: false, now });
}

export async function noteRolePlan(
  tx: GuildStores,
  actorId: ActorId,
  detail: Sentence,
  at: Date,
): Promise<void> {
  await tx.audit.append({ action: 'settings.changed', actorId, facts: { detail }, at });
}
