/** Lists as staff use them, on real use cases and storage: what stands where, and how many taps things take. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { plainOf } from '../../src/adapters/discord/wire/speech.ts';
import type { Capability, Grant } from '../../src/domain/model.ts';
import { isNonEmpty } from '../../src/domain/model.ts';
import { type Place, World } from '../app/world.ts';
import { type Answer, typist } from '../support/command-input.ts';
import { DAY, HOUR, MINUTE } from '../support/moments.ts';
import { GUILD, memberAt, STAFF } from '../support/people.ts';

const MEMBERS = 23;
const NAMES = ['Mia', 'Noah', 'Ada', 'Ben', 'Lena', 'Zoë'];
const nameOf = (index: number): string => NAMES[index] ?? `Member ${index}`;

let world: World;
let tower: Place;
let den: Place;
const grants: Grant[] = [];

const person = () => typist(world.app);
const auditor = () =>
  typist(world.app, { actor: { id: STAFF, name: 'aron', capabilities: new Set<Capability>(['auditor']) } });

/** The rows of a list, without its head, its legend and its marks of moments. */
const rowsOf = ({ text }: Answer): readonly string[] =>
  text
    .split('\n')
    .filter((line) => line.includes(' · ') && !line.startsWith('**Grants') && !line.startsWith('-#'))
    .filter((line) => !/^\*\*(Members|Libraries|\w+ invites|Invites that .*)\*\*/.test(line));

