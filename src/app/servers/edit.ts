/**
 * Servers that are here already: all that is known of one, checking whether it answers, and changing how it is
 * reached.
 */

import { inParallel } from '../../concurrency/in-parallel.ts';
import { type AccessCounts, NOBODY } from '../../domain/access-counts.ts';
import { type Availability, availabilityOf, dayOf, STRIP_DAYS } from '../../domain/availability.ts';
import { type ComparedLibrary, compareLibraries } from '../../domain/compare.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Library, NonEmpty, Server } from '../../domain/model.ts';
import { shownSync } from '../../domain/schedule.ts';
import { readTypedAddress, readTypedToken, type TypedAddress } from '../../domain/typed-address.ts';
import { type Sentence, say } from '../../words/say.ts';
import { note, noteFailure, noteReading, type OpenServer } from '../observe/server-health.ts';
import { type Deps, openServer, openToken } from '../ports/deps.ts';
import type { ServerIdentity, ServerLocation, Trouble } from '../ports/media-server.ts';
import { shutServer, TOKEN_SHUT } from '../ports/shut-server.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { MadeFor } from './add.ts';
import { changedFields, changesOf, type ServerField } from './changed-fields.ts';
import { findServer, type TakenRisks } from './find.ts';
import { lookAtSignInPlugins } from './sign-in-plugins.ts';
import { endToken, type TokenEnd } from './token.ts';

const MAX_NAME = 60;
const TOKEN_AGAIN = say('trouble.tokenElsewhere');
/** Many, so that servers that hang until their time is up do not hold up the others. */
const CHECKS_AT_ONCE = 32;
const DAY_MS = 86_400_000;

export interface ServerDetails {
  readonly server: Server;
  /** Libraries it has now. */
  readonly libraries: number;
  /** Accounts that see something; pending ones count, disabled ones do not. */
  readonly accounts: AccessCounts;
  /** The library that stays when all else ends, if one was chosen. */
  readonly defaultLibrary: Library | undefined;
  /** The account that new ones copy; undefined when there is none, or it is not known any more. */
  readonly template: NamedAccount | undefined;
  /** Accounts that another service lets in (LDAP, SSO). */
  readonly signInElsewhere: number;
  readonly nextSyncAt: Date;
  /** How often it answered, day by day in the guild's zone. */
  readonly availability: readonly Availability[];
}

export interface CheckReport {
  readonly server: Server;
  readonly outcome:
    | {
        readonly kind: 'answers';
        readonly version: string;
        readonly updatedFrom: string | null;
        /** As on the server's row, after this look. */
        readonly signInPlugins: string | null;
      }
    /** The machine answers, but who has access cannot be read or changed. */
    | { readonly kind: 'not-sharing'; readonly why: Trouble }
    | { readonly kind: 'trouble'; readonly why: Trouble };
}

export interface EditServerInput extends TakenRisks {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly serverId: string;
  /** Empty keeps it. */
  readonly name: string;
  readonly url: string;
  /** Empty is none. */
  readonly localUrl: string;
  /** Empty is none. */
  readonly publicUrl: string;
  /** Empty keeps it. */
  readonly token: string;
  /** Of a token that a sign-in made for Usher: the client it is for. Absent where the token was typed. */
  readonly made?: MadeFor;
}

export type EditServerResult =
  | {
      readonly kind: 'edited';
      readonly server: Server;
      readonly fields: readonly ServerField[];
      /** What became of the token before; absent when it is still in use. */
      readonly oldToken?: TokenEnd;
    }
  | { readonly kind: 'unchanged'; readonly server: Server }
  | { readonly kind: 'refused'; readonly server: Server; readonly why: Trouble }
  | { readonly kind: 'name-taken'; readonly server: Server; readonly name: string }
  | { readonly kind: 'gone' };

/** What an edit would set. */
interface ServerChanges extends Required<ServerLocation> {
  readonly name: string;
  readonly localUrl: string | null;
  readonly publicUrl: string | null;
}

