/** Who holds the roles that are plans: compared with what is granted by them, and followed. */
import { GuildFull } from '../../domain/guild-limits.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { RolePlan } from '../../domain/model.ts';
import {
  judgeLosses,
  questionMark,
  type RoleChanges,
  type RoleGrant,
  roleChanges,
  type SeenRoles,
} from '../../domain/role-plans.ts';
import { mentionedRole, say, timeOf } from '../../words/say.ts';
import { personOf } from '../ledger/alerts.ts';
import { askAboutLosses, closeLosses, decideLosses, followRoles } from '../ledger/by-role.ts';
import type { Deps } from '../ports/deps.ts';

/** Members in one transaction. */
const BATCH = 200;

/** Follows what is different, and nothing else: where nobody gained or lost a role, nothing is written. */
export async function compareRoles(
  deps: Deps,
  guildId: GuildId,
  seen: SeenRoles,
  names: ReadonlyMap<MemberId, string>,
): Promise<void> {
  const stores = deps.stores.of(guildId);
  const rolePlans = await stores.rolePlans.list();
  if (rolePlans.length === 0 || seen.size === 0) return;
  const some = seen.size <= BATCH ? [...seen.keys()] : undefined;
  const known = await stores.grants.listByRole(some);
  const changes = roleChanges(rolePlans, known, seen);
  const everything = [...changes.gained, ...changes.regained, ...changes.lost];
  if (everything.length === 0) return;
  const hasLost = changes.lost.length > 0;
  const all = hasLost && some ? await stores.grants.listByRole() : known;
  const goneRoleIds = hasLost ? await goneRoles(deps, guildId, all, changes.lost) : new Set<string>();
  const judged = judgeLosses(all, changes.lost, { goneRoleIds, now: deps.clock.now() });
  const memberIds = [...new Set([...everything, ...judged.asked].map(({ memberId }) => memberId))];
  for (let start = 0; start < memberIds.length; start += BATCH)
    await followBatch(deps, guildId, {
      memberIds: memberIds.slice(start, start + BATCH),
      ...{ seen, names, rolePlans, asked: idsOf(judged.asked), lost: idsOf(judged.lost) },
    });
  const inQuestion = [...judged.asked, ...changes.regained.filter(({ roleState }) => roleState === 'asked')];
  for (const roleId of new Set(inQuestion.map((grant) => grant.roleId)))
    await deps.stores.transaction(guildId, (tx) =>
      askAboutLosses(deps, tx, { roleId, isGone: goneRoleIds.has(roleId), now: deps.clock.now() }),
    );
  const { gained, regained } = changes;
  const counts = { gained: gained.length, regained: regained.length, lost: judged.lost.length };
  deps.log.info({ guildId, ...counts, asked: judged.asked.length }, 'roles that are plans have changed');
}

const idsOf = (grants: readonly RoleGrant[]): ReadonlySet<string> => new Set(grants.map(({ id }) => id));

interface Batch {
  readonly memberIds: readonly MemberId[];
  readonly seen: SeenRoles;
  readonly names: ReadonlyMap<MemberId, string>;
  readonly rolePlans: readonly RolePlan[];
  /** Ids of grants, as they were judged before. */
  readonly asked: ReadonlySet<string>;
  readonly lost: ReadonlySet<string>;
}

/** What is different is looked at again inside the transaction: somebody else may have followed it meanwhile. */
async function followBatch(deps: Deps, guildId: GuildId, batch: Batch): Promise<void> {
  const { memberIds, seen, names, asked, lost } = batch;
  try {
    await deps.stores.transaction(guildId, async (tx) => {
      const [rolePlans, plans, settings, known] = await Promise.all([
        tx.rolePlans.list(),
        tx.plans.list(),
        tx.settings.get(),
        tx.grants.listByRole(memberIds),
      ]);
      const roles = new Map(memberIds.flatMap((id) => (seen.has(id) ? [[id, seen.get(id) ?? []]] : [])));
      const now = roleChanges(rolePlans, known, roles);
      const changes = {
        ...now,
        lost: now.lost.filter(({ id }) => lost.has(id)),
        asked: known.filter(({ id, roleState }) => asked.has(id) && roleState !== 'asked'),
      };
      await tx.members.noteNames(namesOf(changes, names));
      await followRoles(deps, tx, changes, { rolePlans, plans, zone: settings.zone });
    });
  } catch (error) {
    if (!(error instanceof GuildFull)) throw error;
    deps.log.error({ guildId, why: error.message }, 'who gained a role could not be given its plan');
  }
}

