/**
 * Somebody asks to be forgotten, or an admin does for them. Their access ends first, and the servers have to show it:
 * until then it waits, however long that takes. What is stored about them goes in one transaction; the record keeps
 * what happened, and a pseudonym in their place (decisions/0022).
 */
import { closingAction } from '../../domain/access.ts';
import { isOver, NOT_ENDED } from '../../domain/grant.ts';
import { decideGrantChange } from '../../domain/grant-change.ts';
import {
  type ActorId,
  asActor,
  type GuildId,
  type MemberId,
  toActorId,
  toMemberId,
} from '../../domain/ids.ts';
import { inviteStateOf } from '../../domain/invite.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Account, Server } from '../../domain/model.ts';
import { isPseudonym, pseudonymOf } from '../../domain/personal-data.ts';
import { mentionedRole, say } from '../../words/say.ts';
import { tell } from '../ledger/alerts.ts';
import { inLedger } from '../ledger/ledger.ts';
import { chainOldRecord } from '../ledger/old-record.ts';
import { close } from '../ledger/posts.ts';
import { dropRequests, topicOf } from '../ledger/requests.ts';
import { UNLINKED } from '../observe/gone.ts';
import type { Deps } from '../ports/deps.ts';
import type { Forgetting } from '../ports/stores/data.ts';
import type { GuildStores } from '../ports/stores.ts';
import { linkedAccounts } from '../queries/overview.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

/** What becomes of an account: its share ends; it stays, and is shut; it is deleted on its server. */
type Fate = 'unshared' | 'shut' | 'deleted';

/** What goes when somebody is forgotten. */
export interface ForgetPreview {
  readonly guildId: GuildId;
  /** Grants that are not over. */
  readonly open: number;
  readonly accounts: readonly { readonly account: string; readonly server: string; readonly fate: Fate }[];
  /** A role that they hold gives them these plans, and does so again as soon as they are forgotten. */
  readonly again: readonly RoleGives[];
  /** It was asked for before, and waits for these. */
  readonly waitsFor: WaitsFor | undefined;
}

export interface RoleGives {
  readonly roleId: string;
  readonly plan: string;
}

/** What has to be over before somebody can be forgotten. */
export interface WaitsFor {
  /** Servers that are yet to show that they have nothing. */
  readonly servers: readonly string[];
  /** A sign-in of theirs that is being connected. */
  readonly isSigningIn: boolean;
  /** Something of theirs is yet to be changed at Discord. */
  readonly atDiscord: boolean;
}

export type ForgetResult =
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'waiting'; readonly waitsFor: WaitsFor };

/** Events of the record in one transaction. */
const EVENTS_AT_ONCE = 500;
/** How soon it is looked at again, and how rarely at last. */
const SOONEST_MS = 5_000;
const RAREST_MS = 10 * 60_000;
/** How long messages that are to go are waited for. */
const MESSAGES_MS = 10 * 60_000;

