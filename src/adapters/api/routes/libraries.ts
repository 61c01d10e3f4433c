import { z } from 'zod';
import type { MemberCard } from '../../../app/queries/member-card.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { toMemberId } from '../../../domain/ids.ts';
import { say } from '../../../words/say.ts';
import { applied, changed, isDryRun, once, send } from '../changes.ts';
import { pageByStart, readCursor } from '../cursors.ts';
import { mustBeMeant, readGift } from '../gifts.ts';
import type { Instance, Uses } from '../instance.ts';
import { found, Problem } from '../problems.ts';
import {
  anyway,
  dryRun,
  grant as grantShape,
  id,
  lasts,
  library as libraryShape,
  member as memberShape,
  pageOf,
  paging,
  permission,
  preview,
  reason,
  userId,
} from '../shapes.ts';
import { grantWire, iso, libraryRefs, previewWire, spanWire } from '../wire.ts';

const params = z.object({ libraryId: id });
const querystring = z.strictObject(dryRun);

/** Libraries and who has them, and members with what they have. */
export function libraryRoutes(routes: Instance, { app }: Uses): void {
  routes.get(
    '/v1/libraries',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{
          operationId: 'listLibraries',
          tags: ['libraries'],
          summary: 'Libraries of all servers, or of one',
        },
        querystring: z.strictObject({ ...paging, serverId: id.optional() }),
        response: { 200: pageOf(libraryShape) },
      },
    },
    async ({ caller: { guildId }, query: { cursor, limit, serverId } }) => {
      const all = await app.overview.libraries(guildId, serverId);
      const start = readCursor('l', cursor) ?? 0;
      const page = pageByStart('l', all.slice(start, start + limit), { start, total: all.length });
      return {
        ...page,
        items: page.items.map(({ library, server, users, invited }) => ({
          ...{ id: library.id, name: library.name, serverId: server.id, serverName: server.name },
          ...{ type: library.type, state: stateOf(library), users, invited },
        })),
      };
    },
  );

  const detailsOf = async (guildId: GuildId, libraryId: string) =>
    found(await app.whoHas.library(guildId, libraryId));

  routes.get(
    '/v1/libraries/:libraryId/permissions',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listPermissions', tags: ['libraries'] },
        summary:
          'Who has a library, by the last reading, and which grant gives it; what ends next comes first',
        ...{ params, querystring: z.strictObject(paging), response: { 200: pageOf(permission) } },
      },
    },
    async ({ caller: { guildId }, params: { libraryId }, query: { cursor, limit } }) => {
      const { holders } = await detailsOf(guildId, libraryId);
      const start = readCursor('p', cursor) ?? 0;
      const page = pageByStart('p', holders.slice(start, start + limit), { start, total: holders.length });
      return {
        ...page,
        items: page.items.map(({ memberId, account, has, queued, grants }) => ({
          ...{ userId: memberId, account, has, isQueued: queued },
          grants: grants.map(({ number, state, expiresAt }) => ({
            number,
            state,
            expiresAt: iso(expiresAt),
          })),
        })),
      };
    },
  );

  routes.post(
    '/v1/libraries/:libraryId/permissions',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'giveLibrary', tags: ['libraries'] },
        summary: 'Give a member the library: that makes a grant',
        ...{ params, querystring },
        body: z.strictObject({ userId, ...lasts, reason, anyway }),
        response: { 200: preview, 201: grantShape, 202: grantShape },
      },
    },
    async (request, reply) => {
      const { body, params: asked } = request;
      const answer = await once(app, request, async (caller) => {
        const { guildId, actorId } = caller;
        await detailsOf(guildId, asked.libraryId);
        const gift = await readGift(app, guildId, { ...body, libraryIds: [asked.libraryId] });
        const { warnings, ...wish } = gift;
        if (isDryRun(request)) {
          const after = { ...wish, state: 'scheduled' as const, remainingSeconds: null };
          const grants = [{ number: null, before: null, after: spanWire(after) }];
          return { status: 200, body: previewWire({ warnings: [...warnings], grants }) };
        }
        mustBeMeant(gift, body.anyway);
        const given = await app.grants.add({ guildId, actorId, ...wish, reason: body.reason ?? null });
        const made = await applied(app, caller, [given], { status: 201, body: grantWire(given) });
        return { ...made, headers: { location: `/v1/grants/${given.grant.number}`, ...made.headers } };
      });
      return send(reply, answer);
    },
  );

  routes.delete(
    '/v1/libraries/:libraryId/permissions/:userId',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'takeLibrary', tags: ['libraries'] },
        summary: 'Take the library from a member: out of every grant that gives it now',
        params: z.object({ libraryId: id, userId }),
        querystring,
        response: {
          200: z.union([z.object({ grants: z.array(grantShape) }), preview]),
          202: z.object({ grants: z.array(grantShape) }),
        },
      },
    },
    async (request, reply) => {
      const { caller, params: asked } = request;
      const { guildId, actorId } = caller;
      await detailsOf(guildId, asked.libraryId);
      const memberId = toMemberId(asked.userId);
      const { libraryIds, mark } = await app.memberLibraries.granted(guildId, memberId);
      if (!libraryIds.includes(asked.libraryId))
        throw new Problem('not-found', say('api.problem.notGranted'));
      const wanted = libraryIds.filter((one) => one !== asked.libraryId);
      if (isDryRun(request)) {
        const would = await app.memberLibraries.preview(guildId, { memberId, shown: mark, wanted });
        const servers = would.servers.map(({ server }) => server);
        const ends = would.ends.map((number) => ({ number, before: null, after: null }));
        return send(reply, {
          status: 200,
          body: previewWire({ removes: libraryRefs(would.removes, servers), grants: ends }),
        });
      }
      const result = await app.memberLibraries.set({ guildId, actorId, memberId, shown: mark, wanted });
      if (result.kind !== 'set') throw changed();
      const body = { grants: result.standings.map(grantWire) };
      return send(reply, await applied(app, caller, result.standings, { status: 200, body }));
    },
  );

  routes.get(
    '/v1/members/:userId',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'getMember', tags: ['members'], summary: 'A member, with accounts and access' },
        ...{ params: z.object({ userId }), response: { 200: memberShape } },
      },
    },
    async ({ caller: { guildId }, params: asked }) => {
      const card = await app.memberCard(guildId, toMemberId(asked.userId));
      const { member, accounts, running, ended } = card;
      if (isNobody(card)) throw found(undefined);
      return {
        ...{ userId: asked.userId, name: member?.name ?? null, note: member?.note ?? null },
        leftAt: iso(member?.leftAt),
        accounts: accounts.map(({ account, server }) => ({
          ...{ serverId: server.id, serverName: server.name, name: account.name },
          ...{ isPending: account.pending, isDisabled: account.disabled, seenAt: iso(account.seenAt) },
        })),
        grants: [...running, ...ended].map(grantWire),
      };
    },
  );
}

/** Nothing is kept of them here. */
const isNobody = ({ member, accounts, running, ended, invites }: MemberCard): boolean =>
  member === undefined && [accounts, running, ended, invites].every(({ length }) => length === 0);

function stateOf(library: {
  readonly goneAt: Date | null;
  readonly missingSince: Date | null;
  readonly closed: string | null;
}): 'there' | 'missing' | 'gone' | 'closed' {
  if (library.goneAt !== null) return 'gone';
  if (library.missingSince !== null) return 'missing';
  return library.closed === null ? 'there' : 'closed';
}