const numbers = (answer: Answer) => rowsOf(answer).map((row) => /#(\d+)$/.exec(row)?.[1]);

const labelled = ({ labels }: Answer, start: string): string =>
  labels.find((label) => label.startsWith(start)) ?? start;

beforeAll(async () => {
  world = await World.open();
  tower = await world.addTower();
  den = await world.addDen();
  const all = Array.from({ length: MEMBERS }, (_, index) => ({
    userId: memberAt(index),
    name: nameOf(index),
  }));
  await world.app.people.note(GUILD, all);
  // 1 Mia in 3 days, 2 Noah for good, 3 Ada paused, 4 Ben over, 5 Lena without an account in 1 day; others for weeks.
  for (const [index, { userId }] of all.entries()) {
    if (index !== 4) await world.newAccount(userId, tower);
    const ms = [3 * DAY, undefined, 9 * DAY, HOUR, DAY][index] ?? (20 + index) * DAY;
    if (index === 1) grants.push((await world.grant(userId, [tower.id('Shows')])).grant);
    else grants.push((await world.grant(userId, [tower.id('Movies')], { ms: ms ?? DAY })).grant);
  }
  await world.change(grants[2]?.id ?? '', { kind: 'pause' });
  await world.revoke(grants[3]?.id ?? '');
  // What undoes these is not kept any more.
  world.clock.advance(11 * MINUTE);
  const libraryIds = [den.id('Films')];
  if (!isNonEmpty(libraryIds)) throw new Error('no library');
  const duration = world.app.timeInput.duration('30d');
  if (duration.kind !== 'ok') throw new Error('no duration');
  const rest = { duration: duration.value, expiryAction: null, roleId: null };
  await world.app.plans.create({ guildId: GUILD, actorId: STAFF, name: 'Gold', libraryIds, ...rest });
});
afterAll(() => world.close());

describe('/grant list', () => {
  it('is sorted by what ends next; what has no end and what is paused comes last, what is over is left out', async () => {
    const first = await person().type('grant list');
    expect(first.text).toContain('**Grants** · 1–10 of 22');
    expect(numbers(first).slice(0, 3)).toEqual(['5', '1', '6']);
    expect(rowsOf(first)[1]).toMatch(/^\*\*Mia\*\* · Tower Movies · <t:\d+:R> · #1$/);
    const last = await (await first.press('▶')).press('▶');
    expect(last.text).toContain('21–22 of 22');
    expect(numbers(last)).toEqual(['2', '3']);
    expect(rowsOf(last)).toEqual([
      '**Noah** · Tower Shows · for good · #2',
      '⏸️ **Ada** · Tower Movies · 9 d left · #3',
    ]);
  });

  it('says in one line what a sign means', async () => {
    const { text } = await person().type('grant list');
    expect(text).toMatch(/👤 \*\*Lena\*\*/);
    expect(text).toContain('-# 👤 no account there yet · no sign: seen on its servers');
  });

  it('jumps to a page, and to the last one where there is none of that number', async () => {
    const form = await (await person().type('grant list')).press('1/3');
    expect((await form.submit({ page: '3' })).text).toContain('21–22 of 22');
    expect((await form.submit({ page: '99' })).text).toContain('21–22 of 22');
    expect((await form.submit({ page: 'x' })).text).toContain('1–10 of 22');
  });

  it('shows ended ones where a member is named, and the state that is asked for', async () => {
    const ben = { id: memberAt(3), name: 'Ben', bot: false, inGuild: true };
    expect(numbers(await person().type('grant list', { member: ben }))).toEqual(['4']);
    expect(numbers(await person().type('grant list', { state: 'paused' }))).toEqual(['3']);
    const all = await person().type('grant list');
    expect(numbers(await all.selectIn('Show only …', 'ended'))).toEqual(['4']);
  });

  it.each([
    ['noah', ['2']],
    ['shows', ['2']],
    ['tower zoe', []],
    ['zoë movies', ['6']],
    ['#5', ['5']],
    ['17', ['17', '18']],
  ])('finds “%s”', async (words, expected) => {
    const form = await (await person().type('grant list')).press('🔎');
    const found = await form.submit({ words });
    expect(numbers(found)).toEqual(expected);
    expect(numbers(await found.press('Show all again'))).toHaveLength(10);
  });

  it('opens a row, and the list stays', async () => {
    const list = await person().type('grant list');
    expect((await list.selectIn('Open a grant', grants[0]?.id ?? '')).text).toContain('Mia');
    expect((await list.selectIn('Open a grant', 'nothing')).text).toContain('no longer here');
  });

  it('is a file with the ids, the dates and nothing that a spreadsheet would run', async () => {
    await world.app.people.note(GUILD, [{ userId: memberAt(5), name: '=cmd()' }]);
    const { view } = await (await person().type('grant list')).press('CSV');
    await world.app.people.note(GUILD, [{ userId: memberAt(5), name: 'Zoë' }]);
    const [file] = view.kind === 'view' ? (view.files ?? []) : [];
    expect(String(file?.content).split('\r\n')).toHaveLength(23);
    expect(file?.content).toContain(`"6","${memberAt(5)}","'=cmd()"`);
  });
});

describe('pickers', () => {
  const offered = async (typed: string, language: 'en' | 'de' = 'en') =>
    (await person().complete('grant extend', 'grant', typed)).map(({ name }) => plainOf(name, language));

  it.each([
    ['mia', ['Mia · Tower Movies · ends in 3 d (#1)']],
    ['shows', ['Noah · Tower Shows · for good (#2)']],
    ['#3', ['Ada · Tower Movies · paused (#3)']],
    ['ben', ['Ben · Tower Movies · ended (#4)']],
    ['nobody at all', []],
  ])('grants by “%s”', async (typed, expected) => {
    expect(await offered(typed)).toEqual(expected);
  });

  it('speak the language of who types, and name no ids', async () => {
    expect(await offered('mia', 'de')).toEqual(['Mia · Tower Movies · noch 3 Tage (#1)']);
    const all = await offered('');
    expect(all).toHaveLength(23);
    expect(all.filter((name) => /\d{15}|[0-9a-f]{16}/.test(name))).toEqual([]);
  });
});

describe('/member list', () => {
  it.each([
    ['active', ['Lena', 'Mia'], 21],
    ['expiring', ['Lena', 'Mia'], 2],
    ['unlinked', ['Lena'], 1],
    ['overdue', [], 0],
    ['pending', [], 0],
  ])('%s', async (filter, first, total) => {
    const answer = await person().type('member list', { filter });
    expect(
      rowsOf(answer)
        .slice(0, first.length)
        .map((row) => /\*\*(\w+)\*\*/.exec(row)?.[1]),
    ).toEqual(first);
    if (total > 0) expect(answer.text).toMatch(new RegExp(`\\*\\*Members\\*\\* · (1–10 of )?${total}`));
  });

  it('lists each member once, those without anything last', async () => {
    const form = await (await person().type('member list')).press('1/3');
    const last = await form.submit({ page: '3' });
    expect(last.text).toContain('21–23 of 23');
    expect(rowsOf(last).at(-1)).toBe('▫️ **Ben** · nothing · given nothing now');
  });

  it('opens one; only who may do something chooses several', async () => {
    const list = await person().type('member list');
    expect((await list.selectIn('Open one, or choose several', memberAt(0))).text).toContain('Mia');
    const read = await auditor().type('member list');
    expect(read.labels).not.toContain('Choose all 23');
    expect((await read.selectIn('Open a member', memberAt(0))).text).toContain('Mia');
  });

  it('takes nobody into a choice who is not on the list', async () => {
    const list = await person().type('member list');
    const both = await list.selectIn('Open one, or choose several', memberAt(0), memberAt(4), '999', 'x');
    expect(both.text).toContain('**2 members**');
  });

  it('gives 20 members a plan in at most six taps', async () => {
    // Typed, the command is one; a select is opened and chosen from.
    let taps = 0;
    const tap = <T>(result: Promise<T>, count = 1): Promise<T> => {
      taps += count;
      return result;
    };
    const list = await person().type('member list', { filter: 'active' });
    const chosen = await tap(list.press('Choose all 21'));
    const plans = await tap(chosen.press('Give a plan'));
    const [plan] = await world.app.plans.list(GUILD);
    const question = await tap(plans.select(plan?.plan.id ?? ''), 2);
    expect(question.text).toMatch(/Give Films on Den to 21 members for 30 days\?(.|\n)*Lena, Mia/);
    expect(question.text).toContain('21 have no account there yet');
    const done = await tap(question.press('Give it to 21'));
    expect(taps).toBeLessThanOrEqual(6);
    expect(done.text).toMatch(/given to 21/);
    expect(await world.stores.of(GUILD).grants.count({ planId: plan?.plan.id ?? '' })).toBe(21);
    // Whoever has it for as long already is left out, and is not given it twice.
    const again = await plans.select(plan?.plan.id ?? '');
    expect(again.text).toContain('all of it for as long already');
    // What was given is taken back after a question, and nothing beside it.
    const running = () => world.stores.of(GUILD).grants.count({ states: ['active'] });
    const before = await running();
    const back = await done.press('Take it back');
    expect(back.text).toMatch(/End 21 grants of 21 members\?(.|\n)*21 of them have no account/);
    expect((await back.press('End 21 grants')).text).toContain('21 grants are done');
    expect(before - (await running())).toBe(21);
    expect((await done.press('Take it back')).text).toContain('There is nothing to do');
  });

  it('takes back more than can be undone, what was tried again included', async () => {
    const list = await person().type('member list', { filter: 'active' });
    const plans = await (await list.press(labelled(list, 'Choose all'))).press('Give a plan');
    const [plan] = await world.app.plans.list(GUILD);
    const question = await plans.select(plan?.plan.id ?? '');
    const done = await question.press(labelled(question, 'Give it to'));
    const again = await done.press(labelled(done, 'Try'));
    const back = await again.press('Take it back');
    expect(back.text).toMatch(/End 21 grants of 21 members\?/);
    await back.press(labelled(back, 'End'));
  });

  it('extends and ends for several, after a question with names', async () => {
    const list = await person().type('member list');
    const [one, other] = [memberAt(6), memberAt(7)];
    const chosen = await list.selectIn('Open one, or choose several', one, other);
    const question = await chosen.press('+7 d');
    expect(question.text).toMatch(/Member 6(.|\n)*Member 7|Member 7(.|\n)*Member 6/);
    const running = { memberIds: [one, other], states: ['active'] } as const;
    const before = await world.stores.of(GUILD).grants.list(running);
    const [first = ''] = question.labels;
    await question.press(first);
    const after = await world.stores.of(GUILD).grants.list(running);
    const longer = after.map(({ expiresAt }, at) => Number(expiresAt) - Number(before[at]?.expiresAt));
    expect(longer).toEqual(after.map(() => 7 * DAY));
    const ending = await chosen.press('End access');
    await ending.press(ending.labels[0] ?? '');
    expect(await world.stores.of(GUILD).grants.count({ memberId: one, states: ['active'] })).toBe(0);
  });
});

describe('/library list and show', () => {
  it('“who has Shows” is one command', async () => {
    const answer = await person().type('library show', { library: 'Shows' });
    expect(answer.text).toMatch(/\*\*Shows on Tower\*\* · 1\n-# movies · id `.*`\n1 account has it\./);
    expect(answer.text).toContain('**Noah** · for good · #2');
  });

  it('sorts holders by what ends next, and finds one', async () => {
    const answer = await person().type('library show', { library: 'Movies' });
    expect(answer.text).toMatch(/👤 \*\*Lena\*\*(.|\n)*\*\*Mia\*\*/);
    const found = await (await answer.press('🔎')).submit({ words: 'mia' });
    expect(found.text).toContain('**Mia**');
    expect(found.text).not.toContain('Lena');
  });

  it('opens a library from the list', async () => {
    const list = await person().type('library list', { sort: 'users' });
    expect(rowsOf(list)[0]).toMatch(/^\*\*Tower · Movies\*\* · \d+ users$/);
    const opened = await list.selectIn('Open one, or choose several', tower.id('Shows'));
    expect(opened.text).toContain('**Shows on Tower**');
    expect((await (await opened.press('🔎')).submit({ words: 'noah' })).text).toContain('Noah');
  });

  it('gives several to somebody, and takes them from everybody after a question with names', async () => {
    const zoe = { id: memberAt(5), name: 'Zoë', bot: false, inGuild: true };
    const list = await person().type('library list');
    const both = [tower.id('Shows'), tower.id('Music')];
    const chosen = await list.selectIn('Open one, or choose several', ...both);
    expect(chosen.text).toContain('**2 libraries**');
    expect((await chosen.select({ ...zoe, bot: true })).text).toContain('Choose a person');
    const question = await (await chosen.select(zoe)).press('30 days');
    expect(question.text).toMatch(/Give Music and Shows on Tower to 1 member for 30 days\?(.|\n)*Zoë/);
    expect((await question.press('Give it')).text).toContain('It was given, and the servers show it');
    const taking = await chosen.press('Take from everybody');
    expect(taking.text).toMatch(
      /Take these libraries from 2 members\?(.|\n)*(Noah(.|\n)*Zoë|Zoë(.|\n)*Noah)/,
    );
    await taking.press('Take them from 2 grants');
    const who = await world.app.whoHas.library(GUILD, tower.id('Shows'));
    expect(who?.holders).toEqual([]);
  });
});

describe('/invite list and revoke', () => {
  it('lists what is open, revokes one, and what was redeemed stays', async () => {
    const common = {
      guildId: GUILD,
      actorId: STAFF,
      libraryIds: [tower.id('Movies')],
      roleId: null,
      note: null,
    };
    const validUntil = new Date(world.clock.now().getTime() + DAY);
    const duration = null;
    const open = await world.invite({ ...common, memberId: null, uses: 3, validUntil, duration });
    const bound = await world.invite({ ...common, memberId: memberAt(0), uses: 1, validUntil, duration });
    await world.app.invites.redeemInvite(GUILD, bound.invite.id, memberAt(0));
    const list = await person().type('invite list');
    expect(rowsOf(list)).toEqual([
      expect.stringMatching(/^\*\*\w{4}…\*\* · 3 uses left · Tower Movies · <t:\d+:R>$/),
    ]);
    const used = await list.selectIn('Show only …', 'used');
    expect(rowsOf(used)[0]).toContain('Mia');
    const names = await person().complete('invite revoke', 'invite', 'movies');
    expect(names.map(({ name }) => plainOf(name, 'en'))).toEqual([
      `${open.invite.prefix}… · Tower Movies · ends in 1 d`,
    ]);
    const card = await list.selectIn('Open an invite', open.invite.id);
    expect(card.text).toMatch(/🟢 open(.|\n)*It gives Movies on Tower for good(.|\n)*Nobody has redeemed it/);
    expect((await card.press('Revoke')).text).toMatch(/is revoked(.|\n)*Nobody had redeemed it/);
    expect((await world.events('invite.revoked')).map(({ facts }) => facts.invite)).toEqual([
      open.invite.prefix,
    ]);
    const again = await person().type('invite revoke', { invite: open.invite.id });
    expect(again.text).toContain('is revoked already. Nothing was changed.');
    const late = await person().type('invite revoke', { invite: bound.invite.id });
    expect(late.text).toMatch(/used up already(.|\n)*1 member redeemed it and keeps/);
    expect((await auditor().type('invite list', { state: 'revoked' })).labels).toEqual(['🔎', 'CSV']);
  });
});
