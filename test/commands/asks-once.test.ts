/** "Did you mean …?": what was not clear is asked about once, and everything else that was typed is kept. */
import { describe, expect, it, vi } from 'vitest';
import { asksOnce } from '../../src/adapters/discord/kit/asks-once.ts';
import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { librariesOption } from '../../src/adapters/discord/kit/libraries-option.ts';
import { card, md } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { beginList, completeList } from '../../src/domain/complete-list.ts';
import { nameIndex } from '../../src/domain/pick.ts';
import { pickList } from '../../src/domain/pick-list.ts';
import { type Answer, commandInput, type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import { NOON, names, standingOf, times } from './samples.ts';

const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };

/** Many servers that call a library the same. */
const places = Array.from({ length: 33 }, (_, n) => ({
  ...{ id: `movies-${n}`, serverId: `s${n}`, name: `Server ${n} · Movies`, short: 'Movies' },
  ...{ gone: false, missing: false },
}));
const index = nameIndex(places, ({ name, short }) => [name, short]);
const crowded: NonNullable<Stubs['autocomplete']> = {
  ...names(),
  pickLibraries: async (_guildId, typed) => pickList(index, typed),
};

const giving = (autocomplete = names()) => {
  const add = vi.fn(async (_input: unknown) => ({ ...standingOf(), undoId: 'undo-1' }));
  const preview = async () => ({ warnings: [], libraries: [], servers: [] });
  const app = stubApp({ autocomplete, timeInput: times(), grants: { add, preview } });
  return { add, person: typist(app) };
};

describe('a near miss', () => {
  it('is a button that goes on, with all that was typed', async () => {
    const { add, person } = giving();
    const typed = { member: ada, libraries: 'Shows, Moveis', reason: 'birthday' };
    const asked = await person.type('grant add', typed);
    expect(asked).toMatchObject({
      tone: 'warning',
      text: expect.stringMatching(/no library “Moveis”(.|\n)*• Tower · Movies/),
    });
    expect(asked.labels).toEqual(['Tower · Movies', 'Cancel']);
    await asked.press('Tower · Movies');
    expect(add).toHaveBeenCalledExactlyOnceWith({
      ...{ guildId: GUILD, actorId: STAFF, memberId: ADA, reason: 'birthday' },
      ...{ libraryIds: ['shows', 'movies'], startsAt: NOON, expiresAt: null },
    });
  });

  it('of words from the middle of a name is one, too', async () => {
    const asked = await giving().person.type('grant add', { member: ada, libraries: 'ovies towe' });
    expect(asked.labels).toEqual(['Tower · Movies', 'Cancel']);
  });

  it.each(['server show', 'plan show', 'library show', 'member why'])('is one for /%s', async (path) => {
    const typed = { server: 'Twoer', plan: 'Famliy', library: 'Moveis', member: ada };
    expect((await giving().person.type(path, typed)).labels).toContain('Cancel');
  });

  it('is answered once', async () => {
    const { add, person } = giving();
    const asked = await person.type('grant add', { member: ada, libraries: 'Moveis' });
    await asked.press('Tower · Movies');
    expect((await asked.press('Tower · Movies')).text).toContain('no longer open');
    expect(add).toHaveBeenCalledOnce();
    expect((await asked.press('Cancel')).text).toContain('Nothing was changed');
  });

  it('is gone when it is cancelled', async () => {
    const { add, person } = giving();
    const asked = await person.type('grant add', { member: ada, libraries: 'Moveis' });
    await asked.press('Cancel');
    expect((await asked.press('Tower · Movies')).text).toContain('no longer open');
    expect(add).not.toHaveBeenCalled();
  });
});

describe('a name that many have', () => {
  const shown = ({ text: all }: Answer) => all.split('\n').filter((line) => line.startsWith('•'));

  it('lists all of them with their servers, a page at a time', async () => {
    const { add, person } = giving(crowded);
    const first = await person.type('grant add', { member: ada, libraries: 'Movies', reason: 'x' });
    expect(shown(first)).toEqual(places.slice(0, 15).map(({ name }) => `• ${name}`));
    expect(first.labels).toEqual(['▶', 'Cancel']);
    const second = await first.press('▶');
    const third = await second.press('▶');
    expect([...shown(second), ...shown(third)]).toEqual(places.slice(15).map(({ name }) => `• ${name}`));
    expect(third.labels).toEqual(['◀', 'Cancel']);
    await third.select('32');
    expect(add).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ libraryIds: ['movies-32'], reason: 'x' }),
    );
  });

  it('is asked about again where a list has two of them', async () => {
    const { add, person } = giving(crowded);
    const first = await person.type('grant add', { member: ada, libraries: 'Movies, Mov' });
    const second = await first.select('1');
    expect(second.text).toContain('“Mov” can mean several things');
    await second.select('2');
    expect(add).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ libraryIds: ['movies-1', 'movies-2'] }),
    );
  });
});

