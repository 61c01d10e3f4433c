/**
 * Ids of Discord that are easily taken for one another: each is a type of its own, so that swapping two of them does
 * not compile. At run time all of them are text.
 */

declare const kind: unique symbol;
type Id<Kind extends string> = string & { readonly [kind]: Kind };

/** Discord id of a guild: the tenant. */
export type GuildId = Id<'guild'>;
/** Discord user id of a person for whom access is granted or taken. */
export type MemberId = Id<'member'>;
/** Discord user id of a person who does something. */
export type ActorId = Id<'actor'>;

/** Where an id comes in: from Discord, or from a row. */
export const toGuildId = (id: string): GuildId => id as GuildId;
export const toMemberId = (id: string): MemberId => id as MemberId;
export const toActorId = (id: string): ActorId => id as ActorId;

/** In a DM, before it is known which guild it is about. */
export const NO_GUILD = toGuildId('');

/** Somebody who acts, as the one it is about: what they do concerns themselves. */
export const asMember = (actor: ActorId): MemberId => toMemberId(actor);
/** Somebody whom it is about, as the one who acts. */
export const asActor = (member: MemberId): ActorId => toActorId(member);
