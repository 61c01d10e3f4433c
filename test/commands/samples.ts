/** Values of an app that is not there: nouns with what matters in a test, and stubs that many commands need. */

import type { PlanDetails } from '../../src/app/grants/plans.ts';
import { makeTimeInput } from '../../src/app/guild/time-input.ts';
import type { Deps } from '../../src/app/ports/deps.ts';
import type { NamedAccount } from '../../src/app/ports/stores/accounts.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { MemberCard } from '../../src/app/queries/member-card.ts';
import { beginList, completeList } from '../../src/domain/complete-list.ts';
import type { Account, AuditFacts, Grant, Library, Plan, Server } from '../../src/domain/model.ts';
import { nameIndex, nameMatcher, pick } from '../../src/domain/pick.ts';
import { pickList } from '../../src/domain/pick-list.ts';
import { say } from '../../src/words/say.ts';
import type { Stubs } from '../support/command-input.ts';
import { noon } from '../support/moments.ts';
import { ADA, STAFF } from '../support/people.ts';
import * as rows from '../support/rows.ts';

export const NOON = noon;

export const aServer = (changes: Partial<Server> = {}): Server =>
  rows.aServer({
    identity: 'identity-of-tower',
    version: '1.43',
    checkedAt: NOON,
    lastSyncAt: NOON,
    ...changes,
  });

export const aLibrary = (name: string, changes: Partial<Library> = {}): Library =>
  rows.aLibrary(name.toLowerCase(), {
    externalId: name.toLowerCase(),
    name,
    firstSeenAt: NOON,
    ...changes,
  });

export const anAccount = (changes: Partial<Account> = {}): Account =>
  rows.anAccount({ id: 'account', memberId: ADA, ...changes });

export const aGrant = (changes: Partial<Grant> = {}): Grant =>
  rows.aGrant({ id: 'grant-7', number: 7, memberId: ADA, createdById: STAFF, ...changes });

export const aPlan = (changes: Partial<Plan> = {}): Plan =>
  rows.aPlan('family', { name: 'Family', libraryIds: ['movies'], ...changes });

export const MOVIES = aLibrary('Movies');
const SHOWS = aLibrary('Shows', { type: 'shows' });

export function planDetails(changes: Partial<PlanDetails> = {}): PlanDetails {
  return {
    plan: aPlan(),
    libraries: [MOVIES],
    servers: [aServer()],
    uses: { grants: 0, invites: 0, roleIds: [] },
    ...changes,
  };
}

/** A grant that is applied on Tower, unless said otherwise. */
export function standingOf(
  changes: Partial<Grant> = {},
  application: GrantStanding['servers'][number]['application'] = { kind: 'applied' },
): GrantStanding {
  const servers = [{ server: aServer(), application }];
  return {
    grant: aGrant(changes),
    planName: null,
    libraries: [MOVIES],
    servers,
    keeps: [],
    invitesAgain: [],
  };
}

export const anEvent = (action: 'grant.created' | 'grant.extended', facts: AuditFacts = {}) =>
  ({ number: 3, action, actorId: STAFF, targetId: ADA, facts, at: NOON }) as const;

/** An account that new ones can copy, and one that the server does not have any more. */
export const aNamed: NamedAccount = {
  ...{ id: 'template-1', externalId: '77', name: 'like me' },
  ...{ protection: null, signsInElsewhere: false, memberId: null, formerMemberId: null },
};
const TEMPLATES = [aNamed, { ...aNamed, id: 'template-2', externalId: '78', name: 'old one' }];

/** What people can name: Tower, its Movies and Shows, the plan Family and grant #7. */
export function names(
  changes: { readonly servers?: readonly Server[] } = {},
): NonNullable<Stubs['autocomplete']> {
  const servers = changes.servers ?? [aServer()];
  const items = [MOVIES, SHOWS].map(({ id, serverId, name }) => ({
    ...{ id, serverId, name: `Tower · ${name}`, short: name },
    ...{ gone: false, missing: false },
  }));
  const choices = (all: readonly { readonly id: string; readonly name: string }[], typed: string) => {
    const isMeant = nameMatcher(typed);
    return all.filter(({ name }) => isMeant(name)).map(({ id, name }) => ({ name, value: id }));
  };
  const index = nameIndex(items, (item) => [item.name, item.short]);
  return {
    pickServer: async (_guildId, typed) => pick(servers, typed, ({ name }) => [name]),
    pickPlan: async (_guildId, typed) => pick([aPlan()], typed, ({ name }) => [name]),
    pickGrant: async (_guildId, typed) =>
      typed === '7' || typed === 'grant-7' ? { kind: 'one', item: aGrant() } : { kind: 'none' },
    pickTemplate: async (_guildId, _serverId, typed) => pick(TEMPLATES, typed, ({ name }) => [name]),
    completeTemplates: async (_guildId, typed) => choices([aNamed], typed),
    pickLibrary: async (_guildId, typed) => index.pick(typed),
    pickGrantable: async (_guildId, typed) => index.pick(typed),
    pickLibraries: async (_guildId, typed) => pickList(index, typed),
    completeLibraryList: async (_guildId, typed) => completeList(index, typed, 25),
    beginLibraryList: async (_guildId, typed) => beginList(index, typed),
    grantableLibraries: async () => items,
    completeServers: async (_guildId, typed) => choices(servers, typed),
    completePlans: async (_guildId, typed) => choices([aPlan()], typed),
    completeLibraries: async (_guildId, typed) => choices(items, typed),
    completeAllLibraries: async (_guildId, typed) => choices(items, typed),
    grantsIn: async (_guildId, _states, typed) =>
      typed === 'nobody' ? [] : [{ grant: aGrant(), who: 'ada', libraries: items.slice(0, 1), at: NOON }],
  };
}

/** Durations as they are; every moment is noon, a day later for an end. */
export function times(): NonNullable<Stubs['timeInput']> {
  const tomorrow = new Date(NOON.getTime() + 86_400_000);
  return {
    // Needs nothing of what there is.
    duration: makeTimeInput({} as Deps).duration,
    async span(_guildId, typed) {
      if (typed.for !== undefined && typed.until !== undefined)
        return { kind: 'problem', message: say('typing.time.bothEnds') };
      const ends = typed.for !== undefined || typed.until !== undefined;
      return { kind: 'ok', value: { startsAt: NOON, expiresAt: ends ? tomorrow : null } };
    },
    end: async (_guildId, typed) => ({ kind: 'ok', value: typed === 'never' ? null : tomorrow }),
    after: async () => ({ kind: 'ok', value: tomorrow }),
  };
}

/** What people are called: Ada, and the staff. */
export function people(): NonNullable<Stubs['people']> {
  const all = new Map<string, string>([
    [ADA, 'Ada'],
    [STAFF, 'Olga'],
  ]);
  return { named: async (_guildId, ids) => new Map([...all].filter(([id]) => ids.includes(id))) };
}

/** Ada's card: Movies on Tower, unless said otherwise. */
export const memberCard = (changes: Partial<MemberCard> = {}): MemberCard => ({
  memberId: ADA,
  now: NOON,
  member: { userId: ADA, name: 'Ada', dmState: 'open', locale: null, note: null, leftAt: null },
  accounts: [{ account: anAccount(), server: aServer() }],
  running: [standingOf()],
  ...{ ended: [], left: [], invites: [], asked: [] },
  ...changes,
});

export { memoryDrafts } from '../support/command-input.ts';
