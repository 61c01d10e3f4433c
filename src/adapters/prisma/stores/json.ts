/** The content of JSON columns, checked when it is read. */

import { z } from 'zod';
import type { DeliveryContent } from '../../../app/ports/outbox.ts';
import type { PostContent } from '../../../app/ports/posts.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { AuditFacts } from '../../../domain/model.ts';
import { SERVER_KINDS } from '../../../domain/server-kind.ts';
import { auditAction } from './column-enums.ts';
import { markup } from './sentences.ts';

const end = {
  until: z.string().nullable().exactOptional(),
  leftSeconds: z.number().nullable().exactOptional(),
};

const facts = z.object({
  grant: z.number().int().exactOptional(),
  invite: z.string().exactOptional(),
  server: z.string().exactOptional(),
  account: z.string().exactOptional(),
  libraries: z.array(z.string()).exactOptional(),
  channel: z.string().exactOptional(),
  role: z.string().exactOptional(),
  from: z.string().exactOptional(),
  ...end,
  redeemUntil: z.string().exactOptional(),
  deleteAt: z.string().exactOptional(),
  before: z.object({ ...end, libraries: z.array(z.string()).exactOptional() }).exactOptional(),
  reason: z.string().exactOptional(),
  detail: z.string().exactOptional(),
} satisfies Record<keyof AuditFacts, z.ZodType>);

const outage = z.object({
  what: z.enum(['down', 'wrong', 'unasked', 'sharing']),
  needsStaff: z.boolean(),
  needsToken: z.literal(true).exactOptional(),
});

const contents = {
  audit: z.object({
    kind: z.literal('audit'),
    event: z.object({
      number: z.number().int(),
      action: z.string().transform(auditAction),
      actorId: z.string().transform(toActorId).nullable(),
      targetId: z.string().transform(toMemberId).nullable(),
      facts,
      at: z.iso.datetime().transform((text) => new Date(text)),
    }),
  }),
  alert: z.object({
    kind: z.literal('alert'),
    text: z.union([z.string(), markup]),
    state: z.enum(['open', 'over']).exactOptional(),
    about: z.array(z.string()).exactOptional(),
    outage: outage.exactOptional(),
    heldRun: z.string().exactOptional(),
    clock: z.literal(true).exactOptional(),
    retry: z.string().exactOptional(),
  }),
  post: z.object({ kind: z.literal('post'), postId: z.string(), version: z.number().int() }),
  invite: z.object({
    kind: z.literal('invite'),
    codeCipher: z.string(),
    gives: z.array(z.string()),
    duration: z.string(),
    validUntil: z.string(),
    inviteId: z.string(),
    createdById: z.string().transform(toActorId),
  }),
  notice: z.object({
    kind: z.literal('notice'),
    text: z.string(),
    signIn: z.enum(SERVER_KINDS).exactOptional(),
    confirms: z.object({ signInId: z.string() }).exactOptional(),
  }),
  news: z.object({ kind: z.literal('news'), memberId: z.string().transform(toMemberId) }),
  claim: z.object({
    kind: z.literal('claim'),
    inviteId: z.string(),
    memberId: z.string().transform(toMemberId),
    ended: z.enum(['claimed', 'revoked', 'expired', 'used-up']).exactOptional(),
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
  contents.news,
  contents.claim,
  contents.role,
]);

/** @throws {Error} when the column holds anything else. */
export function parseFacts(text: string): AuditFacts {
  return facts.parse(JSON.parse(text));
}

const postContent = z.discriminatedUnion('kind', [contents.alert, contents.claim, contents.news]);

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
