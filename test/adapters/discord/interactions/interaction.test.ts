import { describe, expect, it } from 'vitest';
import { readInteraction } from '../../../../src/adapters/discord/interactions/interaction.ts';
import { NotAsDocumented } from '../../../../src/adapters/discord/wire/json-reader.ts';

/** An id that Discord would make at 2026-11-20T12:00:00Z. */
const ID = String(BigInt(Date.parse('2026-11-20T12:00:00Z') - 1_420_070_400_000) << 22n);

const base = {
  id: ID,
  application_id: '5',
  token: 'secret',
  guild_id: '1',
  channel_id: '2',
  locale: 'de',
  app_permissions: '0',
  member: {
    roles: ['55', '66'],
    permissions: '40',
    nick: null,
    user: { id: '3', username: 'ada', global_name: 'Ada' },
  },
};
const inDm = {
  ...base,
  guild_id: undefined,
  member: undefined,
  user: { id: '3', username: 'ada', global_name: null },
};
const command = (data: object, changes: object = {}) =>
  readInteraction({ ...base, type: 2, data: { type: 1, ...data }, ...changes });

const withOption = (option: object) => ({ type: 1, name: 'x', options: [option] });
const nested = (depth: number): object => {
  let data: object = { type: 1, name: 'x' };
  for (let n = 0; n < depth; n += 1) data = { type: 1, name: 'x', options: [data] };
  return data;
};

