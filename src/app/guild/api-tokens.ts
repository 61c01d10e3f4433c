/** Tokens of the API: made, listed and revoked by admins, and looked up when a program shows one. */

import type { Offer } from '../../domain/complete-list.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { nameMatcher, type Picked, pick } from '../../domain/pick.ts';
import type { ApiScope, ApiToken } from '../../domain/programs.ts';
import { plainText } from '../../domain/typed-text.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';

/** More programs than these have no use, and each of their tokens is a door. */
const MOST_TOKENS = 50;
const LONGEST_NAME = 40;
const COMPLETIONS = 25;
/** How exactly the last use is known: so seldom it is written. */
const USE_NOTED_MS = 10 * 60_000;

export type MadeToken =
  /** `secret` is shown once and kept nowhere. */
  | { readonly kind: 'made'; readonly token: ApiToken; readonly secret: string }
  | { readonly kind: 'name-taken'; readonly name: string }
  | { readonly kind: 'no-name' }
  | { readonly kind: 'too-many'; readonly most: number };

/** Whom a token lets in. */
export interface Admitted {
  readonly guildId: GuildId;
  readonly token: ApiToken;
}

type Uses = Pick<Deps, 'stores' | 'clock' | 'codes' | 'operator'>;

export function makeApiTokens({ stores, clock, codes, operator }: Uses) {
  return {
    /** Whether the API is switched on at all. */
    isServed: (): boolean => operator.servesApi,

    async create(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly name: string;
      readonly scope: ApiScope;
      readonly expiresAt: Date | null;
    }): Promise<MadeToken> {
      const { guildId, actorId, scope, expiresAt } = input;
      const name = plainText(input.name).slice(0, LONGEST_NAME).trim();
      if (name === '') return { kind: 'no-name' };
      const secret = codes.newToken();
      const now = clock.now();
      const token: ApiToken = {
        ...{ id: codes.newId(), name, scope, last4: secret.slice(-4) },
        ...{ createdById: actorId, createdAt: now, expiresAt, lastUsedAt: null },
      };
      return await stores.transaction(guildId, async (tx): Promise<MadeToken> => {
        const there = await tx.api.listTokens();
        const twin = there.find((one) => one.name.toLowerCase() === name.toLowerCase());
        if (twin) return { kind: 'name-taken', name: twin.name };
        if (there.length >= MOST_TOKENS) return { kind: 'too-many', most: MOST_TOKENS };
        await tx.api.addToken({ ...token, hmac: codes.hmac(secret) });
        const until = expiresAt?.toISOString() ?? null;
        const facts = { token: name, how: scope, until };
        await tx.audit.append({ action: 'api.token_created', actorId, facts, at: now });
        return { kind: 'made', token, secret };
      });
    },

    /** By name. */
    list: async (guildId: GuildId): Promise<readonly ApiToken[]> => await stores.of(guildId).api.listTokens(),

    find: async (guildId: GuildId, tokenId: string): Promise<ApiToken | undefined> =>
      await stores.of(guildId).api.findToken(tokenId),

    async pick(guildId: GuildId, typed: string): Promise<Picked<ApiToken>> {
      return pick(await stores.of(guildId).api.listTokens(), typed, ({ name }) => [name]);
    },

    async complete(guildId: GuildId, typed: string): Promise<readonly Offer[]> {
      const isMeant = nameMatcher(typed);
      const tokens = await stores.of(guildId).api.listTokens();
      return tokens
        .filter(({ name }) => isMeant(name))
        .slice(0, COMPLETIONS)
        .map(({ id, name }) => ({ name, value: id }));
    },

    /** Nobody gets in with it any more. Undefined when it is not there. */
    async revoke(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly tokenId: string;
    }): Promise<ApiToken | undefined> {
      const { guildId, actorId, tokenId } = input;
      return await stores.transaction(guildId, async (tx) => {
        const token = await tx.api.findToken(tokenId);
        if (!token || !(await tx.api.removeToken(tokenId))) return undefined;
        const facts = { token: token.name, how: token.scope };
        await tx.audit.append({ action: 'api.token_revoked', actorId, facts, at: clock.now() });
        return token;
      });
    },

    /**
     * Whom a token lets in; undefined for whatever is no token, is revoked or expired, or of a guild without Usher. It
     * is found by its HMAC: how long that takes says nothing about the token.
     */
    async admit(secret: string): Promise<Admitted | undefined> {
      if (!codes.isToken(secret)) return undefined;
      const hmacs = codes.hmacs(secret);
      const guildId = await stores.due.findGuildOfToken(hmacs);
      if (guildId === undefined) return undefined;
      const there = stores.of(guildId);
      const token = await there.api.findTokenByHmac(hmacs);
      const now = clock.now();
      if (!token || (token.expiresAt !== null && token.expiresAt <= now)) return undefined;
      if ((await there.personalData.findRemoved()) !== null) return undefined;
      const isNoted = token.lastUsedAt !== null && now.getTime() - token.lastUsedAt.getTime() < USE_NOTED_MS;
      if (!isNoted) await stores.transaction(guildId, (tx: GuildStores) => tx.api.noteUse(token.id, now));
      return { guildId, token };
    },
  };
}
