/**
 * Asks an admin before a certificate is taken that no authority vouches for. What they typed is kept until they answer,
 * and is encrypted because a token is in it.
 */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import { type Guard, isActorId, isGuildId, isText, orNull, shape } from '../../domain/shape.ts';
import { putSealedDraft, takeSealedDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { ServerCertificate } from '../ports/media-server.ts';
import type { AddServerInput } from './add.ts';
import type { EditServerInput } from './edit.ts';

const COLUMN = 'Draft.certificate';

/** What is to be done again once the certificate is taken. Without a token a new server is signed in to. */
export interface Interrupted {
  readonly add: Omit<AddServerInput, 'certificate'>;
  readonly edit: Omit<EditServerInput, 'certificate'>;
}

type Taken<What extends keyof Interrupted> = Interrupted[What] & { readonly certificate: string };

export function makeCertificateQuestions(deps: Deps) {
  return {
    /** Resolves to what `take` needs. */
    async ask<What extends keyof Interrupted>(
      what: What,
      input: Interrupted[What],
      certificate: ServerCertificate,
    ): Promise<string> {
      const content = { ...input, certificate: certificate.fingerprint };
      return await putSealedDraft(deps, input, content, `${COLUMN}.${what}`);
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
      const isTaken: Guard<Taken<What>> = IS_TAKEN[what];
      return await takeSealedDraft(
        deps,
        { guildId, actorId },
        { draftId, column: `${COLUMN}.${what}` },
        isTaken,
      );
    },
  };
}

/** An older Usher may have asked with other fields: then the question is closed, and the command is run again. */
const IS_TAKEN: { readonly [What in keyof Interrupted]: Guard<Taken<What>> } = {
  add: shape(
    {
      guildId: isGuildId,
      actorId: isActorId,
      kind: isServerKind,
      name: isText,
      url: isText,
      token: isText,
      certificate: isText,
    },
    { made: shape({ clientIdentifier: orNull(isText) }) },
  ),
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