export function makeManageServer(deps: Deps) {
  return {
    /** From the database only. Undefined when it is no longer here. */
    async details(guildId: GuildId, serverId: string): Promise<ServerDetails | undefined> {
      const stores = deps.stores.of(guildId);
      const now = deps.clock.now();
      const [server, libraries, counts, names, settings, days] = await Promise.all([
        stores.servers.find(serverId),
        stores.libraries.list(serverId),
        stores.accounts.countAccess(),
        stores.accounts.listNames(serverId),
        stores.settings.get(),
        stores.servers.listDays(dayOf(new Date(now.getTime() - (STRIP_DAYS + 1) * DAY_MS)), serverId),
      ]);
      if (!server) return undefined;
      return {
        server,
        libraries: libraries.filter((library) => library.goneAt === null).length,
        accounts: counts.get(serverId) ?? NOBODY,
        defaultLibrary: libraries.find((library) => library.id === server.defaultLibraryId),
        template: names.find(({ externalId }) => externalId === server.templateAccountId),
        signInElsewhere: names.filter(({ signsInElsewhere }) => signsInElsewhere).length,
        nextSyncAt: shownSync(settings, now),
        availability: availabilityOf(days, { zone: settings.zone, now, count: STRIP_DAYS }),
      };
    },

    /** Asks these servers, or all of the guild, whether they answer and still take the token. Reads only. */
    async check(guildId: GuildId, serverIds?: readonly string[]): Promise<readonly CheckReport[]> {
      const servers = await deps.stores.of(guildId).servers.list();
      const chosen = servers.filter((server) => !serverIds || serverIds.includes(server.id));
      return await inParallel(chosen, CHECKS_AT_ONCE, async (server) => ({
        server,
        outcome: await checkOne(deps, guildId, server),
      }));
    },

    /** What the servers have in common and what not, as of their last sync. */
    async compareLibraries(guildId: GuildId): Promise<readonly ComparedLibrary[]> {
      const stores = deps.stores.of(guildId);
      return compareLibraries(await stores.servers.list(), await stores.libraries.list());
    },

    /** Changes how a server is called and reached; nothing is saved that does not work or is another server. */
    async edit(input: EditServerInput): Promise<EditServerResult> {
      const { guildId, serverId } = input;
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      if (!server) return { kind: 'gone' };
      const notPossible = (message: Sentence): EditServerResult => ({
        kind: 'refused',
        server,
        why: { kind: 'not-possible', message },
      });
      const read = readInput(server, input);
      if (read.kind === 'unusable') return notPossible(read.message);
      const { fields, urls, moved } = read;
      const newToken = read.token ?? undefined;
      // The stored token is never presented to an address it was not given for.
      if (newToken === undefined && moved) return notPossible(TOKEN_AGAIN);
      const { kind, identity } = server;
      // What was taken for one address counts for no other.
      const taken = { ...(moved ? {} : risksOf(server)), ...risksOf(input) };
      const found = await findServer(deps.media.of(guildId), { kind, urls, taken, identity });
      if (found.kind === 'unknown') return { kind: 'refused', server, why: found.why };
      const changes = { ...fields, ...found.value };
      const stored = await openToken(deps, stores, serverId);
      if (stored === undefined && newToken === undefined)
        return {
          kind: 'refused',
          server,
          why: { ...TOKEN_SHUT, message: say('trouble.typeAgain', { message: TOKEN_SHUT.message }) },
        };
      // Typing the one that is stored is no change: it is still what it was made for.
      const typed = read.token === stored ? undefined : newToken;
      const { clientIdentifier } = server;
      const before = { kind, ...found.value, token: stored ?? '', clientIdentifier, identity };
      const at =
        typed === undefined
          ? before
          : { ...before, token: typed, ...clientOf(input), tokenIsNew: true as const };
      const probe = await deps.media.of(guildId)[kind].at(at).probe();
      if (probe.kind === 'unknown') return { kind: 'refused', server, why: probe.why };
      if (probe.value.identity !== identity)
        return {
          kind: 'refused',
          server,
          why: { kind: 'other-server', message: say('trouble.otherHere') },
        };
      const saved = await save(deps, { ...input, token: typed ?? '' }, changes, probe.value);
      if (saved.kind !== 'edited' || typed === undefined) return saved;
      const open = async () => {
        const media = deps.media.of(guildId)[kind].at(before);
        return stored === undefined ? shutServer(media) : media;
      };
      return { ...saved, oldToken: await endToken(deps, guildId, server, open) };
    },
  };
}

async function checkOne(deps: Deps, guildId: GuildId, server: Server): Promise<CheckReport['outcome']> {
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const probe = await media.probe();
  if (probe.kind === 'unknown') return await troubleFound(deps, guildId, { server, media }, probe.why);
  // A token that is accepted and a list that cannot be read are not the same.
  const access = await media.readAccess({ of: [] });
  if (access.kind === 'unknown') return await troubleFound(deps, guildId, { server, media }, access.why);
  await note(deps, guildId, server, { machine: 'works', sharing: 'works' });
  const { version } = probe.value;
  await deps.stores.transaction(guildId, async (tx) => {
    if (await tx.servers.find(server.id))
      await tx.servers.update(server.id, { version, checkedAt: deps.clock.now() });
  });
  const signInPlugins = await lookAtSignInPlugins(deps, guildId, { server, media });
  const updatedFrom = server.version === version ? null : server.version;
  return { kind: 'answers', version, updatedFrom, signInPlugins };
}

/** Another server at the address is as bad as none: what we know of ours stays as it is. */
async function troubleFound(
  deps: Deps,
  guildId: GuildId,
  at: OpenServer,
  why: Trouble,
): Promise<CheckReport['outcome']> {
  const { machine, sharing } = await noteFailure(deps, guildId, at, why);
  if (machine !== undefined && machine !== 'works') return { kind: 'trouble', why: machine };
  return { kind: 'not-sharing', why: sharing === undefined || sharing === 'works' ? why : sharing };
}

