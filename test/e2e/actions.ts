/** What people do repeatedly in these tests, and how the audit channel is read. */
import { expect } from 'vitest';
import type { ClickOptions, Exchange, Message, OptionValue, User } from '../standins/discord/index.ts';
import type { PlexAccount } from '../standins/plex/plex-tv.ts';
import type { AuditEntry } from '../support/audit-entries.ts';
import type { Stage } from '../support/stage.ts';

/** The audit channel as a program would read it. */
export const auditEntries = (stage: Stage): readonly AuditEntry[] => stage.auditEntries;

/** The actions about one member, in the order of the channel. */
export function actionsAbout(stage: Stage, user: User): readonly string[] {
  return auditEntries(stage)
    .filter(({ line }) => line.includes(` · <@${user.id}> ${user.id} · `))
    .map(({ action }) => action);
}

/** Every line is there once, in order, with no number missing. */
export function expectUnbrokenRecord(stage: Stage): void {
  const numbers = auditEntries(stage).map(({ number }) => number);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
}

/**
 * Resolves when everything recorded so far is in the channel. Lines come in order, so this adds one and waits for
 * it.
 */
export async function caughtUp(stage: Stage): Promise<void> {
  const role = stage.guild.addRole('nobody has this');
  await stage.asOlga('/settings role', { capability: 'auditor', role, action: 'deny' });
  await stage.audited(new RegExp(`settings\\.changed .*${role.id}`), 1, 60_000);
}

/** A new person in the guild. */
export function addMember(stage: Stage, name: string, dms: 'open' | 'closed' = 'open'): User {
  const user = stage.discord.addUser({ name, dms });
  stage.guild.addMember(user);
  return user;
}

/** A user in the guild. */
export const as = (stage: Stage, user: User) => stage.discord.as(user).in(stage.guild);

const COMPONENTS_V2 = 1 << 15;

/** The same components under another message, as an old or a manipulated client could show them. */
export function copied(
  components: Message['components'],
  onto: Message,
  change: (text: string) => string = (same) => same,
): Message {
  onto.content = '';
  onto.flags |= COMPONENTS_V2;
  onto.components = JSON.parse(change(JSON.stringify(components)));
  return onto;
}

/** The link to the sign-in page that the bot has shown. */
export function signInLink({ text }: Exchange): string {
  const link = /https:\/\/app\.plex\.tv\/auth\S+/.exec(text)?.[0];
  if (link === undefined) throw new Error(`no link to sign in at: ${text}`);
  return link;
}

/** The invite code in a text. */
export function codeIn(text: string): string {
  const code = /\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}\b/.exec(text)?.[0];
  if (code === undefined) throw new Error(`no code: ${text}`);
  return code;
}

