/** One line per audit event, readable for people and for programs. Pure. */
import { AUDIT_EVENTS } from '../../../domain/audit-events.ts';
import type { AuditEvent, AuditFacts } from '../../../domain/model.ts';
import { delimited, delimitedFull } from '../../../domain/name-list.ts';
import { clampUnits, sanitise } from '../wire/sanitise.ts';
import { markdownOf } from '../wire/speech.ts';
import { afterResume, code, join, type Md, md, mention, moment, raw } from './view.ts';

/** Discord's limit for a plain message (discord.md 1.5). */
const MAX_LENGTH = 2_000;

/** How the line of an event starts. No other line of the same guild starts like this. */
export function auditMarker(event: AuditEvent): string {
  return `${AUDIT_EVENTS[event.action].sign} #${event.number} ${event.action} · `;
}

/** `🟢 #1042 grant.created · @target (id) by @actor (id) · Tower · Movies, TV · until … · reason "…"` */
export function auditLine(event: AuditEvent): string {
  const { facts } = event;
  const actor = event.actorId === null ? md`Usher` : person(event.actorId);
  const who = event.targetId === null ? md`by ${actor}` : md`${person(event.targetId)} by ${actor}`;
  const rest = markdownOf(join([who, ...partsOf(facts)], ' · '), 'en');
  return clampUnits(auditMarker(event) + rest, MAX_LENGTH);
}

function partsOf(facts: AuditFacts): readonly Md[] {
  const parts: readonly (Md | undefined)[] = [
    named(facts.server, (server) => md`${delimited(server)}`),
    facts.libraries && facts.libraries.length > 0 ? libraryList(facts) : undefined,
    named(facts.account, (account) => md`account ${delimited(account)}`),
    named(facts.channel, (id) => (isSnowflake(id) ? mention.channel(id) : md`${id}`)),
    named(facts.role, (id) => (isSnowflake(id) ? mention.role(id) : md`${id}`)),
    named(facts.from, (iso) => md`from ${iso8601(iso)}`),
    endOf(facts),
    facts.before && before(facts.before),
    named(facts.redeemUntil, (iso) => md`can be redeemed until ${iso8601(iso)}`),
    named(facts.deleteAt, (iso) => md`is deleted ${iso8601(iso)}`),
    // A quote of theirs would end it, and what follows would read as a part of ours.
    named(facts.reason, (reason) => md`reason "${reason.replaceAll(/["“”„‟]/g, "'")}"`),
    facts.grant === undefined ? undefined : md`grant #${facts.grant}`,
    named(facts.invite, (prefix) => md`invite ${code(prefix)}`),
    named(facts.detail, (detail) => raw(sanitise(detail, { max: 600 }))),
  ];
  return parts.filter((part) => part !== undefined);
}

function endOf({ until, leftSeconds }: AuditFacts): Md | undefined {
  if (leftSeconds !== undefined) return afterResume(leftSeconds);
  if (until === null) return md`for good`;
  return named(until, (iso) => md`until ${iso8601(iso)}`);
}

function before({ libraries, ...end }: NonNullable<AuditFacts['before']>): Md {
  const parts = [libraries && libraryList({ libraries }), endOf(end)].filter((part) => part !== undefined);
  return md`before: ${join(parts, ' ')}`;
}

function named(value: string | undefined, show: (value: string) => Md): Md | undefined {
  return value === undefined || value === '' ? undefined : show(value);
}

/** Long lists are cut, so that the rest of the line fits. */
function libraryList({ server, libraries: names = [] }: AuditFacts): Md {
  // Where the line names no server before them, each of them has its own.
  const asOne = server === undefined ? delimitedFull : delimited;
  const shown: string[] = [];
  for (const name of names) {
    const safe = asOne(name, sanitise(name, { max: 80 }));
    if (shown.join(', ').length + safe.length > 600) break;
    shown.push(safe);
  }
  const hidden = names.length - shown.length;
  return raw(hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${hidden} more`);
}

function person(id: string): Md {
  return isSnowflake(id) ? md`${mention.user(id)} (${id})` : md`${id}`;
}

function isSnowflake(id: string): boolean {
  return /^\d{15,20}$/.test(id);
}

function iso8601(text: string): Md {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? md`${text}` : moment(at);
}
