import type { AccessReading, AccountAccess, Known } from '../../app/ports/media-server.ts';
import { nameFrom } from '../http-client/answers.ts';
import { type PlexClient, unknown } from './client.ts';
import { type PlexShare, readShares, readSharesV1, type ShareV1, type SharingSettings } from './schema.ts';

/** What a write needs to know about a share, as it was read. Only this adapter makes these. */
export class ShareHandle {
  readonly shareId: string;
  /** Null when plex.tv did not send them. Then the share cannot be changed without losing filters (A5.6). */
  readonly settings: SharingSettings | null;
  /** Set for a pending invitation to an address that has no Plex account. */
  readonly invitedEmail: string | null;

  constructor(share: Pick<PlexShare, 'id' | 'settings' | 'invitedEmail'>) {
    this.shareId = share.id;
    this.settings = share.settings;
    this.invitedEmail = share.invitedEmail;
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
    return { kind: 'known', value: { ...reading.value, accounts: [...accounts, ...again.value.accounts] } };
  }

  async #readLists({ of, after, removed }: ReadOptions): Promise<Known<SharesReading>> {
    // Whoever accepts an invitation moves from one list to the other. With the pending one read first, they are in both
    // at worst, and never in neither.
    const early = of ? undefined : await this.#list('pending');
    if (early?.kind === 'unknown') return early;
    const accepted = await this.#list('accepted');
    if (accepted.kind === 'unknown') return accepted;
    const explained = after?.accounts
      .filter(({ pending }) => !pending)
      .every(({ handle }) => handle instanceof ShareHandle && removed.has(handle.shareId));
    // plex.tv sometimes answers an empty list although there are shares (edge case 4), and lists nothing for a
    // server that changed its identity (edge case 39). So an empty list that nothing explains is checked against
    // the v1 list.
    if (accepted.value.length === 0 && !explained) {
      const second = await this.listV1();
      if (second.kind === 'unknown') return second;
      if (second.value.some(({ acceptedAt }) => acceptedAt !== null))
        return unknown({
          kind: 'not-understood',
          message: 'plex.tv shows no shares in one list and some in another.',
        });
    }
    const shares = accepted.value.filter((share) => share.accepted && isCurrent(share));
    if (!shares.every(saysWhose))
      return unknown({
        kind: 'not-understood',
        message: 'plex.tv lists a share that does not say whose it is.',
      });

    const settled = new Set(shares.flatMap((share) => [idOf(share), emailId(share)]));
    for (const { externalId, pending } of after?.accounts ?? []) if (!pending) settled.add(externalId);
    if (!of || of.some((id) => !settled.has(id))) {
      const pending = early ?? (await this.#list('pending'));
      if (pending.kind === 'unknown') return pending;
      const known = new Set(shares.map(idOf));
      // A share that is in both lists counts as accepted.
      shares.push(
        ...pending.value.filter((share) => !share.accepted && isCurrent(share) && !known.has(idOf(share))),
      );
    }
    const wanted = of && new Set(of);
    return {
      kind: 'known',
      value: {
        isEmpty: shares.length === 0 && !explained,
        left: accepted.value.filter((share) => share.leftAt !== null && saysWhose(share)).map(idOf),
        ownerId: shares.find(({ ownerId }) => ownerId !== null)?.ownerId ?? null,
        accounts: shares
          .filter((share) => !wanted || wanted.has(idOf(share)) || wanted.has(emailId(share)))
          .map(accountOf),
      },
    };
  }

  /** The old list, which has rows that the new lists hide (edge case 7). */
  async listV1(): Promise<Known<readonly ShareV1[]>> {
    return await this.#client.read(
      {
        host: 'plex.tv',
        path: `/api/servers/${this.#machineIdentifier}/shared_servers`,
        token: this.#token,
      },
      readSharesV1,
    );
  }

  async #list(which: 'accepted' | 'pending') {
    return await this.#client.read(
      { host: 'clients', path: `/api/v2/shared_servers/owned/${which}`, token: this.#token },
      readShares(this.#machineIdentifier),
    );
  }
}

/** Deleted shares, and those that somebody left, may stay listed for a while (edge cases 13 and 43). */
const isCurrent = ({ deletedAt, leftAt }: PlexShare): boolean => deletedAt === null && leftAt === null;

/** An accepted share names its account. If it does so twice, both numbers must agree. */
const saysWhose = ({ invitedId, invited }: PlexShare): boolean =>
  new Set([invitedId, invited?.id].filter((id) => id != null)).size === 1;

const emailId = ({ id }: PlexShare): string => `email:${id}`;

/**
 * The account is known by its number only, because names and addresses move to other people (media-servers.md
 * 0.3.4).
 */
const idOf = (share: PlexShare): string => share.invitedId ?? share.invited?.id ?? emailId(share);

function accountOf(share: PlexShare): AccountAccess {
  const email = share.invited?.email ?? share.invitedEmail;
  const masked = email && maskEmail(email);
  const name = [share.invited?.username, share.invited?.title].map((text) => nameFrom(text ?? ''));
  return {
    externalId: idOf(share),
    name: name.find((text) => text !== '') ?? masked ?? `Plex account ${idOf(share)}`,
    emailMasked: masked,
    // Home and managed accounts belong to the owner's household: shown, but never written to (A5.10, edge case 15).
    protected: share.invited?.home === true || share.invited?.restricted === true,
    access: share.allLibraries ? { kind: 'all' } : { kind: 'libraries', externalIds: share.keys },
    pending: !share.accepted,
    disabled: false,
    obstacle: null,
    handle: new ShareHandle(share),
  };
}

/** `n***@example.com`: enough to recognise the address, not enough to write to it. */
export function maskEmail(email: string): string {
  const [name = '', domain] = nameFrom(email).split('@');
  return domain === undefined ? `${name.slice(0, 1)}***` : `${name.slice(0, 1)}***@${domain}`;
}
