/**
 * Asks an admin before a risk is taken with a server: a certificate that no authority vouches for, or plain HTTP to a
 * public address. What they typed is kept until they answer, and is encrypted because a token is in it.
 */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import { type Guard, isActorId, isFlag, isGuildId, isText, orNull, shape } from '../../domain/shape.ts';
import { putSealedDraft, takeSealedDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { ServerCertificate } from '../ports/media-server.ts';
import type { AddServerInput } from './add.ts';
import type { EditServerInput } from './edit.ts';
import type { TakenRisks } from './find.ts';

const COLUMN = 'Draft.risk';

/** What an admin may take. */
export type Risk =
  | { readonly kind: 'certificate'; readonly certificate: ServerCertificate }
  | { readonly kind: 'plain-http' };

/** What is to be done again once the risk is taken. Without a token a new server is signed in to. */
export interface Interrupted {
  readonly add: AddServerInput;
  readonly edit: EditServerInput;
}

export function makeRiskQuestions(deps: Deps) {
  return {
    /** Resolves to what `take` needs. */
    async ask<What extends keyof Interrupted>(
      what: What,
      input: Interrupted[What],
      risk: Risk,
    ): Promise<string> {
      return await putSealedDraft(deps, input, { ...input, ...taken(risk) }, `${COLUMN}.${what}`);
    },

    /**
     * What they typed, with the risk that they take. Undefined when the question is no longer open, or was not theirs.
     */
    async take<What extends keyof Interrupted>(
      what: What,
      guildId: GuildId,
      actorId: ActorId,
      draftId: string,
    ): Promise<Interrupted[What] | undefined> {
      const isKept: Guard<Interrupted[What]> = IS_KEPT[what];
      return await takeSealedDraft(
        deps,
        { guildId, actorId },
        { draftId, column: `${COLUMN}.${what}` },
        isKept,
      );
    },
  };
}

const taken = (risk: Risk): TakenRisks =>
  risk.kind === 'certificate' ? { certificate: risk.certificate.fingerprint } : { plainHttp: true };

const RISKS = { certificate: isText, plainHttp: isFlag };

/** An older Usher may have asked with other fields: then the question is closed, and the command is run again. */
const IS_KEPT: { readonly [What in keyof Interrupted]: Guard<Interrupted[What]> } = {
  add: shape(
    {
      guildId: isGuildId,
      actorId: isActorId,
      kind: isServerKind,
      name: isText,
      url: isText,
      token: isText,
    },
    { ...RISKS, made: shape({ clientIdentifier: orNull(isText) }), publicUrl: isText },
  ),
  edit: shape(
    {
      guildId: isGuildId,
      actorId: isActorId,
      serverId: isText,
      name: isText,
      url: isText,
      localUrl: isText,
      publicUrl: isText,
      token: isText,
    },
    RISKS,
  ),
};
