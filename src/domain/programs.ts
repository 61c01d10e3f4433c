/** Programs that act by the API: what a token lets them do, and who they are in the record. */

import { type ActorId, toActorId } from './ids.ts';
import type { Capability } from './model.ts';

/** What a token may do. Each contains the one before. */
export const API_SCOPES = ['read', 'grants', 'admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** The scope that is needed where a person needs this capability: what a script can do, staff can type. */
const NEEDED: Readonly<Record<Capability, ApiScope>> = {
  auditor: 'read',
  moderator: 'grants',
  admin: 'admin',
};
export const scopeFor = (needed: Capability): ApiScope => NEEDED[needed];

/** Whether a token of this scope is enough where people need this capability. */
export const isEnough = (scope: ApiScope, needed: Capability): boolean =>
  API_SCOPES.indexOf(scope) >= API_SCOPES.indexOf(NEEDED[needed]);

/** A key for a program. Nothing in it is secret. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scope: ApiScope;
  readonly last4: string;
  readonly createdById: ActorId;
  readonly createdAt: Date;
  /** Null for never. */
  readonly expiresAt: Date | null;
  /** To ten minutes. */
  readonly lastUsedAt: Date | null;
}

/** A program that acts, in one of its requests. */
export interface Program {
  /** Of its token, as it was then. */
  readonly name: string;
  readonly requestId: string;
}

const PREFIX = 'api:';

/**
 * Who acts when a program does. It goes where the id of a person goes, and says all that is to be said: a token may be
 * gone when the record is read.
 */
export const programActor = ({ name, requestId }: Program): ActorId =>
  toActorId(`${PREFIX}${requestId}:${name}`);

/** Undefined for a person. */
export function programOf(actorId: string): Program | undefined {
  if (!actorId.startsWith(PREFIX)) return undefined;
  const [, requestId = '', ...name] = actorId.split(':');
  return { requestId, name: name.join(':') };
}