describe('readInteraction', () => {
  it('reads who, where and when, with the raw role ids', () => {
    expect(command({ name: 'help' })).toEqual({
      kind: 'command',
      id: ID,
      applicationId: '5',
      token: 'secret',
      createdAt: new Date('2026-11-20T12:00:00Z'),
      guildId: '1',
      channelId: '2',
      people: [{ id: '3', name: 'Ada', locale: 'de' }],
      locale: 'de',
      fileBytes: 10_485_760,
      caller: { id: '3', name: 'Ada', roleIds: ['55', '66'], permissions: 40n },
      path: 'help',
      options: new Map(),
      menuTarget: undefined,
    });
  });

  it.each([
    [104_857_600, 104_857_600],
    [undefined, 10_485_760],
    ['104857600', 10_485_760],
    [-1, 10_485_760],
    [1.5, 10_485_760],
  ])('how large a file may be: %s is %i', (sent, fileBytes) => {
    expect(command({ name: 'help' }, { attachment_size_limit: sent })).toMatchObject({ fileBytes });
  });

  it('reads a direct message as one of nobody with roles', () => {
    expect(readInteraction({ ...inDm, type: 2, data: { type: 1, name: 'help' } })).toMatchObject({
      guildId: null,
      caller: { id: '3', name: 'ada', roleIds: [], permissions: 0n },
    });
  });

  it.each([
    ['grant add', { name: 'grant', options: [{ type: 1, name: 'add', options: [] }] }],
    ['a b c', { name: 'a', options: [{ type: 2, name: 'b', options: [{ type: 1, name: 'c' }] }] }],
    ['plan', { name: 'plan', options: [{ type: 3, name: 'x', value: 'y' }] }],
  ])('reads the path %s', (path, data) => {
    expect(command(data)).toMatchObject({ path });
  });

  const resolved = {
    users: {
      '7': { id: '7', username: 'bob', bot: true },
      '8': { id: '8', username: 'eve', global_name: 'Eve' },
    },
    members: { '7': { roles: [], nick: 'Bobby' } },
    roles: { '9': { id: '9', name: 'viewers', permissions: '1024' } },
    channels: {
      '10': { id: '10', name: 'audit', app_permissions: String(1 << 10) },
      '11': { id: '11', name: 'old', permissions: '0' },
      '12': { id: '12', name: 'ours', app_permissions: '8' },
    },
  };
  it.each<[number, unknown, unknown]>([
    [3, 'x', 'x'],
    [4, 12, 12],
    [6, '7', { id: '7', name: 'Bobby', bot: true, inGuild: true }],
    [6, '8', { id: '8', name: 'Eve', bot: false, inGuild: false }],
    [8, '9', { id: '9', name: 'viewers', seesStaffCommands: false }],
    [7, '10', { id: '10', name: 'audit', botLacks: ['SendMessages', 'EmbedLinks', 'AttachFiles'] }],
    [
      7,
      '11',
      { id: '11', name: 'old', botLacks: ['ViewChannel', 'SendMessages', 'EmbedLinks', 'AttachFiles'] },
    ],
    [7, '12', { id: '12', name: 'ours', botLacks: [] }],
  ])('resolves an option of type %d with %j', (type, value, expected) => {
    const found = command({ name: 'x', resolved, options: [{ type, name: 'o', value }] });
    expect(found?.kind === 'command' && found.options.get('o')?.value).toEqual(expected);
  });

  it('reads what is being typed', () => {
    const options = [
      {
        type: 1,
        name: 'add',
        options: [
          { type: 3, name: 'a', value: 'x' },
          { type: 3, name: 'b', value: 'to', focused: true },
        ],
      },
    ];
    expect(readInteraction({ ...base, type: 4, data: { type: 1, name: 'grant', options } })).toMatchObject({
      kind: 'autocomplete',
      path: 'grant add',
      focused: { name: 'b', typed: 'to' },
    });
  });

  it('reads what stands in the other options while one is completed', () => {
    const options = [
      { name: 'server', type: 3, value: 'Tower' },
      { name: 'uses', type: 4, value: 3 },
      { name: 'default_library', type: 3, value: 'mov', focused: true },
    ];
    expect(readInteraction({ ...base, type: 4, data: { name: 'server', options } })).toMatchObject({
      others: { server: 'Tower' },
    });
  });

  it('reads a click, a choice and a form', () => {
    expect(
      readInteraction({ ...base, type: 3, message: {}, data: { custom_id: 'id', values: ['a', 'b'] } }),
    ).toMatchObject({
      kind: 'component',
      customId: 'id',
      values: ['a', 'b'],
    });
    const components = [
      { type: 18, component: { type: 4, custom_id: 'name', value: 'Tower' } },
      { type: 1, components: [{ type: 4, custom_id: 'url', value: '' }] },
    ];
    expect(readInteraction({ ...base, type: 5, data: { custom_id: 'id', components } })).toMatchObject({
      kind: 'modal',
      fields: { name: 'Tower', url: '' },
      fromMessage: false,
    });
  });

  it('keeps a field of a form whatever its name is', () => {
    const components = [{ type: 18, component: { type: 4, custom_id: '__proto__', value: 'x' } }];
    const read = readInteraction({ ...base, type: 5, data: { custom_id: 'id', components } });
    expect(read?.kind === 'modal' && Object.entries(read.fields)).toEqual([['__proto__', 'x']]);
  });

  it('leaves what Usher does not use', () => {
    expect(readInteraction({ ...base, type: 1 })).toBeUndefined();
    expect(command({ name: 'Report', type: 3, target_id: '1' })).toBeUndefined();
  });

  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', []],
    ['no type', base],
    ['no data', { ...base, type: 2 }],
    ['no user', { ...base, type: 2, member: {}, data: { type: 1, name: 'x' } }],
    [
      'a user that is not resolved',
      { ...base, type: 2, data: { type: 1, name: 'x', options: [{ type: 6, name: 'o', value: '7' }] } },
    ],
    [
      'an option of another type',
      { ...base, type: 2, data: { type: 1, name: 'x', options: [{ type: 11, name: 'o', value: '7' }] } },
    ],
    ['an id that is none', { ...base, type: 2, id: 'x', data: { type: 1, name: 'x' } }],
    ['an id without end', { ...base, type: 2, id: '9'.repeat(4_000), data: { type: 1, name: 'x' } }],
    [
      'permissions without end',
      { ...base, type: 2, member: { ...base.member, permissions: '9'.repeat(4_000) } },
    ],
    // Left out, it could be the one that forbids.
    [
      'a role that is none',
      { ...base, type: 3, member: { ...base.member, roles: ['55', 66] }, data: { custom_id: 'x' } },
    ],
    ['a value that is no text', { ...base, type: 3, data: { custom_id: 'x', values: ['a', 1] } }],
    [
      'a number that is not whole',
      { ...base, type: 2, data: withOption({ type: 4, name: 'o', value: 1.5 }) },
    ],
    [
      'a number without end',
      { ...base, type: 2, data: withOption({ type: 4, name: 'o', value: JSON.parse('1e999') }) },
    ],
    [
      'what every object has, as a channel',
      {
        ...base,
        type: 2,
        data: { ...withOption({ type: 7, name: 'o', value: '__proto__' }), resolved: { channels: {} } },
      },
    ],
    ['commands in commands without end', { ...base, type: 2, data: nested(20_000) }],
  ])('refuses %s', (_what, raw) => {
    expect(() => readInteraction(raw)).toThrow(NotAsDocumented);
  });
});
