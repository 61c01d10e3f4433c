/** How a command comes to its grant: by number, or chosen from what Discord offers while people type. */
import type { App } from '../../../app/app.ts';
import type { Grant, GrantState } from '../../../domain/model.ts';
import { matches } from '../../../domain/pick.ts';
import { nameList } from '../views/media.ts';
import { pickProblem } from '../views/picked.ts';
import type { View } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';

type Uses = Pick<App, 'autocomplete'>;

const CHOICES = 25;

export const grantOption = text('The grant: its number, or choose from the list', {
  required: true,
  autocomplete: true,
});

/** The grant that was meant, or a view that says that there is none. */
export async function pickedGrant(
  autocomplete: App['autocomplete'],
  guildId: string,
  typed: string,
): Promise<
  { readonly kind: 'grant'; readonly grant: Grant } | { readonly kind: 'problem'; readonly view: View }
> {
  const picked = await autocomplete.pickGrant(guildId, typed);
  if (picked.kind === 'one') return { kind: 'grant', grant: picked.item };
  return { kind: 'problem', view: pickProblem('grant', typed, { kind: 'none' }) };
}

/** Offers grants in these states. */
export function completeGrants(...states: readonly GrantState[]) {
  return async ({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> => {
    const grants = await autocomplete.grantsIn(guildId, states);
    return grants
      .map(({ grant, libraries }) => {
        const names = nameList(
          libraries.map((library) => library.name),
          3,
        );
        const state = states.length > 1 ? ` · ${grant.state}` : '';
        return {
          name: `#${grant.number}${state} · member ${grant.memberId} · ${names.markdown}`,
          value: grant.id,
        };
      })
      .filter(({ name }) => matches(name, typed))
      .slice(0, CHOICES);
  };
}
