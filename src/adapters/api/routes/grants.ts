import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { grantMark } from '../../../domain/grant.ts';
import type { GrantAction } from '../../../domain/grant-change.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { toMemberId } from '../../../domain/ids.ts';
import type { Grant } from '../../../domain/model.ts';
import { say } from '../../../words/say.ts';
import { type Answer, applied, changed, isDryRun, mustMatch, once, send } from '../changes.ts';
import { pageByNumber, readCursor } from '../cursors.ts';
import { english } from '../english.ts';
import { librariesOf, mustBeMeant, read, readGift } from '../gifts.ts';
import type { Instance, Uses } from '../instance.ts';
import { found, Problem } from '../problems.ts';
import {
  anyway,
  dryRun,
  gives,
  grantNumber,
  grant as grantShape,
  id,
  lasts,
  pageOf,
  paging,
  preview,
  reason,
  states,
  userId,
} from '../shapes.ts';
import { grantWire, previewWire, spanWire } from '../wire.ts';

const params = z.object({ number: grantNumber });
const querystring = z.strictObject(dryRun);
const response = { 200: z.union([grantShape, preview]), 202: grantShape };
const because = z.strictObject({ reason }).nullish();

/** Changes with what people can edit, and with nothing else. */
const grantTag = (grant: Grant): string => `"${grant.number}-${grantMark(grant)}"`;

