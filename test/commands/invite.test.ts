import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { CreatedInvite } from '../../src/app/grants/invites.ts';
import type { RoleRefused } from '../../src/app/guild/roles.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import type { Capability } from '../../src/domain/model.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import { aServer, MOVIES, memoryDrafts, NOON, names, times } from './samples.ts';

const TOMORROW = new Date(NOON.getTime() + 86_400_000);
const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };

const created = (memberId: MemberId | null, dm: CreatedInvite['dm']): CreatedInvite => ({
  kind: 'created',
  invite: {
    id: 'invite-1',
    prefix: 'ABCD',
    memberId,
    planId: null,
    duration: '30d',
    usesMax: 1,
    usesLeft: 1,
    validUntil: TOMORROW,
    roleId: null,
    note: null,
    createdById: STAFF,
    createdAt: NOON,
    revokedAt: null,
    claimChannelId: null,
    libraryIds: ['movies'],
  },
  code: 'ABCD-EFGH-JKLM-NPQR',
  libraries: [MOVIES],
  servers: [aServer()],
  dm,
  keeps: [],
});

/** Why no role may be attached; undefined when any may. */
let refusal: string | undefined;
beforeEach(() => {
  refusal = undefined;
});

function inviting(result: CreatedInvite | RoleRefused = created(null, 'none'), more: Stubs['invites'] = {}) {
  const create = vi.fn(async (_input: unknown) => result);
  const invites = { create, ...more };
  const roles = { refusal: async () => ({ kind: 'known', value: refusal }) as const };
  const base = { autocomplete: names(), timeInput: times(), drafts: memoryDrafts() };
  const app = stubApp({ ...base, invites, roles });
  const moderator = new Set<Capability>(['moderator', 'auditor']);
  const asModerator = typist(app, { actor: { id: STAFF, name: 'mo', capabilities: moderator } });
  return { create, person: typist(app), asModerator };
}

const common = {
  guildId: GUILD,
  actorId: STAFF,
  memberId: null,
  libraryIds: ['movies'],
  duration: null,
  uses: 1,
  validUntil: TOMORROW,
  roleId: null,
  note: null,
};

describe('/invite create', () => {
  it.each([
    ['for anybody', { libraries: 'Movies' }, {}],
    ['for a member', { member: ada, libraries: 'Movies', for: '30d' }, { memberId: ADA, duration: '30d' }],
    ['of a plan', { plan: 'Family' }, { planId: 'family', duration: '30d' }],
    ['of a plan, for another time', { plan: 'Family', for: '1d' }, { planId: 'family', duration: '1d' }],
    [
      'with all there is',
      { libraries: 'Movies', uses: 3, note: 'friends', role: { id: '600000000000000001', name: 'x' } },
      { uses: 3, note: 'friends', roleId: '600000000000000001' },
    ],
  ])('makes one %s', async (_name, options, what) => {
    const { create, person } = inviting();
    const answer = await person.type('invite create', options);
    expect(answer.text).toMatch(/ABCD-EFGH-JKLM-NPQR(.|\n)*This code is shown once/);
    expect(create).toHaveBeenCalledExactlyOnceWith({ ...common, ...what });
  });

  it('makes one of what is chosen', async () => {
    const { create, person } = inviting();
    const choosing = await person.type('invite create', { member: ada, for: '1d', note: 'x' });
    expect(choosing.text).toContain(`What should <@${ADA}> be invited to?`);
    await (await choosing.select('shows')).press('Create invite');
    const what = { memberId: ADA, libraryIds: ['shows'], duration: '1d', note: 'x' };
    expect(create).toHaveBeenCalledExactlyOnceWith({ ...common, ...what });
  });

  it.each([
    ['a bot', { member: { ...ada, bot: true } }, 'is a bot'],
    ['many uses for one member', { member: ada, uses: 2 }, 'An invite for one member has one use'],
    ['no duration', { for: 'x' }, 'That is not a duration'],
    ['one that is valid for ever', { valid: 'never' }, 'cannot be valid for ever'],
    ['a plan and libraries', { plan: 'Family', libraries: 'Movies' }, 'either a plan or libraries'],
  ])('refuses %s', async (_name, options, text) => {
    const { create, person } = inviting();
    expect((await person.type('invite create', options)).text).toContain(text);
    expect(create).not.toHaveBeenCalled();
  });

  it.each([
    ['sent', 'good', 'Sent to'],
    ['on-its-way', 'good', 'is on its way'],
    ['closed', 'warning', 'does not take DMs'],
  ] as const)('says how its DM fared: %s', async (dm, tone, text) => {
    const answer = await inviting(created(ADA, dm)).person.type('invite create', {
      member: ada,
      libraries: 'Movies',
    });
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
  });

  it('attaches a role for admins only, and none that may not be given', async () => {
    const options = { libraries: 'Movies', role: { id: '600000000000000001', name: 'x' } };
    const { create, person, asModerator } = inviting();
    const refused = await asModerator.type('invite create', options);
    expect(refused).toMatchObject({ tone: 'bad', text: expect.stringContaining('Only admins attach roles') });
    refusal = 'It carries what only staff should have: Ban Members.';
    expect((await person.type('invite create', options)).text).toContain('Ban Members');
    expect(create).not.toHaveBeenCalled();
    refusal = undefined;
    const late = inviting({ kind: 'role-refused', message: 'It is gone.' }).person;
    expect((await late.type('invite create', options)).text).toMatch(/cannot be attached(.|\n)*It is gone\./);
  });

  it('posts a claim button where a DM is closed', async () => {
    const postClaim = vi.fn(async () => true);
    const { person } = inviting(created(ADA, 'closed'), { postClaim });
    const answer = await person.type('invite create', { member: ada, libraries: 'Movies' });
    expect((await answer.press('Post a claim button here')).text).toContain('is being posted here');
    expect(postClaim).toHaveBeenCalledExactlyOnceWith(GUILD, 'invite-1', '300000000000000001');
    postClaim.mockResolvedValueOnce(false);
    expect((await answer.press('Post a claim button here')).text).toContain('no longer open');
  });
});
