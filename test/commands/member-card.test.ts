/** The card of a member: what it says, what each tap does, and how many taps the everyday acts take. */
import { describe, expect, it, vi } from 'vitest';
import type { Unlinked, UnlinkPreview } from '../../src/app/accounts/by-staff.ts';
import type { ChangedGrants, ChangeGrantsInput } from '../../src/app/grants/change.ts';
import type { GiftWarning } from '../../src/app/grants/warnings.ts';
import type { BeginPosted } from '../../src/app/guild/begin.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { MemberCard } from '../../src/app/queries/member-card.ts';
import { grantMark } from '../../src/domain/grant.ts';
import { say } from '../../src/words/say.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { DAY, later } from '../support/moments.ts';
import { ADA, GUILD, STAFF } from '../support/people.ts';
import {
  aGrant,
  anAccount,
  aServer,
  MOVIES,
  memberCard,
  memoryDrafts,
  names,
  people,
  planDetails,
  standingOf,
  times,
} from './samples.ts';

const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };
const timed = standingOf({ expiresAt: later(3 * DAY) });
const den = aServer({ id: 'den', name: 'Den', kind: 'jellyfin' });

/** Ada's card, and an app that notes what is done from it. */
function showing(card: Partial<MemberCard> = { running: [timed] }, more: Stubs = {}) {
  const [of = timed] = card.running ?? [];
  const result: ChangedGrants = {
    changed: [{ before: of.grant, standing: standingOf({ ...of.grant, expiresAt: later(10 * DAY) }) }],
    unchanged: [],
    undoId: 'undo-1',
  };
  const change = vi.fn(async (_input: ChangeGrantsInput) => result);
  const after = standingOf({ state: 'paused' });
  const app = stubApp({
    ...{ autocomplete: names(), drafts: memoryDrafts(), people: people(), timeInput: times() },
    memberCard: async () => memberCard(card),
    changeGrants: {
      change,
      rehearse: async () => ({ before: of.grant, after: { ...after, invitesAgain: [aServer()] } }),
      undo: async () => ({ kind: 'undone', result }),
    },
    ...more,
  });
  return { change, app, person: typist(app), shown: typist(app).type('member show', { member: ada }) };
}

