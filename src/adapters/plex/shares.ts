import type { AccessReading, AccountAccess, Known, UnreadEntry } from '../../app/ports/media-server.ts';
import { mapInTurns, turn } from '../../concurrency/in-turns.ts';
import { emailKey } from '../../domain/email-key.ts';
import type { Protection } from '../../domain/protection.ts';
import { say } from '../../words/say.ts';
import { nameFrom } from '../http-client/answers.ts';
import { type PlexClient, unknown } from './client.ts';
import {
  type PlexShare,
  readShares,
  readSharesV1,
  type SettingsText,
  type SharingSettings,
  settingsIn,
  sharesOf,
  type UnreadShare,
} from './share-schema.ts';

/** What a write needs to know about a share, as it was read. Only this adapter makes these. */
export class ShareHandle {
  readonly shareId: string;
  readonly #settings: SettingsText | null;
  /** Set for a pending invitation to an address that has no Plex account. */
  readonly invitedEmail: string | null;

  constructor(share: Pick<PlexShare, 'id' | 'settings' | 'invitedEmail'>) {
    this.shareId = share.id;
    this.#settings = share.settings;
    this.invitedEmail = share.invitedEmail;
  }

  /** Null when plex.tv did not send them, or sent two that differ: then they are asked for (A5.7). */
  get settings(): SharingSettings | null {
    return settingsIn(this.#settings);
  }
}

interface ReadOptions {
  readonly of?: readonly string[] | undefined;
  readonly after?: AccessReading | undefined;
  readonly removed: ReadonlySet<string>;
}

/** The shares of one server. */
export interface SharesReading {
  readonly accounts: readonly AccountAccess[];
  readonly left: readonly string[];
  readonly unread: readonly UnreadEntry[];
  /** Account id of the owner, if a share named it. */
  readonly ownerId: string | null;
  /** Nothing at all is listed, and nothing that we did explains it. */
  readonly isEmpty: boolean;
}

/** The sharing lists of one server of one owner (media-servers.md A5.3, A5.4). */
export class PlexShares {
  readonly #client: PlexClient;
  readonly #token: string;
  readonly #machineIdentifier: string;

  constructor(client: PlexClient, token: string, machineIdentifier: string) {
    this.#client = client;
    this.#token = token;
    this.#machineIdentifier = machineIdentifier;
  }

  /**
   * Everybody who has a share of this server, or those in `of`. The pending list is not read when none of them can
   * be on it: a server and an account have one share, and an accepted one never becomes pending again.
   * @param removed ids of shares that this adapter has deleted, with plex.tv confirming it.
   */
  async read(options: ReadOptions): Promise<Known<SharesReading>> {
    const reading = await this.#readLists(options);
    if (reading.kind === 'unknown' || !options.of) return reading;
    const { accounts } = reading.value;
    const shown = new Set(accounts.map(({ externalId }) => externalId));
    const invited = (options.after?.accounts ?? [])
      .filter(({ pending, externalId }) => pending && !shown.has(externalId))
      .map(({ externalId }) => externalId);
    if (invited.length === 0) return reading;
    // For some accounts the accepted list is read first. Whoever has accepted since then is in neither, but is in that
    // one by now.
    const again = await this.#readLists({ of: invited, removed: options.removed });
    if (again.kind === 'unknown') return again;
    const unread = [...reading.value.unread, ...again.value.unread];
    const value = { ...reading.value, unread, accounts: [...accounts, ...again.value.accounts] };
    return { kind: 'known', value };
  }

