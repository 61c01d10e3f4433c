import { z } from 'zod';
import { toMemberId } from '../../../domain/ids.ts';
import { pageByNumber, readCursor } from '../cursors.ts';
import { english } from '../english.ts';
import type { Instance, Uses } from '../instance.ts';
import { found } from '../problems.ts';
import {
  auditEvent,
  id,
  job as jobShape,
  operation as operationShape,
  overdue,
  pageOf,
  paging,
  userId,
} from '../shapes.ts';
import { eventWire, iso, operationWire } from '../wire.ts';

const JOBS = ['enforce', 'sync', 'remind'] as const;

/** What was done, what is due, and what a program waits for. */
export function recordRoutes(routes: Instance, { app }: Uses): void {
  routes.get(
    '/v1/audit',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'listAudit', tags: ['record'], summary: 'The record, newest first' },
        querystring: z.strictObject({ ...paging, userId: userId.optional() }),
        response: { 200: pageOf(auditEvent) },
      },
    },
    async ({ caller: { guildId }, query: { cursor, limit, userId: about } }) => {
      const before = readCursor('a', cursor);
      const rows = await app.overview.events(guildId, {
        ...(before !== undefined && { before }),
        ...(about !== undefined && { targetId: toMemberId(about) }),
        limit: limit + 1,
      });
      const page = pageByNumber('a', rows, limit, ({ number }) => number);
      return { ...page, items: page.items.map(eventWire) };
    },
  );

  routes.get(
    '/v1/jobs',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{
          operationId: 'listJobs',
          tags: ['record'],
          summary: 'What Usher does by itself, and what is overdue',
        },
        response: {
          200: z.object({ items: z.array(jobShape), ending: z.int(), overdue: z.array(overdue) }),
        },
      },
    },
    async ({ caller: { guildId } }) => {
      const [jobs, late] = await Promise.all([app.jobRuns.overview(guildId), app.jobRuns.overdue(guildId)]);
      return {
        items: JOBS.map((job) => {
          const { last, nextAt } = jobs[job];
          return {
            ...{ job, lastAt: iso(last?.finishedAt), lastOutcome: last?.outcome ?? null },
            ...{ lastDetail: last ? english(last.detail) : null, nextAt: iso(nextAt) },
          };
        }),
        ending: jobs.ending,
        overdue: late.map(({ account, server }) => ({
          ...{ account: account.name, memberId: account.memberId, serverId: server.id },
          why: account.trouble === null ? null : english(account.trouble),
          ...{ nextTryAt: iso(account.dueAt), isRefused: account.refused },
        })),
      };
    },
  );

  routes.get(
    '/v1/operations/:operationId',
    {
      config: { needs: 'auditor' },
      schema: {
        ...{ operationId: 'getOperation', tags: ['record'] },
        summary: 'How far something is that was answered with 202',
        ...{ params: z.object({ operationId: id }), response: { 200: operationShape } },
      },
    },
    async ({ caller: { guildId }, params: { operationId } }) => {
      const operation = found(await app.operations.find(guildId, operationId));
      const { id, progress, sync } = operation;
      if (sync && progress === 'waiting') app.followedSyncs.goOn(guildId, id, sync.serverId);
      return operationWire(operation);
    },
  );
}
