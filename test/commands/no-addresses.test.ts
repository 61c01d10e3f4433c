/** Whatever a server fails with, only admins read where it is: not in replies, not in the record, not in alerts. */
import { errors } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { commands } from '../../commands/index.ts';
import { notMade } from '../../src/adapters/discord/views/accounts.ts';
import type { View } from '../../src/adapters/discord/views/view.ts';
import { refusedUnasked, troubleOfStatus } from '../../src/adapters/http-client/answers.ts';
import type { HttpAnswer } from '../../src/adapters/http-client/call.ts';
import { failureOf, PhaseTimeout, redirected } from '../../src/adapters/http-client/failures.ts';
import { notUnderstood, troubleOf as ofJellyfin } from '../../src/adapters/jellyfin/client.ts';
import { troubleOf as ofPlex } from '../../src/adapters/plex/client.ts';
import type { Trouble } from '../../src/app/ports/media-server.ts';
import { asActor } from '../../src/domain/ids.ts';
import type { Capability } from '../../src/domain/model.ts';
import { staffSentence } from '../../src/domain/trouble.ts';
import { ALERTS, takeDown, World } from '../app/world.ts';
import { textOf, typist } from '../support/command-input.ts';
import { MINUTE } from '../support/moments.ts';
import { ADA, BEN, GUILD } from '../support/people.ts';
import { aServer } from '../support/rows.ts';
import { saidEvent, saidPlain } from '../support/said.ts';

const HOST = 'tower.test';
const URL_OF = new URL(`http://${HOST}`);
const ELSEWHERE = 'auth.elsewhere.example';

const answer = (status: number, body = ''): HttpAnswer => ({
  kind: 'answer',
  status,
  host: HOST,
  headers: {},
  body: Buffer.from(body),
  retryAfterMs: undefined,
  reason: undefined,
});
const network = (code: string) => failureOf(Object.assign(new Error(code), { code }), URL_OF).why;
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error('no trouble');
  return value;
};

const FAILURES: readonly (readonly [string, Trouble])[] = [
  ...[
    'ENOTFOUND',
    'ECONNREFUSED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'ETIMEDOUT',
    'ECONNRESET',
    'PRIVATE_ADDRESS',
  ].map((code) => [code, network(code)] as const),
  ['a timeout', failureOf(new PhaseTimeout('late'), URL_OF).why],
  ['another protocol', failureOf(new errors.HTTPParserError('no'), URL_OF).why],
  ['a redirect', redirected(URL_OF, `https://${ELSEWHERE}/jellyfin/web/`)],
  ['a login page', redirected(URL_OF, `https://${ELSEWHERE}/login?to=x`)],
  ['a refusal before anything was sent', must(refusedUnasked(answer(401), 'Jellyfin'))],
  ['nothing that Jellyfin says', notUnderstood(answer(200))],
  ...[400, 401, 403, 404, 429, 500, 503].flatMap((status) => [
    [`${status}`, troubleOfStatus(answer(status))] as const,
    [`${status} of Jellyfin`, ofJellyfin(answer(status))] as const,
    [`${status} of Plex`, ofPlex(answer(status), 'pms')] as const,
  ]),
  ['a start of Jellyfin', ofJellyfin(answer(503, 'Jellyfin Startup'))],
  ['a start of Plex', ofPlex(answer(503, '<Response code="503"/>'), 'pms')],
];

const ada = { id: ADA, name: 'ada', bot: false, inGuild: true };
const ben = { ...ada, id: BEN, name: 'ben' };

/** Every command for staff and members that is not for admins alone, in the order in which they are typed. */
const TYPED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  help: {},
  'grant add': { member: ada, libraries: 'Tower · Music' },
  'grant set': { grant: '1', libraries: 'Tower · Shows' },
  'grant extend': { grant: '1', by: '1d' },
  'grant pause': { grant: '1' },
  'grant resume': { grant: '1' },
  'invite create': { member: ben, libraries: 'Tower · Movies' },
  'library sync': {},
  'jobs run': { job: 'enforce' },
  'server check': {},
  'server list': {},
  'server show': { server: 'Tower' },
  'server members': { server: 'Tower' },
  'invite list': {},
  'invite revoke': { invite: 'XXXX' },
  'member list': {},
  'library list': {},
  'library show': { library: 'Tower · Movies' },
  'library compare': {},
  'member why': { member: ada, library: 'Tower · Music' },
  'member libraries': { member: ada },
  'member show': { member: ada },
  'member note': { member: ada, text: 'x' },
  'member link': { member: ben, account: 'nobody' },
  'member unlink': { member: ben, account: 'nobody' },
  'plan list': {},
  'plan show': { plan: 'Family' },
  'grant revoke': { grant: '1' },
  'grant list': {},
  'grant show': { grant: '1' },
  'jobs list': {},
  'audit list': {},
  'audit verify': {},
  'audit export': { format: 'json' },
  'logs view': {},
  'logs export': {},
  'settings show': {},
  redeem: {},
  'my access': {},
  'my accounts': {},
  'my renew': {},
  'my request': { libraries: 'Tower · Shows' },
  'my data': { action: 'delete' },
};

