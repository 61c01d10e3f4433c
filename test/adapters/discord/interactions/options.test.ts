/** Every option of every command, as a client of our own could send it: what does not fit runs nothing. */
import { describe, expect, it, vi } from 'vitest';
import { commands } from '../../../../commands/index.ts';
import { createDispatcher } from '../../../../src/adapters/discord/interactions/dispatcher.ts';
import type { Command, Option } from '../../../../src/adapters/discord/kit/command.ts';
import { createCustomIds } from '../../../../src/adapters/discord/messages/custom-id.ts';
import { card, md } from '../../../../src/adapters/discord/views/view.ts';
import type { AskedGuilds } from '../../../../src/adapters/discord/wire/guilds.ts';
import { FakeClock } from '../../../support/clock.ts';
import { GUILD, STAFF } from '../../../support/people.ts';
import { notingApi, SECRET, TestLog } from '../setup.ts';

/** Of the guild, and of another one. */
const HERE = '500000000000000001';
const ELSEWHERE = '500000000000000002';
const TYPES = { text: 3, integer: 4, user: 6, channel: 7, role: 8, attachment: 11 } as const;
const both = (of: object) => ({ [HERE]: of, [ELSEWHERE]: of });
/** A user whom Discord shows without being a member. */
const LEFT = '500000000000000003';
const RESOLVED = {
  users: { ...both({ username: 'ada' }), [LEFT]: { username: 'eve' } },
  members: both({}),
  roles: both({ name: 'staff' }),
  channels: both({ name: 'audit', app_permissions: '8' }),
  // A file is of no guild: where it is fetched from decides (test/adapters/imports).
  attachments: { [HERE]: { filename: 'app.db', size: 12, url: 'https://cdn.discordapp.com/app.db' } },
};