  async #readLists({ of, after, removed }: ReadOptions): Promise<Known<SharesReading>> {
    // Whoever accepts an invitation moves from one list to the other. With the pending one read first, they are in both
    // at worst, and never in neither.
    let pending = of ? undefined : await this.#list('pending');
    if (pending?.kind === 'unknown') return pending;
    const accepted = await this.#list('accepted');
    if (accepted.kind === 'unknown') return accepted;
    const explained = after?.accounts
      .filter((account) => !account.pending)
      .every(({ handle }) => handle instanceof ShareHandle && removed.has(handle.shareId));
    // plex.tv sometimes answers an empty list although there are shares (edge case 4), and lists nothing for a
    // server that changed its identity (edge case 39). So an empty list that nothing explains is checked against
    // the v1 list.
    const isDoubtful = accepted.value.shares.length === 0 && accepted.value.unread.length === 0 && !explained;
    const old = isDoubtful ? await this.listV1() : undefined;
    if (old?.kind === 'unknown') return old;
    const hidden = old?.value.shares.filter(({ acceptedAt }) => acceptedAt !== null) ?? [];
    const odd = old?.value.unread ?? [];

    const found = accepted.value.shares.filter(
      (share) => isCurrent(share) && (!share.accepted || saysWhose(share)),
    );
    const settled = new Set(found.flatMap((share) => [idOf(share), emailId(share)]));
    for (const account of after?.accounts ?? []) if (!account.pending) settled.add(account.externalId);
    if (hidden.length + odd.length > 0 || !of || of.some((id) => !settled.has(id)))
      pending ??= await this.#list('pending');
    if (pending?.kind === 'unknown') return pending;

    // Sources differ about how v1 writes "not accepted", so what is known to wait is taken off first.
    const waiting = new Set(
      pending && [...pending.value.shares, ...pending.value.unread].map(({ id }) => id),
    );
    if (hidden.some(({ id }) => !waiting.has(id)))
      return unknown({
        kind: 'not-understood',
        message: say('trouble.plex.listsDiffer'),
      });

    await turn();
    const shares = eachOnce([...found, ...(pending?.value.shares.filter(isCurrent) ?? [])]);
    const isFound = new Set(found);
    const nobodys = accepted.value.shares.filter((share) => isCurrent(share) && !isFound.has(share));
    await turn();
    const unread = unreadAmong(
      [
        ...accepted.value.unread,
        ...nobodys.map(({ id }) => ({ id, whose: [], saysServer: true })),
        ...(pending?.value.unread ?? []),
        ...odd.filter(({ id }) => !waiting.has(id)),
      ],
      shares,
      after,
    );
    const wanted = of && new Set(of);
    return {
      kind: 'known',
      value: {
        isEmpty: shares.length === 0 && unread.length === 0 && !explained,
        left: accepted.value.shares.filter((share) => share.leftAt !== null && saysWhose(share)).map(idOf),
        unread: unread.filter(
          ({ whose }) => !wanted || whose.length === 0 || whose.some((id) => wanted.has(id)),
        ),
        ownerId: shares.find(({ ownerId }) => ownerId !== null)?.ownerId ?? null,
        accounts: await mapInTurns(
          shares.filter((share) => !wanted || wanted.has(idOf(share)) || wanted.has(emailId(share))),
          accountOf,
        ),
      },
    };
  }

  /** The old list, which has rows that the new lists hide (edge case 7). */
  async listV1() {
    return await this.#client.read(
      {
        host: 'plex.tv',
        path: `/api/servers/${this.#machineIdentifier}/shared_servers`,
        token: this.#token,
      },
      readSharesV1,
    );
  }

  /** What does not say whether it was accepted is what its list is about. */
  async #list(which: 'accepted' | 'pending') {
    const list = await this.#client.read(
      { host: 'clients', path: `/api/v2/shared_servers/owned/${which}`, token: this.#token },
      readShares,
    );
    if (list.kind === 'unknown') return list;
    const { shares, unread } = sharesOf(list.value, this.#machineIdentifier);
    const value = {
      shares: await mapInTurns(shares, (share) => ({
        ...share,
        accepted: share.accepted ?? which === 'accepted',
      })),
      unread,
    };
    return { kind: 'known', value } as const;
  }
}

