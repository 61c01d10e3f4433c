/** What is typed and pressed in each house, and what is to be seen then. */

import { commands } from '../../commands/index.ts';
import type { Modal, View } from '../../src/adapters/discord/views/view.ts';
import { asActor } from '../../src/domain/ids.ts';
import { type Answer, typist } from '../support/command-input.ts';
import { ADA } from '../support/people.ts';
import { channelFrames } from './channels.ts';
import type { House } from './houses.ts';
import { LANGUAGE } from './language.ts';
import { noticeFrames } from './notices.ts';
import { requestFrames } from './requests.ts';
import { standingFrames } from './standing.ts';
import { furnishWebhooks, WEBHOOKS } from './webhooks.ts';
import { playWelcome } from './welcome.ts';

/** One answer, and what was done to get it. */
export interface Frame {
  readonly house: string;
  /** The command, which is also the family of its replies. */
  readonly command: string;
  readonly what: string;
  readonly who: string;
  readonly view?: View | Modal;
  /** A message that is text and nothing else. */
  readonly content?: string;
  /** It stands in a channel, and answers nobody. */
  readonly isPosted?: boolean;
  /** When it is looked at, where that is not now. */
  readonly at?: Date;
}

type Options = Readonly<Record<string, unknown>>;
type Step =
  | string
  | RegExp
  | { readonly fields: Readonly<Record<string, string>> }
  | { readonly choose: string; readonly from?: string };

interface Scene {
  readonly command: string;
  readonly options?: Options;
  /** Labels of buttons to press one after the other, or forms to send. A button that is not there ends the scene. */
  readonly after?: readonly Step[];
  readonly by?: 'staff' | 'member';
}

const MODERATORS = { id: '500000000000000001', name: 'Moderators', seesStaffCommands: false };
const PATRON = { id: '600000000000000077', name: 'Patron', seesStaffCommands: false };
const APP_DB = { id: '1', name: 'app.db', size: 12, url: 'https://cdn.discordapp.com/app.db' };
const REQUESTS = { id: '400000000000000003', name: 'requests', botLacks: ['EmbedLinks'] };

const STATUS = { id: '400000000000000004', name: 'status', botLacks: [] };

