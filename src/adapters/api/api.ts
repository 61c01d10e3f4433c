/**
 * The API for other programs. It answers what commands answer, by the same use cases and the same checks: here is only
 * how it is asked, and how it is said. Loaded where it is switched on, and nowhere else.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import {
  type FastifyError,
  type FastifyReply,
  type FastifyRequest,
  type FastifyServerOptions,
  fastify,
} from 'fastify';
import {
  hasZodFastifySchemaValidationErrors,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { App } from '../../app/app.ts';
import type { Log } from '../../app/ports/log.ts';
import { DatabaseBusy } from '../../app/ports/stores.ts';
import { createKeyedSemaphore } from '../../concurrency/keyed-semaphore.ts';
import { GuildFull } from '../../domain/guild-limits.ts';
import { say } from '../../words/say.ts';
import { createCallers } from './callers.ts';
import { prefixOf } from './changes.ts';
import { DOCS_CSP, DOCS_TITLE, description } from './description.ts';
import type { Instance } from './instance.ts';
import { notFound, Problem } from './problems.ts';
import { grantRoutes } from './routes/grants.ts';
import { inviteRoutes } from './routes/invites.ts';
import { libraryRoutes } from './routes/libraries.ts';
import { planRoutes } from './routes/plans.ts';
import { recordRoutes } from './routes/record.ts';
import { serverRoutes } from './routes/servers.ts';

/** Of what is sent to us. */
const MOST_BYTES = 256 * 1024;

/** They wait for the database alone; what changes something waits for media servers as well, and is not among them. */
const READS_AT_ONCE = 8;

export interface ApiOptions {
  readonly app: App;
  readonly log: Log;
  readonly newId: () => string;
  /** Pages of these origins may ask from a browser; none unless somebody says so. */
  readonly origins: readonly string[];
  /** Who is believed about who asks: how many proxies, or which. */
  readonly trustProxy: boolean | number | string[];
}

export interface Api {
  /** Whether it is for the API. */
  isFor(path: string): boolean;
  answer(request: IncomingMessage, response: ServerResponse): void;
  /** Its description, OpenAPI 3.1. */
  describe(): object;
  close(): Promise<void>;
}

export async function createApi(options: ApiOptions): Promise<Api> {
  const instance = await build(options);
  await instance.ready();
  return {
    isFor: (path) => /^\/(?:v1|docs)(?:[/?]|$)/.test(path),
    answer: (request, response) => instance.routing(request, response),
    describe: () => instance.swagger(),
    close: () => instance.close(),
  };
}

