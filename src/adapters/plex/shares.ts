import type { AccessReading, AccountAccess, Known } from '../../app/ports/media-server.ts';
import { nameFrom } from '../http-client.ts';
import { type PlexClient, unknown } from './client.ts';
import { type PlexShare, readShares, readSharesV1, type ShareV1, type SharingSettings } from './schema.ts';

/** The adapter's memory of one share as it was read: what a write needs and nobody else may make up. */
export class ShareHandle {
  readonly shareId: string;
  /** Null when plex.tv did not say; then the share cannot be changed without losing filters (A5.6). */
  readonly settings: SharingSettings | null;
  /** For a pending invitation to an address without an account. */
  readonly invitedEmail: string | null;

  constructor(share: Pick<PlexShare, 'id' | 'settings' | 'invitedEmail'>) {
    this.shareId = share.id;
    this.settings = share.settings;
    this.invitedEmail = share.invitedEmail;
  }
}

/** What was read of one server's shares. */
export interface SharesReading {
  readonly accounts: readonly AccountAccess[];
  /** Account id of the owner, when a share named him. */
  readonly ownerId: string | null;
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
   * Everybody with a share of this server, or those in `of`. The list of pending invitations is left out when none of
   * them can be in it: a pair of server and account has one share, and an accepted one never becomes pending again.
   * @param removed share ids this adapter deleted and was told so.
   */
  async read(options: {
    readonly of?: readonly string[] | undefined;
    readonly after?: AccessReading | undefined;
    readonly removed: ReadonlySet<string>;
  }): Promise<Known<SharesReading>> {
    const { of, after, removed } = options;
    const accepted = await this.#list('accepted');
    if (accepted.kind === 'unknown') return accepted;
    const explained = after?.accounts
      .filter(({ pending }) => !pending)
      .every(({ handle }) => handle instanceof ShareHandle && removed.has(handle.shareId));
    // plex.tv sometimes answers an empty list although there are shares (edge case 4), and lists nothing for a server that
    // changed its identity (edge case 39): nobody at all wants a second look elsewhere.
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
      const pending = await this.#list('pending');
      if (pending.kind === 'unknown') return pending;
      const known = new Set(shares.map(idOf));
      // Accepted between the two reads: accepted it is.
      shares.push(
        ...pending.value.filter((share) => !share.accepted && isCurrent(share) && !known.has(idOf(share))),
      );
    }
    const wanted = of && new Set(of);
    return {
      kind: 'known',
      value: {
        ownerId: shares.find(({ ownerId }) => ownerId !== null)?.ownerId ?? null,
        accounts: shares
          .filter((share) => !wanted || wanted.has(idOf(share)) || wanted.has(emailId(share)))
          .map(accountOf),
      },
    };
  }

  /** The old list, which has rows that the new ones hide (edge case 7). */
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

/** Shares that were deleted or left may stay listed for a while (edge cases 13 and 43). */
const isCurrent = ({ deletedAt, leftAt }: PlexShare): boolean => deletedAt === null && leftAt === null;

/** An accepted share names its account, once or twice alike. */
const saysWhose = ({ invitedId, invited }: PlexShare): boolean =>
  new Set([invitedId, invited?.id].filter((id) => id != null)).size === 1;

const emailId = ({ id }: PlexShare): string => `email:${id}`;

/** The account, by its number only: names and addresses change hands (0.3, rule 4). */
const idOf = (share: PlexShare): string => share.invitedId ?? share.invited?.id ?? emailId(share);

function accountOf(share: PlexShare): AccountAccess {
  const email = share.invited?.email ?? share.invitedEmail;
  const masked = email && maskEmail(email);
  const name = [share.invited?.username, share.invited?.title].map((text) => nameFrom(text ?? ''));
  return {
    externalId: idOf(share),
    name: name.find((text) => text !== '') ?? masked ?? `Plex account ${idOf(share)}`,
    emailMasked: masked,
    // Home and managed accounts belong to the owner's household; they are shown and never written (A5.10, edge case 15).
    protected: share.invited?.home === true || share.invited?.restricted === true,
    access: share.allLibraries ? { kind: 'all' } : { kind: 'libraries', externalIds: share.keys },
    pending: !share.accepted,
    disabled: false,
    obstacle: null,
    handle: new ShareHandle(share),
  };
}

/** `n***@example.com`: enough to recognise, too little to write to. */
export function maskEmail(email: string): string {
  const [name = '', domain] = nameFrom(email).split('@');
  return domain === undefined ? `${name.slice(0, 1)}***` : `${name.slice(0, 1)}***@${domain}`;
}
