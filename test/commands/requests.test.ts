/** `/my renew`, `/my request`, and the buttons by which staff decide. */
import { describe, expect, it, vi } from 'vitest';
import type { Approval } from '../../src/app/grants/request-decisions.ts';
import type { AskResult, Renewable } from '../../src/app/grants/requests.ts';
import type { SelfRenewal } from '../../src/app/grants/self-renewal.ts';
import type { MayAsk } from '../../src/domain/may-ask.ts';
import type { MemberRequest } from '../../src/domain/model.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { later } from '../support/moments.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { newRequest } from '../support/rows.ts';
import { aPlan, NOON, planDetails, standingOf, times } from './samples.ts';

const END = later(5 * 86_400_000);
const renewable = (id: string, changes: Partial<Renewable> = {}): Renewable => ({
  ...{ standing: standingOf({ id, expiresAt: END }), plan: undefined, renewal: 'ask', askedAt: null },
  ...changes,
});
const own = renewable('own', {
  ...{ renewal: 'self', plan: aPlan({ renewals: 3, renewalRoleId: '600000000000000007', duration: '30d' }) },
});
const request: MemberRequest = {
  ...newRequest('r', { memberId: ADA, libraryIds: [] }),
  ...{ state: 'approved', decidedAt: NOON, decidedById: STAFF, word: null },
};

function having(
  all: readonly Renewable[],
  more: Stubs & { readonly mayAsk?: MayAsk; result?: AskResult } = {},
) {
  const { mayAsk = 'renew', result = { kind: 'asked', grant: undefined }, ...stubs } = more;
  const askToRenew = vi.fn(async () => result);
  const askForNew = vi.fn(async () => result);
  const settings = { ...DEFAULT_SETTINGS, guildId: GUILD, roles: [], localTime: '12:00', mayAsk };
  const app = stubApp({
    requests: { renewables: async () => all, askToRenew, askForNew },
    settings: { get: async () => settings },
    timeInput: times(),
    ...stubs,
  });
  return { app, askToRenew, askForNew, person: typist(app) };
}

const wish = { guildId: GUILD, memberId: STAFF, inDm: false, lasts: null };

describe('/my renew', () => {
  it('asks at once where it is plain what for', async () => {
    const { person, askToRenew } = having([renewable('a')]);
    const answer = await person.type('my renew', { note: 'please' });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('asked for more time') });
    expect(askToRenew).toHaveBeenCalledExactlyOnceWith({ ...wish, grantId: 'a', note: 'please' });
  });

  it('of several asks which, and keeps the note', async () => {
    const { person, askToRenew } = having([renewable('a'), renewable('b')]);
    await (await person.type('my renew', { note: 'please' })).select('b');
    expect(askToRenew).toHaveBeenCalledExactlyOnceWith({ ...wish, grantId: 'b', note: 'please' });
  });

  it('Renew below a message opens a form: how long, and a note', async () => {
    const { person, askToRenew } = having([renewable('a')]);
    const form = await person.use('my renew', 'open');
    expect(form.text).toBe('Ask for more time\nHow much longer: 30d\nA note to the staff: ');
    await form.submit({ lasts: '60d', note: ' ' });
    expect(askToRenew).toHaveBeenCalledExactlyOnceWith({ ...wish, grantId: 'a', lasts: '60d', note: null });
  });

  it('a length that is none comes back with the reason', async () => {
    const { person, askToRenew } = having([renewable('a')]);
    const refused = await (await person.use('my renew', 'open')).submit({ lasts: 'soon', note: 'please' });
    expect(refused).toMatchObject({ tone: 'bad' });
    expect((await refused.press('Try again')).text).toContain('A note to the staff: please');
    expect(askToRenew).not.toHaveBeenCalled();
  });

  it('says what can be renewed without staff, and does it', async () => {
    const renew = vi.fn(
      async (): Promise<SelfRenewal> => ({ kind: 'renewed', standing: standingOf({ expiresAt: END }) }),
    );
    const { person } = having([own], { selfRenewal: { renew } });
    const answer = await person.type('my renew');
    expect(answer.text).toMatch(/3 more times, 30 days each time\.\n-# For that you need the role <@&6/);
    expect(answer.labels).toEqual(['Renew for 30 days', 'Ask the staff']);
    expect((await answer.press('Renew for 30 days')).text).toMatch(/Renewed: you can watch Movies on Tower/);
    expect(renew).toHaveBeenCalledExactlyOnceWith({
      guildId: GUILD,
      memberId: STAFF,
      grantId: 'own',
      times: 0,
    });
    expect((await answer.press('Ask the staff')).kind).toBe('modal');
  });

  it('without the role offers to ask staff', async () => {
    const lacks = { kind: 'lacks-role', roleId: '600000000000000007' } as const;
    const { person } = having([own], { selfRenewal: { renew: async () => lacks } });
    const answer = await (await person.type('my renew')).press('Renew for 30 days');
    expect(answer).toMatchObject({ tone: 'bad', labels: ['Ask the staff'] });
  });

  it.each<[string, readonly Renewable[], MayAsk, string]>([
    ['nothing', [], 'renew', 'Nothing of yours can be renewed'],
    ['what was asked', [renewable('a', { askedAt: NOON })], 'renew', 'You asked for it <t:'],
    ['what is too early', [renewable('a', { renewal: 'early' })], 'none', 'in the last seven days'],
    ['where nobody can ask', [], 'none', 'nobody can ask for this with Usher'],
  ])('of %s says why', async (_what, all, mayAsk, text) => {
    const { person } = having(all, { mayAsk });
    expect((await person.type('my renew')).text).toContain(text);
    expect((await person.use('my renew', 'open')).text).toContain(text);
  });

  it.each<[AskResult, string]>([
    [{ kind: 'off' }, 'Write to the staff'],
    [{ kind: 'gone' }, 'cannot last longer'],
    [{ kind: 'waits', since: NOON }, 'have not answered yet'],
    [{ kind: 'too-many', what: 'open', most: 3 }, '3 requests of yours wait'],
    [{ kind: 'too-many', what: 'today', most: 5 }, '5 times within a day'],
  ])('refused with %o', async (result, text) => {
    const { person } = having([renewable('a')], { result });
    expect(await person.type('my renew')).toMatchObject({ tone: 'bad', text: expect.stringContaining(text) });
  });
});

