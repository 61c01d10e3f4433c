import type { Stage } from '../support/stage.ts';
import type { Narrator } from './narrator.ts';

const SECONDS = 4;

/** Plays the main story. Throws when a stand-in shows something else than was said. */
export async function tellStory(stage: Stage, say: Narrator): Promise<void> {
  say.tell(
    'Olga owns a Discord server, "Film Club", a Plex server, "Tower", and a Jellyfin server, "Den". All of them are stand-ins in this process; the bot is the real one, started like `npm start`.',
  );
  await stage.start();
  await addServers(stage, say);
  await inviteAda(stage, say);
  await inviteBen(stage, say);
  await grantForSeconds(stage, say);
  await pauseBen(stage, say);
  await foreignHands(stage, say);
  readAuditChannel(stage, say);
  const { code } = await stage.usher.stop();
  say.check(code === 0, 'asked to stop, the bot ended with exit code 0');
}

async function addServers(stage: Stage, say: Narrator): Promise<void> {
  say.chapter('Olga adds her servers');
  say.act('olga', '/settings channel purpose:audit channel:#usher-audit');
  say.answer(await stage.asOlga('/settings channel', { purpose: 'audit', channel: stage.audit }));

  for (const [type, fields] of [
    ['plex', { name: 'Tower', url: stage.tower.url, token: stage.plexOwner.token }],
    [
      'jellyfin',
      {
        ...{ name: 'Den', url: stage.den.url, token: stage.den.apiKey },
        public_url: 'https://den.example.org',
      },
    ],
  ] as const) {
    say.act('olga', `/server add type:${type}`);
    const form = await stage.asOlga('/server add', { type });
    say.answer(form);
    say.act('olga', `fills in ${Object.values({ ...fields, token: 'her token' }).join(', ')}`);
    const card = await form.submit(fields);
    say.answer(card);
    say.check(card.text.includes('online'), `${fields.name} was probed before it was saved`);
  }

  say.act('olga', '/library list');
  const list = await stage.asOlga('/library list');
  say.answer(list);
  say.check(
    ['Movies', 'TV', 'Concerts', 'Films', 'Shows'].every((name) => list.text.includes(name)),
    'all five libraries are there',
  );
}

async function inviteAda(stage: Stage, say: Narrator): Promise<void> {
  const { ada, discord, plexTv, tower } = stage;
  say.chapter('Ada is invited by name, and has a Plex account');
  say.act('olga', '/invite create member:@ada libraries:Movies, TV for:30d');
  say.answer(await stage.asOlga('/invite create', { member: ada, libraries: 'Movies, TV', for: '30d' }));

  const [dm] = discord.dmsOf(ada);
  if (!dm) throw new Error('no DM reached Ada');
  say.message('direct message to ada', dm);
  say.act('ada', 'presses [ Redeem ]');
  const signIn = await discord.as(ada).inDm().click(dm, 'Redeem');
  say.answer(signIn);

  const account = plexTv.addAccount({ username: 'ada_watches', email: 'ada@example.com' });
  say.check(plexTv.accessOf(account, tower) === 'none', 'Tower shows her account nothing yet');
  say.act('ada', 'opens the page and signs in as "ada_watches"');
  plexTv.signInAs(account, linkIn(signIn.text));
  await signIn.until('You are signing in to Plex as');
  say.answer(signIn);
  say.check(
    plexTv.accessOf(account, tower) === 'none',
    'nothing is connected before she says that it was she',
  );
  say.act('ada', 'presses [ Yes, connect it ]');
  const done = await signIn.click('Yes, connect it');
  await done.until("You're in!");
  say.answer(done);
  say.check(
    same(plexTv.accessOf(account, tower), ['Movies', 'TV']),
    'Tower shows "ada_watches" exactly Movies and TV; the invitation was accepted for her',
  );
}

