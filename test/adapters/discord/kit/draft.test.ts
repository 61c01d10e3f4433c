import { describe, expect, it } from 'vitest';
import { defineDraft } from '../../../../src/adapters/discord/kit/draft.ts';
import { isText, shape } from '../../../../src/adapters/discord/kit/shape.ts';
import { memoryDrafts } from '../../../commands/samples.ts';
import { commandInput, stubApp } from '../../../support/command-input.ts';
import { ADA } from '../../../support/people.ts';

const kind = defineDraft('plan edit', shape({ planId: isText }));
const who = commandInput();
const somebodyElse = commandInput({ actor: { ...who.actor, id: ADA } });

describe('a draft', () => {
  it('is kept, found by who began it, and taken once', async () => {
    const app = stubApp({ drafts: memoryDrafts() });
    const id = await kind.put(who, { planId: 'family' }, app);
    expect(await kind.find(somebodyElse, id, app)).toBeUndefined();
    expect(await kind.take(somebodyElse, id, app)).toBeUndefined();
    expect(await kind.find(who, id, app)).toEqual({ planId: 'family' });
    const both = await Promise.all([kind.take(who, id, app), kind.take(who, id, app)]);
    expect(both.filter((draft) => draft !== undefined)).toEqual([{ planId: 'family' }]);
    expect(await kind.find(who, id, app)).toBeUndefined();
  });

  it('changes under the same id', async () => {
    const app = stubApp({ drafts: memoryDrafts() });
    const id = await kind.put(who, { planId: 'family' }, app);
    expect(await kind.put(who, { planId: 'guests' }, app, id)).toBe(id);
    expect(await kind.find(who, id, app)).toEqual({ planId: 'guests' });
  });

  it('is not taken for one of another command, even of the same shape, and stays for that', async () => {
    const app = stubApp({ drafts: memoryDrafts() });
    const other = defineDraft('plan delete', shape({ planId: isText }));
    const id = await other.put(who, { planId: 'family' }, app);
    expect(await kind.take(who, id, app)).toBeUndefined();
    expect(await other.take(who, id, app)).toEqual({ planId: 'family' });
  });

  it.each([
    ['of an earlier version', { of: 'plan edit', draft: { plan: 'family' } }],
    ['that are not marked', { planId: 'family' }],
    ['without content', { of: 'plan edit' }],
    ['that are nothing', null],
  ])('is not read from contents %s', async (_name, content) => {
    const drafts = memoryDrafts();
    const id = (await drafts.put?.(who.guildId, who.actor.id, content)) ?? '';
    expect(await kind.find(who, id, stubApp({ drafts }))).toBeUndefined();
  });

  it('with something beside it needs that as well', async () => {
    const app = stubApp({ drafts: memoryDrafts() });
    const more = kind.beside(shape({ shown: isText }));
    const id = await kind.put(who, { planId: 'family' }, app);
    expect(await more.find(who, id, app)).toBeUndefined();
    const both = { given: { planId: 'family' }, shown: 'x' };
    await more.put(who, both, app, id);
    expect(await more.find(who, id, app)).toEqual(both);
  });
});
