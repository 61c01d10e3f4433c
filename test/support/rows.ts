/** Whole rows for tests. A new column gets its value here, and nowhere else. */

import type { SeenAccount } from '../../src/app/ports/stores/accounts.ts';
import type { ApiCall } from '../../src/app/ports/stores/api.ts';
import type { NewServer } from '../../src/app/ports/stores/servers.ts';
import type { WebhookCiphers } from '../../src/app/ports/stores/webhooks.ts';
import type { GuildStores } from '../../src/app/ports/stores.ts';
import type { Arrival } from '../../src/domain/arrival.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type {
  Account,
  AuditEvent,
  Grant,
  Invite,
  Library,
  Plan,
  Server,
  SignIn,
} from '../../src/domain/model.ts';
import type { ApiToken } from '../../src/domain/programs.ts';
import type { Webhook } from '../../src/domain/webhook.ts';
import { HOUR, later, noon } from './moments.ts';
import { ada, ann, staff } from './people.ts';

/** Plex server Tower, of which nothing is known but that it answers. */
export function aServer(changes: Partial<Server> = {}): Server {
  return {
    id: 'tower',
    kind: 'plex',
    name: 'Tower',
    url: 'http://tower.test',
    localUrl: null,
    publicUrl: null,
    identity: 'identity-tower',
    ownerAccountId: null,
    tokenLast4: 'last',
    clientIdentifier: null,
    tokenMade: false,
    certificate: null,
    plainHttp: false,
    version: null,
    status: 'online',
    checkedAt: null,
    offlineWhy: null,
    offlineSince: null,
    failedChecks: 0,
    nextProbeAt: null,
    sharingFailedChecks: 0,
    sharingWhy: null,
    sharingSince: null,
    frozenWhy: null,
    frozenAt: null,
    lastSyncAt: null,
    defaultLibraryId: null,
    expiryAction: 'withdraw',
    driftPolicy: 'report',
    templateAccountId: null,
    requestsUrl: null,
    signInPlugins: null,
    ...changes,
  };
}

/** A library of Tower that is there, named by its id. */
export function aLibrary(id: string, changes: Partial<Library> = {}): Library {
  return {
    id,
    serverId: 'tower',
    externalId: `x-${id}`,
    identity: null,
    formerIds: [],
    name: id,
    type: 'movies',
    firstSeenAt: new Date(0),
    closed: null,
    missingSince: null,
    goneAt: null,
    ...changes,
  };
}

/** Ada's on Tower: Movies, seen and given. */
export function anAccount(changes: Partial<Account> = {}): Account {
  return {
    id: 'a',
    serverId: 'tower',
    externalId: '77',
    name: 'ada',
    emailMasked: null,
    protection: null,
    memberId: ada,
    missingSince: null,
    formerMemberId: null,
    createdByUs: false,
    signsInElsewhere: false,
    seenAccess: 'libraries',
    pending: false,
    disabled: false,
    disabledByUs: false,
    seenAt: noon,
    dueAt: null,
    attempts: 0,
    trouble: null,
    refused: false,
    lossApproved: false,
    deleteAt: null,
    seen: ['movies'],
    given: ['movies'],
    inFlight: [],
    ended: [],
    elsewhere: [],
    endedAt: null,
    doubtSince: null,
    lookAt: null,
    leaving: [],
    writtenAt: null,
    ...changes,
  };
}

/** An account that is surely Ada's by its name. */
export function anArrival(accountId: string, memberId: MemberId = ada): Arrival {
  return { accountId, memberId, score: 96, why: 'name', isSure: true, isLookedUp: false, aside: null };
}

/** Ada's: Movies, since noon and for good. */
export function aGrant(changes: Partial<Grant> = {}): Grant {
  return {
    id: 'g',
    number: 1,
    memberId: ada,
    source: 'command',
    planId: null,
    inviteId: null,
    roleId: null,
    roleState: null,
    roleLostAt: null,
    leftAt: null,
    endBeforeLeft: null,
    state: 'active',
    startsAt: noon,
    expiresAt: null,
    pausedAt: null,
    remainingSeconds: null,
    endCause: null,
    endingAt: null,
    endedAt: null,
    overdueAlertedAt: null,
    renewals: 0,
    reason: null,
    createdById: staff,
    createdAt: noon,
    libraryIds: ['movies'],
    ...changes,
  };
}

/** Movies and Shows for thirty days. */
export function aPlan(id: string, changes: Partial<Plan> = {}): Plan {
  return {
    id,
    name: `plan ${id}`,
    duration: '30d',
    expiryAction: null,
    roleId: null,
    roleById: null,
    renewals: 0,
    renewalRoleId: null,
    createdAt: noon,
    libraryIds: ['movies', 'shows'],
    ...changes,
  };
}

/** For whoever has the code, once within an hour of noon: Movies and Shows for thirty days. */
export function anInvite(id: string, changes: Partial<Invite> = {}): Invite {
  return {
    id,
    prefix: 'ABCD',
    memberId: null,
    planId: null,
    duration: '30d',
    usesMax: 1,
    usesLeft: 1,
    validUntil: later(HOUR),
    roleId: null,
    note: null,
    createdById: staff,
    createdAt: noon,
    revokedAt: null,
    claimChannelId: null,
    libraryIds: ['movies', 'shows'],
    ...changes,
  };
}