describe('/member show', () => {
  it('says what they watch and until when, what waits and why, and what is to be known', async () => {
    const failed = { kind: 'failed', why: 'It is off.' } as const;
    const onDen: GrantStanding = {
      ...standingOf({ id: 'g8', number: 8 }),
      libraries: [{ ...MOVIES, id: 'films', name: 'Films', serverId: 'den' }],
      servers: [{ server: den, application: failed }],
    };
    const paused = standingOf({ id: 'g9', number: 9, state: 'paused', remainingSeconds: 29 * 86_400 });
    const note = 'Pays in June';
    const member = { userId: ADA, name: 'Ada', dmState: 'closed', locale: null, note, leftAt: null } as const;
    const { text } = await showing({ running: [timed, onDen, paused], member }).shown;
    expect(text.split('\n')).toEqual([
      expect.stringMatching(/^\*\*Ada <@\d+>\*\*$/),
      expect.stringMatching(/^✅ \*\*Tower\*\* · Movies · <t:\d+:R>$/),
      '▫️ **Den** · Films · for good',
      '⚠️ Not on **Den** yet: It is off. Usher keeps trying.',
      '⏸️ Movies on Tower · paused. 29 days are left for when it goes on.',
      '📝 Pays in June',
      expect.stringMatching(/^-# Accounts: ada on Tower \(seen <t:\d+:R>\)$/),
      '-# Takes no direct messages.',
    ]);
  });

  it.each<[string, Partial<MemberCard>, RegExp]>([
    [
      'who never had anything',
      { running: [], accounts: [] },
      /never had any here\.\n-# No account is linked yet/,
    ],
    [
      'whose access is over',
      { running: [], ended: [standingOf({ state: 'ended' })] },
      /Movies on Tower ended <t:/,
    ],
    [
      'who is invited',
      { running: [], invites: [anInvite()] },
      /✉️ Invited with the code ABCD…, open until <t:/,
    ],
    [
      'with an account that is off',
      { accounts: [{ account: anAccount({ disabled: true }), server: den }] },
      /\(disabled\)/,
    ],
    [
      'whose grant has yet to begin',
      { running: [standingOf({ state: 'scheduled' })] },
      /🕒 Movies on Tower · begins <t:/,
    ],
    [
      'whose end is not confirmed, said once for two grants',
      {
        running: [1, 2].map((number) =>
          standingOf(
            { id: `g${number}`, number, state: 'ending' },
            { kind: 'still-open', why: 'It is off.' },
          ),
        ),
      },
      /over(.|\n)*Still open on \*\*Tower\*\*: It is off\.(?!(.|\n)*Still open)/,
    ],
  ])('knows somebody %s', async (_who, card, says) => {
    expect((await showing(card).shown).text).toMatch(says);
  });

  it.each<[string, GrantStanding, readonly string[]]>([
    ['with an end', timed, ['+7 d', '+30 d', '+90 d', 'Pause', 'End']],
    ['for good', standingOf(), ['Pause', 'End']],
    ['paused', standingOf({ state: 'paused' }), ['Resume', 'End']],
    ['over', standingOf({ state: 'ended' }), ['+7 d', '+30 d', '+90 d']],
  ])('has a button for each everyday act: %s', async (_what, standing, labels) => {
    const { labels: all } = await showing({ running: [standing] }).shown;
    expect(all).toEqual([...labels, 'Libraries', 'Plan', 'Note', 'Why']);
  });

  it('extends a known member by two taps and no typing: the menu, and +30 d', async () => {
    const { change, shown } = showing();
    const done = await (await shown).press('+30 d');
    expect(done.text.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^Ada <@\d+> can watch Movies on Tower until <t:\d+:f>, 7 days longer\.$/),
      '✅ **Tower** shows it',
    ]);
    expect(done.labels.slice(0, 2)).toEqual(['Undo (10 minutes)', '+7 d']);
    const mark = new Map([['grant-7', grantMark(timed.grant)]]);
    const meant = {
      guildId: GUILD,
      actorId: STAFF,
      grantIds: ['grant-7'],
      action: { kind: 'extend', by: '30d' },
    };
    expect(change).toHaveBeenCalledExactlyOnceWith({ ...meant, reason: null, shown: mark });
    const undone = await done.press('Undo (10 minutes)');
    expect(undone.text).toContain('Undone.');
    expect(undone.labels).toContain('+30 d');
  });

  it.each([
    ['Pause', 'Pause access', { kind: 'pause' }],
    ['End', 'End access', { kind: 'end', cause: 'revoked' }],
  ])('%s says what it takes first', async (tap, label, action) => {
    const { change, shown } = showing();
    const asked = await (await shown).press(tap);
    expect(asked).toMatchObject({ tone: 'warning', labels: [label, 'Keep it'] });
    expect(asked.text).toMatch(/the access of Ada\?\*\*\nAda <@\d+> loses Movies on Tower now\./);
    expect(asked.text).toContain('Tower sends a new invitation');
    expect(change).not.toHaveBeenCalled();
    expect((await asked.press('Keep it')).labels).toContain('+7 d');
    await (await (await shown).press(tap)).press(label);
    expect(change.mock.calls).toMatchObject([[{ action, grantIds: ['grant-7'] }]]);
  });

  it('says why nothing was changed, and shows the card', async () => {
    const message = say('grant.no.changedSince');
    const result = { changed: [], unchanged: [{ standing: timed, message }], undoId: null };
    const { shown } = showing(undefined, { changeGrants: { change: async () => result } });
    const told = await (await shown).press('+7 d');
    expect(told.text).toContain('**Nothing was changed.** It was changed since.');
    expect(told.labels).toContain('+7 d');
  });

  it('has a select where there are several grants, of which the first is meant', async () => {
    const other = standingOf({ id: 'g9', number: 9, state: 'paused' });
    const { shown } = showing({ running: [timed, other] });
    expect((await shown).labels).toContain('Pause');
    const chosen = await (await shown).select('g9');
    expect(chosen.labels).toContain('Resume');
    const select = chosen.view.kind === 'view' && chosen.view.blocks.find(({ kind }) => kind === 'select');
    expect(select).toMatchObject({ options: [{ chosen: false }, { value: 'g9', chosen: true }] });
  });

  it('gives a plan by two taps, or asks where that gives nothing new', async () => {
    const add = vi.fn(async (_input: unknown) => ({ ...standingOf({ id: 'g9' }), undoId: 'undo-2' }));
    const give = (warnings: readonly GiftWarning[]) => ({
      plans: { list: async () => [planDetails()] },
      grants: { add, preview: async () => ({ warnings, libraries: [MOVIES], servers: [] }) },
    });
    const choosing = await (await showing(undefined, give([])).shown).press('Plan');
    expect(choosing.labels).toEqual(['Back']);
    const given = await choosing.select('family');
    expect(given.text).toContain('can watch Movies on Tower');
    expect(given.labels).toContain('Undo (10 minutes)');
    expect(add.mock.calls).toMatchObject([[{ memberId: ADA, planId: 'family', libraryIds: ['movies'] }]]);
    const warnings = [{ kind: 'nothing-new', numbers: [3], libraries: [MOVIES] }] as const;
    const again = await (await showing(undefined, give(warnings)).shown).press('Plan');
    const asked = await again.select('family');
    expect(asked.text).toContain('It gives nothing new: grant #3 gives the same');
    expect((await asked.press('Leave it')).labels).toContain('+7 d');
    expect(add).toHaveBeenCalledOnce();
  });

  it('can be looked at by auditors, who change nothing', async () => {
    const auditor = { id: STAFF, name: 'aron', capabilities: new Set(['auditor'] as const) };
    const { app } = showing();
    const { labels } = await typist(app, { actor: auditor }).type('member show', { member: ada });
    expect(labels).toEqual(['Why']);
  });

  it('asks which library, and says why they have it', async () => {
    const memberLibraries = { granted: async () => ({ libraryIds: ['shows'], mark: '' }) };
    const why = vi.fn(async () => undefined);
    const asked = await (await showing(undefined, { memberLibraries, why }).shown).press('Why');
    expect((await asked.select('shows')).text).toContain('no longer here');
    expect(why).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, 'shows');
  });

  it('takes no bots', async () => {
    const { person } = showing();
    expect((await person.type('member show', { member: { ...ada, bot: true } })).text).toContain('is a bot');
  });
});

