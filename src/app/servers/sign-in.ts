/**
 * Adding a server, or giving it a new token, without a secret in Discord: its owner signs in elsewhere (Plex PIN,
 * Jellyfin Quick Connect), and confirms which server it is and by whose account. Nothing is kept before that; a restart
 * forgets it, and the command is run again.
 */
import { SameAnswer } from '../../concurrency/same-answer.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../domain/model.ts';
import { isServerKind } from '../../domain/server-kind.ts';
import { isFlag, isText, orNull, shape } from '../../domain/shape.ts';
import { readTypedAddress } from '../../domain/typed-address.ts';
import { type Sentence, say } from '../../words/say.ts';
import { awaitApproval } from '../accounts/await-approval.ts';
import { OpenSignIns, type SignInLimit, TOO_MANY_SIGN_INS } from '../accounts/open-sign-ins.ts';
import { keepDraft, takeDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountToken, Known, ServerIdentity, ServerLocation, Trouble } from '../ports/media-server.ts';
import type { CodeSignIn, PageSignIn } from '../ports/sign-in.ts';
import {
  type AddServerInput,
  type AddServerRefusal,
  type AddServerResult,
  clashIn,
  type MadeFor,
  nameFor,
} from './add.ts';
import type { AddressOffer, makeAddressOffers } from './addresses.ts';
import type { EditServerInput, EditServerResult } from './edit.ts';
import { findServer, type TakenRisks } from './find.ts';

/** The answer to a command can be changed for fifteen minutes. */
const MAX_MS = 14 * 60 * 1000;
/** How long the question whether to add the server stays open. */
const CONFIRM_MS = 10 * 60 * 1000;
/** Whoever confirms twice within that time is shown what came of it. */
const DOUBLE_TAP_MS = 60_000;
const COLUMN = 'Draft.token';

export interface ServerSignInInput extends TakenRisks {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly kind: ServerKind;
  /** The server's own name when empty. */
  readonly name: string;
  readonly url: string;
  /** Where members open a new one, as typed. */
  readonly publicUrl?: string;
  /** The server that is here already and gets a new token. */
  readonly renews?: Pick<Server, 'id' | 'identity'>;
}

export interface StartedServerSignIn {
  /** Where to sign in: a page of the vendor, or a code for the server. */
  readonly show: { readonly kind: 'link' | 'code'; readonly text: string };
  readonly expiresAt: Date;
  readonly finished: Promise<ServerSignInEnd>;
}

type NotStarted = Extract<Known<never>, { readonly kind: 'unknown' }>;

export type ServerSignInEnd =
  | {
      readonly kind: 'approved';
      /** What `confirm` and `cancel` need. */
      readonly draftId: string;
      readonly account: string;
      readonly server: ServerIdentity;
    }
  | { readonly kind: 'expired' }
  /** The address leads nowhere, and the vendor lists others. */
  | { readonly kind: 'elsewhere'; readonly why: Trouble; readonly offer: AddressOffer }
  | AddServerRefusal;

interface ServerSignInDraft extends ServerLocation {
  readonly kind: ServerKind;
  readonly name: string;
  readonly tokenCipher: string;
  readonly clientIdentifier: string | null;
  /** Id of the server that gets the token; null where one is added. */
  readonly renews: string | null;
  readonly publicUrl?: string;
}

/** What confirming leads to. */
interface Confirmed {
  readonly addServer: AddServer;
  readonly editServer: (input: EditServerInput) => Promise<EditServerResult>;
}

/** What came of confirming. */
type Added = Exclude<AddServerResult, { readonly kind: 'no-token' }> | { readonly kind: 'gone' };

type AddServer = (input: AddServerInput) => Promise<AddServerResult>;

type OfferAddresses = ReturnType<typeof makeAddressOffers>['offer'];

