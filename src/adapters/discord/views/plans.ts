/** How plans are put into words, and how a command comes to its plan; shared by commands. */
import type { App } from '../../../app/app.ts';
import type { PlanSheet } from '../../../app/grants/plans.ts';
import { describeDuration, parseDuration } from '../../../domain/duration.ts';
import type { ExpiryAction, Plan } from '../../../domain/model.ts';
import type { CompleteInput } from '../kit/command.ts';
import { counted, nameList } from './media.ts';
import { pickProblem } from './picked.ts';
import { join, type Md, md, mention, problem, type View } from './view.ts';

export const EXPIRY_ACTIONS = ['withdraw', 'disable', 'delete'] as const satisfies readonly ExpiryAction[];

/** All of a plan. */
export function planText(sheet: PlanSheet): Md {
  const { plan, uses } = sheet;
  return join(
    [
      md`**${plan.name}** · ${lasts(plan)}`,
      ...librariesByServer(sheet),
      ...(plan.roleId === null ? [] : [md`Role while it lasts: ${mention.role(plan.roleId)}`]),
      md`When it ends: ${plan.expiryAction ?? 'as the server says'}`,
      md`In use: ${counted(uses.grants, 'grant', 'grants')}, ${counted(uses.invites, 'open invite', 'open invites')}`,
    ],
    '\n',
  );
}

function librariesByServer({ libraries, servers }: PlanSheet): readonly Md[] {
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

/** The plan that was meant, or a view that says why it is not clear. */
export async function pickedPlan(
  plans: App['plans'],
  guildId: string,
  typed: string,
): Promise<
  { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'problem'; readonly view: View }
> {
  const picked = await plans.pick(guildId, typed);
  return picked.kind === 'one'
    ? { kind: 'plan', plan: picked.item }
    : { kind: 'problem', view: pickProblem('plan', typed, picked) };
}

/** The plan of a grant or invite that is to be made; libraries beside it would be two answers to one question. */
export async function byPlan(
  plans: App['plans'],
  guildId: string,
  typed: string,
  libraries: string | undefined,
): ReturnType<typeof pickedPlan> {
  if (libraries === undefined) return await pickedPlan(plans, guildId, typed);
  const view = problem(
    md`Give either a plan or libraries`,
    md`Nothing was done.`,
    md`A plan has its libraries.`,
  );
  return { kind: 'problem', view };
}

export const completePlans = ({ guildId, typed }: CompleteInput, { overview }: Pick<App, 'overview'>) =>
  overview.completePlans(guildId, typed);
