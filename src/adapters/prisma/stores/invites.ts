import type { InviteFilter, InviteStore, Meant } from '../../../app/ports/stores/grants.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { InviteState } from '../../../domain/invite.ts';
import type { Invite } from '../../../domain/model.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { type GuildContext, idsOf } from './context.ts';
import { givesOneOf } from './grants.ts';
import { noteClaimChanged } from './posts.ts';

export function createInviteStore(context: GuildContext): InviteStore {
  const { guildId, queries } = context;
  async function list(
    where: Prisma.InviteWhereInput,
    page: Pick<Prisma.InviteFindManyArgs, 'orderBy' | 'skip' | 'take'> = {},
  ): Promise<readonly Invite[]> {
    const rows = await queries.invite.findMany({
      where: { ...where, guildId },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      ...page,
      omit: { guildId: true, codeHmac: true },
    });
    if (rows.length === 0) return [];
    const links = await queries.inviteLibrary.findMany({
      where: { guildId, inviteId: { in: rows.map(({ id }) => id) } },
      select: { inviteId: true, libraryId: true },
    });
    const byInvite = Map.groupBy(links, ({ inviteId }) => inviteId);
    return rows.map((row) => ({
      ...row,
      memberId: row.memberId === null ? null : toMemberId(row.memberId),
      createdById: toActorId(row.createdById),
      libraryIds: idsOf(byInvite.get(row.id) ?? []),
    }));
  }

  return {
    async add({ libraryIds, ...invite }) {
      await queries.invite.createMany({ data: [{ ...invite, guildId, usesLeft: invite.usesMax }] });
      if (libraryIds.length === 0) return;
      await queries.inviteLibrary.createMany({
        data: [...new Set(libraryIds)].map((libraryId) => ({ guildId, inviteId: invite.id, libraryId })),
      });
    },
    async noteClaim(id, claimChannelId) {
      await queries.invite.updateMany({ where: { guildId, id }, data: { claimChannelId } });
    },
    async find(id) {
      const [invite] = await list({ id });
      return invite;
    },
    async findByHmac(codeHmacs) {
      const [invite] = await list({ codeHmac: { in: [...codeHmacs] } });
      return invite;
    },
    /** Newest first. */
    list: () => list({}),
    listPage: ({ skip = 0, limit, ...filter }) =>
      list(matching(filter), {
        orderBy:
          filter.state === 'open'
            ? [{ validUntil: 'asc' }, { id: 'asc' }]
            : [{ createdAt: 'desc' }, { id: 'asc' }],
        skip,
        take: limit,
      }),
    count: (filter) => queries.invite.count({ where: { ...matching(filter), guildId } }),
    async listRedemptions(inviteIds) {
      const rows = await queries.redemption.findMany({
        where: { guildId, inviteId: { in: [...inviteIds] } },
        orderBy: [{ at: 'asc' }, { memberId: 'asc' }],
        select: { inviteId: true, memberId: true },
      });
      return rows.map((row) => ({ ...row, memberId: toMemberId(row.memberId) }));
    },
    async countOpen(now) {
      const open = await queries.invite.aggregate({
        where: { guildId, revokedAt: null, validUntil: { gt: now }, usesLeft: { gt: 0 } },
        _count: { _all: true },
        _sum: { usesLeft: true },
      });
      return { invites: open._count._all, usesLeft: open._sum.usesLeft ?? 0 };
    },
    async revoke(id, at) {
      const where = { guildId, id, revokedAt: null };
      const { count } = await queries.invite.updateMany({ where, data: { revokedAt: at } });
      await noteClaimChanged(context, id, at);
      return count > 0;
    },
    async takeUse(inviteId, memberId, grantId, now) {
      const before = await queries.redemption.count({ where: { guildId, inviteId, memberId } });
      if (before > 0) return false;
      const taken = await queries.invite.updateMany({
        where: {
          guildId,
          id: inviteId,
          usesLeft: { gt: 0 },
          revokedAt: null,
          validUntil: { gt: now },
          OR: [{ memberId: null }, { memberId }],
        },
        data: { usesLeft: { decrement: 1 } },
      });
      if (taken.count === 0) return false;
      await queries.redemption.createMany({ data: [{ guildId, inviteId, memberId, grantId, at: now }] });
      await noteClaimChanged(context, inviteId, now);
      return true;
    },
    async findRedemption(inviteId, memberId) {
      const row = await queries.redemption.findUnique({
        where: { guildId_inviteId_memberId: { guildId, inviteId, memberId } },
        select: { grantId: true },
      });
      return row ?? undefined;
    },
  };
}

function matching({ state, at, prefix, memberId, words = [] }: InviteFilter): Prisma.InviteWhereInput {
  return {
    ...inState(state, at),
    ...(prefix !== undefined && { prefix }),
    ...(memberId !== undefined && { memberId }),
    AND: words.map(isMeant),
  };
}

/** In the way of `inviteStateOf`. */
function inState(state: InviteState, at: Date): Prisma.InviteWhereInput {
  switch (state) {
    case 'open':
      return { revokedAt: null, usesLeft: { gt: 0 }, validUntil: { gt: at } };
    case 'used':
      return { revokedAt: null, usesLeft: { lte: 0 } };
    case 'expired':
      return { revokedAt: null, usesLeft: { gt: 0 }, validUntil: { lte: at } };
    case 'revoked':
      return { revokedAt: { not: null } };
  }
}

function isMeant({ memberIds, libraryIds, planIds, text }: Meant): Prisma.InviteWhereInput {
  const member = { memberId: { in: [...memberIds] } };
  return {
    OR: [
      member,
      { redemptions: { some: member } },
      { planId: { in: [...planIds] } },
      { prefix: { startsWith: text.toUpperCase() } },
      ...(libraryIds.length > 0 ? [givesOneOf(libraryIds)] : []),
    ],
  };
}
