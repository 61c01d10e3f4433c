/** What a grant or an invite is to give: what a plan says, typed libraries, or what is yet to be chosen from a list. */

import type { App } from '../../../app/app.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { problem, say } from '../views/view.ts';
import { librariesOption } from './libraries-option.ts';
import { type Named, planOption } from './named-options.ts';

/** Undefined `libraryIds` are still to be chosen. */
export interface Gift {
  readonly libraryIds?: readonly string[];
  /** Of those, what was named before a list became too long. */
  readonly ticked?: readonly string[];
  readonly planId?: string;
  /** How long the plan lasts. */
  readonly lasts?: string;
}

/** A gift whose libraries are known. */
export type ChosenGift = Gift & Required<Pick<Gift, 'libraryIds'>>;

export const giftOptions = {
  plan: planOption.optional('What and how long, as the plan says'),
  libraries: librariesOption.optional('One or more, separated by commas; leave out to choose from a list'),
};

export const completeGift = { plan: planOption.complete, libraries: librariesOption.completeOrChoose };

export async function pickGift(
  app: Pick<App, 'autocomplete'>,
  guildId: GuildId,
  { plan, libraries }: { readonly plan?: string; readonly libraries?: string },
): Promise<Named<Gift>> {
  if (plan !== undefined && libraries !== undefined) {
    return { kind: 'problem', view: problem(say('typing.planOrLibraries'), say('typing.planHasItsOwn')) };
  }
  if (plan === undefined) {
    const picked = await librariesOption.pickOrChoose(app, guildId, libraries);
    if (picked.kind === 'problem') return picked;
    const { item: libraryIds, ticked } = picked;
    return { kind: 'named', item: { ...(libraryIds && { libraryIds }), ...(ticked && { ticked }) } };
  }
  const picked = await planOption.pick(app, guildId, plan);
  if (picked.kind === 'problem') return picked;
  const { id, libraryIds, duration } = picked.item;
  return { kind: 'named', item: { planId: id, libraryIds, ...(duration && { lasts: duration }) } };
}
