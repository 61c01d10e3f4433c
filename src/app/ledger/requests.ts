/** Cards of what members ask staff for: posted, kept true, and closed when nobody has to decide it any more. */
import { isOver } from '../../domain/grant.ts';
import type { MemberId } from '../../domain/ids.ts';
import { storedLength } from '../../domain/length.ts';
import type { Grant, MemberRequest, Plan } from '../../domain/model.ts';
import { onServers } from '../../domain/place-words.ts';
import { lines, momentOf, type Sentence, say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { PostContent } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { personOf } from './alerts.ts';
import { close, show } from './posts.ts';

/** When staff are reminded of one that waits. */
const WAITS_MS = 2 * 86_400_000;
/** For so long more time is given where nobody says otherwise. */
const USUAL_LENGTH = '30d';

type Codes = Pick<Deps, 'codes'>;

/** What has become of it. `until`: when it ends then; null is for good. */
type Over =
  | { readonly kind: 'extended' }
  | { readonly kind: 'declined' }
  | { readonly kind: 'approved'; readonly until: Date | null };

/** Shows what a request says now. A new one goes to the channel for requests, or to that for alerts without one. */
export async function showRequest(
  deps: Codes,
  tx: GuildStores,
  request: MemberRequest,
  now: Date,
): Promise<void> {
  const post = await tx.posts.find(topicOf(request));
  const place = post
    ? { kind: post.kind, ...(post.sink !== null && { sink: post.sink }) }
    : await placeIn(tx);
  const dueAt = post ? post.dueAt : new Date(now.getTime() + WAITS_MS);
  const content = await cardOf(tx, request);
  await show(deps, tx, { topic: topicOf(request), content, dueAt, ...place }, now);
}

/** Another channel is the one for requests now: those that wait go there. */
export async function moveRequests(deps: Codes, tx: GuildStores, now: Date): Promise<void> {
  const place = await placeIn(tx);
  for (const request of await tx.requests.listWaiting()) {
    const { dueAt = null } = (await tx.posts.find(topicOf(request))) ?? {};
    const content = await cardOf(tx, request);
    await show(deps, tx, { topic: topicOf(request), content, dueAt, ...place }, now);
  }
}

/** It was decided, or nobody has to: the card says so. */
export async function closeRequest(
  deps: Codes,
  tx: GuildStores,
  { request, end }: { readonly request: MemberRequest; readonly end: Over },
  now: Date,
): Promise<void> {
  await close(deps, tx, topicOf(request), { content: await cardOf(tx, request, end), now });
}

/** Nobody has to decide it, and its card goes: of somebody who is to be forgotten, or of a grant that is gone. */
export async function dropRequests(
  deps: Codes,
  tx: GuildStores,
  { memberId, grantId }: { readonly memberId: MemberId; readonly grantId?: string },
  now: Date,
): Promise<void> {
  for (const request of await tx.requests.listWaiting([memberId])) {
    if (grantId !== undefined && request.grantId !== grantId) continue;
    await tx.requests.decide(request.id, { state: 'void', decidedById: null, decidedAt: now });
    await close(deps, tx, topicOf(request), { content: null, now });
  }
}

/** Grants of these members were changed: what they ask for may look otherwise, or they have it by now. */
export async function followRequests(
  deps: Codes,
  tx: GuildStores,
  {
    memberIds,
    extended,
  }: { readonly memberIds: readonly MemberId[]; readonly extended: ReadonlySet<string> },
  now: Date,
): Promise<void> {
  for (const request of await tx.requests.listWaiting(memberIds)) {
    if (request.grantId === null || !extended.has(request.grantId)) {
      await showRequest(deps, tx, request, now);
      continue;
    }
    await tx.requests.decide(request.id, { state: 'void', decidedById: null, decidedAt: now });
    await closeRequest(deps, tx, { request, end: { kind: 'extended' } }, now);
  }
}

/** For how long one press gives what was asked for; empty is for good. */
export const usualLength = ({ grantId }: MemberRequest, plan: Pick<Plan, 'duration'> | undefined): string =>
  plan && grantId === null ? plan.duration : USUAL_LENGTH;

export const topicOf = ({ id }: Pick<MemberRequest, 'id'>) => `request ${id}` as const;

async function placeIn(tx: GuildStores) {
  const { requestsChannelId: sink } = await tx.settings.get();
  return sink === null ? ({ kind: 'alert' } as const) : ({ kind: 'channel', sink } as const);
}

async function cardOf(tx: GuildStores, request: MemberRequest, end?: Over): Promise<PostContent> {
  const { id: requestId, memberId, grantId, planId, lasts, note } = request;
  const [grant, plan, libraries, servers, who] = await Promise.all([
    grantId === null ? undefined : tx.grants.find(grantId),
    planId === null ? undefined : tx.plans.find(planId),
    tx.libraries.list(),
    tx.servers.list(),
    personOf(tx, memberId),
  ]);
  const ids = grant?.libraryIds ?? (plan ? plan.libraryIds : request.libraryIds);
  const what = onServers(
    libraries.filter(({ id }) => ids.includes(id)),
    servers,
  );
  const values = { who, what: what.length > 0 ? what : say('shared.nothing') };
  const asks = plan && !grant ? say('request.card.plan', { ...values, plan: plan.name }) : undefined;
  const isNew = grantId === null;
  const text = lines(
    {
      pieces: [{ bold: lines(asks ?? say(isNew ? 'request.card.libraries' : 'request.card.renew', values)) }],
    },
    ...(grant ? [await pastOf(tx, grant)] : []),
    lasts === '' ? undefined : say('request.card.lasts', { length: storedLength(lasts) }),
    note === null ? undefined : say('request.card.note', { note }),
    end && (await endOf(tx, request, end)),
  );
  return {
    ...{ kind: 'request', requestId, text, isNew },
    state: end ? 'over' : 'waiting',
    lasts: usualLength(request, plan),
  };
}

/** Since when they have it, how it ended or ends, and how often it was renewed before. */
async function pastOf(tx: GuildStores, grant: Grant): Promise<Sentence> {
  const count = grant.renewals + (await tx.requests.countApproved(grant.memberId, grant.id));
  const values = { since: momentOf(grant.startsAt), count };
  const over = grant.endingAt ?? grant.expiresAt;
  if (isOver(grant) && over !== null)
    return say(`request.card.${grant.endCause ?? 'expired'}`, { ...values, end: momentOf(over) });
  if (grant.state === 'paused') return say('request.card.paused', values);
  return grant.expiresAt === null
    ? say('request.card.forGood', values)
    : say('request.card.ends', { ...values, end: momentOf(grant.expiresAt) });
}

async function endOf(tx: GuildStores, { id }: MemberRequest, end: Over): Promise<Sentence> {
  if (end.kind === 'extended') return say('request.card.extended');
  const { decidedById, word } = (await tx.requests.find(id)) ?? {};
  const by = decidedById ? await personOf(tx, decidedById) : say('audit.somebody');
  if (end.kind === 'declined')
    return word ? say('request.card.declinedWith', { by, word }) : say('request.card.declined', { by });
  return end.until === null
    ? say('request.card.approved', { by })
    : say('request.card.approvedUntil', { by, end: momentOf(end.until) });
}
