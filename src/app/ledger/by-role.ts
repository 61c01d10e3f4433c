/** Grants that a Discord role gives: they come with the role, and end some time after it is lost. */
import { addDuration } from '../../domain/duration.ts';
import { isOver } from '../../domain/grant.ts';
import type { GrantChanges } from '../../domain/grant-change.ts';
import type { MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import type { Grant, Plan, RolePlan } from '../../domain/model.ts';
import { people, questionMark, type RoleChanges, type RoleGrant } from '../../domain/role-plans.ts';
import { lines, mentionedRole, type Sentence, say, timeOf } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { alert, over } from './alerts.ts';
import { cutOff } from './leaving.ts';
import { type Entry, inLedger, type Ledger } from './ledger.ts';

type LedgerDeps = Parameters<typeof inLedger>[0];

/** What Discord shows of some members, as changes that are believed, and losses about which an admin is asked. */
export interface BelievedChanges extends RoleChanges {
  readonly asked: readonly RoleGrant[];
}

interface Plans {
  readonly rolePlans: readonly RolePlan[];
  readonly plans: readonly Plan[];
  readonly zone: string;
}

/** Writes it down, for these members. */
export async function followRoles(
  deps: LedgerDeps,
  tx: GuildStores,
  changes: BelievedChanges,
  of: Plans,
): Promise<void> {
  const touched = [...changes.regained, ...changes.lost, ...changes.asked];
  const memberIds = [...changes.gained, ...touched].map(({ memberId }) => memberId);
  const grants = await fullGrants(tx, touched);
  await inLedger(deps, tx, { memberIds }, async (ledger) => {
    for (const { memberId, of: rolePlan } of changes.gained) await give(ledger, memberId, rolePlan, of.plans);
    await hold(tx, ledger, changes.regained, { grants, state: 'held' });
    await hold(tx, ledger, changes.asked, { grants, state: 'asked' });
    await lose(tx, ledger, changes.lost, { ...of, grants, lostAt: ledger.now });
  });
}

/** By id, of grants that are known in part. */
async function fullGrants(tx: GuildStores, some: readonly RoleGrant[]): Promise<ReadonlyMap<string, Grant>> {
  if (some.length === 0) return new Map();
  const memberIds = [...new Set(some.map(({ memberId }) => memberId))];
  return new Map((await tx.grants.list({ memberIds })).map((grant) => [grant.id, grant]));
}

async function give(
  ledger: Ledger,
  memberId: MemberId,
  { roleId, planId }: RolePlan,
  plans: readonly Plan[],
): Promise<void> {
  const plan = plans.find(({ id }) => id === planId);
  if (!plan || plan.libraryIds.length === 0) return;
  const { libraryIds } = plan;
  const by = { source: 'role', roleId, planId, createdById: asActor(memberId) } as const;
  // As long as the role is held, which nobody can tell before.
  await ledger.create(
    { ...by, memberId, expiresAt: null, libraryIds },
    { actorId: null, how: 'role', role: roleId },
  );
}

/** They go on for as long as the role is held, or until an admin has decided. */
async function hold(
  tx: GuildStores,
  ledger: Ledger,
  some: readonly RoleGrant[],
  { grants, state }: { readonly grants: ReadonlyMap<string, Grant>; readonly state: 'held' | 'asked' },
): Promise<void> {
  const lostAt = state === 'asked' ? ledger.now : null;
  await tx.grants.noteRole(idsOf(some), state, lostAt);
  for (const { id, roleId, roleState } of some) {
    const grant = grants.get(id);
    // What was bounded when the role was lost is so no more.
    if (!grant || roleState !== 'lost' || isOver(grant)) continue;
    const changes: GrantChanges =
      grant.state === 'paused' ? { remainingSeconds: null, expiresAt: null } : { expiresAt: null };
    const role = mentionedRole(roleId);
    const note =
      state === 'held' ? say('audit.note.roleBack', { role }) : say('audit.note.roleAsked', { role });
    await ledger.change(grant, changes, byRole(note));
  }
}

const byRole = (detail: Sentence): Entry => ({ actorId: null, detail });

/** They end after the grace. Of what is over already, only the role is noted. */
async function lose(
  tx: GuildStores,
  ledger: Ledger,
  some: readonly RoleGrant[],
  {
    grants,
    rolePlans,
    zone,
    lostAt,
    entry,
  }: Omit<Plans, 'plans'> & {
    readonly grants: ReadonlyMap<string, Grant>;
    /** Null where an admin has decided it. */
    readonly lostAt: Date | null;
    readonly entry?: Entry;
  },
): Promise<void> {
  await tx.grants.noteRole(idsOf(some), 'lost', lostAt);
  for (const { id, roleId, planId } of some) {
    const grant = grants.get(id);
    const of = rolePlans.find((one) => one.roleId === roleId && one.planId === planId);
    if (!grant || !of || isOver(grant)) continue;
    const changes = bounded(grant, addDuration(ledger.now, of.grace, zone), ledger.now);
    if (!changes) continue;
    const detail = say('audit.note.roleLost', { role: mentionedRole(roleId) });
    await ledger.change(grant, changes, entry ?? byRole(detail));
  }
}

/** Not longer than until `end`; undefined where it ends before. */
function bounded(grant: Grant, end: Date, now: Date): GrantChanges | undefined {
  if (grant.state === 'paused') {
    const left = Math.ceil((end.getTime() - now.getTime()) / 1000);
    const isLess = grant.remainingSeconds !== null && grant.remainingSeconds <= left;
    return isLess ? undefined : { expiresAt: end, remainingSeconds: left };
  }
  return grant.expiresAt !== null && grant.expiresAt <= end ? undefined : { expiresAt: end };
}

const idsOf = (some: readonly RoleGrant[]): readonly string[] => some.map(({ id }) => id);

/** An admin has decided that those who lost a role lose what it gives, or keep it; or the role gives it no more. */
export async function decideLosses(
  deps: LedgerDeps,
  tx: GuildStores,
  some: readonly RoleGrant[],
  decided: { readonly keep: boolean; readonly entry: Entry; readonly rolePlans: readonly RolePlan[] },
): Promise<readonly MemberId[]> {
  const memberIds = [...new Set(some.map(({ memberId }) => memberId))];
  if (decided.keep) return await keep(deps, tx, some);
  const [grants, { zone }] = await Promise.all([fullGrants(tx, some), tx.settings.get()]);
  await inLedger(deps, tx, { memberIds }, (ledger) =>
    lose(tx, ledger, some, { ...decided, grants, zone, lostAt: null }),
  );
  return memberIds;
}

/** The grants no longer go with the role, but with their members: of those who have left, too. */
async function keep(
  deps: LedgerDeps,
  tx: GuildStores,
  some: readonly RoleGrant[],
): Promise<readonly MemberId[]> {
  await tx.grants.noteRole(idsOf(some), 'kept', null);
  const [away, settings] = await Promise.all([tx.members.listLeft(), tx.settings.get()]);
  const memberIds = away.filter((id) => some.some(({ memberId }) => memberId === id));
  if (memberIds.length === 0) return [];
  const kept = new Set(idsOf(some));
  const grants = (await tx.grants.list({ memberIds })).filter(({ id }) => kept.has(id));
  await inLedger(deps, tx, { memberIds }, (ledger) => cutOff(ledger, grants, settings));
  return memberIds;
}

const topicOf = (roleId: string) => `losses ${roleId}` as const;

/**
 * Asks the admins about those who have lost a role, all of them in one question; closes it when they have it again.
 * `isGone`: there is no such role any more.
 */
export async function askAboutLosses(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  { roleId, isGone, now }: { readonly roleId: string; readonly isGone: boolean; readonly now: Date },
): Promise<void> {
  const of = (await tx.grants.listByRole()).filter((grant) => grant.roleId === roleId);
  const asked = of.filter(({ roleState }) => roleState === 'asked');
  const post = await tx.posts.find(topicOf(roleId));
  const isOpen = post !== undefined && post.state !== 'closed';
  if (asked.length === 0) {
    if (isOpen) await closeLosses(deps, tx, { roleId, how: 'settled', now });
    return;
  }
  const role = mentionedRole(roleId);
  const count = people(asked);
  const told = isGone
    ? say('alert.losses.gone', { role, count })
    : say('alert.losses.many', {
        role,
        count,
        all: people(of.filter(({ roleState }) => roleState !== 'lost')),
      });
  const text = lines(told, say('alert.losses.release'), say('alert.losses.keep'));
  if (!isOpen) await noteLosses(tx, { roleId, how: 'role-asked', now });
  await alert(deps, tx, topicOf(roleId), { text, losses: { roleId, mark: questionMark(asked) }, now });
}

/** Nobody has to decide any more. */
export async function closeLosses(
  deps: Pick<Deps, 'codes'>,
  tx: GuildStores,
  {
    roleId,
    how,
    entry,
    text,
    now,
  }: {
    readonly roleId: string;
    readonly how: 'released' | 'kept' | 'settled';
    readonly entry?: Pick<Entry, 'actorId'>;
    readonly text?: Sentence;
    readonly now: Date;
  },
): Promise<void> {
  await noteLosses(tx, { roleId, how: `role-${how}`, actorId: entry?.actorId ?? null, now });
  const said = text ?? say('alert.losses.settled', { role: mentionedRole(roleId), at: timeOf(now) });
  await over(deps, tx, topicOf(roleId), { text: said, now });
}

async function noteLosses(
  tx: GuildStores,
  {
    roleId,
    how,
    actorId = null,
    now,
  }: {
    readonly roleId: string;
    readonly how: string;
    readonly actorId?: Entry['actorId'];
    readonly now: Date;
  },
): Promise<void> {
  await tx.audit.append({ action: 'access.held', actorId, facts: { role: roleId, how }, at: now });
}
