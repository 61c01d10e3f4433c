import { describe, expect, it, vi } from 'vitest';
import type { PlanPreview } from '../../src/app/grants/plans.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { aGrant, aPlan, aServer, memoryDrafts, NOON, names, planDetails, times } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };

/** A role of staff, which is never attached; any other is. */
const staffs = { id: '600000000000000009', name: 'Staff' };
const roles: Stubs['roles'] = {
  refusal: async (_guildId, { roleId }) =>
    ({ kind: 'known', value: roleId === staffs.id ? 'It carries Ban Members.' : undefined }) as const,
};

const planner = (plans: NonNullable<Stubs['plans']>) =>
  typist(stubApp({ autocomplete: names(), drafts: memoryDrafts(), timeInput: times(), plans, roles }));

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
    const details = planDetails({ servers: [server], uses: { grants, invites: 0 } });
    const effect = { serverId: server.id, server, adds: 0, removes, members: removes };
    const runningIds = Array.from({ length: grants }, (_, n) => `grant-${n}`);
    return { before: details, after: details, runningIds, effects: [effect] };
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
  const inUse = (grants: number) => planDetails({ uses: { grants, invites: 1 } });
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
  it('lists them a page at a time', async () => {
    const all = Array.from({ length: 9 }, (_, n) => planDetails({ plan: aPlan({ name: `Plan ${n}` }) }));
    const first = await planner({ list: async () => all }).type('plan list');
    expect([first.text.includes('Plan 8'), first.labels]).toEqual([false, ['▶']]);
    expect((await first.press('▶')).text).toMatch(/Plans\*\* \(9\)\n\*\*Plan 8/);
    expect((await planner({ list: async () => [] }).type('plan list')).text).toContain('No plan yet');
  });

  it('shows one, and who has it', async () => {
    const grants = Array.from({ length: 17 }, (_, index) => aGrant({ number: index }));
    const plans = { find: async () => planDetails(), runningGrants: async () => grants };
    const shown = await planner(plans).type('plan show', { plan: 'Family' });
    expect(shown.text).toMatch(new RegExp(`Family(.|\n)*#0 <@${ADA}> · active · for good(.|\n)*and 2 more`));
    const gone = { find: async () => undefined, runningGrants: async () => [] };
    expect((await planner(gone).type('plan show', { plan: 'Family' })).text).toContain('no longer here');
  });
});
