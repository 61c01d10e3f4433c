/** Adding a media server: probe first, save nothing that does not work, then look at what is there. */
import type { Server, ServerKind } from '../domain/model.ts';
import type { Deps } from './deps.ts';
import type { Trouble } from './ports.ts';
import type { SyncReport, SyncServers } from './sync-server.ts';

export interface AddServerInput {
  readonly guildId: string;
  readonly actorId: string;
  readonly kind: ServerKind;
  /** What people call it; the server's own name when empty. */
  readonly name: string;
  readonly url: string;
  readonly token: string;
}

export type AddServerResult =
  | { readonly kind: 'added'; readonly server: Server; readonly sync: SyncReport }
  | { readonly kind: 'refused'; readonly why: Trouble }
  | { readonly kind: 'name-taken'; readonly name: string }
  | { readonly kind: 'already-added'; readonly name: string };

const MAX_NAME = 60;

export function makeAddServer(deps: Deps, syncServers: SyncServers) {
  return async (input: AddServerInput): Promise<AddServerResult> => {
    const { guildId, kind } = input;
    const address = deps.media.normaliseUrl(input.url);
    if (address.kind === 'unusable')
      return { kind: 'refused', why: { kind: 'not-possible', says: address.says } };
    const { url } = address;
    const token = input.token.trim();
    const probe = await deps.media.at({ kind, url, token, identity: null }).probe();
    if (probe.kind === 'unknown') return { kind: 'refused', why: probe.why };
    const { identity, version, ownerAccountId } = probe.value;
    const name = (input.name.trim() || probe.value.name).slice(0, MAX_NAME);
    const id = deps.codes.newId();

    const clash = await deps.stores.transaction(guildId, async (tx): Promise<AddServerResult | undefined> => {
      const servers = await tx.servers.list();
      const twin = servers.find((server) => server.kind === kind && server.identity === identity);
      if (twin) return { kind: 'already-added', name: twin.name };
      if (servers.some((server) => server.name.toLowerCase() === name.toLowerCase()))
        return { kind: 'name-taken', name };
      const now = deps.clock.now();
      await tx.servers.add({
        id,
        kind,
        name,
        url,
        identity,
        ownerAccountId,
        version,
        tokenCipher: deps.secrets.seal(token, { guildId, column: 'Server.token' }),
        tokenLast4: token.slice(-4),
        checkedAt: now,
      });
      await tx.audit.append({
        action: 'server.added',
        actorId: input.actorId,
        facts: { server: name, detail: `${kind} ${version}` },
        at: now,
      });
      return undefined;
    });
    if (clash) return clash;

    const [sync] = await syncServers(guildId, [id]);
    const server = await deps.stores.of(guildId).servers.find(id);
    if (!sync || !server) throw new Error('the server that was just added is not there');
    return { kind: 'added', server, sync };
  };
}
