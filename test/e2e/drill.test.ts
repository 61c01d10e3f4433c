/** `/server drill` in the real process, on both stand-ins: all holds, one thing does not, a kill in the middle. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Exchange } from '../standins/discord/index.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import { Stage } from '../support/stage.ts';
import { auditEntries, caughtUp, signInLink } from './actions.ts';

const PATIENCE_MS = 90_000;
const LONG = { timeout: 2 * PATIENCE_MS };
const ENDED = /held, \d+ did not/;
let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  stage.den.behaviour.hasTuner = true;
  await stage.start();
  await stage.setUp();
});
afterAll(() => stage.strike());

const drill = async (server: string, library: string): Promise<Exchange> =>
  await stage.asOlga('/server drill', { server, library });

/** The drill on Den, to its end. */
const onDen = async (library = 'Films') => await (await drill('Den', library)).until(ENDED, PATIENCE_MS);

/** The drill on Tower, signed in with that account, to its end. */
async function onTower(account: PlexAccount, library = 'Movies', wanted: RegExp = ENDED): Promise<Exchange> {
  const shown = await drill('Tower', library);
  stage.plexTv.signInAs(account, signInLink(shown));
  return await shown.until(wanted, PATIENCE_MS);
}

let strangers = 0;
function stranger(): PlexAccount {
  strangers += 1;
  return stage.plexTv.addAccount({
    username: `stranger${strangers}`,
    email: `stranger${strangers}@example.org`,
  });
}

interface Report {
  readonly server: { readonly kind: string; readonly version: string };
  readonly stopped: string | null;
  readonly leftBehind: string | null;
  readonly findings: readonly {
    readonly name: string;
    readonly result: string;
    /** The key of a sentence, with its values. */
    readonly saw: Readonly<Record<string, string>> | null;
  }[];
}

function fileOf(shown: Exchange): { readonly text: string; readonly report: Report } {
  const text = shown.message.attachments
    .find(({ filename }) => filename === 'usher-drill.json')
    ?.bytes.toString();
  if (text === undefined) throw new Error(`no file: ${shown.text}`);
  return { text, report: JSON.parse(text) };
}

const notHeld = (shown: Exchange) =>
  fileOf(shown)
    .report.findings.filter(({ result }) => result !== 'held')
    .map(({ name, result, saw }) => `${result} ${name}: ${Object.values(saw ?? {}).join(' ')}`);

const isFrozen = async (server: string) =>
  /\*\*Frozen\*\* since/.test((await stage.asOlga('/server show', { server })).text);

async function lift(server: string): Promise<void> {
  await (await stage.asOlga('/server show', { server })).click('I have looked: lift the freeze');
}

/** Users of Den beside the administrator. */
const usersOfDen = () =>
  [...stage.den.state.users.values()].map(({ name }) => name).filter((name) => name !== 'root');

/** No name, address, id or secret of anybody is in the file. */
function expectMasked(text: string, ...names: string[]): void {
  const { den, tower, plexTv, plexOwner, discord } = stage;
  for (const each of [
    ...names,
    ...den.secrets,
    plexOwner.token,
    discord.token,
    den.serverId,
    tower.machineIdentifier,
  ])
    expect(text).not.toContain(each);
  for (const name of ['Den', 'Tower', 'Films', 'Movies', 'stranger', 'plexboss', '127.0.0.1'])
    expect(text).not.toContain(name);
  expect(plexTv.url).toContain('127.0.0.1');
}

describe('on Jellyfin', () => {
  it('all of it holds; the account is gone, and the record has one line', LONG, async () => {
    const before = auditEntries(stage).length;
    const shown = await onDen();
    expect(notHeld(shown)).toEqual([]);
    expect(shown.text).toMatch(/Drill on Den · Films: 13 held, 0 did not, 0 could not be looked at/);
    expect(shown.ephemeral).toBe(true);
    expect(usersOfDen()).toEqual([]);
    expect(await isFrozen('Den')).toBe(false);
    expectMasked(fileOf(shown).text, 'usher-drill-');
    await caughtUp(stage);
    const lines = auditEntries(stage)
      .slice(before)
      .map(({ action }) => action);
    expect(lines.filter((action) => action !== 'settings.changed')).toEqual(['server.drilled']);
  });

  it('nothing but the library that was picked is ever opened', LONG, async () => {
    const since = stage.den.http.requests.length;
    await onDen('Shows');
    const written = stage.den.http.requests
      .slice(since)
      .filter(({ method, path }) => method === 'POST' && path.endsWith('/Policy'))
      .map(
        ({ body }) => JSON.parse(body.toString()) as { EnableAllFolders: boolean; EnabledFolders: string[] },
      );
    expect(written.length).toBeGreaterThan(2);
    expect(new Set(written.flatMap(({ EnabledFolders }) => EnabledFolders))).toEqual(
      new Set([stage.den.libraryId('Shows')]),
    );
    expect(written.some(({ EnableAllFolders }) => EnableAllFolders)).toBe(false);
  });

  it(
    'a policy that is not kept is seen from all sides: the server is frozen, and staff are told',
    LONG,
    async () => {
      // Whatever is written about disabling is answered with success, and has no effect.
      const fault = stage.den.http.fault({
        path: /\/Policy$/,
        method: 'POST',
        after: 3,
        times: Number.POSITIVE_INFINITY,
        answer: { status: 204 },
      });
      const shown = await onDen();
      fault.lift();
      expect(notHeld(shown).map((text) => text.replace(/:.*/, ''))).toEqual([
        'differs withdrawn-leaves-nothing',
        'differs withdrawn-for-the-account',
        'differs withdrawn-signs-in-no-more',
      ]);
      expect(usersOfDen()).toEqual([]);
      expect(await isFrozen('Den')).toBe(true);
      await stage.audited(/server\.frozen/);
      await lift('Den');
    },
  );

  it.each([
    ['the account is being made', /\/Users\/New$/, 0],
    ['its libraries are written', /\/Policy$/, 0],
    ['its restriction is written', /\/Policy$/, 1],
    ['it is withdrawn', /\/Policy$/, 3],
  ])('killed while %s, the next start leaves nothing there', LONG, async (_when, path, after) => {
    const fault = stage.den.http.fault({ path, method: 'POST', after, dropAfterCommit: false, delayMs: 500 });
    const said = /server\.drilled .*a drill was cut off/;
    // The drills that were cut off before have a line too.
    const before = stage.auditLines.filter((line) => said.test(line)).length;
    const asked = drill('Den', 'Films').catch(() => undefined);
    await stage.den.http.until('that moment', () => fault.hits > 0, PATIENCE_MS);
    await stage.usher.kill();
    fault.lift();
    await stage.start();
    await asked;
    await stage.audited(said, before + 1, PATIENCE_MS);
    expect(usersOfDen()).toEqual([]);
    // The administrator's.
    expect((await stage.asOlga('/server show', { server: 'Den' })).text).toMatch(
      /2 libraries · 1 account with access/,
    );
  });
});

