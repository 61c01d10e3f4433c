import { randomUUID } from 'node:crypto';
import type { AccountToken, Known, WriteOutcome } from '../../app/ports/media-server.ts';
import type { PagePin, PageSignIn, VendorAccount } from '../../app/ports/sign-in.ts';
import { plainText } from '../../domain/typed-text.ts';
import { say } from '../../words/say.ts';
import { nameFrom, writeLost, writeRefused } from '../http-client/answers.ts';
import type { HttpAnswer } from '../http-client/call.ts';
import { PlexClient, type PlexOptions, troubleOf, unknown } from './client.ts';
import { readDocument } from './document.ts';
import { readPin, readUser } from './schema.ts';
import { readReceivedInvites } from './share-schema.ts';
import { maskEmail } from './shares.ts';

/** Sign-in at plex.tv by PIN (media-servers.md A5.1): members never give their password to Usher. */
export function createPlexSignIn(options: PlexOptions): PageSignIn {
  return new PinSignIn(options);
}

class PinSignIn implements PageSignIn {
  readonly by = 'page';
  readonly #options: PlexOptions;

  constructor(options: PlexOptions) {
    this.#options = options;
  }

  async start(forWhom?: string): ReturnType<PageSignIn['start']> {
    const clientIdentifier = randomUUID();
    const answer = await this.#clientFor({ clientIdentifier }).send({
      host: 'plex.tv',
      method: 'POST',
      path: '/api/v2/pins',
      query: { strong: 'true' },
      token: null,
    });
    if (answer.kind === 'failure') return unknown(answer.why);
    if (answer.status !== 200 && answer.status !== 201) return unknown(troubleOf(answer, 'plex.tv', false));
    const pin = readPin.accept(readDocument(answer.body), answer.headers, []);
    if (!pin) return unknown(NOT_UNDERSTOOD);
    const form = new URLSearchParams({
      clientID: clientIdentifier,
      code: pin.code,
      'context[device][product]': productFor(forWhom),
    });
    return {
      kind: 'known',
      value: {
        pin: pin.id,
        clientIdentifier,
        link: `https://app.plex.tv/auth#?${form}`,
        expiresAt: pin.expiresAt,
      },
    };
  }

  async poll(waiting: PagePin): ReturnType<PageSignIn['poll']> {
    const answer = await this.#clientFor(waiting).send({
      host: 'plex.tv',
      method: 'GET',
      path: `/api/v2/pins/${encodeURIComponent(waiting.pin)}`,
      token: null,
    });
    if (answer.kind === 'failure') return unknown(answer.why);
    // The PIN is unknown, has expired, or belongs to another client identifier. Plex has no "denied" (A5.1).
    if (answer.status === 404) return { kind: 'expired' };
    if (answer.status !== 200) return unknown(troubleOf(answer, 'plex.tv', false));
    const read = readPin.accept(readDocument(answer.body), answer.headers, []);
    if (!read) return unknown(NOT_UNDERSTOOD);
    return read.authToken === null ? { kind: 'waiting' } : { kind: 'approved', token: read.authToken };
  }

  async account(as: AccountToken): Promise<Known<VendorAccount>> {
    const { token } = as;
    const user = await this.#clientFor(as).read({ host: 'plex.tv', path: '/api/v2/user', token }, readUser);
    if (user.kind === 'unknown') return user;
    const { id, username, title, email, home, restricted } = user.value;
    return {
      kind: 'known',
      value: {
        externalId: id,
        name: nameFrom(username ?? title ?? '') || `Plex account ${id}`,
        emailMasked: email && maskEmail(email),
        // Its Home decides what it may see, and nobody can invite it.
        protection: restricted ? 'managed' : null,
        inHousehold: home !== false,
      },
    };
  }

  async acceptInvitations(as: AccountToken, machineIdentifiers: readonly string[]): Promise<WriteOutcome> {
    const client = this.#clientFor(as);
    const invites = await client.read(
      { host: 'clients', path: '/api/v2/shared_servers/invites/received/pending', token: as.token },
      readReceivedInvites,
    );
    if (invites.kind === 'unknown') return { kind: 'failed', why: invites.why };
    const ours = new Set(machineIdentifiers);
    const outcomes: WriteOutcome[] = [];
    // Accepts all of them: one invite may cover several servers, and other tools accept only the first by mistake
    // (A5.9).
    for (const { id, machineIdentifier } of invites.value)
      if (ours.has(machineIdentifier)) outcomes.push(await accept(client, as.token, id));
    return (
      outcomes.find(({ kind }) => kind === 'failed') ??
      outcomes.find(({ kind }) => kind === 'unclear') ?? { kind: 'done' }
    );
  }

  async forget(as: AccountToken): Promise<void> {
    // Older versions made the token of a server and those of members under one identifier: they are the same token.
    if (as.clientIdentifier === null) return;
    const { token } = as;
    await this.#clientFor(as).send({
      host: 'plex.tv',
      method: 'DELETE',
      path: '/api/v2/users/signout',
      token,
    });
  }

  /** Only the client that made a PIN may poll it, and a token is used as the client it was made for (A2.2). */
  #clientFor({ clientIdentifier }: Pick<PagePin, 'clientIdentifier'>): PlexClient {
    return new PlexClient(this.#options, null, clientIdentifier);
  }
}

async function accept(client: PlexClient, token: string, shareId: string): Promise<WriteOutcome> {
  const path = `/api/v2/shared_servers/${encodeURIComponent(shareId)}/accept`;
  const call = { host: 'clients', method: 'POST', path, token } as const;
  let answer = await client.send(call);
  // plex.tv once required these values in the query as well. The token stays in the header (A5.9).
  if (answer.kind === 'answer' && answer.status === 400)
    answer = await client.send({ ...call, query: client.identification() });
  if (answer.kind === 'failure') return writeLost(answer);
  return isAccepted(answer) ? { kind: 'done' } : writeRefused(answer, troubleOf(answer, 'clients'));
}

/** The page calls whoever asks by this name. What people call themselves is theirs to choose, so it is cut. */
const productFor = (forWhom = ''): string => {
  const name = plainText(forWhom).slice(0, 40);
  return name === '' ? 'Usher' : `Usher, for @${name}`;
};

const NOT_UNDERSTOOD = {
  kind: 'not-understood',
  message: say('trouble.plex.unread'),
} as const;

/** 404 counts as accepted: it is gone since the list was read, so there is nothing left to accept. */
const isAccepted = ({ status }: HttpAnswer): boolean => (status >= 200 && status < 300) || status === 404;
