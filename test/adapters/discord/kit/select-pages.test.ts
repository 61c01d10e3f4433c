import { describe, expect, it } from 'vitest';
import { pageOf, turnButtons } from '../../../../src/adapters/discord/kit/select-pages.ts';

const many = Array.from({ length: 45 }, (_, index) => index + 1);

describe('a page', () => {
  it.each([
    ['the first', undefined, [1, 20], [true, false]],
    ['one in the middle', '1', [21, 40], [false, false]],
    ['the last', '2', [41, 45], [false, true]],
    ['one that is no longer there', '9', [41, 45], [false, true]],
    ['what is no number', 'x', [1, 20], [true, false]],
    ['a number below the first', '-1', [1, 20], [true, false]],
  ])('%s', (_name, asked, span, disabled) => {
    const page = pageOf(many, 20, asked);
    expect([page.items[0], page.items.at(-1)]).toEqual(span);
    expect(turnButtons(page, 'turned', 'draft').map((button) => button.disabled)).toEqual(disabled);
  });

  it('leads to its neighbours, with the draft before the number', () => {
    expect(turnButtons(pageOf(many, 20, '1'), 'turned', 'draft')).toMatchObject([
      { label: '◀', op: 'turned', args: ['draft', '0'] },
      { label: '▶', op: 'turned', args: ['draft', '2'] },
    ]);
  });

  it.each([
    ['that is the only one', many.slice(0, 20)],
    ['of nothing', []],
  ])('%s is not turned', (_name, all) => {
    const page = pageOf(all, 20);
    expect(page).toMatchObject({ number: 0, pages: 1, items: all });
    expect(turnButtons(page, 'turned', 'draft')).toEqual([]);
  });
});
