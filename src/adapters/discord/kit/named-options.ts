/** Options by which people name a thing (a server, a plan, a grant): their completion, and what was meant. */

import type { App } from '../../../app/app.ts';
import type { GuildId } from '../../../domain/ids.ts';
import type { Grant, GrantState, Plan, Server } from '../../../domain/model.ts';
import { listNames } from '../../../domain/name-list.ts';
import { matches, type Picked, pick } from '../../../domain/pick.ts';
import { pickProblem } from '../views/picked.ts';
import type { View } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';

type Autocomplete = App['autocomplete'];
type Uses = Pick<App, 'autocomplete'>;

/** What was meant, or a view that says why that is not clear. */
export type Named<T> =
  | { readonly kind: 'named'; readonly item: T }
  | { readonly kind: 'problem'; readonly view: View };

/** As many as Discord offers. */
const CHOICES = 25;
const NONE = 'none';

function namedOption<T extends { readonly name?: string }>(options: {
  readonly what: Parameters<typeof pickProblem>[0];
  readonly description: string;
  readonly find: (autocomplete: Autocomplete, guildId: GuildId, typed: string) => Promise<Picked<T>>;
  readonly offer: (autocomplete: Autocomplete, guildId: GuildId, typed: string) => Promise<readonly Choice[]>;
}) {
  const { what, description, find, offer } = options;

  async function named(app: Uses, guildId: GuildId, typed: string): Promise<Named<T>>;
  /** `item` is undefined when nothing was typed. */
  async function named(app: Uses, guildId: GuildId, typed: string | undefined): Promise<Named<T | undefined>>;
  async function named(
    { autocomplete }: Uses,
    guildId: GuildId,
    typed: string | undefined,
  ): Promise<Named<T | undefined>> {
    if (typed === undefined) return { kind: 'named', item: undefined };
    const picked = await find(autocomplete, guildId, typed);
    return picked.kind === 'one'
      ? { kind: 'named', item: picked.item }
      : { kind: 'problem', view: pickProblem(what, typed, picked) };
  }

  return {
    needed: text(description, { required: true, autocomplete: true }),
    /** `says` tells what it means to leave the option out. */
    optional: (says: string) => text(says, { autocomplete: true }),
    complete: ({ guildId, typed }: CompleteInput, { autocomplete }: Uses) =>
      offer(autocomplete, guildId, typed),
    pick: named,
  };
}

export const serverOption = namedOption<Server>({
  what: 'server',
  description: 'Which server',
  find: (autocomplete, guildId, typed) => autocomplete.pickServer(guildId, typed),
  offer: (autocomplete, guildId, typed) => autocomplete.completeServers(guildId, typed),
});

export const planOption = namedOption<Plan>({
  what: 'plan',
  description: 'Which plan',
  find: (autocomplete, guildId, typed) => autocomplete.pickPlan(guildId, typed),
  offer: (autocomplete, guildId, typed) => autocomplete.completePlans(guildId, typed),
});

/** A library that can be granted. */
export const libraryOption = namedOption<{ readonly id: string; readonly name: string }>({
  what: 'library',
  description: 'Which library',
  find: (autocomplete, guildId, typed) => autocomplete.pickGrantable(guildId, typed),
  offer: (autocomplete, guildId, typed) => autocomplete.completeLibraries(guildId, typed),
});

/** Any library, gone ones included. */
export const anyLibraryOption = namedOption<{ readonly id: string; readonly name: string }>({
  what: 'library',
  description: 'Which library',
  find: (autocomplete, guildId, typed) => autocomplete.pickLibrary(guildId, typed),
  offer: (autocomplete, guildId, typed) => autocomplete.completeAllLibraries(guildId, typed),
});

/** A library of one server, or none at all. */
export const libraryOnServerOption = {
  optional: (says: string) => text(says, { autocomplete: true }),

  async complete({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> {
    const libraries = await autocomplete.completeLibraries(guildId, typed);
    return [{ name: NONE, value: NONE }, ...libraries].slice(0, CHOICES);
  },

  /** Its id, or null for none; undefined when nothing was typed. */
  async pick(
    { autocomplete }: Uses,
    guildId: GuildId,
    serverId: string,
    typed: string | undefined,
  ): Promise<Named<string | null | undefined>> {
    if (typed === undefined) return { kind: 'named', item: undefined };
    if (typed.trim().toLowerCase() === NONE) return { kind: 'named', item: null };
    const libraries = (await autocomplete.grantableLibraries(guildId))
      .filter(({ library }) => library.serverId === serverId)
      .map(({ library, name }) => ({ id: library.id, name, short: library.name }));
    const picked = pick(libraries, typed, (item) => [item.name, item.short]);
    return picked.kind === 'one'
      ? { kind: 'named', item: picked.item.id }
      : { kind: 'problem', view: pickProblem('library', typed, picked) };
  },
};

const NOTHING_BESIDE = 'nothing beside';

/** An account of one server that new ones copy, or none. */
export const templateOption = {
  optional: (says: string) => text(says, { autocomplete: true }),

  async complete({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> {
    const accounts = await autocomplete.completeTemplates(guildId, typed);
    return [{ name: NOTHING_BESIDE, value: NOTHING_BESIDE }, ...accounts].slice(0, CHOICES);
  },

  /** Its id on the server, or null for nothing beside; undefined when nothing was typed. */
  async pick(
    { autocomplete }: Uses,
    guildId: GuildId,
    serverId: string,
    typed: string | undefined,
  ): Promise<Named<string | null | undefined>> {
    if (typed === undefined) return { kind: 'named', item: undefined };
    if (typed.trim().toLowerCase() === NOTHING_BESIDE) return { kind: 'named', item: null };
    const picked = await autocomplete.pickTemplate(guildId, serverId, typed);
    return picked.kind === 'one'
      ? { kind: 'named', item: picked.item.externalId }
      : { kind: 'problem', view: pickProblem('account', typed, picked) };
  },
};

/** A grant, by number or chosen from those in these states. */
export function grantOption(...states: readonly GrantState[]) {
  return namedOption<Grant & { readonly name?: never }>({
    what: 'grant',
    description: 'The grant: its number, or choose from the list',
    find: (autocomplete, guildId, typed) => autocomplete.pickGrant(guildId, typed),
    offer: (autocomplete, guildId, typed) => offerGrants(autocomplete, guildId, typed, states),
  });
}

async function offerGrants(
  autocomplete: Autocomplete,
  guildId: GuildId,
  typed: string,
  states: readonly GrantState[],
): Promise<readonly Choice[]> {
  const grants = await autocomplete.grantsIn(guildId, states);
  return grants
    .map(({ grant, libraries }) => {
      const names = listNames(
        libraries.map((library) => library.name),
        3,
      );
      const state = states.length > 1 ? ` · ${grant.state}` : '';
      return {
        name: `#${grant.number}${state} · member ${grant.memberId} · ${names}`,
        value: grant.id,
      };
    })
    .filter(({ name }) => matches(name, typed))
    .slice(0, CHOICES);
}
