/**
 * How answers are read. A reader is named by the file and the export in which it is, because a thread cannot be given a
 * function: it looks the reader up by that name (reader-thread.ts).
 */

import { say } from '../../words/say.ts';
import { Broken, JsonList } from './json-list.ts';
import {
  MOST_AROUND_BYTES,
  MOST_MARKUP_BYTES,
  MOST_ODD_ENTRIES,
  short,
  TooLarge,
  tooManyBytes,
} from './limits.ts';

/** A body as plain values. `root` is the name of the XML root; null for JSON. */
export type Document =
  | { readonly kind: 'document'; readonly root: string | null; readonly value: unknown }
  | { readonly kind: 'html' }
  | { readonly kind: 'broken' };

export type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** `Row` is what an entry of its list is read as. */
export interface Reader<T, Row = unknown> {
  /** Where it is: `import.meta.url`, and the name under which that file exports it. */
  readonly at: ReaderName;
  /** A longer body is refused. */
  readonly mostBytes: number;
  /** XML as a document; absent where markup is a page, whatever it says. */
  readonly markup?: (text: string) => Document;
  /**
   * A list that may be long. It is read entry by entry; of what stands around it, `accept` is given the plain values.
   */
  readonly list?: ListPart<Row>;
  /** Undefined for what is not accepted. `rows` is what the entries of the list were read as. */
  accept(document: Document, headers: Headers, rows: readonly Row[]): T | undefined;
}

export interface ReaderName {
  readonly file: string;
  readonly name: string;
}

interface ListPart<Row> {
  /** The names that lead to it in JSON; none where the document is the list. */
  readonly path: readonly string[];
  /** The entries, in what is inside of the root of an XML document. */
  inMarkup?(value: unknown): readonly unknown[];
  readonly limit: Limit;
  /**
   * Null for an entry that is left out. Undefined for one that makes the whole list one that is not accepted: what
   * follows is then not looked at.
   */
  row(entry: unknown, fromMarkup: boolean): Row | null | undefined;
  /** Of a list of which single entries may be odd: whether this is how such a one was read. */
  isOdd?(row: Row): boolean;
}

/** How many entries, and what they are called. */
interface Limit {
  readonly most: number;
  readonly of: string;
}

/** What came of a body. */
export type Read<T> =
  | { readonly kind: 'read'; readonly value: T }
  | { readonly kind: 'page' }
  /** `isLong`: it took something to find that out. */
  | { readonly kind: 'not-accepted'; readonly isLong?: true };

/** The end of a body: the document around its list, or what was accepted where there is none. */
export type Ended<T> =
  | { readonly kind: 'around'; readonly document: Document }
  | { readonly kind: 'whole'; readonly read: Read<T> };

/** An entry makes the list one that is not accepted. */
class NotAccepted extends Error {}

/** Reads one body as it arrives. It does the same in a thread and outside of one. */
export class Reading<T> {
  readonly #reader: Reader<T>;
  readonly #json: JsonList;
  readonly #markup: Uint8Array[] = [];
  #size = 0;
  #format: 'json' | 'markup' | undefined;
  #rows: unknown[] = [];
  #count = 0;
  #odd = 0;
  #isRefused = false;

  constructor(reader: Reader<T>) {
    this.#reader = reader;
    const { list, mostBytes } = reader;
    const around = { path: list?.path, mostAround: list ? MOST_AROUND_BYTES : mostBytes };
    this.#json = new JsonList(around, (entry) => this.#read(entry, false));
  }

  /** @throws {TooLarge} */
  push(bytes: Uint8Array): void {
    if (this.#isRefused) return;
    this.#size += bytes.length;
    this.#format ??= formatOf(bytes);
    if (this.#format !== 'markup') this.#orRefuse(() => this.#json.push(bytes));
    else if (this.#size > MOST_MARKUP_BYTES) throw tooManyBytes(MOST_MARKUP_BYTES);
    else this.#markup.push(bytes);
  }

  /** The rows that were read since this was asked last. */
  take(): readonly unknown[] {
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Nothing that follows can make it one that is accepted. */
  get isRefused(): boolean {
    return this.#isRefused;
  }

  /** @throws {TooLarge} */
  end(headers: Headers): Ended<T> {
    let document: Document = { kind: 'broken' };
    this.#orRefuse(() => {
      document = this.#format === 'markup' ? this.#endMarkup() : this.#endJson();
    });
    if (this.#isRefused) return { kind: 'whole', read: { kind: 'not-accepted' } };
    if (this.#reader.list) return { kind: 'around', document: withoutLists(document) };
    return { kind: 'whole', read: readOf(this.#reader, document, headers, []) };
  }

  #endJson(): Document {
    return { kind: 'document', root: null, value: this.#json.end() };
  }

  #endMarkup(): Document {
    const { markup, list } = this.#reader;
    if (!markup) return { kind: 'html' };
    const document = markup(new TextDecoder().decode(Buffer.concat(this.#markup)));
    if (document.kind !== 'document' || !list) return document;
    for (const entry of list.inMarkup?.(document.value) ?? []) this.#read(entry, true);
    return document;
  }

  #read(entry: unknown, fromMarkup: boolean): void {
    const { list } = this.#reader;
    if (!list) return;
    this.#count += 1;
    const { most, of } = list.limit;
    if (this.#count > most) throw new TooLarge(say('trouble.tooMuch.count', { most, of }));
    const row = list.row(entry, fromMarkup);
    if (row === null) return;
    if (row !== undefined && list.isOdd?.(row)) this.#odd += 1;
    if (row === undefined || this.#odd > MOST_ODD_ENTRIES) throw new NotAccepted();
    this.#rows.push(row);
  }

  #orRefuse(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!(error instanceof NotAccepted || error instanceof Broken)) throw error;
      this.#isRefused = true;
      this.#rows = [];
    }
  }
}

/** What a reader makes of a document. */
export function readOf<T>(
  reader: Pick<Reader<T>, 'accept'>,
  document: Document,
  headers: Headers,
  rows: readonly unknown[],
): Read<T> {
  const value = reader.accept(document, headers, rows);
  if (value !== undefined) return { kind: 'read', value };
  return { kind: document.kind === 'html' ? 'page' : 'not-accepted' };
}

/** The first byte that is not blank decides, and not the header (media-servers.md A2.3). */
export function formatOf(bytes: Uint8Array): 'json' | 'markup' | undefined {
  const text = new TextDecoder().decode(bytes.subarray(0, 1_024)).trimStart();
  if (text === '') return undefined;
  return text.startsWith('<') ? 'markup' : 'json';
}

/** How deep plain values around a list are looked for. */
const AROUND_DEPTH = 3;
const AROUND_FIELDS = 200;

/** Counts and names are what is asked of it; every list in it is empty. */
function withoutLists(document: Document): Document {
  return document.kind === 'document'
    ? { ...document, value: plainOnly(document.value, AROUND_DEPTH) }
    : document;
}

function plainOnly(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return short(value);
  if (Array.isArray(value)) return [];
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return {};
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, AROUND_FIELDS)
      .map(([name, each]) => [name, plainOnly(each, depth - 1)]),
  );
}

/** What this reader, with which a call was made, has made of its answer. */
export function readBy<T>(
  _reader: Reader<T>,
  { read }: { readonly read?: Read<unknown> },
): Read<T> | undefined {
  // The call says which reader it was, and a type cannot.
  return read as Read<T> | undefined;
}
