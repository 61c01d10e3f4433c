/**
 * A member proves which account of a vendor is theirs, on a page of the vendor (a PIN at plex.tv). The account is
 * linked by its id and invited; the invitations are accepted with the member's token, which is forgotten then. A
 * restart goes on where this stopped: the sign-in is a row, which keeps the token, sealed, until the invitations are
 * accepted.
 */

import { inSteps } from '../../concurrency/back-off.ts';
import type { Background } from '../../concurrency/background.ts';
import { inParallel } from '../../concurrency/in-parallel.ts';
import { serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server, ServerKind, SignIn } from '../../domain/model.ts';
import { needsStaff, staffSentence } from '../../domain/trouble.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { tell as tellStaff } from '../ledger/alerts.ts';
import { tellMember } from '../ledger/tell-member.ts';
import { touchedElsewhere } from '../observe/elsewhere.ts';
import { seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccountToken, Known, Trouble } from '../ports/media-server.ts';
import type { PageSignIn, VendorAccount } from '../ports/sign-in.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { awaitApproval } from './await-approval.ts';
import { lastWord } from './last-word.ts';
import { linkAccount, type NewLink, refusalOfLink } from './link.ts';
import type { PageConnection, ServerStep, SignInSteps } from './page-connection.ts';

/** Pauses before something that failed after the sign-in is tried again. */
const pauseAfter = inSteps(5_000, 5_000, 10_000, 20_000, 30_000);

export interface StartedSignIn {
  readonly link: string;
  readonly expiresAt: Date;
  readonly finished: Promise<PageConnection>;
  /** How far it is; undefined while nobody has signed in. */
  readonly steps: () => SignInSteps | undefined;
  /** From now on nobody hears `finished`: the end is told by direct message. */
  readonly leave: () => void;
}

/** A sign-in that is followed. */
interface Followed {
  readonly signIn: SignIn;
  readonly page: PageSignIn;
  readonly tell: (steps: SignInSteps) => void;
}

