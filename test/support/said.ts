/** What a text says in English, for expectations. */
import { auditMessage } from '../../src/adapters/discord/views/audit-line.ts';
import { type Md, md, type Text } from '../../src/adapters/discord/views/view.ts';
import { markdownOf, plainOf } from '../../src/adapters/discord/wire/speech.ts';
import type { AuditEvent, AuditFacts } from '../../src/domain/model.ts';
import type { Said, Sentence } from '../../src/words/say.ts';

/** The message of the audit channel about one event, without names. */
export const saidEvent = (event: AuditEvent): string =>
  auditMessage([event], { language: 'en', names: new Map() }).content;

/** What an event has to say beside its facts. */
export function saidDetail(detail: AuditFacts['detail']): string | undefined {
  if (detail === undefined) return undefined;
  return [detail].flat().map(saidPlain).join('; ');
}

export const said = (text: Md): string => markdownOf(text, 'en');
export const saidPlain = (text: Text): string => plainOf(text, 'en');
/** Of what is kept until it is told. */
export const told = (text: Said): string => (typeof text === 'string' ? text : said(md`${text}`));

/** The same value with each sentence in it as its English text. */
export function inEnglish<T>(value: T): T {
  // What is compared is looked at as data: whatever was a sentence is a text.
  return english(value) as T;
}

function english(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(english);
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype)
    return value;
  if (isSentence(value)) return saidPlain(value);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, english(each)]));
}

const isSentence = (value: object): value is Sentence =>
  'key' in value &&
  typeof value.key === 'string' &&
  Object.keys(value).every((name) => name === 'key' || name === 'values');
