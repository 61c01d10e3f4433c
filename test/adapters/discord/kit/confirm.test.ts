import { describe, expect, it, vi } from 'vitest';
import type { ComponentInput } from '../../../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../../../src/adapters/discord/kit/draft.ts';
import { card, md, type View } from '../../../../src/adapters/discord/views/view.ts';
import type { App } from '../../../../src/app/app.ts';
import { asActor } from '../../../../src/domain/ids.ts';
import { isText, shape } from '../../../../src/domain/shape.ts';
import { memoryDrafts } from '../../../commands/samples.ts';
import { chosenOf, commandInput, stubApp, textOf } from '../../../support/command-input.ts';
import { ADA } from '../../../support/people.ts';

/** What would go, as it is counted, and what is behind the count. */
interface Preview {
  readonly grants: number;
  readonly ids: readonly string[];
  /** Nobody is shown this. */
  readonly readAt: number;
}

const first: Preview = { grants: 2, ids: ['a', 'b'], readAt: 1 };

function setUp(previews: readonly (Preview | undefined)[]) {
  const left = [...previews];
  const act = vi.fn(async (_input: ComponentInput, agreed: { readonly preview: Preview }) =>
    card('good', md`Done: ${agreed.preview.grants}`),
  );
  const question = confirmation({
    draft: defineDraft('plan delete', shape({ planId: isText })),
    preview: async (_who, _asked, _app: Pick<App, 'drafts'>) => (left.length > 1 ? left.shift() : left[0]),
    gone: card('bad', md`Gone`),
    question: ({ grants, ids }) =>
      grants === 0
        ? card('neutral', md`Nothing to do`)
        : {
            text: [md`End ${grants} grants?`],
            meaning: ids,
            choices: [{ label: 'End them', style: 'danger', op: 'all' }],
          },
    choose: { all: act },
  });
  const app = stubApp({ drafts: memoryDrafts() });
  const who = commandInput();
  const press = async (view: View, op: string, by = who) => {
    const args = view.blocks.flatMap((block) =>
      block.kind === 'buttons'
        ? block.buttons.flatMap((button) => ('op' in button && button.op === op ? (button.args ?? []) : []))
        : [],
    );
    const answer = await question.components[op]?.run(
      { ...by, args, values: [], fields: {}, chosen: chosenOf([]) },
      app,
    );
    if (answer?.kind !== 'view') throw new Error('no view');
    return answer;
  };
  return {
    act,
    press,
    ask: (before?: ReturnType<typeof md>) => question.ask(who, { planId: 'family' }, app, before),
    who,
  };
}

describe('a question', () => {
  it('is followed by what was agreed to when it would still be the same', async () => {
    const { act, ask, press } = setUp([first, { ...first, readAt: 2 }]);
    const asked = await ask(md`Withdrawn.`);
    expect(textOf(asked)).toBe('Withdrawn.\nEnd 2 grants?');
    expect(textOf(await press(asked, 'all'))).toBe('Done: 2');
    expect(act).toHaveBeenCalledOnce();
  });

  it.each([
    ['it says something else', { ...first, grants: 3 }, 'End 3 grants?'],
    ['its words stand for something else', { ...first, ids: ['a', 'c'] }, 'End 2 grants?'],
    ['there is nothing left to decide', { ...first, grants: 0 }, 'Nothing to do'],
    ['what it is about is gone', undefined, 'Gone'],
  ])('is not when %s', async (_name, now, text) => {
    const { act, ask, press } = setUp([first, now]);
    expect(textOf(await press(await ask(), 'all'))).toBe(text);
    expect(act).not.toHaveBeenCalled();
  });

  it('that was put anew is followed by what it says', async () => {
    const { act, ask, press } = setUp([first, { ...first, grants: 3 }]);
    const anew = await press(await ask(), 'all');
    expect(textOf(await press(anew, 'all'))).toBe('Done: 3');
    expect(act).toHaveBeenCalledOnce();
  });

  it('is answered once, and by who was asked', async () => {
    const { act, ask, press, who } = setUp([first]);
    const asked = await ask();
    const somebodyElse = { ...who, actor: { ...who.actor, id: asActor(ADA) } };
    expect(textOf(await press(asked, 'all', somebodyElse))).toContain('no longer open');
    const both = await Promise.all([press(asked, 'all'), press(asked, 'all')]);
    expect(both.map(textOf).filter((text) => text.includes('no longer open'))).toHaveLength(1);
    expect(act).toHaveBeenCalledOnce();
  });

  it('is over when it was cancelled', async () => {
    const { act, ask, press } = setUp([first]);
    const asked = await ask();
    expect(textOf(await press(asked, 'cancel'))).toContain('Nothing was changed');
    expect(textOf(await press(asked, 'all'))).toContain('no longer open');
    expect(act).not.toHaveBeenCalled();
  });
});
