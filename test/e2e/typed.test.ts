/** What people type and paste: names with separators in them, zones by any name, codes with anything around them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { addMember, as, caughtUp, expectUnbrokenRecord, inviteByDm, openCode, redeem } from './actions.ts';

const NAMES = [
  '4K',
  'Movies, 4K',
  'Reality / Talk / Documentary TV',
  'TV · Kids',
  'Movies: US',
  'Anime - Dub',
];

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  for (const title of NAMES) stage.tower.addLibrary({ title, type: 'movie' });
  await stage.start({ LIMIT_PLANS: '1' });
  await stage.setUp();
});
afterAll(() => stage.strike());

describe('libraries with separators in their names', () => {
  const grant = async (libraries: string) =>
    (await stage.asOlga('/grant add', { member: stage.ada, libraries })).text;
  // Given at once, or asked about because it is had already.
  const given = (text: string) =>
    /(?:ada @ada is given|Give ada @ada) (.*) on (?:Tower|Den)\b/
      .exec(text)?.[1]
      ?.replaceAll(' and ', ', ') ?? '';

  it.each([
    ['Tower · Movies, 4K', '“Movies, 4K”'],
    ['Movies, 4K', '“Movies, 4K”'],
    ['“Movies, 4K”, TV · Kids', '“Movies, 4K”, “TV · Kids”'],
    ['Reality / Talk / Documentary TV', 'Reality / Talk / Documentary TV'],
    ['Tower/Movies: US, anime – dub', 'Movies: US, Anime - Dub'],
    ['4K, Movies', 'Movies, 4K'],
  ])('“%s” gives %s', async (typed, names) => {
    const shown = given(await grant(typed));
    expect(shown.split(', ').toSorted()).toEqual(names.split(', ').toSorted());
  });

  it('says that thousands of names are too many, and that no plan more can be had', async () => {
    expect(await grant('m,'.repeat(3_000))).toMatch(/more than 500 names(.|\n)*Nothing was changed/);
    const plan = (name: string) => stage.asOlga('/plan create', { name, libraries: 'Tower · 4K' });
    expect((await plan('One')).text).toContain('Plan created');
    expect((await plan('Two')).text).toMatch(/Nothing was done(.|\n)*1 plan is the most there can be/);
  });

  it('asks where a name was cut, and shows both readings', async () => {
    expect(await grant('Movies, 4')).toMatch(
      /“Movies, 4” can be read in two ways(.|\n)*Nothing was changed(.|\n)*• Tower · Movies, 4K\n.*• Tower · Movies \+ Tower · 4K/,
    );
  });

  it('offers what is given, as it is sent, however the list goes on', async () => {
    const olga = as(stage, stage.olga);
    for (const typed of [
      'Movies, 4',
      'Movies',
      'Movies, ',
      'Tower · Movies, 4K, t',
      'Movies: US, Anime - Dub, Reality / Talk / Documentary TV, Tower · Movies, 4',
    ]) {
      const offers = await olga.autocomplete('grant add', {}, 'libraries', typed);
      expect(offers.length).toBeGreaterThan(0);
      for (const { name, value } of offers) {
        const fromValue = given(await grant(String(value)));
        const fromName = given(await grant(name));
        expect(fromName).toBe(fromValue);
        const last = name.split(' · ').at(-1)?.replace('”', '') ?? '';
        expect(fromValue).toContain(last);
      }
    }
    const [first] = await olga.autocomplete('grant add', {}, 'libraries', 'Movies, 4');
    expect(given(await grant(String(first?.value)))).toBe('“Movies, 4K”');
  }, 60_000);

  it('is delimited in the record as well', async () => {
    await caughtUp(stage);
    expect(stage.auditLines.some((line) => line.includes(' “Movies, 4K” on Tower '))).toBe(true);
    expectUnbrokenRecord(stage);
  });
});

describe('time zones', () => {
  it.each(['Asia/Kolkata', 'Europe/Kyiv', 'Etc/UTC', 'CET', 'US/Eastern', 'America/Argentina/Buenos_Aires'])(
    '%s is taken',
    async (zone) => {
      expect((await stage.asOlga('/settings timezone', { zone })).text.replaceAll('\\', '')).toContain(
        `The zone is ${zone}, where it is `,
      );
      expect((await stage.asOlga('/settings show')).text.replaceAll('\\', '')).toContain(
        `Time zone: ${zone}, `,
      );
    },
  );

  it.each([
    ['kolk', 'Asia/Kolkata'],
    ['calcutta', 'Asia/Kolkata'],
    ['Germany', 'Europe/Berlin'],
    ['India', 'Asia/Kolkata'],
  ])('“%s” finds %s', async (typed, zone) => {
    const [first] = await as(stage, stage.olga).autocomplete('settings timezone', {}, 'zone', typed);
    expect(first?.value).toBe(zone);
  });
});

describe('codes', () => {
  it.each<[string, (code: string) => string]>([
    ['in backticks', (code) => `\`${code}\``],
    ['with minus signs', (code) => code.replaceAll('-', '−')],
    ['with a zero-width space', (code) => `${code.slice(0, 4)}\u200b${code.slice(4)}`],
    ['behind a word', (code) => `Code: ${code}`],
    ['before a full stop', (code) => `${code}.`],
    ['in bold', (code) => `**${code}**`],
    [
      'in letters of full width',
      (code) => code.replace(/[0-9A-Z]/g, (one) => String.fromCharCode(one.charCodeAt(0) + 0xfee0)),
    ],
  ])('%s', async (name, paste) => {
    const code = await openCode(stage, { libraries: 'Concerts' });
    const person = addMember(stage, `p${name.replaceAll(/\W/g, '')}`.slice(0, 20));
    expect((await redeem(stage, person, paste(code))).text).toContain('Welcome');
  });

  it('the whole message that came by DM, with what is around it', async () => {
    const person = addMember(stage, 'forwards');
    const dm = await inviteByDm(stage, person, { libraries: 'Movies, 4K' });
    const text = JSON.stringify(dm.components)
      .match(/"content":"(?:[^"\\]|\\.)*"/g)
      ?.map((part) => String(JSON.parse(part.slice('"content":'.length))))
      .join('\n');
    expect(text).toContain('and the code');
    expect((await redeem(stage, person, text ?? '')).text).toContain('Welcome');
  });

  it('what has no code in it costs no try', async () => {
    const person = addMember(stage, 'chatty');
    for (let n = 0; n < 6; n += 1)
      expect((await redeem(stage, person, 'please let me in')).text).toContain('There is no code in that');
    const code = await openCode(stage, { libraries: 'Concerts' });
    expect((await redeem(stage, person, `${code} ${code.split('-').toReversed().join('-')}`)).text).toContain(
      'more than one code',
    );
    expect((await redeem(stage, person, code)).text).toContain('Welcome');
  });
});

it('never said what Discord would refuse', () => {
  expect(stage.discord.violations).toEqual([]);
});
