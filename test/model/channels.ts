/**
 * The channels of the guilds in Discord, which let Usher post or do not. The relay is the real one; it is begun for
 * each delivery round and stops when Discord has, or refuses, everything.
 */
import { REST } from 'discord.js';
import { Response } from 'undici';
import { createCustomIds } from '../../src/adapters/discord/messages/custom-id.ts';
import { createDeliveryEnds } from '../../src/adapters/discord/outbox/delivery-ends.ts';
import { createRelay, type Relay } from '../../src/adapters/discord/outbox/outbox-relay.ts';
import type { App } from '../../src/app/app.ts';
import type { Deps } from '../../src/app/ports/deps.ts';
import { isDirect, type Outbox } from '../../src/app/ports/outbox.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { readEntries } from '../support/audit-entries.ts';
import { MINUTE } from '../support/moments.ts';
import type { Life } from './life.ts';
import type { Places } from './places.ts';

const BOT = '900000000000000001';
/** For how long Discord knows a message again that is sent twice (discord.md 0.6). */
const NONCE_LIVES_MS = 5 * MINUTE;

/** As Discord refuses: the permission is missing, the channel is hidden, or gone. */
const REFUSALS = {
  'may not post': { status: 403, code: 50_013 },
  'may not see': { status: 403, code: 50_001 },
  gone: { status: 404, code: 10_003 },
} as const;
export type Refused = keyof typeof REFUSALS;
export const REFUSED = Object.keys(REFUSALS) as readonly Refused[];

/** What a guild uses a channel for. */
export type Purpose = 'audit' | 'alerts';
export const PURPOSES: readonly Purpose[] = ['audit', 'alerts'];

interface Message {
  readonly id: string;
  /** Absent where it is made of components. */
  readonly content: string | undefined;
  readonly nonce: string;
  readonly sentAtMs: number;
}

export class Channels {
  readonly #places: Places;
  readonly #messages = new Map<string, Message[]>();
  readonly #refused = new Map<string, Refused>();
  #relay: Relay | undefined;

  constructor(places: Places) {
    this.#places = places;
  }

  /** A channel refuses what is sent to it from now on; null: it takes everything again. */
  set(guildId: GuildId, purpose: Purpose, refused: Refused | null): void {
    const id = channelOf(guildId, purpose);
    if (refused === null) this.#refused.delete(id);
    else this.#refused.set(id, refused);
  }

  /** Every channel takes everything again. */
  heal(): void {
    this.#refused.clear();
  }

  /** The numbers of the lines of the record in the audit channel of a guild, oldest first; alerts have none. */
  lines(guildId: GuildId): readonly number[] {
    const posted = this.#messages.get(channelOf(guildId, 'audit')) ?? [];
    // A seal of the record is no line of it.
    const told = posted.filter(({ content }) => !content?.startsWith('🔏'));
    return readEntries(told).map(({ number }) => number);
  }

  /** Sends what is due, as long as Discord takes it. Direct messages wait. */
  async send(life: Life, deps: Deps, outbox: Outbox, { deliveries, notices, people }: App): Promise<void> {
    const quiet = Promise.withResolvers<void>();
    const watched: Outbox = {
      ...outbox,
      async listDue(now, limit, onItsWay = []) {
        const listed = await outbox.listDue(now, limit, onItsWay);
        const due = listed.filter((one) => !isDirect(one) && one.kind !== 'role');
        if (due.length === 0 && onItsWay.length === 0) quiet.resolve();
        return due;
      },
    };
    const { clock, secrets, log } = deps;
    const relay = createRelay({
      outbox: createDeliveryEnds(clock).noting(watched, { ...deliveries, prepare: notices.prepare }),
      rests: { bot: this.#restOf(life) },
      secrets,
      ids: createCustomIds(Buffer.alloc(32, 7)),
      identity: () => ({ applicationId: BOT, botId: BOT }),
      guildName: () => 'a guild',
      guildOwnerId: () => undefined,
      refusalOfRole: async () => ({ kind: 'known', value: undefined }),
      people,
      copyFor: async () => ({ at: clock.now(), communities: [] }),
      clock,
      log,
      random: () => 1,
      onTokenRefused: () => log.error({}, 'Discord was said to refuse the token'),
    });
    this.#relay = relay;
    relay.start();
    await quiet.promise;
    await relay.stop();
  }

  /** The process was killed: what it was sending goes on nowhere. */
  abandon(): void {
    void this.#relay?.stop();
  }

  #restOf(life: Life): REST {
    const rest = new REST({
      retries: 0,
      globalRequestsPerSecond: 1_000_000,
      makeRequest: async (url, { method, body }) =>
        await life.step('request', async () => this.#answer(new URL(url).pathname, String(method), body)),
    });
    return rest.setToken('a token');
  }

  #answer(path: string, method: string, body: unknown): Response {
    const [, id, messageId] = /\/channels\/(\d+)\/messages(?:\/(\d+))?$/.exec(path) ?? [];
    if (id === undefined) throw new Error(`the relay asked for ${method} ${path}`);
    const refused = this.#refused.get(id);
    if (refused) {
      const { status, code } = REFUSALS[refused];
      return Response.json({ code, message: refused }, { status });
    }
    const messages = this.#messages.get(id) ?? [];
    this.#messages.set(id, messages);
    if (messageId !== undefined) return edited(messages, messageId, method);
    if (method === 'GET') return Response.json(messages.slice(-100).toReversed().map(shown));
    const { content, nonce } = JSON.parse(String(body)) as Pick<Message, 'content' | 'nonce'>;
    const now = this.#places.steadyMs();
    const same = messages.find((each) => each.nonce === nonce && now - each.sentAtMs < NONCE_LIVES_MS);
    if (same) return Response.json(shown(same));
    const message = { id: `7${id}${messages.length}`, content, nonce, sentAtMs: now };
    messages.push(message);
    return Response.json(shown(message));
  }
}

/** A message that is kept up to date, or taken away; one that is not there is unknown, as anywhere. */
function edited(messages: Message[], messageId: string, method: string): Response {
  const at = messages.findIndex(({ id }) => id === messageId);
  const message = messages[at];
  if (!message) return Response.json({ code: 10_008, message: 'Unknown Message' }, { status: 404 });
  if (method === 'DELETE') {
    messages.splice(at, 1);
    return new Response(null, { status: 204 });
  }
  if (method !== 'PATCH' && method !== 'GET') throw new Error(`the relay asked for ${method} of a message`);
  return Response.json(shown(message));
}

/** The id of a channel of a guild. */
export function channelOf(guildId: GuildId, purpose: Purpose): string {
  return `${guildId}${PURPOSES.indexOf(purpose)}`;
}

const shown = ({ id, content }: Message) => ({ id, content, author: { id: BOT } });
