/** Port for the storage of what the API needs: tokens, answers that may be asked for again, and what is waited for. */
import type { ApiToken } from '../../../domain/programs.ts';

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

/** A change that was not seen on every server when it was answered. */
interface ApiOperation {
  readonly id: string;
  readonly about: readonly LeftGrant[];
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
  /** Removes up to `limit` answers from before a moment, and operations from before another. How many went. */
  purge(callsBefore: Date, operationsBefore: Date, limit: number): Promise<number>;
}
