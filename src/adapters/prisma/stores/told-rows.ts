/** The rows about one person, as they are told to them: without secrets, and without other people. */
import type { MemberId } from '../../../domain/ids.ts';
import type { PersonalData, ToldRow } from '../../../domain/personal-data.ts';
import type { GuildContext } from './context.ts';
import { parseIds } from './json.ts';

/** Why a row is there, where somebody else made it: who that is, is theirs. */
type By = 'you' | 'staff' | 'Usher';

export async function readPersonalData(
  { guildId, queries }: GuildContext,
  userId: MemberId,
): Promise<PersonalData> {
  const by = (id: string | null): By => (id === null ? 'Usher' : id === userId ? 'you' : 'staff');
  const mine = { guildId, memberId: userId };
  const [servers, libraries, plans] = await Promise.all([
    queries.server.findMany({ where: { guildId }, select: { id: true, name: true } }),
    queries.library.findMany({ where: { guildId }, select: { id: true, name: true, serverId: true } }),
    queries.plan.findMany({ where: { guildId }, select: { id: true, name: true } }),
  ]);
  const serverOf = new Map(servers.map(({ id, name }) => [id, name]));
  const libraryOf = new Map(
    libraries.map(({ id, name, serverId }) => [id, { server: serverOf.get(serverId), library: name }]),
  );
  const planOf = new Map(plans.map(({ id, name }) => [id, name]));
  const named = (links: readonly { readonly libraryId: string }[]) =>
    links.map(({ libraryId }) => libraryOf.get(libraryId)).filter((found) => found !== undefined);
  const links = { select: { libraryId: true } } as const;

  const profile = await queries.member.findMany({
    where: { guildId, userId },
    select: { name: true, dmState: true, locale: true, note: true, leftAt: true, createdAt: true },
  });
  const accounts = await queries.account.findMany({
    where: { guildId, OR: [{ memberId: userId }, { formerMemberId: userId }] },
    select: {
      ...{ serverId: true, externalId: true, name: true, emailMasked: true, protection: true },
      ...{ memberId: true, linkedAt: true, createdByUs: true, signsInElsewhere: true, pending: true },
      ...{ disabled: true, disabledByUs: true, seenAccess: true, seenAt: true, writtenAt: true },
      ...{ deleteAt: true, trouble: true, createdAt: true },
      libraries: { select: { libraryId: true, seen: true, given: true } },
    },
  });
  const grants = await queries.grant.findMany({
    where: mine,
    orderBy: { number: 'asc' },
    select: {
      ...{ id: true, number: true, source: true, planId: true, state: true, startsAt: true, expiresAt: true },
      ...{ pausedAt: true, remainingSeconds: true, endCause: true, endingAt: true, endedAt: true },
      ...{ reason: true, createdById: true, createdAt: true },
      libraries: links,
      ...{ renewals: true, remindAt: true, roleId: true, roleState: true, roleLostAt: true, leftAt: true },
    },
  });
  const requests = await queries.request.findMany({
    where: mine,
    orderBy: { createdAt: 'asc' },
    select: {
      ...{ grantId: true, planId: true, libraryIds: true, lasts: true, note: true, state: true },
      ...{ createdAt: true, decidedAt: true, decidedById: true, word: true },
    },
  });
  const invites = await queries.invite.findMany({
    where: mine,
    select: {
      ...{ prefix: true, planId: true, duration: true, usesMax: true, usesLeft: true, validUntil: true },
      ...{ roleId: true, note: true, createdById: true, createdAt: true, revokedAt: true },
      libraries: links,
    },
  });
  const redemptions = await queries.redemption.findMany({
    where: mine,
    select: { at: true, invite: { select: { prefix: true } } },
  });
  const signIns = await queries.signIn.findMany({
    where: mine,
    select: {
      kind: true,
      accountName: true,
      externalId: true,
      state: true,
      expiresAt: true,
      createdAt: true,
    },
  });
  const drafts = await queries.draft.findMany({
    where: { guildId, userId },
    select: { content: true, keptAt: true, expiresAt: true },
  });
  const messages = await queries.delivery.findMany({
    where: { guildId, kind: { in: ['dm', 'notice', 'role'] }, sink: userId },
    orderBy: { createdAt: 'asc' },
    select: { kind: true, state: true, createdAt: true, dueAt: true, sentAt: true },
  });
  const posts = await queries.post.findMany({
    where: { guildId, OR: [{ topic: { contains: userId } }, { content: { contains: userId } }] },
    select: { topic: true, state: true, openedAt: true, closedAt: true },
  });
  const record = await queries.auditEvent.findMany({
    where: { guildId, OR: [{ targetId: userId }, { actorId: userId }] },
    orderBy: { number: 'asc' },
    select: { number: true, action: true, actorId: true, targetId: true, facts: true, at: true },
  });
  const forgetting = await queries.forgetting.findMany({
    where: { guildId, userId },
    select: { askedById: true, askedAt: true },
  });

  return {
    profile,
    accounts: accounts.map(({ serverId, memberId, libraries: seen, ...account }) => ({
      server: serverOf.get(serverId),
      ...account,
      isLinked: memberId === userId,
      sees: named(seen.filter((link) => link.seen)),
      givenByUsher: named(seen.filter((link) => link.given)),
    })),
    grants: grants.map(({ id: _, planId, createdById, libraries: given, ...grant }) => ({
      ...grant,
      plan: planOf.get(planId ?? '') ?? null,
      libraries: named(given),
      madeBy: by(createdById),
    })),
    requests: requests.map(({ planId, grantId, libraryIds, decidedById, ...request }) => ({
      ...request,
      grant: grants.find(({ id }) => id === grantId)?.number ?? null,
      plan: planOf.get(planId ?? '') ?? null,
      libraries: named(parseIds(libraryIds).map((libraryId) => ({ libraryId }))),
      decidedBy: decidedById === null ? null : by(decidedById),
    })),
    invites: invites.map(({ planId, createdById, libraries: given, ...invite }) => ({
      ...invite,
      plan: planOf.get(planId ?? '') ?? null,
      libraries: named(given),
      madeBy: by(createdById),
    })),
    redemptions: redemptions.map(({ at, invite }) => ({ at, invite: invite.prefix })),
    signIns,
    drafts: drafts.map((draft): ToldRow => ({ ...draft, content: JSON.parse(draft.content) })),
    messages,
    posts,
    record: record.map(({ actorId, targetId, facts, ...event }): ToldRow => {
      const isAboutThem = targetId === userId;
      return {
        ...event,
        by: by(actorId),
        about: isAboutThem ? 'you' : targetId === null ? 'nobody' : 'somebody else',
        // What they did to others is told as that they did it.
        ...(isAboutThem && { facts: JSON.parse(facts) }),
      };
    }),
    forgetting: forgetting.map(({ askedById, askedAt }) => ({ askedAt, askedBy: by(askedById) })),
  };
}
