/** The values that text columns may hold. They are checked when a row is read, so no cast is needed. */

import type { DeliveryKind } from '../../../app/ports/outbox.ts';
import type { Post } from '../../../app/ports/posts.ts';
import type { ArrivalReason, Aside } from '../../../domain/arrival.ts';
import { AUDIT_EVENTS } from '../../../domain/audit-events.ts';
import type { Weekday } from '../../../domain/digest.ts';
import type { MayAsk } from '../../../domain/may-ask.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type {
  Account,
  AuditAction,
  Capability,
  DriftPolicy,
  EndCause,
  ExpiryAction,
  GrantSource,
  GrantState,
  HeldRun,
  JobName,
  JobRun,
  LibraryClosed,
  LibraryType,
  Member,
  MemberRequest,
  RoleRule,
  RoleState,
  Server,
  ServerKind,
  SignIn,
} from '../../../domain/model.ts';
import type { ApiScope } from '../../../domain/programs.ts';
import { PROTECTIONS, type Protection } from '../../../domain/protection.ts';

/**
 * Reads a value of one type.
 * @throws {Error} when the column holds anything else.
 */
type Reader<T extends string> = (text: string) => T;

/** `all` must name every value of the type, so that a value which is added later is missed at compile time. */
function words<T extends string>(what: string, all: Readonly<Record<T, unknown>>): Reader<T> {
  const isOne = (text: string): text is T => Object.hasOwn(all, text);
  return (text) => {
    if (!isOne(text)) throw new Error(`The database holds an unknown ${what}: ${JSON.stringify(text)}.`);
    return text;
  };
}

/** The same for a column that may be null. */
export function orNull<T>(read: (text: string) => T): (text: string | null) => T | null {
  return (text) => (text === null ? null : read(text));
}

export const apiScope = words<ApiScope>('scope of a token', { read: true, grants: true, admin: true });
export const serverKind = words<ServerKind>('server kind', MEDIA_KINDS);
export const serverStatus = words<Server['status']>('server status', { online: true, offline: true });
export const libraryType = words<LibraryType>('library type', {
  movies: true,
  shows: true,
  music: true,
  photos: true,
  books: true,
  mixed: true,
  other: true,
});
export const libraryClosed = words<LibraryClosed>('reason why a library is closed', {
  off: true,
  unready: true,
});
export const capability = words<Capability>('capability', { admin: true, moderator: true, auditor: true });
export const effect = words<RoleRule['effect']>('effect', { allow: true, deny: true });
export const expiryAction = words<ExpiryAction>('expiry action', {
  withdraw: true,
  disable: true,
  delete: true,
});
export const driftPolicy = words<DriftPolicy>('drift policy', { report: true, enforce: true, adopt: true });
export const protection = words<Protection>('protection', PROTECTIONS);
export const seenAccess = words<Account['seenAccess']>('seen access', {
  none: true,
  libraries: true,
  all: true,
  unknown: true,
});
export const dmState = words<Member['dmState']>('DM state', { unknown: true, open: true, closed: true });
export const grantSource = words<GrantSource>('grant source', {
  command: true,
  invite: true,
  role: true,
  imported: true,
});
export const roleState = words<RoleState>('role state', {
  held: true,
  asked: true,
  kept: true,
  lost: true,
});
export const grantState = words<GrantState>('grant state', {
  scheduled: true,
  active: true,
  paused: true,
  ending: true,
  ended: true,
});
export const endCause = words<EndCause>('end cause', { expired: true, revoked: true, removed: true });
export const heldRunState = words<HeldRun['state']>('state of a held run', {
  held: true,
  released: true,
  dismissed: true,
});
export const mayAsk = words<MayAsk>('choice of what members may ask for', {
  renew: true,
  all: true,
  none: true,
});
export const weekday = words<Weekday>('day of the week', {
  monday: true,
  tuesday: true,
  wednesday: true,
  thursday: true,
  friday: true,
  saturday: true,
  sunday: true,
});
export const requestState = words<MemberRequest['state']>('state of a request', {
  waiting: true,
  approved: true,
  declined: true,
  void: true,
});
export const jobName = words<JobName>('job', {
  ...{ enforce: true, sync: true, remind: true },
  ...{ roles: true, cards: true, purge: true },
});
export const jobOutcome = words<JobRun['outcome']>('outcome of a job', {
  ok: true,
  failed: true,
});
export const signInState = words<SignIn['state']>('sign-in state', {
  waiting: true,
  approved: true,
  confirmed: true,
  done: true,
  expired: true,
});
export const deliveryKind = words<DeliveryKind>('delivery kind', {
  audit: true,
  alert: true,
  channel: true,
  dm: true,
  notice: true,
  role: true,
});
export const arrivalReason = words<ArrivalReason>('reason of a proposal', {
  earlier: true,
  name: true,
  nickname: true,
  email: true,
  alike: true,
  chosen: true,
});
export const arrivalAside = words<Aside>('word of staff about an account', {
  'not-a-member': true,
  ignored: true,
});
export const postKind = words<Post['kind']>('kind of post', { alert: true, channel: true });
export const postState = words<Post['state']>('post state', { waiting: true, open: true, closed: true });
export const auditAction = words<AuditAction>('audit action', AUDIT_EVENTS);