export function makeForgetting(
  deps: Deps,
  applyNow: ApplyNow,
  beside: {
    /** Ends what they have begun and not confirmed. */
    readonly dropSignIns: (guildId: GuildId, memberId: MemberId) => Promise<void>;
    readonly onForgotten: (guildId: GuildId, memberId: MemberId) => void;
  },
) {
  return {
    /** What would go now. */
    async preview(guildId: GuildId, memberId: MemberId): Promise<ForgetPreview> {
      const stores = deps.stores.of(guildId);
      const [grants, linked, libraries, plans, asked, again] = await Promise.all([
        stores.grants.list({ memberId }),
        linkedAccounts(stores, memberId),
        stores.libraries.list(),
        stores.plans.list(),
        stores.forgettings.find(memberId),
        givenAgain(deps, guildId, memberId),
      ]);
      const now = deps.clock.now();
      const over = grants.map((grant) => ({
        ...grant,
        state: 'ended' as const,
        endingAt: grant.endingAt ?? now,
      }));
      return {
        guildId,
        open: grants.filter((grant) => !isOver(grant)).length,
        accounts: linked.map(({ account, server }) => ({
          account: account.name,
          server: server.name,
          fate: fateOf(account, server, closingAction(server, libraries, over, plans)),
        })),
        again,
        waitsFor: asked && ((await waitsFor(stores, memberId)) ?? NOTHING),
      };
    },

    /** Ends all that they have, and forgets them as soon as the servers show it. */
    async begin(guildId: GuildId, memberId: MemberId, actorId: ActorId): Promise<ForgetResult> {
      const again = await givenAgain(deps, guildId, memberId);
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        if (!(await tx.forgettings.find(memberId))) {
          await tx.forgettings.add({
            userId: memberId,
            pseudonym: pseudonymOf(deps.codes.newId()),
            askedById: actorId,
            ...{ askedAt: now, dueAt: now },
          });
          // Staff who ask for it read it before.
          if (actorId === asActor(memberId)) await tellGivenAgain(deps, tx, again, now);
        }
        await endAll(deps, tx, memberId, actorId);
        // What no grant gives is theirs to lose as well: the default library.
        await tx.accounts.makeDue({ memberIds: [memberId] }, now, 'decided');
        await endInvites(deps, tx, memberId, actorId);
        await close(deps, tx, `news ${memberId}`, { content: null, now });
        await dropRequests(deps, tx, { memberId }, now);
      });
      await beside.dropSignIns(guildId, memberId);
      await applyNow(guildId, [memberId]);
      return await finish(guildId, memberId);
    },

    /** Looks at those who wait in a guild. */
    async look(guildId: GuildId): Promise<void> {
      const now = deps.clock.now();
      for (const { userId, dueAt } of await deps.stores.of(guildId).forgettings.list())
        if (dueAt <= now) await finish(guildId, userId);
    },
  };

  /** Forgets them if nothing is in the way any more. */
  async function finish(guildId: GuildId, memberId: MemberId): Promise<ForgetResult> {
    const stores = deps.stores.of(guildId);
    const asked = await stores.forgettings.find(memberId);
    if (!asked) return { kind: 'forgotten' };
    const waiting =
      (await waitsFor(stores, memberId)) ?? (await messagesLeft(stores, asked, deps.clock.now()));
    if (waiting) return await postpone(guildId, asked, waiting);
    const { pseudonym } = asked;
    await chainOldRecord(deps, guildId);
    const forgetEvents = (tx: GuildStores, after: number) =>
      tx.personalData.forgetEvents(memberId, pseudonym, { after, limit: EVENTS_AT_ONCE });
    let done = 0;
    for (;;) {
      const last = await deps.stores.transaction(guildId, (tx) => forgetEvents(tx, done));
      if (last === undefined) break;
      done = last;
    }
    const still = await deps.stores.transaction(guildId, async (tx) => {
      // They may have been given something meanwhile.
      const inTheWay = await waitsFor(tx, memberId);
      if (inTheWay) return inTheWay;
      // What happened meanwhile.
      for (let last: number | undefined = done; last !== undefined; ) last = await forgetEvents(tx, last);
      await tx.personalData.erase(memberId, pseudonym);
      await letGo(tx, memberId);
      const isOwnWish = asked.askedById === asActor(memberId) || isPseudonym(asked.askedById);
      await tx.audit.append({
        action: 'member.forgotten',
        actorId: isOwnWish ? toActorId(pseudonym) : asked.askedById,
        targetId: toMemberId(pseudonym),
        facts: isOwnWish ? { how: 'own' } : {},
        at: deps.clock.now(),
      });
      return undefined;
    });
    if (still) return await postpone(guildId, asked, still);
    beside.onForgotten(guildId, memberId);
    return { kind: 'forgotten' };
  }

  async function postpone(
    guildId: GuildId,
    { userId, askedById, askedAt }: Forgetting,
    waiting: WaitsFor,
  ): Promise<ForgetResult> {
    await deps.stores.transaction(guildId, async (tx) => {
      // Until then nothing new is given: whoever gives it does not know.
      await endAll(deps, tx, userId, askedById);
      const now = deps.clock.now();
      const wait = Math.min(Math.max((now.getTime() - askedAt.getTime()) / 10, SOONEST_MS), RAREST_MS);
      await tx.forgettings.postpone(userId, new Date(now.getTime() + wait));
    });
    return { kind: 'waiting', waitsFor: waiting };
  }
}

const NOTHING: WaitsFor = { servers: [], isSigningIn: false, atDiscord: false };

function fateOf(account: Account, { kind }: Server, closing: Server['expiryAction']): Fate {
  if (MEDIA_KINDS[kind].accounts === 'invited') return 'unshared';
  return closing === 'delete' && account.createdByUs && !account.signsInElsewhere ? 'deleted' : 'shut';
}

/** Roles that they hold and that are plans, as Discord says now; where it does not, as it was last seen. */
async function givenAgain(deps: Deps, guildId: GuildId, memberId: MemberId): Promise<readonly RoleGives[]> {
  const stores = deps.stores.of(guildId);
  const rolePlans = await stores.rolePlans.list();
  if (rolePlans.length === 0) return [];
  const [holds, plans, grants] = await Promise.all([
    deps.guilds.rolesOf(guildId, memberId),
    stores.plans.list(),
    stores.grants.listByRole([memberId]),
  ]);
  const roleIds =
    holds.kind === 'known'
      ? (holds.value ?? [])
      : grants.flatMap(({ roleId, roleState }) => (roleState === 'held' ? [roleId] : []));
  return rolePlans.flatMap(({ roleId, planId }) => {
    const plan = plans.find(({ id }) => id === planId);
    return plan && roleIds.includes(roleId) ? [{ roleId, plan: plan.name }] : [];
  });
}

