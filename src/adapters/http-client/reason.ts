/**
 * The other side's own reason for a failure, from whatever it sent: JSON errors, problem details, XML, a page, plain
 * text (media-servers.md A2.5, B1.2). It is shown to staff, so secrets, addresses and mail addresses are taken out of
 * it.
 */
import { STATUS_CODES } from 'node:http';

/** As much of a failure's body as is looked at; what is longer is a page, of which the title is near the start. */
const READ_BYTES = 16 * 1024;
const MAX_LENGTH = 200;
/** As much of what is said as is cleaned: what is looked for in it may take the square of its length. */
const CLEANED_LENGTH = 1_000;
/** How many errors of a list are repeated. */
const MAX_ERRORS = 3;

/** Undefined when it says nothing, or nothing beyond its status. `secrets` are what the request itself contained. */
export function reasonOf(
  { status, body }: { readonly status: number; readonly body: Buffer },
  secrets: readonly string[] = [],
): string | undefined {
  const text = new TextDecoder().decode(body.subarray(0, READ_BYTES)).trim();
  const said = [...new Set(saidIn(text).map((part) => clean(part, secrets)))].filter(
    (part) => /\p{L}/u.test(part) && part.toLowerCase() !== STATUS_CODES[status]?.toLowerCase(),
  );
  return said.length > 0 ? cut(said.slice(0, MAX_ERRORS).join('; ')) : undefined;
}

function saidIn(text: string): readonly string[] {
  if (/^[{["]/.test(text)) return saidInJson(text);
  if (text.startsWith('<')) return saidInMarkup(text);
  // Half of a JSON document, or another format: not a sentence.
  return /^[\p{L}\p{N}]/u.test(text) ? [text.split(/\r?\n/, 1)[0] ?? ''] : [];
}

function saidInJson(text: string): readonly string[] {
  try {
    return saidBy(JSON.parse(text));
  } catch {
    return [];
  }
}

/** Fields in which servers and frameworks put a sentence, the most telling first. */
const FIELDS = [
  'message',
  'detail',
  'title',
  'error_description',
  'error',
  'status',
  'reason',
  'msg',
] as const;

function saidBy(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(saidBy);
  if (typeof value !== 'object' || value === null) return [];
  // Names of fields are written in any case: ASP.NET has both.
  const fields = new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]));
  const root = fields.get('mediacontainer') ?? fields.get('response');
  if (root !== undefined) return saidBy(root);
  const errors = fields.get('errors');
  const listed = Array.isArray(errors) ? saidBy(errors) : errors ? Object.values(errors).flatMap(saidBy) : [];
  if (listed.length > 0) return listed;
  for (const name of FIELDS) {
    const said = saidBy(fields.get(name)).filter((part) => /\p{L}/u.test(part));
    if (said.length > 0) return name === 'title' || name === 'detail' ? problemDetails(fields) : said;
  }
  return [];
}

/** RFC 7807: a title for the kind of problem, and the details of this one. */
const problemDetails = (fields: ReadonlyMap<string, unknown>): readonly string[] =>
  ['title', 'detail'].flatMap((name) => saidBy(fields.get(name)));

function saidInMarkup(text: string): readonly string[] {
  // Each comment can end in one place only: otherwise a few dozen of them could be read in billions of ways.
  if (/^(?:<!--(?:(?!-->)[\s\S])*-->\s*)*<(?:!doctype html|html)/i.test(text)) return titleOf(text);
  const said = [...text.matchAll(/<(?:error|Response)\b([^<>]*)>([^<]*)/gi)].flatMap(
    ([, attributes = '', inside = '']) => {
      const named = ['message', 'status', 'title'].flatMap((name) => {
        const found = new RegExp(`\\b${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(attributes);
        const value = decoded(found?.[1] ?? found?.[2] ?? '');
        return /\p{L}/u.test(value) ? [value] : [];
      });
      return [named[0] ?? decoded(inside)];
    },
  );
  return said.some((part) => /\p{L}/u.test(part)) ? said : titleOf(text);
}

const titleOf = (text: string): readonly string[] => {
  const title = /<title[^<>]*>([^<]*)/i.exec(text)?.[1];
  return title === undefined ? [] : [decoded(title)];
};

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};

function decoded(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w{1,8}));/gi, (whole, hex, decimal, name) => {
    if (typeof name === 'string') return ENTITIES[name.toLowerCase()] ?? whole;
    const point = typeof hex === 'string' ? Number.parseInt(hex, 16) : Number(decimal);
    return point > 0 && point <= 0x10_ff_ff ? String.fromCodePoint(point) : '';
  });
}

/** One line of visible text in which nothing leads anywhere or opens anything (rule 10). */
function clean(text: string, secrets: readonly string[]): string {
  const own = secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  return (
    own
      .slice(0, CLEANED_LENGTH)
      .replaceAll(/<[^>]*>/g, ' ')
      .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ')
      .replaceAll(/\b\w[\w+.-]*:\/\/\S+/g, '…')
      .replaceAll(/\bwww\.\S+/gi, '…')
      .replaceAll(/[^\s@]+@[^\s@]+\.[^\s@]+/g, '…')
      // What names a secret, and what looks like one: long, and of letters and digits mixed.
      .replaceAll(/\b([\w-]*(?:token|api_?key|password|secret|pw))\s*[=:]\s*"?[^\s"&,;]+/gi, '$1=…')
      .replaceAll(/(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/g, '…')
      .replaceAll(/\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{14,}/gi, '…')
      .replaceAll(/\b(?=[\w-]*[a-z][A-Z])[\w-]{18,}/g, '…')
      .replaceAll(/\b[\w-]{40,}/g, '…')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= MAX_LENGTH
    ? text
    : `${letters
        .slice(0, MAX_LENGTH - 1)
        .join('')
        .trimEnd()}…`;
}