describe('/my request', () => {
  it('says that nobody can, where it is not allowed, and completes nothing', async () => {
    const { person } = having([]);
    expect((await person.type('my request')).text).toContain('nobody can ask for this');
    expect(await person.complete('my request', 'plan', '')).toEqual([]);
  });

  it('offers the plans, and keeps the note', async () => {
    const { person, askForNew } = having([], {
      mayAsk: 'all',
      plans: { list: async () => [planDetails()] },
      autocomplete: {},
    });
    await (await person.type('my request', { note: 'please' })).select('family');
    expect(askForNew).toHaveBeenCalledExactlyOnceWith({
      ...{ guildId: GUILD, memberId: STAFF, planId: 'family', libraryIds: [], note: 'please' },
    });
  });
});

describe('staff', () => {
  const deciding = (result: Approval) => {
    const approve = vi.fn(async () => result);
    const decline = vi.fn(async () => ({ kind: 'declined', request }) as const);
    const app = stubApp({ requestDecisions: { approve, decline }, timeInput: times() });
    return { approve, decline, person: typist(app) };
  };
  const standing = standingOf({ expiresAt: END });
  const extended: Approval = {
    kind: 'extended',
    result: { changed: [{ before: standing.grant, standing }], unchanged: [], undoId: 'undo' },
  };

  it('approve for what the button says', async () => {
    const { person, approve } = deciding(extended);
    const answer = await person.use('my renew', 'approve', 'r', '30d');
    expect(answer).toMatchObject({ tone: 'good', labels: ['Undo (10 minutes)', 'Manage access'] });
    expect(approve).toHaveBeenCalledExactlyOnceWith({
      ...{ guildId: GUILD, actorId: STAFF, requestId: 'r', by: '30d' },
    });
  });

  it('approve for as long as they type', async () => {
    const { person, approve } = deciding(extended);
    await (await person.use('my renew', 'other', 'r', 'more')).submit({ by: '2mo' });
    expect(approve).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ by: '2mo' }));
    const wrong = await (await person.use('my renew', 'other', 'r', 'more')).submit({ by: 'soon' });
    expect(wrong).toMatchObject({ tone: 'bad', text: expect.stringContaining('Nothing was approved') });
    expect(approve).toHaveBeenCalledOnce();
  });

  it('decline with a word', async () => {
    const { person, decline } = deciding(extended);
    const answer = await (await person.use('my renew', 'decline', 'r')).submit({ word: ' Not now ' });
    expect(answer.text).toContain(`Declined. <@${ADA}> hears it by DM.`);
    expect(decline).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ requestId: 'r', word: 'Not now' }),
    );
  });

  it.each<[Approval, string]>([
    [{ kind: 'decided', request }, `<@${STAFF}> has approved this already`],
    [{ kind: 'decided', request: { ...request, state: 'void', decidedById: null } }, 'Nobody has to decide'],
    [{ kind: 'gone' }, 'This request is gone'],
    [{ kind: 'no', message: say('request.no.planGone') }, 'The request goes on waiting'],
  ])('are told when it was %o', async (result, text) => {
    expect((await deciding(result).person.use('my renew', 'approve', 'r', '30d')).text).toContain(text);
  });
});
