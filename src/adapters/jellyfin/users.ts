import type { Known, Trouble } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import { type JellyfinClient, OTHER_SERVER, type Sizes, unknown } from './client.ts';
import { type JellyfinUser, readUser, readUsers, type UserList } from './schema.ts';

/** What a request costs over a network, and what each account adds to a list of all of them (media-servers.md M3). */
const REQUEST_MS = 20;
const ACCOUNT_MS = 1.8;

/** What a list is given in addition for each account: a slow machine needs more than the one that was measured. */
const PATIENCE_PER_ACCOUNT_MS = 5;

/** A server of unknown size that did not answer in time is taken to have so many accounts, until it has answered. */
const PERHAPS = 10_000;

/** Accounts that were read, and whether they are all that the server has. */
interface Found extends UserList {
  readonly isAll: boolean;
}

/** The accounts of one server: read in one list, or one by one where that is cheaper (media-servers.md B4, M3). */
export class JellyfinUsers {
  readonly #client: JellyfinClient;
  /** Null while the server is being added. */
  readonly #identity: string | null;
  readonly #sizes: Sizes;
  readonly #address: string;

  constructor(
    client: JellyfinClient,
    server: { readonly identity: string | null; readonly address: string; readonly sizes: Sizes },
  ) {
    this.#client = client;
    this.#identity = server.identity;
    this.#sizes = server.sizes;
    this.#address = server.address;
  }

  /** All of them in one request, which is given the longer the more there were last time. */
  async all(how: { readonly isAsked?: boolean } = {}): Promise<Known<Found>> {
    const size = this.#sizes.get(this.#address);
    const patienceMs = (size ?? 0) * PATIENCE_PER_ACCOUNT_MS;
    const users = await this.#client.read('/Users', readUsers, { patienceMs, ...how });
    if (users.kind === 'unknown') {
      if (users.why.kind === 'timeout' && size === undefined) this.#sizes.set(this.#address, PERHAPS);
      return users;
    }
    const { users: read, unread } = users.value;
    this.#sizes.set(this.#address, read.length + unread.length);
    if (this.isOther(read)) return unknown(OTHER_SERVER);
    return { kind: 'known', value: { ...users.value, isAll: true } };
  }

  /**
   * Those of these ids that exist. Of a server whose size is not known the list is read, which tells it. The list also
   * decides about whoever a single reading does not show: only a list that names this server proves that they are gone.
   */
  async of(ids: readonly string[]): Promise<Known<Found>> {
    const size = this.#sizes.get(this.#address);
    const isFew = size !== undefined && ids.length * REQUEST_MS <= REQUEST_MS + size * ACCOUNT_MS;
    // Asked for nobody, the answer is whether there is one.
    if (isFew && ids.length > 0) {
      const read = await Promise.all(ids.map((id) => this.one(id)));
      const failure = read.find((each) => each.kind === 'unknown' && !LISTED_OTHERWISE.has(each.why.kind));
      if (failure?.kind === 'unknown') return failure;
      const users = read.flatMap((each) => (each.kind === 'known' ? [each.value] : []));
      if (users.length === ids.length) return { kind: 'known', value: { users, unread: [], isAll: false } };
    }
    const listed = await this.all();
    if (listed.kind === 'unknown') return listed;
    const { users, unread } = await this.#readAgain(listed.value, new Set(ids));
    return { kind: 'known', value: { users, unread, isAll: true } };
  }

  /** One account, by a reading that does not grow with the server. */
  async one(id: string, how: Parameters<JellyfinClient['read']>[2] = {}): Promise<Known<JellyfinUser>> {
    const read = await this.#client.read(`/Users/${encodeURIComponent(id)}`, readUser, how);
    if (read.kind === 'unknown') return read;
    if (read.value.id !== id) return unknown(ANOTHER_USER);
    return this.isOther([read.value]) ? unknown(OTHER_SERVER) : read;
  }

  isOther(users: readonly JellyfinUser[]): boolean {
    const expected = this.#identity ?? users[0]?.serverId;
    return users.some(({ serverId }) => serverId !== expected);
  }

  /** Those of the wanted whom the list shows in a way that is not understood are asked for one by one. */
  async #readAgain({ users, unread }: UserList, wanted: ReadonlySet<string>): Promise<UserList> {
    const asked = unread.flatMap(({ id }) => (id !== null && wanted.has(id) ? [id] : []));
    const answers = await Promise.all(asked.map((id) => this.one(id)));
    const found = answers.flatMap((answer) => (answer.kind === 'known' ? [answer.value] : []));
    const known = new Set(found.map(({ id }) => id));
    return { users: [...users, ...found], unread: unread.filter(({ id }) => id === null || !known.has(id)) };
  }
}

const ANOTHER_USER: Trouble = {
  kind: 'not-understood',
  message: say('trouble.jellyfin.anotherUser'),
};

/** What a single reading says of an account that is gone, or that is not understood. */
const LISTED_OTHERWISE = new Set<Trouble['kind']>(['not-possible', 'not-understood', 'not-this-kind']);