/** What was typed into the form. */
type ReadInput =
  | {
      readonly kind: 'read';
      readonly fields: Pick<ServerChanges, 'name' | 'localUrl' | 'publicUrl'>;
      /** Where the server may be. */
      readonly urls: NonEmpty<string>;
      /** That is not where it was. */
      readonly moved: boolean;
      /** Null when the stored one stays. */
      readonly token: string | null;
    }
  | { readonly kind: 'unusable'; readonly message: Sentence };

function readInput(server: Server, input: EditServerInput): ReadInput {
  const address = readAddress(input.url, server.url, server);
  if (address.kind === 'unusable') return address;
  const typed = readTypedToken(input.token);
  if (typed.kind === 'unusable') return typed;
  const local = readShown('local', input.localUrl, server.localUrl, server);
  if (local.kind === 'unusable') return local;
  const visible = readShown('public', input.publicUrl, server.publicUrl, server);
  if (visible.kind === 'unusable') return visible;
  // Without a scheme the stored one is meant, where the rest agrees.
  const [first, ...others] = address.urls.filter((url) => isSameOrigin(url, server.url));
  return {
    kind: 'read',
    fields: {
      name: (input.name.trim() || server.name).slice(0, MAX_NAME),
      localUrl: local.url,
      publicUrl: visible.url,
    },
    urls: first === undefined ? address.urls : [first, ...others],
    moved: first === undefined,
    token: typed.kind === 'token' ? typed.token : address.token,
  };
}

/** The form is filled in with what is stored; left as it is, it means just that. */
function readAddress(typed: string, stored: string | null, { kind }: Server): TypedAddress {
  return stored !== null && typed.trim() === stored
    ? { kind: 'address', urls: [stored], token: null }
    : readTypedAddress(typed, kind);
}

/** An address that is only shown: nobody is asked whether it is right. */
function readShown(field: 'local' | 'public', typed: string, stored: string | null, server: Server) {
  if (typed.trim() === '') return { kind: 'url', url: null } as const;
  const address = readAddress(typed, stored, server);
  if (address.kind === 'unusable')
    return {
      kind: 'unusable',
      message: say(`trouble.typed.${field}`, { message: address.message }),
    } as const;
  return { kind: 'url', url: address.urls[0] } as const;
}

const clientOf = ({ made }: { readonly made?: MadeFor | undefined }): MadeFor =>
  made ?? { clientIdentifier: null };

async function save(
  deps: Deps,
  { guildId, serverId, actorId, token, made }: EditServerInput,
  changes: ServerChanges,
  probed: ServerIdentity,
): Promise<EditServerResult> {
  const result = await deps.stores.transaction(guildId, async (tx): Promise<EditServerResult> => {
    const now = deps.clock.now();
    const servers = await tx.servers.list();
    const before = servers.find((server) => server.id === serverId);
    if (!before) return { kind: 'gone' };
    const twin = servers.find(({ id, name }) => id !== serverId && sameName(name, changes.name));
    if (twin) return { kind: 'name-taken', server: before, name: twin.name };
    const fields = changedFields(before, changes, token);
    await tx.servers.update(serverId, {
      ...changes,
      version: probed.version,
      ownerAccountId: probed.ownerAccountId,
      checkedAt: now,
      ...(token !== '' && {
        tokenCipher: deps.secrets.seal(token, { guildId, column: 'Server.token', row: serverId }),
        tokenLast4: token.slice(-4),
        ...clientOf({ made }),
        tokenMade: made !== undefined,
      }),
    });
    if (fields.length === 0) return { kind: 'unchanged', server: before };
    await tx.audit.append({
      action: 'server.edited',
      actorId,
      facts: { server: changes.name, detail: changesOf(before, fields) },
      at: now,
    });
    return { kind: 'edited', server: { ...before, ...changes }, fields };
  });
  if (result.kind === 'edited' || result.kind === 'unchanged') await lookAgain(deps, guildId, result.server);
  return result;
}

/** Those that were taken, and none that were not. */
const risksOf = ({
  certificate,
  plainHttp,
}: Partial<Pick<Server, 'certificate' | 'plainHttp'>>): TakenRisks => ({
  ...(certificate && { certificate }),
  ...(plainHttp && { plainHttp }),
});

const isSameOrigin = (one: string, other: string): boolean => new URL(one).origin === new URL(other).origin;

const sameName = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** The machine was asked before anything was saved. Whether sharing is back with the new token only a reading shows. */
async function lookAgain(deps: Deps, guildId: GuildId, server: Server): Promise<void> {
  await note(deps, guildId, server, { machine: 'works' });
  if (server.sharingFailedChecks === 0) return;
  const media = await openServer(deps, deps.stores.of(guildId), server);
  const access = await media.readAccess({ of: [] });
  if (access.kind === 'known') await noteReading(deps, guildId, server);
  else await noteFailure(deps, guildId, { server, media }, access.why);
}
