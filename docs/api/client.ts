/**
 * A client of Usher's API, written by `npm run client` from openapi.json. It needs nothing but fetch: copy it into your
 * program. A change that waits for a server is answered with `location`: ask `getOperation` how far it is.
 */

export interface LibraryRef {
  id: string;
  name: string;
  serverId: string;
  serverName: string;
}

export interface Grant {
  id: string;
  /** The number that people see, such as #12. */
  number: number;
  /** Discord user id. */
  memberId: string;
  state: 'scheduled' | 'active' | 'paused' | 'ending' | 'ended';
  source: 'command' | 'invite' | 'role' | 'imported';
  planId: string | null;
  planName: string | null;
  libraries: LibraryRef[];
  /** ISO 8601, UTC. */
  startsAt: string;
  /** Null is for good. */
  expiresAt: string | null;
  /** While it is paused: what is left. Null is for good. */
  remainingSeconds: number | null;
  endCause: 'expired' | 'revoked' | 'removed' | null;
  /** When a server was seen to show it gone. */
  endedAt: string | null;
  reason: string | null;
  /** Discord user id, or api:request:name. */
  createdBy: string;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** applied: every server shows it. waiting: it is tried without limit. needs-person: it does not go by itself. overtaken: somebody has changed it since. */
  progress: 'applied' | 'waiting' | 'needs-person' | 'overtaken';
  servers: ({
    serverId: string;
    serverName: string;
    /** applied, queued, failed, no-account, invited, still-open, not-now … */
    application: string;
    /** When the server was seen to show it. */
    seenAt: string | null;
    why: string | null;
  })[];
}

export interface Server {
  id: string;
  kind: string;
  name: string;
  version: string | null;
  /** For the scope admin only. */
  url: string | null;
  publicUrl: string | null;
  isOnline: boolean;
  offlineSince: string | null;
  /** Nothing is given there until an admin has looked. */
  isFrozen: boolean;
  checkedAt: string | null;
  lastSyncAt: string | null;
  libraries: number;
  accounts: {
    has: number;
    invited: number;
    none: number;
  };
}

export interface SyncReport {
  serverId: string;
  isSynced: boolean;
  why: string | null;
  added: string[];
  gone: string[];
  libraries: number;
  drift: string[];
}

export interface Library {
  id: string;
  name: string;
  serverId: string;
  serverName: string;
  type: string;
  state: 'there' | 'missing' | 'gone' | 'closed';
  /** Accounts that were last seen to have it. */
  users: number;
  invited: number;
}

export interface Permission {
  /** Null for an account that is no member’s. */
  userId: string | null;
  account: string | null;
  /** What the server was last seen to show. */
  has: 'yes' | 'invited' | 'no' | 'no-account';
  /** A change is still to be made. */
  isQueued: boolean;
  grants: ({
    number: number;
    state: 'scheduled' | 'active' | 'paused' | 'ending' | 'ended';
    /** Null is for good. */
    expiresAt: string | null;
  })[];
}

export interface Member {
  /** Discord user id. */
  userId: string;
  name: string | null;
  leftAt: string | null;
  note: string | null;
  accounts: ({
    serverId: string;
    serverName: string;
    name: string;
    isPending: boolean;
    isDisabled: boolean;
    seenAt: string | null;
  })[];
  /** All that are not over, and the newest of those that are. */
  grants: Grant[];
}

export interface Invite {
  id: string;
  /** The first four characters of the code. */
  prefix: string;
  state: 'open' | 'used' | 'expired' | 'revoked';
  memberId: string | null;
  planId: string | null;
  libraries: LibraryRef[];
  /** Such as 30d; null is for good. */
  duration: string | null;
  usesMax: number;
  usesLeft: number;
  /** ISO 8601, UTC. */
  validUntil: string;
  note: string | null;
  redeemedBy: string[];
  /** ISO 8601, UTC. */
  createdAt: string;
}

export interface MadeInvite {
  id: string;
  /** The first four characters of the code. */
  prefix: string;
  state: 'open' | 'used' | 'expired' | 'revoked';
  memberId: string | null;
  planId: string | null;
  libraries: LibraryRef[];
  /** Such as 30d; null is for good. */
  duration: string | null;
  usesMax: number;
  usesLeft: number;
  /** ISO 8601, UTC. */
  validUntil: string;
  note: string | null;
  redeemedBy: string[];
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Shown this once, and kept nowhere. */
  code: string;
  /** How the direct message fared. */
  dm: 'none' | 'sent' | 'closed' | 'refused' | 'on-its-way';
}

export interface Plan {
  id: string;
  name: string;
  libraries: LibraryRef[];
  /** Such as 30d; null is for good. */
  duration: string | null;
  /** Null: as the server says. */
  expiryAction: 'withdraw' | 'disable' | 'delete' | null;
  roleId: string | null;
  renewals: number;
  uses: {
    grants: number;
    invites: number;
    roles: number;
  };
  /** ISO 8601, UTC. */
  createdAt: string;
}

