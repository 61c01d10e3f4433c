/**
 * A backup as Badger writes it: lists of keys and values, each list with its length before it (badger v4, backup.go
 * and pb/badgerpb4.proto).
 */
import { Unreadable } from './unreadable.ts';

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly version: bigint;
  readonly isDeleted: boolean;
}

const DELETED = 1;
const MOST_ENTRIES = 500_000;

/** What of each key was there last, in the order of the keys in the file. @throws {Unreadable} */
export function readBackup(bytes: Uint8Array): readonly Pick<Entry, 'key' | 'value'>[] {
  const newest = new Map<string, Entry>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    if (at + 8 > bytes.length) throw new Unreadable('damaged');
    const length = view.getBigUint64(at, true);
    at += 8;
    if (length === 0n || length > BigInt(bytes.length - at)) throw new Unreadable('damaged');
    for (const { number, value } of messageOf(bytes.subarray(at, at + Number(length)))) {
      if (number !== 1 || !(value instanceof Uint8Array)) continue;
      count += 1;
      if (count > MOST_ENTRIES) throw new Unreadable('too-many');
      const entry = entryOf(value);
      const key = Buffer.from(entry.key).toString('latin1');
      const before = newest.get(key);
      if (!before || before.version < entry.version) newest.set(key, entry);
    }
    at += Number(length);
  }
  return [...newest.values()].filter(({ isDeleted }) => !isDeleted);
}

function entryOf(message: Uint8Array): Entry {
  let [key, value] = [new Uint8Array(), new Uint8Array()];
  let version = 0n;
  let isDeleted = false;
  for (const field of messageOf(message)) {
    if (field.number === 4 && typeof field.value === 'bigint') version = field.value;
    if (!(field.value instanceof Uint8Array)) continue;
    if (field.number === 1) key = new Uint8Array(field.value);
    if (field.number === 2) value = new Uint8Array(field.value);
    if (field.number === 6) isDeleted = ((field.value[0] ?? 0) & DELETED) !== 0;
  }
  return { key, value, version, isDeleted };
}

interface Field {
  readonly number: number;
  readonly value: bigint | Uint8Array;
}

/** The fields of a protobuf message. https://protobuf.dev/programming-guides/encoding/ */
function* messageOf(bytes: Uint8Array): Generator<Field> {
  let at = 0;
  const varint = (): bigint => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = bytes[at];
      if (byte === undefined) throw new Unreadable('damaged');
      at += 1;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Unreadable('damaged');
  };
  const take = (length: bigint): Uint8Array => {
    if (length > BigInt(bytes.length - at)) throw new Unreadable('damaged');
    const taken = bytes.subarray(at, at + Number(length));
    at += Number(length);
    return taken;
  };
  while (at < bytes.length) {
    const tag = varint();
    const number = Number(tag >> 3n);
    switch (tag & 7n) {
      case 0n:
        yield { number, value: varint() };
        break;
      case 1n:
        yield { number, value: take(8n) };
        break;
      case 2n:
        yield { number, value: take(varint()) };
        break;
      case 5n:
        yield { number, value: take(4n) };
        break;
      default:
        throw new Unreadable('damaged');
    }
  }
}
