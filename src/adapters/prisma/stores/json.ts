/** The content of JSON columns, checked when it is read. */

import { z } from 'zod';
import type { DeliveryContent } from '../../../app/ports/outbox.ts';
import type { PostContent } from '../../../app/ports/posts.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { AuditFacts } from '../../../domain/model.ts';
import type { ChangedGrant, NoticePart } from '../../../domain/notice.ts';
import { SERVER_KINDS } from '../../../domain/server-kind.ts';
import type { Markup, Sentence, Value, WordKey } from '../../../words/say.ts';
import { auditAction, endCause, grantState } from './column-enums.ts';

const end = {
  until: z.string().nullable().exactOptional(),
  leftSeconds: z.number().nullable().exactOptional(),
};

/** A sentence of ours, or what is inserted into one. Its key may be one that is no longer said. */
const sentence: z.ZodType<Sentence> = z.lazy(() =>
  z.object({
    key: z.string().transform((key) => key as WordKey),
    values: z.record(z.string(), value).exactOptional(),
  }),
);
const markup: z.ZodType<Markup> = z.lazy(() =>
  z.object({ pieces: z.array(z.union([z.string(), sentence, z.object({ bold: markup })])) }),
);
const piece = z.union([z.string(), sentence, markup]);
const value: z.ZodType<Value> = z.union([piece, z.number(), z.array(piece)]);

const detail = z.union([z.string(), sentence]);
const names = z.array(z.string());

const facts = z.object({
  grant: z.number().int().exactOptional(),
  invite: z.string().exactOptional(),
  server: z.string().exactOptional(),
  account: z.string().exactOptional(),
  plan: z.string().exactOptional(),
  libraries: names.exactOptional(),
  added: names.exactOptional(),
  removed: names.exactOptional(),
  channel: z.string().exactOptional(),
  role: z.string().exactOptional(),
  capability: z.enum(['admin', 'moderator', 'auditor']).exactOptional(),
  token: z.string().exactOptional(),
  webhook: z.string().exactOptional(),
  events: names.exactOptional(),
  from: z.string().exactOptional(),
  ...end,
  redeemUntil: z.string().exactOptional(),
  deleteAt: z.string().exactOptional(),
  duration: z.string().exactOptional(),
  uses: z.number().int().exactOptional(),
  before: z
    .object({ ...end, libraries: names.exactOptional(), channel: z.string().nullable().exactOptional() })
    .exactOptional(),
  how: z.string().exactOptional(),
  reason: z.string().exactOptional(),
  detail: z.union([detail, z.array(detail)]).exactOptional(),
} satisfies Record<keyof AuditFacts, z.ZodType>);

const outage = z.object({
  what: z.enum(['down', 'wrong', 'unasked', 'sharing']),
  needsStaff: z.boolean(),
  needsToken: z.literal(true).exactOptional(),
});

/** A text of an older version, or sentences that are put into a language when they are sent. */
const said = z.union([z.string(), sentence, markup]);

const moment = z.iso.datetime().transform((text) => new Date(text));

const changedGrant: z.ZodType<ChangedGrant> = z.object({
  grantId: z.string(),
  before: z
    .object({
      state: z.string().transform(grantState),
      startsAt: moment,
      expiresAt: moment.nullable(),
      remainingSeconds: z.number().nullable(),
      libraryIds: z.array(z.string()),
    })
    .nullable(),
  reminds: moment.exactOptional(),
});

const renewable = z.literal(true).exactOptional();

const places = z.array(
  z.object({
    serverId: z.string(),
    server: z.string(),
    kind: z.enum(SERVER_KINDS),
    address: z.string().nullable(),
    libraries: z.array(z.string()),
    step: z.enum(['watch', 'sign-in', 'create', 'accept', 'silent', 'later', 'staff']),
  }),
);

const noticePart: z.ZodType<NoticePart> = z.discriminatedUnion('event', [
  z.object({
    event: z.enum(['given', 'changed', 'resumed']),
    places,
    until: moment.nullable(),
    lost: places,
  }),
  z.object({ event: z.literal('coming'), places, from: moment, until: moment.nullable() }),
  z.object({
    event: z.literal('paused'),
    places,
    leftSeconds: z.number().nullable(),
    isClosed: z.boolean(),
  }),
  z.object({ event: z.literal('reminder'), places, until: moment, renewable }),
  z.object({
    event: z.enum(['ended', 'cancelled']),
    places,
    cause: z.string().transform(endCause),
    renewable,
  }),
  z.object({ event: z.literal('approved') }),
  z.object({ event: z.literal('declined'), places, word: z.string().nullable() }),
  z.object({
    event: z.enum(['deletion', 'kept', 'account-gone']),
    server: z.string(),
    account: z.string(),
    at: moment.nullable(),
  }),
]);

const dayCount = z.object({ day: z.string(), count: z.number().int() });

