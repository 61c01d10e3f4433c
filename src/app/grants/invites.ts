/** Invites: made by staff, sent by DM when they are for somebody, redeemed by members into a grant. */

import { addDuration, type DurationText, parseDuration } from '../../domain/duration.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import { type InviteState, inviteStateOf, refusalOf } from '../../domain/invite.ts';
import type { Invite, Library, Server } from '../../domain/model.ts';
import { onServers } from '../../domain/place-words.ts';
import { mentioned, say } from '../../words/say.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { askGift, type RoleRefused } from '../guild/roles.ts';
import { tell } from '../ledger/alerts.ts';
import { grantFacts } from '../ledger/audit-facts.ts';
import { inLedger } from '../ledger/ledger.ts';
import { show } from '../ledger/posts.ts';
import { mustHaveRoom } from '../ledger/room.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { AwaitDelivery } from '../ports/outbox.ts';
import type { RateLimits } from '../ports/secrets.ts';
import type { GuildStores } from '../ports/stores.ts';
import { type GrantStanding, type KeptThere, keepsOf, standingsOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';

/** By whom a code is guessed, beside the member themselves. */
type Guess = { readonly by: 'guild'; readonly key: GuildId } | { readonly by: 'strangers'; readonly key: '' };

const NO_SUCH_CODE = { kind: 'no-such-code' } as const;

/** Long enough for Discord to take or refuse a DM; after that the reply says that it is on its way. */
const DM_PATIENCE_MS = 5_000;

export interface CreateInviteInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  /** Discord user id it is bound to and sent to. */
  readonly memberId: MemberId | null;
  readonly libraryIds: readonly string[];
  readonly planId?: string;
  /** Null is for good. */
  readonly duration: DurationText | null;
  readonly uses: number;
  readonly validUntil: Date;
  readonly roleId: string | null;
  readonly note: string | null;
}

export interface CreatedInvite {
  readonly kind: 'created';
  readonly invite: Invite;
  /** In groups of four; shown once, kept nowhere. */
  readonly code: string;
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
  /** How the DM fared; `none` when the invite is for whoever has the code. */
  /** `closed`: the member takes none. `refused`: Discord does not take it, for another reason. */
  readonly dm: 'none' | 'sent' | 'closed' | 'refused' | 'on-its-way';
  /** What the member it is bound to keeps when what it gives has ended. */
  readonly keeps: readonly KeptThere[];
}

export type RedeemResult =
  | {
      readonly kind: 'redeemed';
      readonly guildId: GuildId;
      readonly standing: GrantStanding;
      readonly again: boolean;
    }
  /** Wrong, expired, used up, revoked or somebody else's: people are not told which. */
  | { readonly kind: 'no-such-code' }
  /** Discord does not say whether they are in the guild. It is the same for a code that does not exist. */
  | { readonly kind: 'not-now'; readonly why: Trouble }
  /** Codes run out by the clock, and it is not believed. It counts as no try. */
  | { readonly kind: 'clock-held' }
  /** What was typed contains nothing like a code, or more than one. It counts as no try. */
  | { readonly kind: 'no-code' }
  | { readonly kind: 'several-codes' }
  | { readonly kind: 'too-many-tries'; readonly by: keyof RateLimits };

export type RevokeResult =
  /** `redeemed`: how many have a grant by it. */
  | { readonly kind: 'revoked'; readonly invite: Invite; readonly redeemed: number }
  | {
      readonly kind: 'not-open';
      readonly invite: Invite;
      readonly state: InviteState;
      readonly redeemed: number;
    }
  | { readonly kind: 'gone' };

