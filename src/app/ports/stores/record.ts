/** Port for the record as a whole: as it is listed, read from its beginning, and compared with what was told of it. */
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type { AuditAction, AuditEvent } from '../../../domain/model.ts';
import type { Head, Recorded, SignedHead } from '../../../domain/record.ts';
import type { Text } from '../../../words/say.ts';

export interface RecordFilter {
  readonly actions?: readonly AuditAction[];
  /** Who did it, or to whom it was done. */
  readonly personId?: MemberId | ActorId;
  /** Only events behind this number. */
  readonly after?: number;
}

/** What became of the line of an event in its channel. `unknown`: it was for none, or an older version sent it. */
export type LineState =
  | { readonly kind: 'sent'; readonly channelId: string; readonly messageId: string }
  | { readonly kind: 'waiting'; readonly channelId: string; readonly since: Date }
  | {
      readonly kind: 'refused';
      readonly channelId: string;
      readonly since: Date;
      readonly trouble: Text;
    }
  | { readonly kind: 'unknown' };

export interface RecordStore {
  /** The last event, as the guild knows it. */
  head(): Promise<Head>;
  /** The newest that fit, from number `from` downwards. */
  list(
    filter: RecordFilter,
    page: { readonly from?: number; readonly limit: number },
  ): Promise<readonly AuditEvent[]>;
  /** Numbers of the next that fit behind one, in their order. */
  listNewer(
    filter: RecordFilter,
    page: { readonly after: number; readonly limit: number },
  ): Promise<readonly number[]>;
  find(number: number): Promise<AuditEvent | undefined>;
  findLine(number: number): Promise<LineState>;
  /** Discord has the lines of these events, in one message. */
  noteShown(numbers: readonly number[], channelId: string, messageId: string): Promise<void>;
  /** The number of the last event before a moment; 0 when there is none. */
  findLastBefore(at: Date): Promise<number>;

  /** The next events behind a number, in their order, with whether each is as it was written. */
  read(page: { readonly after: number; readonly limit: number }): Promise<readonly Recorded[]>;
  /** Whether an older version wrote events that are to be chained in the way of now: only before a head is told. */
  isToBeChained(): Promise<boolean>;
  /** Makes the hashes of the next of these, and of what follows them, anew. Nothing, where that is not to be done. */
  chainNext(limit: number): Promise<void>;
  /** Heads that were told, oldest first. */
  listHeads(): Promise<readonly SignedHead[]>;
  findLastHead(): Promise<SignedHead | undefined>;
  /** Keeps the first of several with the same hash. */
  addHead(head: SignedHead): Promise<void>;
  noteChecked(at: Date): Promise<void>;
}
