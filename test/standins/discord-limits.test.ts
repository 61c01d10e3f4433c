import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { storeComponents } from './discord/components.ts';
import { InvalidForm } from './discord/errors.ts';
import {
  type Discord,
  type Guild,
  Permission,
  renderMessage,
  startDiscord,
  type User,
} from './discord/index.ts';
import { Message } from './discord/message.ts';
import { checkModal } from './discord/validate-modal.ts';

const V2 = 1 << 15;
const text = (content: string) => ({ type: 10, content });
const button = (more: object = {}) => ({ type: 2, style: 1, label: 'ok', custom_id: 'a', ...more });
const row = (...components: object[]) => ({ type: 1, components });
const options = (count: number) =>
  Array.from({ length: count }, (_, n) => ({ label: `${n}`, value: `${n}` }));
const select = (more: object = {}) => ({ type: 3, custom_id: 's', options: options(2), ...more });
const section = (accessory: object, ...components: object[]) => ({ type: 9, components, accessory });
const container = (...components: object[]) => ({ type: 17, components });
const v2 = (...components: object[]) => ({ flags: V2, components });

let discord: Discord;
let guild: Guild;
let ada: User;

/** Without the OpenAPI document, so that only the stand-in's own rules apply. */
beforeEach(async () => {
  discord = await startDiscord({ spec: false });
  ada = discord.addUser({ name: 'ada', globalName: 'Ada' });
  guild = discord.addGuild({ name: 'Tower', owner: ada });
});

afterEach(() => discord.stop());

