/** Discord roles that come with plans and invites: whether one may, and where one does. */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/invite.ts';
import { refusalOfRole, roleSentence } from '../../domain/role-gift.ts';
import { type Sentence, say, type Text } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { Known } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';

/** The role, and who attached it; null where nobody knows that any more. */
export interface RoleGift {
  readonly roleId: string;
  readonly byId: ActorId | null;
}

/** The role may not be given, or Discord does not say whether it may. Nothing was changed. */
export interface RoleRefused {
  readonly kind: 'role-refused';
  readonly message: Text;
}

/** What Discord said of a role, to be compared with what it is mapped to at that moment: why it may not be given. */
type AskedRole = (tx: GuildStores) => Promise<Text | undefined>;

export function makeRoles(deps: Deps) {
  return {
    /**
     * Why a role may not be given: a sentence for staff, or undefined when it may. Unknown when Discord does not say.
     */
    async refusal(guildId: GuildId, gift: RoleGift): Promise<Known<Text | undefined>> {
      const asked = await askRole(deps, guildId, gift);
      if (asked.kind === 'unknown') return asked;
      return { kind: 'known', value: await asked.value(deps.stores.of(guildId)) };
    },
  };
}

/**
 * Asks Discord about the role that somebody attaches to a plan or an invite, if any. What it is mapped to is looked up
 * in the transaction: a role is never attached and mapped at the same time.
 */
export async function askGift(
  deps: Pick<Deps, 'guilds'>,
  guildId: GuildId,
  roleId: string | null,
  byId: ActorId,
): Promise<(tx: GuildStores) => Promise<RoleRefused | undefined>> {
  if (roleId === null) return async () => undefined;
  const asked = await askRole(deps, guildId, { roleId, byId });
  return async (tx) => {
    const message = asked.kind === 'known' ? await asked.value(tx) : asked.why.message;
    return message === undefined ? undefined : { kind: 'role-refused', message };
  };
}

async function askRole(
  { guilds }: Pick<Deps, 'guilds'>,
  guildId: GuildId,
  { roleId, byId }: RoleGift,
): Promise<Known<AskedRole>> {
  const ranks = await guilds.ranks(guildId, byId);
  if (ranks.kind === 'unknown') return ranks;
  const look: AskedRole = async ({ settings }) => {
    const refusal = refusalOfRole(roleId, ranks.value, await settings.listRoleRules());
    return refusal && roleSentence(refusal);
  };
  return { kind: 'known', value: look };
}

/** Where a role is given; empty where nothing gives it. */
export async function whereGiven(tx: GuildStores, roleId: string, now: Date): Promise<readonly Sentence[]> {
  const [plans, invites] = await Promise.all([tx.plans.list(), tx.invites.list()]);
  return [
    ...plans
      .filter((plan) => plan.roleId === roleId)
      .map(({ name }) => say('settings.role.withPlan', { name })),
    ...invites
      .filter((invite) => invite.roleId === roleId && isOpen(invite, now))
      .map(({ prefix }) => say('settings.role.withInvite', { prefix })),
  ];
}
