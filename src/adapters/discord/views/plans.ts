import type { PlanDetails } from '../../../app/grants/plans.ts';
import { describeDuration, parseDuration } from '../../../domain/duration.ts';
import type { ExpiryAction, Plan } from '../../../domain/model.ts';
import { counted, nameList } from './media.ts';
import { join, type Md, md, mention } from './view.ts';

export const EXPIRY_ACTIONS = ['withdraw', 'disable', 'delete'] as const satisfies readonly ExpiryAction[];

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
