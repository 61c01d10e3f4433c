/** plex.tv does not do what it is told: it opens everything, or leaves a change undone, and its answers may hide it. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Channel } from '../standins/discord/index.ts';
import { type PlexBehaviour, usualBehaviour } from '../standins/plex/behaviour.ts';
import { Stage } from '../support/stage.ts';
import { as, caughtUp, expectUnbrokenRecord, plexMember } from './actions.ts';

const PATIENCE_MS = 90_000;
const LONG = { timeout: 2 * PATIENCE_MS };
let stage: Stage;
let alerts: Channel;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
  alerts = stage.guild.addTextChannel('alerts');
  await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
});
afterEach(() => behave(usualBehaviour()));
afterAll(() => stage.strike());

const behave = (behaviour: Partial<PlexBehaviour>) => {
  Object.assign(stage.plexTv.behaviour, behaviour);
};
const liftFreeze = async () => {
  const shown = await stage.asOlga('/server show', { server: 'Tower' });
  await shown.click('I have looked: lift the freeze');
  await stage.audited(/server\.unfrozen · .*Tower/, lifted(), PATIENCE_MS);
};
let lifts = 0;
const lifted = () => {
  lifts += 1;
  return lifts;
};

describe.each<[string, Partial<PlexBehaviour>]>([
  ['says so', { ignoresLibraries: 'create' }],
  ['answers as if all was well', { ignoresLibraries: 'create', answersWith: 'what was asked' }],
])('plex.tv shares everything and %s', (how, behaviour) => {
  it('it is closed at once, the server is frozen, and nobody is told that it is applied', LONG, async () => {
    const member = how === 'says so' ? 'mia' : 'noah';
    const { user, account } = await plexMember(stage, member, 'Tower · Movies');
    await stage.asOlga('/grant revoke', { grant: await newestGrant() });
    await expect.poll(() => stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    behave(behaviour);
    const given = await stage.asOlga('/grant add', { member: user, libraries: 'Tower · Movies' });
    expect(given.text).toMatch(/Not on \*\*Tower\*\*.*opened more than was asked/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    await stage.discord.as(stage.olga).in(alerts).sees('Tower is frozen: ');
    const [line] = await stage.audited(new RegExp(`access\\.exceeded · <@${user.id}>`), 1, PATIENCE_MS);
    expect(line).toContain('all access of the account was closed at once');

    // Until an admin has looked nothing is given there, whatever plex.tv does by now.
    behave(usualBehaviour());
    const refused = await stage.asOlga('/grant add', { member: user, libraries: 'Tower · TV' });
    expect(refused.text).toMatch(/Tower is frozen: .*Nothing is given there until an admin has looked/);
    expect((await stage.asOlga('/server check', { server: 'Tower' })).text).toContain('**Frozen** since');
    expect((await stage.asOlga('/jobs list')).text).toMatch(/Tower.*(.|\n)*frozen/);
    const seen = await as(stage, user).command('my access');
    expect(seen.text).not.toMatch(/frozen|You can watch/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');

    await liftFreeze();
    await expect
      .poll(() => stage.plexTv.accessOf(account, stage.tower), { timeout: PATIENCE_MS })
      .toBe('pending');
    const share = stage.plexTv.shareOf(account, stage.tower);
    expect(share?.libraryIds.size).toBe(2);
  });
});

it('an end that plex.tv takes and does not carry out stays ending, and is told', LONG, async () => {
  const { user, account } = await plexMember(stage, 'kim', 'Tower · Movies');
  await stage.asOlga('/grant add', { member: user, libraries: 'Tower · TV' });
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV']);
  behave({ ignoresLibraries: 'update' });
  const answer = await stage.asOlga('/grant revoke', { grant: await newestGrant() });
  expect(answer.text).toMatch(/not confirmed gone yet(.|\n)*still (open|has it open)/i);
  await stage.audited(new RegExp(`grant\\.overdue · <@${user.id}>`), 1, PATIENCE_MS);
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies', 'TV']);
  behave(usualBehaviour());
  await stage.audited(new RegExp(`grant\\.ended · <@${user.id}>`), 1, PATIENCE_MS);
  expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
});

it('nothing was laid at anybody else’s door, and the record is unbroken', LONG, async () => {
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
  expect(stage.auditLines.filter((line) => line.includes('somebody else'))).toEqual([]);
  expect(stage.discord.violations).toEqual([]);
});

async function newestGrant(): Promise<string> {
  const listed = await stage.asOlga('/grant list');
  const numbers = [...listed.text.matchAll(/#(\d+)/g)].map(([, number]) => Number(number));
  if (numbers.length === 0) throw new Error(`no grant: ${listed.text}`);
  return `#${Math.max(...numbers)}`;
}
