/** How plans are put into words; shared by commands. */

import type { DeletePlanResult, PlanDetails, PlanPreview } from '../../../app/grants/plans.ts';
import { describeDuration, parseDuration } from '../../../domain/duration.ts';
import type { ExpiryAction, Grant, Plan } from '../../../domain/model.ts';
import { noLongerHere } from './answers.ts';
import { effectLines } from './grant-changes.ts';
import { spanOf } from './grants.ts';
import { counted, nameList } from './media.ts';
import { card, code, join, type Md, md, mention, type View } from './view.ts';

export const EXPIRY_ACTIONS = ['withdraw', 'disable', 'delete'] as const satisfies readonly ExpiryAction[];

const HOLDERS_SHOWN = 15;

/** All of a plan. */
export function planText(details: PlanDetails): Md {
  const { plan, uses } = details;
  return join(
    [
      md`**${plan.name}** · ${lasts(plan)}`,
      ...librariesByServer(details),
      ...(plan.roleId === null ? [] : [md`Role while it lasts: ${mention.role(plan.roleId)}`]),
      md`When it ends: ${plan.expiryAction ?? 'as the server says'}`,
      md`In use: ${counted(uses.grants, 'grant', 'grants')}, ${counted(uses.invites, 'open invite', 'open invites')}`,
    ],
    '\n',
  );
}

function librariesByServer({ libraries, servers }: PlanDetails): readonly Md[] {
  return servers.map(({ id, name }) => {
    const names = libraries
      .filter((library) => library.serverId === id)
      .map((library) => (library.goneAt === null ? library.name : `${library.name} (gone)`));
    return md`**${name}** · ${nameList(names)}`;
  });
}

/** `1 month`, or `for good`. */
function lasts({ duration }: Pick<Plan, 'duration'>): string {
  const parsed = parseDuration(duration);
  return parsed.kind === 'duration' ? describeDuration(parsed.duration) : 'for good';
}

/** What an edit means for running grants, if that is asked. */
export function planEffectText({ before, effects }: PlanPreview, asksForRunning: boolean): Md {
  if (!asksForRunning)
    return md`A new duration counts for new grants; role and expiry action count for running ones at once.`;
  const lines = effectLines(effects);
  return md`For ${counted(before.uses.grants, 'running grant', 'running grants')} this would mean:\n${lines.length > 0 ? lines : md`nothing different: other grants give the same.`}`;
}

/** Who has a plan now; undefined when nobody has. */
export function planHoldersText(grants: readonly Grant[]): Md | undefined {
  const lines = grants
    .slice(0, HOLDERS_SHOWN)
    .map((grant) => md`#${grant.number} ${mention.user(grant.memberId)} · ${grant.state} · ${spanOf(grant)}`);
  const more = grants.length - lines.length;
  if (lines.length === 0) return undefined;
  return join([...lines, ...(more > 0 ? [md`and ${more} more`] : [])], '\n');
}

/** What came of deleting a plan, unless it is in use. */
export function deletedPlanView(result: Exclude<DeletePlanResult, { kind: 'in-use' }>): View {
  if (result.kind === 'gone') return noLongerHere('plan');
  const { name, stillOpen } = result;
  const open = md`The access of ${counted(stillOpen, 'grant', 'grants')} is not confirmed gone yet and stays due; see ${code('/grant list state:ending')}.`;
  return card(
    stillOpen > 0 ? 'warning' : 'good',
    md`**The plan “${name}” is deleted.**`,
    stillOpen > 0 ? open : undefined,
  );
}
