/**
 * The sign-ins of members. A member has one open for each place, and asking again leads to that one. A restart goes on
 * where they stopped: each is a row, which keeps what is secret sealed, and for as long as it is of use.
 */

import type { Background } from '../../concurrency/background.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Account, Server, ServerKind, SignIn } from '../../domain/model.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import type { Deps } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { byCode } from './by-code.ts';
import { byPage } from './by-page.ts';
import {
  LINK_MS,
  LiveSignIn,
  NOT_POLLED,
  openPolled,
  openToken,
  type Question,
  sealPolled,
} from './live-sign-in.ts';
import { type Open, OpenSignIns, type SignInLimit } from './open-sign-ins.ts';
import type { SignInEnd, SignInPlace, SignInSteps, Way } from './sign-in-end.ts';

/** Who signs in, and where: at all servers of a kind, or at one server. */
export interface SignInWish {
  readonly guildId: GuildId;
  readonly memberId: MemberId;
  /** What the member is called, for the page on which somebody approves it. */
  readonly name: string;
  readonly at: { readonly kind: ServerKind } | { readonly serverId: string };
}

/** One that waits until somebody approves it. */
export interface StartedSignIn {
  readonly place: SignInPlace;
  /** The link or the code; empty where it cannot be shown again. */
  readonly shown: string;
  readonly expiresAt: Date;
  readonly asked: Promise<Question | SignInEnd>;
  /** Whether somebody has. */
  readonly isApproved: () => boolean;
  /** From now on nobody hears `asked`: the question comes by direct message. */
  readonly leave: () => void;
}

/** One that was confirmed and is being linked. */
export interface LinkingSignIn {
  readonly place: SignInPlace;
  /** How far it is, now and whenever it is further. */
  readonly hear: (tell: (steps: SignInSteps) => void) => void;
  readonly finished: Promise<SignInEnd>;
  /** From now on nobody hears `finished`: the end is told by direct message. */
  readonly leave: () => void;
}

type NotStarted =
  | { readonly kind: 'not-there' }
  | { readonly kind: 'has-another'; readonly server: Server; readonly account: Account }
  | { readonly kind: 'failed'; readonly place: SignInPlace; readonly why: Trouble };

export type StartSignIn =
  | { readonly kind: 'started'; readonly value: StartedSignIn }
  | { readonly kind: 'asked'; readonly place: SignInPlace; readonly question: Question }
  | { readonly kind: 'linking'; readonly value: LinkingSignIn }
  | { readonly kind: 'too-many' }
  | NotStarted;

interface Surroundings {
  readonly background: Background;
  readonly limit: SignInLimit;
  readonly stopping: AbortSignal;
}

