/** The report of a drill, and its form for a bug report, which names nobody and nothing. Pure. */

import { say, type Text } from '../../words/say.ts';
import type { ServerKind } from '../media-kinds.ts';
import type { Finding } from './beliefs.ts';
import type { DrillStep } from './facts.ts';

/** A part of a drill that has ended. */
export interface PlayedStep {
  readonly step: DrillStep;
  readonly ms: number;
}

export interface DrillReport {
  readonly kind: ServerKind;
  /** Of the media server; null when it is not known. */
  readonly version: string | null;
  readonly at: Date;
  readonly steps: readonly PlayedStep[];
  readonly findings: readonly Finding[];
  /** Why the rest was not played; null when all of it was. */
  readonly stopped: Text | null;
  /** Why something of it is still on the server; null when nothing is. */
  readonly leftBehind: Text | null;
}

export const findingsOf = (
  { findings }: Pick<DrillReport, 'findings'>,
  result: Finding['result'],
): readonly Finding[] => findings.filter((finding) => finding.result === result);

/** What no drill can try with the one library that an admin picks, and nobody may open another one. */
export const NOT_TRIED = say('server.drill.notTried');

/** What is taken out of every text, and what is said in its place. */
export interface MaskedName {
  readonly text: string;
  readonly as: string;
}

/**
 * JSON to attach to a bug report: without ids, names and addresses. No secret ever was in it. Sentences are by their
 * keys, which are the same whatever the admin speaks.
 */
export function maskedReport(report: DrillReport, names: readonly MaskedName[]): string {
  const { kind, version, at, steps, findings, stopped, leftBehind } = report;
  const said = (text: Text | null) => (text === null ? null : maskedText(text, names));
  const content = {
    report: 'usher drill',
    format: 2,
    server: { kind, version },
    at: at.toISOString(),
    steps,
    stopped: said(stopped),
    notTried: [NOT_TRIED.key],
    leftBehind: said(leftBehind),
    findings: findings.map(({ says, saw, ...finding }) => ({ ...finding, says: says.key, saw: said(saw) })),
  };
  return `${JSON.stringify(content, null, 2)}\n`;
}

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bhttps?:\/\/[^\s,;”)"]+/gi, '[address]'],
  [/[^\s@“"(]+@[^\s@”")]+/g, '[e-mail]'],
  [/\[[0-9a-f:.]+\](?::\d+)?|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?/gi, '[address]'],
  [/\b(?=[\d.-]*[a-z])[a-z\d][a-z\d.-]*:\d{2,5}\b/gi, '[address]'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{16,}\b|\b\d{5,}\b/gi, '[id]'],
];

function maskedText(text: Text, names: readonly MaskedName[]): unknown {
  if (typeof text === 'string') return masked(text, names);
  const values = Object.entries(text.values ?? {}).map(([name, value]) => {
    if (typeof value === 'string') return [name, masked(value, names)];
    return [name, typeof value === 'object' && 'key' in value ? maskedText(value, names) : value];
  });
  return { says: text.key, ...Object.fromEntries(values) };
}

/** Takes out what is known by name, and whatever looks like an address or an id. */
export function masked(text: string, names: readonly MaskedName[]): string {
  const known = names
    .filter((name) => name.text.length > 2)
    .toSorted((one, other) => other.text.length - one.text.length)
    .reduce((rest, { text: name, as }) => rest.replaceAll(asWord(name), `[${as}]`), text);
  return PATTERNS.reduce((rest, [pattern, as]) => rest.replaceAll(pattern, as), known);
}

/** Not within other words: a library may be called as a part of what everybody says. */
const asWord = (name: string): RegExp =>
  new RegExp(String.raw`(?<![\p{L}\p{N}])${escaped(name)}(?![\p{L}\p{N}])`, 'giu');

const escaped = (text: string): string => text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
