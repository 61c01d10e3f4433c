/** Documents of Jellyfin: whatever a media server sends is accepted as what it is, or refused. */
import fc from 'fast-check';
import { parseJson } from '../../../src/adapters/jellyfin/client.ts';
import { differingFields } from '../../../src/adapters/jellyfin/differences.ts';
import * as schema from '../../../src/adapters/jellyfin/schema.ts';
import { editedText, mutatedJson } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

type Row = Record<string, unknown>;

const isText = (value: unknown): value is string => typeof value === 'string';
const isFlag = (value: unknown): boolean => typeof value === 'boolean';
const isId = (value: unknown): boolean => isText(value) && /^[0-9a-f]{32}$/.test(value);
const orNull = (is: (value: unknown) => boolean) => (value: unknown) => value === null || is(value);
const each = (value: unknown, is: (row: Row) => boolean): boolean =>
  Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null && is(row));
const length = (value: unknown): number => (value as readonly unknown[]).length;

const ID = '0a1b2c3d4e5f60718293a4b5c6d7e8f9';
const OTHER = 'F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805';
const FOLDER = {
  ...{ Name: 'Films', CollectionType: 'movies', ItemId: ID, Locations: ['/films', '/more'] },
  ...{ LibraryOptions: { Enabled: true, EnablePhotos: true }, PrimaryImageItemId: ID },
};
const POLICY = {
  ...{ IsAdministrator: false, IsDisabled: false, EnableAllFolders: false, EnabledFolders: [ID, OTHER] },
  ...{ BlockedMediaFolders: null, InvalidLoginAttemptCount: 0, LoginAttemptsBeforeLockout: -1 },
  ...{ AuthenticationProviderId: 'Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider' },
  ...{
    BlockedTags: ['a,b', 'c'],
    AccessSchedules: [{ Id: 1, UserId: ID, DayOfWeek: 'Sunday', StartHour: 1.5 }],
  },
  ...{ MaxParentalRating: null, SyncPlayAccess: 'None', RemoteClientBitrateLimit: 0 },
};
const USER = { Id: OTHER, Name: 'mia', ServerId: ID, HasPassword: true, Policy: POLICY };
const LIBRARY_TYPES = ['movies', 'shows', 'music', 'photos', 'books', 'mixed', 'other'];

const isUser = (row: Row): boolean =>
  isId(row.id) &&
  isText(row.name) &&
  isId(row.serverId) &&
  [row.administrator, row.disabled, row.allFolders, row.hasBlockList, row.lockedOut, row.ownPassword].every(
    isFlag,
  ) &&
  Array.isArray(row.folders) &&
  row.folders.every(isText) &&
  new Set(row.folders).size === row.folders.length &&
  // It goes back whole, and what became of it is compared field by field.
  differingFields(row.policy as Row, structuredClone(row.policy as Row)).length === 0;

interface Kind {
  readonly read: schema.Reader<unknown>;
  readonly seeds: readonly unknown[];
  check(value: unknown): boolean;
  /** Rows written and rows read, of a list of which none may be lost. */
  readonly counted?: (value: unknown) => number;
}