describe('/member note', () => {
  const noting = () => {
    const save = vi.fn(async (_guildId: string, _memberId: string, typed: string) => typed || null);
    return { save, ...showing(undefined, { memberNotes: { find: async () => 'old', save } }) };
  };

  it('is typed, or written into the form that the card opens, with the one before in it', async () => {
    const { save, person, shown } = noting();
    const typed = await person.type('member note', { member: ada, text: 'a friend' });
    expect(typed.text).toContain('Noted: a friend');
    const form = await (await shown).press('Note');
    expect(form.text).toContain('Note: old');
    expect((await form.submit({ note: '' })).text).toContain('The note is gone.');
    expect(save.mock.calls).toEqual([
      [GUILD, ADA, 'a friend'],
      [GUILD, ADA, ''],
    ]);
  });
});

describe('/member link and unlink', () => {
  const account = { id: 'a9', name: 'Tower · ann', short: 'ann', memberId: null };
  const accountNames = { pick: async () => ({ kind: 'one', item: account }) as const };
  const preview: UnlinkPreview = {
    ...{ account: 'ann', servers: [aServer()], waiting: [7], busy: [] },
    keeps: [{ server: aServer(), libraries: [MOVIES] }],
  };
  const unlinking = (shown: UnlinkPreview | undefined, done: Unlinked = { kind: 'unlinked' }) => {
    const unlink = vi.fn(async (_input: unknown) => done);
    const memberAccounts = { unlinkPreview: async () => shown, unlink };
    const { person } = showing(undefined, { accountNames, memberAccounts });
    return { unlink, asked: person.type('member unlink', { member: ada, account: 'ann' }) };
  };
  const meant = { guildId: GUILD, actorId: STAFF, memberId: ADA, accountId: 'a9' };

  it('links, and says what it had', async () => {
    const imported = { grant: aGrant(), libraries: [MOVIES] };
    const link = vi.fn(
      async (_input: unknown) => ({ kind: 'linked', account: 'ann', server: aServer(), imported }) as const,
    );
    const { person } = showing(undefined, { accountNames, memberAccounts: { link } });
    const { text } = await person.type('member link', { member: ada, account: 'ann' });
    expect(text).toMatch(
      /^ann on \*\*Tower\*\* is the account of ada <@\d+> now\.\nIt had Movies on Tower already\./,
    );
    expect(link).toHaveBeenCalledExactlyOnceWith(meant);
  });

  it('says why an account cannot be linked', async () => {
    const why = say('member.link.somebodyElses');
    const link = async () => ({ kind: 'refused', account: 'ann', server: aServer(), why }) as const;
    const { person } = showing(undefined, { accountNames, memberAccounts: { link } });
    const { text } = await person.type('member link', { member: ada, account: 'ann' });
    expect(text).toBe('**Nothing was linked**\nIt is the account of another member. Unlink it there first.');
  });

  it('says what letting go means, and lets go once', async () => {
    const { unlink, asked } = unlinking(preview);
    expect((await asked).text).toMatch(
      /keeps Movies on Tower, and Usher never takes that away\.\nGrant #7 waits/,
    );
    expect(unlink).not.toHaveBeenCalled();
    expect((await (await asked).press('Unlink it')).text).toContain('ann is no longer linked to Ada');
    expect((await (await asked).press('Unlink it')).text).toContain('no longer open');
    expect(unlink).toHaveBeenCalledExactlyOnceWith(meant);
  });

  it.each<[string, UnlinkPreview | undefined, RegExp]>([
    ['somebody else has', undefined, /Tower · ann is not linked to Ada/],
    [
      'is still to be changed',
      { ...preview, busy: [aServer()] },
      /Something is still to be changed for it on Tower/,
    ],
  ])('keeps an account that %s', async (_what, shown, says) => {
    expect(await unlinking(shown).asked).toMatchObject({ text: expect.stringMatching(says), labels: [] });
  });
});

