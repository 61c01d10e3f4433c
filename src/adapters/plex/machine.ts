import type { Known, MediaServer } from '../../app/ports/media-server.ts';
import { say } from '../../words/say.ts';
import type { Reader } from '../http-client/reader.ts';
import { laneOf, type Pace, type PlexClient, unknown } from './client.ts';
import { readServerTokens, readSessions, readStreams, type ServerToken } from './schema.ts';
import { type Opens, opensOf, type ServerTokens } from './server-tokens.ts';

/** Nothing else waits behind it. */
const ASIDE = { lane: 'streams', timeouts: { headersMs: 4_000, bodyMs: 4_000, totalMs: 4_000 } } as const;
const NOTHING = { kind: 'known', value: null } as const;

/** The media server itself: asked with what plex.tv gives to open it, never with the account's token (A2.2). */
export class PlexMachine {
  readonly #client: PlexClient;
  readonly #tokens: Pick<ServerTokens, 'get'>;
  readonly #accountToken: string;

  constructor(client: PlexClient, tokens: Pick<ServerTokens, 'get'>, accountToken: string) {
    this.#client = client;
    this.#tokens = tokens;
    this.#accountToken = accountToken;
  }

  /** What opens it; null where plex.tv gives nothing. */
  async open(identity: string, refused?: ServerToken): Promise<Known<ServerToken | null>> {
    const token = this.#accountToken;
    const ask = async (): Promise<Known<Opens>> => {
      const read = await this.#client.read(
        { host: 'plex.tv', path: '/api/v2/resources', token },
        readServerTokens,
      );
      return read.kind === 'unknown' ? read : { kind: 'known', value: opensOf(read.value, token) };
    };
    return await this.#tokens.get({ owner: laneOf(token), identity }, ask, refused);
  }

  /** Reads one document; null where nothing opens it. What it takes no more may have been given anew since. */
  async read<T>(identity: string, path: string, reader: Reader<T>, how: Pace = {}): Promise<Known<T | null>> {
    const opens = await this.open(identity);
    if (opens.kind === 'unknown') return opens;
    if (opens.value === null) return NOTHING;
    const first = await this.#client.read({ host: 'pms', path, token: opens.value, ...how }, reader);
    if (first.kind === 'known' || first.why.kind !== 'unauthorised') return first;
    const anew = await this.open(identity, opens.value);
    if (anew.kind === 'unknown') return anew;
    if (anew.value === null) return NOTHING;
    if (anew.value === opens.value) return first;
    return await this.#client.read({ host: 'pms', path, token: anew.value, ...how }, reader);
  }

  /** Whoever plays, the owner too (A4.3). Where nothing opens the server, nobody knows. */
  async countStreams(): Promise<Known<number>> {
    const server = await this.#client.readIdentity(ASIDE);
    if (server.kind === 'unknown') return server;
    const { machineIdentifier } = server.value;
    const streams = await this.read(machineIdentifier, '/status/sessions', readStreams, ASIDE);
    if (streams.kind === 'unknown') return streams;
    if (streams.value === null)
      return unknown({ kind: 'not-possible', message: say('trouble.plex.noWayIn') });
    return { kind: 'known', value: streams.value };
  }

  /** Needs Plex Pass, and an ended session may stay listed for a while. Neither matters here (A4.3, edge case 44). */
  async endSessions(accounts: Parameters<MediaServer['endSessions']>[0]): Promise<void> {
    const stayingOf = new Map(accounts.map(({ externalId, staying }) => [externalId, staying]));
    if (stayingOf.size === 0) return;
    const server = await this.#client.readIdentity();
    if (server.kind === 'unknown') return;
    const { machineIdentifier } = server.value;
    const sessions = await this.read(machineIdentifier, '/status/sessions', readSessions);
    const opens = await this.open(machineIdentifier);
    if (sessions.kind === 'unknown' || opens.kind === 'unknown' || opens.value === null) return;
    const token = opens.value;
    const own = (sessions.value ?? []).filter(({ userId, section }) => {
      const staying = stayingOf.get(userId);
      return staying !== undefined && (section === null || !staying.includes(section));
    });
    await Promise.all(
      own.map(({ sessionId }) =>
        this.#client.send({
          host: 'pms',
          method: 'POST',
          path: '/status/sessions/terminate',
          query: { sessionId, reason: 'Your access has ended.' },
          token,
        }),
      ),
    );
  }
}