async function call(
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; code: number; text: string; id: string }> {
  const response = await fetch(`${discord.url}/api/v10${path}`, {
    method,
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.text();
  const parsed: { code?: number; id?: string } = answer === '' ? {} : JSON.parse(answer);
  return { status: response.status, code: parsed.code ?? 0, text: answer, id: parsed.id ?? '' };
}

const post = (body: unknown) => call('POST', `/channels/${guild.general.id}/messages`, body);

describe('messages', () => {
  const fine: [string, object][] = [
    ['content of 2000', { content: 'x'.repeat(2000) }],
    [
      'five rows of five buttons',
      {
        content: 'x',
        components: Array.from({ length: 5 }, (_, r) =>
          row(...Array.from({ length: 5 }, (_, b) => button({ custom_id: `${r}.${b}` }))),
        ),
      },
    ],
    ['40 components', v2(container(...Array.from({ length: 39 }, () => text('x'))))],
    ['4000 characters over all displays', v2(text('x'.repeat(2000)), text('x'.repeat(2000)))],
    ['labels of 80, ids of 100', v2(row(button({ label: 'x'.repeat(80), custom_id: 'x'.repeat(100) })))],
    ['25 options', v2(row(select({ options: options(25), max_values: 25 })))],
    [
      'a section with button or thumbnail',
      v2(
        section(button(), text('x')),
        section({ type: 11, media: { url: 'https://x.org/y.png' } }, text('x')),
      ),
    ],
    [
      'everything that may be in a container',
      v2(
        container(
          row(button()),
          text('x'),
          section(button({ custom_id: 'b' }), text('x')),
          { type: 14 },
          { type: 12, items: [{ media: { url: 'https://x.org/y.png' } }] },
        ),
      ),
    ],
    ['embeds up to 6000', { embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1904) }] }],
  ];

  it.each(fine)('takes %s', async (_what, body) => {
    expect(await post(body)).toMatchObject({ status: 200 });
    expect(discord.violations).toEqual([]);
  });

  it('agrees with the OpenAPI document about all of them, and so do its answers', async () => {
    await discord.stop();
    discord = await startDiscord();
    guild = discord.addGuild({ name: 'Tower' });
    for (const [, body] of fine) await post(body);
    expect(discord.violations).toEqual([]);
    expect(discord.ownMistakes).toEqual([]);
  });

  it.each<[string, object, string]>([
    ['content of 2001', { content: 'x'.repeat(2001) }, '2000 or fewer'],
    ['content that is no text', { content: 5 }, 'Could not interpret'],
    ['V2 components without the flag', { components: [text('x')] }, 'must be one of (1,)'],
    ['content beside V2', { ...v2(text('x')), content: 'x' }, "'content' field cannot be used"],
    ['embeds beside V2', { ...v2(text('x')), embeds: [{ title: 'x' }] }, "'embeds' field cannot be used"],
    [
      '41 components, nested and accessories counted',
      v2(
        ...Array.from({ length: 13 }, (_, n) => section(button({ custom_id: `${n}` }), text('x'))),
        text('x'),
        text('x'),
      ),
      'cannot exceed 40',
    ],
    ['4001 characters', v2(text('x'.repeat(2001)), text('x'.repeat(2000))), 'cannot exceed 4000'],
    ['the same custom id twice', v2(row(button()), row(button({ disabled: true }))), 'cannot be duplicated'],
    ['the same id twice', v2({ ...text('x'), id: 3 }, { ...text('y'), id: 3 }), 'id cannot be duplicated'],
    ['a label of 81', v2(row(button({ label: 'x'.repeat(81) }))), '80 or fewer'],
    ['no label and no emoji', v2(row(button({ label: undefined }))), 'label or an emoji'],
    ['an emoji that is none', v2(row(button({ emoji: { name: 'ok' } }))), 'Invalid emoji'],
    ['a custom id of 101', v2(row(button({ custom_id: 'x'.repeat(101) }))), 'between 1 and 100'],
    ['no custom id', v2(row(button({ custom_id: undefined }))), 'required'],
    ['a link with a custom id', v2(row(button({ style: 5, url: 'https://x.org' }))), 'cannot have this'],
    [
      'a link of 513',
      v2(row({ type: 2, style: 5, label: 'x', url: `https://x.org/${'x'.repeat(499)}` })),
      'between 1 and 512',
    ],
    ['a link to a script', v2(row({ type: 2, style: 5, label: 'x', url: 'javascript:x' })), 'Scheme'],
    [
      'six buttons in a row',
      v2(row(...Array.from({ length: 6 }, (_, n) => button({ custom_id: `${n}` })))),
      'between 1 and 5',
    ],
    ['an empty row', v2(row()), 'between 1 and 5'],
    ['a select beside a button', v2(row(select(), button())), 'width'],
    ['two selects in a row', v2(row(select(), select({ custom_id: 't' }))), 'width'],
    ['no options', v2(row(select({ options: [] }))), 'between 1 and 25'],
    ['26 options', v2(row(select({ options: options(26) }))), 'between 1 and 25'],
    ['the same value twice', v2(row(select({ options: [...options(1), ...options(1)] }))), 'already used'],
    [
      'an option label of 101',
      v2(row(select({ options: [{ label: 'x'.repeat(101), value: 'x' }] }))),
      'between 1 and 100',
    ],
    [
      'an option description of 101',
      v2(row(select({ options: [{ label: 'x', value: 'x', description: 'x'.repeat(101) }] }))),
      '100 or fewer',
    ],
    ['a placeholder of 151', v2(row(select({ placeholder: 'x'.repeat(151) }))), '150 or fewer'],
    ['more choices than options', v2(row(select({ max_values: 3 }))), 'number of options'],
    [
      'a section of four texts',
      v2(section(button(), text('1'), text('2'), text('3'), text('4'))),
      'between 1 and 3',
    ],
    ['a section without accessory', v2({ type: 9, components: [text('x')] }), 'required'],
    ['a section with a select', v2(section(select(), text('x'))), 'must be one of (2, 11)'],
    ['a button in a section text', v2(section(button(), button({ custom_id: 'b' }))), 'must be one of (10,)'],
    ['a container in a container', v2(container(container(text('x')))), 'must be one of'],
    ['a button outside a row', v2(button()), 'must be one of'],
    ['a file that was not uploaded', v2({ type: 13, file: { url: 'attachment://x.csv' } }), 'not found'],
    [
      'six rows',
      { content: 'x', components: Array.from({ length: 6 }, (_, n) => row(button({ custom_id: `${n}` }))) },
      'between 0 and 5|5 or fewer|Must be',
    ],
    [
      'embeds of 6001',
      { embeds: [{ description: 'x'.repeat(4096) }, { description: 'x'.repeat(1905) }] },
      '6000',
    ],
    [
      'users both parsed and listed',
      { content: 'x', allowed_mentions: { parse: ['users'], users: [ID] } },
      'mutually exclusive',
    ],
    ['a nonce of 26', { content: 'x', nonce: 'x'.repeat(26) }, 'Nonce'],
  ])('refuses %s', async (_what, body, message) => {
    const answer = await post(body);
    expect(answer).toMatchObject({ status: 400, code: 50035 });
    expect(answer.text).toMatch(new RegExp(message.replaceAll(/[()]/g, '\\$&')));
    expect(discord.violations).not.toEqual([]);
    expect(guild.general.messages).toEqual([]);
  });

  it.each([{}, { content: '' }, { components: [row(button())] }, v2()])(
    'refuses an empty message %j',
    async (body) => {
      expect(await post(body)).toMatchObject({ status: 400, code: 50006 });
    },
  );

  it('breaks like Discord when text within 4000 characters is too heavy', async () => {
    expect(await post(v2(text('語'.repeat(3386))))).toMatchObject({ status: 200 });
    expect(await post(v2(text('語'.repeat(3387))))).toMatchObject({ status: 500 });
  });

  it('keeps IS_COMPONENTS_V2 for good, and judges an edit by the flags it names', async () => {
    const { id } = await post(v2(text('x')));
    const patch = (body: object) => call('PATCH', `/channels/${guild.general.id}/messages/${id}`, body);
    expect(await patch({ components: [text('y')] })).toMatchObject({ status: 200 });
    expect(await patch({ content: 'y' })).toMatchObject({ code: 50035 });
    expect(await patch({ flags: 0, components: [text('y')] })).toMatchObject({ code: 50035 });
    expect(await patch({ flags: 0 })).toMatchObject({ status: 200 });
    expect(guild.general.messages[0]?.componentsV2).toBe(true);
  });

  it('turns an old message into a V2 one only when it is emptied', async () => {
    const { id } = await post({ content: 'old' });
    const patch = (body: object) => call('PATCH', `/channels/${guild.general.id}/messages/${id}`, body);
    expect(await patch(v2(text('new')))).toMatchObject({ code: 50035 });
    expect(await patch({ ...v2(text('new')), content: null })).toMatchObject({ status: 200 });
    expect(guild.general.messages[0]?.text).toBe('new');
  });

  it('leaves the messages of others alone', async () => {
    const { id } = discord.as(ada).say('mine');
    const path = `/channels/${guild.general.id}/messages/${id}`;
    expect(await call('PATCH', path, { content: 'yours' })).toMatchObject({ code: 50005 });
    expect(await call('DELETE', path, {})).toMatchObject({ code: 50013 });
  });
});

