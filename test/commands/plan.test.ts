import { describe, expect, it, vi } from 'vitest';
import type { PlanPreview } from '../../src/app/grants/plans.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import {
  aGrant,
  aLibrary,
  aPlan,
  aServer,
  memoryDrafts,
  NOON,
  names,
  planDetails,
  times,
} from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };

/** A role of staff, which is never attached; any other is. */
const staffs = { id: '600000000000000009', name: 'Staff' };
const roles: Stubs['roles'] = {
  refusal: async (_guildId, { roleId }) =>
    ({ kind: 'known', value: roleId === staffs.id ? 'It carries Ban Members.' : undefined }) as const,
};

const planner = (plans: NonNullable<Stubs['plans']>) =>
  typist(
    stubApp({
      ...{ autocomplete: names(), drafts: memoryDrafts(), timeInput: times() },
      ...{ plans, roles, people: { named: async () => new Map([[ADA, 'Ada']]) } },
    }),
  );

describe('/plan create', () => {
  const making = () => {
    const create = vi.fn(async (input: { readonly name: string }) =>
      input.name === 'Taken'
        ? ({ kind: 'name-taken', name: 'Taken' } as const)
        : ({ kind: 'done', details: planDetails() } as const),
    );
    return { create, person: planner({ create }) };
  };
  const role = { id: '600000000000000001', name: 'Family' };

  it('makes it of what was typed', async () => {
    const { create, person } = making();
    const typed = { name: 'Family', libraries: 'Movies', for: '30d', role, expiry: 'disable' };
    expect((await person.type('plan create', typed)).text).toMatch(/Plan created(.|\n)*Family.* · 30 days/);
    expect(create).toHaveBeenCalledExactlyOnceWith({
      ...who,
      name: 'Family',
      libraryIds: ['movies'],
      duration: '30d',
      expiryAction: 'disable',
      roleId: role.id,
    });
  });

  it.each(['plan create', 'plan edit'])('attaches no role that may not be given: /%s', async (path) => {
    const { create, person } = making();
    const options = { plan: 'Family', name: 'Family', libraries: 'Movies', role: staffs };
    const refused = await person.type(path, options);
    expect(refused).toMatchObject({ tone: 'bad', text: expect.stringContaining('It carries Ban Members.') });
    expect(create).not.toHaveBeenCalled();
  });

  it('makes it of what is chosen', async () => {
    const { create, person } = making();
    const choosing = await person.type('plan create', { name: 'Family', role });
    expect(choosing.text).toContain('What should the plan “Family” give?');
    await (await choosing.select('movies', 'shows')).press('Create plan');
    const what = { duration: null, expiryAction: null, roleId: role.id };
    expect(create).toHaveBeenCalledExactlyOnceWith({
      ...who,
      name: 'Family',
      libraryIds: ['movies', 'shows'],
      ...what,
    });
  });

  it.each([
    [
      'a name that is taken',
      { name: 'Taken', libraries: 'Movies' },
      'There is a plan called “Taken” already',
    ],
    ['no name', { name: ' ', libraries: 'Movies' }, 'A plan needs a name'],
    ['no duration', { name: 'Family', for: 'x' }, 'That is not a duration'],
    ['no such library', { name: 'Family', libraries: 'x' }, 'There is no library “x”'],
  ])('refuses %s', async (_name, options, text) => {
    expect((await making().person.type('plan create', options)).text).toContain(text);
  });
});

