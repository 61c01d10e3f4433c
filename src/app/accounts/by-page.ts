/**
 * A member proves which account of a vendor is theirs, on a page of the vendor (a PIN at plex.tv). The account is
 * linked by its id and invited; the invitations are accepted with the member's token, which is forgotten then. A
 * restart goes on where this stopped: the sign-in is a row, which keeps the token, sealed, until the invitations are
 * accepted.
 */

import type { Background } from '../../concurrency/background.ts';
import { inParallel } from '../../concurrency/in-parallel.ts';
import { serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server, ServerKind, SignIn } from '../../domain/model.ts';
import { seenIn } from '../observe/reading.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { AccountAccess, Known, Trouble } from '../ports/media-server.ts';
import type { PageSignIn, VendorAccount } from '../ports/sign-in.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { awaitApproval } from './await-approval.ts';
import { type LinkRefusal, linkAccount, refusalOfLink } from './link.ts';

/** Pause before something that failed after the sign-in is tried again. */
const RETRY_MS = 5_000;

export type PageConnection =
  | { readonly kind: 'connected'; readonly account: string }
  | { readonly kind: 'expired' }
  | {
      readonly kind: 'refused';
      readonly why: LinkRefusal;
      readonly account: string;
    }
  | { readonly kind: 'failed'; readonly why: Trouble };

export interface StartedSignIn {
  readonly link: string;
  readonly expiresAt: Date;
  readonly finished: Promise<PageConnection>;
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
  ): Promise<Known<StartedSignIn>> {
    const page = pageOf(kind);
    if (!page) return { kind: 'unknown', why: noPage(kind) };
    const pin = await page.start();
    if (pin.kind === 'unknown') return pin;
    const signIn: SignIn = {
      id: deps.codes.newId(),
      memberId,
      kind,
      state: 'waiting',
      expiresAt: pin.value.expiresAt,
    };
    await deps.stores.transaction(guildId, async (tx) => {
      await tx.members.ensure(memberId);
      const pinCipher = deps.secrets.seal(pin.value.pin, { guildId, column: 'SignIn.pin' });
      await tx.signIns.add({ ...signIn, pinCipher });
    });
    const finished = follow(guildId, signIn, page);
    return { kind: 'known', value: { link: pin.value.link, expiresAt: pin.value.expiresAt, finished } };
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
        const end = page && (await follow(guildId, signIn, page));
        if (end?.kind !== 'connected') return;
        await deps.stores.transaction(guildId, (tx) =>
          tx.deliveries.owe(
            {
              id: deps.codes.newId(),
              kind: 'dm',
              sink: signIn.memberId,
              content: {
                kind: 'notice',
                text: `Your ${MEDIA_KINDS[signIn.kind].name} account ${end.account} is connected. /my access shows what you have.`,
              },
            },
            deps.clock.now(),
          ),
        );
      }),
    );
  }

  /** In the background, so that a stop waits for it; `stopping` cuts its pauses short. */
  async function follow(guildId: GuildId, signIn: SignIn, page: PageSignIn): Promise<PageConnection> {
    return await background.run(() => followToTheEnd(guildId, signIn, page));
  }

  async function followToTheEnd(guildId: GuildId, signIn: SignIn, page: PageSignIn): Promise<PageConnection> {
    const token = await approval(guildId, signIn, page);
    if (token === undefined) return { kind: 'expired' };
    for (;;) {
      const end = await complete(guildId, signIn, page, token);
      const giveUp = stopping.aborted || deps.clock.now() >= signIn.expiresAt;
      if (end.kind !== 'failed' || (giveUp && !stopping.aborted)) {
        await page.forget(token);
        await deps.stores.transaction(guildId, (tx) => tx.signIns.move(signIn.id, 'approved', 'done', null));
      }
      if (end.kind !== 'failed' || giveUp) return end;
      await deps.clock.sleep(RETRY_MS, stopping);
    }
  }

  /** The member's token, polled for until the PIN expires; undefined when it did, or when Usher stops. */
  async function approval(guildId: GuildId, signIn: SignIn, page: PageSignIn): Promise<string | undefined> {
    const stores = deps.stores.of(guildId);
    const place = { guildId, column: 'SignIn.token' };
    if (signIn.state === 'approved') {
      const sealed = await stores.signIns.getTokenCipher(signIn.id);
      return sealed === null ? undefined : deps.secrets.open(sealed, place);
    }
    const sealedPin = await stores.signIns.getPinCipher(signIn.id);
    const pin = deps.secrets.open(sealedPin, { guildId, column: 'SignIn.pin' });
    const end = await awaitApproval({
      poll: () => page.poll(pin),
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
      return end.token;
    }
    // When Usher stops, the sign-in stays open for the next start.
    if (end.kind === 'expired')
      await deps.stores.transaction(guildId, (tx) => tx.signIns.move(signIn.id, 'waiting', 'expired'));
    return undefined;
  }

  /** Every step may be repeated: link, invite (by a pass), accept, look again. */
  async function complete(
    guildId: GuildId,
    signIn: SignIn,
    page: PageSignIn,
    token: string,
  ): Promise<PageConnection> {
    const { memberId } = signIn;
    const account = await page.account(token);
    if (account.kind === 'unknown' && account.why.kind === 'unauthorised')
      return await forgotten(guildId, signIn);
    if (account.kind === 'unknown') return { kind: 'failed', why: account.why };
    const servers = await serversFor(guildId, signIn, account.value);
    const linked = await link(guildId, memberId, account.value, servers);
    if (linked.kind !== 'linked') return linked;
    const ids = servers.map((server) => server.id);
    await enforce.servers(guildId, ids);
    const accepted = await page.acceptInvitations(
      token,
      servers.map((server) => server.identity),
    );
    if (accepted.kind !== 'done') return { kind: 'failed', why: accepted.why };
    // Compared once more, so that "invited" turns into "applied" by what the server shows.
    await deps.stores.transaction(guildId, (tx) =>
      tx.accounts.makeDue({ memberIds: [memberId] }, deps.clock.now(), 'noticed'),
    );
    await enforce.servers(guildId, ids);
    return { kind: 'connected', account: account.value.name };
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
    const stores = deps.stores.of(guildId);
    const readings = await inParallel(servers, 4, async (server) => {
      const media = await openServer(deps, stores, server);
      return { server, reading: await media.readAccess({ of: [account.externalId] }) };
    });
    const seen = new Map<string, AccountAccess | undefined>();
    for (const { server, reading } of readings) {
      // What the account has becomes a grant by linking, so it has to be known first; otherwise it would be lost.
      if (reading.kind === 'unknown') return { kind: 'failed', why: reading.why };
      seen.set(server.id, seenIn(reading.value, account.externalId));
    }
    const links = servers.map((server) => ({ server, memberId, ...account, seen: seen.get(server.id) }));
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