/** Only staff can take the role from them. Nobody is named: it would be one more message about them. */
async function tellGivenAgain(
  deps: Deps,
  tx: GuildStores,
  again: readonly RoleGives[],
  now: Date,
): Promise<void> {
  if (again.length === 0) return;
  const roles = [...new Set(again.map(({ roleId }) => roleId))].map(mentionedRole);
  await tell(
    deps,
    tx,
    { text: say('alert.forgottenByRole', { roles, plans: again.map(({ plan }) => plan) }) },
    now,
  );
}

/** Every grant that is not over ends. */
async function endAll(deps: Deps, tx: GuildStores, memberId: MemberId, actorId: ActorId): Promise<void> {
  const grants = (await tx.grants.list({ memberId })).filter((grant) => !isOver(grant));
  if (grants.length === 0) return;
  const entry = { action: 'grant.revoked', actorId, detail: say('audit.note.forgets') } as const;
  await inLedger(deps, tx, { memberIds: [memberId] }, async (ledger) => {
    for (const grant of grants) {
      // The zone counts for calendar months only, and no duration is added here.
      const decision = decideGrantChange(grant, { kind: 'end', cause: 'revoked' }, ledger.now, 'UTC');
      if (decision.kind === 'change') await ledger.change(grant, decision.changes, entry);
    }
  });
}

/** Nobody can redeem what was meant for them alone; its button in a channel says so. */
async function endInvites(deps: Deps, tx: GuildStores, memberId: MemberId, actorId: ActorId): Promise<void> {
  const now = deps.clock.now();
  for (const invite of await tx.invites.list()) {
    if (invite.memberId !== memberId || inviteStateOf(invite, now) !== 'open') continue;
    await tx.invites.revoke(invite.id, now);
    const facts = { invite: invite.prefix, detail: say('audit.note.forgets') };
    await tx.audit.append({ action: 'invite.revoked', actorId, targetId: memberId, facts, at: now });
  }
}

/** What is in the way of forgetting somebody; undefined when nothing is. */
async function waitsFor(stores: GuildStores, memberId: MemberId): Promise<WaitsFor | undefined> {
  const [grants, accounts, servers, signIns, roles, posts] = await Promise.all([
    stores.grants.list({ memberId, states: NOT_ENDED }),
    stores.accounts.list({ memberId }),
    stores.servers.list(),
    stores.signIns.listOpen(),
    stores.deliveries.listOwed('role', [memberId]),
    stores.posts.list(),
  ]);
  const busy = new Set(accounts.filter((account) => !isQuiet(account)).map(({ serverId }) => serverId));
  const waiting = {
    servers: servers.filter(({ id }) => busy.has(id)).map(({ name }) => name),
    isSigningIn: signIns.some((signIn) => signIn.memberId === memberId),
    atDiscord: roles.length > 0 || posts.some(({ topic }) => topic.includes(memberId)),
  };
  const isFree = grants.length === 0 && busy.size === 0 && !waiting.isSigningIn && !waiting.atDiscord;
  return isFree ? undefined : waiting;
}

/** Messages about them alone that are yet to go. They are not waited for long: their channel may be gone. */
async function messagesLeft(
  stores: GuildStores,
  { userId, askedAt }: Forgetting,
  now: Date,
): Promise<WaitsFor | undefined> {
  if (now.getTime() - askedAt.getTime() > MESSAGES_MS) return undefined;
  const requests = await stores.requests.list(userId);
  const topics = [`news ${userId}` as const, ...requests.map(topicOf)];
  const posts = await Promise.all(topics.map((topic) => stores.posts.find(topic)));
  const isOwed = posts.some((post) => post !== undefined && post.shown < post.version);
  return isOwed ? { ...NOTHING, atDiscord: true } : undefined;
}

/**
 * Whether a reading has shown that nothing of ours is left to the account, and no write to it may land yet: once it is
 * let go, nobody looks at it any more.
 */
const isQuiet = (account: Account): boolean =>
  account.externalId !== null &&
  account.dueAt === null &&
  account.doubtSince === null &&
  account.lookAt === null &&
  account.deleteAt === null &&
  account.given.length + account.inFlight.length === 0;

/** Their accounts are nobody's any more. One that has nothing is not worth a row: its server lists it, if it does. */
async function letGo(tx: GuildStores, memberId: MemberId): Promise<void> {
  for (const account of await tx.accounts.list({ memberId })) {
    if (account.seenAccess !== 'libraries' && account.seenAccess !== 'all' && !account.pending) {
      await tx.accounts.remove(account.id);
      continue;
    }
    await tx.accounts.update(account.id, { ...UNLINKED, formerMemberId: null, secretCipher: null });
    const { seen, elsewhere } = account;
    await tx.accounts.setLibraries(account.id, {
      seen,
      elsewhere,
      given: [],
      inFlight: [],
      leaving: [],
      ended: [],
    });
  }
}