/** Deleted shares, and those that somebody left, may stay listed for a while (edge cases 13 and 43). */
const isCurrent = ({ deletedAt, leftAt }: PlexShare): boolean => deletedAt === null && leftAt === null;

/** An accepted share names its account. */
const saysWhose = ({ invitedId, invited }: PlexShare): boolean => (invitedId ?? invited?.id ?? null) !== null;

const emailId = ({ id }: PlexShare): string => `email:${id}`;

/**
 * The account is known by its number only, because names and addresses move to other people (media-servers.md
 * 0.3.4).
 */
const idOf = (share: PlexShare): string => share.invitedId ?? share.invited?.id ?? emailId(share);

/** A share that is in both lists, or was read before and after somebody accepted it, counts as accepted. */
function eachOnce(shares: readonly PlexShare[]): readonly PlexShare[] {
  const kept = new Map<string, PlexShare>();
  const ids = new Set<string>();
  for (const share of shares.toSorted((one, other) => Number(other.accepted) - Number(one.accepted))) {
    if (kept.has(idOf(share)) || ids.has(share.id)) continue;
    kept.set(idOf(share), share);
    ids.add(share.id);
  }
  return [...kept.values()];
}

/**
 * What is not understood, with whose it may be. A server and an account have one share, so it is nobody's who has
 * another one that is understood, or had one of another number in the reading before.
 */
function unreadAmong(
  found: readonly UnreadShare[],
  shares: readonly PlexShare[],
  after: AccessReading | undefined,
): readonly UnreadEntry[] {
  const known = new Set(shares.map(idOf));
  const before = (after?.accounts ?? []).flatMap(({ externalId, handle }) =>
    handle instanceof ShareHandle ? [{ externalId, shareId: handle.shareId }] : [],
  );
  return found.flatMap(({ id, whose, saysServer }) => {
    const same = before.filter(({ shareId }) => shareId === id).map(({ externalId }) => externalId);
    const named = same.length > 0 ? same : whose;
    const hadAnother = new Set(
      id === null || same.length > 0 ? [] : before.map(({ externalId }) => externalId),
    );
    const left = named.filter((account) => !known.has(account) && !hadAnother.has(account));
    if (named.length > 0 && left.length === 0) return [];
    const isTold = id !== null && saysServer && left.length === 1;
    return [
      {
        whose: left,
        message: say('trouble.plex.unreadEntry', { id: id ?? 'none' }),
        handle: isTold ? new ShareHandle({ id, settings: null, invitedEmail: null }) : null,
      },
    ];
  });
}

function accountOf(share: PlexShare): AccountAccess {
  const email = share.invited?.email ?? share.invitedEmail;
  const masked = email && maskEmail(email);
  const key = email ? emailKey(email) : undefined;
  const name = [share.invited?.username, share.invited?.title].map((text) => nameFrom(text ?? ''));
  return {
    externalId: idOf(share),
    name: name.find((text) => text !== '') ?? masked ?? `Plex account ${idOf(share)}`,
    emailMasked: masked,
    ...(key !== undefined && { emailKey: key }),
    ...(email?.includes('@') && { emailName: nameFrom(email).split('@')[0] ?? '' }),
    protection: protectionOf(share),
    access: share.allLibraries ? { kind: 'all' } : { kind: 'libraries', externalIds: share.keys },
    pending: !share.accepted,
    disabled: false,
    obstacle: null,
    handle: new ShareHandle(share),
  };
}

/** As the share has it. Whether a Home is the owner's, it does not say (A5.10). */
function protectionOf({ invited }: PlexShare): Protection | null {
  if (invited?.restricted) return 'managed';
  return invited?.home ? 'home' : null;
}

/** `n***@example.com`: enough to recognise the address, not enough to write to it. */
export function maskEmail(email: string): string {
  const [name = '', domain] = nameFrom(email).split('@');
  return domain === undefined ? `${name.slice(0, 1)}***` : `${name.slice(0, 1)}***@${domain}`;
}