const ID = '1400000000000000000';
const command = (more: object = {}) => ({ name: 'a', description: 'x', ...more });
const option = (more: object = {}) => ({ type: 3, name: 'o', description: 'x', ...more });

describe('commands', () => {
  const put = (body: unknown) => call('PUT', `/applications/${discord.applicationId}/commands`, body);

  it.each<[string, object[], string]>([
    ['101 commands', Array.from({ length: 101 }, (_, n) => command({ name: `a${n}` })), 'At most 100'],
    ['16 user commands', Array.from({ length: 16 }, (_, n) => ({ name: `a${n}`, type: 2 })), 'At most 15'],
    ['two of a name', [command(), command()], 'unique'],
    ['capitals', [command({ name: 'Grant' })], 'name is invalid'],
    ['a blank', [command({ name: 'gr ant' })], 'name is invalid'],
    ['a name of 33', [command({ name: 'x'.repeat(33) })], 'between 1 and 32'],
    ['no description', [{ name: 'a' }], 'required'],
    ['a description of 101', [command({ description: 'x'.repeat(101) })], 'between 1 and 100'],
    [
      '26 options',
      [command({ options: Array.from({ length: 26 }, (_, n) => option({ name: `o${n}` })) })],
      'between',
    ],
    [
      '26 choices',
      [
        command({
          options: [
            option({ choices: Array.from({ length: 26 }, (_, n) => ({ name: `${n}`, value: `${n}` })) }),
          ],
        }),
      ],
      'between',
    ],
    [
      'a choice of 101',
      [command({ options: [option({ choices: [{ name: 'x', value: 'x'.repeat(101) }] })] })],
      'between 1 and 100',
    ],
    [
      'required after optional',
      [command({ options: [option(), option({ name: 'p', required: true })] })],
      'before',
    ],
    ['options of one name', [command({ options: [option(), option()] })], 'unique'],
    [
      'choices and autocomplete',
      [command({ options: [option({ autocomplete: true, choices: [{ name: 'x', value: 'x' }] })] })],
      'excludes',
    ],
    [
      'a subcommand beside an option',
      [command({ options: [option(), { type: 1, name: 's', description: 'x' }] })],
      'mutually exclusive',
    ],
    [
      'groups in groups',
      [
        command({
          options: [
            { type: 2, name: 'g', description: 'x', options: [{ type: 2, name: 'h', description: 'x' }] },
          ],
        }),
      ],
      'inside a group',
    ],
    [
      '8001 characters',
      [
        command({
          options: Array.from({ length: 25 }, (_, n) =>
            option({
              name: `o${n}`,
              choices: Array.from({ length: 4 }, (_, c) => ({ name: `${c}${'x'.repeat(79)}`, value: 'x' })),
            }),
          ),
        }),
      ],
      'maximum size',
    ],
    [
      'a description on a user command',
      [{ name: 'a', type: 2, description: 'x' }],
      'cannot have description',
    ],
  ])('refuses %s', async (_what, body, message) => {
    const answer = await put(body);
    expect(answer).toMatchObject({ status: 400, code: 50035 });
    expect(answer.text).toContain(message);
    expect(discord.commands.list('global')).toEqual([]);
  });

  it('keeps the ids of known names, deletes what is absent, counts only creations', async () => {
    await put([command(), command({ name: 'b' })]);
    const before = discord.commands.list('global');
    await put([command({ description: 'new' })]);
    const [after, ...rest] = discord.commands.list('global');
    expect(rest).toEqual([]);
    expect(after?.id).toBe(before[0]?.id);
    expect(after?.version).not.toBe(before[0]?.version);
    await put(Array.from({ length: 99 }, (_, n) => command({ name: `c${n}` })));
    expect(await put(Array.from({ length: 100 }, (_, n) => command({ name: `d${n}` })))).toMatchObject({
      code: 30034,
    });
  });
});

