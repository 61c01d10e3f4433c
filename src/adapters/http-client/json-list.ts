/**
 * Reads JSON in which one list may be very long, piece by piece as it arrives: each entry of the list is given away as
 * soon as it is complete, so that neither the text nor all of its values are ever held together. `JSON.parse` decides
 * about every piece; here only strings, brackets and commas are followed.
 */

import { say } from '../../words/say.ts';
import { MOST_DEPTH, MOST_ENTRY_BYTES, TooLarge, tooManyBytes } from './limits.ts';

/** It is not JSON, or not of the form that was expected. */
export class Broken extends Error {}

const [QUOTE, ESCAPE, COLON, COMMA] = [0x22, 0x5c, 0x3a, 0x2c];
const [OBJECT, OBJECT_END, LIST, LIST_END] = [0x7b, 0x7d, 0x5b, 0x5d];

export class JsonList {
  /** Names of the fields that lead to the list; empty where it is the document, undefined where there is none. */
  readonly #path: readonly string[] | undefined;
  readonly #mostAround: number;
  readonly #onEntry: (entry: unknown) => void;
  /** The last name in each open object, from the outermost; null in a list. */
  readonly #names: (string | null)[] = [];
  /** Bytes that are not given away yet, and up to where they were followed. */
  #held: Buffer = Buffer.alloc(0);
  #at = 0;
  /** Where among them an entry begins, or what stands around the list. */
  #from = 0;
  #depth = 0;
  #inText = false;
  #isEscaped = false;
  #textFrom = 0;
  #textTo = 0;
  #place: 'before' | 'in' | 'after' = 'before';
  #isEmpty = true;
  /** What stands around the list. */
  readonly #around: Buffer[] = [];

  constructor(
    { path, mostAround }: { readonly path: readonly string[] | undefined; readonly mostAround: number },
    onEntry: (entry: unknown) => void,
  ) {
    this.#path = path;
    this.#mostAround = mostAround;
    this.#onEntry = onEntry;
  }

  /** Whether the list was found. */
  get isFound(): boolean {
    return this.#place !== 'before';
  }

  /** @throws {TooLarge | Broken} and whatever `onEntry` throws. */
  push(bytes: Uint8Array): void {
    this.#held = Buffer.concat([this.#held, bytes]);
    this.#follow();
    this.#held = this.#held.subarray(this.#from);
    this.#at -= this.#from;
    this.#textFrom -= this.#from;
    this.#textTo -= this.#from;
    this.#from = 0;
    const most = this.#place === 'in' ? MOST_ENTRY_BYTES : this.#mostAround;
    if (this.#held.length > most) throw tooManyBytes(most, this.#place === 'in' ? 'entry' : 'answer');
  }

  /** The document, with an empty list where the list was. @throws {Broken} when it is not complete. */
  end(): unknown {
    if (this.#place === 'in') throw new Broken();
    // A byte order mark may stand in front of the document, and nowhere else.
    return parsed(Buffer.concat([...this.#around, this.#held]), { ignoreBOM: false });
  }

  #follow(): void {
    const held = this.#held;
    for (; this.#at < held.length; this.#at += 1) {
      const byte = held[this.#at];
      if (this.#inText) this.#followText(byte);
      else if (byte === QUOTE) {
        this.#inText = true;
        this.#textFrom = this.#at;
      } else if (byte === OBJECT || byte === LIST) this.#open(byte);
      else if (byte === OBJECT_END || byte === LIST_END) this.#close();
      else if (byte === COMMA && this.#isBetween()) this.#give();
      else if (byte === COLON && this.#place !== 'in' && this.#depth <= (this.#path?.length ?? 0))
        this.#names[this.#depth] = String(parsed(held.subarray(this.#textFrom, this.#textTo)));
    }
  }

  #followText(byte: number | undefined): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (byte === ESCAPE) this.#isEscaped = true;
    else if (byte === QUOTE) {
      this.#inText = false;
      this.#textTo = this.#at + 1;
    }
  }

  #open(byte: number): void {
    const isList = byte === LIST && this.#isTheList();
    this.#depth += 1;
    if (this.#depth > MOST_DEPTH) throw new TooLarge(say('trouble.tooMuch.deep', { most: MOST_DEPTH }));
    this.#names[this.#depth] = null;
    if (!isList) return;
    // A second one under the same name: nobody can tell which is meant.
    if (this.#place === 'after') throw new Broken();
    this.#place = 'in';
    this.#around.push(this.#held.subarray(this.#from, this.#at + 1));
    this.#from = this.#at + 1;
  }

  #close(): void {
    if (this.#isBetween()) {
      const isBlank = this.#held.toString('latin1', this.#from, this.#at).trim() === '';
      if (!isBlank || !this.#isEmpty) this.#give();
      this.#place = 'after';
      this.#from = this.#at;
    }
    this.#depth -= 1;
  }

  #give(): void {
    const entry = parsed(this.#held.subarray(this.#from, this.#at));
    this.#from = this.#at + 1;
    this.#isEmpty = false;
    this.#onEntry(entry);
  }

  /** Between two entries of the list, or at its end. */
  #isBetween(): boolean {
    return this.#place === 'in' && this.#depth === (this.#path?.length ?? 0) + 1;
  }

  #isTheList(): boolean {
    const path = this.#path;
    if (this.#place === 'in' || path === undefined || this.#depth !== path.length) return false;
    return path.every((name, index) => this.#names[index + 1] === name);
  }
}

function parsed(bytes: Buffer, { ignoreBOM } = { ignoreBOM: true }): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { ignoreBOM }).decode(bytes));
  } catch {
    throw new Broken();
  }
}
