/**
 * The whole story at the most detailed log level, followed by a search for each of its secrets in every place where
 * it must not be.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RecordedRequest } from '../standins/http.ts';
import { Stage } from '../support/stage.ts';
import {
  addMember,
  as,
  caughtUp,
  codeIn,
  connectPlex,
  inviteByDm,
  openCode,
  passwordIn,
  plexAccount,
  redeem,
} from './actions.ts';

const SECRET_KEY = randomBytes(32);

let stage: Stage;
/** Every secret of the story, by name. */
const secrets = new Map<string, string>();
/** Codes and passwords, which are shown once to those who need them. */
const shown = new Map<string, string>();
const output: string[] = [];
let files: readonly { readonly name: string; readonly mode: number; readonly bytes: Buffer }[] = [];

beforeAll(async () => {
  stage = await Stage.set();
  // As somebody's own `mkdir` makes it.
  await mkdir(stage.env.DATA_DIR ?? '');
  await chmod(stage.env.DATA_DIR ?? '', 0o755);
  await stage.start({ LOG_LEVEL: 'trace', SECRET_KEY: SECRET_KEY.toString('base64') });
  await stage.setUp();
  await tellTheStory();
  files = await readData();
  // After a clean stop there is no write-ahead log: its content has moved into the database.
  const first = stage.usher;
  await first.stop();
  files = [...files, ...(await readData())];
  output.push(...first.output);
  collect();
});
afterAll(() => stage.strike());

async function tellTheStory(): Promise<void> {
  const refused = await stage.addServer('plex', {
    name: 'No',
    url: stage.tower.url,
    token: 'wrong-plex-token-314159',
  });
  expect(refused.text).toContain('not added');
  secrets.set('a refused token', 'wrong-plex-token-314159');

  const account = plexAccount(stage, stage.ada);
  const dm = await inviteByDm(stage, stage.ada, { libraries: 'Movies', for: '30d' });
  shown.set('a code by DM', codeIn(dm.text));
  const welcome = await stage.discord.as(stage.ada).inDm().click(dm, 'Redeem');
  await connectPlex(stage, welcome, account);

  const code = await openCode(stage, { libraries: 'Films', note: 'for the club' });
  shown.set('a code for anybody', code);
  const form = await (await redeem(stage, stage.ben, code)).click('Create account: Den');
  shown.set('a new password', passwordIn(await form.submit({ name: 'ben' })));
  const asked = await (await as(stage, stage.ben).command('my access')).click('New password: Den');
  const again = await asked.click('Set a new password');
  shown.set('another password', passwordIn(again));
  await redeem(stage, addMember(stage, 'eve'), 'WRNG-CODE-WRNG-CODE');
  const closed = addMember(stage, 'gil', 'closed');
  const unsent = await stage.asOlga('/invite create', { member: closed, libraries: 'TV' });
  shown.set('a code that could not be sent', codeIn(unsent.text));

  // Failures of all kinds, because they are logged.
  stage.plexTv.http.fault({ path: /./, answer: { status: 500, body: 'no' }, times: 2 });
  await stage.asOlga('/library sync');
  stage.den.http.fault({ path: /./, dropBefore: true, times: 2 });
  await stage.asOlga('/library sync');
  stage.discord.http.fault({ method: 'PATCH', path: /webhooks/, answer: { status: 500, body: 'no' } });
  await stage.asOlga('/grant list');
  stage.discord.http.fault({ method: 'PATCH', path: /webhooks/, dropBefore: true });
  await stage.asOlga('/grant list');
  stage.discord.http.fault({
    method: 'POST',
    path: /callback$/,
    answer: { status: 404, body: { message: 'Unknown interaction', code: 10062 } },
  });
  const lost = as(stage, stage.olga).command('grant list');
  lost.catch(() => {});
  await stage.usher.logged('an interaction could not be acknowledged');
  await stage.asOlga('/grant add', { member: stage.ada, libraries: 'Concerts', for: '2s' });
  await stage.audited(/grant\.ended/, 1, 60_000);
  await caughtUp(stage);
}

/** All files in the data folder with their present content. */
async function readData() {
  const folder = stage.env.DATA_DIR ?? '';
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  return await Promise.all(
    names
      .filter((entry) => entry.isFile())
      .map(async ({ name, parentPath }) => {
        const path = join(parentPath, name);
        return { name, mode: (await stat(path)).mode & 0o777, bytes: await readFile(path) };
      }),
  );
}

function collect(): void {
  secrets.set('the bot token', stage.discord.token);
  secrets.set('the key, base64', SECRET_KEY.toString('base64'));
  secrets.set('the key, hex', SECRET_KEY.toString('hex'));
  secrets.set('the API key of Den', stage.den.apiKey);
  secrets.set('the token of the owner of Tower', stage.plexOwner.token);
  for (const [index, token] of stage.plexTv.secrets.entries()) secrets.set(`Plex secret ${index}`, token);
  for (const [index, token] of stage.den.secrets.entries()) secrets.set(`Jellyfin secret ${index}`, token);
  for (const [name, text] of shown) {
    secrets.set(name, text);
    if (text.includes('-')) secrets.set(`${name}, bare`, text.replaceAll('-', ''));
  }
}

