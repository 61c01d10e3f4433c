/** What Discord's gateway brings: interactions of every kind, read or refused. */
import fc from 'fast-check';
import {
  type Interaction,
  idsOf,
  readInteraction,
} from '../../../src/adapters/discord/interactions/interaction.ts';
import { findUnread, unreadIdsOf } from '../../../src/adapters/discord/interactions/unread.ts';
import { NotAsDocumented } from '../../../src/adapters/discord/wire/json-reader.ts';
import { editedText, mutatedJson } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

type Row = Record<string, unknown>;

const ID = '1176000000000000000';
const BASE = {
  ...{
    id: ID,
    application_id: '5',
    token: 'secret',
    guild_id: '1',
    channel_id: '2',
    locale: 'de',
    version: 1,
  },
  app_permissions: '2147483647',
  member: {
    roles: ['55', '66'],
    permissions: '40',
    nick: null,
    user: { id: '3', username: 'ada', global_name: 'Ada' },
  },
};
const { member: _member, guild_id: _guild, ...REST } = BASE;
const DM = { ...REST, user: { id: '3', username: 'ada', global_name: null } };
const RESOLVED = {
  users: {
    '7': { id: '7', username: 'bob', bot: true },
    '8': { id: '8', username: 'eve', global_name: 'Eve' },
  },
  members: { '7': { roles: [], nick: 'Bobby' } },
  roles: { '9': { id: '9', name: 'viewers' } },
  channels: { '10': { id: '10', name: 'audit', app_permissions: '1024' } },
};
const OPTIONS = [
  { type: 3, name: 'libraries', value: 'Movies, TV' },
  { type: 4, name: 'uses', value: 12 },
  { type: 6, name: 'member', value: '7' },
  { type: 7, name: 'channel', value: '10' },
  { type: 8, name: 'role', value: '9' },
];
const TYPED = { type: 3, name: 'libraries', value: 'Mo', focused: true };
const SEEDS = [
  {
    ...BASE,
    type: 2,
    data: {
      type: 1,
      name: 'grant',
      resolved: RESOLVED,
      options: [{ type: 1, name: 'add', options: OPTIONS }],
    },
  },
  {
    ...{ ...BASE, type: 2 },
    data: {
      type: 1,
      name: 'a',
      options: [{ type: 2, name: 'b', options: [{ type: 1, name: 'c', options: [] }] }],
    },
  },
  { ...BASE, type: 2, data: { type: 2, name: 'Why', target_id: '7', resolved: RESOLVED } },
  { ...DM, type: 2, data: { type: 1, name: 'redeem', options: [{ type: 3, name: 'code', value: 'ABCD' }] } },
  {
    ...BASE,
    type: 4,
    data: { type: 1, name: 'grant', options: [{ type: 1, name: 'add', options: [TYPED] }] },
  },
  { ...BASE, type: 3, message: {}, data: { custom_id: 'id', component_type: 3, values: ['a', 'b'] } },
  {
    ...{ ...BASE, type: 5, message: { id: '1' } },
    data: {
      custom_id: 'id',
      components: [
        { type: 18, component: { type: 4, custom_id: 'name', value: 'Tower' } },
        { type: 18, component: { type: 3, custom_id: 'kind', values: ['plex'] } },
        { type: 1, components: [{ type: 4, custom_id: 'url', value: '' }] },
      ],
    },
  },
];

interface Case {
  readonly text: string;
  readonly isValid: boolean;
}

const cases: fc.Arbitrary<Case> = mutatedJson(SEEDS).chain(({ value, seed }) => {
  const valid = JSON.stringify(value) ?? 'null';
  return editedText(fc.constant(valid)).map((text) => ({ text, isValid: seed >= 0 && text === valid }));
});

type Read = Interaction | 'refused' | 'not used' | 'not JSON';

function read(text: string): Read {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return 'not JSON';
  }
  unreadIdsOf(raw);
  try {
    return readInteraction(raw) ?? 'not used';
  } catch (error) {
    if (!(error instanceof NotAsDocumented)) throw error;
    // Whoever waits gets an answer, and it is one that can be sent.
    const unread = findUnread(raw);
    if (unread) JSON.stringify(unread);
    return 'refused';
  }
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isId = (value: unknown): boolean => isText(value) && /^\d{1,20}$/.test(value);

function isOption({ kind, value }: { readonly kind: string; readonly value: unknown }): boolean {
  if (kind === 'text') return isText(value);
  if (kind === 'integer') return Number.isSafeInteger(value);
  const { id, name } = value as Row;
  return isId(id) && isText(name);
}

function checkInteraction(read: Interaction, raw: Row): void {
  const { caller, guildId } = read;
  must([read.id, caller.id, read.applicationId].every(isId), 'an id that is none', read);
  must(guildId === null || isId(guildId), 'a guild that is none', guildId);
  must(!Number.isNaN(read.createdAt.getTime()), 'made at no time', read.id);
  must(
    isText(caller.name) && isText(read.token) && caller.permissions >= 0n,
    'a caller that is none',
    caller,
  );
  // A role that is left out may be one that forbids.
  const roles = (raw.member as Row | undefined)?.roles;
  must(!Array.isArray(roles) || roles.length === caller.roleIds.length, 'roles are lost', roles);
  must(caller.roleIds.every(isId), 'a role that is none', caller.roleIds);
  must(Object.values(idsOf(read)).every(isText), 'more than ids for the log');
  if (read.kind === 'command')
    must([...read.options.values()].every(isOption), 'an option that is none', [...read.options]);
  if (read.kind === 'component') {
    const values = (raw.data as Row).values ?? [];
    must(
      (values as unknown[]).length === read.values.length && read.values.every(isText),
      'values are lost',
      values,
    );
  }
  if (read.kind === 'modal')
    must(Object.values(read.fields).every(isText), 'a field that is no text', read.fields);
}

export const interactions = defineTarget<Case, Read>({
  name: 'interactions',
  inputs: cases,
  size: ({ text }) => text.length,
  parse: ({ text }) => read(text),
  check(result, { text, isValid }) {
    if (typeof result === 'string') must(!isValid, `a valid interaction is ${result}`);
    else checkInteraction(result, JSON.parse(text));
  },
});