export function grantRoutes(routes: Instance, { app }: Uses): void {
  async function grantOf(guildId: GuildId, number: number): Promise<Grant> {
    const picked = await app.autocomplete.pickGrant(guildId, String(number));
    return found(picked.kind === 'one' ? picked.item : undefined);
  }

  /** One change of one grant, as every command makes it. */
  async function change(
    request: FastifyRequest,
    number: number,
    action: GrantAction,
    why: string | undefined,
  ): Promise<Answer> {
    return await once(app, request, async (caller) => {
      const { guildId, actorId } = caller;
      const grant = await grantOf(guildId, number);
      mustMatch(request, grantTag(grant));
      if (isDryRun(request)) return await rehearsed(guildId, grant, action);
      const isSure = request.headers['if-match'] !== undefined;
      const result = await app.changeGrants.change({
        ...{ guildId, actorId, action, grantIds: [grant.id], reason: why ?? null },
        ...(isSure && { shown: new Map([[grant.id, grantMark(grant)]]) }),
      });
      const [done] = result.changed;
      if (!done) {
        const [refused] = result.unchanged;
        const says = found(refused).message;
        if (isSure && says.key === 'grant.no.changedSince') throw changed();
        throw new Problem('refused', says);
      }
      return await one(caller, done.standing, 200);
    });
  }

  async function rehearsed(guildId: GuildId, grant: Grant, action: GrantAction): Promise<Answer> {
    const would = await app.changeGrants.preview({ guildId, grantIds: [grant.id], action });
    const [made] = would.changes;
    const grants = [
      { number: grant.number, before: spanWire(grant), after: made ? spanWire(made.after) : spanWire(grant) },
    ];
    const [no] = would.unchanged;
    const body = previewWire({
      wouldChange: made !== undefined,
      says: no ? english(no.message) : null,
      grants,
    });
    return { status: 200, body };
  }

  async function one(
    caller: FastifyRequest['caller'],
    standing: GrantStanding,
    status: 200 | 201,
  ): Promise<Answer> {
    const answer = await applied(app, caller, [standing], { status, body: grantWire(standing) });
    return { ...answer, headers: { ...answer.headers, etag: grantTag(standing.grant) } };
  }

  routes.get(
    '/v1/grants',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listGrants', tags: ['grants'], summary: 'Access that was given, newest first' },
        querystring: z.strictObject({
          ...paging,
          userId: userId.optional(),
          state: z.enum(states).optional(),
          serverId: id.optional(),
          planId: id.optional(),
        }),
        response: { 200: pageOf(grantShape) },
      },
    },
    async ({ caller: { guildId }, query }) => {
      const { cursor, limit, userId: memberId, state, serverId, planId } = query;
      const before = readCursor('g', cursor);
      const rows = await app.grantStatus.page(guildId, {
        ...(before !== undefined && { before }),
        ...(memberId !== undefined && { memberId: toMemberId(memberId) }),
        ...(state !== undefined && { states: [state] }),
        ...(serverId !== undefined && { serverId }),
        ...(planId !== undefined && { planId }),
        limit: limit + 1,
      });
      const page = pageByNumber('g', rows, limit, ({ grant }) => grant.number);
      return { ...page, items: page.items.map(grantWire) };
    },
  );

  routes.post(
    '/v1/grants',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'giveAccess', tags: ['grants'], summary: 'Give a member access' },
        querystring,
        body: z.strictObject({
          userId,
          ...gives,
          ...lasts,
          start: z.string().min(1).max(60).optional().describe('From when; now without it.'),
          reason,
          anyway,
        }),
        response: { 200: preview, 201: grantShape, 202: grantShape },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const answer = await once(app, request, async (caller) => {
        const { guildId, actorId } = caller;
        const { warnings, ...wish } = await readGift(app, guildId, body);
        if (isDryRun(request)) {
          const after = { ...wish, state: 'scheduled' as const, remainingSeconds: null };
          const grants = [{ number: null, before: null, after: spanWire(after) }];
          return { status: 200, body: previewWire({ warnings: [...warnings], grants }) };
        }
        mustBeMeant({ warnings }, body.anyway);
        const given = await app.grants.add({ guildId, actorId, ...wish, reason: body.reason ?? null });
        const made = await one(caller, given, 201);
        const location = `/v1/grants/${given.grant.number}`;
        return { ...made, headers: { location, ...made.headers } };
      });
      return send(reply, answer);
    },
  );

  routes.get(
    '/v1/grants/:number',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{
          operationId: 'getGrant',
          tags: ['grants'],
          summary: 'One grant, and how it stands on each server',
        },
        ...{ params, response: { 200: grantShape } },
      },
    },
    async ({ caller: { guildId }, params: { number } }, reply) => {
      const grant = await grantOf(guildId, number);
      const standing = await app.grantStatus.get(guildId, grant.id);
      reply.header('etag', grantTag(standing.grant));
      return grantWire(standing);
    },
  );

  routes.patch(
    '/v1/grants/:number',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'changeGrant', tags: ['grants'], summary: 'Another end, or other libraries' },
        ...{ params, querystring, response },
        body: z.strictObject({
          until: lasts.until.unwrap().nullable().optional().describe('The new end; null is for good.'),
          libraryIds: gives.libraryIds.describe('What it gives from now on.'),
          reason,
        }),
      },
    },
    async (request, reply) => {
      const { until, libraryIds, reason: why } = request.body;
      const { guildId } = request.caller;
      if (until === undefined && libraryIds === undefined)
        throw new Problem('unclear', say('grant.set.nothing'));
      await grantOf(guildId, request.params.number);
      const action = {
        kind: 'set',
        ...(until !== undefined && { until: read(await app.timeInput.end(guildId, until ?? 'never')) }),
        ...(libraryIds && { libraryIds: await librariesOf(app, guildId, libraryIds) }),
      } as const;
      return send(reply, await change(request, request.params.number, action, why));
    },
  );

  routes.delete(
    '/v1/grants/:number',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'endGrant', tags: ['grants'], summary: 'End access now' },
        ...{ params, querystring: z.strictObject({ ...dryRun, reason }), response },
      },
    },
    async (request, reply) => {
      const end = { kind: 'end', cause: 'revoked' } as const;
      return send(reply, await change(request, request.params.number, end, request.query.reason));
    },
  );

  routes.post(
    '/v1/grants/:number/extend',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'extendGrant', tags: ['grants'] },
        summary: 'More time: from its end, or from now when it is over',
        ...{ params, querystring, response },
        body: z.strictObject({ by: z.string().min(1).max(40).describe('30d, 3mo, 1mo15d'), reason }),
      },
    },
    async (request, reply) => {
      const by = read(app.timeInput.duration(request.body.by, 'by'));
      if (by === null) throw new Problem('unclear', say('grant.extend.never'));
      const { number } = request.params;
      return send(reply, await change(request, number, { kind: 'extend', by }, request.body.reason));
    },
  );

  for (const kind of ['pause', 'resume'] as const)
    routes.post(
      `/v1/grants/:number/${kind}`,
      {
        config: { needs: 'moderator' },
        schema: {
          ...{ operationId: `${kind}Grant`, tags: ['grants'] },
          summary: kind === 'pause' ? 'Stop the clock: no access meanwhile' : 'Let a paused grant go on',
          ...{ params, querystring, body: because, response },
        },
      },
      async (request, reply) =>
        send(reply, await change(request, request.params.number, { kind }, request.body?.reason)),
    );
}
