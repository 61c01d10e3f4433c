import { describe, expect, it, vi } from 'vitest';
import type { LookEnd } from '../../src/app/presence/presence.ts';
import type { RolePlanChange, ShownRolePlan } from '../../src/app/presence/role-plans.ts';
import { graceOf } from '../../src/domain/role-plans.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { aPlan } from '../support/rows.ts';
import { memoryDrafts } from './samples.ts';

const who = { guildId: GUILD, actorId: STAFF };
const patron = { id: '600000000000000001', name: 'Patron', seesStaffCommands: false };
const family = aPlan('family', { name: 'Family' });
const mapped = (members: number): ShownRolePlan => ({
  ...{ roleId: patron.id, planId: family.id, grace: graceOf('1d') },
  ...{ plan: family, members },
});

function typing(more: Stubs) {
  const duration = (typed?: string) =>
    ({ kind: 'ok', value: typed === undefined ? null : graceOf(typed) }) as const;
  const autocomplete = { pickPlan: async () => ({ kind: 'one' as const, item: family }) };
  return typist(stubApp({ autocomplete, timeInput: { duration }, drafts: memoryDrafts(), ...more }));
}

const set = (change: RolePlanChange, look: LookEnd | undefined = 'all', members = 3) => {
  const setting = vi.fn(async () => change);
  const rolePlans = { set: setting, find: async () => mapped(members) };
  return { setting, person: typing({ rolePlans, presence: { lookBriefly: async () => look } }) };
};

describe('/settings role-plan', () => {
  it('makes a role a plan, and says how many have it by that', async () => {
    const { setting, person } = set({ kind: 'saved', isNew: true, rolePlan: mapped(0) });
    const answer = await person.type('settings role-plan', { role: patron, plan: 'family', grace: '1d' });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('3 members have it') });
    expect(answer.text).toContain('Losing the role or leaving ends it after 1 day');
    const expected = { ...who, roleId: patron.id, planId: family.id, grace: '1d' };
    expect(setting).toHaveBeenCalledExactlyOnceWith(expected);
  });

  it.each([
    ['one-by-one', 'Server Members Intent'],
    ['unknown', 'Discord does not say right now'],
  ] as const)('says what it does not know: %s', async (look, text) => {
    const { person } = set({ kind: 'saved', isNew: true, rolePlan: mapped(0) }, look);
    const answer = await person.type('settings role-plan', { role: patron, plan: 'family' });
    expect(answer).toMatchObject({ tone: 'warning', text: expect.stringContaining(text) });
  });

  it.each([
    [{ kind: 'everyone' }, 'Everybody has this role'],
    [{ kind: 'given', plans: ['Gold'] }, 'Usher itself gives'],
    [{ kind: 'gone' }, 'There is no such plan'],
  ] as const)('refuses %o', async (change, text) => {
    const answer = await set(change).person.type('settings role-plan', { role: patron, plan: 'family' });
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining(text) });
  });

  it('asks before it takes a plan from a role, and takes it once', async () => {
    const remove = vi.fn(async () => mapped(4));
    const person = typing({ rolePlans: { find: async () => mapped(4), remove } });
    const options = { role: patron, plan: 'family', action: 'remove' };
    const asked = await person.type('settings role-plan', options);
    expect(asked).toMatchObject({
      tone: 'warning',
      text: expect.stringContaining('4 members have it by that'),
    });
    expect(remove).not.toHaveBeenCalled();
    const done = await asked.press('Remove from the role');
    expect(done).toMatchObject({ tone: 'good', text: expect.stringContaining('4 members keep access') });
    expect(remove).toHaveBeenCalledExactlyOnceWith({ ...who, roleId: patron.id, planId: family.id });
    await asked.press('Remove from the role');
    expect(remove).toHaveBeenCalledOnce();
  });

  it('says so where there is nothing to take', async () => {
    const person = typing({ rolePlans: { find: async () => undefined } });
    const answer = await person.type('settings role-plan', {
      ...{ role: patron, plan: 'family', action: 'remove' },
    });
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining('Nothing was changed') });
  });
});

describe('/settings leave', () => {
  it('says what becomes of who leaves', async () => {
    const setLeaveGrace = vi.fn(async () => {});
    const answer = await typing({ settings: { setLeaveGrace } }).type('settings leave', { grace: '3d' });
    expect(answer).toMatchObject({ tone: 'good', text: expect.stringContaining('keeps access for 3 days') });
    expect(setLeaveGrace).toHaveBeenCalledExactlyOnceWith({ ...who, grace: '3d' });
  });
});