/** Everything that can be typed, as far as the house has what it names. */
function scenesOf({ typed }: House): readonly Scene[] {
  const { server, library, plan, grant, invite, free, linked, arrivals } = typed;
  const person = (id: string) => ({ id, name: 'somebody', bot: false, inGuild: true });
  const member = person(typed.member);
  const [waiting, nobody] = [person(typed.waiting), person(typed.nobody)];
  const scenes: readonly (Scene | false | undefined | '')[] = [
    { command: 'setup', after: ['Add Plex'] },
    { command: 'setup', after: ['Invite'] },
    { command: 'setup', after: ['Create'] },
    { command: 'setup', after: ['Choose', 'Back', 'Test'] },
    { command: 'help', after: [{ choose: 'setUp' }, { choose: 'server add' }] },
    { command: 'help', by: 'member' },
    { command: 'settings accounts', options: { max: 2 } },
    { command: 'settings language', options: { language: 'de' } },
    { command: 'settings notices', after: [{ fields: { notices: 'given,ended' } }] },
    { command: 'settings leave', options: { grace: '7d' } },
    plan && { command: 'settings role-plan', options: { role: PATRON, plan, grace: '1d' } },
    plan && { command: 'settings role-plan', options: { role: PATRON, plan, action: 'remove' } },
    { command: 'settings show', after: [{ choose: 'schedule' }, { fields: { every: '1m' } }, 'Try again'] },
    { command: 'settings show', after: [{ choose: 'role' }] },
    { command: 'settings show', after: [{ choose: 'alerts' }] },
    { command: 'settings schedule', options: { every: '30m' } },
    { command: 'settings timezone', options: { zone: 'Europe/Berlin' } },
    { command: 'settings role', options: { capability: 'moderator', role: MODERATORS, action: 'allow' } },
    { command: 'settings channel', options: { purpose: 'requests', channel: REQUESTS } },
    { command: 'server list' },
    { command: 'server add', options: { type: 'plex' } },
    { command: 'server add', options: { type: 'jellyfin' } },
    server && { command: 'server show', options: { server }, after: ['Edit'] },
    server && { command: 'server edit', options: { server } },
    server && { command: 'server check', options: { server } },
    server && { command: 'server members', options: { server } },
    server && { command: 'server policy', options: { server } },
    server && { command: 'server policy', options: { server, drift: 'enforce', expiry: 'disable' } },
    { command: 'library list', after: ['▶', 'By users'] },
    server && { command: 'library list', options: { server, sort: 'users' } },
    library && { command: 'library show', options: { library } },
    { command: 'library compare' },
    { command: 'library sync' },
    { command: 'plan list' },
    { command: 'webhook list' },
    { command: 'webhook add', options: { url: 'https://hooks.example.org/in/7f2a-b1', events: 'grant.*' } },
    { command: 'webhook add', options: { url: 'https://ha.example.org/api/webhook/usher-b3f9' } },
    { command: 'webhook add', options: { url: 'https://ha.example.org/', events: 'grant.endet' } },
    { command: 'webhook add', options: { url: 'ftp://ha.example.org/' } },
    { command: 'webhook list', after: ['▶'] },
    ...WEBHOOKS.map((name) => ({ command: 'webhook list', after: [{ choose: name }] })),
    { command: 'webhook list', after: [{ choose: 'off' }, 'Turn on again'] },
    { command: 'webhook list', after: [{ choose: 'on' }, 'Another secret', 'Make another secret'] },
    { command: 'webhook test', options: { webhook: 'tickets' } },
    { command: 'webhook test', options: { webhook: 'sheet' } },
    { command: 'webhook remove', options: { webhook: 'off' }, after: ['Remove'] },
    { command: 'api token create', options: { name: 'shop', scope: 'grants', expires: '1y' } },
    { command: 'api token create', options: { name: '**bold** @everyone', scope: 'read' } },
    { command: 'api token list' },
    { command: 'api token revoke', options: { token: 'shop' }, after: ['Revoke'] },
    library && { command: 'plan create', options: { name: 'Silver', libraries: library, for: '1w' } },
    plan && { command: 'plan show', options: { plan }, after: ['Edit'] },
    plan && library && { command: 'plan edit', options: { plan, libraries: library } },
    library && { command: 'plan create', options: { name: 'Gold', libraries: 'moveis', for: '1w' } },
    library && { command: 'plan create', options: { name: 'Gold', libraries: 'mov', for: '1w' } },
    library && { command: 'plan create', options: { name: 'Gold', libraries: library, for: '1M' } },
    library && { command: 'plan create', options: { name: 'Gold', libraries: library, for: '9y' } },
    library && { command: 'grant add', options: { member, libraries: library, until: '03/04/2027' } },
    { command: 'settings timezone', options: { zone: 'usa' } },
    plan && { command: 'plan edit', options: { plan, for: '3mo' } },
    { command: 'grant list', after: ['▶', '🔎'] },
    { command: 'grant list', options: { state: 'ended' } },
    { command: 'grant list', options: { member } },
    grant && { command: 'grant show', options: { grant }, after: ['Pause'] },
    grant && { command: 'grant extend', options: { grant, by: '7d' }, after: ['Undo (10 minutes)'] },
    grant && { command: 'grant pause', options: { grant, reason: 'holiday' } },
    grant && { command: 'grant resume', options: { grant } },
    grant && { command: 'grant set', options: { grant, until: 'never' } },
    library && {
      command: 'grant add',
      options: { member, libraries: library, for: '30d', reason: 'birthday' },
    },
    { command: 'grant add', options: { member } },
    { command: 'grant bulk', options: { action: 'extend', by: '7d' }, after: [/^Extend \d+ grants?$/] },
    server && { command: 'grant bulk', options: { action: 'revoke', server } },
    plan && { command: 'invite create', options: { plan, uses: 5, valid: '7d' } },
    plan && { command: 'invite create', options: { plan, member } },
    { command: 'invite list', after: ['▶'] },
    { command: 'invite list', options: { state: 'used' } },
    invite && { command: 'invite revoke', options: { invite } },
    { command: 'member list', after: ['▶', 'Choose all 30', 'Give a plan'] },
    { command: 'member list', after: ['Choose all 30', 'End access'] },
    { command: 'member list', options: { filter: 'unlinked' } },
    {
      command: 'member show',
      options: { member },
      after: ['+30 d', 'Undo (10 minutes)', 'Pause', 'Keep it'],
    },
    { command: 'member show', options: { member }, after: ['Pause', 'Pause access', 'Resume'] },
    {
      command: 'member show',
      options: { member },
      after: ['Plan', 'Back', 'Note', { fields: { note: 'Pays in June' } }],
    },
    { command: 'member show', options: { member }, after: ['Why'] },
    { command: 'member show', options: { member }, after: ['End', 'End access', '+7 d'] },
    { command: 'member show', options: { member: waiting } },
    { command: 'member show', options: { member: nobody }, after: ['Libraries'] },
    { command: 'member note', options: { member, text: 'A friend of Olga' } },
    { command: 'member libraries', options: { member }, after: ['Look at the change'] },
    arrivals && {
      command: 'member import',
      options: { server: arrivals },
      after: ['Import the sure ones', /^Import .*for good$/, 'Undo the import'],
    },
    arrivals && {
      command: 'member import',
      options: { server: arrivals },
      after: [{ choose: 'free', from: 'More about one of them' }, 'Not a member here'],
    },
    arrivals && { command: 'member import', options: { server: arrivals }, after: ['Ask members'] },
    arrivals && {
      command: 'member import',
      options: { server: arrivals },
      after: ['Import this page', 'With an end…', { fields: { until: '30d' } }],
    },
    {
      command: 'import',
      options: { from: 'membarr', file: APP_DB },
      after: [/^Link \d+$/, 'Undo the import'],
    },
    free && { command: 'member link', options: { account: free } },
    free && { command: 'member link', options: { member: nobody, account: free } },
    linked && { command: 'member unlink', options: { member, account: linked }, after: ['Unlink it'] },
    library && { command: 'member why', options: { member, library } },
    { command: 'settings reminders', options: { before: '14d, 7d, 1d' } },
    { command: 'settings reminders', options: { before: 'soon' } },
    { command: 'settings requests', options: { allow: 'renew' } },
    { command: 'my request', by: 'member' },
    { command: 'my renew', options: { note: 'We love it' }, by: 'member' },
    { command: 'settings requests', options: { allow: 'all' } },
    { command: 'my request', by: 'member' },
    library && { command: 'my request', options: { libraries: library, note: 'Please' }, by: 'member' },
    plan && { command: 'my request', options: { plan }, by: 'member' },
    { command: 'my access', by: 'member' },
    { command: 'member list', options: { filter: 'pending' } },
    { command: 'member show', options: { member }, after: ['Approve…', { fields: { by: '60d' } }] },
    { command: 'member show', options: { member }, after: ['Decline', { fields: { word: 'Not now' } }] },
    { command: 'admin info' },
    { command: 'admin backup' },
    { command: 'admin restart', after: ['Restart'] },
    { command: 'audit list' },
    { command: 'audit list', options: { member } },
    { command: 'audit list', options: { action: 'grant' }, after: [{ choose: '2' }] },
    { command: 'audit verify' },
    { command: 'audit export', options: { format: 'csv' } },
    { command: 'jobs list' },
    { command: 'logs view' },
    { command: 'logs view', options: { level: 'warn', contains: 'server', since: '2h' } },
    { command: 'logs view', after: ['Follow', 'Stop'] },
    { command: 'logs export' },
    { command: 'jobs run', options: { job: 'remind' } },
    { command: 'jobs run', options: { job: 'enforce' } },
    { command: 'my access', by: 'member' },
    { command: 'my accounts', by: 'member' },
    { command: 'my data', options: { action: 'export' }, by: 'member' },
    { command: 'my data', options: { action: 'delete' }, by: 'member' },
    { command: 'settings retention', options: { days: 30 } },
    { command: 'panel post', options: { channel: REQUESTS } },
    { command: 'panel post', options: { channel: STATUS } },
    { command: 'settings digest', options: { day: 'monday', time: '18:30' } },
    { command: 'settings digest', options: { day: 'monday', time: 'noon' } },
    { command: 'settings show' },
    { command: 'panel remove', options: { channel: REQUESTS } },
    { command: 'panel remove' },
    { command: 'settings digest', options: { day: 'off' } },
    { command: 'redeem', by: 'member', after: [{ fields: { code: 'ABCD-EFGH-JKLM-NPQR' } }] },
    grant && { command: 'grant revoke', options: { grant }, after: ['Revoke', 'Undo (10 minutes)'] },
    plan && { command: 'plan delete', options: { plan } },
    server && { command: 'server remove', options: { server } },
    // Last, because nobody of that name is there any more.
    { command: 'member forget', options: { member }, after: ['Forget them'] },
  ];
  return scenes.filter((scene) => typeof scene === 'object');
}

