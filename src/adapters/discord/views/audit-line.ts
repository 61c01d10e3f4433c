/**
 * Messages of the audit channel: for each event a sentence for people, and below it small print for programs. Pure.
 */
import { AUDIT_EVENTS } from '../../../domain/audit-events.ts';
import type { AuditDetail, AuditEvent } from '../../../domain/model.ts';
import { programOf } from '../../../domain/programs.ts';
import type { Language } from '../../../words/catalogue.ts';
import { clampUnits, sanitise } from '../wire/sanitise.ts';
import { markdownOf } from '../wire/speech.ts';
import { auditSentence, isSnowflake, momentIn, type Names, personIn, roleIn } from './audit-sentences.ts';
import { join, type Md, md, raw, say } from './view.ts';

/** Discord's limit for a plain message (discord.md 1.5). */
const MAX_LENGTH = 2_000;
/** No message has room for more. */
export const MOST_IN_ONE = 40;
const LONGEST_DETAIL = 600;

/** In which language, and with which names. */
export interface Telling {
  readonly language: Language;
  readonly names: Names;
}

/**
 * The message of the first of these events, and of as many that follow as have room in it. Events that say the same of
 * several people share a sentence; each has its own small print.
 */
export function auditMessage(
  events: readonly AuditEvent[],
  telling: Telling,
): { readonly content: string; readonly told: number } {
  let [told, tooMany] = [1, Math.min(events.length, MOST_IN_ONE) + 1];
  while (tooMany - told > 1) {
    const half = Math.floor((told + tooMany) / 2);
    if (written(events.slice(0, half), telling).length <= MAX_LENGTH) told = half;
    else tooMany = half;
  }
  return { content: written(events.slice(0, told), telling), told };
}

/** The message of an event whose sentence Discord does not take. */
export function bareAuditMessage(event: AuditEvent, { language }: Telling): string {
  return `${markdownOf(md`${say('audit.cut')}`, language)}\n-# ${marker(event)}`;
}

/** How the small print of an event begins. No other event of the same guild begins like this. */
const marker = ({ number, action }: AuditEvent): string => `#${number} ${action}`;

/**
 * Which of these events a message of ours tells. Small print begins a line, and nothing that others wrote can. The
 * second form is how a line was written before there were sentences.
 */
export function toldIn(content: string, events: readonly AuditEvent[]): readonly AuditEvent[] {
  const markers = new Set(
    content.matchAll(/^(?:-#|🟢|🔵|🟡|🔴) (#\d+ [a-z_]+\.[a-z_]+)(?= ·|$)/gmu).map(([, found]) => found),
  );
  return events.filter((event) => markers.has(marker(event)));
}

function written(events: readonly AuditEvent[], telling: Telling): string {
  return alike(events)
    .flatMap((group) => {
      const small = group.map((event) => `-# ${smallPrint(event)}`);
      const sentence = sentenceOf(group, telling);
      // What is too long by itself is cut before the small print, which programs read.
      const room = MAX_LENGTH - small.join('\n').length - 1;
      return [events.length > 1 ? sentence : clampUnits(sentence, room), ...small];
    })
    .join('\n');
}

/** Neighbours that say the same of different people. */
function alike(events: readonly AuditEvent[]): readonly (readonly [AuditEvent, ...AuditEvent[]])[] {
  const groups: [AuditEvent, ...AuditEvent[]][] = [];
  let last = '';
  for (const event of events) {
    const key = saidOf(event);
    const group = groups.at(-1);
    if (group && event.targetId !== null && key === last) group.push(event);
    else groups.push([event]);
    last = key;
  }
  return groups;
}

/** All that is said of an event but whom it is about. */
function saidOf(event: AuditEvent): string {
  const sentence = auditSentence(event, [], new Map());
  return JSON.stringify([event.action, event.actorId, sentence, notes(event)]);
}

function sentenceOf(group: readonly [AuditEvent, ...AuditEvent[]], { language, names }: Telling): string {
  const [event] = group;
  const people = [...new Set(group.flatMap(({ targetId }) => targetId ?? []))];
  return markdownOf(told(event, people, names), language);
}

/** What happened, with its sign and what there is to note, in no language yet. */
export const auditText = (event: AuditEvent, names: Names): Md =>
  told(event, event.targetId === null ? [] : [event.targetId], names);

/** Of a row, the lists are short. */
const BRIEF_UNITS = 40;

/** The sentence without the notes: for a row. */
export function auditBrief(event: AuditEvent, names: Names): Md {
  const people = event.targetId === null ? [] : [personIn(names, event.targetId)];
  return md`${raw(signOf(event))} ${auditSentence(event, people, names, BRIEF_UNITS)}`;
}

function told(event: AuditEvent, people: readonly string[], names: Names): Md {
  const sentence = auditSentence(
    event,
    people.map((id) => personIn(names, id)),
    names,
  );
  return md`${raw(signOf(event))} ${join([sentence, ...notes(event)], ' · ')}`;
}

/** An account that is closed is applied like anything else, and good news for nobody. */
function signOf({ action, facts: { deleteAt, how } }: AuditEvent): string {
  const isClosed = action === 'access.applied' && (deleteAt !== undefined || how === 'not-deleted');
  return isClosed ? '🔴' : AUDIT_EVENTS[action].sign;
}

/** Actions whose sentence does not name the role that is a part of it. */
const WITH_ROLE = /^(?:plan|invite)\./;

/** What stands behind the sentence. */
function notes({ action, facts: { role, redeemUntil, reason, detail } }: AuditEvent): readonly Md[] {
  const notes = [
    role !== undefined && WITH_ROLE.test(action) && md`${say('audit.note.role', { role: roleIn(role) })}`,
    redeemUntil !== undefined && md`${say('audit.note.redeemUntil', { at: momentIn(redeemUntil) })}`,
    // A quote of theirs would end it, and what follows would read as a part of ours.
    reason && md`"${reason.replaceAll(/["“”„‟]/g, "'")}"`,
    ...[detail ?? []].flat().map(noteOf),
  ];
  return notes.filter((note) => typeof note === 'object');
}

function noteOf(detail: AuditDetail): Md {
  if (typeof detail !== 'string') return md`${detail}`;
  // Between dots of ours, one at its end is one too many.
  return raw(sanitise(detail.replace(/(?<!\.)\.$/, ''), { max: LONGEST_DETAIL }));
}

/** `#1042 grant.created · @Mia id · by @Olga id · grant #17`, in every language. Usher itself is nobody. */
export function smallPrint(event: AuditEvent): string {
  const { targetId, actorId, facts } = event;
  return [
    marker(event),
    ...(targetId === null ? [] : [withId(targetId)]),
    ...(actorId === null ? [] : [`by ${withId(actorId)}`]),
    ...(facts.grant === undefined ? [] : [`grant #${facts.grant}`]),
    ...(facts.invite ? [`invite ${sanitise(facts.invite)}`] : []),
  ].join(' · ');
}

function withId(id: string): string {
  const program = programOf(id);
  if (program) return `API ${sanitise(program.name)} · request ${sanitise(program.requestId)}`;
  return isSnowflake(id) ? `<@${id}> ${id}` : sanitise(id);
}
