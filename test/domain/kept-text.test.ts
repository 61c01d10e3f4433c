import { describe, expect, it } from 'vitest';
import { asKept, keptText, readKeptText } from '../../src/domain/kept-text.ts';
import { lines, say, type Text } from '../../src/words/say.ts';

const STILL_OPEN = say('trouble.pass.stillOpen', { server: 'Tower', libraries: 'Movies' });

describe('a column of text', () => {
  it.each<[string, Text]>([
    ['a text of an older version', 'Tower still shows Movies.'],
    ['a text that looks like more', '{"key":'],
    ['another object', '{"key":1}'],
    ['values that are none', '{"key":"trouble.says","values":{"message":null}}'],
    ['a sentence', STILL_OPEN],
    ['a sentence in another', say('trouble.frozen', { server: 'Tower', why: STILL_OPEN })],
    ['a list of sentences', say('server.drill.differs', { beliefs: [STILL_OPEN, 'x', lines(STILL_OPEN)] })],
  ])('keeps %s', (_name, text) => {
    expect(readKeptText(keptText(text))).toEqual(text);
  });

  it('is the only one of a row that is put into another form', () => {
    const at = new Date(0);
    expect(asKept({ trouble: STILL_OPEN, name: 'mia', at }, 'trouble')).toEqual({
      trouble: JSON.stringify(STILL_OPEN),
      name: 'mia',
      at,
    });
    expect(asKept({ name: 'mia' } as { name: string; trouble?: Text | null }, 'trouble')).toEqual({
      name: 'mia',
    });
    expect(asKept({ trouble: null }, 'trouble')).toEqual({ trouble: null });
  });
});
