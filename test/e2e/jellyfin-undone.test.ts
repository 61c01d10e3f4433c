/** A Jellyfin server that undoes what it was told (media-servers.md M1), and what truth costs there. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { caughtUp, jellyfinMember } from './actions.ts';

let stage: Stage;
let mia: Awaited<ReturnType<typeof jellyfinMember>>;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

const sees = () => stage.den.accessOf(mia.login);
/** Her player was silent, and wakes up in the moment of the next write: just after that was read back. */
const undoNextWrite = () => {
  stage.den.signInOutside(mia.login, { silentForMs: 120_000 });
  return stage.den.losesNextPolicyWrite({ shownOnce: true });
};
const lists = () => stage.den.http.requestsTo('GET', /\/Users$/).length;

it('a member comes in without a list of all accounts', async () => {
  const before = lists();
  mia = await jellyfinMember(stage, 'mia', 'Den · Films');
  expect(sees()).toEqual(['Films']);
  expect(lists() - before).toBe(0);
});

it('what was given and is undone is given again, and nobody else is named', async () => {
  const undone = undoNextWrite();
  const given = await stage.asOlga('/grant add', { member: mia.user, libraries: 'Den · Shows' });
  expect(given.text).toContain('✅ **Den** shows it');
  await stage.den.http.until('the write to be undone', () => undone.lost === 1 || undefined);
  await stage.den.http.until('it to be given again', () => sees().length === 2 || undefined);
  await caughtUp(stage);
  expect(stage.auditLines.filter((line) => line.includes('drift.found'))).toEqual([]);
});

it('what was taken and is open again is told, and taken again', async () => {
  const undone = undoNextWrite();
  const revoked = await stage.asOlga('/grant revoke', { grant: '2' });
  expect(revoked.text).toMatch(/ended .*, as the servers show\./);
  await stage.den.http.until('the write to be undone', () => undone.lost === 1 || undefined);
  await stage.audited(/grant\.overdue · .* is open again on Den/);
  await stage.den.http.until('it to be taken again', () => sees().length === 1 || undefined);
  expect(sees()).toEqual(['Films']);
});

it('a player is told to stop before nobody can be told any more', async () => {
  const session = stage.den.signInOutside(mia.login, { playing: 'Films/Up' });
  const { length } = stage.den.http.requests;
  await stage.asOlga('/grant revoke', { grant: '1' });
  await stage.den.http.until('the end', () => sees() === 'none' || undefined);
  expect(session.playing).toBeNull();
  const posts = stage.den.http.requests.slice(length).filter(({ method }) => method === 'POST');
  expect(posts.map(({ path }) => path.split('/').at(-1))).toEqual(['Stop', 'Policy']);
});