describe('on Plex', () => {
  it('all of it holds; the share is gone, and the sign-in forgotten', LONG, async () => {
    const account = stranger();
    const shown = await onTower(account);
    expect(notHeld(shown)).toEqual([]);
    expect(shown.text).toMatch(/Drill on Tower · Movies: 13 held, 0 did not, 0 could not be looked at/);
    expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
    expect([...account.tokens]).toEqual([account.token]);
    expect(await isFrozen('Tower')).toBe(false);
    expectMasked(fileOf(shown).text, account.username, account.email, account.token, String(account.id));
    expect((await stage.asOlga('/server members', { server: 'Tower' })).text).not.toContain(account.username);
  });

  it('settings that an update forgets are seen, before Usher puts them back', LONG, async () => {
    const account = stranger();
    // Of the updates, the first is the restriction itself; the second is Usher's.
    const fault = stage.plexTv.http.fault({
      path: /shared_servers\/\d+$/,
      method: 'POST',
      after: 1,
      times: 1,
      alters: (answer) => {
        const kept = stage.plexTv.sharingSettings(stage.plexOwner, account);
        Object.assign(kept, { filterMovies: '' });
        return answer;
      },
    });
    const shown = await onTower(account);
    expect(fault.hits).toBe(1);
    expect(notHeld(shown)).toEqual(['differs update-keeps-settings: server.drill.saw.changed filterMovies']);
    expect(await isFrozen('Tower')).toBe(true);
    await lift('Tower');
  });

  it.each([
    ['ignores', { ignoresLibraries: 'create' }],
    ['knows by another name', { librariesName: 'sections' }],
  ] as const)(
    'libraries that an invitation %s open all: closed at once, the server frozen',
    LONG,
    async (_what, behaviour) => {
      const account = stranger();
      const usual = { ...stage.plexTv.behaviour };
      Object.assign(stage.plexTv.behaviour, behaviour);
      const shown = await onTower(account).finally(() => Object.assign(stage.plexTv.behaviour, usual));
      const { findings } = fileOf(shown).report;
      const differs = findings.filter(({ result }) => result === 'differs').map(({ name }) => name);
      expect(differs).toEqual(['exactly-what-was-asked']);
      expect(stage.plexTv.accessOf(account, stage.tower)).toBe('none');
      expect(await isFrozen('Tower')).toBe(true);
      await lift('Tower');
    },
  );

  it('an account that has something there is refused, and keeps it', LONG, async () => {
    const account = stranger();
    stage.plexTv.share(account, stage.tower, { libraries: ['TV'] });
    const shown = await onTower(account, 'Movies', /cannot be played with/);
    expect(shown.text).toContain('It has something on this server already');
    expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['TV']);
    expect((await onTower(stage.plexOwner, 'Movies', /cannot be played with/)).text).toContain(
      'the owner of the server',
    );
  });

  it(
    'killed while it is invited, the next start takes the invitation back and forgets the sign-in',
    LONG,
    async () => {
      const account = stranger();
      const fault = stage.plexTv.http.fault({
        path: /shared_servers\/\d+\/accept$/,
        method: 'POST',
        hang: true,
      });
      const shown = await drill('Tower', 'Movies');
      stage.plexTv.signInAs(account, signInLink(shown));
      await stage.plexTv.http.until('the invitation', () => fault.hits > 0, PATIENCE_MS);
      expect(stage.plexTv.accessOf(account, stage.tower)).toBe('pending');
      await stage.usher.kill();
      fault.lift();
      await stage.start();
      await stage.plexTv.http.until(
        'it is gone',
        () => stage.plexTv.accessOf(account, stage.tower) === 'none',
        PATIENCE_MS,
      );
      await stage.plexTv.http.until('the sign-in is forgotten', () => account.tokens.size === 1, PATIENCE_MS);
    },
  );
});

it('only admins may, and nothing that Discord refuses', async () => {
  const refused = await stage.discord
    .as(stage.ada)
    .in(stage.guild)
    .command('server drill', { server: 'Den', library: 'Films' })
    .catch(String);
  expect(String(typeof refused === 'string' ? refused : refused.text)).toMatch(
    /may not|no command|not visible|there is no/i,
  );
  expect(stage.discord.violations).toEqual([]);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
});
