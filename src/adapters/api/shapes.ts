/** What programs are told: the shapes of it, from which the description is made. */
import { z } from 'zod';
import { API_SCOPES } from '../../domain/programs.ts';

const moment = z.iso.datetime().describe('ISO 8601, UTC.');
const id = z.string().min(1).max(64);
/** Null is for good. */
const end = moment.nullable().describe('Null is for good.');

export const userId = z
  .string()
  .regex(/^\d{15,20}$/)
  .describe('Discord user id.');
/** What is told of somebody: whoever was forgotten has a name of another form. */
const person = z.string().describe('Discord user id.');
export const grantNumber = z.coerce.number().int().min(1).max(999_999_999);
export const states = ['scheduled', 'active', 'paused', 'ending', 'ended'] as const;
const expiryAction = z.enum(['withdraw', 'disable', 'delete']);

export const libraryRef = z
  .object({ id, name: z.string(), serverId: id, serverName: z.string() })
  .meta({ id: 'LibraryRef' });

export const progress = z
  .enum(['applied', 'waiting', 'needs-person', 'overtaken'])
  .describe(
    'applied: every server shows it. waiting: it is tried without limit. needs-person: it does not go by itself. overtaken: somebody has changed it since.',
  );

export const grant = z
  .object({
    id,
    number: z.int().describe('The number that people see, such as #12.'),
    memberId: person,
    state: z.enum(states),
    source: z.enum(['command', 'invite', 'role', 'imported']),
    planId: id.nullable(),
    planName: z.string().nullable(),
    libraries: z.array(libraryRef),
    startsAt: moment,
    expiresAt: end,
    remainingSeconds: z.int().nullable().describe('While it is paused: what is left. Null is for good.'),
    endCause: z.enum(['expired', 'revoked', 'removed']).nullable(),
    endedAt: moment.nullable().describe('When a server was seen to show it gone.'),
    reason: z.string().nullable(),
    createdBy: z.string().describe('Discord user id, or api:request:name.'),
    createdAt: moment,
    progress,
    servers: z.array(
      z.object({
        serverId: id,
        serverName: z.string(),
        application: z
          .string()
          .describe('applied, queued, failed, no-account, invited, still-open, not-now …'),
        seenAt: moment.nullable().describe('When the server was seen to show it.'),
        why: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Grant' });

export const server = z
  .object({
    id,
    kind: z.string(),
    name: z.string(),
    version: z.string().nullable(),
    url: z.string().nullable().describe('For the scope admin only.'),
    publicUrl: z.string().nullable(),
    isOnline: z.boolean(),
    offlineSince: moment.nullable(),
    isFrozen: z.boolean().describe('Nothing is given there until an admin has looked.'),
    checkedAt: moment.nullable(),
    lastSyncAt: moment.nullable(),
    libraries: z.int(),
    accounts: z.object({ has: z.int(), invited: z.int(), none: z.int() }),
  })
  .meta({ id: 'Server' });

export const syncReport = z
  .object({
    serverId: id,
    isSynced: z.boolean(),
    why: z.string().nullable(),
    added: z.array(z.string()),
    gone: z.array(z.string()),
    libraries: z.int(),
    drift: z.array(z.string()),
  })
  .meta({ id: 'SyncReport' });

export const library = z
  .object({
    ...libraryRef.shape,
    type: z.string(),
    state: z.enum(['there', 'missing', 'gone', 'closed']),
    users: z.int().describe('Accounts that were last seen to have it.'),
    invited: z.int(),
  })
  .meta({ id: 'Library' });

export const permission = z
  .object({
    userId: person.nullable().describe('Null for an account that is no member’s.'),
    account: z.string().nullable(),
    has: z.enum(['yes', 'invited', 'no', 'no-account']).describe('What the server was last seen to show.'),
    isQueued: z.boolean().describe('A change is still to be made.'),
    grants: z.array(z.object({ number: z.int(), state: z.enum(states), expiresAt: end })),
  })
  .meta({ id: 'Permission' });

export const member = z
  .object({
    userId: person,
    name: z.string().nullable(),
    leftAt: moment.nullable(),
    note: z.string().nullable(),
    accounts: z.array(
      z.object({
        serverId: id,
        serverName: z.string(),
        name: z.string(),
        isPending: z.boolean(),
        isDisabled: z.boolean(),
        seenAt: moment.nullable(),
      }),
    ),
    grants: z.array(grant).describe('All that are not over, and the newest of those that are.'),
  })
  .meta({ id: 'Member' });

export const invite = z
  .object({
    id,
    prefix: z.string().describe('The first four characters of the code.'),
    state: z.enum(['open', 'used', 'expired', 'revoked']),
    memberId: person.nullable(),
    planId: id.nullable(),
    libraries: z.array(libraryRef),
    duration: z.string().nullable().describe('Such as 30d; null is for good.'),
    usesMax: z.int(),
    usesLeft: z.int(),
    validUntil: moment,
    note: z.string().nullable(),
    redeemedBy: z.array(person),
    createdAt: moment,
  })
  .meta({ id: 'Invite' });

export const madeInvite = z
  .object({
    ...invite.shape,
    code: z.string().describe('Shown this once, and kept nowhere.'),
    dm: z.enum(['none', 'sent', 'closed', 'refused', 'on-its-way']).describe('How the direct message fared.'),
  })
  .meta({ id: 'MadeInvite' });

export const plan = z
  .object({
    id,
    name: z.string(),
    libraries: z.array(libraryRef),
    duration: z.string().nullable().describe('Such as 30d; null is for good.'),
    expiryAction: expiryAction.nullable().describe('Null: as the server says.'),
    roleId: z.string().nullable(),
    renewals: z.int(),
    uses: z.object({ grants: z.int(), invites: z.int(), roles: z.int() }),
    createdAt: moment,
  })
  .meta({ id: 'Plan' });

export const auditEvent = z
  .object({
    number: z.int(),
    action: z.string().describe('noun.verb, such as grant.created.'),
    actorId: z.string().nullable().describe('Discord user id, api:request:name, or null for Usher itself.'),
    program: z.object({ name: z.string(), requestId: z.string() }).nullable(),
    targetId: z.string().nullable(),
    at: moment,
    facts: z.record(z.string(), z.unknown()),
  })
  .meta({ id: 'AuditEvent' });

export const job = z
  .object({
    job: z.string(),
    lastAt: moment.nullable(),
    lastOutcome: z.enum(['ok', 'failed']).nullable(),
    lastDetail: z.string().nullable(),
    nextAt: moment.nullable(),
  })
  .meta({ id: 'Job' });

export const overdue = z
  .object({
    account: z.string(),
    memberId: z.string().nullable(),
    serverId: id,
    why: z.string().nullable(),
    nextTryAt: moment.nullable(),
    isRefused: z.boolean().describe('A person has to act.'),
  })
  .meta({ id: 'OverdueChange' });

export const operation = z
  .object({
    id,
    progress: z
      .enum([...progress.options, 'failed'])
      .describe(`${progress.description} failed: a sync has read nothing, and sync.why says why.`),
    createdAt: moment,
    grants: z.array(grant).describe('What a change was about; none of a sync.'),
    sync: z
      .object({
        ...syncReport.omit({ drift: true }).shape,
        isSynced: z.boolean().nullable().describe('Null until it is over.'),
      })
      .nullable()
      .describe('Of a sync; null of a change. What others changed there stands in the record.'),
  })
  .meta({ id: 'Operation' });

const span = z
  .object({
    state: z.enum(states),
    startsAt: moment,
    expiresAt: end,
    remainingSeconds: z.int().nullable(),
    libraryIds: z.array(id),
  })
  .meta({ id: 'Span' });

export const preview = z
  .object({
    dryRun: z.literal(true),
    wouldChange: z.boolean(),
    says: z.string().nullable().describe('Why nothing would change.'),
    warnings: z.array(z.string()).describe('What staff would be asked about first.'),
    grants: z.array(
      z.object({ number: z.int().nullable(), before: span.nullable(), after: span.nullable() }),
    ),
    adds: z.array(libraryRef).describe('What a new plan or invite would give.'),
    removes: z.array(libraryRef).describe('What a member would lose.'),
  })
  .meta({ id: 'Preview' });

/** A page of a list; ask again with its cursor for what follows. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable().describe('Null on the last page.') });

export const paging = {
  cursor: z.string().max(200).optional().describe('nextCursor of the page before.'),
  limit: z.coerce.number().int().min(1).max(100).default(50),
};

export const dryRun = {
  dryRun: z
    .enum(['true', 'false'])
    .default('false')
    .describe('true: says what it would do, and does nothing.'),
};

/** How somebody says what is given: as people type it. */
export const gives = {
  planId: id.optional().describe('A plan; or else libraryIds.'),
  libraryIds: z.array(id).min(1).max(500).optional(),
};
export const lasts = {
  for: z
    .string()
    .min(1)
    .max(40)
    .optional()
    .describe('A length: 12h, 30d, 3mo, 1mo15d. Without for and until: for good, or as the plan says.'),
  until: z
    .string()
    .min(1)
    .max(60)
    .optional()
    .describe('A moment: ISO 8601, in the time zone of the community without an offset.'),
};
export const anyway = z
  .boolean()
  .default(false)
  .describe('Also where staff would be asked first: 409 needs-confirmation says why.');
export const reason = z.string().max(200).optional().describe('Why; it is kept in the record.');
export const name = z.string().min(1).max(100);
export const scope = z.enum(API_SCOPES);
export { expiryAction, id };