describe('/plan edit', () => {
  /** A preview of taking Movies from two running grants, read from the server as it was at that moment. */
  const previewed = (server = aServer(), removes = 2, grants = 2): PlanPreview => {
    const details = planDetails({ servers: [server], uses: { grants, invites: 0, roleIds: [] } });
    const effect = { serverId: server.id, server, adds: 0, removes, members: removes };
    const runningIds = Array.from({ length: grants }, (_, n) => `grant-${n}`);
    const after = {
      ...details,
      plan: { ...details.plan, name: 'Guests' },
      libraries: [aLibrary('Shows', { type: 'shows' })],
    };
    return { before: details, after, runningIds, memberIds: [ADA], effects: [effect] };
  };
  const editing = async (
    previews: readonly (PlanPreview | undefined)[],
    options: Readonly<Record<string, unknown>> = { libraries: 'Shows' },
  ) => {
    const edit = vi.fn(async (_input: unknown) => ({ kind: 'done', details: planDetails() }) as const);
    const left = [...previews];
    const preview = async () => (left.length > 1 ? left.shift() : left[0]);
    const asked = await planner({ preview, edit }).type('plan edit', { plan: 'Family', ...options });
    return { asked, edit };
  };
  const later = new Date(NOON.getTime() + 600_000);
  const synced = aServer({ lastSyncAt: later, checkedAt: later, version: '1.44', failedChecks: 1 });

  it('is not asked again because a server was synced or checked meanwhile', async () => {
    const { asked, edit } = await editing([previewed(), previewed(synced)]);
    expect(asked.text).toMatch(/New in it: Shows on Tower\nNo longer in it: Movies on Tower/);
    expect(asked.text).toContain('2 members get nothing and lose 2 libraries');
    const done = await asked.press('Apply to 2 running grants too');
    expect(done.text).toContain('Saved');
    expect(edit).toHaveBeenCalledOnce();
  });

  it.each([
    ['its effect is another', previewed(aServer(), 1), '1 member gets nothing and loses 1 library'],
    ['there are more grants of it', previewed(aServer(), 2, 3), 'For 3 running grants'],
    [
      'others have it, though as many',
      { ...previewed(), runningIds: ['other', 'grant-1'] },
      '2 running grants',
    ],
    ['the server has another name', previewed(aServer({ name: 'Keep' })), '**Keep**'],
    ['it is gone', undefined, 'That plan is no longer here'],
  ])('is not done when %s by now', async (_name, now, text) => {
    const { asked, edit } = await editing([previewed(), now]);
    expect((await asked.press('New grants only')).text).toContain(text);
    expect(edit).not.toHaveBeenCalled();
  });

  it.each([
    ['Apply to 2 running grants too', true],
    ['New grants only', false],
  ])('%s', async (label, propagate) => {
    const { asked, edit } = await editing([previewed()], { libraries: 'Shows', name: 'Guests' });
    await asked.press(label);
    const changes = { name: 'Guests', libraryIds: ['shows'] };
    expect(edit).toHaveBeenCalledExactlyOnceWith({ ...who, planId: 'family', changes, propagate });
  });

  it.each([
    [{ for: '1mo' }, { duration: '1mo' }],
    [{ for: 'never' }, { duration: '' }],
    [{ expiry: 'delete' }, { expiryAction: 'delete' }],
    [{ role: { id: '600000000000000001', name: 'x' } }, { roleId: '600000000000000001' }],
  ])('%o asks only whether to save', async (options, changes) => {
    const { asked, edit } = await editing([previewed()], options);
    expect(asked.labels).toEqual(['Save', 'Cancel']);
    await asked.press('Save');
    expect(edit).toHaveBeenCalledExactlyOnceWith({ ...who, planId: 'family', changes, propagate: false });
  });

  it.each([
    [{}, 'Nothing to change'],
    [{ name: ' ' }, 'Nothing to change'],
    [{ for: 'x' }, 'That is not a duration'],
    [{ libraries: 'x' }, 'There is no library “x”'],
    [{ plan: 'x' }, 'There is no plan “x”'],
  ])('%o: %s', async (options, text) => {
    expect((await editing([previewed()], options)).asked.text).toContain(text);
  });
});

