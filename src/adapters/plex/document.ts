import { XMLParser } from 'fast-xml-parser';
import { say } from '../../words/say.ts';
import { MOST_MARKUP_PARTS, MOST_TAG_CHARACTERS, TooLarge } from '../http-client/limits.ts';
import type { Document } from '../http-client/reader.ts';

const BROKEN: Document = { kind: 'broken' };

/** Elements that may repeat are always arrays, whatever their number (media-servers.md A2.4). */
const LISTS = new Set([
  ...['User', 'Server', 'Section', 'SharedServer', 'Directory', 'Location', 'Invite', 'Device', 'Connection'],
  ...[
    'resource',
    'connection',
    'sharedServer',
    'library',
    'librarySection',
    'invite',
    'Video',
    'Track',
    'Photo',
  ],
  ...['error', 'feature', 'entitlement', 'role'],
]);

/** Configured as measured in media-servers.md A2.4: the defaults drop attributes and turn ids into numbers. */
const parser = new XMLParser({
  ignoreAttributes: false,
  // Without a prefix, an attribute silently replaces a child of the same name.
  attributeNamePrefix: '@_',
  parseAttributeValue: false,
  parseTagValue: false,
  htmlEntities: true,
  processEntities: { enabled: true, maxTotalExpansions: 1e6, maxExpandedLength: 1e8 },
  // The root is one element, whatever its name.
  isArray: (name, path) => LISTS.has(name) && path !== name,
});

/**
 * Reads a short body at once. Its first byte decides about the format and not the header, because v1 paths always
 * answer XML (A2.3).
 */
export function readDocument(body: Buffer): Document {
  const text = new TextDecoder().decode(body).trimStart();
  try {
    if (!text.startsWith('{') && !text.startsWith('[')) return readMarkup(text);
    return { kind: 'document', root: null, value: JSON.parse(text) };
  } catch {
    return BROKEN;
  }
}

/** @throws {TooLarge} for a document whose size the parser would feel. */
export function readMarkup(markup: string): Document {
  const text = markup.trimStart();
  if (/^<(!doctype html|html)/i.test(text)) return { kind: 'html' };
  // The parser would expand entities of a DOCTYPE (A2.4). Plex sends none.
  if (!text.startsWith('<') || /<!doctype/i.test(text)) return BROKEN;
  if (hasTooManyParts(text)) throw new TooLarge(say('trouble.tooMuch.document'));
  return readXml(text);
}

/** The parser takes ten microseconds for each element and attribute (A2.4). */
function hasTooManyParts(text: string): boolean {
  let parts = 0;
  for (let at = text.indexOf('='); at >= 0 && parts <= MOST_MARKUP_PARTS; at = text.indexOf('=', at + 1))
    parts += 1;
  for (let at = text.indexOf('<'); at >= 0 && parts <= MOST_MARKUP_PARTS; ) {
    const next = text.indexOf('<', at + 1);
    const end = text.indexOf('>', at + 1);
    if ((end < 0 ? text.length : end) - at > MOST_TAG_CHARACTERS) return true;
    parts += 1;
    at = next;
  }
  return parts > MOST_MARKUP_PARTS;
}

function readXml(text: string): Document {
  let parsed: unknown;
  try {
    // `true` validates. Otherwise a list that was cut after a complete child would pass for a short one (edge case
    // 21).
    parsed = parser.parse(text, true);
  } catch {
    return BROKEN;
  }
  const roots = entriesOf(parsed).filter(([name]) => !name.startsWith('?') && name !== '#text');
  const [root] = roots;
  if (!root || roots.length > 1 || Array.isArray(root[1])) return BROKEN;
  return { kind: 'document', root: root[0], value: plain(root[1]) };
}

/**
 * Attributes and children of an element under their bare names, as in the JSON form. A child wins over an attribute,
 * and is always an object or a list of them: what Plex says is in attributes, and no text between tags is read.
 */
function plain(element: unknown): unknown {
  if (Array.isArray(element)) return element.map(plain);
  if (typeof element === 'string') return {};
  const attributes: [string, unknown][] = [];
  const children: [string, unknown][] = [];
  for (const [name, value] of entriesOf(element)) {
    if (name.startsWith('@_')) attributes.push([name.slice(2), value]);
    else if (name !== '#text') children.push([name, plain(value)]);
  }
  return Object.fromEntries([...attributes, ...children]);
}

const entriesOf = (value: unknown): [string, unknown][] =>
  typeof value === 'object' && value !== null ? Object.entries(value) : [];