export function makeConnectByPage(
  deps: Deps,
  enforce: Enforce,
  background: Background,
  stopping: AbortSignal,
) {
  return { start, resume };

  /** Starts a sign-in for a member; `finished` settles when it is done, expired or given up. */
  async function start(
    guildId: GuildId,
    memberId: MemberId,
    kind: ServerKind,
    tell: (steps: SignInSteps) => void = () => {},
  ): Promise<Known<StartedSignIn>> {
    const page = pageOf(kind);
    if (!page) return { kind: 'unknown', why: noPage(kind) };
    const outside = await outsiderTrouble(deps, guildId, memberId);
    if (outside) return { kind: 'unknown', why: outside };
    const pin = await page.start();
    if (pin.kind === 'unknown') return pin;
    const signIn: SignIn = {
      id: deps.codes.newId(),
      memberId,
      kind,
      state: 'waiting',
      expiresAt: pin.value.expiresAt,
      clientIdentifier: pin.value.clientIdentifier,
    };
    await deps.stores.transaction(guildId, async (tx) => {
      await tx.members.ensure(memberId);
      const pinCipher = deps.secrets.seal(pin.value.pin, { guildId, column: 'SignIn.pin' });
      await tx.signIns.add({ ...signIn, pinCipher });
    });
    let steps: SignInSteps | undefined;
    let left = false;
    const note = (now: SignInSteps) => {
      steps = now;
      tell(now);
    };
    const finished = follow(guildId, { signIn, page, tell: note }, () => left);
    return {
      kind: 'known',
      value: {
        link: pin.value.link,
        expiresAt: pin.value.expiresAt,
        finished,
        steps: () => steps,
        leave: () => {
          left = true;
        },
      },
    };
  }

  /**
   * Goes on with the open sign-ins of a guild after a start. Members get the result by DM, because the reply to their
   * command can no longer be changed.
   */
  async function resume(guildId: GuildId): Promise<void> {
    const open = await deps.stores.of(guildId).signIns.listOpen();
    await Promise.all(
      open.map(async (signIn) => {
        const page = pageOf(signIn.kind);
        if (page) await follow(guildId, { signIn, page, tell: () => {} }, () => true);
      }),
    );
  }

  /**
   * A stop waits for it: `stopping` ends its waits. When it ends, whoever has `left` hears of it by direct message.
   */
  async function follow(guildId: GuildId, followed: Followed, left: () => boolean): Promise<PageConnection> {
    return await background.run(async () => {
      const end = await followToTheEnd(guildId, followed);
      const text = lastWord(end, followed.signIn.kind);
      // Stopped, it goes on after the next start.
      if (text === undefined || !left() || stopping.aborted) return end;
      const { memberId } = followed.signIn;
      await deps.stores.transaction(guildId, (tx) =>
        tellMember(deps, tx, { memberId, text }, deps.clock.now()),
      );
      return end;
    });
  }

  async function followToTheEnd(guildId: GuildId, followed: Followed): Promise<PageConnection> {
    const { signIn, page } = followed;
    const approved = await approval(guildId, followed);
    if (approved.kind !== 'approved') return approved;
    const as = { token: approved.token, clientIdentifier: signIn.clientIdentifier };
    for (let tries = 1; ; tries += 1) {
      const { end, again } = await complete(guildId, followed, as);
      const giveUp = stopping.aborted || deps.clock.now() >= signIn.expiresAt;
      if (!again || (giveUp && !stopping.aborted)) {
        await page.forget(as);
        await deps.stores.transaction(guildId, (tx) => tx.signIns.move(signIn.id, 'approved', 'done', null));
      }
      if (!again || giveUp) return end;
      await deps.clock.sleep(pauseAfter(tries), stopping);
    }
  }

  /** The member's token, polled for until the PIN expires; else why there is none. */
  async function approval(
    guildId: GuildId,
    { signIn, page, tell }: Followed,
  ): Promise<
    | { readonly kind: 'approved'; readonly token: string }
    | Extract<PageConnection, { kind: 'expired' | 'failed' }>
  > {
    const stores = deps.stores.of(guildId);
    const place = { guildId, column: 'SignIn.token' };
    if (signIn.state === 'approved') {
      const sealed = await stores.signIns.getTokenCipher(signIn.id);
      return sealed === null
        ? { kind: 'expired' }
        : { kind: 'approved', token: deps.secrets.open(sealed, place) };
    }
    const sealedPin = await stores.signIns.getPinCipher(signIn.id);
    const pin = deps.secrets.open(sealedPin, { guildId, column: 'SignIn.pin' });
    const end = await awaitApproval({
      poll: () => page.poll({ pin, clientIdentifier: signIn.clientIdentifier }),
      latest: signIn.expiresAt,
      clock: deps.clock,
      stopping,
    });
    if (end.kind === 'approved') {
      // Kept before anything else, because a token is handed out only once (media-servers.md E18).
      const sealed = deps.secrets.seal(end.token, place);
      await deps.stores.transaction(guildId, (tx) =>
        tx.signIns.move(signIn.id, 'waiting', 'approved', sealed),
      );
      tell({ account: null, servers: [], waitsFor: null });
      return end;
    }
    // When Usher stops, the sign-in stays open for the next start.
    if (end.kind === 'stopped') return { kind: 'expired' };
    await deps.stores.transaction(guildId, (tx) => tx.signIns.move(signIn.id, 'waiting', 'expired'));
    return end.kind === 'failed' ? end : { kind: 'expired' };
  }

  /** What came of one try; `again` when another one may bring it further. */
  interface Try {
    readonly end: PageConnection;
    readonly again: boolean;
  }

  /** Every step may be repeated: link, invite (by a pass), accept, look again. */
  async function complete(guildId: GuildId, followed: Followed, as: AccountToken): Promise<Try> {
    const { signIn, page, tell } = followed;
    const { memberId } = signIn;
    // Who left while the page was open gets nothing for it.
    const outside = await outsiderTrouble(deps, guildId, memberId);
    if (outside?.kind === 'not-a-member') return { end: { kind: 'failed', why: outside }, again: false };
    if (outside) return waits(tell, { account: null, servers: [] }, outside);
    const account = await page.account(as);
    if (account.kind === 'unknown' && account.why.kind === 'unauthorised')
      return { end: await forgotten(guildId, signIn), again: false };
    if (account.kind === 'unknown') return waits(tell, { account: null, servers: [] }, account.why);
    const { name, externalId } = account.value;
    tell({ account: name, servers: [], waitsFor: null });
    const servers = await serversFor(guildId, signIn, account.value);
    const linked = await link(guildId, memberId, account.value, servers);
    if (linked.kind === 'refused') return { end: linked, again: false };
    // That it cannot be read concerns the server and not the sign-in, which is still good.
    if (linked.kind === 'failed')
      return { ...waits(tell, { account: name, servers: [] }, linked.why), again: true };
    await enforce.servers(
      guildId,
      servers.map((server) => server.id),
    );
    const invited = await stepsOf(guildId, memberId, servers, externalId);
    tell({ account: name, servers: invited, waitsFor: null });
    const pending = invited.filter(({ state }) => state === 'invited').map(({ server }) => server);
    if (pending.length === 0) return ended(tell, name, invited);

    const accepted = await page.acceptInvitations(
      as,
      pending.map((server) => server.identity),
    );
    // Looked at once more, so that "invited" turns into "accepted" by what the server shows.
    const now = await lookAgain(guildId, { memberId, externalId }, servers, pending);
    tell({ account: name, servers: now, waitsFor: null });
    const still = now.filter(({ state }) => state === 'invited').map(({ server }) => server);
    if (accepted.kind === 'done' || still.length === 0) return ended(tell, name, now);
    if (accepted.why.refusal !== 'final') {
      tell({ account: name, servers: now, waitsFor: 'other-side' });
      return { end: { kind: 'unfinished', account: name, servers: now }, again: true };
    }
    await tellStaffNotAccepted(guildId, memberId, still, accepted.why);
    const byHand = { reason: accepted.why.reason ?? null };
    return { end: { kind: 'unfinished', account: name, servers: now, byHand }, again: false };
  }

  /** What follows from how far it is on each server. */
  function ended(tell: Followed['tell'], account: string, servers: readonly ServerStep[]): Try {
    const unfinished = { kind: 'unfinished', account, servers } as const;
    const has = (...states: ServerStep['state'][]) => servers.some(({ state }) => states.includes(state));
    if (has('later', 'invited')) {
      tell({ account, servers, waitsFor: has('later') ? 'other-side' : null });
      return { end: unfinished, again: true };
    }
    return { end: has('staff') ? unfinished : { kind: 'connected', account }, again: false };
  }

  function waits(tell: Followed['tell'], steps: Omit<SignInSteps, 'waitsFor'>, why: Trouble): Try {
    tell({ ...steps, waitsFor: needsStaff(why) ? 'staff' : 'other-side' });
    return { end: { kind: 'failed', why }, again: why.refusal !== 'final' };
  }

  async function stepsOf(
    guildId: GuildId,
    memberId: MemberId,
    servers: readonly Server[],
    externalId: string,
  ): Promise<readonly ServerStep[]> {
    const accounts = await deps.stores.of(guildId).accounts.list({ memberId, externalIds: [externalId] });
    return servers.map((server) => {
      const account = accounts.find(({ serverId }) => serverId === server.id);
      if (account?.refused) return { server, state: 'staff' };
      if (!account || account.dueAt !== null) return { server, state: 'later' };
      return { server, state: account.pending ? 'invited' : 'ready' };
    });
  }

  async function lookAgain(
    guildId: GuildId,
    { memberId, externalId }: { readonly memberId: MemberId; readonly externalId: string },
    servers: readonly Server[],
    pending: readonly Server[],
  ): Promise<readonly ServerStep[]> {
    const ids = pending.map((server) => server.id);
    await deps.stores.transaction(guildId, async (tx) => {
      for (const serverId of ids)
        await tx.accounts.makeDue({ memberIds: [memberId], serverId }, deps.clock.now(), 'noticed');
    });
    await enforce.servers(guildId, ids);
    return await stepsOf(guildId, memberId, servers, externalId);
  }

  async function tellStaffNotAccepted(
    guildId: GuildId,
    memberId: MemberId,
    servers: readonly Server[],
    why: Trouble,
  ): Promise<void> {
    const names = servers.map(({ name }) => name).join(', ');
    const [server] = servers;
    const text = `${names}: the invitation of <@${memberId}> could not be accepted for them, and trying again does not mend it. ${server ? staffSentence(why, server) : ''}\nThey were asked to accept it by hand; Usher notices when they have.`;
    await deps.stores.transaction(guildId, (tx) => tellStaff(deps, tx, { text }, deps.clock.now()));
  }

  /**
   * The token is dead, so trying again is of no use. Most likely an earlier run had forgotten it and was killed
   * before it could note that: then the member's account was linked and everything accepted.
   */
  async function forgotten(guildId: GuildId, { memberId, kind }: SignIn): Promise<PageConnection> {
    const stores = deps.stores.of(guildId);
    const [accounts, servers] = await Promise.all([
      stores.accounts.list({ memberId }),
      stores.servers.list(),
    ]);
    const ofKind = new Set(servers.filter((server) => server.kind === kind).map((server) => server.id));
    const linked = accounts.find((account) => ofKind.has(account.serverId));
    return linked ? { kind: 'connected', account: linked.name } : { kind: 'expired' };
  }

  /** The servers of the kind on which the member's grants give something, or the account already has something. */
  async function serversFor(
    guildId: GuildId,
    { memberId, kind }: SignIn,
    account: VendorAccount,
  ): Promise<readonly Server[]> {
    const stores = deps.stores.of(guildId);
    const [servers, grants, libraries, accounts] = await Promise.all([
      stores.servers.list(),
      stores.grants.list({ memberId, states: ['active', 'scheduled'] }),
      stores.libraries.list(),
      stores.accounts.list(),
    ]);
    const granted = new Set(grants.flatMap((grant) => serversOf(grant, libraries)));
    const observed = new Set(
      accounts.filter((other) => other.externalId === account.externalId).map((other) => other.serverId),
    );
    return servers.filter(
      (server) => server.kind === kind && (granted.has(server.id) || observed.has(server.id)),
    );
  }

  async function link(
    guildId: GuildId,
    memberId: MemberId,
    account: VendorAccount,
    servers: readonly Server[],
  ): Promise<{ readonly kind: 'linked' } | Extract<PageConnection, { kind: 'refused' | 'failed' }>> {
    if (account.protection !== null)
      return { kind: 'refused', why: account.protection, account: account.name };
    const stores = deps.stores.of(guildId);
    const readings = await inParallel(servers, 4, async (server) => {
      const media = await openServer(deps, stores, server);
      const reading = await media.readAccess({ of: [account.externalId] });
      const elsewhere = await touchedElsewhere(deps, guildId, server, account.externalId);
      return { server, media, reading, elsewhere };
    });
    const { externalId, name, emailMasked } = account;
    const links: NewLink[] = [];
    for (const { server, media, reading, elsewhere } of readings) {
      // What the account has becomes a grant by linking, so it has to be known first; otherwise it would be lost.
      if (reading.kind === 'unknown') {
        await noteFailure(deps, guildId, { server, media }, reading.why);
        return { kind: 'failed', why: reading.why };
      }
      const seen = seenIn(reading.value, externalId);
      const unread = seen ? undefined : unreadIn(reading.value, externalId);
      if (unread) return { kind: 'failed', why: { kind: 'not-understood', message: unread.message } };
      // An account that has nothing there is in no list, so whose household it is of has to be asked for.
      const isOpen = seen === undefined && account.inHousehold;
      const what = isOpen ? await media.invitations?.protectionOf(externalId) : undefined;
      if (what?.kind === 'unknown') return { kind: 'failed', why: what.why };
      const protection = what?.value ?? null;
      links.push({ server, memberId, externalId, name, emailMasked, seen, protection, elsewhere });
    }
    return await deps.stores.transaction(guildId, async (tx) => {
      // All servers or none: a link that is refused on one must not be found on another.
      for (const one of links) {
        const refusal = await refusalOfLink(tx, one);
        if (refusal) return { kind: 'refused', why: refusal, account: account.name };
      }
      for (const one of links) await linkAccount(deps, tx, one, deps.clock.now());
      return { kind: 'linked' };
    });
  }

  function pageOf(kind: ServerKind): PageSignIn | undefined {
    const { signIn } = deps.media.kinds[kind];
    return signIn?.by === 'page' ? signIn : undefined;
  }
}

const noPage = (kind: ServerKind): Trouble => ({
  kind: 'not-possible',
  message: `${MEDIA_KINDS[kind].name} has no page to sign in on.`,
});
