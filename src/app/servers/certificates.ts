/**
 * A certificate that no authority vouches for is asked about before it is taken: of the admin who ran into it, once, with what they
 * typed kept meanwhile, encrypted because a token is in it.
 */

import { takeDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { ServerCertificate } from '../ports/media-server.ts';
import type { AddServerInput } from './add.ts';
import type { EditServerInput } from './edit.ts';

const OPEN_MS = 10 * 60 * 1000;
const COLUMN = 'Draft.certificate';

/** What is to be done again once the certificate is taken. Without a token a new server is signed in to. */
export interface Interrupted {
  readonly add: Omit<AddServerInput, 'certificate'>;
  readonly edit: Omit<EditServerInput, 'certificate'>;
}

interface Kept {
  readonly sealed: string;
}

export function makeCertificateQuestions(deps: Deps) {
  return {
    /** Resolves to what `take` needs. */
    async ask<What extends keyof Interrupted>(
      what: What,
      input: Interrupted[What],
      certificate: ServerCertificate,
    ): Promise<string> {
      const { guildId, actorId } = input;
      const id = deps.codes.newId();
      const text = JSON.stringify({ ...input, certificate: certificate.fingerprint });
      const content: Kept = { sealed: deps.secrets.seal(text, { guildId, column: `${COLUMN}.${what}` }) };
      const expiresAt = new Date(deps.clock.now().getTime() + OPEN_MS);
      await deps.stores.transaction(guildId, (tx) =>
        tx.drafts.put({ id, userId: actorId, content, expiresAt }),
      );
      return id;
    },

    /** What they typed, with the certificate that they take. Undefined when the question is no longer open, or was not theirs. */
    async take<What extends keyof Interrupted>(
      what: What,
      guildId: string,
      actorId: string,
      draftId: string,
    ): Promise<(Interrupted[What] & { readonly certificate: string }) | undefined> {
      const kept = await takeDraft(deps, guildId, actorId, draftId, isKept);
      if (!kept) return undefined;
      // Sealed by `ask` for this very purpose.
      return JSON.parse(deps.secrets.open(kept.sealed, { guildId, column: `${COLUMN}.${what}` }));
    },
  };
}

/** Drafts of this kind are written here only. */
function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && 'sealed' in value && typeof value.sealed === 'string';
}
