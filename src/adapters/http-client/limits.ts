/**
 * How much of an answer is read (media-servers.md D3). Whoever runs a media server decides what it answers, so every
 * dimension in which an answer can grow has an end. `test/adapters/http-client/sizes.test.ts` measures what the largest
 * servers need.
 */
import { MOST_ACCOUNTS, MOST_LIBRARIES } from '../../domain/limits.ts';
import { type Sentence, say } from '../../words/say.ts';

const MB = 1024 * 1024;

/** The most bytes of a body, by what it holds. */
export const MOST_BYTES = {
  /** Who a server is, and whatever is about one thing. */
  one: MB,
  /** 2,000 libraries, at 3 KB with their options. */
  libraries: 16 * MB,
  /** What is playing: a few hundred streams at 20 KB. */
  sessions: 16 * MB,
  /** 10,000 accounts with 500 libraries each: 186 MB at Jellyfin. They are read piece by piece, and never held. */
  accounts: 256 * MB,
  /** The same at plex.tv, which repeats what each library is: 313 MB. */
  shares: 512 * MB,
} as const;

/** A body without a reader: an error, or the answer to a write. */
export const MOST_UNREAD_BYTES = 256 * 1024;
/** XML is held as a whole while it is read, and costs a hundred times what JSON does. */
export const MOST_MARKUP_BYTES = 16 * MB;
/** Elements and attributes of it, and the length of a tag. */
export const MOST_MARKUP_PARTS = 200_000;
export const MOST_TAG_CHARACTERS = 64 * 1024;
/** Of a list in JSON: what stands around it, and each of its entries. */
export const MOST_AROUND_BYTES = MB;
export const MOST_ENTRY_BYTES = MB;
/** Real answers nest ten deep. */
export const MOST_DEPTH = 32;
/** What is kept of one answer, in characters: what is the same in many entries counts once. */
export const MOST_KEPT = 128 * MB;
/** Entries of a list that are not understood: with more, the list is not. */
export const MOST_ODD_ENTRIES = 200;
/** A name or an address, before anybody looks at it; what is shown is shorter. */
export const MOST_TEXT = 2_000;

export const LIBRARIES = { most: MOST_LIBRARIES, of: 'libraries' } as const;
export const ACCOUNTS = { most: MOST_ACCOUNTS, of: 'accounts' } as const;
/** Whatever else is listed, of which nobody has as many. */
export const few = (of: string) => ({ most: 10_000, of }) as const;

/** A longer body is read in a thread, so that nobody waits for it (reader-thread.ts). Markup takes longer. */
export const MOST_HERE_BYTES = 256 * 1024;
export const MOST_MARKUP_HERE_BYTES = 32 * 1024;

/** An answer is more than Usher reads. What it says goes on after the name of the host. */
export class TooLarge extends Error {
  readonly what: Sentence;

  constructor(what: Sentence) {
    super(what.key);
    this.what = what;
  }
}

/** What is too much in bytes. */
export const tooManyBytes = (most: number, part: 'answer' | 'entry' = 'answer'): TooLarge =>
  new TooLarge(say('trouble.tooMuch.bytes', { most: Math.round(most / MB), part }));

/** `text` as it is kept. */
export const short = (text: string): string => (text.length > MOST_TEXT ? text.slice(0, MOST_TEXT) : text);
