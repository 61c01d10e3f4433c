/** Each document of Plex that is read: valid ones, and by rules of their own what may come of them. */

import type { Reader } from '../../../src/adapters/http-client/reader.ts';
import * as schema from '../../../src/adapters/plex/schema.ts';
import { lostIn } from '../../../src/adapters/plex/settings.ts';
import * as shares from '../../../src/adapters/plex/share-schema.ts';
import { readAnswer } from '../../support/read-answer.ts';

export type Row = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): boolean => isText(value) && /^\S+$/.test(value);
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);
const isName = orNull(isText);
const isMoment = orNull((value) => isText(value) || typeof value === 'number');
const each = (value: unknown, is: (row: Row) => boolean): boolean =>
  Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && is(row));
const isSettings = orNull((value) => typeof value === 'object' && !Array.isArray(value));

const settingsIn = (kept: unknown) => shares.settingsIn(kept as shares.SettingsText | null);

const isShare = (row: Row): boolean =>
  isId(row.id) &&
  orNull(isFlag)(row.accepted) &&
  isMoment(row.deletedAt) &&
  isMoment(row.leftAt) &&
  isFlag(row.allLibraries) &&
  Array.isArray(row.keys) &&
  row.keys.every(isId) &&
  new Set(row.keys).size === row.keys.length &&
  isSettings(settingsIn(row.settings)) &&
  orNull(isId)(row.invitedId);
const isUnread = (row: Row): boolean =>
  orNull(isId)(row.id) && isFlag(row.saysServer) && Array.isArray(row.whose) && row.whose.every(isId);

const SHARE: Row = {
  ...{ id: 30_001_234, accepted: true, acceptedAt: '2026-03-01T10:00:00Z', deletedAt: null, leftAt: null },
  ...{
    allLibraries: false,
    numLibraries: 2,
    machineIdentifier: 'mid',
    serverId: 7,
    name: 'Tower',
    owned: true,
  },
  libraries: [
    { id: 118_181_361, key: 1, title: 'Films', type: 'movie' },
    { id: 118_181_362, key: 2, title: 'Müsik & “more”', type: 'artist' },
  ],
  ...{ ownerId: 1_111, invitedId: 5_551_234, invitedEmail: null },
  invited: {
    id: 5_551_234,
    username: 'ada',
    title: 'ada',
    email: 'ada@example.com',
    home: false,
    restricted: false,
  },
  sharingSettings: { allowSync: true, allowTuners: 2, filterMovies: 'label!=x', filterAll: '' },
};
/** Told at both places, and once more where it was nested. */
const NESTED = { filterMovies: '', extra: 1, more: { deep: [1] } };
const TWICE = {
  ...SHARE,
  sharingSettings: NESTED,
  invited: { ...(SHARE.invited as Row), sharingSettings: NESTED },
};
const { invited: _, ...NOBODY } = SHARE;
const ALL = { ...NOBODY, id: 2, allLibraries: true, libraries: [], invitedId: 6 };
const PENDING = {
  ...NOBODY,
  id: 3,
  accepted: false,
  acceptedAt: null,
  invitedId: null,
  invitedEmail: 'x@y.z',
};

export interface Kind {
  readonly name: string;
  /** Name of the root in XML; `MediaContainer` is in JSON, too. */
  readonly root: string;
  /** What repeats in it. */
  readonly child: string | null;
  readonly read: (text: string) => unknown;
  readonly seeds: readonly unknown[];
  /** Attributes with lists of children, as the media server itself writes; otherwise as plex.tv does. */
  readonly isContainer?: true;
  /** What it comes as; both, where nothing is said. */
  readonly form?: 'xml' | 'json';
  check(value: unknown): boolean;
  /** How many rows came out, for lists of which none may be lost. */
  readonly counted?: (value: unknown) => number;
}

const by = (reader: Reader<unknown>) => (text: string) => readAnswer(reader, text);

function readOwnShares(text: string): unknown {
  const entries = readAnswer(shares.readShares, text);
  return entries && shares.sharesOf(entries, 'mid');
}