function anInvite(): MemberCard['invites'][number] {
  return {
    ...{ id: 'i', prefix: 'ABCD', memberId: ADA, planId: null, duration: '', usesMax: 1, usesLeft: 1 },
    ...{ validUntil: later(DAY), roleId: null, note: null, createdById: STAFF, createdAt: later(0) },
    ...{ revokedAt: null, claimChannelId: null, libraryIds: ['movies'] },
  };
}

describe('a button for somebody who takes no direct messages', () => {
  const channel = { id: '400000000000000005', name: 'lobby', botLacks: [] };
  const choosing = async (end: BeginPosted) => {
    const openBegin = vi.fn(async () => end);
    const { person } = showing({}, { posts: { openBegin } });
    return { openBegin, where: await person.use('member show', 'begin', ADA) };
  };

  it('is posted in the channel that staff choose', async () => {
    const { openBegin, where } = await choosing('posted');
    expect((await where.select({ ...channel, botLacks: ['SendMessages'] })).tone).toBe('bad');
    expect(openBegin).not.toHaveBeenCalled();
    expect((await where.select(channel)).text).toContain('finds their button in');
    expect(openBegin).toHaveBeenCalledExactlyOnceWith(GUILD, ADA, channel.id);
  });

  it('is not posted where they do not see it, nor for nothing', async () => {
    const hidden = await (await choosing('not-seen')).where.select(channel);
    expect(hidden.text).toContain('does not see');
    const nothing = await (await choosing('nothing-to-do')).where.select(channel);
    expect(nothing.text).toContain('no button was posted');
  });
});