async function inviteBen(stage: Stage, say: Narrator): Promise<void> {
  const { ben, guild, discord, den } = stage;
  say.chapter('Ben gets a code, and an account on Jellyfin');
  say.act('olga', '/invite create libraries:Shows for:3mo');
  const invite = await stage.asOlga('/invite create', { libraries: 'Shows', for: '3mo' });
  say.answer(invite);
  const code = /[A-Z2-9]{4}(?:-[A-Z2-9]{4}){3}/.exec(invite.text)?.[0] ?? '';

  say.act('ben', '/redeem');
  const form = await discord.as(ben).in(guild).command('redeem');
  say.answer(form);
  say.act('ben', `types ${code.toLowerCase()}`);
  const redeemed = await form.submit({ code: code.toLowerCase() });
  say.answer(redeemed);
  say.act('ben', 'presses [ Create account: Den ]');
  const name = await redeemed.click('Create account: Den');
  say.answer(name);
  say.act('ben', 'chooses the user name "benny"');
  const made = await name.submit({ name: 'benny' });
  say.answer(made);
  const password = /Password: `([^`]+)`/.exec(made.text)?.[1] ?? '';
  say.check(
    same(den.accessOf(den.user('benny')), ['Shows']),
    'Den has an account "benny" that sees exactly Shows',
  );
  say.check(
    den.canSignIn('benny', password) && !den.canSignIn('benny', ''),
    'he can sign in with that password, and nobody without one',
  );
}

async function grantForSeconds(stage: Stage, say: Narrator): Promise<void> {
  const { ada, plexTv, tower } = stage;
  const account = [...plexTv.state.accounts.values()].find(({ username }) => username === 'ada_watches');
  if (!account) throw new Error('ada_watches is gone');
  say.chapter(`Ada may watch the concerts too, for ${SECONDS} seconds`);
  say.act('olga', `/grant add member:@ada libraries:Concerts for:${SECONDS}s reason:birthday`);
  say.answer(
    await stage.asOlga('/grant add', {
      member: ada,
      libraries: 'Concerts',
      for: `${SECONDS}s`,
      reason: 'birthday',
    }),
  );
  say.check(
    same(plexTv.accessOf(account, tower), ['Concerts', 'Movies', 'TV']),
    'Tower shows "ada_watches" Concerts, Movies and TV',
  );
  say.tell(`… ${SECONDS} seconds go by …`);
  await stage.audited(/grant\.ended/);
  say.check(
    same(plexTv.accessOf(account, tower), ['Movies', 'TV']),
    'Tower shows "ada_watches" Movies and TV only: Concerts are gone, and nothing else is',
  );

  say.act('olga', '/grant list');
  const list = await stage.asOlga('/grant list');
  say.answer(list);
  say.check(
    list.text.includes('#1') && list.text.includes('#2') && !list.text.includes('#3'),
    'the list has the two grants that run, and not the one that ended',
  );
}

async function pauseBen(stage: Stage, say: Narrator): Promise<void> {
  const { den } = stage;
  say.chapter('Ben pauses, by mistake');
  say.act('olga', '/grant pause grant:2');
  const paused = await stage.asOlga('/grant pause', { grant: '2' });
  say.answer(paused);
  say.check(
    den.accessOf(den.user('benny')) === 'none',
    'Den shows "benny" nothing: his account is disabled, and his time stands still',
  );
  say.act('olga', 'presses [ Undo (10 minutes) ]');
  const undone = await paused.click('Undo (10 minutes)');
  say.answer(undone);
  say.check(same(den.accessOf(den.user('benny')), ['Shows']), 'Den shows "benny" Shows again');
}

async function foreignHands(stage: Stage, say: Narrator): Promise<void> {
  const { ben, den } = stage;
  const benny = den.user('benny');
  say.chapter('Somebody gives Ben more, in the dashboard of Jellyfin');
  benny.policy.EnabledFolders = ['Shows', 'Films'].map((name) => den.libraryId(name));
  say.act('olga', '/library sync server:Den');
  say.answer(await stage.asOlga('/library sync', { server: 'Den' }));
  await stage.audited(/drift\.found/);
  say.messages('in #usher-audit', stage.audit.messages.slice(-1));
  say.check(
    same(den.accessOf(benny), ['Films', 'Shows']),
    'that is said and left alone: it is the policy "report"',
  );
  say.act('olga', '/server policy server:Den drift:enforce');
  const asked = await stage.asOlga('/server policy', { server: 'Den', drift: 'enforce' });
  say.answer(asked);
  say.act('olga', 'presses [ Confirm ]');
  say.answer(await asked.click('Confirm'));
  say.check(same(den.accessOf(benny), ['Shows']), 'Den shows "benny" Shows only, as he was granted');
  say.act('olga', '/member why member:@ben library:Films');
  say.answer(await stage.asOlga('/member why', { member: ben, library: 'Films' }));
}

function readAuditChannel(stage: Stage, say: Narrator): void {
  say.chapter('#usher-audit');
  say.messages('everybody in the channel sees this', stage.audit.messages);
  const numbers = stage.auditEntries.map(({ number }) => number);
  say.check(
    numbers.every((number, index) => number === index + 1),
    `${numbers.length} events in ${stage.audit.messages.length} messages, in order, each once`,
  );
  say.check(stage.discord.violations.length === 0, 'Discord had nothing to object to');
}

function linkIn(text: string): string {
  const link = /https:\/\/app\.plex\.tv\/auth\S+/.exec(text)?.[0];
  if (!link) throw new Error('there is no link to sign in with');
  return link;
}

function same(access: string | readonly string[], names: readonly string[]): boolean {
  return typeof access !== 'string' && [...access].sort().join() === [...names].sort().join();
}