describe('modals', () => {
  const label = (component: object, more: object = {}) => ({ type: 18, label: 'x', component, ...more });
  const input = (more: object = {}) => ({ type: 4, custom_id: 'i', style: 1, ...more });
  const form = (...components: object[]) => ({ title: 'x', custom_id: 'x', components });
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => label(input({ custom_id: `${n}` })));

  it.each<[string, Record<string, unknown>]>([
    ['five labels', form(...many(5))],
    ['a text beside them', form(text('x'), ...many(4))],
    ['the old row with a labelled input', form(row(input({ label: 'x' })))],
    [
      'every kind of field',
      form(
        label(select()),
        label({ type: 19, custom_id: 'f' }),
        label({ type: 21, custom_id: 'r', options: options(2) }),
        label({ type: 22, custom_id: 'c', options: options(1) }),
        label({ type: 23, custom_id: 'b' }),
      ),
    ],
  ])('takes %s', (_what, data) => {
    expect(() => checkModal(data)).not.toThrow();
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['six components', form(text('x'), ...many(5)), 'between 1 and 5'],
    ['none', form(), 'between 1 and 5'],
    ['a title of 46', { ...form(...many(1)), title: 'x'.repeat(46) }, 'between 1 and 45'],
    ['no custom id', { ...form(...many(1)), custom_id: '' }, 'between 1 and 100'],
    ['a label of 46', form(label(input(), { label: 'x'.repeat(46) })), 'between 1 and 45'],
    ['a description of 101', form(label(input(), { description: 'x'.repeat(101) })), '100 or fewer'],
    ['a placeholder of 101', form(label(input({ placeholder: 'x'.repeat(101) }))), '100 or fewer'],
    ['a value over max_length', form(label(input({ max_length: 3, value: 'abcd' }))), '3 or fewer'],
    ['max_length of 4001', form(label(input({ max_length: 4001 }))), 'less than or equal to 4000'],
    ['an input with a label of its own', form(label(input({ label: 'x' }))), 'label of its own'],
    ['a disabled select', form(label(select({ disabled: true }))), 'cannot be disabled'],
    ['a button', form(label(button())), 'must be one of'],
    ['an input at the top', form(input()), 'must be one of'],
    ['a required checkbox', form(label({ type: 23, custom_id: 'b', required: true })), 'cannot be required'],
    ['one radio button', form(label({ type: 21, custom_id: 'r', options: options(1) })), 'between 2 and 10'],
    ['the same custom id twice', form(label(input()), label(input())), 'cannot be duplicated'],
  ])('refuses %s', (_what, data, message) => {
    let lines = '';
    try {
      checkModal(data);
    } catch (error) {
      lines = error instanceof InvalidForm ? error.lines.join() : String(error);
    }
    expect(lines).toContain(message);
  });
});