/** Plays all scenes. What an answer is replaced by later is a frame of its own, where it comes by itself. */
export async function play(house: House): Promise<readonly Frame[]> {
  await furnishWebhooks(house);
  const frames: Frame[] = [];
  const name = house.people.get(house.typed.member) ?? 'mia';
  house.world.guilds.members.set(house.typed.member, { name, roleIds: [PATRON.id] });
  const staff = typist(house.world.app, { language: LANGUAGE });
  const member = typist(house.world.app, {
    language: LANGUAGE,
    actor: { id: asActor(ADA), name: house.people.get(ADA) ?? 'mia', capabilities: new Set() },
  });
  for (const { command, options = {}, after = [], by = 'staff' } of scenesOf(house)) {
    const who = by === 'staff' ? 'Olga' : (house.people.get(ADA) ?? 'Mia');
    const show = (what: string, { view }: Answer) =>
      frames.push({ house: house.name, command, what, who, view });
    const typed = Object.entries(options).map(([name, value]) => `${name}:${shown(house, name, value)}`);
    let answer = await (by === 'staff' ? staff : member).type(command, options);
    show([`/${command}`, ...typed].join(' '), answer);
    for (const step of after) {
      const label = labelOf(step, answer);
      if (label === undefined && isPress(step)) break;
      answer = await take(answer, step, label ?? '');
      show(isPress(step) ? `[${label}]` : 'fields' in step ? '[Submit]' : `▾ ${step.choose}`, answer);
    }
  }
  const told = [
    ...frames,
    ...(await requestFrames(house)),
    ...(await noticeFrames(house)),
    ...(await playWelcome(house)),
    ...(await standingFrames(house)),
  ];
  // What comes then takes a month.
  const at = house.world.clock.now();
  return [...told.map((frame) => ({ ...frame, at })), ...(await channelFrames(house))];
}

const isPress = (step: Step): step is string | RegExp => typeof step === 'string' || step instanceof RegExp;

/** The button that is meant, where it can be pressed. */
const labelOf = (step: Step, { labels }: Answer): string | undefined =>
  labels.find((label) => label === step || (step instanceof RegExp && step.test(label)));

function take(answer: Answer, step: Step, label: string): Promise<Answer> {
  if (isPress(step)) return answer.press(label);
  if ('fields' in step) return answer.submit(step.fields);
  return step.from === undefined ? answer.select(step.choose) : answer.selectIn(step.from, step.choose);
}

/** Commands that no scene types. */
export function unseen(frames: readonly Frame[]): readonly string[] {
  const seen = new Set(frames.map(({ command }) => command));
  return Object.keys(commands).filter((path) => !seen.has(path));
}

/** A value as its author sees it: the name of what they chose. */
function shown({ people, typed }: House, name: string, value: unknown): string {
  if (typeof value === 'object' && value !== null && 'name' in value && name !== 'member')
    return `@${String(value.name)}`;
  if (name === 'member') return `@${people.get(typed.member) ?? 'somebody'}`;
  if (value === typed.server || value === typed.library) return `‹${name}›`;
  return String(value);
}
