/** Values of attributes: booleans are written as 1 and 0, null as an empty text, and undefined is left out. */
type AttributeValue = string | number | boolean | null | undefined;
export type Attributes = Readonly<Record<string, AttributeValue>>;

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Escapes as Plex does: non-ASCII characters as decimal references, one per code point (A2.3, edge case 23). */
function escapeXml(text: string): string {
  return text
    .replaceAll(/[&<>"]/g, (character) => NAMED[character] ?? character)
    .replaceAll(/[\t\n\r\u007f-\u{10ffff}]/gu, (character) => `&#${character.codePointAt(0)};`);
}

/** One element. `children` are elements that are written already. */
export function element(name: string, attributes: Attributes, children: readonly string[] = []): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escapeXml(attributeText(value))}"`)
    .join('');
  if (children.length === 0) return `<${name}${written}/>`;
  return `<${name}${written}>\n${children.join('\n')}\n</${name}>`;
}

/** A MediaContainer, whose `size` is the number of its children in v1 and on a Plex Media Server. */
export function mediaContainer(attributes: Attributes, children: readonly string[]): string {
  return element('MediaContainer', { ...attributes, size: children.length }, children);
}

/** A complete document. */
export const xmlDocument = (root: string): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;

/**
 * The XML form of a v2 JSON reply: plain values become attributes, objects children, and lists parents of elements
 * with a singular name.
 */
export function xmlOfJson(name: string, value: object): string {
  if (Array.isArray(value))
    return element(
      name,
      {},
      value.map((item) => xmlOfItem(singular(name), item)),
    );
  const attributes: Record<string, AttributeValue> = {};
  const children: string[] = [];
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'object' && inner !== null) children.push(xmlOfJson(key, inner));
    else attributes[key] = inner;
  }
  return element(name, attributes, children);
}

const xmlOfItem = (name: string, item: unknown): string =>
  typeof item === 'object' && item !== null
    ? xmlOfJson(name, item)
    : `<${name}>${escapeXml(String(item))}</${name}>`;

const singular = (name: string): string => name.replace(/ies$/, 'y').replace(/s$/, '');

function attributeText(value: AttributeValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  return value === null ? '' : String(value);
}
