/** Adding a media server: probe first, save nothing that does not work, then look at what is there. */
import { GuildFull } from '../../domain/guild-limits.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../domain/model.ts';
import { readShownAddress, readTypedAddress, readTypedToken } from '../../domain/typed-address.ts';
import { type Sentence, say } from '../../words/say.ts';
import { roomFor } from '../ledger/room.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountToken, ServerIdentity, ServerLocation, Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { findServer, type TakenRisks } from './find.ts';
import { lookAtSignInPlugins } from './sign-in-plugins.ts';
import type { SyncReport, SyncServers } from './sync.ts';

/** The client that a sign-in made a token for. */
export type MadeFor = Pick<AccountToken, 'clientIdentifier'>;

export interface AddServerInput extends TakenRisks {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly kind: ServerKind;
  /** What people call it; the server's own name when empty. */
  readonly name: string;
  /** As typed. */
  readonly url: string;
  /** As typed; may be empty. */
  readonly token: string;
  /** Where members open it, as typed; empty or absent is none. */
  readonly publicUrl?: string;
  /** Of a token that a sign-in made for Usher: the client it is for. Absent where the token was typed. */
  readonly made?: MadeFor;
}

export type AddServerRefusal =
  | { readonly kind: 'refused'; readonly why: Trouble }
  | { readonly kind: 'name-taken'; readonly name: string }
  | { readonly kind: 'already-added'; readonly name: string };

export type AddServerResult =
  /** None was typed, and none stood in the address: its owner can sign in instead. */
  | { readonly kind: 'no-token' }
  | { readonly kind: 'added'; readonly server: Server; readonly sync: SyncReport }
  | AddServerRefusal;

const MAX_NAME = 60;

export function makeAddServer(deps: Deps, syncServers: SyncServers) {
  return async (input: AddServerInput): Promise<AddServerResult> => {
    const { guildId, kind } = input;
    const address = readTypedAddress(input.url, kind);
    if (address.kind === 'unusable') return notPossible(address.message);
    const typed = readTypedToken(input.token);
    if (typed.kind === 'unusable') return notPossible(typed.message);
    const visible = readShownAddress(input.publicUrl ?? '', kind);
    if (visible.kind === 'unusable') return notPossible(visible.message);
    const token = typed.kind === 'token' ? typed.token : address.token;
    if (token === null) return { kind: 'no-token' };
    const sought = { kind, urls: address.urls, taken: input, identity: null };
    const found = await findServer(deps.media.of(guildId), sought);
    if (found.kind === 'unknown') return { kind: 'refused', why: found.why };
    const at = found.value;
    const clientIdentifier = input.made?.clientIdentifier ?? null;
    const reached = { kind, ...at, token, clientIdentifier };
    const probe = await deps.media
      .of(guildId)
      [kind].at({ ...reached, identity: null })
      .probe();
    if (probe.kind === 'unknown') return { kind: 'refused', why: probe.why };
    const { identity, version, ownerAccountId } = probe.value;
    const name = nameFor(input.name, probe.value);
    const id = deps.codes.newId();

    const clash = await deps.stores.transaction(guildId, async (tx) => {
      const found = await clashIn(deps, tx, { kind, identity, name });
      if (found) return found;
      const now = deps.clock.now();
      await tx.servers.add({
        id,
        kind,
        name,
        ...at,
        publicUrl: visible.url,
        identity,
        ownerAccountId,
        version,
        tokenCipher: deps.secrets.seal(token, { guildId, column: 'Server.token', row: id }),
        tokenLast4: token.slice(-4),
        clientIdentifier,
        tokenMade: input.made !== undefined,
        checkedAt: now,
      });
      await tx.audit.append({
        action: 'server.added',
        actorId: input.actorId,
        facts: {
          server: name,
          detail: [`${MEDIA_KINDS[kind].name} ${version}`, ...taken(at)],
        },
        at: now,
      });
      return undefined;
    });
    if (clash) return clash;

    const added = await deps.stores.of(guildId).servers.find(id);
    if (added) {
      const media = deps.media.of(guildId)[kind].at({ ...reached, identity });
      await lookAtSignInPlugins(deps, guildId, { server: added, media });
    }
    const [sync] = await syncServers(guildId, [id]);
    const server = await deps.stores.of(guildId).servers.find(id);
    if (!sync || !server) throw new Error('the server that was just added is not there');
    return { kind: 'added', server, sync };
  };
}

/** For the record: which risks were taken. */
const taken = ({ certificate, plainHttp }: ServerLocation): readonly Sentence[] => [
  ...(certificate ? [say('audit.note.certificate', { certificate })] : []),
  ...(plainHttp ? [say('audit.note.plainHttp')] : []),
];

const notPossible = (message: Sentence): AddServerRefusal => ({
  kind: 'refused',
  why: { kind: 'not-possible', message },
});

/** What a new server is called: as typed, or else as it calls itself. */
export function nameFor(typed: string, probed: Pick<ServerIdentity, 'name'>): string {
  return (typed.trim() || probed.name).slice(0, MAX_NAME);
}

/** Why a server cannot be added beside those that are here. */
export async function clashIn(
  deps: Deps,
  stores: GuildStores,
  { kind, identity, name }: Pick<Server, 'kind' | 'identity' | 'name'>,
): Promise<AddServerRefusal | undefined> {
  const servers = await stores.servers.list();
  const twin = servers.find((server) => server.kind === kind && server.identity === identity);
  if (twin) return { kind: 'already-added', name: twin.name };
  const namesake = servers.some((server) => server.name.toLowerCase() === name.toLowerCase());
  if (namesake) return { kind: 'name-taken', name };
  return (await roomFor(deps, stores, 'servers')) < 1
    ? notPossible(new GuildFull('servers', deps.limits.servers).says)
    : undefined;
}
