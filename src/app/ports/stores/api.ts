/** Port for the storage of what the API needs: tokens, answers that may be asked for again, and what is waited for. */

import type { ApiToken } from '../../../domain/programs.ts';
import type { Text } from '../../../words/say.ts';

/** What was asked under a key. */
export interface ApiCall {
  readonly tokenId: string;
  readonly key: string;
  /** Of the request: what it did stands under it in the record. */
  readonly id: string;
  readonly bodyHash: string;
  /** Number of the newest event of the record when it began. */
  readonly auditNumber: number;
  /** Sealed; null until there is one. */
  readonly answerCipher: string | null;
  readonly at: Date;
}

/** A grant that a request left, and a mark of how (`grantMark`). */
interface LeftGrant {
  readonly grantId: string;
  readonly mark: string;
}

/** What came of a sync. */
export type CameOfSync =
  | {
      readonly isSynced: true;
      /** Names of libraries. */
      readonly added: readonly string[];
      readonly gone: readonly string[];
      readonly libraries: number;
    }
  | { readonly isSynced: false; readonly why: Text };

/** A change that was not seen on every server when it was answered, or a sync that was not over. */
export interface ApiOperation {
  readonly id: string;
  readonly about: readonly LeftGrant[];
  /** Null of a change. `came` is null while it runs, and where a kill has cut it off. */
  readonly sync: { readonly serverId: string; readonly came: CameOfSync | null } | null;
  readonly createdAt: Date;
}

export interface ApiStore {
  /** By name. */
  listTokens(): Promise<readonly ApiToken[]>;
  findToken(tokenId: string): Promise<ApiToken | undefined>;
  findTokenByHmac(hmacs: readonly string[]): Promise<ApiToken | undefined>;
  /** @throws {Error} when the guild has a token of that name, in any case. */
  addToken(token: ApiToken & { readonly hmac: string }): Promise<void>;
  /** False when it was not there. Its calls go with it. */
  removeToken(tokenId: string): Promise<boolean>;
  noteUse(tokenId: string, at: Date): Promise<void>;
  findCall(tokenId: string, key: string): Promise<ApiCall | undefined>;
  /** With the number of the newest event of the record; takes the place of an older one of that key. */
  beginCall(call: Omit<ApiCall, 'auditNumber' | 'answerCipher'>): Promise<void>;
  answerCall(tokenId: string, key: string, answerCipher: string): Promise<void>;
  /** As if it had not been asked. */
  dropCall(tokenId: string, key: string): Promise<void>;
  /** Grants named by events of the record after a number whose actor is this one; undefined when there are none. */
  findDone(actorId: string, after: number): Promise<readonly number[] | undefined>;
  findOperation(operationId: string): Promise<ApiOperation | undefined>;
  addOperation(operation: ApiOperation): Promise<void>;
  /** Keeps what came of the sync of an operation. */
  endSync(operationId: string, came: CameOfSync): Promise<void>;
  /** Removes up to `limit` answers from before a moment, and operations from before another. How many went. */
  purge(callsBefore: Date, operationsBefore: Date, limit: number): Promise<number>;
}