export interface AuditEvent {
  number: number;
  /** noun.verb, such as grant.created. */
  action: string;
  /** Discord user id, api:request:name, or null for Usher itself. */
  actorId: string | null;
  program: {
    name: string;
    requestId: string;
  } | null;
  targetId: string | null;
  /** ISO 8601, UTC. */
  at: string;
  facts: Record<string, unknown>;
}

export interface Job {
  job: string;
  lastAt: string | null;
  lastOutcome: 'ok' | 'failed' | null;
  lastDetail: string | null;
  nextAt: string | null;
}

export interface OverdueChange {
  account: string;
  memberId: string | null;
  serverId: string;
  why: string | null;
  nextTryAt: string | null;
  /** A person has to act. */
  isRefused: boolean;
}

export interface Operation {
  id: string;
  /** applied: every server shows it. waiting: it is tried without limit. needs-person: it does not go by itself. overtaken: somebody has changed it since. failed: a sync has read nothing, and sync.why says why. */
  progress: 'applied' | 'waiting' | 'needs-person' | 'overtaken' | 'failed';
  /** ISO 8601, UTC. */
  createdAt: string;
  /** What a change was about; none of a sync. */
  grants: Grant[];
  /** Of a sync; null of a change. What others changed there stands in the record. */
  sync: {
    serverId: string;
    /** Null until it is over. */
    isSynced: boolean | null;
    why: string | null;
    added: string[];
    gone: string[];
    libraries: number;
  } | null;
}

export interface Span {
  state: 'scheduled' | 'active' | 'paused' | 'ending' | 'ended';
  /** ISO 8601, UTC. */
  startsAt: string;
  /** Null is for good. */
  expiresAt: string | null;
  remainingSeconds: number | null;
  libraryIds: string[];
}

export interface Preview {
  dryRun: true;
  wouldChange: boolean;
  /** Why nothing would change. */
  says: string | null;
  /** What staff would be asked about first. */
  warnings: string[];
  grants: ({
    number: number | null;
    before: Span | null;
    after: Span | null;
  })[];
  /** What a new plan or invite would give. */
  adds: LibraryRef[];
  /** What a member would lose. */
  removes: LibraryRef[];
}

export interface Problem {
  /** Stays the same for ever. */
  type: 'urn:usher:problem:invalid' | 'urn:usher:problem:unauthorized' | 'urn:usher:problem:insufficient-scope' | 'urn:usher:problem:not-found' | 'urn:usher:problem:needs-confirmation' | 'urn:usher:problem:refused' | 'urn:usher:problem:guild-full' | 'urn:usher:problem:name-taken' | 'urn:usher:problem:in-use' | 'urn:usher:problem:key-in-use' | 'urn:usher:problem:answer-lost' | 'urn:usher:problem:changed' | 'urn:usher:problem:too-large' | 'urn:usher:problem:unsupported-media-type' | 'urn:usher:problem:key-reused' | 'urn:usher:problem:unclear' | 'urn:usher:problem:too-many-requests' | 'urn:usher:problem:broken' | 'urn:usher:problem:unavailable';
  /** The type in words. */
  title: string;
  status: number;
  /** The sentence that a person would get, in English. */
  detail: string;
  /** Id of the request, as in the log and in the record. */
  instance: string;
  /** Where it does not fit. */
  errors?: {
    pointer: string;
    detail: string;
  }[];
}

export interface Answer<Body> {
  readonly status: number;
  readonly body: Body;
  readonly etag: string | null;
  readonly location: string | null;
}

/** What cannot be done, and why: `problem.type` for programs, `message` for people. */
export class UsherProblem extends Error {
  override readonly name = 'UsherProblem';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

interface Options {
  /** Where Usher is, such as https://usher.example. */
  readonly url: string;
  readonly token: string;
  readonly fetch?: typeof fetch;
}

interface Headers {
  /** Sent again with the same key within a day, it is done once. */
  readonly idempotencyKey?: string;
  /** An `etag`: what was changed since is left as it is. */
  readonly ifMatch?: string;
}

interface Sent extends Headers {
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

export function createClient({ url, token, fetch: ask = fetch }: Options) {
  async function send<Body>(method: string, path: string, sent: Sent = {}): Promise<Answer<Body>> {
    const address = new URL(url.replace(/\/$/, '') + path);
    for (const [name, value] of Object.entries(sent.query ?? {}))
      if (value !== undefined) address.searchParams.set(name, String(value));
    const answer = await ask(address, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(sent.body !== undefined && { 'content-type': 'application/json' }),
        ...(sent.idempotencyKey !== undefined && { 'idempotency-key': sent.idempotencyKey }),
        ...(sent.ifMatch !== undefined && { 'if-match': sent.ifMatch }),
      },
      ...(sent.body !== undefined && { body: JSON.stringify(sent.body) }),
    });
    const body = await answer.json();
    if (!answer.ok) throw new UsherProblem(body as Problem);
    const { status, headers } = answer;
    return { status, body: body as Body, etag: headers.get('etag'), location: headers.get('location') };
  }

