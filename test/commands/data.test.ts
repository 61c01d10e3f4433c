/** What people ask for about their own data, and staff on their behalf. */
import { describe, expect, it, vi } from 'vitest';
import { auditMessage } from '../../src/adapters/discord/views/audit-line.ts';
import { person } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { ForgetPreview, ForgetResult } from '../../src/app/personal/forget.ts';
import { asActor, NO_GUILD, toMemberId } from '../../src/domain/ids.ts';
import { type Community, type PersonalData, TOLD } from '../../src/domain/personal-data.ts';
import { memoryDrafts, stubApp, typist } from '../support/command-input.ts';
import { ADA, GUILD, OTHER_GUILD, STAFF } from '../support/people.ts';
import { anEvent } from '../support/rows.ts';
import { said } from '../support/said.ts';
import { NOON } from './samples.ts';

const NOTHING = Object.fromEntries(Object.values(TOLD).map((key) => [key, []])) as unknown as PersonalData;
const HERE: Community = { guildId: GUILD, community: 'Movie Night' };
const THERE: Community = { guildId: OTHER_GUILD, community: null };
const WAITS = { servers: ['Attic'], isSigningIn: false, atDiscord: false };
const who = { id: asActor(ADA), name: 'Ada', capabilities: new Set<never>() };

function asking({
  communities = [HERE],
  results = [{ kind: 'forgotten' }],
  preview = {},
  record = [],
  inDm = false,
  sent = 'closed',
}: {
  communities?: readonly Community[];
  results?: readonly ForgetResult[];
  preview?: Partial<ForgetPreview>;
  record?: PersonalData['record'];
  inDm?: boolean;
  sent?: Awaited<ReturnType<App['personalData']['send']>>;
} = {}) {
  const begin = vi.fn(async () => results[begin.mock.calls.length - 1] ?? { kind: 'forgotten' as const });
  const going: ForgetPreview = {
    guildId: GUILD,
    open: 2,
    accounts: [
      { account: 'ada', server: 'Tower', fate: 'unshared' },
      { account: 'ada2', server: 'Den', fate: 'deleted' },
    ],
    again: [],
    waitsFor: undefined,
    ...preview,
  };
  const data = { ...NOTHING, record };
  const app = stubApp({
    drafts: memoryDrafts(),
    personalData: {
      communities: async () => communities,
      send: async () => sent,
      read: async () => ({ at: NOON, communities: communities.map((one) => ({ ...one, data })) }),
    },
    forgetting: { begin, preview: async (guildId) => ({ ...going, guildId }) },
    people: { named: async () => new Map([[ADA, 'Ada']]) },
  });
  const person = typist(app, { actor: who, inDm, ...(inDm && { guildId: NO_GUILD }) });
  return { begin, person, app };
}

describe('/my data export', () => {
  const exported = async (record: PersonalData['record'] = []) => {
    const { person } = asking({ communities: [HERE, THERE], record });
    const answer = await person.type('my data', { action: 'export' });
    const [file] = answer.view.kind === 'view' ? (answer.view.files ?? []) : [];
    if (!file) throw new Error('there is no file');
    return { answer, file };
  };

  it('is a file of all communities, with what each key means', async () => {
    const { answer, file } = await exported();
    expect(answer.text).toContain('in 2 Discord servers');
    const read = JSON.parse(String(file.content));
    expect(read.communities).toMatchObject([
      { id: GUILD, name: 'Movie Night' },
      { id: OTHER_GUILD, name: null },
    ]);
    expect(Object.keys(read.keys).toSorted()).toEqual(Object.keys(NOTHING).toSorted());
    expect(read.keys.grants).toContain('the access that you were given');
  });

  it('has the newest lines of a record that is too long, and says that the others are left out', async () => {
    const lines = Array.from({ length: 40 }, (_, number) => ({ number, facts: 'x'.repeat(300_000) }));
    const { answer, file } = await exported(lines);
    expect(answer.text).toContain('the oldest lines of the record are left out');
    expect(file.content.length).toBeLessThan(8_000_000);
    expect(JSON.parse(String(file.content)).communities[0].record.at(-1).number).toBe(39);
  });

  it('is in their direct messages, or on its way there; the answer says that and has no file', async () => {
    for (const [sent, text] of [
      ['sent', 'is in your direct messages'],
      ['on-its-way', 'on its way to your direct messages'],
    ] as const) {
      const answer = await asking({ sent }).person.type('my data', { action: 'export' });
      expect(answer.text).toContain(text);
      expect(answer.view).not.toHaveProperty('files');
    }
  });

  it('is in the answer where it could not be sent, which is said, and in a direct message anyway', async () => {
    const closed = await asking({ sent: 'closed' }).person.type('my data', { action: 'export' });
    expect(closed.text).toContain('could not be sent to you as a direct message');
    expect(closed.view).toHaveProperty('files');
    const inDm = await asking({ inDm: true, sent: 'sent' }).person.type('my data', { action: 'export' });
    expect(inDm.text).not.toContain('could not be sent');
    expect(inDm.view).toHaveProperty('files');
  });

  it('says so when nothing is known', async () => {
    const { person } = asking({ communities: [], sent: 'nothing' });
    expect((await person.type('my data', { action: 'export' })).text).toContain('knows nothing about you');
  });
});