describe('pings', () => {
  it.each<[string, object | undefined, { users: number; roles: number; everyone: boolean }]>([
    ['a bot message pings all it names', undefined, { users: 1, roles: 1, everyone: true }],
    ['nothing when told so', { parse: [] }, { users: 0, roles: 0, everyone: false }],
    ['only listed users', { users: ['ada'] }, { users: 1, roles: 0, everyone: false }],
  ])('%s', async (_what, allowed, expected) => {
    guild.botRole.permissions |= Permission.MentionEveryone;
    const role = guild.addRole('Staff');
    const listed = allowed && 'users' in allowed ? { users: [ada.id] } : allowed;
    await post({ ...v2(text(`${ada} ${role} @everyone`)), ...(listed && { allowed_mentions: listed }) });
    const pings = guild.general.messages[0]?.pings;
    expect({ users: pings?.users.length, roles: pings?.roles.length, everyone: pings?.everyone }).toEqual(
      expected,
    );
  });

  it('code and roles that are not mentionable do not ping', async () => {
    await post({ content: `\`${ada}\` ${guild.addRole('Staff')} @here` });
    expect(guild.general.messages[0]?.pings).toEqual({ users: [], roles: [], everyone: false });
  });
});

describe('the OpenAPI document', () => {
  it('finds what the own rules do not know, and is not just saying yes', async ({ skip }) => {
    const strict = await startDiscord();
    if (!strict.spec) {
      await strict.stop();
      return skip('no ../shared/specs/discord-openapi.json here');
    }
    const place = strict.addGuild({ name: 'Tower' });
    const response = await fetch(`${strict.url}/api/v10/channels/${place.general.id}/messages`, {
      method: 'POST',
      headers: { authorization: `Bot ${strict.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ content: 'x', colour: 'red' }),
    });
    expect(response.status).toBe(400);
    expect(strict.violations.join()).toContain('colour');
    expect(strict.spec.schema('MessageResponse', {})).not.toEqual([]);
    expect(strict.spec.response('GET', '/gateway/bot', 200, { url: 5 })).not.toEqual([]);
    await strict.stop();
  });
});

it('renders a message for a terminal', () => {
  const role = guild.addRole('Staff');
  const soon = Math.floor(discord.world.clock.now().getTime() / 1000) + 3 * 86_400;
  const message = new Message({ channel: guild.general, author: discord.bot });
  message.content = `**Hi** ${ada} ${role} ${guild.general} until <t:1795000000:f> (<t:${soon}:R>), </grant add:1>`;
  message.embeds = [{ title: 'T', fields: [{ name: 'a', value: 'b' }] }];
  message.components = storeComponents(
    [
      row(button({ emoji: { name: '▶' } }), button({ custom_id: 'b', disabled: true })),
      row({ type: 5, custom_id: 'u' }),
    ],
    () => undefined,
  );
  expect(renderMessage(message)).toBe(
    [
      '**Hi** @Ada @Staff #general until 18 November 2026 11:06 UTC (in 3 days), /grant add',
      '│ **T**',
      '│ a: b',
      '[ ▶ ok ] [ ok (disabled) ]',
      '▾ Make a selection (any user)',
    ].join('\n'),
  );
});

it('answers 404 where Discord has nothing, 401 without the token', async () => {
  expect(await call('GET', '/nowhere', undefined)).toMatchObject({
    status: 404,
    text: '{"message":"404: Not Found","code":0}',
  });
  const response = await fetch(`${discord.url}/api/v10/users/@me`, {
    headers: { authorization: 'Bot wrong' },
  });
  expect(response.status).toBe(401);
});