/** Names of the secrets found in a text. The secrets themselves are not printed. */
const leaks = (text: string, among: ReadonlyMap<string, string> = secrets) =>
  [...among].filter(([, secret]) => text.includes(secret)).map(([name]) => name);

const interactionTokens = () =>
  new Map(stage.discord.interactionTokens.map((token, index) => [`interaction token ${index}`, token]));

const servers = () => [stage.discord.http, stage.plexTv.http, stage.tower.http, stage.den.http];

describe('no secret of the story', () => {
  it('is in the log, whatever is logged', () => {
    expect(output.length).toBeGreaterThan(20);
    const lines = output.flatMap((line) =>
      [...leaks(line), ...leaks(line, interactionTokens())].map((name) => `${name}: ${line.slice(0, 80)}`),
    );
    expect(lines).toEqual([]);
  });

  it('is in the database, its write-ahead log, or any other file of ours', () => {
    const names = files.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['usher.db', 'usher.db-wal', 'usher.log']));
    // Something that is not secret is found, so the search works.
    expect(files.some(({ name, bytes }) => name === 'usher.db' && bytes.includes('Tower'))).toBe(true);
    const found = files.flatMap(({ name, bytes }) => {
      const text = bytes.toString('latin1');
      return [...leaks(text), ...leaks(text, interactionTokens())].map((secret) => `${secret} in ${name}`);
    });
    expect(found).toEqual([]);
    // The key itself is searched for as bytes.
    expect(files.filter(({ bytes }) => bytes.includes(SECRET_KEY))).toEqual([]);
  });

  it('is in a file that somebody else may read, also where the folder was open to all', async () => {
    expect((await stat(stage.env.DATA_DIR ?? '')).mode & 0o777).toBe(0o700);
    expect(files.filter(({ mode }) => mode !== 0o600)).toEqual([]);
    expect(output.join('\n')).toMatch(/0755.*0700.*others could read what Usher keeps here/);
  });

  it('is in a message, but codes and passwords in the one that is meant to show them', () => {
    const tellers = new Map<string, number>();
    for (const message of stage.discord.world.messages.values()) {
      const text = JSON.stringify([message.content, message.embeds, message.components]);
      for (const name of leaks(text)) {
        tellers.set(name, (tellers.get(name) ?? 0) + 1);
        // Shown to one person only: hidden from others, or in a DM.
        expect(message.ephemeral || message.channel.recipient !== undefined).toBe(true);
      }
    }
    expect(Object.fromEntries(tellers)).toEqual({
      // Shown to the member, and to the staff who made it.
      'a code by DM': 2,
      'a code for anybody': 1,
      'a code that could not be sent': 1,
      'a new password': 1,
      'another password': 1,
    });
  });

  it('is in an address that was asked for, at any server', () => {
    const address = ({ path, query }: RecordedRequest) => `${decodeURIComponent(path)}?${query}`;
    const found = servers().flatMap(({ requests }) =>
      requests.flatMap((request) => leaks(address(request)).map((name) => `${name}: ${request.method}`)),
    );
    expect(found).toEqual([]);
    expect(stage.plexTv.tokensInUrls).toEqual([]);
    // Discord has interaction tokens in its own paths. No other server may see one.
    const strays = servers().flatMap(({ requests }, index) =>
      requests.filter((request) => {
        const discordsOwn = index === 0 && /^\/api\/v10\/(interactions|webhooks)\//.test(request.path);
        return !discordsOwn && leaks(address(request) + request.body, interactionTokens()).length > 0;
      }),
    );
    expect(strays).toEqual([]);
  });

  it('reaches anybody it does not belong to', () => {
    const [discord, plexTv, tower, den] = servers().map(({ requests }) =>
      requests.map(({ headers, body }) => JSON.stringify(headers) + body).join('\n'),
    );
    const among = (wanted: RegExp) => new Map([...secrets].filter(([name]) => wanted.test(name)));
    const media = among(/^(Plex|Jellyfin) secret|API key|owner of Tower/);
    expect(leaks(discord ?? '', media)).toEqual([]);
    expect(leaks(den ?? '', among(/^Plex secret|owner of Tower|bot token|code|the key/))).toEqual([]);
    expect(
      leaks(`${plexTv}${tower}`, among(/^Jellyfin secret|API key|bot token|code|password|the key/)),
    ).toEqual([]);
    // A media server sees what plex.tv gives to open it, and no token of an account.
    expect(leaks(tower ?? '', among(/^Plex secret|owner of Tower/))).toHaveLength(1);
    expect(tower).toContain(stage.tower.ownerAccessToken);
  });

  it('is kept in what plex.tv holds: the sign-in of the member was ended', () => {
    const ada = stage.plexTv.state.findAccount(({ username }) => username === 'adaplex');
    expect([...(ada?.tokens ?? [])]).toEqual([ada?.token]);
  });
});
