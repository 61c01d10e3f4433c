/**
 * Connections on which a server has said who it is. Whoever answers at an address may be another one since the last
 * look, so a secret goes only over a connection on which that was asked, without it, when it was opened
 * (media-servers.md D3).
 */
import { type buildConnector, Client } from 'undici';
import type { HttpAnswer, HttpCall, HttpFailure } from './call.ts';

type Outcome = HttpAnswer | HttpFailure;

/** How one request is sent over this client. */
type Send = (call: HttpCall, client: Client) => Promise<Outcome>;

/** A connection would be opened for a request with a secret. Nothing was sent. */
class NotVouched extends Error {
  readonly code = 'NOT_VOUCHED';
}

/** One connection, which is opened only to ask who is there. */
class Door {
  readonly client: Client;
  #mayOpen = false;
  #wasShut = false;
  /** The server closes each connection after its answer, so that it cannot be asked on the same: it is asked before. */
  #closesEach = false;
  /** What was answered on the connection that is open. */
  #said: HttpAnswer | undefined;

  constructor(origin: string, connect: buildConnector.connector) {
    this.client = new Client(origin, {
      allowH2: false,
      connect: (options, callback) => {
        this.#said = undefined;
        this.#wasShut = !this.#mayOpen;
        if (this.#wasShut) callback(new NotVouched(), null);
        else connect(options, callback);
      },
    });
  }

  async send(call: HttpCall, send: Send): Promise<Outcome> {
    const vouch = call.vouch;
    if (!vouch) throw new Error('a call that nobody vouches for');
    const { path, headers, reader } = vouch;
    for (const isLast of this.#closesEach ? [true] : [false, true]) {
      const wasOpen = this.#said !== undefined;
      if (!this.#said || isLast) {
        const { json: _, query: __, vouch: ___, reader: ____, onlyStatus: _____, ...rest } = call;
        const asking = { ...rest, method: 'GET', path, headers, ...(reader && { reader }) } as const;
        this.#mayOpen = true;
        const answer = await send(asking, this.client);
        this.#mayOpen = false;
        if (answer.kind === 'failure') return { ...answer, sent: false };
        this.#said = answer;
      }
      const wrong = vouch.wrong(this.#said);
      if (wrong) {
        // It may be the right one, or ready, a moment later.
        this.#said = undefined;
        return { kind: 'failure', why: wrong, sent: false };
      }
      this.#mayOpen = isLast;
      this.#wasShut = false;
      const outcome = await send(call, this.client);
      this.#mayOpen = false;
      if (isLast || outcome.kind === 'answer' || !this.#wasShut) return outcome;
      // An idle connection that was closed is opened anew; one that was asked on just now is closed each time.
      this.#closesEach = !wasOpen;
    }
    throw new Error('the second try has an outcome');
  }
}

/** As many connections to each server as are used at once. */
export class Doors {
  readonly #free = new Map<string, Door[]>();
  readonly #all = new Set<Door>();

  /** `key` names what all of them have in common: server, certificate, and who is asked for. */
  async send(
    key: string,
    open: () => { readonly origin: string; readonly connect: buildConnector.connector },
    call: HttpCall,
    send: Send,
  ): Promise<Outcome> {
    const free = this.#free.get(key) ?? [];
    this.#free.set(key, free);
    const door = free.pop() ?? this.#make(open());
    try {
      return await door.send(call, send);
    } finally {
      free.push(door);
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#all].map(({ client }) => client.destroy()));
  }

  #make({ origin, connect }: { readonly origin: string; readonly connect: buildConnector.connector }): Door {
    const door = new Door(origin, connect);
    this.#all.add(door);
    return door;
  }
}