const KINDS = {
  info: {
    read: schema.readPublicInfo,
    seeds: [
      {
        ...{
          Id: ID,
          ServerName: 'Den',
          Version: '10.11.11',
          ProductName: 'Jellyfin Server',
          OperatingSystem: '',
        },
        StartupWizardCompleted: true,
      },
      { startupWizardCompleted: false, serverName: 'Den', version: '10.11.0' },
    ],
    check: (value) => {
      const info = value as Row;
      return info.kind === 'info'
        ? isId(info.id) && isText(info.name) && isText(info.version)
        : isText(info.kind);
    },
  },
  folders: {
    read: schema.readFolders,
    seeds: [[FOLDER, { ...FOLDER, Name: 'Mixed', CollectionType: null, ItemId: OTHER, Locations: [] }], []],
    check: (value) =>
      each(
        value,
        (row) =>
          orNull(isId)(row.id) &&
          isText(row.name) &&
          LIBRARY_TYPES.includes(row.type as string) &&
          orNull(isText)(row.locations) &&
          isFlag(row.off),
      ),
    counted: length,
  },
  'media folders': {
    read: schema.readMediaFolders,
    seeds: [
      { Items: [{ Id: ID, Name: 'Films', Type: 'CollectionFolder' }], TotalRecordCount: 1 },
      { Items: [] },
    ],
    check: (value) => value instanceof Map && [...value].every(([name, id]) => isText(name) && isId(id)),
  },
  user: { read: schema.readUser, seeds: [USER], check: (value) => isUser(value as Row) },
  users: {
    read: schema.readUsers,
    seeds: [[USER, { ...USER, Id: ID, Name: 'root', Policy: { ...POLICY, IsAdministrator: true } }]],
    check: (value) =>
      each((value as Row).users, isUser) &&
      length((value as Row).users) > 0 &&
      each((value as Row).unread, (row) => orNull(isId)(row.id) && orNull(isText)(row.name)),
    counted: (value) => length((value as Row).users) + length((value as Row).unread),
  },
  plugins: {
    read: schema.readSignInPlugins,
    seeds: [[{ Name: 'LDAP-Auth', Status: 'Active' }, { Name: 'TMDb' }], []],
    check: (value) => Array.isArray(value) && value.every(isText),
  },
  playing: {
    read: schema.readPlaying,
    seeds: [
      [
        { Id: 's1', UserId: OTHER, NowPlayingItem: { Id: ID, Name: 'x' } },
        { Id: 's2', UserId: ID },
      ],
      [],
    ],
    check: (value) => each(value, (row) => isText(row.id) && isText(row.userId) && orNull(isId)(row.itemId)),
  },
  items: {
    read: schema.readItemIds,
    seeds: [[{ Id: ID, Name: 'x' }, { Id: OTHER }], []],
    check: (value) => Array.isArray(value) && value.every(isId),
    counted: length,
  },
  views: {
    read: schema.readViews,
    seeds: [{ Items: [{ Id: ID, Name: 'Films', CollectionType: 'movies' }], TotalRecordCount: 1 }],
    check: (value) => each(value, (row) => isId(row.id) && isText(row.name) && orNull(isText)(row.type)),
  },
  'signed in': {
    read: schema.readSignedIn,
    seeds: [{ User: USER, AccessToken: 'abc', ServerId: ID }],
    check: (value) =>
      isId((value as Row).userId) && isText((value as Row).name) && isText((value as Row).token),
  },
  'quick connect': {
    read: schema.readQuickConnect,
    seeds: [{ Authenticated: false, Secret: 'abc', Code: '123456', DeviceId: 'x' }],
    check: (value) =>
      isFlag((value as Row).approved) && isText((value as Row).secret) && isText((value as Row).code),
  },
  keys: {
    read: schema.readKeys,
    seeds: [{ Items: [{ AccessToken: 'abc', AppName: 'Usher' }], TotalRecordCount: 1 }, { Items: [] }],
    check: (value) => each(value, (row) => isText(row.key) && row.key !== '' && isText(row.app)),
  },
} satisfies Record<string, Kind>;

interface Case {
  readonly kind: keyof typeof KINDS;
  readonly text: string;
  readonly isValid: boolean;
}

/** Deeper, what compares policies overflows the stack: see the limits of answers. */
const DEEP = 400;

const NAMES = Object.keys(KINDS) as (keyof typeof KINDS)[];
const cases: fc.Arbitrary<Case> = fc.constantFrom(...NAMES).chain((kind) =>
  mutatedJson(KINDS[kind].seeds).chain(({ value, seed }) => {
    const valid = JSON.stringify(value) ?? 'null';
    return editedText(fc.constant(valid), { deep: DEEP }).map((text) => ({
      ...{ kind, text },
      isValid: seed >= 0 && text === valid,
    }));
  }),
);

const readText = (kind: keyof typeof KINDS, text: string): unknown => {
  const answer = { status: 200, headers: {}, body: Buffer.from(text), host: 'den.example' };
  const parsed = parseJson(answer as Parameters<typeof parseJson>[0]);
  return parsed.kind === 'json' ? KINDS[kind].read(parsed.value) : undefined;
};

export const jellyfin = defineTarget<Case, unknown>({
  name: 'jellyfin',
  inputs: cases,
  size: ({ text }) => text.length,
  parse: ({ kind, text }) => readText(kind, text),
  check(value, { kind: name, text, isValid }) {
    if (value === undefined) return must(!isValid, `a valid document of ${name} is refused`);
    const kind: Kind = KINDS[name];
    must(kind.check(value), `${name}: not what its type says`, value);
    // A byte order mark in front is no part of it.
    const written: unknown = kind.counted && JSON.parse(text.replace(/^\ufeff/, ''));
    if (kind.counted)
      must(Array.isArray(written) && kind.counted(value) === written.length, `${name}: rows are lost`);
  },
});
