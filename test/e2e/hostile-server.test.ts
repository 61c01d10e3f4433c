/** A media server whose answers are made to hurt stands beside a healthy one: only its own people notice. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ENDLESS, HOSTILE_ANSWERS } from '../standins/hostile.ts';
import { Stage } from '../support/stage.ts';
import { plexMember } from './actions.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

const USERS = /\/Users$/;
const HURTS = [
  'a JSON list of 60 MB',
  'lists in lists, 10 MB deep',
  'a packed answer that unpacks to a thousand times',
];
const SAID = [/not understood/, /more than 32 deep/, /packed/];
const asked = () => stage.den.http.requestsTo('GET', USERS).length;
const syncOfDen = async () => (await stage.asOlga('/library sync', { server: 'Den' })).text;

it('the healthy one is served, the process lives, and the hostile one is left alone, also after a start', async () => {
  const pia = await plexMember(stage, 'pia', 'TV');
  /** What a member is given on the healthy server while the hostile one answers. */
  const isServed = async (libraries: string) => {
    await stage.asOlga('/grant add', { member: pia.user, libraries, for: '1h' });
    expect(stage.plexTv.accessOf(pia.account, stage.tower)).toContain(libraries);
  };
  const { pid } = stage.usher;
  for (const [index, name] of HURTS.entries()) {
    const answer = HOSTILE_ANSWERS.find((each) => each.name.startsWith(name));
    if (!answer) throw new Error(name);
    stage.den.http.fault({ path: USERS, writes: answer.write });
    const [said] = await Promise.all([syncOfDen(), isServed('Concerts')]);
    expect(said).toMatch(SAID[index] ?? 'never');
  }
  const before = asked();
  expect(await syncOfDen()).toMatch(
    /\*\*Den\*\*: not synced\. .*asks ever more rarely; \/server check asks at once/,
  );
  expect(stage.usher.pid).toBe(pid);
  await stage.usher.kill();
  await stage.start();
  expect(await syncOfDen()).toMatch(/not synced/);
  expect(asked()).toBe(before);

  // An admin who has put it right asks at once; then it is as before.
  expect((await stage.asOlga('/server check', { server: 'Den' })).text).toMatch(
    /answers and takes the token/,
  );
  expect(asked()).toBeGreaterThan(before);
  expect(await syncOfDen()).not.toMatch(/not synced/);

  const trickle = stage.den.http.fault({ path: USERS, writes: ENDLESS.write });
  const waiting = stage.discord
    .as(stage.olga)
    .in(stage.guild)
    .command('library sync', { server: 'Den' }, { until: 'ack' });
  await stage.den.http.until('the trickle', () => trickle.hits === 1);
  await isServed('Movies');
  await waiting;
});
