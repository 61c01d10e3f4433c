/** What a text says in English, for expectations. */
import { auditMessage } from '../../src/adapters/discord/views/audit-line.ts';
import { type Md, md, type Text } from '../../src/adapters/discord/views/view.ts';
import { markdownOf, plainOf } from '../../src/adapters/discord/wire/speech.ts';
import type { AuditEvent, AuditFacts } from '../../src/domain/model.ts';
import type { Said } from '../../src/words/say.ts';

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
