import { z } from 'zod';
import { toMemberId } from '../../../domain/ids.ts';
import { INVITE_STATES, type InviteState } from '../../../domain/invite.ts';
import type { Invite } from '../../../domain/model.ts';
import { say } from '../../../words/say.ts';
import { isDryRun, once, send } from '../changes.ts';
import { pageByStart, readCursor } from '../cursors.ts';
import { english } from '../english.ts';
import { read, readGives } from '../gifts.ts';
import type { Instance, Uses } from '../instance.ts';
import { found, Problem } from '../problems.ts';
import {
  dryRun,
  gives,
  id,
  invite as inviteShape,
  lasts,
  madeInvite,
  pageOf,
  paging,
  preview,
  userId,
} from '../shapes.ts';
import { inviteWire, libraryRefs, previewWire } from '../wire.ts';

const params = z.object({ inviteId: id });
const notOpen = ({ prefix }: Pick<Invite, 'prefix'>, state: InviteState) =>
  say('invite.revoke.notOpen', { prefix, state });

export function inviteRoutes(routes: Instance, { app }: Uses): void {
  routes.get(
    '/v1/invites',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listInvites', tags: ['invites'], summary: 'Invites in a state' },
        querystring: z.strictObject({ ...paging, state: z.enum(INVITE_STATES).default('open') }),
        response: { 200: pageOf(inviteShape) },
      },
    },
    async ({ caller: { guildId }, query: { cursor, limit, state } }) => {
      const start = readCursor('i', cursor) ?? 0;
      const { rows, total } = await app.inviteList.list(guildId, { state, start, limit });
      const page = pageByStart('i', rows, { start, total });
      return { ...page, items: page.items.map(inviteWire) };
    },
  );

  routes.post(
    '/v1/invites',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'makeInvite', tags: ['invites'] },
        summary: 'Make a code; with a userId it is theirs alone and sent to them by direct message',
        querystring: z.strictObject(dryRun),
        body: z.strictObject({
          userId: userId.optional(),
          ...gives,
          for: lasts.for,
          uses: z.int().min(1).max(1000).default(1),
          valid: z.string().min(1).max(40).default('7d').describe('How long the code can be redeemed.'),
          note: z.string().max(200).optional(),
        }),
        response: { 200: preview, 201: madeInvite },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const answer = await once(app, request, async ({ guildId, actorId }) => {
        if (body.userId !== undefined && body.uses > 1)
          throw new Problem('unclear', say('invite.create.oneUse'));
        const { libraryIds, planId, lasts: asPlanned } = await readGives(app, guildId, body);
        const duration = read(app.timeInput.duration(body.for ?? asPlanned));
        const valid = read(app.timeInput.duration(body.valid, 'valid'));
        if (valid === null) throw new Problem('unclear', say('invite.create.valid'));
        const validUntil = read(await app.timeInput.after(guildId, valid));
        const wish = {
          ...{ guildId, actorId, libraryIds, duration, validUntil, uses: body.uses },
          memberId: body.userId === undefined ? null : toMemberId(body.userId),
          ...(planId !== undefined && { planId }),
          ...{ roleId: null, note: body.note ?? null },
        };
        if (isDryRun(request)) {
          const refused = await app.invites.rehearseCreate(wish);
          if (refused) throw new Problem('refused', refused.message);
          const all = await app.overview.libraries(guildId);
          const given = all.filter(({ library }) => libraryIds.includes(library.id));
          const adds = given.flatMap(({ library, server }) => libraryRefs([library], [server]));
          return { status: 200, body: previewWire({ adds }) };
        }
        const made = await app.invites.create(wish);
        if (made.kind !== 'created') throw new Problem('refused', made.message);
        const { invite, code, libraries, servers, dm } = made;
        const wire = inviteWire({ invite, libraries, servers, state: 'open', redeemedBy: [] });
        return {
          status: 201,
          body: { ...wire, code, dm },
          headers: { location: `/v1/invites/${invite.id}` },
        };
      });
      return send(reply, answer);
    },
  );

  routes.get(
    '/v1/invites/:inviteId',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'getInvite', tags: ['invites'], summary: 'One invite' },
        ...{ params, response: { 200: inviteShape } },
      },
    },
    async ({ caller: { guildId }, params: { inviteId } }) =>
      inviteWire(found(await app.inviteList.get(guildId, inviteId))),
  );

  routes.delete(
    '/v1/invites/:inviteId',
    {
      config: { needs: 'moderator' },
      schema: {
        ...{ operationId: 'revokeInvite', tags: ['invites'] },
        summary: 'Nobody can redeem it any more; grants that were made by it stay',
        ...{
          params,
          querystring: z.strictObject(dryRun),
          response: { 200: z.union([inviteShape, preview]) },
        },
      },
    },
    async (request, reply) => {
      const { guildId, actorId } = request.caller;
      const { inviteId } = request.params;
      if (isDryRun(request)) {
        const { invite, state } = found(await app.inviteList.get(guildId, inviteId));
        const wouldChange = state === 'open';
        const says = wouldChange ? null : english(notOpen(invite, state));
        return send(reply, { status: 200, body: previewWire({ wouldChange, says }) });
      }
      const result = await app.invites.revoke({ guildId, actorId, inviteId });
      if (result.kind === 'gone') throw found(undefined);
      if (result.kind === 'not-open') throw new Problem('refused', notOpen(result.invite, result.state));
      const body = inviteWire(found(await app.inviteList.get(guildId, inviteId)));
      return send(reply, { status: 200, body });
    },
  );
}
