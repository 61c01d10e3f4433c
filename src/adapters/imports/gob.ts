/**
 * Values as Go writes them (encoding/gob): the types first, then the value, in one stream. Read without knowing the
 * types beforehand: structs become records, and what Go encodes by itself stays bytes.
 * https://pkg.go.dev/encoding/gob
 */
import { Unreadable } from './unreadable.ts';

export type GobValue =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | readonly GobValue[]
  | { readonly [field: string]: GobValue };

type Type =
  | { readonly kind: 'list'; readonly of: number }
  | { readonly kind: 'map'; readonly key: number; readonly of: number }
  | { readonly kind: 'struct'; readonly fields: readonly { readonly name: string; readonly id: number }[] }
  | { readonly kind: 'encoded' };

const BOOL = 1;
const INT = 2;
const UINT = 3;
const FLOAT = 4;
const BYTES = 5;
const STRING = 6;
/** Deeper than anything that is kept. */
const MOST_DEPTH = 32;
const MOST_TYPES = 200;

/** The first value of a stream. @throws {Unreadable} */
export function readGob(bytes: Uint8Array): GobValue {
  const types = new Map<number, Type>();
  const stream = new Reader(bytes);
  for (;;) {
    const message = new Reader(stream.take(stream.length()));
    const id = message.int();
    if (id >= 0) {
      // What is no struct stands alone, as the only field of one.
      if (types.get(id)?.kind !== 'struct' && message.uint() !== 0n) throw new Unreadable('damaged');
      return readValue(message, id, types, 0);
    }
    if (types.size >= MOST_TYPES) throw new Unreadable('damaged');
    types.set(-id, readType(message));
  }
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  take(length: number): Uint8Array {
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Unreadable('damaged');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }

  /** Small ones are one byte; others say, negated, in how many bytes they follow. */
  uint(): bigint {
    const [first = 0] = this.take(1);
    if (first < 128) return BigInt(first);
    const width = 256 - first;
    if (width > 8) throw new Unreadable('damaged');
    return this.take(width).reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  }

  /** The lowest bit says whether the others are inverted. */
  signed(): bigint {
    const bits = this.uint();
    return (bits & 1n) === 1n ? ~(bits >> 1n) : bits >> 1n;
  }

  int(): number {
    const value = Number(this.signed());
    if (!Number.isSafeInteger(value)) throw new Unreadable('damaged');
    return value;
  }

  /** Of what follows: there cannot be more of it than there are bytes. */
  length(): number {
    const length = Number(this.uint());
    if (length > this.#bytes.length - this.#at) throw new Unreadable('damaged');
    return length;
  }

  text(): string {
    return new TextDecoder().decode(this.take(this.length()));
  }

  /** The fields of a struct that are there, by their numbers. */
  *fields(): Generator<number> {
    let field = -1;
    for (let step = this.uint(); step !== 0n; step = this.uint()) {
      field += Number(step);
      yield field;
    }
  }
}

/** A `wireType`: of its seven fields one is there, and says which kind of type it is. */
function readType(reader: Reader): Type {
  let type: Type | undefined;
  for (const kind of reader.fields()) {
    const parts: { ids: number[]; fields: { name: string; id: number }[] } = { ids: [], fields: [] };
    for (const part of reader.fields()) {
      if (part === 0) readNamed(reader);
      else if (kind !== 2) parts.ids.push(reader.int());
      else for (let left = reader.length(); left > 0; left -= 1) parts.fields.push(readNamed(reader));
    }
    const [first = 0, second = 0] = parts.ids;
    if (kind <= 1) type = { kind: 'list', of: first };
    else if (kind === 2) type = { kind: 'struct', fields: parts.fields };
    else if (kind === 3) type = { kind: 'map', key: first, of: second };
    else type = { kind: 'encoded' };
  }
  if (!type) throw new Unreadable('damaged');
  return type;
}

/** A name and an id: what all types begin with, and what a field of a struct is. */
function readNamed(reader: Reader): { name: string; id: number } {
  const named = { name: '', id: 0 };
  for (const part of reader.fields()) {
    if (part === 0) named.name = reader.text();
    else named.id = reader.int();
  }
  return named;
}

function readValue(reader: Reader, id: number, types: ReadonlyMap<number, Type>, depth: number): GobValue {
  if (depth > MOST_DEPTH) throw new Unreadable('damaged');
  switch (id) {
    case BOOL:
      return reader.uint() !== 0n;
    case INT:
      return reader.signed();
    case UINT:
    case FLOAT:
      return reader.uint();
    case BYTES:
      return reader.take(reader.length());
    case STRING:
      return reader.text();
  }
  const type = types.get(id);
  const each = (of: number) => readValue(reader, of, types, depth + 1);
  switch (type?.kind) {
    case 'list':
      return Array.from({ length: reader.length() }, () => each(type.of));
    case 'map':
      return Array.from({ length: reader.length() }, () => [each(type.key), each(type.of)]);
    case 'encoded':
      return reader.take(reader.length());
    case 'struct': {
      const record: Record<string, GobValue> = Object.create(null);
      for (const index of reader.fields()) {
        const field = type.fields[index];
        if (!field) throw new Unreadable('damaged');
        record[field.name] = each(field.id);
      }
      return record;
    }
    default:
      throw new Unreadable('damaged');
  }
}

/** Seconds of Go's time, which begins in year 1, before 1970. */
const BEFORE_1970 = 62_135_596_800n;

/** A `time.Time`: a version, seconds, nanoseconds, and the zone it was in. Undefined for what is none, or never was. */
export function goTime(value: GobValue | undefined): Date | undefined {
  if (!(value instanceof Uint8Array) || value.length < 15) return undefined;
  const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
  const version = view.getUint8(0);
  if (version !== 1 && version !== 2) return undefined;
  const seconds = view.getBigInt64(1);
  const at = new Date(Number(seconds - BEFORE_1970) * 1_000 + Math.floor(view.getInt32(9) / 1_000_000));
  return seconds > BEFORE_1970 && !Number.isNaN(at.getTime()) ? at : undefined;
}
