import type { InviteStore } from '../../../app/ports/stores/grants.ts';
import { toActorId, toMemberId } from '../../../domain/ids.ts';
import type { Invite } from '../../../domain/model.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { type GuildContext, idsOf } from './context.ts';
import { noteClaimChanged } from './posts.ts';

export function createInviteStore(context: GuildContext): InviteStore {
  const { guildId, queries } = context;
  async function list(where: Prisma.InviteWhereInput): Promise<readonly Invite[]> {
    const rows = await queries.invite.findMany({
      where: { ...where, guildId },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
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
    async findByHmac(codeHmac) {
      const [invite] = await list({ codeHmac });
      return invite;
    },
    /** Newest first. */
    list: () => list({}),
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
