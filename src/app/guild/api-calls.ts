/**
 * What a program asks under an Idempotency-Key is done once, however often it asks: because the answer was lost,
 * because two of it ask at the same time, or because Usher was killed in between. Whether something was done says the
 * record: each change stands in it, with the id of the request, since the transaction that made it (rule 8).
 */
import type { GuildId } from '../../domain/ids.ts';
import { type Program, programActor } from '../../domain/programs.ts';
import type { Deps } from '../ports/deps.ts';

/** For how long the same key gets the same answer. */
const ANSWERS_KEPT_MS = 86_400_000;

interface Asked {
  readonly guildId: GuildId;
  readonly tokenId: string;
  readonly program: Program;
  readonly key: string;
  /** What else was asked has another one. */
  readonly bodyHash: string;
}

export type BegunCall =
  /** To be done now, in the name of this request, and answered or dropped. */
  | { readonly kind: 'begun'; readonly requestId: string }
  | { readonly kind: 'answered'; readonly answer: string }
  /** The key stands for something else. */
  | { readonly kind: 'other-body' }
  /** Another request with the key is not over. */
  | { readonly kind: 'running' }
  /** It was done, and the answer was lost with the process. These grants are what came of it. */
  | { readonly kind: 'done'; readonly requestId: string; readonly grantNumbers: readonly number[] };

export function makeApiCalls({ stores, clock, secrets }: Pick<Deps, 'stores' | 'clock' | 'secrets'>) {
  const running = new Set<string>();
  const nameOf = ({ guildId, tokenId, key }: Pick<Asked, 'guildId' | 'tokenId' | 'key'>) =>
    JSON.stringify([guildId, tokenId, key]);
  const placeOf = (guildId: GuildId, row: string) => ({ guildId, column: 'ApiCall.answer', row });

  async function look({ guildId, tokenId, program, key, bodyHash }: Asked): Promise<BegunCall> {
    const { api } = stores.of(guildId);
    const now = clock.now();
    const before = await api.findCall(tokenId, key);
    if (before && now.getTime() - before.at.getTime() < ANSWERS_KEPT_MS) {
      if (before.bodyHash !== bodyHash) return { kind: 'other-body' };
      const { id, answerCipher, auditNumber } = before;
      const answer = answerCipher === null ? undefined : secrets.open(answerCipher, placeOf(guildId, id));
      if (answer !== undefined) return { kind: 'answered', answer };
      const done = await api.findDone(programActor({ ...program, requestId: id }), auditNumber);
      if (done) return { kind: 'done', requestId: id, grantNumbers: done };
    }
    const { requestId } = program;
    await stores.transaction(guildId, (tx) =>
      tx.api.beginCall({ tokenId, key, id: requestId, bodyHash, at: now }),
    );
    return { kind: 'begun', requestId };
  }

  return {
    /** Whether it is to be done. Who is told `begun` ends it with `answer`, `forget` or `drop`. */
    async begin(asked: Asked): Promise<BegunCall> {
      const name = nameOf(asked);
      if (running.has(name)) return { kind: 'running' };
      running.add(name);
      let isBegun = false;
      try {
        const begun = await look(asked);
        isBegun = begun.kind === 'begun';
        return begun;
      } finally {
        if (!isBegun) running.delete(name);
      }
    },

    /** Keeps the answer for a day: sealed, because an invite code may be in it. */
    async answer(asked: Asked, requestId: string, answer: string): Promise<void> {
      const { guildId, tokenId, key } = asked;
      const sealed = secrets.seal(answer, placeOf(guildId, requestId));
      try {
        await stores.transaction(guildId, (tx) => tx.api.answerCall(tokenId, key, sealed));
      } finally {
        running.delete(nameOf(asked));
      }
    },

    /** It was refused, and nothing was done: the key is free again. */
    async forget(asked: Asked): Promise<void> {
      const { guildId, tokenId, key } = asked;
      try {
        await stores.transaction(guildId, (tx) => tx.api.dropCall(tokenId, key));
      } finally {
        running.delete(nameOf(asked));
      }
    },

    /** It broke off: asked again, the record decides whether it is to be done. */
    drop(asked: Asked): void {
      running.delete(nameOf(asked));
    },
  };
}
