/** Whether the record is whole: each event follows the one before, and nothing of it was changed. Pure. */

import type { ActorId, GuildId, MemberId } from './ids.ts';
import { isPseudonym } from './personal-data.ts';

/** An event of the record as it is stored, and whether its hashes are those of what is written there. */
export interface Recorded {
  readonly number: number;
  readonly action: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly actorId: ActorId | null;
  readonly targetId: MemberId | null;
  /** JSON, as it is stored. */
  readonly facts: string;
  readonly prevHash: string;
  readonly hash: string;
  readonly factsHash: string;
  /** Empty once somebody was forgotten: then nobody can tell whether who and what were changed. */
  readonly salt: string;
  readonly isAsWritten: boolean;
}

/** The end of the record at some time: its hash stands for all of it until then. */
export interface Head {
  readonly number: number;
  readonly hash: string;
}

/** Signed, so that nobody without the key of the installation can make another. */
export interface SignedHead extends Head {
  readonly keyId: string;
  /** HMAC-SHA-256, hex, of `headText`. */
  readonly signature: string;
  readonly at: Date;
}

/** What is signed. */
export const headText = (guildId: GuildId, { number, hash }: Head): string =>
  `usher record ${guildId} ${number} ${hash}`;

/**
 * Where the record is not as it was written, by number of an event. `changed`: what stands there is not what its hash
 * is of. `unchained`: it does not follow the one before. `removed`: it is missing, with all up to `to`. `cut`: the end
 * is missing. `rewritten`: a head that was told has another hash. `unsigned`: a head is stored that the key in use did
 * not sign, though it says so. `emptied`: who and what were taken out of it, and nobody was forgotten.
 */
export type ChainBreak = {
  readonly kind: 'changed' | 'unchained' | 'removed' | 'cut' | 'rewritten' | 'unsigned' | 'emptied';
  readonly number: number;
  readonly to?: number;
};

/** Nobody reads more than some of them; the others are counted. */
const MOST_BREAKS = 100;

export interface Checked {
  readonly breaks: readonly ChainBreak[];
  /** How many there are, also of those that are not listed. */
  readonly count: number;
  /** The last event. */
  readonly head: Head;
  /** When the first event that was checked happened. */
  readonly since: string | undefined;
  readonly events: number;
  /** Events out of which who and what were taken, for people who were forgotten. */
  readonly emptied: number;
}

/** Hash of what is before the first event. */
export const NO_HEAD: Head = { number: 0, hash: '' };

/**
 * Follows the record from behind `from`, event by event in their order. `told`: heads that were told, which it has to
 * pass. Behind a break it goes on with what stands there, so that each break is found once.
 */
export function createChainCheck(from: Head, told: readonly Head[]) {
  const breaks: ChainBreak[] = [];
  const heads = Map.groupBy(
    told.filter(({ number }) => number > from.number),
    ({ number }) => number,
  );
  /** The first event without a salt of each pseudonym; of none, where somebody is only named in the facts. */
  const emptiedFor = new Map<string, number>();
  let head: Head = { number: from.number, hash: from.hash };
  let [count, events, emptied] = [0, 0, 0];
  let since: string | undefined;

  function note(found: ChainBreak): void {
    count += 1;
    if (breaks.length < MOST_BREAKS) breaks.push(found);
  }

  function noteEmptied({ number, actorId, targetId }: Recorded): void {
    emptied += 1;
    const called = [actorId, targetId].filter((id) => id !== null && isPseudonym(id));
    for (const id of called.length > 0 ? called : [''])
      if (id !== null && !emptiedFor.has(id)) emptiedFor.set(id, number);
  }

  return {
    follow(event: Recorded): void {
      const { number, prevHash, hash, isAsWritten } = event;
      const expected = head.number + 1;
      if (number > expected) note({ kind: 'removed', number: expected, to: number - 1 });
      else if (prevHash !== head.hash) note({ kind: 'unchained', number });
      if (!isAsWritten) note({ kind: 'changed', number });
      if (heads.get(number)?.some((one) => one.hash !== hash)) note({ kind: 'rewritten', number });
      if (event.salt === '') noteEmptied(event);
      since ??= event.at;
      events += 1;
      head = { number, hash };
    },
    /** What those are called for whom events were emptied; empty text for somebody without a name. */
    emptiedFor: (): readonly string[] => [...emptiedFor.keys()],
    /** `end`: the last event, as the guild knows it. `forgotten`: of those above, who was forgotten. */
    end(end: Head, forgotten: ReadonlySet<string>): Checked {
      for (const [id, number] of emptiedFor) if (!forgotten.has(id)) note({ kind: 'emptied', number });
      const last = Math.max(end.number, ...heads.keys());
      if (last > head.number) note({ kind: 'cut', number: head.number + 1, to: last });
      else if (end.number === head.number && end.hash !== head.hash)
        note({ kind: 'changed', number: head.number });
      return { breaks, count, head, since, events, emptied };
    },
  };
}
