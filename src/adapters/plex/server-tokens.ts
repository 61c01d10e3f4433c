import type { Known } from '../../app/ports/media-server.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { ServerToken } from './schema.ts';

/** What opens each server of an owner, by identity; null where plex.tv gives nothing for it. */
export type Opens = ReadonlyMap<string, ServerToken | null>;

/**
 * What plex.tv gave last to open the servers of an owner (media-servers.md A2.2). It is asked once, for all of them,
 * and again when a server takes its token no more. Kept in memory only.
 */
export class ServerTokens {
  readonly #given = new Map<string, Opens>();
  readonly #flights = new Map<string, Promise<Known<Opens>>>();

  /** The same as one guild asks: it waits for no request of another, and meets none of its failures. */
  of(guildId: GuildId): Pick<ServerTokens, 'get' | 'note'> {
    const at = (owner: string) => `${guildId} ${owner}`;
    return {
      get: ({ owner, identity }, ask, refused) => this.get({ owner: at(owner), identity }, ask, refused),
      note: (owner, opens) => this.note(at(owner), opens),
    };
  }

  /** Null where plex.tv gives none. `owner` is a hash of the owner's token, `refused` what the server takes no more. */
  async get(
    { owner, identity }: { readonly owner: string; readonly identity: string },
    ask: () => Promise<Known<Opens>>,
    refused?: ServerToken,
  ): Promise<Known<ServerToken | null>> {
    const given = this.#given.get(owner)?.get(identity);
    if (given && given !== refused) return { kind: 'known', value: given };
    const flight = this.#flights.get(owner) ?? this.#ask(owner, ask);
    const answer = await flight;
    return answer.kind === 'unknown' ? answer : { kind: 'known', value: answer.value.get(identity) ?? null };
  }

  /** What was read of an owner's servers, for whatever reason. */
  note(owner: string, opens: Opens): void {
    this.#given.set(owner, opens);
  }

  async #ask(owner: string, ask: () => Promise<Known<Opens>>): Promise<Known<Opens>> {
    const flight = ask();
    this.#flights.set(owner, flight);
    try {
      const answer = await flight;
      if (answer.kind === 'known') this.note(owner, answer.value);
      return answer;
    } finally {
      this.#flights.delete(owner);
    }
  }
}

/**
 * What opens the servers of whoever asked. Where plex.tv names the token of the account itself, it gives none: with
 * that one a server could do whatever its owner can, on all of their servers and at plex.tv.
 */
export function opensOf(
  resources: readonly { readonly clientIdentifier: string; readonly accessToken: ServerToken | null }[],
  accountToken: string,
): Opens {
  return new Map(
    resources.map(({ clientIdentifier, accessToken }) => [
      clientIdentifier,
      accessToken === accountToken ? null : accessToken,
    ]),
  );
}
