import type { MediaKind } from '../../../src/app/ports/media.ts';
import type {
  AccessReading,
  AccountAccess,
  Known,
  LibraryOnServer,
  MediaServer,
  ServerAccounts,
  ServerAddress,
  ServerIdentity,
  WriteOutcome,
} from '../../../src/app/ports/media-server.ts';
import type { NonEmpty } from '../../../src/domain/model.ts';

/** A reader of the shelf: which boards they may reach for. */
interface Reader {
  readonly name: string;
  readonly password: string;
  readonly boards: readonly string[];
  readonly locked: boolean;
}

const BOARDS = ['Novels', 'Comics'];
const DONE: WriteOutcome = { kind: 'done' };
const known = <T>(value: T): Known<T> => ({ kind: 'known', value });

/** The least that an adapter can be: one server in memory, with accounts of its own. */
class Shelf implements MediaServer {
  readonly kind;
  readonly readers: Map<string, Reader>;

  constructor({ kind }: ServerAddress, readers: Map<string, Reader>) {
    this.kind = kind;
    this.readers = readers;
  }

  readonly accounts: ServerAccounts = {
    checkName: async () => ({ kind: 'allowed' }),
    create: async ({ name, password, externalIds }) => {
      this.readers.set(name, { name, password, boards: externalIds, locked: false });
      return { kind: 'created', externalId: name, beside: { template: null, notKept: [] } };
    },
    discard: async ({ name }) => this.#forget(name),
    delete: async ({ externalId }) => this.#forget(externalId),
    setPassword: async () => DONE,
    listSignInPlugins: async () => known([]),
  };

  async probe(): Promise<Known<ServerIdentity>> {
    return known({ identity: 'shelf-1', name: 'Attic', version: '0.1', ownerAccountId: null });
  }

  async ping(): Promise<Known<{ readonly version: string }>> {
    return known({ version: '0.1' });
  }

  async listLibraries(): Promise<Known<readonly LibraryOnServer[]>> {
    return known(
      BOARDS.map((name) => ({ externalId: name, identity: null, name, type: 'books', grantable: true })),
    );
  }

  async readAccess(): Promise<Known<AccessReading>> {
    return known({ accounts: [...this.readers.values()].map(asAccount) });
  }

  async setLibraries({ externalId }: AccountAccess, boards: NonEmpty<string>): Promise<WriteOutcome> {
    return this.#change(externalId, { boards, locked: false });
  }

  async withdraw({ externalId }: AccountAccess): Promise<WriteOutcome> {
    return this.#change(externalId, { boards: [], locked: true });
  }

  async countStreams(): Promise<Known<number>> {
    return known(0);
  }

  async findRemovedEndpoints(): Promise<Known<readonly string[]>> {
    return known([]);
  }

  async endSessions(): Promise<void> {}

  async revokeToken(): Promise<WriteOutcome> {
    return DONE;
  }

  #change(name: string, change: Pick<Reader, 'boards' | 'locked'>): WriteOutcome {
    const reader = this.readers.get(name);
    if (reader) this.readers.set(name, { ...reader, ...change });
    return DONE;
  }

  #forget(name: string): WriteOutcome {
    this.readers.delete(name);
    return DONE;
  }
}

const asAccount = ({ name, boards, locked }: Reader): AccountAccess => ({
  externalId: name,
  name,
  emailMasked: null,
  protection: null,
  access: { kind: 'libraries', externalIds: locked ? [] : boards },
  pending: false,
  disabled: locked,
  obstacle: null,
  handle: null,
});

export function shelf(readers: Map<string, Reader>): MediaKind {
  return { at: (address) => new Shelf(address, readers) };
}