describe('/plan delete', () => {
  const inUse = (grants: number) => planDetails({ uses: { grants, invites: 1, roleIds: [] } });
  const deleting = (uses: readonly number[], running: readonly (readonly string[])[] = []) => {
    const left = [...uses];
    const lists = [...running];
    const remove = vi.fn(async ({ endUses }: { readonly endUses: boolean }) =>
      endUses || uses.length === 0
        ? ({ kind: 'deleted', name: 'Family', stillOpen: endUses ? 1 : 0 } as const)
        : ({ kind: 'in-use', details: inUse(uses[0] ?? 0) } as const),
    );
    const find = async () => inUse(left.shift() ?? 0);
    const runningGrants = async () => (lists.shift() ?? []).map((id) => aGrant({ id }));
    const plans = planner({ delete: remove, find, runningGrants });
    return { remove, asked: plans.type('plan delete', { plan: 'Family' }) };
  };

  it('deletes one that is not in use', async () => {
    const { remove, asked } = deleting([]);
    expect(await asked).toMatchObject({ tone: 'good', text: expect.stringContaining('is deleted') });
    expect(remove).toHaveBeenCalledExactlyOnceWith({ ...who, planId: 'family', endUses: false });
  });

  it('ends its uses when that is confirmed', async () => {
    const { remove, asked } = deleting([2, 2]);
    const done = await (await asked).press('End all uses and delete');
    expect(done).toMatchObject({
      tone: 'warning',
      text: expect.stringContaining('1 grant is not confirmed'),
    });
    expect(remove.mock.calls).toMatchObject([[{ endUses: false }], [{ planId: 'family', endUses: true }]]);
  });

  it('asks again when more uses it by now', async () => {
    const { remove, asked } = deleting([2, 3]);
    const again = await (await asked).press('End all uses and delete');
    expect(again.text).toContain('In use: 3 grants');
    expect(remove).toHaveBeenCalledOnce();
  });

  it('asks again when others use it by now, though as many', async () => {
    const { remove, asked } = deleting([1, 1], [['a'], ['b']]);
    expect((await (await asked).press('End all uses and delete')).text).toContain('In use: 1 grant');
    expect(remove).toHaveBeenCalledOnce();
  });
});

describe('/plan list and /plan show', () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) =>
      planDetails({ plan: aPlan({ id: `plan-${n}`, name: `Plan ${n}` }) }),
    );

  it('lists them a page at a time, a row each', async () => {
    const first = await planner({ list: async () => many(16) }).type('plan list');
    expect(first.text).toMatch(
      /^\*\*Plans\*\* · 1–10 of 16\n\*\*Plan 0\*\* · Movies on Tower · .* · unused\n/,
    );
    expect([first.text.includes('Plan 15'), first.labels]).toEqual([false, ['1/2', '▶', '🔎', 'CSV']]);
    expect((await first.press('▶')).text).toMatch(/Plans\*\* · 11–16 of 16(.|\n)*\*\*Plan 15/);
    expect((await planner({ list: async () => [] }).type('plan list')).text).toContain('No plan yet');
  });

  it('tells how many libraries there are where a row has no room for their names', async () => {
    const libraries = ['A', 'B', 'C'].map((name) => aLibrary(name));
    const list = async () => [planDetails({ libraries, uses: { grants: 2, invites: 1, roleIds: [] } })];
    expect((await planner({ list }).type('plan list')).text).toMatch(/ · 3 libraries · .* · 3 in use$/);
  });

  it('opens one of the list, with what can be done', async () => {
    const plans = {
      list: async () => many(2),
      find: async () => planDetails(),
      runningGrants: async () => [],
    };
    const opened = await (await planner(plans).type('plan list')).select('plan-1');
    expect(opened.text).toContain('**Family**');
    expect(opened.text).toContain('Nobody has it now.');
    expect(opened.labels).toEqual(['Edit', 'Delete']);
  });

  it('shows one, and everybody who has it, a page at a time', async () => {
    const grants = Array.from({ length: 17 }, (_, index) => aGrant({ number: index }));
    const plans = { find: async () => planDetails(), runningGrants: async () => grants };
    const shown = await planner(plans).type('plan show', { plan: 'Family' });
    expect(shown.text).toMatch(/Family(.|\n)*Who has it\*\* · 1–8 of 17\n\*\*Ada\*\* · for good · #0\n/);
    expect(shown.text).not.toContain('#8');
    const next = await (await shown.press('▶')).press('▶');
    expect(next.text).toMatch(/\*\*Ada\*\* · for good · #16$/);
    expect(next.labels).toEqual(['◀', '3/3', '🔎', 'CSV', 'Edit', 'Delete']);
    const gone = { find: async () => undefined, runningGrants: async () => [] };
    expect((await planner(gone).type('plan show', { plan: 'Family' })).text).toContain('no longer here');
  });

  it('tells how each of them stands', async () => {
    const grants = [
      aGrant({ number: 1, expiresAt: NOON }),
      aGrant({ number: 2, state: 'paused', remainingSeconds: 60 }),
      aGrant({ number: 3, state: 'scheduled', startsAt: NOON }),
    ];
    const plans = { find: async () => planDetails(), runningGrants: async () => grants };
    const { text } = await planner(plans).type('plan show', { plan: 'Family' });
    expect(text).toMatch(
      /Ada\*\* · <t:\d+:R> · #1\n\*\*Ada\*\* · paused · #2\n\*\*Ada\*\* · from <t:\d+:R> · #3/,
    );
  });
});