export function makeInvites(deps: Deps, applyNow: ApplyNow, awaitDelivery: AwaitDelivery) {
  return {
    /** @throws {GuildFull} when the guild has as many open invites as it may have, or no room for what they become. */
    async create(input: CreateInviteInput): Promise<CreatedInvite | RoleRefused> {
      const { guildId, memberId } = input;
      const refusalOfRole = await askGift(deps, guildId, input.roleId, input.actorId);
      const code = deps.codes.newCode();
      const normalised = deps.codes.normalise(code);
      if (normalised === undefined) throw new Error('a new code is not a code');
      const now = deps.clock.now();
      const deliveryId = deps.codes.newId();
      const invite: Invite = {
        id: deps.codes.newId(),
        prefix: normalised.slice(0, 4),
        memberId,
        planId: input.planId ?? null,
        duration: input.duration ?? '',
        usesMax: input.uses,
        usesLeft: input.uses,
        validUntil: input.validUntil,
        roleId: input.roleId,
        note: input.note,
        createdById: input.actorId,
        createdAt: now,
        revokedAt: null,
        claimChannelId: null,
        libraryIds: input.libraryIds,
      };
      // Listened for before it is owed: the relay may have sent it before the transaction returns.
      const fate = memberId === null ? undefined : awaitDelivery(deliveryId, DM_PATIENCE_MS);
      const made = await deps.stores.transaction(guildId, async (tx) => {
        const refused = await mayMake(tx, input, refusalOfRole);
        if (refused) return refused;
        const chosen = (await tx.libraries.list()).filter((library) => input.libraryIds.includes(library.id));
        if (memberId !== null) await tx.members.ensure(memberId);
        await tx.invites.add({ ...invite, codeHmac: deps.codes.hmac(normalised) });
        await tx.audit.append({
          action: 'invite.created',
          actorId: input.actorId,
          targetId: memberId,
          facts: {
            invite: invite.prefix,
            ...grantFacts(input.libraryIds, chosen, await tx.servers.list()),
            redeemUntil: invite.validUntil.toISOString(),
            ...{ uses: input.uses, duration: invite.duration },
            ...(memberId === null && { how: 'open' }),
            ...(input.roleId && { role: input.roleId }),
            ...(input.note && { reason: input.note }),
          },
          at: now,
        });
        const servers = await tx.servers.list();
        if (memberId === null) return { kind: 'made', libraries: chosen, servers } as const;
        await tx.deliveries.owe(
          {
            id: deliveryId,
            kind: 'dm',
            sink: memberId,
            content: {
              kind: 'invite',
              codeCipher: deps.secrets.seal(code, { guildId, column: 'Delivery.code', row: deliveryId }),
              gives: onServers(chosen, servers),
              duration: invite.duration,
              validUntil: invite.validUntil.toISOString(),
              inviteId: invite.id,
              createdById: input.actorId,
            },
          },
          now,
        );
        return { kind: 'made', libraries: chosen, servers } as const;
      });
      if (made.kind === 'role-refused') return made;
      const { libraries, servers } = made;
      const keeps =
        memberId === null
          ? []
          : await keepsOf(deps.stores.of(guildId), await asGrant(guildId, memberId, invite, now));
      if (fate === undefined) return { kind: 'created', invite, code, libraries, servers, dm: 'none', keeps };
      const outcome = await fate;
      const dm = outcome === 'parked' ? 'refused' : (outcome ?? 'on-its-way');
      return { kind: 'created', invite, code, libraries, servers, dm, keeps };
    },

    /** Why `create` would refuse it; nothing is made. @throws {GuildFull} as that. */
    async rehearseCreate(input: CreateInviteInput): Promise<RoleRefused | undefined> {
      const { guildId, actorId, roleId } = input;
      const refusalOfRole = await askGift(deps, guildId, roleId, actorId);
      return await mayMake(deps.stores.of(guildId), input, refusalOfRole);
    },

    /** Owes a claim button for a bound invite to a channel; false when the invite is not bound or no longer open. */
    async postClaim(guildId: GuildId, inviteId: string, channelId: string): Promise<boolean> {
      return await deps.stores.transaction(guildId, async (tx) => {
        const invite = await tx.invites.find(inviteId);
        const now = deps.clock.now();
        if (!invite?.memberId || refusalOf(invite, invite.memberId, now)) return false;
        const content = { kind: 'claim', inviteId, memberId: invite.memberId } as const;
        const { validUntil: dueAt } = invite;
        await show(
          deps,
          tx,
          { topic: `claim ${inviteId}`, content, kind: 'channel', sink: channelId, dueAt },
          now,
        );
        // Whoever takes no direct messages hears there of what happens later, too.
        await tx.invites.noteClaim(inviteId, channelId);
        return true;
      });
    },

    /** Nobody can redeem it any more; grants that were made with it stay. */
    async revoke(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly inviteId: string;
    }): Promise<RevokeResult> {
      const { guildId, actorId, inviteId } = input;
      return await deps.stores.transaction(guildId, async (tx) => {
        const invite = await tx.invites.find(inviteId);
        if (!invite) return { kind: 'gone' };
        const now = deps.clock.now();
        const redeemed = (await tx.invites.listRedemptions([inviteId])).length;
        const state = inviteStateOf(invite, now);
        if (state !== 'open') return { kind: 'not-open', invite, state, redeemed };
        await tx.invites.revoke(inviteId, now);
        const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
        await tx.audit.append({
          action: 'invite.revoked',
          actorId,
          targetId: invite.memberId,
          facts: { invite: invite.prefix, ...grantFacts(invite.libraryIds, libraries, servers) },
          at: now,
        });
        return { kind: 'revoked', invite, redeemed };
      });
    },

    /** Redeems what somebody typed. In a guild only codes of that guild count. */
    async redeemCode(input: {
      readonly guildId: GuildId | null;
      readonly memberId: MemberId;
      readonly typed: string;
    }): Promise<RedeemResult> {
      const { memberId } = input;
      const read = deps.codes.read(input.typed);
      // Nothing could be guessed with these, so they cost no try.
      if (read.kind === 'none') return { kind: 'no-code' };
      if (read.kind === 'several') return { kind: 'several-codes' };
      if (deps.clockHold.isHeld()) return { kind: 'clock-held' };
      const { member } = deps.rateLimiter;
      if ((await member.take(memberId)) === 'none-left') return { kind: 'too-many-tries', by: 'member' };
      if (read.kind === 'mistyped') return { kind: 'no-such-code' };
      const guesses = await guessesOf(input.guildId, memberId);
      for (const { by, key } of guesses)
        if (await deps.rateLimiter[by].isSpent(key)) return { kind: 'too-many-tries', by };
      const codeHmacs = deps.codes.hmacs(read.code);
      const found = await deps.stores.due.findGuildOfInvite(codeHmacs);
      const guildId = found !== undefined && [null, found].includes(input.guildId) ? found : null;
      // Asked for every code alike, and answered alike: whoever has left does not learn that there is such a code.
      const isMember = await deps.guilds.isMember(guildId, memberId);
      if (isMember.kind === 'unknown') return { kind: 'not-now', why: isMember.why };
      const isHere = guildId !== null && isMember.value;
      const invite = isHere ? await deps.stores.of(guildId).invites.findByHmac(codeHmacs) : undefined;
      const result = isHere && invite ? await redeem(guildId, invite, memberId) : NO_SUCH_CODE;
      if (result.kind !== 'redeemed') await noteWrong(guesses, memberId);
      // One's own old code proves nothing: it is no try, and forgives none.
      else if (result.again) await member.giveBack(memberId);
      else await member.clear(memberId);
      return result;
    },

    /** Redeems an invite by its button, which only the person it is bound to can press with effect. */
    async redeemInvite(guildId: GuildId, inviteId: string, memberId: MemberId): Promise<RedeemResult> {
      const invite = await deps.stores.of(guildId).invites.find(inviteId);
      if (deps.clockHold.isHeld()) return { kind: 'clock-held' };
      if (!invite || invite.memberId !== memberId) return { kind: 'no-such-code' };
      const outside = await outsiderTrouble(deps, guildId, memberId);
      if (outside?.kind === 'not-a-member') return { kind: 'no-such-code' };
      if (outside) return { kind: 'not-now', why: outside };
      return await redeem(guildId, invite, memberId);
    },
  };

  async function mayMake(
    stores: GuildStores,
    { uses }: CreateInviteInput,
    refusalOfRole: Awaited<ReturnType<typeof askGift>>,
  ): Promise<RoleRefused | undefined> {
    const refused = await refusalOfRole(stores);
    if (refused) return refused;
    await mustHaveRoom(deps, stores, 'invites');
    await mustHaveRoom(deps, stores, 'grants', uses);
    return undefined;
  }

  /**
   * As whose guess a wrong code counts. A direct message is for every guild, so it counts in each where its author is
   * known.
   */
  async function guessesOf(guildId: GuildId | null, memberId: MemberId): Promise<readonly Guess[]> {
    const guildIds = guildId === null ? await deps.stores.due.listGuildsOfMember(memberId) : [guildId];
    return guildIds.length === 0
      ? [{ by: 'strangers', key: '' }]
      : guildIds.map((key) => ({ by: 'guild', key }));
  }

  /** Staff are told when a guild has no tries left: once, until there are some again. */
  async function noteWrong(guesses: readonly Guess[], memberId: MemberId): Promise<void> {
    for (const { by, key } of guesses) {
      const left = await deps.rateLimiter[by].take(key);
      if (left !== 'last') continue;
      deps.log.warn({ by, guildId: key, memberId }, 'too many wrong invite codes were typed');
      if (by === 'strangers') continue;
      const text = say('alert.codesGuessed', { who: mentioned(memberId) });
      await deps.stores.transaction(key, (tx) => tell(deps, tx, { text }, deps.clock.now()));
    }
  }

  /** What the invite would make if it were redeemed now. */
  async function asGrant(guildId: GuildId, memberId: MemberId, invite: Invite, now: Date) {
    const { zone } = await deps.stores.of(guildId).settings.get();
    const { planId, libraryIds } = invite;
    return { memberId, planId, libraryIds, state: 'active', expiresAt: endOf(invite, now, zone) } as const;
  }

  async function redeem(guildId: GuildId, invite: Invite, memberId: MemberId): Promise<RedeemResult> {
    const made = await deps.stores.transaction(guildId, async (tx) => {
      const now = deps.clock.now();
      // A second try by the same person goes on where the first one stopped, and uses nothing up.
      const earlier = await tx.invites.findRedemption(invite.id, memberId);
      if (earlier) return { grantId: earlier.grantId, again: true };
      const refusal = refusalOf(invite, memberId, now);
      const grantId = deps.codes.newId();
      if (refusal !== undefined || !(await tx.invites.takeUse(invite.id, memberId, grantId, now))) {
        deps.log.info(
          { guildId, inviteId: invite.id, memberId, refusal: refusal ?? 'raced' },
          'an invite was refused',
        );
        return undefined;
      }
      await makeGrant(tx, invite, { memberId, grantId }, now);
      return { grantId, again: false };
    });
    if (!made) return { kind: 'no-such-code' };
    await applyNow(guildId, [memberId]);
    const stores = deps.stores.of(guildId);
    const grant = await stores.grants.find(made.grantId);
    const [standing] = grant ? await standingsOf(deps, stores, [grant]) : [];
    if (!standing) throw new Error('the grant of a redemption is not there');
    return { kind: 'redeemed', guildId, standing, again: made.again };
  }

  async function makeGrant(
    tx: GuildStores,
    invite: Invite,
    { memberId, grantId }: { readonly memberId: MemberId; readonly grantId: string },
    now: Date,
  ): Promise<void> {
    const { zone } = await tx.settings.get();
    // An invite of a plan gives what the plan gives when it is redeemed.
    const plan = invite.planId === null ? undefined : await tx.plans.find(invite.planId);
    await inLedger(deps, tx, { memberIds: [memberId] }, (ledger) =>
      ledger.create(
        {
          id: grantId,
          memberId,
          source: 'invite',
          planId: invite.planId,
          inviteId: invite.id,
          expiresAt: endOf(invite, now, zone),
          createdById: invite.createdById,
          libraryIds: plan?.libraryIds ?? invite.libraryIds,
        },
        { actorId: invite.createdById, invite: invite.prefix, how: 'invited' },
        { action: 'invite.redeemed', actorId: asActor(memberId), facts: { invite: invite.prefix } },
      ),
    );
    if (invite.roleId !== null) {
      const content = { kind: 'role', roleId: invite.roleId, byId: invite.createdById } as const;
      await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'dm', sink: memberId, content }, now);
    }
  }
}

function endOf(invite: Invite, from: Date, zone: string): Date | null {
  if (invite.duration === '') return null;
  const parsed = parseDuration(invite.duration);
  if (parsed.kind === 'problem') throw new Error('an invite holds a duration that is none');
  return addDuration(from, parsed.duration, zone);
}
