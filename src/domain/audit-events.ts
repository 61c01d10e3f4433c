/** The events of the audit log: a line here makes one, and everything that differs between them stands in it. */

export interface AuditEventTraits {
  /** 🟢 access or something else was gained or is back, 🔵 for the record, 🟡 worth a look, 🔴 ended, gone or wrong. */
  readonly sign: '🟢' | '🔵' | '🟡' | '🔴';
}

/** `noun.verb`, as shown in the audit channel. */
const events = {
  'server.added': { sign: '🟢' },
  'server.edited': { sign: '🔵' },
  'server.removed': { sign: '🔴' },
  'server.offline': { sign: '🔴' },
  'server.online': { sign: '🟢' },
  'server.sharing_lost': { sign: '🔴' },
  'server.sharing_back': { sign: '🟢' },
  'server.drilled': { sign: '🔵' },
  'server.frozen': { sign: '🔴' },
  'server.unfrozen': { sign: '🟢' },
  'library.gone': { sign: '🟡' },
  'library.off': { sign: '🟡' },
  'library.renamed': { sign: '🔵' },
  'library.back': { sign: '🟢' },
  'plan.created': { sign: '🔵' },
  'plan.edited': { sign: '🔵' },
  'plan.deleted': { sign: '🔵' },
  'invite.created': { sign: '🔵' },
  'invite.sent': { sign: '🔵' },
  'invite.dm_closed': { sign: '🟡' },
  'invite.redeemed': { sign: '🟢' },
  'invite.revoked': { sign: '🔴' },
  'grant.created': { sign: '🟢' },
  'grant.started': { sign: '🟢' },
  'grant.extended': { sign: '🟢' },
  'grant.changed': { sign: '🔵' },
  'grant.paused': { sign: '🟡' },
  'grant.resumed': { sign: '🟢' },
  'grant.revoked': { sign: '🔴' },
  'grant.ending': { sign: '🟡' },
  'grant.ended': { sign: '🔴' },
  'grant.overdue': { sign: '🔴' },
  'request.made': { sign: '🔵' },
  'request.approved': { sign: '🟢' },
  'request.declined': { sign: '🟡' },
  'access.applied': { sign: '🟢' },
  'access.accepted': { sign: '🟢' },
  'access.held': { sign: '🟡' },
  'access.exceeded': { sign: '🔴' },
  'drift.found': { sign: '🟡' },
  'drift.corrected': { sign: '🔵' },
  'member.linked': { sign: '🟢' },
  'member.imported': { sign: '🟢' },
  'member.unlinked': { sign: '🔵' },
  'member.left': { sign: '🟡' },
  'member.returned': { sign: '🟢' },
  'member.forgotten': { sign: '🔵' },
  'role.refused': { sign: '🔴' },
  'settings.changed': { sign: '🔵' },
  'api.token_created': { sign: '🟡' },
  'api.token_revoked': { sign: '🔵' },
  'webhook.added': { sign: '🟡' },
  'webhook.removed': { sign: '🔵' },
  'webhook.failing': { sign: '🔴' },
  'backup.made': { sign: '🔵' },
  'app.restarted': { sign: '🔵' },
} satisfies Record<string, AuditEventTraits>;

export type AuditAction = keyof typeof events;

export const AUDIT_EVENTS: Readonly<Record<AuditAction, AuditEventTraits>> = events;

export const AUDIT_ACTIONS = Object.keys(events) as readonly AuditAction[];

type NounOf<Action> = Action extends `${infer Noun}.${string}` ? Noun : never;
export type AuditNoun = NounOf<AuditAction>;

/** What events are about, in their order. */
export const AUDIT_NOUNS = [
  ...new Set(AUDIT_ACTIONS.map((action) => action.split('.')[0])),
] as readonly AuditNoun[];

/** The event of this name, or all about this noun; none for anything else. */
export const actionsOf = (name: string): readonly AuditAction[] =>
  AUDIT_ACTIONS.filter((action) => action === name || action.startsWith(`${name}.`));
