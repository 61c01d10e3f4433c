/** Options by which people name a thing (a server, a plan, a grant): their completion, and what was meant. */

import type { App } from '../../../app/app.ts';
import type { NamedAccount } from '../../../app/ports/stores/accounts.ts';
import type { NamedLibrary } from '../../../app/queries/named-libraries.ts';
import type { GuildId } from '../../../domain/ids.ts';
import type { Grant, GrantState, Invite, Plan, Server } from '../../../domain/model.ts';
import type { Picked } from '../../../domain/pick.ts';
import { briefList, onServer, validFor, whenPlain, whoPlain } from '../views/brief.ts';
import { pickProblem } from '../views/picked.ts';
import { say, type Text, type View } from '../views/view.ts';
import { type Choice, type CompleteInput, text } from './command.ts';

type Autocomplete = App['autocomplete'];
type Uses = Pick<App, 'autocomplete'>;

/** What was meant, or a view that says why that is not clear. */
export type Named<T> =
  | { readonly kind: 'named'; readonly item: T }
  | { readonly kind: 'problem'; readonly view: View };

/** As many as Discord offers. */
const CHOICES = 25;

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

/** Something of one server, or a word for none of them. */
function optionOnServer<T extends { readonly name?: string }>(options: {
  readonly what: Parameters<typeof pickProblem>[0];
  readonly none: string;
  readonly find: (autocomplete: Autocomplete, of: OnServer) => Promise<Picked<T>>;
  readonly offer: (autocomplete: Autocomplete, guildId: GuildId, typed: string) => Promise<readonly Choice[]>;
  readonly idOf: (item: T) => string;
}) {
  const { what, none, find, offer, idOf } = options;
  return {
    optional: (says: string) => text(says, { autocomplete: true }),

    async complete({ guildId, typed }: CompleteInput, { autocomplete }: Uses): Promise<readonly Choice[]> {
      const offered = await offer(autocomplete, guildId, typed);
      return [{ name: none, value: none }, ...offered].slice(0, CHOICES);
    },

    /** Its id, or null for none; undefined when nothing was typed. */
    async pick(
      { autocomplete }: Uses,
      guildId: GuildId,
      serverId: string,
      typed: string | undefined,
    ): Promise<Named<string | null | undefined>> {
      if (typed === undefined) return { kind: 'named', item: undefined };
      if (typed.trim().toLowerCase() === none) return { kind: 'named', item: null };
      const picked = await find(autocomplete, { guildId, serverId, typed });
      return picked.kind === 'one'
        ? { kind: 'named', item: idOf(picked.item) }
        : { kind: 'problem', view: pickProblem(what, typed, picked) };
    },
  };
}

interface OnServer {
  readonly guildId: GuildId;
  readonly serverId: string;
  readonly typed: string;
}

/** A library of one server. */
export const libraryOnServerOption = optionOnServer<{ readonly id: string; readonly name: string }>({
  what: 'library',
  none: 'none',
  find: (autocomplete, { guildId, serverId, typed }) => autocomplete.pickGrantable(guildId, typed, serverId),
  offer: (autocomplete, guildId, typed) => autocomplete.completeLibraries(guildId, typed),
  idOf: ({ id }) => id,
});

/** An account of one server that new ones copy; its id is that on the server. */
export const templateOption = optionOnServer<NamedAccount>({
  what: 'account',
  none: 'nothing beside',
  find: (autocomplete, { guildId, serverId, typed }) => autocomplete.pickTemplate(guildId, serverId, typed),
  offer: (autocomplete, guildId, typed) => autocomplete.completeTemplates(guildId, typed),
  idOf: ({ externalId }) => externalId,
});

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
  const grants = await autocomplete.grantsIn(guildId, states, typed);
  return grants.map(({ grant, who, libraries, at }) => ({
    name: say('grant.list.choice', {
      who: whoPlain(who),
      what: briefly(libraries),
      when: whenPlain(grant, at),
      number: String(grant.number),
    }),
    value: grant.id,
  }));
}

/** An invite that can be redeemed: by the beginning of its code, or chosen. */
export const inviteOption = namedOption<Invite & { readonly name: string }>({
  what: 'invite',
  description: 'Which invite: the beginning of its code, or choose from the list',
  find: (autocomplete, guildId, typed) => autocomplete.pickInvite(guildId, typed),
  async offer(autocomplete, guildId, typed) {
    const invites = await autocomplete.openInvites(guildId, typed);
    return invites.map(({ invite, who, libraries, at }) => {
      const [what, when] = [briefly(libraries), validFor(invite, at)];
      const { prefix } = invite;
      return {
        name:
          invite.memberId === null
            ? say('invite.list.choice', { prefix, what, when })
            : say('invite.list.choiceFor', { prefix, what, when, who: whoPlain(who) }),
        value: invite.id,
      };
    });
  },
});

const briefly = (libraries: readonly NamedLibrary[]): Text =>
  briefList(
    libraries.map(({ name, short }) => onServer(name.slice(0, -short.length).replace(/ · $/, ''), short)),
  );