/** Staff gave Ada a grant. */
export function anEvent(changes: Partial<AuditEvent> = {}): AuditEvent {
  return {
    number: 1,
    action: 'grant.created',
    actorId: staff,
    targetId: ada,
    facts: {},
    at: noon,
    ...changes,
  };
}

// ------------------------------------------------------------- as stores take them: without what is yet to happen

type Added<Store extends keyof GuildStores> = GuildStores[Store] extends { add(row: infer Row): unknown }
  ? Row
  : never;

/** Ada asks for more time with Movies. */
export function newRequest(id: string, changes: Partial<Added<'requests'>> = {}): Added<'requests'> {
  return {
    ...{ id, memberId: ada, grantId: 'g', planId: null, libraryIds: ['movies'] },
    ...{ lasts: '', note: null, createdAt: noon },
    ...changes,
  };
}

/** A Plex server with its sealed token. */
export function newServer(id: string, changes: Partial<NewServer> = {}): NewServer {
  const { kind } = aServer();
  return {
    id,
    kind,
    name: `name-${id}`,
    url: 'http://plex.test:32400',
    identity: `identity-${id}`,
    ownerAccountId: '1',
    tokenCipher: `cipher-${id}`,
    tokenLast4: 'abcd',
    version: '1.42',
    checkedAt: noon,
    ...changes,
  };
}

/** Seen at noon, on the server `plex` unless said otherwise. */
export function newLibrary(id: string, changes: Partial<Added<'libraries'>> = {}): Added<'libraries'> {
  const { missingSince, goneAt, formerIds, ...row } = aLibrary(id, { serverId: 'plex', firstSeenAt: noon });
  return { ...row, ...changes };
}

/** Somebody of the server `plex`, linked to nobody, who has nothing. */
export function aSeenAccount(id: string, changes: Partial<SeenAccount> = {}): SeenAccount {
  const { emailMasked, pending, disabled, signsInElsewhere } = anAccount();
  return {
    id,
    serverId: 'plex',
    externalId: id,
    name: id,
    emailMasked,
    protection: null,
    signsInElsewhere,
    seenAccess: 'none',
    pending,
    disabled,
    seen: [],
    seenAt: noon,
    ...changes,
  };
}

/** Ann's, for an hour, from no plan and no invite. */
export function newGrant(id: string, changes: Partial<Added<'grants'>> = {}): Added<'grants'> {
  const { number, planId, inviteId, ...row } = aGrant({ id, memberId: ann, expiresAt: later(HOUR) });
  const { pausedAt, remainingSeconds, endCause, endingAt, endedAt, overdueAlertedAt, ...rest } = row;
  const { roleId, roleState, roleLostAt, leftAt, endBeforeLeft, ...given } = rest;
  return { ...given, state: 'active', ...changes };
}

/** With the HMAC of its code. */
export function newInvite(id: string, changes: Partial<Added<'invites'>> = {}): Added<'invites'> {
  const { usesLeft, revokedAt, ...row } = anInvite(id);
  return { ...row, codeHmac: `hmac-${id}`, ...changes };
}

/** A sign-in of Ann's at a page, which nobody has approved. */
export function aSignIn(
  id: string,
  { pinCipher = 'pin', ...changes }: Partial<SignIn> & { readonly pinCipher?: string } = {},
): SignIn & { readonly pinCipher: string } {
  return {
    id,
    memberId: ann,
    kind: 'plex',
    serverId: null,
    state: 'waiting',
    expiresAt: noon,
    clientIdentifier: 'client',
    externalId: null,
    accountName: null,
    ...changes,
    pinCipher,
  };
}

/** A token for everything, named by its id. */
export function anApiToken(
  id: string,
  changes: Partial<ApiToken & { hmac: string }> = {},
): ApiToken & { readonly hmac: string } {
  return {
    ...{ id, name: id, scope: 'admin', hmac: `hmac of ${id}`, last4: 'last' },
    ...{ createdById: staff, createdAt: noon, expiresAt: null, lastUsedAt: null },
    ...changes,
  };
}

/** A call with the token `tokenId`. */
export function anApiCall(
  tokenId: string,
  changes: Partial<ApiCall> = {},
): Omit<ApiCall, 'auditNumber' | 'answerCipher'> {
  return { tokenId, key: 'key', id: 'request', bodyHash: 'body', at: noon, ...changes };
}

/** A webhook for everything, to which nothing was sent. */
export function aWebhook(
  id: string,
  changes: Partial<Webhook & WebhookCiphers> = {},
): Webhook & WebhookCiphers {
  return {
    ...{ id, name: `${id}.example`, events: [], sentNumber: 0, dueAt: noon, attempts: 0, failingSince: null },
    ...{ answeredAt: null, status: null, trouble: null, formerUntil: null, createdAt: noon },
    ...{ urlCipher: 'url', secretCipher: 'secret', formerCipher: null },
    ...changes,
  };
}
