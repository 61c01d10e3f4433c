/** A request to a media server, and what comes of it. */
import type { Trouble } from '../../app/ports/media-server.ts';
import type { Read, Reader } from './reader.ts';

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `path` is appended as text, because `new URL(path, base)` would lose a base path (A2.4). */
  readonly base: string;
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** So much longer than usual, because of what the answer is known to hold. */
  readonly patienceMs?: number;
  /** The address comes from the operator and not from a community, so `blockPrivate` does not apply. */
  readonly operators?: true;
  /** Fingerprint of a certificate that is accepted although no authority vouches for it. */
  readonly certificate?: string | null;
  /** An admin has taken that nothing is encrypted on the way to an address outside of the own network. */
  readonly plainHttp?: boolean;
  /** Within a server, calls with different lanes do not wait for each other, such as those of owners at plex.tv. */
  readonly lane?: string;
  /** Reads the body of an answer with status 200. Without one, the body is kept as it is, and has to be short. */
  readonly reader?: Reader<unknown>;
  /** Only the status is of interest: what follows is not looked at. */
  readonly onlyStatus?: true;
  /** A person asks: also what is left alone, for its silence or because its answers were too large, is asked. */
  readonly isAsked?: boolean;
  /** With a secret for this server: it is sent only over a connection on which the server has said who it is. */
  readonly vouch?: Vouch;
}

/** Who a server is, asked without a secret. */
export interface Vouch {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly reader?: Reader<unknown>;
  /** What is wrong with the answer; undefined when it is the server that is meant. */
  wrong(answer: HttpAnswer): Trouble | undefined;
}

export interface HttpTimeouts {
  readonly headersMs: number;
  readonly bodyMs: number;
  readonly totalMs: number;
}

export interface HttpAnswer {
  readonly kind: 'answer';
  readonly status: number;
  /** Host and port, for messages to people. */
  readonly host: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Empty where a reader has read it. */
  readonly body: Buffer;
  /** What the call's reader has made of the body, with status 200. */
  readonly read?: Read<unknown>;
  readonly retryAfterMs: number | undefined;
  /** With a status of 400 and above: what the other side says about it, sanitised; undefined when it says nothing. */
  readonly reason: string | undefined;
}

export interface HttpFailure {
  readonly kind: 'failure';
  readonly why: Trouble;
  /** False when the request surely did not reach the server. Only then is it certain that a write did not happen. */
  readonly sent: boolean;
}