describe('/my data delete', () => {
  it('says what goes before it does anything, and does it once', async () => {
    const { person, begin } = asking();
    const asked = await person.type('my data', { action: 'delete' });
    expect(asked.text).toContain('All of your access (2) ends at once');
    expect(asked.text).toContain('ada on Tower: nothing is shared with it any more');
    expect(asked.text).toContain('ada2 on Den: it is deleted there');
    expect(asked.text).toContain('stays there until somebody deletes it');
    expect(begin).not.toHaveBeenCalled();
    expect((await asked.press('Forget me')).text).toContain('You are forgotten');
    expect(begin).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, asActor(ADA));
    expect((await asked.press('Forget me')).text).toContain('no longer open');
    expect(begin).toHaveBeenCalledOnce();
  });

  it('says that a role brings them back, to whoever asks', async () => {
    const preview = { again: [{ roleId: '600000000000000001', plan: 'Family' }] };
    const { person, app } = asking({ preview });
    const own = await person.type('my data', { action: 'delete' });
    expect(own.text).toContain('You hold a Discord role that gives Family');
    const member = { id: ADA, name: 'ada', bot: false, inGuild: true };
    const staff = await typist(app).type('member forget', { member });
    expect(staff.text).toContain('They hold <@&600000000000000001>');
  });

  it('keeps everything when that is chosen', async () => {
    const { person, begin } = asking();
    await (await person.type('my data', { action: 'delete' })).press('Keep everything');
    expect(begin).not.toHaveBeenCalled();
  });

  it('says what it waits for', async () => {
    const { person } = asking({ results: [{ kind: 'waiting', waitsFor: WAITS }] });
    const answer = await (await person.type('my data', { action: 'delete' })).press('Forget me');
    expect(answer).toMatchObject({ tone: 'warning' });
    expect(answer.text).toContain('It waits for Attic and goes on by itself');
  });

  it('says that it was asked for before', async () => {
    const { person } = asking({ preview: { open: 0, waitsFor: WAITS } });
    const asked = await person.type('my data', { action: 'delete' });
    expect(asked.text).toContain('You asked for this before');
    expect(asked.text).toContain('It waits for Attic');
  });

  it('is for this community alone, and says where the others are asked about', async () => {
    const { person, begin } = asking({ communities: [HERE, THERE] });
    const asked = await person.type('my data', { action: 'delete' });
    expect(asked.text).toContain('in a direct message');
    await asked.press('Forget me');
    expect(begin).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, asActor(ADA));
  });

  it.each([
    ['all', [GUILD, OTHER_GUILD]],
    [OTHER_GUILD, [OTHER_GUILD]],
  ])('in a direct message, for what is chosen: %s', async (chosen, guildIds) => {
    const { person, begin } = asking({ communities: [HERE, THERE], inDm: true });
    const where = await person.type('my data', { action: 'delete' });
    expect(where.text).toContain('Where should Usher forget you?');
    const asked = await where.selectIn('Choose a Discord server', chosen);
    await asked.press('Forget me');
    expect(begin.mock.calls).toEqual(guildIds.map((guildId) => [guildId, ADA, asActor(ADA)]));
  });

  it('in a direct message, for no community that does not know them', async () => {
    const { person, begin } = asking({ communities: [HERE, THERE], inDm: true });
    const where = await person.type('my data', { action: 'delete' });
    const asked = await where.selectIn('Choose a Discord server', 'another');
    expect(asked.text).toContain('knows nothing about you');
    expect(begin).not.toHaveBeenCalled();
  });
});

describe('/member forget', () => {
  const ada = { id: ADA, name: 'Ada', bot: false, inGuild: false };

  it('says what goes, also of somebody who has left, and does it', async () => {
    const { app, begin } = asking();
    const asked = await typist(app).type('member forget', { member: ada });
    expect(asked.text).toContain('Should Usher forget Ada');
    expect(asked.text).toContain('There is no undo');
    expect((await asked.press('Forget them')).text).toContain('They are forgotten');
    expect(begin).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, STAFF);
  });

  it('says what it waits for', async () => {
    const { app } = asking({
      results: [{ kind: 'waiting', waitsFor: { ...WAITS, isSigningIn: true, atDiscord: true } }],
    });
    const asked = await typist(app).type('member forget', { member: ada });
    const { text } = await asked.press('Forget them');
    for (const what of ['waits for Attic', 'waits for the end of a sign-in', 'waits for Discord'])
      expect(text).toContain(what);
  });
});

describe('the pseudonym of somebody who was forgotten', () => {
  const GONE = toMemberId('forgotten-k3xq7pab');

  it('is a name in the record, in the place of a mention', () => {
    const event = anEvent({ action: 'member.forgotten', actorId: STAFF, targetId: GONE });
    const { content } = auditMessage([event], { language: 'en', names: new Map([[STAFF, 'Olga']]) });
    expect(content).toContain(
      'Olga removed all that was stored about somebody who was forgotten (forgotten-k3xq7pab)',
    );
    expect(content).toContain(`#1 member.forgotten · ${GONE} · by`);
  });

  it('is nobody who could be mentioned, wherever else it stands', () => {
    expect(said(person(GONE, undefined))).toBe('somebody who was forgotten (forgotten-k3xq7pab)');
  });
});

describe('/settings retention', () => {
  it('says how long things are kept', async () => {
    const setRetention = vi.fn(async () => {});
    const answer = await typist(stubApp({ settings: { setRetention } })).type('settings retention', {
      days: 30,
    });
    expect(answer.text).toContain('kept for 30 days');
    expect(setRetention).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, days: 30 });
  });
});
