/**
 * A vendor knows where the servers of an account are. When the address that was typed leads nowhere, the listed ones
 * are offered; what was typed is kept meanwhile, encrypted because a token is in it.
 */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import { isActorId, isGuildId, isText, listOf, orNull, shape } from '../../domain/shape.ts';
import { readTypedAddress, readTypedToken } from '../../domain/typed-address.ts';
import { putSealedDraft, takeSealedDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { OfferedAddress } from '../ports/media.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { AddServerInput } from './add.ts';

const COLUMN = 'Draft.addresses';
/** As many as a select of Discord offers. */
const OFFERED = 25;

/** What may be wrong with an address. Other trouble another address does not mend. */
const OF_ADDRESS: ReadonlySet<Trouble['kind']> = new Set([
  ...(['dns', 'refused', 'blocked', 'tls', 'plain-http', 'timeout', 'cut'] as const),
  ...(['redirected', 'not-this-kind'] as const),
]);

export interface AddressOffer {
  /** What `take` needs. */
  readonly draftId: string;
  readonly addresses: readonly OfferedAddress[];
}

export function makeAddressOffers(deps: Deps) {
  return {
    /**
     * Undefined where nothing is listed, or the trouble is something else. A token that a sign-in made is forgotten
     * when nothing comes of it.
     */
    async offer(input: AddServerInput, why: Trouble): Promise<AddressOffer | undefined> {
      const { guildId, actorId, kind, name, made, publicUrl } = input;
      const typed = readTypedToken(input.token);
      if (typed.kind !== 'token') return undefined;
      const { token } = typed;
      const { listAddresses } = deps.media.of(guildId)[kind];
      if (!listAddresses || why.vendor || !OF_ADDRESS.has(why.kind)) return undefined;
      const listed = await listAddresses({ token, clientIdentifier: made?.clientIdentifier ?? null });
      if (listed.kind === 'unknown') return undefined;
      const usable = listed.value
        .filter(({ url }) => readTypedAddress(url, kind).kind === 'address' && url !== input.url.trim())
        .slice(0, OFFERED);
      if (usable.length === 0) return undefined;
      const kept = {
        guildId,
        actorId,
        kind,
        name,
        token,
        ...(made && { made }),
        ...(publicUrl !== undefined && { publicUrl }),
        urls: usable.map(({ url }) => url),
      };
      const draftId = await putSealedDraft(deps, { guildId, actorId }, kept, COLUMN);
      return { draftId, addresses: usable };
    },

    /** What was typed, with the chosen one of the addresses. Undefined when the offer is no longer open. */
    async take(
      guildId: GuildId,
      actorId: ActorId,
      draftId: string,
      index: number,
    ): Promise<AddServerInput | undefined> {
      const kept = await open(guildId, actorId, draftId);
      const url = kept?.urls[index];
      if (!kept || url === undefined) return undefined;
      const { kind, name, token, made, publicUrl } = kept;
      const shown = publicUrl === undefined ? {} : { publicUrl };
      return { guildId, actorId, kind, name, token, ...(made && { made }), ...shown, url };
    },

    /** None of them. */
    async decline(guildId: GuildId, actorId: ActorId, draftId: string): Promise<void> {
      const kept = await open(guildId, actorId, draftId);
      const signIn = kept && deps.media.of(guildId)[kept.kind].signIn;
      if (kept?.made && signIn?.by === 'page') await signIn.forget({ token: kept.token, ...kept.made });
    },
  };

  async function open(guildId: GuildId, actorId: ActorId, draftId: string) {
    return await takeSealedDraft(deps, { guildId, actorId }, { draftId, column: COLUMN }, isKept);
  }
}

const isKept = shape(
  {
    guildId: isGuildId,
    actorId: isActorId,
    kind: isServerKind,
    name: isText,
    token: isText,
    urls: listOf(isText),
  },
  { made: shape({ clientIdentifier: orNull(isText) }), publicUrl: isText },
);
