/** What Usher may do in a channel of Discord, and what it needs there (discord.md 3.1). Pure. */

/** By Discord's names of the bits. */
const NEEDED = {
  ViewChannel: 1n << 10n,
  SendMessages: 1n << 11n,
  EmbedLinks: 1n << 14n,
  AttachFiles: 1n << 15n,
} as const;

/** A permission without which Usher cannot post in a channel. */
export type ChannelRight = keyof typeof NEEDED;

const ADMINISTRATOR = 1n << 3n;
/** The owner of a guild may do everything, whatever its roles and channels say. */
export const EVERYTHING = ADMINISTRATOR;
const RIGHTS: readonly ChannelRight[] = ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles'];

/** What is lacking among these permissions. */
export const rightsLackingIn = (permissions: bigint): readonly ChannelRight[] =>
  permissions & ADMINISTRATOR ? [] : RIGHTS.filter((right) => !(permissions & NEEDED[right]));

/** What a channel says beside the roles: of a role, of everybody (by the id of the guild), or of one person. */
export interface Overwrite {
  readonly id: string;
  readonly allow: bigint;
  readonly deny: bigint;
}

/**
 * The permissions of somebody in a channel, as Discord computes them: those of their roles, then what the channel says
 * of everybody, of their roles together, and of themselves.
 */
export function permissionsIn(
  overwrites: readonly Overwrite[],
  {
    guildId,
    userId,
    roleIds,
    base,
  }: {
    readonly guildId: string;
    readonly userId: string;
    readonly roleIds: readonly string[];
    /** Of all their roles, with that of everybody. */
    readonly base: bigint;
  },
): bigint {
  // Who administrates is held back by no channel.
  if (base & ADMINISTRATOR) return base;
  const applied = (before: bigint, isMeant: (id: string) => boolean): bigint => {
    const meant = overwrites.filter(({ id }) => isMeant(id));
    const deny = meant.reduce((bits, one) => bits | one.deny, 0n);
    const allow = meant.reduce((bits, one) => bits | one.allow, 0n);
    return (before & ~deny) | allow;
  };
  const everybody = applied(base, (id) => id === guildId);
  const byRoles = applied(everybody, (id) => id !== guildId && roleIds.includes(id));
  return applied(byRoles, (id) => id === userId);
}