const namesOf = ({ gained }: RoleChanges, names: ReadonlyMap<MemberId, string>) =>
  [...new Set(gained.map(({ memberId }) => memberId))].flatMap((userId) => {
    const name = names.get(userId);
    return name === undefined ? [] : [{ userId, name }];
  });

/** Of the roles that nobody holds any more: those that Discord does not have any more. */
async function goneRoles(
  deps: Deps,
  guildId: GuildId,
  all: readonly RoleGrant[],
  lost: readonly RoleGrant[],
): Promise<ReadonlySet<string>> {
  const losing = idsOf(lost);
  const still = new Set(
    all.flatMap(({ id, roleId, roleState }) => (roleState === 'held' && !losing.has(id) ? [roleId] : [])),
  );
  const empty = [...new Set(lost.map(({ roleId }) => roleId))].filter((roleId) => !still.has(roleId));
  if (empty.length === 0) return new Set();
  const ranks = await deps.guilds.ranks(guildId, null);
  if (ranks.kind === 'unknown') return new Set();
  const there = new Set(ranks.value.roles.map(({ id }) => id));
  return new Set(empty.filter((roleId) => !there.has(roleId)));
}

/** A role was deleted in Discord: nobody loses anything by that before an admin has decided. */
export async function noteRoleGone(deps: Deps, guildId: GuildId, roleId: string): Promise<void> {
  const stores = deps.stores.of(guildId);
  if ((await stores.rolePlans.list()).every((one) => one.roleId !== roleId)) return;
  const holding = (await stores.grants.listByRole()).filter(
    (grant) => grant.roleId === roleId && grant.roleState === 'held',
  );
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    await followRoles(
      deps,
      tx,
      { gained: [], regained: [], lost: [], asked: holding },
      { rolePlans: [], plans: [], zone: 'UTC' },
    );
    await askAboutLosses(deps, tx, { roleId, isGone: true, now });
  });
}

export interface DecideLosses {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly roleId: string;
  /** Of the question as it was shown. */
  readonly mark: string;
  /** Those who lost the role keep what it gave; else it ends after the grace. */
  readonly keep: boolean;
}

/** `changed`: others have lost the role since, and the question is about them as well. */
export type LossesDecision = 'decided' | 'decided-before' | 'changed';

export async function decideRoleLosses(
  deps: Deps,
  { guildId, actorId, roleId, mark, keep }: DecideLosses,
): Promise<LossesDecision> {
  return await deps.stores.transaction(guildId, async (tx): Promise<LossesDecision> => {
    const now = deps.clock.now();
    const asked = (await tx.grants.listByRole()).filter(
      (grant) => grant.roleId === roleId && grant.roleState === 'asked',
    );
    if (asked.length === 0) return 'decided-before';
    if (questionMark(asked) !== mark) return 'changed';
    const rolePlans = await tx.rolePlans.list();
    const detail = say('audit.note.roleLost', { role: mentionedRole(roleId) });
    await decideLosses(deps, tx, asked, { keep, entry: { actorId, detail }, rolePlans });
    const values = { role: mentionedRole(roleId), who: await personOf(tx, actorId), at: timeOf(now) };
    const text = say(keep ? 'alert.losses.kept' : 'alert.losses.released', values);
    await closeLosses(deps, tx, { roleId, how: keep ? 'kept' : 'released', entry: { actorId }, text, now });
    return 'decided';
  });
}