interface Sent {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

const send = (name: string, { kind }: Pick<Option, 'kind'>, value: unknown): Sent => ({
  ...{ name, type: TYPES[kind], value },
});

/** What fits the declaration. */
function good({ kind, choices, min, max }: Option): unknown {
  if (kind === 'integer') return min ?? max ?? 1;
  return kind === 'text' ? (choices?.[0] ?? 'x') : HERE;
}

/** What does not: each with a word for the title of its test. */
function bad(name: string, option: Option): readonly (readonly [string, Sent])[] {
  const one = (what: string, value: unknown) => [what, send(name, option, value)] as const;
  const { kind, choices, min = -1e16, max = 1e16, maxLength = 6_000 } = option;
  const otherKinds = (['text', 'integer', 'user', 'channel', 'role', 'attachment'] as const)
    .filter((other) => other !== kind)
    .map(
      (other) =>
        [`${other} in place of it`, send(name, { kind: other }, other === 'integer' ? 1 : HERE)] as const,
    );
  if (kind === 'integer')
    return [
      ...otherKinds,
      one('less', min - 1),
      one('more', max + 1),
      one('a fraction', Number(good(option)) + 0.5),
    ];
  if (kind !== 'text') {
    const left = kind === 'user' && !option.mayHaveLeft ? [one('who left', LEFT)] : [];
    return [...otherKinds, one('of elsewhere', ELSEWHERE), ...left];
  }
  const long = [one('too long', 'x'.repeat(maxLength + 1)), one('far too long', '🎬'.repeat(maxLength + 1))];
  return [
    ...otherKinds,
    ...long,
    ...(choices ? [one('no choice', `${choices[0]} `), one('nothing', '')] : []),
  ];
}

type Answered = 'yes' | 'no' | 'unseen' | 'silent';

/** Types a command with these options; resolves to whether it ran, with what, and what was answered. */
async function type(path: string, options: readonly Sent[], belongs: (id: string) => Answered) {
  const run = vi.fn(async (_input: { readonly options?: unknown }) => card('good', md`Ran`));
  const declared = commands[path];
  if (!declared) throw new Error(`no /${path}`);
  const command: Command<unknown> = { ...declared, run } as Command<unknown>;
  const said: string[] = [];
  const dispatcher = createDispatcher<unknown>({
    commands: { [path]: command },
    app: {},
    api: notingApi(said),
    ids: createCustomIds(SECRET),
    capabilitiesOf: async () => new Set(['admin', 'moderator', 'auditor']),
    isApplicationOwner: async () => false,
    belongs: (async (_guildId, _what, id) => belongs(id)) satisfies AskedGuilds['belongs'],
    notePeople: async () => {},
    storage: { look: async () => undefined },
    commandIds: () => new Map(),
    isDatabaseLocked: () => false,
    clock: new FakeClock(),
    log: new TestLog(),
  });
  dispatcher.receive({
    id: '600000000000000001',
    application_id: '1',
    token: 'token',
    type: 2,
    guild_id: GUILD,
    channel_id: HERE,
    member: { user: { id: STAFF, username: 'olga' }, roles: [], permissions: '0' },
    data: { type: 1, ...nested(path.split(' '), options), resolved: RESOLVED },
  });
  await dispatcher.drain(1_000);
  return { run, said: said.join('\n') };
}

function nested([name = '', ...rest]: readonly string[], options: readonly Sent[]): object {
  if (rest.length === 0) return { name, options };
  return { name, options: [{ type: rest.length === 1 ? 1 : 2, ...nested(rest, options) }] };
}

const ofHere = (id: string): Answered => (id === HERE ? 'yes' : 'no');
const all = Object.entries(commands).flatMap(([path, { options = {} }]) =>
  Object.entries(options).map(([name, option]) => ({ path, name, option, options })),
);
/** The required options beside one. */
const beside = ({ name, options }: (typeof all)[number]): readonly Sent[] =>
  Object.entries(options).flatMap(([other, option]) =>
    other !== name && option.required ? [send(other, option, good(option))] : [],
  );

describe('an option of a command', () => {
  it('there are many', () => {
    expect(all.length).toBeGreaterThan(60);
    expect(new Set(all.map(({ option }) => option.kind)).size).toBe(Object.keys(TYPES).length);
  });

  it.each(all)('/$path $name: what fits is what the command gets', async (one) => {
    const { path, name, option } = one;
    const { run } = await type(path, [...beside(one), send(name, option, good(option))], ofHere);
    const given = run.mock.calls[0]?.[0].options;
    const value = good(option);
    const isThing = option.kind !== 'text' && option.kind !== 'integer';
    expect(given).toMatchObject({ [name]: isThing ? { id: value } : value });
  });

  it.each(all.flatMap((one) => bad(one.name, one.option).map(([what, sent]) => ({ ...one, what, sent }))))(
    '/$path $name, $what: nothing runs, and it is answered',
    async (one) => {
      const { run, said } = await type(one.path, [...beside(one), one.sent], ofHere);
      expect(run).not.toHaveBeenCalled();
      expect(said).not.toBe('');
    },
  );

  it.each(all.filter(({ option }) => option.required))('/$path without $name: nothing runs', async (one) => {
    expect((await type(one.path, beside(one), ofHere)).run).not.toHaveBeenCalled();
  });

  it.each(Object.keys(commands))('/%s with one that nobody declared: nothing runs', async (path) => {
    const required = beside({
      path,
      name: '',
      option: { kind: 'text' } as Option,
      options: commands[path]?.options ?? {},
    });
    for (const name of ['nobody', '__proto__', 'toString'])
      expect(
        (await type(path, [...required, send(name, { kind: 'text' }, 'x')], ofHere)).run,
      ).not.toHaveBeenCalled();
  });

  it.each(all.filter(({ option }) => option.mayHaveLeft))(
    '/$path $name: may be somebody who left, if Discord itself says so',
    async (one) => {
      const { run } = await type(one.path, [...beside(one), send(one.name, one.option, LEFT)], ofHere);
      expect(run.mock.calls[0]?.[0].options).toMatchObject({ [one.name]: { id: LEFT, inGuild: false } });
    },
  );

  const named = all.filter(({ option: { kind } }) => !['text', 'integer', 'attachment'].includes(kind));

  it.each(named)('/$path $name: says that it is of elsewhere, or that Discord does not say', async (one) => {
    const chosen = (id: string) => [...beside(one), send(one.name, one.option, id)];
    expect((await type(one.path, chosen(ELSEWHERE), ofHere)).said).toContain('this Discord server');
    const silent = await type(one.path, chosen(HERE), () => 'silent');
    expect([silent.run.mock.calls, silent.said]).toEqual([
      [],
      expect.stringContaining('Try again in a minute'),
    ]);
    // A channel that Usher may not see: the command says what it lacks there.
    expect((await type(one.path, chosen(HERE), () => 'unseen')).run).toHaveBeenCalledOnce();
  });
});
