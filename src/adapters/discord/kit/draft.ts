/**
 * Drafts: what a command keeps while somebody is in the middle of it. A command never reads the draft of another one.
 */
import type { App } from '../../../app/app.ts';
import { type Guard, isText, shape } from '../../../domain/shape.ts';
import type { Who } from './command.ts';

type Uses = Pick<App, 'drafts'>;

export interface DraftKind<Draft> {
  /** Keeps a draft for an hour, in place of `draftId` if that is given; resolves to its id. */
  put(who: Who, draft: Draft, app: Uses, draftId?: string): Promise<string>;
  /** Undefined when it is gone, too old, somebody else's, or not of this kind. */
  find(who: Who, draftId: string, app: Uses): Promise<Draft | undefined>;
  /** Finds a draft and removes it: exactly one caller gets it, and may act on it. */
  take(who: Who, draftId: string, app: Uses): Promise<Draft | undefined>;
  /** The same drafts with more fields beside `given`, which is what the command keeps. */
  beside<More>(isMore: Guard<More>): DraftKind<{ readonly given: Draft } & More>;
  /** Other drafts of the same command. */
  like<Other>(isOther: Guard<Other>): DraftKind<Other>;
}

/** What is kept in a draft of a kind. */
export type DraftOf<Kind> = Kind extends DraftKind<infer Draft> ? Draft : never;

/** `path` is that of the command, which marks its drafts: no other may use it (test/commands/handlers.test.ts). */
export function defineDraft<Draft>(path: string, isDraft: Guard<Draft>): DraftKind<Draft> {
  const find: DraftKind<Draft>['find'] = async ({ guildId, actor }, draftId, { drafts }) => {
    const kept = await drafts.find(guildId, actor.id, draftId);
    return isMarked(kept) && kept.of === path && isDraft(kept.draft) ? kept.draft : undefined;
  };
  return {
    find,
    put: ({ guildId, actor }, draft, { drafts }, draftId) =>
      drafts.put(guildId, actor.id, { of: path, draft }, draftId),
    async take(who, draftId, app) {
      const draft = await find(who, draftId, app);
      return draft !== undefined && (await app.drafts.take(who.guildId, draftId)) ? draft : undefined;
    },
    like: (isOther) => defineDraft(path, isOther),
    beside<More>(isMore: Guard<More>) {
      const isGiven = shape({ given: isDraft });
      const isBoth = (value: unknown): value is { readonly given: Draft } & More =>
        isGiven(value) && isMore(value);
      return defineDraft(path, isBoth);
    },
  };
}

function isMarked(value: unknown): value is { readonly of: string; readonly draft: unknown } {
  return typeof value === 'object' && value !== null && 'of' in value && isText(value.of) && 'draft' in value;
}
