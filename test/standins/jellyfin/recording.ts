import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dispatcher } from 'undici';

/** Answers of running servers (media-servers.md M): one request each, or what was seen of several. */
export interface Recorded {
  readonly request?: {
    readonly method: Dispatcher.HttpMethod;
    readonly path: string;
    /** No header, an API key, or a sign-in on that device; without a device a token that is no good. */
    readonly as: 'nobody' | 'key' | 'token';
    readonly device?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly [seen: string]: unknown;
}

/** The recording of that version, in the order in which it was made. */
export function readRecording(version: '10.11.11' | '12.0.0'): ReadonlyMap<string, Recorded> {
  const file = join(import.meta.dirname, 'recordings', `${version}.json`);
  const { answers } = JSON.parse(readFileSync(file, 'utf8')) as { answers: Record<string, Recorded> };
  return new Map(Object.entries(answers));
}

/** How deep the shape of an answer was recorded. */
const DEPTH = 4;

/** The types of all fields, and of the first element of a list: the form in which answers were recorded. */
export function shapeOf(value: unknown, depth = 0): unknown {
  if (depth > DEPTH) return '…';
  if (value === null) return 'null';
  if (Array.isArray(value)) return value.slice(0, 1).map((item) => shapeOf(item, depth + 1));
  if (typeof value !== 'object') return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shapeOf(inner, depth + 1)]));
}