describe('the buttons of a plan', () => {
  const opened = (plans: NonNullable<Stubs['plans']> = {}) => {
    const details = planDetails({ plan: aPlan({ duration: '' }) });
    const before = { find: async () => details, runningGrants: async () => [] };
    return planner({ ...before, ...plans }).type('plan show', { plan: 'Family' });
  };
  const preview = vi.fn(async (_guildId: unknown, _planId: string, changes: { readonly name?: string }) => {
    const details = planDetails();
    const after = { ...details, plan: { ...details.plan, ...changes } };
    return { before: details, after, runningIds: [], memberIds: [], effects: [] };
  });

  it('Edit opens a form with all as it is, and asks what was changed in it', async () => {
    const form = await (await opened({ preview })).press('Edit');
    expect(form.text).toBe(
      'Edit a plan\nName: Family\nHow long new access lasts: never\nLibraries: Tower · Movies',
    );
    const asked = await form.submit({ name: 'Guests', for: 'never', libraries: 'Tower · Movies' });
    expect(asked.text).toContain('**Guests**');
    expect(preview).toHaveBeenLastCalledWith(GUILD, 'family', { name: 'Guests' });
  });

  it('a form that is sent as it was changes nothing', async () => {
    const form = await (await opened()).press('Edit');
    const same = await form.submit({ name: 'Family', for: 'never', libraries: 'Tower · Movies' });
    expect(same.text).toBe('That is how the plan is already. Nothing was changed.');
  });

  it('what is not clear in the form is asked about, and the rest of it kept', async () => {
    const form = await (await opened({ preview })).press('Edit');
    const asked = await form.submit({ name: 'Guests', for: '1M', libraries: 'Tower · Movies' });
    expect(asked.labels).toEqual(['1 minute', '1 month', 'Cancel']);
    expect((await asked.press('1 month')).text).toContain('**Guests** · 1 month');
    expect(preview).toHaveBeenLastCalledWith(GUILD, 'family', { name: 'Guests', duration: '1mo' });
  });

  it('Delete asks first, also where nobody has it', async () => {
    const remove = vi.fn(async () => ({ kind: 'deleted', name: 'Family', stillOpen: 0 }) as const);
    const asked = await (await opened({ delete: remove })).press('Delete');
    expect(asked.text).toContain('Nobody has it now');
    expect(remove).not.toHaveBeenCalled();
    expect((await asked.press('Delete plan')).text).toContain('is deleted');
  });
});
