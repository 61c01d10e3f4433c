/** What fields of Plex look like, in JSON and in XML, and where in a document they are. */
import { z } from 'zod';
import { short } from '../http-client/limits.ts';
import type { Document } from '../http-client/reader.ts';

/** Ids are numbers or text, depending on the source (A3); we keep them as text. */
export const id = z.union([z.number().int(), z.string().max(200).regex(/^\S+$/)]).transform(String);
export const flag = z
  .union([z.boolean(), z.literal([0, 1, '0', '1', 'true', 'false'])])
  .transform((value) => value === true || value === 1 || value === '1' || value === 'true');
/** XML has an empty attribute where JSON has null. */
export const orNull = <T extends z.ZodType>(type: T) =>
  z.preprocess((value) => (value === '' || value === undefined ? null : value), type.nullable());
/** XML wraps a list in a parent element (A2.3). */
export const listOf = <T extends z.ZodType>(child: string, item: T) =>
  z.preprocess((value) => (isRecord(value) ? childrenOf(value, child) : value), z.array(item));
/** The children of this name; none only where there are none of any other: that would be another document. */
export const childrenOf = (element: Readonly<Record<string, unknown>>, child: string): unknown =>
  element[child] ?? (Object.values(element).some((value) => typeof value === 'object') ? undefined : []);
/** As many as it counts. The JSON of a media server leaves an empty list out (A2.3), but then it counts 0. */
export const isCounted = (counts: readonly (number | null)[], { length }: readonly unknown[]): boolean =>
  (length > 0 || counts.includes(0)) && counts.every((each) => each === null || each === length);
/** v1 has been seen to write "never" as 0. */
export const moment = z.preprocess(
  (value) => (value === '0' || value === 0 || value === '' || value === undefined ? null : value),
  z.union([z.string().transform(short), z.number()]).nullable(),
);
export const count = orNull(z.coerce.number().int());

/** Of any length: what is kept of it is bounded before anybody looks at it. */
export const words = z.string().transform(short);
/** Names and addresses are for people only. */
export const text = orNull(words).catch(null);
/** A flag that is null, or missing, is not set. */
export const set = orNull(flag).transform((value) => value ?? false);

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const accepted = <T>(result: z.ZodSafeParseResult<T>): T | undefined =>
  result.success ? result.data : undefined;

/** The content of a document that has the expected root. In JSON only documents of a media server have one. */
export function inside(document: Document, root: string): unknown {
  if (document.kind !== 'document') return undefined;
  if (document.root !== null) return document.root === root ? document.value : undefined;
  if (root !== 'MediaContainer') return document.value;
  return isRecord(document.value) ? document.value.MediaContainer : undefined;
}

/** The elements inside of one that have one of these names. */
export const elementsIn = (value: unknown, ...names: readonly string[]): readonly unknown[] =>
  isRecord(value) ? names.flatMap((name) => value[name] ?? []) : [];

/** Whether a document is a list: a JSON array, or the children of the XML root. */
export function isList(document: Document, root: string, child: string): boolean {
  const value = inside(document, root);
  const isXml = document.kind === 'document' && document.root !== null;
  return Array.isArray(isXml && isRecord(value) ? childrenOf(value, child) : value);
}
