import { z } from 'zod';
import type { Protection } from '../../domain/protection.ts';
import { few, LIBRARIES, MOST_BYTES } from '../http-client/limits.ts';
import type { Document, Reader } from '../http-client/reader.ts';
import { readMarkup } from './document.ts';
import {
  accepted,
  childrenOf,
  count,
  elementsIn,
  flag,
  id,
  inside,
  isCounted,
  isList,
  isRecord,
  listOf,
  orNull,
  set,
  text,
  words,
} from './fields.ts';

/**
 * What we accept from Plex, and the only fields we keep: replies are full of secrets (media-servers.md 0.3.12). A
 * reader accepts nothing else, such as an error document with status 200 (edge case 20). Shares are in share-schema.ts.
 */
const file = import.meta.url;

/** Reads one thing, which is inside of this root. */
const one = <T>(name: string, read: (document: Document) => T | undefined): Reader<T> => ({
  at: { file, name },
  mostBytes: MOST_BYTES.one,
  markup: readMarkup,
  accept: read,
});

/** Around a list of a media server. */
const container = (child: string) =>
  z.looseObject({ size: count, totalSize: count }).refine(({ [child]: list = [] }) => Array.isArray(list));

// -------------------------------------------------------------------------------- Plex Media Server

/**
 * `claimed` is false on a server that belongs to no account (any more): nothing can be shared from it. What names the
 * server goes into addresses of plex.tv, which are asked with the owner's token: it is one word (A4.1).
 */
const identity = z.object({
  machineIdentifier: z.string().regex(/^[\w-]{1,100}$/),
  version: words,
  claimed: orNull(flag).catch(null),
});

export const readIdentity = one('readIdentity', (document) =>
  accepted(identity.safeParse(inside(document, 'MediaContainer'))),
);

/** What a section is for life. Absent where nobody tells it (A4.2). */
const uuid = z.string().min(1).max(200).nullish().catch(null);
const section = z.object({ key: id, title: words, type: words, uuid });
export type Section = z.infer<typeof section>;

export const readSections: Reader<readonly Section[], Section> = {
  at: { file, name: 'readSections' },
  mostBytes: MOST_BYTES.libraries,
  markup: readMarkup,
  list: {
    path: ['MediaContainer', 'Directory'],
    inMarkup: (value) => elementsIn(value, 'Directory'),
    limit: LIBRARIES,
    row: (entry) => accepted(section.safeParse(entry)),
  },
  accept(document, _headers, rows) {
    const around = accepted(container('Directory').safeParse(inside(document, 'MediaContainer')));
    return around && isCounted([around.size, around.totalSize], rows) ? rows : undefined;
  },
};

/** Proves that the token is the owner's: members get 403 (A4.1). */
export const readAccounts: Reader<true> = {
  at: { file, name: 'readAccounts' },
  mostBytes: MOST_BYTES.libraries,
  markup: readMarkup,
  list: {
    path: ['MediaContainer', 'Account'],
    limit: { most: Number.POSITIVE_INFINITY, of: 'accounts' },
    row: () => null,
  },
  accept: (document) => (isRecord(inside(document, 'MediaContainer')) ? true : undefined),
};

const first = (value: unknown) => (Array.isArray(value) ? value[0] : value);
const session = z
  .object({
    User: z.preprocess(first, z.object({ id })),
    Session: z.preprocess(first, z.object({ id })),
    /** The key of the library. What plays from elsewhere, such as the cloud, has none. */
    librarySectionID: id.nullish().catch(null),
  })
  .transform(({ User, Session, librarySectionID }) => ({
    ...{ userId: User.id, sessionId: Session.id },
    section: librarySectionID ?? null,
  }));
type Session = z.infer<typeof session>;

/** Sessions that say whose they are. Others are left out, because ending sessions is best effort. */
export const readSessions: Reader<readonly Session[], Session> = {
  at: { file, name: 'readSessions' },
  mostBytes: MOST_BYTES.sessions,
  markup: readMarkup,
  list: {
    path: ['MediaContainer', 'Metadata'],
    inMarkup: (value) => elementsIn(value, 'Video', 'Track', 'Photo'),
    limit: few('sessions'),
    row: (entry) => accepted(session.safeParse(entry)) ?? null,
  },
  accept: (document, _headers, rows) =>
    accepted(container('Metadata').safeParse(inside(document, 'MediaContainer'))) && rows,
};

/** How many are playing, whatever each of them says of itself: of a list that is not whole nothing is known. */
export const readStreams: Reader<number, true> = {
  ...{ at: { file, name: 'readStreams' }, mostBytes: MOST_BYTES.sessions, markup: readMarkup },
  list: {
    path: ['MediaContainer', 'Metadata'],
    inMarkup: (value) => elementsIn(value, 'Video', 'Track', 'Photo'),
    limit: few('sessions'),
    row: (entry) => isRecord(entry) || undefined,
  },
  accept(document, _headers, rows) {
    const around = accepted(container('Metadata').safeParse(inside(document, 'MediaContainer')));
    return around && isCounted([around.size, around.totalSize], rows) ? rows.length : undefined;
  },
};

