/**
 * A member proves which account of a vendor is theirs, on a page of the vendor (a PIN at plex.tv). The account is
 * linked by its id and invited; the invitations are accepted with the member's token, which is forgotten then.
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { serversOf } from '../../domain/grant.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server, ServerKind, SignIn } from '../../domain/model.ts';
import { needsStaff, staffSentence } from '../../domain/trouble.ts';
import { say } from '../../words/say.ts';
import { personOf, tell as tellStaff } from '../ledger/alerts.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import { touchedElsewhere } from '../observe/elsewhere.ts';
import { seenIn, unreadIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { PageSignIn, VendorAccount } from '../ports/sign-in.ts';
import type { Enforce } from '../reconcile/enforce.ts';
import { linkAccount, type NewLink, refusalOfLink } from './link.ts';
import type { Confirmed, ServerStep, SignInEnd, SignInSteps, Try, Way } from './sign-in-end.ts';

type Linked =
  | { readonly kind: 'linked'; readonly servers: readonly Server[] }
  | Extract<SignInEnd, { kind: 'refused' | 'failed' }>;

export function byPage(
  deps: Deps,
  enforce: Enforce,
  {
    guildId,
    kind,
    page,
  }: { readonly guildId: GuildId; readonly kind: ServerKind; readonly page: PageSignIn },
): Way {
  return {
    place: { kind, server: null },

    async begin(forWhom) {
      const pin = await page.start(forWhom);
      if (pin.kind === 'unknown') return pin;
      const { pin: secret, link: shown, clientIdentifier, expiresAt } = pin.value;
      return { kind: 'known', value: { secret, clientIdentifier, shown, expiresAt } };
    },

    async poll({ secret, clientIdentifier }) {
      const answer = await page.poll({ pin: secret, clientIdentifier });
      return answer.kind === 'approved' ? { ...answer, who: null } : answer;
    },

    who: (as) => page.account(as),
    link: complete,
    forget: (as) => page.forget(as),
  };

  /** Every step may be repeated: link, invite (by a pass), accept, look again. */
  async function complete(memberId: MemberId, { signIn, who, as, tell }: Confirmed): Promise<Try> {
    const account = as && (await page.account(as));
    if (!account || (account.kind === 'unknown' && account.why.kind === 'unauthorised'))
      return { end: await forgotten(signIn), again: false };
    if (account.kind === 'unknown') return waits(tell, { account: who.name, servers: [] }, account.why);
    const { name, externalId } = account.value;
    // Only what the member has confirmed is linked.
    if (externalId !== who.externalId) return { end: { kind: 'expired' }, again: false };
    tell({ account: name, servers: [], waitsFor: null });
    const known = await serversFor(memberId, account.value);
    if (known.length === 0)
      return { end: { kind: 'refused', why: 'nothing-there', account: name }, again: false };
    const linked = await link(memberId, account.value, known);
    if (linked.kind === 'refused') return { end: linked, again: false };
    // That it cannot be read concerns the server and not the sign-in, which is still good.
    if (linked.kind === 'failed')
      return { ...waits(tell, { account: name, servers: [] }, linked.why), again: true };
    const { servers } = linked;
    await enforce.servers(
      guildId,
      servers.map((server) => server.id),
    );
    const invited = await stepsOf(memberId, servers, externalId);
    tell({ account: name, servers: invited, waitsFor: null });
    const pending = invited.filter(({ state }) => state === 'invited').map(({ server }) => server);
    if (pending.length === 0) return ended(tell, name, invited);

    const accepted = await page.acceptInvitations(
      as,
      pending.map((server) => server.identity),
    );
    // Looked at once more, so that "invited" turns into "accepted" by what the server shows.
    const now = await lookAgain({ memberId, externalId }, servers, pending);
    tell({ account: name, servers: now, waitsFor: null });
    const still = now.filter(({ state }) => state === 'invited').map(({ server }) => server);
    if (accepted.kind === 'done' || still.length === 0) return ended(tell, name, now);
    if (accepted.why.refusal !== 'final') {
      tell({ account: name, servers: now, waitsFor: 'other-side' });
      return { end: { kind: 'unfinished', account: name, servers: now }, again: true };
    }
    await tellStaffNotAccepted(memberId, still, accepted.why);
    const byHand = { reason: accepted.why.reason ?? null };
    return { end: { kind: 'unfinished', account: name, servers: now, byHand }, again: false };
  }

  /** What follows from how far it is on each server. */
  function ended(tell: Confirmed['tell'], account: string, servers: readonly ServerStep[]): Try {
    const unfinished = { kind: 'unfinished', account, servers } as const;
    const has = (...states: ServerStep['state'][]) => servers.some(({ state }) => states.includes(state));
    if (has('later', 'invited')) {
      tell({ account, servers, waitsFor: has('later') ? 'other-side' : null });
      return { end: unfinished, again: true };
    }
    return { end: has('staff') ? unfinished : { kind: 'connected', account }, again: false };
  }

  function waits(tell: Confirmed['tell'], steps: Omit<SignInSteps, 'waitsFor'>, why: Trouble): Try {
    tell({ ...steps, waitsFor: needsStaff(why) ? 'staff' : 'other-side' });
    return { end: { kind: 'failed', why }, again: why.refusal !== 'final' };
  }

  async function stepsOf(
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
    return await stepsOf(memberId, servers, externalId);
  }

  async function tellStaffNotAccepted(
    memberId: MemberId,
    servers: readonly Server[],
    why: Trouble,
  ): Promise<void> {
    const [server] = servers;
    await deps.stores.transaction(guildId, async (tx) => {
      const text = say('alert.notAccepted', {
        servers: servers.map(({ name }) => name),
        who: await personOf(tx, memberId),
        why: server ? staffSentence(why, server) : '',
      });
      await tellStaff(deps, tx, { text }, deps.clock.now());
    });
  }

  /**
   * The token is dead, so trying again is of no use. Most likely an earlier run had forgotten it and was killed
   * before it could note that: then the member's account was linked and everything accepted.
   */
  async function forgotten({ memberId }: SignIn): Promise<SignInEnd> {
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
  async function serversFor(memberId: MemberId, account: VendorAccount): Promise<readonly Server[]> {
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
    memberId: MemberId,
    account: VendorAccount,
    servers: readonly Server[],
  ): Promise<Linked> {
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
      // All servers or none: a link that is refused on one must not be found on another. Only where the member has
      // another account already they keep that one, and an owner of other servers is another matter.
      const open: NewLink[] = [];
      for (const one of links) {
        const why = await refusalOfLink(tx, one);
        if (why && why !== 'has-another') return { kind: 'refused', why, account: name };
        if (!why) open.push(one);
      }
      const [first] = links;
      if (first && open.length === 0) {
        const other = await inTheWayOf(tx, first);
        return { kind: 'refused', why: 'has-another', account: name, ...(other && { has: other.name }) };
      }
      for (const one of open) await linkAccount(deps, tx, one, deps.clock.now());
      return { kind: 'linked', servers: open.map(({ server }) => server) };
    });
  }
}
