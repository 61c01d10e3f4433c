/** Documents of Plex, as XML and as JSON: whatever a media server sends is accepted as what it is, or refused. */
import fc from 'fast-check';
import { readDocument } from '../../../src/adapters/plex/document.ts';
import { element, xmlDocument, xmlOfJson } from '../../standins/plex/xml.ts';
import { editedText, mutatedJson } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';
import { KINDS, type Kind, type Row } from './plex-kinds.ts';

/** A media server writes plain values as attributes, and each item of a list as a child. */
function containerXml(name: string, value: unknown): string {
  if (typeof value !== 'object' || value === null) return element(name, {});
  const plain = Object.entries(value).filter(([, inner]) => typeof inner !== 'object' || inner === null);
  const children = Object.entries(value).flatMap(([key, inner]): readonly string[] => {
    if (typeof inner !== 'object' || inner === null) return [];
    return (Array.isArray(inner) ? inner : [inner]).map((item) => containerXml(key, item));
  });
  return element(name, Object.fromEntries(plain), children);
}

function written({ root, isContainer, child }: Kind, value: unknown, form: 'xml' | 'json'): string {
  if (form === 'json') return JSON.stringify(value) ?? 'null';
  const isObject = typeof value === 'object' && value !== null;
  const inner = isContainer && isObject ? Object.getOwnPropertyDescriptor(value, root)?.value : value;
  if (child === 'User' && Array.isArray(value))
    return xmlDocument(containerXml(root, { size: value.length, User: value }));
  if (isContainer) return xmlDocument(containerXml(root, inner));
  return xmlDocument(
    typeof inner === 'object' && inner !== null ? xmlOfJson(root, inner) : element(root, {}),
  );
}

/** Deeper, what compares settings overflows the stack: see the limits of answers. */
const DEEP = 400;

interface Case {
  readonly kind: string;
  readonly text: string;
  /** Nothing was changed: it has to be accepted. */
  readonly isValid: boolean;
}

const kindOf = (name: string): Kind => {
  const kind = KINDS.find((one) => one.name === name);
  if (!kind) throw new Error(`no kind ${name}`);
  return kind;
};

/** How many rows are written in it, whoever reads them; undefined where that cannot be said. */
function rowsIn({ root, child, isContainer }: Kind, text: string): number | undefined {
  if (child === null) return undefined;
  if (/^\s*[[{]/.test(text)) {
    try {
      const parsed: unknown = JSON.parse(text);
      const inner = isContainer ? (parsed as Row)[root] : parsed;
      const rows = isContainer ? (inner as Row)[child] : inner;
      return Array.isArray(rows) ? rows.length : undefined;
    } catch {
      return undefined;
    }
  }
  if (/<!|<\?(?!xml )/.test(text)) return undefined;
  let [depth, rows] = [0, 0];
  for (const [, closes, name, empty] of text.matchAll(/<(\/?)([^\s/<>?]+)(?:[^<>"]|"[^"]*")*?(\/?)>/g)) {
    if (closes) depth -= 1;
    else if (depth === 1 && name === child) rows += 1;
    if (!closes && !empty) depth += 1;
  }
  return depth === 0 ? rows : undefined;
}

const cases: fc.Arbitrary<Case> = fc
  .tuple(fc.constantFrom(...KINDS), fc.constantFrom('xml' as const, 'json' as const))
  .chain(([kind, form]) =>
    mutatedJson(kind.seeds).chain(({ value, seed }) => {
      const valid = written(kind, value, form);
      return editedText(fc.constant(valid), { deep: DEEP }).map((text) => ({
        kind: kind.name,
        text,
        isValid: seed >= 0 && text === valid && form === (kind.form ?? form),
      }));
    }),
  );

export const plex = defineTarget<Case, unknown>({
  name: 'plex',
  inputs: cases,
  size: ({ text }) => text.length,
  parse: ({ kind, text }) => kindOf(kind).read(readDocument(Buffer.from(text)), {}),
  check(value, { kind: name, text, isValid }) {
    const kind = kindOf(name);
    if (value === undefined) {
      must(!isValid, `a valid document of ${name} is refused`);
      return;
    }
    must(kind.check(value), `${name}: not what its type says`, value);
    const rows = rowsIn(kind, text);
    if (kind.counted && rows !== undefined)
      must(kind.counted(value) === rows, `${name}: ${kind.counted(value)} rows of ${rows}`);
  },
});