describe('a list that is longer than Discord sends', () => {
  const shelves = Array.from({ length: 24 }, (_, n) => ({
    ...{
      id: `shelf-${String(n).padStart(2, '0')}-${n}`,
      serverId: 's',
      name: `Tower · Shelf number ${n}`,
      short: `Shelf number ${n}`,
    },
    ...{ gone: false, missing: false },
  }));
  const long = nameIndex(shelves, ({ name, short }) => [name, short]);
  const autocomplete: NonNullable<Stubs['autocomplete']> = {
    ...names(),
    pickLibraries: async (_guildId, typed) => pickList(long, typed),
    completeLibraryList: async (_guildId, typed) => completeList(long, typed, 25),
    beginLibraryList: async (_guildId, typed) => beginList(long, typed),
    grantableLibraries: async () => shelves,
  };
  const typed = `${shelves
    .slice(0, 8)
    .map(({ name }) => name)
    .join(', ')}, she`;

  it.each([
    ['grant add', { member: ada }, 'Give access'],
    ['invite create', {}, 'Create invite'],
    ['plan create', { name: 'Long' }, 'Create plan'],
  ])('goes on in a select for /%s, with what was named ticked', async (path, options, done) => {
    const { person } = giving(autocomplete);
    const [offer, ...others] = await person.complete(path, 'libraries', typed);
    expect(others).toEqual([]);
    expect(saidPlain(offer?.name ?? '')).toBe('8 libraries so far: choose the others from a list');
    const choosing = await person.type(path, { ...options, libraries: offer?.value });
    expect(choosing.text).toContain('8 libraries chosen');
    expect(choosing.labels).toContain(done);
  });

  it.each(['grant set', 'plan edit'])('is not offered by /%s, which has no select', async (path) => {
    expect(await giving(autocomplete).person.complete(path, 'libraries', typed)).toEqual([]);
  });
});

describe('a time that can be two', () => {
  it.each([
    ['grant extend', { grant: '7', by: '1M' }, '1 month'],
    ['invite create', { libraries: 'Movies', for: '1M' }, '1 month'],
    ['invite create', { libraries: 'Movies', valid: '1M' }, '1 month'],
    ['plan create', { name: '1M', libraries: 'Movies', for: '1M' }, '1 month'],
    ['plan edit', { plan: 'Family', for: '1M' }, '1 month'],
    ['grant bulk', { action: 'extend', by: '1M' }, '1 month'],
    ['plan create', { name: 'Long', libraries: 'Movies', for: '9y' }, 'Use this time'],
  ])('/%s %o', async (path, typed, label) => {
    const create = vi.fn(async (_input: unknown) => ({ kind: 'name-taken', name: 'x' }) as const);
    const app = stubApp({ autocomplete: names(), timeInput: times(), plans: { create }, changeGrants: {} });
    const asked = await typist(app).type(path, typed);
    expect(asked.labels).toContain(label);
    if (path !== 'plan create') return;
    await asked.press(label);
    // The name is a name, whatever it looks like.
    expect(create).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ name: Reflect.get(typed, 'name') }),
    );
  });
});

describe('what asks', () => {
  const picking = defineCommand({
    description: 'Names libraries',
    capability: 'auditor',
    options: { libraries: librariesOption.optional('Which'), note: text('A note') },
    async run({ guildId, options }, app: Pick<App, 'autocomplete' | 'drafts'>) {
      const picked = await librariesOption.pick(app, guildId, options.libraries);
      return picked.kind === 'problem' ? picked.view : card('good', md`${options.note ?? ''}`);
    },
  });

  it('replaces the name, and leaves alone what is no name', async () => {
    const asking = asksOnce('library list', picking);
    const app = stubApp({ autocomplete: names() });
    const options = { libraries: 'Moveis', note: 'Moveis' };
    const asked = await asking.run({ ...commandInput(), options }, app);
    if (asked.kind !== 'view') throw new Error('a form');
    const [button] = asked.blocks.flatMap((block) => (block.kind === 'buttons' ? block.buttons : []));
    const args = button && 'args' in button ? (button.args ?? []) : [];
    const done = await asking.components?.meant?.run(
      { ...commandInput(), args, values: [], fields: {}, chosen: { users: {}, roles: {}, channels: {} } },
      app,
    );
    expect(done).toEqual(card('good', md`Moveis`));
  });

  it('is not what takes no text', () => {
    const plain = defineCommand({
      description: 'x',
      capability: 'auditor',
      run: async () => card('good', md`x`),
    });
    expect(asksOnce('library list', plain)).toBe(plain);
  });
});
