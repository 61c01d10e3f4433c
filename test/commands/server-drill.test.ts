import { expect, it, vi } from 'vitest';
import type { DrillEnd, DrillStart } from '../../src/app/servers/drill/drill.ts';
import { BELIEFS, type Finding } from '../../src/domain/drill/beliefs.ts';
import type { DrillReport } from '../../src/domain/drill/report.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { aServer, MOVIES, NOON, names } from './samples.ts';

const server = aServer();
const why = { kind: 'refused', message: 'Nothing answers at nas:8096.' } as const;

function finding(name: string, result: Finding['result'], saw: string | null = null): Finding {
  const belief = BELIEFS.find((one) => one.name === name);
  if (!belief) throw new Error(`no belief ${name}`);
  return { name, step: belief.step, says: belief.says, result, saw };
}

function played(changes: Partial<DrillReport> = {}): DrillEnd {
  const findings = [finding('library-known', 'held')];
  const report = {
    kind: 'plex',
    version: '1',
    at: NOON,
    steps: [],
    findings,
    stopped: null,
    leftBehind: null,
  } as const;
  return { kind: 'played', server, library: MOVIES, report: { ...report, ...changes }, file: '{}' };
}

const begun = (end: DrillEnd): DrillStart => ({
  kind: 'begun',
  server,
  signIn: { link: 'https://app.plex.tv/auth#?code=x', expiresAt: NOON },
  finished: Promise.resolve(end),
});

function drilling(result: DrillStart) {
  const start = vi.fn(async (_input: unknown) => result);
  const person = typist(stubApp({ autocomplete: names(), drills: { start } }));
  return { start, typed: () => person.type('server drill', { server: 'tow', library: 'movies' }) };
}

it('asks for a throw-away account, and shows what was found, with a file', async () => {
  const { start, typed } = drilling(begun(played()));
  const shown = await typed();
  expect(shown.text).toContain('sign in with a throw-away account');
  expect(start).toHaveBeenCalledExactlyOnceWith(
    { guildId: GUILD, actorId: STAFF, serverId: server.id, libraryId: MOVIES.id },
    expect.any(Function),
  );
  const end = await shown.later();
  expect(end.text).toContain('Tower · Movies: 1 held, 0 did not, 0 could not be looked at');
  expect(end.text).toContain('Nothing is left of it on the server.');
  expect(end.view).toMatchObject({ tone: 'good', files: [{ name: 'usher-drill.json', content: '{}' }] });
});

it('where Usher makes the account, there is nothing to sign in to', async () => {
  const made = { ...begun(played()), signIn: null } as const;
  expect((await drilling(made).typed()).text).toContain('makes a throw-away account');
});

it.each<[string, Partial<DrillReport>, 'bad' | 'warning', RegExp]>([
  [
    'what differs',
    { findings: [finding('exactly-what-was-asked', 'differs', 'All libraries are open.')] },
    'bad',
    /All libraries are open\.(.|\n)*is frozen/,
  ],
  [
    'what was not seen',
    { findings: [finding('pending-is-pending', 'unseen', 'It never waited.')] },
    'warning',
    /It never waited/,
  ],
  [
    'where it stopped',
    { stopped: 'It could not be accepted.', findings: [finding('account-sees-it', 'unseen', 'x')] },
    'warning',
    /not played to its end.*could not be accepted/,
  ],
  [
    'what is left',
    { leftBehind: why.message },
    'warning',
    /could not be taken away yet(.|\n)*Usher keeps trying/,
  ],
])('says %s', async (_what, changes, tone, text) => {
  const end = await (await drilling(begun(played(changes))).typed()).later();
  expect(end.text).toMatch(text);
  expect(end.view).toMatchObject({ tone });
});

it('has room for everything that can differ, however long it is', async () => {
  const findings = BELIEFS.map(({ name }) => finding(name, 'differs', 'x'.repeat(2_000)));
  const stopped = 'y'.repeat(2_000);
  const end = await (
    await drilling(begun(played({ findings, stopped, leftBehind: stopped }))).typed()
  ).later();
  expect(end.text).toContain('0 held');
});

it.each<[string, DrillEnd, RegExp]>([
  ['nobody signed in', { kind: 'expired' }, /ran out(.|\n)*Nothing was done on Tower/],
  ['it is a member’s', { kind: 'refused', why: 'member' }, /connected to a member here/],
  ['it has something', { kind: 'refused', why: 'has-access' }, /has something on this server already/],
  ['it is the owner’s', { kind: 'refused', why: 'owner' }, /It is the owner of the server/],
  ['nothing answers', { kind: 'failed', why }, /could not be played(.|\n)*Nothing answers/],
])('says why it was not played: %s', async (_why, end, text) => {
  expect((await (await drilling(begun(end)).typed()).later()).text).toMatch(text);
});

it.each<[string, DrillStart, RegExp]>([
  ['the library is gone', { kind: 'gone' }, /no longer here|not there any more/i],
  ['another is played', { kind: 'busy', server, trouble: null }, /Another one is played there right now/],
  [
    'one is not cleaned up',
    { kind: 'busy', server, trouble: 'Nothing answers.' },
    /could not be taken away yet: Nothing answers/,
  ],
  ['nothing answers', { kind: 'failed', why }, /Nothing answers at nas/],
])('does not begin: %s', async (_why, result, text) => {
  expect((await drilling(result).typed()).text).toMatch(text);
});

it('a library that is not on the server is asked about', async () => {
  const { start } = drilling({ kind: 'gone' });
  const person = typist(stubApp({ autocomplete: names(), drills: { start } }));
  for (const library of ['nothing', 'none'])
    expect((await person.type('server drill', { server: 'tow', library })).text).toBeTruthy();
  expect(start).not.toHaveBeenCalled();
});
