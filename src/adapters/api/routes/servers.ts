import { z } from 'zod';
import type { SyncReport } from '../../../app/servers/sync.ts';
import { isEnough } from '../../../domain/programs.ts';
import { once, send } from '../changes.ts';
import { english } from '../english.ts';
import type { Instance, Uses } from '../instance.ts';
import { found } from '../problems.ts';
import { id, operation as operationShape, server as serverShape, syncReport } from '../shapes.ts';
import { iso, operationWire } from '../wire.ts';

const params = z.object({ serverId: id });

export function serverRoutes(routes: Instance, { app }: Uses): void {
  type Overview = Awaited<ReturnType<typeof app.overview.servers>>[number];
  const wire = (
    { server, libraries, accounts }: Overview,
    showsUrl: boolean,
  ): z.output<typeof serverShape> => ({
    ...{ id: server.id, kind: server.kind, name: server.name, version: server.version },
    ...{ url: showsUrl ? server.url : null, publicUrl: server.publicUrl },
    ...{ isOnline: server.status === 'online', offlineSince: iso(server.offlineSince) },
    isFrozen: server.frozenAt !== null,
    ...{ checkedAt: iso(server.checkedAt), lastSyncAt: iso(server.lastSyncAt) },
    ...{ libraries, accounts: { ...accounts } },
  });

  routes.get(
    '/v1/servers',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listServers', tags: ['servers'], summary: 'All media servers' },
        response: { 200: z.object({ items: z.array(serverShape) }) },
      },
    },
    async ({ caller: { guildId, token } }) => {
      const servers = await app.overview.servers(guildId);
      return { items: servers.map((one) => wire(one, isEnough(token.scope, 'admin'))) };
    },
  );

  routes.get(
    '/v1/servers/:serverId',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'getServer', tags: ['servers'], summary: 'One media server' },
        ...{ params, response: { 200: serverShape } },
      },
    },
    async ({ caller: { guildId, token }, params: { serverId } }) => {
      const servers = await app.overview.servers(guildId);
      return wire(
        found(servers.find(({ server }) => server.id === serverId)),
        isEnough(token.scope, 'admin'),
      );
    },
  );

  routes.post(
    '/v1/servers/:serverId/sync',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'syncServer', tags: ['servers'] },
        summary: 'Look now at what a server has and who has access',
        ...{ params, response: { 200: syncReport, 202: operationShape } },
      },
    },
    async (request, reply) => {
      const { serverId } = request.params;
      const answer = await once(app, request, async ({ guildId, program: { requestId } }) => {
        const sync = await app.followedSyncs.begin(guildId, requestId, serverId);
        if (sync.kind === 'gone') throw found(undefined);
        if (sync.kind === 'done') return { status: 200, body: reportWire(serverId, sync.report) };
        const operation = found(await app.operations.find(guildId, requestId));
        const location = `/v1/operations/${requestId}`;
        return { status: 202, body: operationWire(operation), headers: { location } };
      });
      return send(reply, answer);
    },
  );
}

function reportWire(serverId: string, { outcome }: SyncReport): z.output<typeof syncReport> {
  const failed = outcome.kind === 'failed';
  return {
    ...{ serverId, isSynced: !failed, why: failed ? english(outcome.why.message) : null },
    added: failed ? [] : [...outcome.added],
    gone: failed ? [] : [...outcome.gone],
    libraries: failed ? 0 : outcome.libraries,
    drift: failed ? [] : outcome.drift.map(english),
  };
}
