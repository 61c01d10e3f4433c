/** One line per audit event, readable for people and for programs. Pure. */
import type { AuditAction, AuditEvent, AuditFacts } from '../../../domain/model.ts';
import { clampUnits, sanitise } from '../wire/sanitise.ts';
import { code, join, type Md, md, mention, moment } from './view.ts';

/** 🟢 access or something else was gained or is back, 🔵 for the record, 🟡 worth a look, 🔴 ended, gone or wrong. */
const SIGNS: Readonly<Record<AuditAction, '🟢' | '🔵' | '🟡' | '🔴'>> = {
  'server.added': '🟢',
  'server.edited': '🔵',
  'server.removed': '🔴',
  'server.offline': '🔴',
  'server.online': '🟢',
  'server.sharing_lost': '🔴',
  'server.sharing_back': '🟢',
  'library.gone': '🟡',
  'library.back': '🟢',
  'plan.created': '🔵',
  'plan.edited': '🔵',
  'plan.deleted': '🔵',
  'invite.created': '🔵',
  'invite.sent': '🔵',
  'invite.dm_closed': '🟡',
  'invite.redeemed': '🟢',
  'invite.revoked': '🔴',
  'grant.created': '🟢',
  'grant.started': '🟢',
  'grant.extended': '🟢',
  'grant.changed': '🔵',
  'grant.paused': '🟡',
  'grant.resumed': '🟢',
  'grant.revoked': '🔴',
  'grant.ending': '🟡',
  'grant.ended': '🔴',
  'grant.overdue': '🔴',
  'access.applied': '🟢',
  'access.accepted': '🟢',
  'access.held': '🟡',
  'drift.found': '🟡',
  'drift.corrected': '🔵',
  'member.linked': '🟢',
  'member.unlinked': '🔵',
  'settings.changed': '🔵',
};

/** Events that give access: for these, no end means for good. For all others it means that no end is known. */
const GIVES: ReadonlySet<AuditAction> = new Set([
  'grant.created',
  'grant.started',
  'grant.extended',
  'grant.changed',
  'grant.resumed',
]);

/** Discord's limit for a plain message (discord.md 1.5). */
const MAX_LENGTH = 2_000;

/** How the line of an event starts. No other line of the same guild starts like this. */
export function auditMarker(event: AuditEvent): string {
  return `${SIGNS[event.action]} #${event.number} ${event.action} · `;
}

/** `🟢 #1042 grant.created · @target (id) by @actor (id) · Tower · Movies, TV · until … · reason "…"` */
export function auditLine(event: AuditEvent): string {
  const { facts, action } = event;
  const actor = event.actorId === null ? md`Usher` : person(event.actorId);
  const who = event.targetId === null ? md`by ${actor}` : md`${person(event.targetId)} by ${actor}`;
  const rest = join([who, ...partsOf(facts, GIVES.has(action))], ' · ').markdown;
  return clampUnits(auditMarker(event) + rest, MAX_LENGTH);
}

function partsOf(facts: AuditFacts, gives: boolean): readonly Md[] {
  const parts: readonly (Md | undefined)[] = [
    named(facts.server, (server) => md`${server}`),
    facts.libraries && facts.libraries.length > 0 ? libraryList(facts.libraries) : undefined,
    named(facts.account, (account) => md`account ${account}`),
    named(facts.channel, (id) => (isSnowflake(id) ? mention.channel(id) : md`${id}`)),
    named(facts.role, (id) => (isSnowflake(id) ? mention.role(id) : md`${id}`)),
    named(facts.from, (iso) => md`from ${iso8601(iso)}`),
    named(facts.until, (iso) => md`until ${iso8601(iso)}`) ?? (gives ? md`for good` : undefined),
    named(facts.reason, (reason) => md`reason "${reason}"`),
    facts.grant === undefined ? undefined : md`grant #${facts.grant}`,
    named(facts.invite, (prefix) => md`invite ${code(prefix)}`),
    named(facts.detail, (detail) => ({ markdown: sanitise(detail, { max: 600 }) })),
  ];
  return parts.filter((part) => part !== undefined);
}

function named(value: string | undefined, show: (value: string) => Md): Md | undefined {
  return value === undefined || value === '' ? undefined : show(value);
}

/** Long lists are cut, so that the rest of the line fits. */
function libraryList(names: readonly string[]): Md {
  const shown: string[] = [];
  for (const name of names) {
    const safe = sanitise(name, { max: 80 });
    if (shown.join(', ').length + safe.length > 600) break;
    shown.push(safe);
  }
  const hidden = names.length - shown.length;
  return { markdown: hidden === 0 ? shown.join(', ') : `${shown.join(', ')} and ${hidden} more` };
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