async function build(options: ApiOptions): Promise<Instance> {
  const { app, log, newId, origins, trustProxy } = options;
  const settings: FastifyServerOptions = {
    logger: false,
    bodyLimit: MOST_BYTES,
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
    genReqId: newId,
    requestIdHeader: false,
    routerOptions: { maxParamLength: 200 },
    exposeHeadRoutes: false,
    return503OnClosing: true,
    frameworkErrors: (error, request, reply) => void refuse(error, request, reply),
  };
  const instance: Instance = fastify(settings).withTypeProvider<ZodTypeProvider>();
  instance.setValidatorCompiler(validatorCompiler);
  instance.setSerializerCompiler(serializerCompiler);
  instance.decorateRequest('caller', null as never);

  const isTrusted = trustProxy !== false;
  function refuse(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const problem = problemOf(error);
    if (problem.kind === 'broken')
      log.error({ requestId: request.id, err: error }, 'a request of the API broke off');
    return reply
      .code(problem.status)
      .headers(problem.more.headers ?? {})
      .type('application/problem+json')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(problem.body(request.id));
  }
  instance.setErrorHandler((error, request, reply) => refuse(error, request, reply));
  instance.setNotFoundHandler((request, reply) => refuse(notFound(), request, reply));

  const admit = createCallers(app);
  instance.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id).header('x-content-type-options', 'nosniff');
    if (request.url.split('?')[0] === '/docs')
      return reply.redirect(`${prefixOf(request, isTrusted)}/docs/`, 302);
    await admit(request, reply);
  });
  // No database keeps it, and nobody means it.
  instance.addHook('preValidation', async ({ url, body }) => {
    if (/%00/.test(url) || JSON.stringify(body ?? null).includes('\\u0000'))
      throw new Problem('invalid', say('api.problem.invalid'));
  });
  instance.addHook('onSend', async (request, reply) => {
    if (request.url.startsWith('/v1/')) reply.header('cache-control', 'no-store');
    const location = reply.getHeader('location');
    if (typeof location === 'string' && location.startsWith('/v1/'))
      reply.header('location', prefixOf(request, isTrusted) + location);
  });
  instance.addHook('onResponse', async (request, reply) => {
    const { caller, id: requestId, method } = request;
    // Whoever guesses is said thirty times, and not ten thousand times.
    if (!caller && reply.statusCode === 429) return;
    const asked = { requestId, method, route: request.routeOptions.url ?? '', status: reply.statusCode };
    const by = caller && { guildId: caller.guildId, program: caller.program.name };
    log.info({ ...asked, ...by, ms: Math.round(reply.elapsedTime) }, 'the API was asked');
  });

  if (origins.length > 0)
    await instance.register(cors, {
      origin: [...origins],
      methods: ['GET', 'POST', 'PATCH', 'DELETE'],
      allowedHeaders: ['authorization', 'content-type', 'if-match', 'idempotency-key'],
      exposedHeaders: ['etag', 'location', 'ratelimit', 'retry-after', 'x-request-id'],
    });
  // What is not known is refused: `?dryrun=true` would do in earnest what was only asked about.
  instance.addHook('onRoute', ({ schema }) => {
    if (schema && !schema.hide) schema.querystring ??= z.strictObject({});
  });
  // Whoever types is behind a few reads, and not behind all that programs ask at once; guilds take turns.
  const reads = createKeyedSemaphore(READS_AT_ONCE, READS_AT_ONCE);
  instance.addHook('onRoute', (route) => {
    const { method, handler, config } = route;
    if (method !== 'GET' || config?.needs === undefined) return;
    route.handler = function inTurn(request, reply) {
      return reads.take(request.caller.guildId, async () => await handler.call(this, request, reply));
    };
  });
  await instance.register(swagger, description);
  await instance.register(swaggerUi, {
    routePrefix: '/docs',
    staticCSP: DOCS_CSP,
    uiConfig: { layout: 'BaseLayout', docExpansion: 'list', tryItOutEnabled: false },
    theme: { title: DOCS_TITLE },
  });
  instance.get('/v1/openapi.json', { schema: { hide: true } }, async () => instance.swagger());
  for (const add of [serverRoutes, libraryRoutes, grantRoutes, inviteRoutes, planRoutes, recordRoutes])
    await instance.register(async (child) => add(child.withTypeProvider<ZodTypeProvider>(), { app }));
  return instance;
}

/** What is told of an error. What nobody expected is broken, and the log says more. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof GuildFull) return new Problem('guild-full', error.says);
  if (error instanceof DatabaseBusy)
    return new Problem('unavailable', say('api.problem.busy'), { headers: { 'retry-after': '10' } });
  if (hasZodFastifySchemaValidationErrors(error))
    return new Problem('invalid', say('api.problem.invalid'), {
      errors: error.validation.map(({ instancePath, message = '' }) => ({
        pointer: `${error.validationContext ?? ''}${instancePath}`,
        detail: message,
      })),
    });
  const status = (error as FastifyError | undefined)?.statusCode ?? 500;
  if (status === 413)
    return new Problem('too-large', say('api.problem.tooLarge', { kilobytes: MOST_BYTES / 1024 }));
  if (status === 415) return new Problem('unsupported-media-type', say('api.problem.json'));
  if (status === 404) return notFound();
  if (status >= 400 && status < 500) return new Problem('invalid', say('api.problem.unreadable'));
  return new Problem('broken', say('api.problem.broken'));
}