export function makeSignInServer(
  deps: Deps,
  { addServer, editServer }: Confirmed,
  offerAddresses: OfferAddresses,
  { limit, stopping }: { readonly limit: SignInLimit; readonly stopping: AbortSignal },
) {
  const waiting = { clock: deps.clock, stopping };
  const open = new OpenSignIns<StartedServerSignIn, NotStarted>(limit);
  const confirmed = new SameAnswer<Added>(deps.clock, DOUBLE_TAP_MS);
  return {
    /** Whoever asks for the very same again while nobody has signed in gets the same link or code. */
    async start(input: ServerSignInInput): Promise<Known<StartedServerSignIn>> {
      const { guildId, actorId, kind, name, url, certificate, plainHttp, renews, publicUrl } = input;
      const typed = [kind, name, url, publicUrl, certificate, plainHttp, renews?.id];
      const what = JSON.stringify([actorId, ...typed]);
      const begun = await open.open(guildId, what, async () => {
        const started = await begin(input);
        if (started.kind === 'unknown') return started;
        return { kind: 'open', value: started.value, over: started.value.finished };
      });
      if (begun.kind === 'too-many') return { kind: 'unknown', why: TOO_MANY_SIGN_INS };
      return begun.kind === 'open' ? { kind: 'known', value: begun.value } : begun;
    },

    /** For a server that is here, whose token is not accepted any more. Undefined when it is not there. */
    async again(
      guildId: GuildId,
      actorId: ActorId,
      serverId: string,
    ): Promise<{ readonly server: Server; readonly started: Known<StartedServerSignIn> } | undefined> {
      const server = await deps.stores.of(guildId).servers.find(serverId);
      if (!server) return undefined;
      const at = { kind: server.kind, name: server.name, ...typedOf(server) };
      return { server, started: await this.start({ guildId, actorId, ...at, renews: server }) };
    },

    /** Adds the server that was signed in to, once; `gone` when the question is no longer open. */
    async confirm(guildId: GuildId, actorId: ActorId, draftId: string): Promise<Added> {
      return await confirmed.of(`${guildId}/${actorId}/${draftId}`, () => add(guildId, actorId, draftId));
    },

    /** Gives a server that is here the token that was signed in for; `gone` when the question is no longer open. */
    async confirmAgain(guildId: GuildId, actorId: ActorId, draftId: string): Promise<EditServerResult> {
      const draft = await takeDraft(deps, { guildId, actorId }, draftId, isServerSignInDraft);
      const serverId = draft?.renews ?? null;
      const server = serverId === null ? undefined : await deps.stores.of(guildId).servers.find(serverId);
      if (!draft || !server) return { kind: 'gone' };
      const key = await keyOf(guildId, draftId, draft);
      if (!key) return { kind: 'gone' };
      if (key.kind === 'unknown') return { kind: 'refused', server, why: key.why };
      const { id, name, url } = server;
      const shown = { localUrl: server.localUrl ?? '', publicUrl: server.publicUrl ?? '' };
      const result = await editServer({ guildId, actorId, serverId: id, name, url, ...shown, ...key.value });
      if (result.kind !== 'edited') await revoke(guildId, draft, key.value);
      return result;
    },

    async cancel(guildId: GuildId, actorId: ActorId, draftId: string): Promise<void> {
      const draft = await takeDraft(deps, { guildId, actorId }, draftId, isServerSignInDraft);
      if (!draft) return;
      const token = deps.secrets.open(draft.tokenCipher, { guildId, column: COLUMN, row: draftId });
      if (token === undefined) return;
      await forget(guildId, draft, { token, clientIdentifier: draft.clientIdentifier });
    },
  };

  async function add(guildId: GuildId, actorId: ActorId, draftId: string): Promise<Added> {
    const draft = await takeDraft(deps, { guildId, actorId }, draftId, isServerSignInDraft);
    if (!draft || draft.renews !== null) return { kind: 'gone' };
    const key = await keyOf(guildId, draftId, draft);
    if (!key) return { kind: 'gone' };
    if (key.kind === 'unknown') return { kind: 'refused', why: key.why };
    const { kind, name, publicUrl = '' } = draft;
    const input = { guildId, actorId, kind, name, publicUrl, ...typedOf(draft) };
    const result = await addServer({ ...input, ...key.value });
    if (result.kind !== 'added') await revoke(guildId, draft, key.value);
    return result.kind === 'no-token' ? { kind: 'gone' } : result;
  }

  async function begin(input: ServerSignInInput): Promise<Known<StartedServerSignIn>> {
    const { kind, guildId } = input;
    const address = readTypedAddress(input.url, kind);
    if (address.kind === 'unusable')
      return { kind: 'unknown', why: { kind: 'not-possible', message: address.message } };
    const { signIn } = deps.media.of(guildId)[kind];
    if (!signIn) return { kind: 'unknown', why: { kind: 'not-possible', message: needsToken(kind) } };
    const identity = input.renews?.identity ?? null;
    const sought = { kind, urls: address.urls, taken: input, identity };
    // Nobody should sign in for a server that is not there.
    const at = await findServer(deps.media.of(guildId), sought);
    if (at.kind === 'unknown') return at;
    return signIn.by === 'page'
      ? await startOnPage(signIn, input, at.value)
      : await startWithCode(signIn, input, at.value);
  }

  async function keyOf(guildId: GuildId, draftId: string, draft: ServerSignInDraft) {
    const { clientIdentifier } = draft;
    const signedIn = deps.secrets.open(draft.tokenCipher, { guildId, column: COLUMN, row: draftId });
    if (signedIn === undefined) return undefined;
    const key = await keyFor(guildId, draft, { token: signedIn, clientIdentifier });
    if (key.kind === 'unknown') return key;
    return { kind: 'known', value: { token: key.value, made: { clientIdentifier } } } as const;
  }

  /** What was made for nothing must not stay behind. */
  async function revoke(
    guildId: GuildId,
    draft: ServerSignInDraft,
    { token, made }: { readonly token: string; readonly made: MadeFor },
  ): Promise<void> {
    const address = { ...draft, token, ...made, identity: null };
    await deps.media.of(guildId)[draft.kind].at(address).revokeToken();
  }

  /** What Usher keeps of a sign-in. */
  async function keyFor(
    guildId: GuildId,
    draft: ServerSignInDraft,
    { token }: AccountToken,
  ): Promise<Known<string>> {
    const { signIn } = deps.media.of(guildId)[draft.kind];
    switch (signIn?.by) {
      case 'code': {
        // A session ends with a changed password; a key of our own stays until somebody revokes it (B1.1).
        const key = await signIn.makeKey(draft, token);
        await signIn.forget(draft, token);
        return key;
      }
      // A PIN's token is made for a client of its own: its owner sees it among the devices, and can revoke it (A2.2).
      case 'page':
      case undefined:
        return { kind: 'known', value: token };
    }
  }

  async function startOnPage(
    page: PageSignIn,
    input: ServerSignInInput,
    at: ServerLocation,
  ): Promise<Known<StartedServerSignIn>> {
    const pin = await page.start();
    if (pin.kind === 'unknown') return pin;
    const { link, expiresAt, clientIdentifier } = pin.value;
    const wait = { poll: () => page.poll(pin.value), latest: latestOf(expiresAt), ...waiting };
    const finished = awaitApproval(wait).then(async (end) => {
      if (end.kind === 'failed') return { kind: 'refused', why: end.why } as const;
      if (end.kind !== 'approved') return EXPIRED;
      const as = { token: end.token, clientIdentifier };
      const account = await page.account(as);
      const name =
        account.kind === 'known'
          ? account.value.name
          : `an account at ${MEDIA_KINDS[input.kind].signIn?.called}`;
      return await approved(input, at, as, name);
    });
    return { kind: 'known', value: { show: { kind: 'link', text: link }, expiresAt, finished } };
  }

  async function startWithCode(
    codes: CodeSignIn,
    input: ServerSignInInput,
    at: ServerLocation,
  ): Promise<Known<StartedServerSignIn>> {
    const started = await codes.start(at);
    if (started.kind === 'unknown') return started;
    const { secret, code, lifeMs } = started.value;
    const expiresAt = new Date(deps.clock.now().getTime() + lifeMs);
    const wait = { poll: () => codes.poll(at, secret), latest: latestOf(expiresAt), ...waiting };
    const finished = awaitApproval(wait).then(async (end) => {
      if (end.kind === 'failed') return { kind: 'refused', why: end.why } as const;
      return end.kind === 'approved'
        ? await approved(input, at, { token: end.token, clientIdentifier: null }, end.name)
        : EXPIRED;
    });
    return { kind: 'known', value: { show: { kind: 'code', text: code }, expiresAt, finished } };
  }

  function latestOf(expiresAt: Date): Date {
    return new Date(Math.min(expiresAt.getTime(), deps.clock.now().getTime() + MAX_MS));
  }

  async function approved(
    { guildId, actorId, kind, name, renews, publicUrl = '' }: ServerSignInInput,
    at: ServerLocation,
    as: AccountToken,
    account: string,
  ): Promise<ServerSignInEnd> {
    const { token, clientIdentifier } = as;
    const sought = renews ? { identity: renews.identity, tokenIsNew: true as const } : { identity: null };
    const probe = await deps.media
      .of(guildId)
      [kind].at({ kind, ...at, ...as, ...sought })
      .probe();
    if (probe.kind === 'unknown') {
      const made = { clientIdentifier };
      const typed = { guildId, actorId, kind, name, url: at.url, publicUrl, token, made };
      const offer = renews ? undefined : await offerAddresses(typed, probe.why);
      if (offer) return { kind: 'elsewhere', why: probe.why, offer };
      await forget(guildId, { kind, ...at }, as);
      return { kind: 'refused', why: probe.why };
    }
    const server = { ...probe.value, name: nameFor(name, probe.value) };
    // Checked before anything is kept, and before a key is made on the server.
    const clash = renews ? undefined : await clashIn(deps, deps.stores.of(guildId), { kind, ...server });
    if (clash) {
      await forget(guildId, { kind, ...at }, as);
      return clash;
    }
    const draftId = deps.codes.newId();
    const draft: ServerSignInDraft = {
      kind,
      name,
      publicUrl,
      ...at,
      tokenCipher: deps.secrets.seal(token, { guildId, column: COLUMN, row: draftId }),
      clientIdentifier,
      renews: renews?.id ?? null,
    };
    await deps.stores.transaction(guildId, (tx) =>
      keepDraft(deps, tx, { id: draftId, userId: actorId, content: draft }, CONFIRM_MS),
    );
    return { kind: 'approved', draftId, account, server };
  }

  async function forget(
    guildId: GuildId,
    { kind, ...at }: ServerLocation & { readonly kind: ServerKind },
    as: AccountToken,
  ): Promise<void> {
    const { signIn } = deps.media.of(guildId)[kind];
    if (signIn?.by === 'page') await signIn.forget(as);
    if (signIn?.by === 'code') await signIn.forget(at, as.token);
  }
}

/** Where a server is, as an admin would type and take it. */
const typedOf = ({ url, certificate, plainHttp = false }: ServerLocation) => ({
  url,
  plainHttp,
  ...(certificate !== null && { certificate }),
});

const EXPIRED = { kind: 'expired' } as const;

const needsToken = (kind: ServerKind): Sentence => say('trouble.noSignIn', { kind: MEDIA_KINDS[kind].name });

const isServerSignInDraft = shape(
  {
    kind: isServerKind,
    name: isText,
    url: isText,
    certificate: orNull(isText),
    tokenCipher: isText,
    clientIdentifier: orNull(isText),
    renews: orNull(isText),
  },
  { plainHttp: isFlag, publicUrl: isText },
);
