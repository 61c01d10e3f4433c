/**
 * Asks an admin before a certificate is taken that no authority vouches for. What they typed is kept until they answer,
 * and is encrypted because a token is in it.
 */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import { type Guard, isActorId, isGuildId, isText, shape } from '../../domain/shape.ts';
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

type Taken<What extends keyof Interrupted> = Interrupted[What] & { readonly certificate: string };

interface CertificateDraft {
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
      const content: CertificateDraft = {
        sealed: deps.secrets.seal(text, { guildId, column: `${COLUMN}.${what}` }),
      };
      const expiresAt = new Date(deps.clock.now().getTime() + OPEN_MS);
      await deps.stores.transaction(guildId, (tx) =>
        tx.drafts.put({ id, userId: actorId, content, expiresAt }),
      );
      return id;
    },

    /**
     * What they typed, with the certificate that they take. Undefined when the question is no longer open, or was not
     * theirs.
     */
    async take<What extends keyof Interrupted>(
      what: What,
      guildId: GuildId,
      actorId: ActorId,
      draftId: string,
    ): Promise<Taken<What> | undefined> {
      const draft = await takeDraft(deps, { guildId, actorId }, draftId, isCertificateDraft);
      if (!draft) return undefined;
      const text = deps.secrets.open(draft.sealed, { guildId, column: `${COLUMN}.${what}` });
      const taken: unknown = JSON.parse(text);
      const isTaken: Guard<Taken<What>> = IS_TAKEN[what];
      return isTaken(taken) ? taken : undefined;
    },
  };
}

const isCertificateDraft = shape({ sealed: isText });

/** An older Usher may have asked with other fields: then the question is closed, and the command is run again. */
const IS_TAKEN: { readonly [What in keyof Interrupted]: Guard<Taken<What>> } = {
  add: shape({
    guildId: isGuildId,
    actorId: isActorId,
    kind: isServerKind,
    name: isText,
    url: isText,
    token: isText,
    certificate: isText,
  }),
  edit: shape({
    guildId: isGuildId,
    actorId: isActorId,
    serverId: isText,
    name: isText,
    url: isText,
    localUrl: isText,
    publicUrl: isText,
    token: isText,
    certificate: isText,
  }),
};