// ------------------------------------------------------------------------------------ plex.tv: account

const user = z.object({
  id,
  username: text,
  title: text,
  email: text,
  home: orNull(flag).catch(null),
  restricted: set,
});

export const readUser = one('readUser', (document) => accepted(user.safeParse(inside(document, 'user'))));

const homeUser = z.object({ id, restricted: set });

/** Everybody in the Home of the token's owner, himself included; or nothing at all, when one is not understood. */
export const readHomeUsers: Reader<ReadonlyMap<string, Protection>, z.infer<typeof homeUser>> = {
  at: { file, name: 'readHomeUsers' },
  mostBytes: MOST_BYTES.one,
  markup: readMarkup,
  list: {
    path: ['MediaContainer', 'User'],
    inMarkup: (value) => elementsIn(value, 'User'),
    limit: few('people'),
    row: (entry) => accepted(homeUser.safeParse(entry)),
  },
  accept(document, _headers, rows) {
    const around = accepted(container('User').safeParse(inside(document, 'MediaContainer')));
    if (!around || !isCounted([around.size], rows)) return undefined;
    return new Map(rows.map((each) => [each.id, each.restricted ? 'managed' : 'home']));
  },
};

const connection = z.object({ uri: words, local: flag.catch(false), relay: flag.catch(false) });
/** Opens one server for whoever asked plex.tv for it, and nothing else (A2.2). A secret. */
const serverToken = z.string().max(1_000).brand<'ServerToken'>();
export type ServerToken = z.infer<typeof serverToken>;

const resource = z.object({
  name: words,
  provides: words,
  clientIdentifier: words,
  owned: flag,
  accessToken: orNull(serverToken).catch(null),
  /** Only offered, so that what is not understood may be left out. */
  connections: listOf('connection', connection).catch([]),
});
export type Resource = z.infer<typeof resource>;

const resources = <Row>(row: (entry: unknown) => Row | undefined) => ({
  mostBytes: MOST_BYTES.libraries,
  markup: readMarkup,
  list: {
    path: [],
    inMarkup: (value: unknown) => elementsIn(value, 'resource'),
    limit: few('devices'),
    row,
  },
});

export const readResources: Reader<readonly Resource[], Resource> = {
  at: { file, name: 'readResources' },
  ...resources((entry) => accepted(resource.safeParse(entry))),
  accept: (document, _headers, rows) => (isList(document, 'resources', 'resource') ? rows : undefined),
};

const opened = resource.pick({ clientIdentifier: true, accessToken: true });
type Opened = z.infer<typeof opened>;

/** The same, of which only what opens each is of interest. */
export const readServerTokens: Reader<readonly Opened[], Opened> = {
  at: { file, name: 'readServerTokens' },
  ...resources((entry) => accepted(opened.safeParse(entry))),
  accept: (document, _headers, rows) => (isList(document, 'resources', 'resource') ? rows : undefined),
};

const pin = z.object({
  id,
  code: z.string().min(1),
  expiresAt: z.iso.datetime({ offset: true }).transform((at) => new Date(at)),
  authToken: orNull(z.string()),
});

export const readPin = one('readPin', (document) => accepted(pin.safeParse(inside(document, 'pin'))));

const cloudSection = z.object({ id, key: id, title: words, type: words, uuid });
export type CloudSection = z.infer<typeof cloudSection>;
const cloudServer = z.object({ machineIdentifier: z.string(), librarySections: z.unknown() });

/** The libraries of a server as plex.tv lists them, with both ids (A5.2). */
export const readCloudServer: Reader<
  { readonly machineIdentifier: string; readonly sections: readonly CloudSection[] },
  CloudSection
> = {
  at: { file, name: 'readCloudServer' },
  mostBytes: MOST_BYTES.libraries,
  markup: readMarkup,
  list: {
    path: ['librarySections'],
    inMarkup: (value) => (isRecord(value) ? elementsIn(first(value.librarySections), 'librarySection') : []),
    limit: LIBRARIES,
    row: (entry) => accepted(cloudSection.safeParse(entry)),
  },
  accept(document, _headers, rows) {
    const server = accepted(cloudServer.safeParse(inside(document, 'server')));
    if (!server) return undefined;
    const { machineIdentifier, librarySections: listed } = server;
    const isList = Array.isArray(isRecord(listed) ? childrenOf(listed, 'librarySection') : listed);
    return isList ? { machineIdentifier, sections: rows } : undefined;
  },
};
