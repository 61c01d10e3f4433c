/** Who asks: a token lets a program in, and limits how often it may ask. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { App } from '../../app/app.ts';
import type { Admitted } from '../../app/guild/api-tokens.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Capability } from '../../domain/model.ts';
import { type ApiToken, isEnough, type Program, programActor, scopeFor } from '../../domain/programs.ts';
import { say } from '../../words/say.ts';
import { Problem } from './problems.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What a person must be able to do to have the same. Without it, nobody is asked who they are. */
    readonly needs?: Capability;
  }
  interface FastifyRequest {
    /** Of a route that needs something. */
    caller: Caller;
  }
}

export interface Caller {
  readonly guildId: GuildId;
  readonly token: ApiToken;
  readonly program: Program;
  readonly actorId: ActorId;
}

/** In a minute: so many points by a token. What only reads costs one. */
const POINTS = 12_000;
const WINDOW_SECONDS = 60;
/** 600 changes a minute, by one program: the servers behind them have a pace of their own. */
const CHANGE_COSTS = 20;
/** Wrong tokens from one address in ten minutes. */
const WRONG_TOKENS = 30;
const WRONG_SECONDS = 600;
/** So many tokens are remembered as good, which is more than there are programs. */
const MOST_REMEMBERED = 1_000;

export function createCallers({ apiTokens }: Pick<App, 'apiTokens'>) {
  const asked = new RateLimiterMemory({ points: POINTS, duration: WINDOW_SECONDS });
  const wrong = new RateLimiterMemory({ points: WRONG_TOKENS, duration: WRONG_SECONDS });
  /** Ends of tokens that were good lately: a neighbour who guesses shuts out none of these. */
  const known = new Set<string>();

  /** @throws {Problem} when nobody is let in. */
  async function admit(request: FastifyRequest): Promise<Admitted> {
    const from = addressOf(request.ip);
    const secret = /^bearer +([\w-]{1,200})$/i.exec(request.headers.authorization ?? '')?.[1];
    const spent = await wrong.get(from);
    const isSpent = (spent?.consumedPoints ?? 0) >= WRONG_TOKENS;
    // Who guesses costs no look into the database any more; a program that is known goes on.
    if (isSpent && !known.has(endOf(secret))) throw tooMany(spent?.msBeforeNext ?? WRONG_SECONDS * 1000);
    const admitted = secret === undefined ? undefined : await apiTokens.admit(secret);
    if (admitted && secret !== undefined) {
      if (known.size >= MOST_REMEMBERED) known.clear();
      known.add(endOf(secret));
      return admitted;
    }
    await wrong.penalty(from);
    const headers = { 'www-authenticate': 'Bearer realm="usher"' };
    throw new Problem('unauthorized', say('api.problem.unauthorized'), { headers });
  }

  return async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { needs } = request.routeOptions.config;
    if (needs === undefined) return;
    const { guildId, token } = await admit(request);
    const program = { name: token.name, requestId: request.id };
    request.caller = { guildId, token, program, actorId: programActor(program) };
    const cost = request.method === 'GET' ? 1 : CHANGE_COSTS;
    const used = await asked.consume(token.id, cost).catch((refusal: unknown) => {
      if (refusal instanceof RateLimiterRes) return refusal;
      throw refusal;
    });
    const seconds = Math.ceil(used.msBeforeNext / 1000);
    reply.header('ratelimit-policy', `"default";q=${POINTS};w=${WINDOW_SECONDS}`);
    reply.header('ratelimit', `"default";r=${used.remainingPoints};t=${seconds}`);
    if (used.consumedPoints > POINTS) throw tooMany(used.msBeforeNext);
    if (isEnough(token.scope, needs)) return;
    const scopes = { needed: scopeFor(needs), scope: token.scope };
    throw new Problem('insufficient-scope', say('api.problem.scope', scopes));
  };
}

/** Not all of it: what is in memory is no token. */
const endOf = (secret = ''): string => secret.slice(-16);

function tooMany(ms: number): Problem {
  const seconds = Math.max(1, Math.ceil(ms / 1000));
  const headers = { 'retry-after': String(seconds) };
  return new Problem('too-many-requests', say('api.problem.tooMany', { seconds }), { headers });
}

/** Whoever has an IPv6 address has 2^64 of them. */
function addressOf(ip: string): string {
  return ip.includes(':') && !ip.includes('.') ? ip.split(':').slice(0, 4).join(':') : ip;
}
