import { z } from 'zod';
import type { PlanChange } from '../../../app/grants/plans.ts';
import { isNonEmpty } from '../../../domain/model.ts';
import { planMark } from '../../../domain/plan.ts';
import { say } from '../../../words/say.ts';
import { changed, isDryRun, mustMatch, once, send } from '../changes.ts';
import { english } from '../english.ts';
import { librariesOf, read } from '../gifts.ts';
import type { Instance, Uses } from '../instance.ts';
import { found, notFound, Problem } from '../problems.ts';
import { dryRun, expiryAction, gives, id, lasts, name, plan as planShape, preview } from '../shapes.ts';
import { libraryRefs, planWire, previewWire, spanWire } from '../wire.ts';

const params = z.object({ planId: id });
const flag = z.enum(['true', 'false']).default('false');
type Plan = Parameters<typeof planMark>[0];
const planTag = (plan: Plan): string => `"${planMark(plan)}"`;

export function planRoutes(routes: Instance, { app }: Uses): void {
  routes.get(
    '/v1/plans',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listPlans', tags: ['plans'], summary: 'All plans' },
        response: { 200: z.object({ items: z.array(planShape) }) },
      },
    },
    async ({ caller: { guildId } }) => ({ items: (await app.plans.list(guildId)).map(planWire) }),
  );

  routes.post(
    '/v1/plans',
    {
      config: { needs: 'admin' },
      schema: {
        ...{ operationId: 'createPlan', tags: ['plans'], summary: 'Make a plan' },
        querystring: z.strictObject(dryRun),
        body: z.strictObject({
          name,
          libraryIds: gives.libraryIds.unwrap(),
          for: lasts.for,
          expiryAction: expiryAction.optional(),
        }),
        response: { 200: preview, 201: planShape },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const answer = await once(app, request, async ({ guildId, actorId }) => {
        const libraryIds = await librariesOf(app, guildId, body.libraryIds);
        const duration = read(app.timeInput.duration(body.for));
        if (body.name.trim() === '') throw new Problem('unclear', say('plan.create.needs'));
        const wish = {
          ...{ guildId, actorId, name: body.name, libraryIds, duration },
          ...{ expiryAction: body.expiryAction ?? null, roleId: null },
        };
        if (isDryRun(request)) {
          const { libraries, servers } = doneOr(await app.plans.rehearseCreate(wish));
          return { status: 200, body: previewWire({ adds: libraryRefs(libraries, servers) }) };
        }
        const details = doneOr(await app.plans.create(wish));
        return {
          status: 201,
          body: planWire(details),
          headers: { location: `/v1/plans/${details.plan.id}`, etag: planTag(details.plan) },
        };
      });
      return send(reply, answer);
    },
  );

  routes.get(
    '/v1/plans/:planId',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'getPlan', tags: ['plans'], summary: 'One plan' },
        ...{ params, response: { 200: planShape } },
      },
    },
    async ({ caller: { guildId }, params: { planId } }, reply) => {
      const details = found(await app.plans.find(guildId, planId));
      reply.header('etag', planTag(details.plan));
      return planWire(details);
    },
  );

  routes.patch(
    '/v1/plans/:planId',
    {
      config: { needs: 'admin' },
      schema: {
        ...{ operationId: 'editPlan', tags: ['plans'] },
        summary: 'Change a plan: for new grants, or with propagate=true for running ones as well',
        ...{ params, querystring: z.strictObject({ ...dryRun, propagate: flag }) },
        body: z.strictObject({
          name: name.optional(),
          libraryIds: gives.libraryIds,
          for: lasts.for.unwrap().nullable().optional().describe('A length; null is for good.'),
          expiryAction: expiryAction.nullable().optional(),
        }),
        response: { 200: z.union([planShape, preview]) },
      },
    },
    async (request, reply) => {
      const { caller, body, params: asked, query } = request;
      const { guildId, actorId } = caller;
      const { plan } = found(await app.plans.find(guildId, asked.planId));
      mustMatch(request, planTag(plan));
      if (body.name?.trim() === '') throw new Problem('unclear', say('plan.create.needs'));
      const libraryIds = body.libraryIds && (await librariesOf(app, guildId, body.libraryIds));
      const length = body.for && read(app.timeInput.duration(body.for));
      const changes = {
        ...(body.name !== undefined && { name: body.name }),
        ...(libraryIds && isNonEmpty(libraryIds) && { libraryIds }),
        ...(body.for !== undefined && { duration: length || ('' as const) }),
        ...(body.expiryAction !== undefined && { expiryAction: body.expiryAction }),
      };
      const propagate = query.propagate === 'true';
      const isSure = request.headers['if-match'] !== undefined;
      const shown = isSure ? { shown: planMark(plan) } : {};
      const edit = { guildId, actorId, planId: asked.planId, changes, propagate, ...shown };
      if (isDryRun(request)) {
        const would = await app.plans.rehearseEdit(edit);
        if (would.kind !== 'ok') throw refusalOf(would);
        const running = propagate ? await app.plans.runningGrants(guildId, asked.planId) : [];
        const { before, after } = would.preview;
        const grants = running.map((grant) => ({
          ...{ number: grant.number, before: spanWire(grant) },
          after: spanWire({ ...grant, libraryIds: after.plan.libraryIds }),
        }));
        const wouldChange = planMark(before.plan) !== planMark(after.plan);
        return send(reply, { status: 200, body: previewWire({ wouldChange, grants }) });
      }
      const { plan: edited, ...rest } = doneOr(await app.plans.edit(edit));
      reply.header('etag', planTag(edited));
      return send(reply, { status: 200, body: planWire({ plan: edited, ...rest }) });
    },
  );

  routes.delete(
    '/v1/plans/:planId',
    {
      config: { needs: 'admin' },
      schema: {
        ...{ operationId: 'deletePlan', tags: ['plans'] },
        summary: 'Delete a plan that is not in use, or with endUses=true end its uses first',
        ...{ params, querystring: z.strictObject({ ...dryRun, endUses: flag }) },
        response: { 200: z.union([z.object({ name: z.string(), stillOpen: z.int() }), preview]) },
      },
    },
    async (request, reply) => {
      const { caller, params: asked, query } = request;
      const { guildId, actorId } = caller;
      const { plan, uses } = found(await app.plans.find(guildId, asked.planId));
      mustMatch(request, planTag(plan));
      const isUsed = uses.grants + uses.invites + uses.roleIds.length > 0;
      const endUses = query.endUses === 'true';
      if (isDryRun(request)) {
        const running = await app.plans.runningGrants(guildId, asked.planId);
        const grants = running.map((grant) => ({
          ...{ number: grant.number, before: spanWire(grant), after: endUses ? null : spanWire(grant) },
        }));
        const wouldChange = endUses || !isUsed;
        const says = wouldChange ? null : english(say('api.problem.inUse'));
        return send(reply, { status: 200, body: previewWire({ wouldChange, says, grants }) });
      }
      const result = await app.plans.delete({ guildId, actorId, planId: asked.planId, endUses });
      if (result.kind === 'gone') throw found(undefined);
      if (result.kind === 'in-use') throw new Problem('in-use', say('api.problem.inUse'));
      return send(reply, { status: 200, body: { name: result.name, stillOpen: result.stillOpen } });
    },
  );
}

type Done = Extract<PlanChange, { kind: 'done' }>;

/** @throws {Problem} when it was refused. */
function doneOr(change: PlanChange): Done['details'] {
  if (change.kind === 'done') return change.details;
  throw refusalOf(change);
}

function refusalOf(change: Exclude<PlanChange, Done>): Problem {
  switch (change.kind) {
    case 'name-taken':
      return new Problem('name-taken', say('plan.create.taken', { name: change.name }));
    case 'role-refused':
      return new Problem('refused', change.message);
    case 'needs-length':
      return new Problem('refused', say('plan.needsLength'));
    case 'changed-since':
      return changed();
    case 'gone':
      return notFound();
  }
}