/** The generated password in a reply to a member. */
export function passwordIn({ text }: Exchange): string {
  const password = /Password: `([^`]+)`/.exec(text)?.[1];
  if (password === undefined) throw new Error(`no password: ${text}`);
  return password;
}

/** The owner makes a code that anybody can redeem. */
export async function openCode(
  stage: Stage,
  options: Readonly<Record<string, OptionValue>>,
): Promise<string> {
  return codeIn((await stage.asOlga('/invite create', options)).text);
}

/** The owner invites a member. Resolves to the DM that the member got. */
export async function inviteByDm(
  stage: Stage,
  member: User,
  options: Readonly<Record<string, OptionValue>>,
): Promise<Message> {
  const before = stage.discord.dmsOf(member).length;
  await stage.asOlga('/invite create', { member, ...options });
  return await stage.discord.until(`a DM to ${member.username}`, () => stage.discord.dmsOf(member)[before]);
}

/** Somebody types a code into `/redeem`. */
export async function redeem(stage: Stage, user: User, code: string): Promise<Exchange> {
  const form = await as(stage, user).command('redeem');
  return await form.submit({ code });
}

/** A Plex account that belongs to the member. */
export function plexAccount(stage: Stage, user: User): PlexAccount {
  return stage.plexTv.addAccount({
    username: `${user.username}plex`,
    email: `${user.username}@example.com`,
  });
}

/** The member says that it was they who have approved the sign-in. */
export async function sayYes(signIn: Exchange, options?: ClickOptions): Promise<Exchange> {
  const asked = await signIn.until(/You are signing in to .* as .* for @/, 60_000);
  return await asked.click('Yes, connect it', options);
}

/**
 * A member signs in with the link on `shown`, or presses the button there that asks for it, says that it was they, and
 * waits for the result.
 */
export async function connectPlex(stage: Stage, shown: Exchange, account: PlexAccount): Promise<Exchange> {
  const signIn = /app\.plex\.tv\/auth/.test(shown.text) ? shown : await shown.click('Sign in with Plex');
  stage.plexTv.signInAs(account, signInLink(signIn));
  const answer = await sayYes(signIn);
  return await answer.until(/Signed in to Plex as|could not be|was not connected|belongs to/, 60_000);
}

/**
 * A member with a connected Plex account, and a grant of `libraries` without an end, which allowed them to connect
 * it.
 */
export async function plexMember(stage: Stage, name: string, libraries: string) {
  const user = addMember(stage, name);
  const account = plexAccount(stage, user);
  await stage.asOlga('/grant add', { member: user, libraries });
  await connectPlex(stage, await as(stage, user).command('my access'), account);
  await caughtUp(stage);
  return { user, account };
}

/** A member with an account on the Jellyfin server, made by Usher and named like the member. */
export async function jellyfinMember(stage: Stage, name: string, libraries: string) {
  const user = addMember(stage, name);
  await stage.asOlga('/grant add', { member: user, libraries });
  const form = await (await as(stage, user).command('my access')).click('Create account: Den');
  const shown = await form.submit({ name });
  await caughtUp(stage);
  return { user, password: passwordIn(shown), login: stage.den.user(name) };
}

/**
 * The environment of a machine whose clock is off by the first of these from the start on, and is set, by the next of
 * them, with each SIGUSR2.
 */
export function clockOff(...byMs: readonly [number, ...number[]]): Readonly<Record<string, string>> {
  const program = `const RealDate = Date;
    const offsets = ${JSON.stringify(byMs)};
    const now = () => RealDate.now() + offsets[0];
    globalThis.Date = class Date extends RealDate {
      constructor(...given) { super(...(given.length === 0 ? [now()] : given)); }
      static now() { return now(); }
    };
    process.on('SIGUSR2', () => { if (offsets.length > 1) offsets.shift(); });`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}

/** The environment of a start from which on minutes can be skipped, after so many that were skipped before. */
export const withMinutesToSkip = (before = 0): Readonly<Record<string, string>> =>
  clockOff(before * MINUTE_MS, ...[1, 2, 3, 4].map((more) => (before + more) * MINUTE_MS));

/** A little more than the minute for which what happens to a member is joined. */
const MINUTE_MS = 61_000;

/** A minute passes; what waited for it is sent. */
export async function skipMinute(stage: Stage): Promise<void> {
  process.kill(stage.usher.pid, 'SIGUSR2');
  // The relay looks again after every change.
  await caughtUp(stage);
}

/** The environment of a machine that finds names that end in `.test`, which are its own, while this file is there. */
export function namesFoundBy(file: string): Readonly<Record<string, string>> {
  const program = `import dns from 'node:dns';
    import { existsSync } from 'node:fs';
    import { syncBuiltinESMExports } from 'node:module';
    const real = dns.lookup;
    dns.lookup = (host, ...rest) => {
      if (!host.endsWith('.test')) return real(host, ...rest);
      const found = existsSync(${JSON.stringify(file)});
      if (found) return real('127.0.0.1', ...rest);
      const lost = Object.assign(new Error('getaddrinfo EAI_AGAIN ' + host), { code: 'EAI_AGAIN', hostname: host });
      process.nextTick(rest.at(-1), lost);
    };
    syncBuiltinESMExports();`;
  return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(program)}` };
}
