import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clamp, clampUnits, plainText, sanitise } from '../../../../src/adapters/discord/wire/sanitise.ts';

describe('sanitise', () => {
  it.each<[string, string, string]>([
    ['an ordinary name', 'Tower · Movies (4K), TV', 'Tower · Movies (4K), TV'],
    ['emphasis', '*a* _b_ ~~c~~ ||d||', '\\*a\\* \\_b\\_ \\~\\~c\\~\\~ \\|\\|d\\|\\|'],
    ['code', '`a`', '\\`a\\`'],
    ['a backslash that would undo an escape', '\\*a', '\\\\\\*a'],
    ['a masked link', '[free](https://evil.example)', '\\[free\\](https\\://evil.example)'],
    ['a bare link', 'see https://evil.example', 'see https\\://evil.example'],
    ['an invite without a scheme', 'discord.gg/abc', 'discord\\.gg/abc'],
    ['a user mention', '<@123456789012345678>', '\\<@123456789012345678>'],
    ['everyone', '@everyone and @here', '@\u200beveryone and @\u200bhere'],
    ['a timestamp', '<t:0:R>', '\\<t:0:R>'],
    ['a heading', '# big', '\\# big'],
    ['small text', '-# small', '\\-# small'],
    ['a list', '- item', '\\- item'],
    ['a numbered list', '1. item', '1\\. item'],
    ['a quote', '>>> all', '\\>>> all'],
    ['a negative number', '-5 days', '-5 days'],
    ['a film with a number', '1917', '1917'],
    ['line breaks', 'a\n# b\r\n\u2028- c', 'a # b - c'],
    ['a name written backwards', 'abc\u202egpj.exe', 'abcgpj.exe'],
    ['zero-width characters', 'a\u200bd\u2060m\ufeffin', 'admin'],
    ['an emoji of several parts', '👨‍👩‍👧 family', '👨‍👩‍👧 family'],
    ['stacked marks', `a${'\u0301'.repeat(50)}`, `a${'\u0301'.repeat(4)}`],
    ['nothing but invisible characters', '\u200b\u200b', '\ufffd'],
    ['nothing', '', ''],
    ['half a character', 'a\ud800', 'a\ufffd'],
  ])('shows %s as typed', (_what, typed, safe) => {
    expect(sanitise(typed)).toBe(safe);
  });

  it('replaces backticks in code and leaves the rest', () => {
    expect(sanitise('a`b*c', { inCode: true })).toBe("a'b*c");
    expect(sanitise('', { inCode: true })).toBe(' ');
  });

  it('cuts to the length asked for, between characters', () => {
    expect(sanitise('abcdef', { max: 4 })).toBe('abc…');
    expect(clamp('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 2)).toBe('👨‍👩‍👧…');
    expect(clampUnits('👨‍👩‍👧👨‍👩‍👧', 10)).toBe('👨‍👩‍👧…');
  });
});

/** Pieces of text that have an effect in Discord, joined at random. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        ...[
          '@everyone',
          '@',
          'here',
          '<@1>',
          '<t:1>',
          'https',
          'http:',
          '://',
          ':',
          '/',
          '//',
          '[',
          '](',
          ')',
          '*',
        ],
        ...[
          '_',
          '~~',
          '||',
          '`',
          '```',
          '\\',
          '#',
          '##',
          '-',
          '-#',
          '>',
          '>>>',
          '1',
          '.',
          '1.',
          '+',
          ' ',
          '\n',
          '\t',
        ],
        ...[
          'discord',
          '.gg/',
          'discord.gg',
          '\u202e',
          '\u200b',
          '\u200d',
          '\ud800',
          '👍',
          '🏽',
          'é',
          '漢',
          '\u0301',
        ],
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 24 },
  )
  .map((pieces) => pieces.join(''));

/** What Discord's renderer still interprets after the escaped characters became plain text. */
const unescaped = (markdown: string) => markdown.replace(/\\[^0-9A-Za-z\s]/gu, '¤');

const ACTIVE: readonly (readonly [string, RegExp])[] = [
  ['emphasis, code, spoiler, link or mention', /[*_~`|<[\]]/],
  ['a link', /[a-z]+:\/\//i],
  ['an invite', /discord\.gg(\/|$)/i],
  ['everyone', /@(everyone|here)/i],
  ['a quote, heading or list', /^ *([>#+-]+|\d+[.)])( |$)/m],
  ['a line break', /[\n\r\u0085\u2028\u2029]/],
  ['an invisible character', /\p{Cc}|[\u202a-\u202e\u2060-\u2069\ufeff\u200e\u200f]/u],
];

describe('whatever people type', () => {
  it('holds nothing active, alone or beside other names', () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        // Discord's server checks the raw text, its clients what is left after the escapes.
        for (const text of [sanitise(one), sanitise(one) + sanitise(other)]) {
          for (const [what, pattern] of ACTIVE) {
            expect(pattern.test(unescaped(text)), `${what} in ${JSON.stringify(text)}`).toBe(false);
          }
          expect(text).not.toMatch(/@(everyone|here)|[a-z]+:\/\//i);
          expect(text.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('cannot leave inline code', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(sanitise(text, { inCode: true })).toMatch(/^[^`\n\r]+$/);
      }),
    );
  });

  it('is never longer than allowed, and never empty unless it was', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 100 }), (text, max) => {
        const plain = plainText(text, max);
        expect([...new Intl.Segmenter().segment(plain)].length).toBeLessThanOrEqual(max);
        expect(clampUnits(text, max).length).toBeLessThanOrEqual(max);
        expect(plain === '').toBe(text === '');
      }),
    );
  });
});