let world: World | undefined;
afterEach(() => world?.close());

async function failing(why: Trouble): Promise<World> {
  const opened = await World.open();
  world = opened;
  await opened.setChannel('audit');
  await opened.setChannel('alerts');
  const tower = await opened.addTower();
  await opened.newAccount(ADA, tower);
  await opened.grant(ADA, [tower.id('Movies')], { ms: 60 * MINUTE });
  const { app } = opened;
  const plan = {
    libraryIds: [tower.id('Movies')] as const,
    duration: null,
    expiryAction: null,
    roleId: null,
  };
  await app.plans.create({ guildId: GUILD, actorId: asActor(ADA), name: 'Family', ...plan });
  takeDown(tower.fake, why);
  return opened;
}

it('every command that is not for admins alone is typed', () => {
  const beyond: readonly string[] = ['admin', 'application owner'];
  const open = Object.entries(commands).filter(([, { capability }]) => !beyond.includes(capability));
  expect(Object.keys(TYPED).toSorted()).toEqual(open.map(([path]) => path).toSorted());
});

it.each(FAILURES)('%s has words without an address', (_name, why) => {
  expect(saidPlain(why.message)).toContain(HOST);
  expect(saidPlain(staffSentence(why, aServer({ url: URL_OF.href })))).not.toMatch(/tower\.test|elsewhere/);
});

it.each(FAILURES)(
  '%s is told without address or cause to who makes an account or sets a password',
  (_name, why) => {
    const server = aServer({ kind: 'jellyfin', name: 'Den', url: URL_OF.href });
    const results = [
      notMade({ kind: 'failed', server, why }, 'account'),
      notMade({ kind: 'failed', server, why }, 'password'),
      notMade({ kind: 'unfinished', server, name: 'ada', why }, 'account'),
    ];
    for (const text of results.map(textOf)) expect(text).not.toMatch(CAUSES);
  },
);

/** What only staff can put right, and where. */
const CAUSES = /API key|token|refuse|proxy|tower\.test|elsewhere\.example|\b[45]\d\d\b/i;

/** Of each kind of sentence one, because each is told by every command. */
const TOLD = [
  'ENOTFOUND',
  'ECONNREFUSED',
  'a login page',
  'another protocol',
  '401 of Jellyfin',
  '403 of Jellyfin',
  '404 of Plex',
  '503',
];

describe.each(FAILURES.filter(([name]) => TOLD.includes(name)))('%s', (_name, why) => {
  it('is told to staff and members without an address', async () => {
    const failed = await failing(why);
    const { app } = failed;
    const said: string[] = [];
    const toMembers: string[] = [];
    const capabilities = new Set<Capability>(['moderator', 'auditor']);
    const progress = async (view: View) => {
      said.push(textOf(view));
    };
    const staff = typist(app, { actor: { id: asActor(BEN), name: 'mo', capabilities }, progress });
    const member = typist(app, { actor: { id: asActor(ADA), name: 'ada', capabilities: new Set() } });
    for (const [path, options] of Object.entries(TYPED)) {
      const isMembers = commands[path]?.capability === 'member';
      const text = `/${path}\n${(await (isMembers ? member : staff).type(path, options)).text}`;
      (isMembers ? toMembers : said).push(text);
    }
    for (let pass = 0; pass < 5; pass += 1) await failed.pass(31 * MINUTE);
    await app.scheduledSync(GUILD);
    for (const path of ['jobs list', 'server list', 'grant show', 'member why', 'logs view', 'logs export'])
      said.push(`later /${path}\n${(await staff.type(path, TYPED[path])).text}`);
    toMembers.push((await member.type('my access')).text);
    for (const text of toMembers) expect(text).not.toMatch(CAUSES);
    const record = (await failed.events()).map(saidEvent);
    const alerts = (await failed.owed(ALERTS)).map((content) => JSON.stringify(content));
    expect(alerts).not.toEqual([]);
    for (const text of [...said, ...toMembers, ...record, ...alerts]) {
      expect(text).not.toContain(HOST);
      expect(text).not.toContain(ELSEWHERE);
    }
    // What is wrong is said all the same.
    expect(said.join('\n')).toMatch(/could not be asked|not synced/);
  });
});

it('admins read where it is when they ask', async () => {
  const { app } = await failing(network('ECONNREFUSED'));
  for (const path of ['server check', 'library sync'])
    expect((await typist(app).type(path)).text).toContain(`Nothing answers at ${HOST}.`);
});
