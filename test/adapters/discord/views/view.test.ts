import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { code, type Md, md, mention, problem } from '../../../../src/adapters/discord/views/view.ts';

import { textOf } from '../../../support/command-input.ts';

const ROOT = join(import.meta.dirname, '../../../..');

describe('the heading of a problem', () => {
  it.each<[string, Md, string]>([
    ['plain', md`You may not do that`, '**You may not do that**'],
    ['with a bold name', md`**${'Kid'}** owns this server`, '**Kid owns this server**'],
    ['with bold at its end', md`It is **${'Kid'}**`, '**It is Kid**'],
    ['with a name of asterisks', md`**${'**Kid**'}** owns`, '**\\*\\*Kid\\*\\* owns**'],
    ['with code and a mention', md`${mention.user('1')} has ${code('x')}`, '**<@1> has `x`**'],
  ])('%s is bold once', (_what, heading, shown) => {
    expect(textOf(problem(heading))).toBe(shown);
  });
});

it('no heading of any view or command puts bold into bold', () => {
  // `**${md`**…**`}**`: what is inserted into bold must not bring its own.
  const nested = globSync(['src/adapters/discord/**/*.ts', 'commands/**/*.ts'], { cwd: ROOT }).flatMap(
    (file) =>
      readFileSync(join(ROOT, file), 'utf8')
        .split('\n')
        .filter((line) => /\*{4}/.test(line) && !/^\s*(\*|\/\*|\/\/)/.test(line))
        .map((line) => `${file}: ${line.trim()}`),
  );
  expect(nested).toEqual([]);
});
