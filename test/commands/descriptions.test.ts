/** What Discord shows of commands while they are typed: everything in every language, and nothing for what is gone. */
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { commandsJson } from '../../src/adapters/discord/gateway/command-json.ts';
import { DESCRIPTIONS } from '../../src/words/descriptions.ts';
import { checkCommands } from '../standins/discord/validate-commands.ts';

/** `grant`, `api token`: what is typed before the last word of a command. */
const holders = Object.keys(commands).flatMap((path) => {
  const words = path.split(' ');
  return words.slice(1).map((_, index) => words.slice(0, index + 1).join(' '));
});

const declared = Object.entries(commands).flatMap(([path, { options = {}, userMenu }]) => [
  path,
  ...(userMenu ? [userMenu.name] : []),
  ...Object.entries(options).flatMap(([name, { choices = [] }]) => [
    `${path} ${name}`,
    ...choices.map((value) => `${path} ${name} = ${value}`),
  ]),
]);

const sorted = (names: Iterable<string>) => [...new Set(names)].toSorted();

describe('what is shown of commands while they are typed', () => {
  it('is in German, every description and choice, and nothing that is not declared', () => {
    expect(sorted(Object.keys(DESCRIPTIONS.de))).toEqual(sorted([...holders, ...declared]));
  });

  it('is a sentence of its own for what holds several commands', () => {
    expect(sorted(Object.keys(DESCRIPTIONS.en))).toEqual(sorted(holders));
  });

  it('is as long as Discord allows, of every language', () => {
    const long = Object.values(DESCRIPTIONS).flatMap((table) =>
      Object.entries(table).filter(([, text]) => text.length > 100 || text.trim() !== text || text === ''),
    );
    expect(long).toEqual([]);
    expect(() =>
      checkCommands(structuredClone(commandsJson(commands)).map((one) => ({ ...one }))),
    ).not.toThrow();
  });

  it('names each choice of an option differently', () => {
    const doubled = Object.entries(commands).flatMap(([path, { options = {} }]) =>
      Object.entries(options).flatMap(([name, { choices = [] }]) => {
        const names = choices.map((value) => DESCRIPTIONS.de[`${path} ${name} = ${value}`]);
        return new Set(names).size === names.length ? [] : [`${path} ${name}`];
      }),
    );
    expect(doubled).toEqual([]);
  });
});
