/** Ports for what is stored about one person, for how long things are kept, and for what goes. */
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type { PersonalData } from '../../../domain/personal-data.ts';

/** Somebody who is to be forgotten: their access ends first. */
export interface Forgetting {
  readonly userId: MemberId;
  /** What the record calls them from then on. */
  readonly pseudonym: string;
  readonly askedById: ActorId;
  readonly askedAt: Date;
  /** When it is looked at next. */
  readonly dueAt: Date;
}

export interface ForgettingStore {
  add(forgetting: Forgetting): Promise<void>;
  find(userId: MemberId): Promise<Forgetting | undefined>;
  /** The one that waits longest first. */
  list(): Promise<readonly Forgetting[]>;
  postpone(userId: MemberId, dueAt: Date): Promise<void>;
  /** The clock was set back to `now`: what waits for a moment is looked at. */
  setBack(now: Date): Promise<void>;
}

export interface PersonalDataStore {
  /** All that is stored about a person, as they may read it (domain/personal-data.ts). */
  read(userId: MemberId): Promise<PersonalData>;
  /**
   * Puts the pseudonym in the place of a person in the next `limit` events of the record after number `after`, and
   * takes out what names them. The chain of the record stays whole. Resolves to the number of the last event that was
   * looked at; undefined when there were none.
   */
  forgetEvents(
    userId: MemberId,
    pseudonym: string,
    page: { readonly after: number; readonly limit: number },
  ): Promise<number | undefined>;
  /**
   * Removes every row about a person, also of a grant that gives something still; what is owed of the record says it
   * without them. The pseudonym takes their place where they did something for others. Their accounts are let go of
   * after it, and their events before: both are found by the accounts' names.
   */
  erase(userId: MemberId, pseudonym: string): Promise<void>;
  /**
   * Removes up to `limit` rows of each kind of what was sent or done before a moment, and of what had an end of its own
   * before `now`. Resolves to how many went; none is left once that is 0.
   */
  purge(before: Date, now: Date, limit: number): Promise<number>;
  notePurged(at: Date): Promise<void>;
  /** Since when Usher is no longer in the guild; null while it is. */
  findRemoved(): Promise<Date | null>;
  noteRemoved(at: Date | null): Promise<void>;
  /** Removes up to `limit` rows of each kind of a guild, and at last the guild. True when all of it is gone. */
  eraseGuild(limit: number): Promise<boolean>;
}