function readCloudSections(text: string): unknown {
  const server = readAnswer(schema.readCloudServer, text);
  return server?.machineIdentifier === 'mid' ? server.sections : undefined;
}

function readTold(text: string): unknown {
  const found = readAnswer(shares.readTold, text)?.find(({ accountId }) => accountId === '5551234');
  return found && { share: settingsIn(found.share), person: settingsIn(found.person) };
}

const length = (value: unknown): number => (value as readonly unknown[]).length;
const container = (inner: Row) => ({ MediaContainer: inner });
const DIRECTORY = {
  key: '1',
  type: 'movie',
  title: 'Films',
  uuid: 'a-b-c',
  Location: [{ id: 1, path: '/films' }],
};

export const KINDS: readonly Kind[] = [
  {
    ...{
      name: 'identity',
      root: 'MediaContainer',
      child: null,
      read: by(schema.readIdentity),
      isContainer: true,
    },
    seeds: [container({ size: 0, claimed: true, machineIdentifier: 'mid', version: '1.43.0' })],
    // It goes into addresses.
    check: (value) => /^[\w-]+$/.test(String((value as Row).machineIdentifier)),
  },
  {
    ...{
      name: 'sections',
      root: 'MediaContainer',
      child: 'Directory',
      read: by(schema.readSections),
      isContainer: true,
    },
    seeds: [
      container({ size: 2, allowSync: false, Directory: [DIRECTORY, { ...DIRECTORY, key: '2' }] }),
      container({ size: 0 }),
    ],
    check: (value) => each(value, (row) => isId(row.key) && isText(row.title) && isText(row.type)),
    counted: length,
  },
  ...(['Metadata', 'Video', 'Track'] as const).map((what): Kind => {
    const playing = { User: { id: '5551' }, librarySectionID: '3', Session: { id: 'hers-4' }, Player: {} };
    return {
      ...{ name: `sessions: ${what}`, root: 'MediaContainer', child: null, read: by(schema.readSessions) },
      ...{ isContainer: true, form: what === 'Metadata' ? 'json' : 'xml' },
      seeds: [container({ size: 1, [what]: [playing] }), container({ size: 0 })],
      check: (value) =>
        each(value, (row) => isId(row.userId) && isId(row.sessionId) && orNull(isId)(row.section)),
    };
  }),
  ...(['Metadata', 'Video', 'Photo'] as const).map((what): Kind => {
    return {
      ...{ name: `streams: ${what}`, root: 'MediaContainer', child: null, read: by(schema.readStreams) },
      ...{ isContainer: true, form: what === 'Metadata' ? 'json' : 'xml' },
      seeds: [container({ size: 2, [what]: [{ Player: { state: 'paused' } }, {}] }), container({ size: 0 })],
      check: (value) => Number.isSafeInteger(value) && Number(value) >= 0,
    };
  }),
  {
    ...{ name: 'shares', root: 'sharedServers', child: 'sharedServer', read: readOwnShares },
    seeds: [[SHARE, ALL, PENDING], [], [{ ...SHARE, machineIdentifier: 'other' }, ALL]],
    check: (value) => each((value as Row).shares, isShare) && each((value as Row).unread, isUnread),
  },
  {
    ...{ name: 'share', root: 'sharedServer', child: null, read: by(shares.readShare) },
    seeds: [SHARE, ALL, PENDING, TWICE],
    check: (value) => isShare(value as Row),
  },
  {
    ...{
      name: 'shares v1',
      root: 'MediaContainer',
      child: 'SharedServer',
      read: by(shares.readSharesV1),
      isContainer: true,
    },
    seeds: [
      container({
        size: 2,
        SharedServer: [
          { id: 1, userID: 5, acceptedAt: 1_772_355_600, Section: [{ id: 1, shared: 0 }] },
          { id: 2, userID: null, acceptedAt: null },
        ],
      }),
      container({ size: 0 }),
    ],
    check: (value) =>
      each(
        (value as Row).shares,
        (row) => isId(row.id) && orNull(isId)(row.userID) && isMoment(row.acceptedAt),
      ) && each((value as Row).unread, isUnread),
    counted: (value) => length((value as Row).shares) + length((value as Row).unread),
  },
  {
    ...{ name: 'user', root: 'user', child: null, read: by(schema.readUser) },
    seeds: [
      {
        id: 5,
        username: 'ada',
        title: 'ada',
        email: 'ada@example.com',
        home: false,
        restricted: false,
        uuid: 'x',
      },
    ],
    check: (value) =>
      isId((value as Row).id) && isName((value as Row).username) && isFlag((value as Row).restricted),
  },
  {
    ...{ name: 'home', root: 'MediaContainer', child: 'User', read: by(schema.readHomeUsers), form: 'xml' },
    seeds: [
      [
        { id: 1, title: 'owner', restricted: false },
        { id: 2, title: 'kid', restricted: true },
      ],
    ],
    check: (value) =>
      value instanceof Map && [...value].every(([id, why]) => isId(id) && ['home', 'managed'].includes(why)),
  },
  {
    ...{ name: 'resources', root: 'resources', child: 'resource', read: by(schema.readResources) },
    seeds: [
      [
        {
          ...{ name: 'Tower', provides: 'server', clientIdentifier: 'mid', owned: true, accessToken: 'tok' },
          connections: [{ uri: 'http://192.168.1.2:32400', local: true, relay: false, port: 32_400 }],
        },
        { name: 'TV', provides: 'player', clientIdentifier: 'tv', owned: true, connections: [] },
      ],
      [],
    ],
    check: (value) => each(value, (row) => isText(row.clientIdentifier) && isFlag(row.owned)),
    counted: length,
  },
  {
    ...{ name: 'server tokens', root: 'resources', child: 'resource', read: by(schema.readServerTokens) },
    seeds: [
      [
        { clientIdentifier: 'mid', accessToken: 'tok' },
        { clientIdentifier: 'tv', accessToken: null },
      ],
    ],
    check: (value) => each(value, (row) => isText(row.clientIdentifier) && isName(row.accessToken)),
    counted: length,
  },
  {
    ...{ name: 'pin', root: 'pin', child: null, read: by(schema.readPin) },
    seeds: [{ id: 7, code: 'abc', expiresAt: '2026-10-01T17:18:05Z', authToken: null, trusted: false }],
    check: (value) => {
      const { id, code, expiresAt, authToken } = value as Row;
      return (
        isId(id) &&
        isText(code) &&
        code !== '' &&
        isName(authToken) &&
        !Number.isNaN((expiresAt as Date).getTime())
      );
    },
  },
  {
    ...{ name: 'cloud sections', root: 'server', child: null, read: readCloudSections },
    seeds: [
      {
        machineIdentifier: 'mid',
        librarySections: [{ id: 9, key: 1, title: 'A', type: 'movie', uuid: 'u' }],
      },
    ],
    check: (value) =>
      each(value, (row) => isId(row.id) && isId(row.key) && isText(row.title) && isText(row.type)),
  },
  {
    ...{ name: 'invites', root: 'invites', child: 'invite', read: by(shares.readReceivedInvites) },
    seeds: [[{ id: 1, sharedServers: [{ id: 30, machineIdentifier: 'mid', name: 'Tower' }] }], []],
    check: (value) => each(value, (row) => isId(row.id) && isText(row.machineIdentifier)),
  },
  {
    ...{ name: 'settings', root: 'sharingSettings', child: null, read: by(shares.readSettings) },
    seeds: [SHARE.sharingSettings],
    // They go back as they were read, and what became of them is looked for.
    check: (value) => lostIn(value as Row, structuredClone(value as Row)).length === 0,
  },
  {
    ...{
      name: 'told',
      root: 'sharedServers',
      child: 'sharedServer',
      read: readTold,
    },
    seeds: [[SHARE]],
    check: (value) => isSettings((value as Row).share) && isSettings((value as Row).person),
  },
];
