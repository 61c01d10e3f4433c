/** How a command comes to its plan. */
import type { App } from '../../../app/app.ts';
import type { Plan } from '../../../domain/model.ts';
import { pickProblem } from '../views/picked.ts';
import { md, problem, type View } from '../views/view.ts';
import type { CompleteInput } from './command.ts';

/** The plan that was meant, or a view that says why it is not clear. */
export async function pickedPlan(
  autocomplete: App['autocomplete'],
  guildId: string,
  typed: string,
): Promise<
  { readonly kind: 'plan'; readonly plan: Plan } | { readonly kind: 'problem'; readonly view: View }
> {
  const picked = await autocomplete.pickPlan(guildId, typed);
  return picked.kind === 'one'
    ? { kind: 'plan', plan: picked.item }
    : { kind: 'problem', view: pickProblem('plan', typed, picked) };
}

/** The plan of a grant or invite that is to be made; libraries beside it would be two answers to one question. */
export async function byPlan(
  autocomplete: App['autocomplete'],
  guildId: string,
  typed: string,
  libraries: string | undefined,
): ReturnType<typeof pickedPlan> {
  if (libraries === undefined) return await pickedPlan(autocomplete, guildId, typed);
  const view = problem(
    md`Give either a plan or libraries`,
    md`Nothing was done.`,
    md`A plan has its libraries.`,
  );
  return { kind: 'problem', view };
}

export const completePlans = (
  { guildId, typed }: CompleteInput,
  { autocomplete }: Pick<App, 'autocomplete'>,
) => autocomplete.completePlans(guildId, typed);