const contents = {
  audit: z.object({
    kind: z.literal('audit'),
    event: z.object({
      number: z.number().int(),
      action: z.string().transform(auditAction),
      actorId: z.string().transform(toActorId).nullable(),
      targetId: z.string().transform(toMemberId).nullable(),
      facts,
      at: moment,
    }),
  }),
  alert: z.object({
    kind: z.literal('alert'),
    text: said,
    state: z.enum(['open', 'over']).exactOptional(),
    about: z.array(z.string()).exactOptional(),
    outage: outage.exactOptional(),
    heldRun: z.string().exactOptional(),
    losses: z.object({ roleId: z.string(), mark: z.string() }).exactOptional(),
    clock: z.literal(true).exactOptional(),
    retry: z.string().exactOptional(),
    claimed: z.object({ accountId: z.string(), grantId: z.string() }).exactOptional(),
    begins: z.string().transform(toMemberId).exactOptional(),
  }),
  head: z.object({
    kind: z.literal('head'),
    number: z.number().int(),
    hash: z.string(),
    keyId: z.string(),
    signature: z.string(),
  }),
  copy: z.object({ kind: z.literal('copy') }),
  door: z.object({ kind: z.literal('door') }),
  post: z.object({ kind: z.literal('post'), postId: z.string(), version: z.number().int() }),
  invite: z.object({
    kind: z.literal('invite'),
    codeCipher: z.string(),
    gives: z.array(z.union([z.string(), sentence])),
    duration: z.string(),
    validUntil: z.string(),
    inviteId: z.string(),
    createdById: z.string().transform(toActorId),
  }),
  notice: z.object({
    kind: z.literal('notice'),
    text: said,
    signIn: z.enum(SERVER_KINDS).exactOptional(),
    confirms: z.object({ signInId: z.string() }).exactOptional(),
  }),
  changes: z.object({
    kind: z.literal('changes'),
    grants: z.array(changedGrant),
    parts: z.array(noticePart),
    said: z.array(noticePart).exactOptional(),
  }),
  news: z.object({
    kind: z.literal('news'),
    memberId: z.string().transform(toMemberId),
    begins: z.literal(true).exactOptional(),
  }),
  request: z.object({
    kind: z.literal('request'),
    requestId: z.string(),
    text: said,
    state: z.enum(['waiting', 'over']),
    lasts: z.string(),
    isNew: z.boolean(),
  }),
  claim: z.object({
    kind: z.literal('claim'),
    inviteId: z.string(),
    memberId: z.string().transform(toMemberId),
    ended: z.enum(['claimed', 'revoked', 'expired', 'used-up']).exactOptional(),
  }),
  panel: z.object({
    kind: z.literal('panel'),
    servers: z.array(
      z.object({
        name: z.string(),
        state: z.enum(['online', 'offline', 'sharing', 'frozen']),
        since: z.string().nullable(),
      }),
    ),
    more: z.number().int(),
    active: z.number().int(),
    expiring: z.number().int(),
    overdue: z.number().int(),
    invites: z.number().int(),
    nextSyncAt: z.string(),
  }),
  digest: z.object({
    kind: z.literal('digest'),
    text: said,
    about: z.array(z.string()),
    running: z.array(dayCount),
    ends: z.array(dayCount),
    servers: z.array(
      z.object({
        name: z.string(),
        days: z.array(z.object({ day: z.string(), looked: z.number(), away: z.number() })),
      }),
    ),
  }),
  role: z.object({
    kind: z.literal('role'),
    roleId: z.string(),
    remove: z.literal(true).exactOptional(),
    byId: z.string().transform(toActorId).nullable().exactOptional(),
  }),
} satisfies Record<DeliveryContent['kind'], z.ZodType<DeliveryContent>>;

const content = z.discriminatedUnion('kind', [
  contents.audit,
  contents.alert,
  contents.post,
  contents.invite,
  contents.notice,
  contents.changes,
  contents.head,
  contents.copy,
  contents.door,
  contents.news,
  contents.request,
  contents.claim,
  contents.panel,
  contents.digest,
  contents.role,
]);

/** @throws {Error} when the column holds anything else. */
export function parseFacts(text: string): AuditFacts {
  return facts.parse(JSON.parse(text));
}

const postContent = z.discriminatedUnion('kind', [
  contents.alert,
  contents.claim,
  contents.door,
  contents.news,
  contents.request,
  contents.panel,
]);

/** @throws {Error} when the column holds anything else. */
export function parsePostContent(text: string): PostContent {
  return postContent.parse(JSON.parse(text));
}

/** @throws {Error} when the column holds anything else. */
export function parseContent(text: string): DeliveryContent {
  return content.parse(JSON.parse(text));
}

/**
 * A JSON list of ids.
 * @throws {Error} when the column holds anything else.
 */
export function parseIds(text: string): readonly string[] {
  return z.array(z.string()).parse(JSON.parse(text));
}

/** JSON with sorted keys, so that equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