export function makeSignIns(deps: Deps, enforce: Enforce, { background, limit, stopping }: Surroundings) {
  const open = new OpenSignIns<LiveSignIn, NotStarted>(limit);
  return { start, confirm, decline, resume, supersede, drop };

  /** Asks for a link or a code, or leads to the one that is open. */
  async function start(wish: SignInWish): Promise<StartSignIn> {
    const { guildId } = wish;
    const way = await wayTo(guildId, wish.at);
    if (!way) return { kind: 'not-there' };
    const outside = await outsiderTrouble(deps, guildId, wish.memberId);
    if (outside) return { kind: 'failed', place: way.place, why: outside };
    const begun = await open.open(guildId, keyOf(wish.memberId, way.place.kind, way.place.server?.id), () =>
      begin(wish, way),
    );
    if (begun.kind !== 'open') return begun;
    const live = begun.value;
    const { state, id, accountName: account, expiresAt } = live.signIn;
    const { place } = live.way;
    if (state === 'confirmed') return { kind: 'linking', value: linking(live) };
    if (state === 'approved' && account !== null)
      return { kind: 'asked', place, question: { kind: 'question', signInId: id, account, expiresAt } };
    const { asked } = live;
    const shown = state === 'waiting' ? live.shown : '';
    const isApproved = () => live.signIn.state !== 'waiting';
    const leave = () => live.leave();
    return { kind: 'started', value: { place, shown, expiresAt, asked, isApproved, leave } };
  }

  async function begin(
    { guildId, memberId, name }: SignInWish,
    way: Way,
  ): Promise<Open<LiveSignIn> | NotStarted> {
    const { place } = way;
    const { server } = place;
    const kept = await findKept(guildId, memberId, place);
    if (kept) return await live(guildId, { signIn: kept, way, resumed: false });
    // On a page nobody can tell yet: the account that they have may be the one that they sign in with.
    const other =
      server && (await inTheWayOf(deps.stores.of(guildId), { server, memberId, externalId: null }));
    if (server && other) return { kind: 'has-another', server, account: other };
    const begun = await way.begin(name);
    if (begun.kind === 'unknown') return { kind: 'failed', place, why: begun.why };
    const { secret, shown, clientIdentifier, expiresAt } = begun.value;
    const signIn: SignIn = {
      id: deps.codes.newId(),
      memberId,
      kind: place.kind,
      serverId: server?.id ?? null,
      state: 'waiting',
      expiresAt,
      clientIdentifier,
      externalId: null,
      accountName: null,
    };
    const pinCipher = sealPolled(deps, { guildId, row: signIn.id }, { secret, shown });
    await deps.stores.transaction(guildId, async (tx) => {
      await tx.members.ensure(memberId);
      await tx.signIns.add({ ...signIn, pinCipher });
    });
    return await live(guildId, { signIn, way, resumed: false });
  }

  /** One that was open before a start, and was not taken up so far. */
  async function findKept(
    guildId: GuildId,
    memberId: MemberId,
    { kind, server }: SignInPlace,
  ): Promise<SignIn | undefined> {
    const rows = await deps.stores.of(guildId).signIns.listOpen();
    const key = keyOf(memberId, kind, server?.id);
    return rows.find(
      (row) => keyOf(row.memberId, row.kind, row.serverId) === key && row.expiresAt > deps.clock.now(),
    );
  }

  /** The member says that it was they who approved it. Undefined when that is no longer asked, or not of them. */
  async function confirm(
    guildId: GuildId,
    memberId: MemberId,
    signInId: string,
  ): Promise<LinkingSignIn | undefined> {
    const now = deps.clock.now();
    const signIn = await findOf(guildId, memberId, signInId);
    if (!signIn || signIn.externalId === null || now >= signIn.expiresAt) return undefined;
    const expiresAt = new Date(now.getTime() + LINK_MS);
    await deps.stores.transaction(guildId, (tx) =>
      tx.signIns.move(signInId, 'approved', 'confirmed', { expiresAt }),
    );
    // Another click may have been faster; it leads to the same.
    const fresh = await findOf(guildId, memberId, signInId);
    if (fresh?.state !== 'confirmed') return undefined;
    const found = await taken(guildId, fresh);
    if (!found) return undefined;
    found.decide('confirmed');
    return linking(found);
  }

  /** The member says that it was not they. False when that is no longer asked, or not of them. */
  async function decline(guildId: GuildId, memberId: MemberId, signInId: string): Promise<boolean> {
    const signIn = await findOf(guildId, memberId, signInId);
    if (!signIn) return false;
    const as = await openToken(deps, guildId, signIn);
    const moved = await deps.stores.transaction(guildId, (tx) =>
      tx.signIns.move(signInId, 'approved', 'expired', { tokenCipher: null }),
    );
    if (!moved) return false;
    (await liveOf(guildId, signIn))?.decide('declined');
    const way = await wayOf(guildId, signIn);
    if (way && as) await background.run(() => way.forget(as));
    return true;
  }

  /** A member got an account at a server otherwise: a sign-in there that is open leads to nothing any more. */
  async function supersede(guildId: GuildId, memberId: MemberId, server: Server): Promise<void> {
    const wanted = { server, memberId, externalId: null };
    if (!(await inTheWayOf(deps.stores.of(guildId), wanted))) return;
    const found = await open.find(guildId, keyOf(memberId, server.kind, server.id));
    found?.decide('superseded');
  }

  /** Somebody is to be forgotten: what they have not confirmed leads to nothing any more, and they are told of none. */
  async function drop(guildId: GuildId, memberId: MemberId): Promise<void> {
    for (const signIn of await deps.stores.of(guildId).signIns.listOpen()) {
      if (signIn.memberId !== memberId) continue;
      const found = await taken(guildId, signIn);
      found?.join();
      found?.decide('superseded');
    }
  }

  /**
   * Goes on with the open sign-ins of a guild after a start. Members hear of them by DM, because the reply to their
   * command can no longer be changed.
   */
  async function resume(guildId: GuildId): Promise<void> {
    const rows = await deps.stores.of(guildId).signIns.listOpen();
    await Promise.all(rows.map(async (signIn) => (await taken(guildId, signIn))?.finished));
  }

  /** The one that is followed in this process, from now on if it was not. Undefined when its server is gone. */
  async function taken(guildId: GuildId, signIn: SignIn): Promise<LiveSignIn | undefined> {
    const { kind, serverId, memberId, id } = signIn;
    const way = await wayOf(guildId, signIn);
    if (!way) return await giveUp(guildId, signIn);
    const begin = () => live(guildId, { signIn, way, resumed: true });
    const found = await open.open(guildId, keyOf(memberId, kind, serverId), begin, Number.POSITIVE_INFINITY);
    if (found.kind === 'open' && found.value.signIn.id === id) return found.value;
    // Older versions let a member have several.
    return await giveUp(guildId, signIn);
  }

  async function giveUp(guildId: GuildId, { id, state }: SignIn): Promise<undefined> {
    await deps.stores.transaction(guildId, (tx) =>
      tx.signIns.move(id, state, 'expired', { tokenCipher: null }),
    );
  }

  async function live(
    guildId: GuildId,
    { signIn, way, resumed }: { readonly signIn: SignIn; readonly way: Way; readonly resumed: boolean },
  ): Promise<Open<LiveSignIn>> {
    const polled =
      signIn.state === 'waiting'
        ? openPolled(
            deps,
            { guildId, row: signIn.id },
            await deps.stores.of(guildId).signIns.getPinCipher(signIn.id),
          )
        : NOT_POLLED;
    const value = new LiveSignIn({ deps, guildId, signIn, way, polled, resumed, stopping }, (work) =>
      background.run(work),
    );
    return { kind: 'open', value, over: value.finished };
  }

  function linking(value: LiveSignIn): LinkingSignIn {
    value.join();
    return {
      place: value.way.place,
      hear: (tell) => value.hear(tell),
      finished: value.finished,
      leave: () => value.leave(),
    };
  }

  async function liveOf(
    guildId: GuildId,
    { id, memberId, kind, serverId }: SignIn,
  ): Promise<LiveSignIn | undefined> {
    const found = await open.find(guildId, keyOf(memberId, kind, serverId));
    return found?.signIn.id === id ? found : undefined;
  }

  async function findOf(guildId: GuildId, memberId: MemberId, signInId: string): Promise<SignIn | undefined> {
    const signIn = await deps.stores.of(guildId).signIns.find(signInId);
    return signIn?.memberId === memberId ? signIn : undefined;
  }

  async function wayOf(guildId: GuildId, { kind, serverId }: SignIn): Promise<Way | undefined> {
    return await wayTo(guildId, serverId === null ? { kind } : { serverId });
  }

  async function wayTo(guildId: GuildId, at: SignInWish['at']): Promise<Way | undefined> {
    if ('kind' in at) {
      const { signIn } = deps.media.of(guildId)[at.kind];
      if (signIn?.by !== 'page') return undefined;
      return byPage(deps, enforce, { guildId, kind: at.kind, page: signIn });
    }
    const server = await deps.stores.of(guildId).servers.find(at.serverId);
    const signIn = server && deps.media.of(guildId)[server.kind].signIn;
    if (!server || signIn?.by !== 'code') return undefined;
    return byCode(deps, enforce, { guildId, server, signIn });
  }
}

/** A member has one open for a page of a kind, and one for each server with codes. */
const keyOf = (memberId: MemberId, kind: ServerKind, serverId?: string | null): string =>
  [memberId, kind, serverId ?? ''].join(' ');
