import { describe, expect, it } from 'vitest';
import { pageOf, spanText, turnButtons, turnRow } from '../../../../src/adapters/discord/kit/pager.ts';

const many = Array.from({ length: 45 }, (_, index) => index + 1);

describe('a page', () => {
  it.each([
    ['the first', undefined, '1–20 of 45', [true, false]],
    ['one in the middle', '1', '21–40 of 45', [false, false]],
    ['the last', '2', '41–45 of 45', [false, true]],
    ['one that is no longer there', '9', '41–45 of 45', [false, true]],
    ['what is no number', 'x', '1–20 of 45', [true, false]],
    ['a number below the first', '-1', '1–20 of 45', [true, false]],
  ])('%s', (_name, asked, span, disabled) => {
    const page = pageOf(many, 20, asked);
    expect(spanText(page)).toBe(span);
    expect(turnButtons(page, 'tower').map((button) => button.disabled)).toEqual(disabled);
  });

  it('leads to its neighbours, with what the command needs before the number', () => {
    expect(turnButtons(pageOf(many, 20, '1'), 'tower', 'name')).toMatchObject([
      { label: '◀', op: 'page', args: ['tower', 'name', '0'] },
      { label: '▶', op: 'page', args: ['tower', 'name', '2'] },
    ]);
  });

  it.each([
    ['that is the only one', many.slice(0, 20)],
    ['of nothing', []],
  ])('%s is not turned', (_name, all) => {
    const page = pageOf(all, 20);
    expect(page).toMatchObject({ number: 0, pages: 1, items: all });
    expect(turnRow(page)).toBeUndefined();
  });
});
