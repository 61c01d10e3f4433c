/**
 * Adding a server without a secret in Discord: its owner signs in elsewhere (Plex PIN, Jellyfin Quick Connect), and confirms which server
 * is added by whose account. Nothing is kept before that; a restart forgets it, and the command is run again.
 */
import type { ServerKind } from '../../domain/model.ts';
import { takeDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { Known, ServerIdentity, ServerLocation, Trouble } from '../ports/media-server.ts';
import {
  type AddServerInput,
  type AddServerRefusal,
  type AddServerResult,
  clashAmong,
  nameFor,
} from './add.ts';

/** Pause between polls (media-servers.md A5.1: 2 to 5 s). */
const POLL_MS = 2_000;
/** The answer to a command can be changed for fifteen minutes. */
const MAX_MS = 14 * 60 * 1000;
/** How long the question may stay open. */
const CONFIRM_MS = 10 * 60 * 1000;
const COLUMN = 'Draft.token';

export interface ServerSignInInput {
  readonly guildId: string;
  readonly actorId: string;
  readonly kind: ServerKind;
  /** The server's own name when empty. */
  readonly name: string;
  readonly url: string;
  /** Fingerprint of a certificate that the admin takes although no authority vouches for it. */
  readonly certificate?: string;
}

export interface StartedServerSignIn {
  /** Where to sign in: a page of Plex, or a code for Jellyfin. */
  readonly show: { readonly kind: 'link' | 'code'; readonly text: string };
  readonly expiresAt: Date;
  readonly finished: Promise<ServerSignInEnd>;
}

export type ServerSignInEnd =
  | {
      readonly kind: 'approved';
      /** What `confirm` and `cancel` need. */
      readonly draftId: string;
      readonly account: string;
      readonly server: ServerIdentity;
    }
  | { readonly kind: 'expired' }
  | AddServerRefusal;

interface Kept extends ServerLocation {
  readonly kind: ServerKind;
  readonly name: string;
  readonly tokenCipher: string;
}

type AddServer = (input: AddServerInput) => Promise<AddServerResult>;

export function makeSignInServer(deps: Deps, addServer: AddServer, stopping: AbortSignal) {
  return {
    async start(input: ServerSignInInput): Promise<Known<StartedServerSignIn>> {
      const address = deps.media.normaliseUrl(input.url);
      if (address.kind === 'unusable')
        return { kind: 'unknown', why: { kind: 'not-possible', message: address.message } };
      const at = { url: address.url, certificate: input.certificate ?? null };
      return input.kind === 'plex' ? await startPlex(input, at) : await startJellyfin(input, at);
    },

    /** Adds the server that was signed in to; `gone` when the question is no longer open. */
    async confirm(
      guildId: string,
      actorId: string,
      draftId: string,
    ): Promise<AddServerResult | { readonly kind: 'gone' }> {
      const kept = await takeDraft(deps, guildId, actorId, draftId, isKept);
      if (!kept) return { kind: 'gone' };
      const { kind, name, url, certificate } = kept;
      const changes = { guildId, actorId, kind, name, url, ...(certificate !== null && { certificate }) };
      const token = deps.secrets.open(kept.tokenCipher, { guildId, column: COLUMN });
      // A PIN's token is made for our client identifier alone: it is in the owner's list of devices, and can be revoked there (A2.2).
      if (kind === 'plex') return await addServer({ ...changes, token });
      // A session ends with a changed password; a key of our own stays until somebody revokes it (B1.1).
      const key = await deps.quickConnect.makeKey(kept, token);
      await deps.quickConnect.forget(kept, token);
      if (key.kind === 'unknown') return { kind: 'refused', why: key.why };
      return await addServer({ ...changes, token: key.value });
    },

    async cancel(guildId: string, actorId: string, draftId: string): Promise<void> {
      const kept = await takeDraft(deps, guildId, actorId, draftId, isKept);
      if (kept)
        await forget(kept.kind, kept, deps.secrets.open(kept.tokenCipher, { guildId, column: COLUMN }));
    },
  };

  async function startPlex(
    input: ServerSignInInput,
    at: ServerLocation,
  ): Promise<Known<StartedServerSignIn>> {
    const pin = await deps.plexSignIn.start();
    if (pin.kind === 'unknown') return pin;
    const { expiresAt } = pin.value;
    const finished = follow(input, at, expiresAt, async () => {
      const answer = await deps.plexSignIn.poll(pin.value.pin);
      if (answer.kind !== 'approved') return answer;
      const account = await deps.plexSignIn.account(answer.token);
      return { ...answer, account: account.kind === 'known' ? account.value.name : 'an account at plex.tv' };
    });
    return { kind: 'known', value: { show: { kind: 'link', text: pin.value.link }, expiresAt, finished } };
  }

  async function startJellyfin(
    input: ServerSignInInput,
    at: ServerLocation,
  ): Promise<Known<StartedServerSignIn>> {
    const asked = await deps.quickConnect.start(at);
    if (asked.kind === 'unknown') return asked;
    const expiresAt = new Date(deps.clock.now().getTime() + asked.value.lifeMs);
    const finished = follow(input, at, expiresAt, async () => {
      const answer = await deps.quickConnect.poll(at, asked.value.secret);
      return answer.kind === 'approved' ? { ...answer, account: answer.name } : answer;
    });
    return { kind: 'known', value: { show: { kind: 'code', text: asked.value.code }, expiresAt, finished } };
  }

  /** Polls until the sign-in is approved, and looks what it opens. */
  async function follow(
    input: ServerSignInInput,
    at: ServerLocation,
    expiresAt: Date,
    poll: () => Promise<
      | { readonly kind: 'waiting' | 'expired' }
      | { readonly kind: 'unknown'; readonly why: Trouble }
      | { readonly kind: 'approved'; readonly token: string; readonly account: string }
    >,
  ): Promise<ServerSignInEnd> {
    const latest = Math.min(expiresAt.getTime(), deps.clock.now().getTime() + MAX_MS);
    while (!stopping.aborted && deps.clock.now().getTime() < latest) {
      const answer = await poll();
      if (answer.kind === 'expired') return { kind: 'expired' };
      if (answer.kind === 'approved') return await approved(input, at, answer.token, answer.account);
      // A poll that failed is asked again: the code is still good.
      await deps.clock.sleep(POLL_MS, stopping);
    }
    return { kind: 'expired' };
  }

  async function approved(
    { guildId, actorId, kind, name }: ServerSignInInput,
    at: ServerLocation,
    token: string,
    account: string,
  ): Promise<ServerSignInEnd> {
    const probe = await deps.media.at({ kind, ...at, token, identity: null }).probe();
    if (probe.kind === 'unknown') {
      await forget(kind, at, token);
      return { kind: 'refused', why: probe.why };
    }
    const server = { ...probe.value, name: nameFor(name, probe.value) };
    // Said before a key is made on the server.
    const clash = clashAmong(await deps.stores.of(guildId).servers.list(), { kind, ...server });
    if (clash) {
      await forget(kind, at, token);
      return clash;
    }
    const kept: Kept = {
      kind,
      name,
      ...at,
      tokenCipher: deps.secrets.seal(token, { guildId, column: COLUMN }),
    };
    const draftId = deps.codes.newId();
    const expiresAt = new Date(deps.clock.now().getTime() + CONFIRM_MS);
    await deps.stores.transaction(guildId, (tx) =>
      tx.drafts.put({ id: draftId, userId: actorId, content: kept, expiresAt }),
    );
    return { kind: 'approved', draftId, account, server };
  }

  async function forget(kind: ServerKind, at: ServerLocation, token: string): Promise<void> {
    if (kind === 'plex') await deps.plexSignIn.forget(token);
    else await deps.quickConnect.forget(at, token);
  }
}

/** Drafts of this kind are written here only. */
function isKept(value: unknown): value is Kept {
  return typeof value === 'object' && value !== null && 'tokenCipher' in value && 'url' in value;
}
