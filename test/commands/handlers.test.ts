/**
 * Every control leads to a handler, and every draft is of its command: literals of the source against
 * commands/index.ts.
 */
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { buttons, card, md, SHARED_HANDLERS } from '../../src/adapters/discord/views/view.ts';
import { assertHandled, stubApp, typist } from '../support/command-input.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const KIT = 'src/adapters/discord/kit';
const source = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const files = (pattern: string): readonly string[] => globSync(pattern, { cwd: ROOT });
const pathOf = (file: string): string => file.replace(/^commands\/|\.ts$/g, '').replaceAll('/', ' ');

/** The operations that a text writes down for controls of the command itself: those that name no other. */
function ownOperations(text: string): readonly string[] {
  return [...text.matchAll(/\bop: '([^']+)'/g)].flatMap(({ 1: op = '', index }) =>
    /\bcommand(:|,)/.test(literalAround(text, index)) ? [] : [op],
  );
}

/** The object literal in which a position is. */
function literalAround(text: string, position: number): string {
  const edge = (step: 1 | -1, opening: string, closing: string): number => {
    let depth = 0;
    let at = position;
    for (; at >= 0 && at < text.length; at += step) {
      if (text[at] === opening && depth-- === 0) break;
      if (text[at] === closing) depth++;
    }
    return at;
  };
  return text.slice(edge(-1, '{', '}'), edge(1, '}', '{') + 1);
}

/** A command's text and that of the kit it uses, also behind what it uses. */
function withItsKit(file: string, seen = new Set<string>()): readonly string[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const text = source(file);
  const imports = [...text.matchAll(/ from '(\.[^']+)'/g)].map(({ 1: to = '' }) =>
    relative(ROOT, resolve(ROOT, dirname(file), to)),
  );
  const kit = imports.filter((to) => to.startsWith(KIT) && !to.endsWith('/command.ts'));
  return [text, ...kit.flatMap((to) => withItsKit(to, seen))];
}

/** Controls of a command that would lead nowhere. */
function lost(path: string, texts: readonly string[]): readonly string[] {
  return texts.flatMap(ownOperations).filter((op) => {
    try {
      assertHandled(commands, path, op);
      return false;
    } catch {
      return true;
    }
  });
}

const COMMAND_FILES = files('commands/**/*.ts').filter((file) => !/(index|print)\.ts$/.test(file));

describe('every control of a command', () => {
  it.each(COMMAND_FILES)('has its handler: %s', (file) => {
    expect(lost(pathOf(file), withItsKit(file))).toEqual([]);
  });

  it('is found when it has none', () => {
    const text = `buttons({ label: 'Go', op: 'go', args: [\`\${id}\`] }, { command: 'grant set', op: 'undo' })`;
    expect(ownOperations(text)).toEqual(['go']);
    expect(lost('grant list', [text, "turn({ op: 'page' })"])).toEqual(['go']);
  });

  it('is found in what the kit adds', () => {
    expect(lost('grant bulk', withItsKit('commands/grant/bulk.ts'))).toEqual([]);
    expect(lost('plan delete', withItsKit('commands/grant/bulk.ts'))).toEqual(['confirm', 'retry']);
  });
});

describe('what leads to another command', () => {
  const pairs = Object.entries(SHARED_HANDLERS).flatMap(([path, ops]) =>
    ops.map((op) => [path, op] as const),
  );

  it.each(pairs)('/%s handles %s', (path, op) => {
    assertHandled(commands, path, op);
  });

  it.each([
    ['grant set', 'redo'],
    ['grant sets', 'undo'],
    ['grant set', 'toString'],
  ])('/%s does not handle %s', (path, op) => {
    expect(() => assertHandled(commands, path, op)).toThrow('handles no');
  });

  it('does not compile with an operation that the other does not share', () => {
    // @ts-expect-error: /grant set shares `undo` only
    buttons({ label: 'Redo', command: 'grant set', op: 'redo' });
    // @ts-expect-error: there is no such command
    buttons({ label: 'Undo', command: 'grant sets', op: 'undo' });
    buttons({ label: 'Undo', command: 'grant set', op: 'undo' });
  });

  it('is named in every view, because views are shown by many commands', () => {
    const shared = [
      ...files('src/adapters/discord/views/*.ts'),
      ...files('src/adapters/discord/outbox/*.ts'),
    ];
    expect(shared.flatMap((file) => ownOperations(source(file)))).toEqual([]);
  });
});

it('an answer with a control that leads nowhere fails the test that shows it', () => {
  const view = card('neutral', md`Here`, buttons({ label: 'Lost', op: 'nowhere' }));
  const { show } = typist(stubApp({}));
  expect(() => show('my access', view)).toThrow('/my access handles no “nowhere”');
  expect(show('my access', card('neutral', md`Here`)).text).toBe('Here');
});

describe('drafts', () => {
  const kinds = files('{commands,src/adapters/discord}/**/*.ts').flatMap((file) =>
    [...source(file).matchAll(/\bdefineDraft\(\s*'([^']+)'/g)].map(({ 1: kind = '' }) => ({ file, kind })),
  );

  it('are of the command that keeps them, and of no other', () => {
    expect(kinds.length).toBeGreaterThan(7);
    expect(kinds.filter(({ file, kind }) => kind !== pathOf(file))).toEqual([]);
    expect(new Set(kinds.map(({ kind }) => kind)).size).toBe(kinds.length);
  });
});