  return {
    /** All media servers. */
    listServers: () =>
      send<{
        items: Server[];
      }>('GET', `/v1/servers`),

    /** One media server. */
    getServer: (serverId: string) =>
      send<Server>('GET', `/v1/servers/${encodeURIComponent(serverId)}`),

    /** Look now at what a server has and who has access. */
    syncServer: (serverId: string, sent?: Headers) =>
      send<SyncReport | Operation>('POST', `/v1/servers/${encodeURIComponent(serverId)}/sync`, sent),

    /** Libraries of all servers, or of one. */
    listLibraries: (sent?: { query?: { cursor?: string; limit?: number; serverId?: string } }) =>
      send<{
        items: Library[];
        /** Null on the last page. */
        nextCursor: string | null;
      }>('GET', `/v1/libraries`, sent),

    /** Who has a library, by the last reading, and which grant gives it; what ends next comes first. */
    listPermissions: (libraryId: string, sent?: { query?: { cursor?: string; limit?: number } }) =>
      send<{
        items: Permission[];
        /** Null on the last page. */
        nextCursor: string | null;
      }>('GET', `/v1/libraries/${encodeURIComponent(libraryId)}/permissions`, sent),

    /** Give a member the library: that makes a grant. */
    giveLibrary: (libraryId: string, sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        /** Discord user id. */
        userId: string;
        /** A length: 12h, 30d, 3mo, 1mo15d. Without for and until: for good, or as the plan says. */
        for?: string;
        /** A moment: ISO 8601, in the time zone of the community without an offset. */
        until?: string;
        /** Why; it is kept in the record. */
        reason?: string;
        /** Also where staff would be asked first: 409 needs-confirmation says why. */
        anyway?: boolean;
      } } & Headers) =>
      send<Preview | Grant>('POST', `/v1/libraries/${encodeURIComponent(libraryId)}/permissions`, sent),

    /** Take the library from a member: out of every grant that gives it now. */
    takeLibrary: (libraryId: string, userId: string, sent?: { query?: { dryRun?: 'true' | 'false' } } & Headers) =>
      send<{
        grants: Grant[];
      } | Preview>('DELETE', `/v1/libraries/${encodeURIComponent(libraryId)}/permissions/${encodeURIComponent(userId)}`, sent),

    /** A member, with accounts and access. */
    getMember: (userId: string) =>
      send<Member>('GET', `/v1/members/${encodeURIComponent(userId)}`),

    /** Access that was given, newest first. */
    listGrants: (sent?: { query?: { cursor?: string; limit?: number; userId?: string; state?: 'scheduled' | 'active' | 'paused' | 'ending' | 'ended'; serverId?: string; planId?: string } }) =>
      send<{
        items: Grant[];
        /** Null on the last page. */
        nextCursor: string | null;
      }>('GET', `/v1/grants`, sent),

    /** Give a member access. */
    giveAccess: (sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        /** Discord user id. */
        userId: string;
        /** A plan; or else libraryIds. */
        planId?: string;
        libraryIds?: string[];
        /** A length: 12h, 30d, 3mo, 1mo15d. Without for and until: for good, or as the plan says. */
        for?: string;
        /** A moment: ISO 8601, in the time zone of the community without an offset. */
        until?: string;
        /** From when; now without it. */
        start?: string;
        /** Why; it is kept in the record. */
        reason?: string;
        /** Also where staff would be asked first: 409 needs-confirmation says why. */
        anyway?: boolean;
      } } & Headers) =>
      send<Preview | Grant>('POST', `/v1/grants`, sent),

    /** One grant, and how it stands on each server. */
    getGrant: (number: number) =>
      send<Grant>('GET', `/v1/grants/${encodeURIComponent(number)}`),

    /** Another end, or other libraries. */
    changeGrant: (number: number, sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        /** The new end; null is for good. */
        until?: string | null;
        /** What it gives from now on. */
        libraryIds?: string[];
        /** Why; it is kept in the record. */
        reason?: string;
      } } & Headers) =>
      send<Grant | Preview>('PATCH', `/v1/grants/${encodeURIComponent(number)}`, sent),

    /** End access now. */
    endGrant: (number: number, sent?: { query?: { dryRun?: 'true' | 'false'; reason?: string } } & Headers) =>
      send<Grant | Preview>('DELETE', `/v1/grants/${encodeURIComponent(number)}`, sent),

    /** More time: from its end, or from now when it is over. */
    extendGrant: (number: number, sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        /** 30d, 3mo, 1mo15d */
        by: string;
        /** Why; it is kept in the record. */
        reason?: string;
      } } & Headers) =>
      send<Grant | Preview>('POST', `/v1/grants/${encodeURIComponent(number)}/extend`, sent),

    /** Stop the clock: no access meanwhile. */
    pauseGrant: (number: number, sent?: { query?: { dryRun?: 'true' | 'false' }; body?: {
        /** Why; it is kept in the record. */
        reason?: string;
      } | null } & Headers) =>
      send<Grant | Preview>('POST', `/v1/grants/${encodeURIComponent(number)}/pause`, sent),

    /** Let a paused grant go on. */
    resumeGrant: (number: number, sent?: { query?: { dryRun?: 'true' | 'false' }; body?: {
        /** Why; it is kept in the record. */
        reason?: string;
      } | null } & Headers) =>
      send<Grant | Preview>('POST', `/v1/grants/${encodeURIComponent(number)}/resume`, sent),

    /** Invites in a state. */
    listInvites: (sent?: { query?: { cursor?: string; limit?: number; state?: 'open' | 'used' | 'expired' | 'revoked' } }) =>
      send<{
        items: Invite[];
        /** Null on the last page. */
        nextCursor: string | null;
      }>('GET', `/v1/invites`, sent),

    /** Make a code; with a userId it is theirs alone and sent to them by direct message. */
    makeInvite: (sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        /** Discord user id. */
        userId?: string;
        /** A plan; or else libraryIds. */
        planId?: string;
        libraryIds?: string[];
        /** A length: 12h, 30d, 3mo, 1mo15d. Without for and until: for good, or as the plan says. */
        for?: string;
        uses?: number;
        /** How long the code can be redeemed. */
        valid?: string;
        note?: string;
      } } & Headers) =>
      send<Preview | MadeInvite>('POST', `/v1/invites`, sent),

    /** One invite. */
    getInvite: (inviteId: string) =>
      send<Invite>('GET', `/v1/invites/${encodeURIComponent(inviteId)}`),

    /** Nobody can redeem it any more; grants that were made by it stay. */
    revokeInvite: (inviteId: string, sent?: { query?: { dryRun?: 'true' | 'false' } } & Headers) =>
      send<Invite | Preview>('DELETE', `/v1/invites/${encodeURIComponent(inviteId)}`, sent),

    /** All plans. */
    listPlans: () =>
      send<{
        items: Plan[];
      }>('GET', `/v1/plans`),

    /** Make a plan. */
    createPlan: (sent: { query?: { dryRun?: 'true' | 'false' }; body: {
        name: string;
        libraryIds: string[];
        /** A length: 12h, 30d, 3mo, 1mo15d. Without for and until: for good, or as the plan says. */
        for?: string;
        expiryAction?: 'withdraw' | 'disable' | 'delete';
      } } & Headers) =>
      send<Preview | Plan>('POST', `/v1/plans`, sent),

    /** One plan. */
    getPlan: (planId: string) =>
      send<Plan>('GET', `/v1/plans/${encodeURIComponent(planId)}`),

    /** Change a plan: for new grants, or with propagate=true for running ones as well. */
    editPlan: (planId: string, sent: { query?: { dryRun?: 'true' | 'false'; propagate?: 'true' | 'false' }; body: {
        name?: string;
        libraryIds?: string[];
        /** A length; null is for good. */
        for?: string | null;
        expiryAction?: 'withdraw' | 'disable' | 'delete' | null;
      } } & Headers) =>
      send<Plan | Preview>('PATCH', `/v1/plans/${encodeURIComponent(planId)}`, sent),

    /** Delete a plan that is not in use, or with endUses=true end its uses first. */
    deletePlan: (planId: string, sent?: { query?: { dryRun?: 'true' | 'false'; endUses?: 'true' | 'false' } } & Headers) =>
      send<{
        name: string;
        stillOpen: number;
      } | Preview>('DELETE', `/v1/plans/${encodeURIComponent(planId)}`, sent),

    /** The record, newest first. */
    listAudit: (sent?: { query?: { cursor?: string; limit?: number; userId?: string } }) =>
      send<{
        items: AuditEvent[];
        /** Null on the last page. */
        nextCursor: string | null;
      }>('GET', `/v1/audit`, sent),

    /** What Usher does by itself, and what is overdue. */
    listJobs: () =>
      send<{
        items: Job[];
        ending: number;
        overdue: OverdueChange[];
      }>('GET', `/v1/jobs`),

    /** How far something is that was answered with 202. */
    getOperation: (operationId: string) =>
      send<Operation>('GET', `/v1/operations/${encodeURIComponent(operationId)}`),
  };
}
