/**
 * Drafts: what somebody has begun and not confirmed yet, kept in the database so that it survives a restart
 * (discord.md 2.2).
 */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isText, shape } from '../../domain/shape.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** One person is in the middle of as many things. */
const EACH = 25;
const LIFE_MS = 60 * 60 * 1000;
/** A token may be in it. */
const SEALED_LIFE_MS = 10 * 60 * 1000;

/** Whose draft it is. */
interface Who {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
}

/**
 * Keeps a draft for some time, in place of an older one of that id. What nobody came back for goes, and of too many the
 * oldest, of the person first: whoever begins a thousand things closes their own.
 */
export async function keepDraft(
  { clock, limits }: Pick<Deps, 'clock' | 'limits'>,
  tx: GuildStores,
  draft: { readonly id: string; readonly userId: ActorId; readonly content: unknown },
  lifeMs: number,
): Promise<void> {
  const now = clock.now();
  await tx.drafts.removeExpired(now);
  await tx.drafts.makeRoom(draft.id, Math.min(EACH, limits.forms), draft.userId);
  await tx.drafts.makeRoom(draft.id, limits.forms);
  await tx.drafts.put({ ...draft, keptAt: now, expiresAt: new Date(now.getTime() + lifeMs) });
}

export function makeDrafts(deps: Deps) {
  return {
    /** Keeps a draft for an hour; returns its id. */
    async put(guildId: GuildId, userId: ActorId, content: unknown, draftId?: string): Promise<string> {
      const id = draftId ?? deps.codes.newId();
      await deps.stores.transaction(guildId, (tx) => keepDraft(deps, tx, { id, userId, content }, LIFE_MS));
      return id;
    },

    /** Undefined when it is gone, too old, or somebody else's. */
    async find(guildId: GuildId, userId: ActorId, draftId: string): Promise<unknown> {
      return await deps.stores.of(guildId).drafts.find(draftId, userId, deps.clock.now());
    },

    /** Removes a draft: true for exactly one caller, who may then act on it. */
    async take(guildId: GuildId, draftId: string): Promise<boolean> {
      return await deps.stores.transaction(guildId, (tx) => tx.drafts.remove(draftId));
    },
  };
}

/**
 * Finds and removes a draft, once, for the person who began it. Undefined when it is gone, expired, somebody
 * else's, or of another kind.
 */
export async function takeDraft<T>(
  deps: Deps,
  { guildId, actorId }: Who,
  draftId: string,
  isOfKind: (content: unknown) => content is T,
): Promise<T | undefined> {
  const content = await deps.stores.of(guildId).drafts.find(draftId, actorId, deps.clock.now());
  if (!isOfKind(content)) return undefined;
  return (await deps.stores.transaction(guildId, (tx) => tx.drafts.remove(draftId))) ? content : undefined;
}

/** Keeps what is secret for ten minutes, sealed for `column`; returns what `takeSealedDraft` needs. */
export async function putSealedDraft(
  deps: Deps,
  { guildId, actorId }: Who,
  content: object,
  column: string,
): Promise<string> {
  const id = deps.codes.newId();
  const sealed = deps.secrets.seal(JSON.stringify(content), { guildId, column });
  await deps.stores.transaction(guildId, (tx) =>
    keepDraft(deps, tx, { id, userId: actorId, content: { sealed } }, SEALED_LIFE_MS),
  );
  return id;
}

/** The same as `takeDraft`, of one that was sealed for `column`. */
export async function takeSealedDraft<T>(
  deps: Deps,
  who: Who,
  { draftId, column }: { readonly draftId: string; readonly column: string },
  isOfKind: (content: unknown) => content is T,
): Promise<T | undefined> {
  const draft = await takeDraft(deps, who, draftId, isSealed);
  if (!draft) return undefined;
  const content: unknown = JSON.parse(deps.secrets.open(draft.sealed, { guildId: who.guildId, column }));
  return isOfKind(content) ? content : undefined;
}

const isSealed = shape({ sealed: isText });
