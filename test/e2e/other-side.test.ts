/** What the other side refuses, says about it, or lost: told in its words to staff, in ours to members. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Exchange, Message } from '../standins/discord/index.ts';
import { hasOpenssl, makeCertificate, TlsFront } from '../support/certificates.ts';
import { Stage } from '../support/stage.ts';
import {
  addMember,
  as,
  openCode,
  plexAccount,
  plexMember,
  redeem,
  sayYes,
  signInLink,
  skipMinute,
  withMinutesToSkip,
} from './actions.ts';

const PATIENCE_MS = 90_000;
const LONG = { timeout: 3 * PATIENCE_MS };
const FOR_EVER = Number.POSITIVE_INFINITY;

/** A stage of its own for each test, with an alerts channel. */
const onStage = (work: (stage: Stage, alerts: () => readonly string[]) => Promise<void>) => async () => {
  const stage = await Stage.set();
  try {
    await stage.start(withMinutesToSkip());
    await stage.setUp();
    const channel = stage.guild.addTextChannel('usher-alerts');
    await stage.asOlga('/settings channel', { purpose: 'alerts', channel });
    // The first message says that this is the channel.
    await work(stage, () => channel.messages.slice(1).map((message) => message.text));
    expect(stage.discord.violations).toEqual([]);
    expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
  } finally {
    await stage.strike();
  }
};

/** A new member redeems an invite and signs in at plex.tv; the reply is to be looked at. */
async function joinIn(
  stage: Stage,
  name: string,
): Promise<{ user: ReturnType<typeof addMember>; reply: Exchange; account: ReturnType<typeof plexAccount> }> {
  const user = addMember(stage, name);
  const account = plexAccount(stage, user);
  const code = await openCode(stage, { libraries: 'Tower · Movies', for: '2h' });
  const shown = await redeem(stage, user, code);
  stage.plexTv.signInAs(account, signInLink(shown));
  return { user, account, reply: await sayYes(shown) };
}

const mine = async (stage: Stage, user: ReturnType<typeof addMember>) =>
  (await as(stage, user).command('my access')).text;
const dms = (stage: Stage, user: ReturnType<typeof addMember>): string =>
  stage.discord
    .dmsOf(user)
    .map((message: Message) => message.text)
    .join('\n');

describe('a create that plex.tv refuses', () => {
  it.concurrent(
    'is told in its words to staff, once, waits for a person, and ends with a direct message',
    LONG,
    onStage(async (stage, alerts) => {
      const refusal = stage.plexTv.http.fault({
        method: 'POST',
        path: /\/api\/v2\/shared_servers$/,
        times: FOR_EVER,
        answer: {
          status: 400,
          body: '<Response code="400" status="Inviting a user with restrictions requires a Plex Pass"/>',
        },
      });
      const words = 'requires a Plex Pass';
      const { user, account, reply } = await joinIn(stage, 'mia');
      await reply.until(/staff have to put something right/, 10_000);
      expect(reply.text).not.toMatch(/Plex Pass|400|127\.0\.0\.1|plex\.tv/);
      expect(await mine(stage, user)).not.toMatch(/Plex Pass|127\.0\.0\.1/);
      await stage.discord.until('an alert', () => alerts().some((text) => text.includes(words)));
      const why = await stage.asOlga('/member why', { member: user, library: 'Movies' });
      const jobs = await stage.asOlga('/jobs list');
      expect(why.text).toMatch(/needs a person(.|\n)*requires a Plex Pass/);
      expect(jobs.text).toMatch(/requires a Plex Pass.*needs a person/);
      expect((await stage.asOlga('/grant list', { member: user })).text).not.toContain('no sign');
      await stage.asOlga('/jobs run', { job: 'enforce' });
      expect(refusal.hits).toBeLessThanOrEqual(2);
      expect(stage.auditLines.filter((line) => line.includes('access.applied'))).toEqual([]);

      refusal.lift();
      await (await stage.asOlga('/jobs list')).click('Retry all');
      await stage.audited(/access\.applied .* invited to .*, which opens when/);
      await skipMinute(stage);
      await stage.discord.until('a DM', () => /Accept the invitation from Plex/.test(dms(stage, user)));
      expect(stage.plexTv.accessOf(account, stage.tower)).toBe('pending');
      expect(await mine(stage, user)).toContain('Plex has invited you to Movies on Tower');
      await stage.discord.until('its end', () => alerts().some((text) => /as granted now/.test(text)));
      expect(alerts().filter((text) => /Tower/.test(text))).toHaveLength(1);
    }),
  );
});

describe('an owner’s token that died', () => {
  it.concurrent(
    'is one alert; who waits for it is told that it is for staff, and all is right when it is back',
    LONG,
    onStage(async (stage, alerts) => {
      const zoe = await plexMember(stage, 'zoe', 'TV');
      await stage.asOlga('/grant add', { member: zoe.user, libraries: 'Concerts', for: '4s' });
      const { tokens, token } = stage.plexOwner;
      tokens.delete(token);
      const { user, account, reply } = await joinIn(stage, 'mia');
      await reply.until(/staff have to put something right/, 5_000);
      expect(await mine(stage, user)).not.toMatch(/You can watch/);
      await stage.audited(/grant\.ending/);
      await stage.discord.until(
        'an alert',
        () => alerts().some((text) => /Sign in again/.test(text)),
        30_000,
      );
      const check = await stage.asOlga('/server check', { server: 'Tower' });
      expect(check.text).toMatch(/Tower\*\* is up, but who has access there cannot be read: .*Sign in again/);
      expect((await stage.asOlga('/server list')).text).toMatch(
        /🟢 online(.|\n)*Tower is up, but who has access there cannot be read/,
      );
      const hers = await mine(stage, zoe.user);
      expect(hers).toMatch(/Your access to Concerts on Tower is over(.|\n)*taken away/);
      expect(hers).not.toMatch(/[Ss]ign in again/);

      tokens.add(token);
      await reply.until(/You're in!(.|\n)*You can watch Movies on Tower/, 60_000);
      await stage.audited(/grant\.ended .*shows it gone/, 1, 60_000);
      expect(stage.plexTv.accessOf(account, stage.tower)).toEqual(['Movies']);
      await stage.discord.until('its end', () => alerts().some((text) => /Tower works again/.test(text)));
      expect(alerts().filter((text) => /Tower/.test(text))).toHaveLength(1);
      const health = stage.auditLines.filter((line) => /server\.(off|on|sharing)/.test(line));
      expect(health.map((line) => /server\.\w+/.exec(line)?.[0])).toEqual([
        'server.sharing_lost',
        'server.sharing_back',
      ]);
    }),
  );
});

describe('an invitation that plex.tv lets nobody accept', () => {
  it.concurrent(
    'is left to the member with the reason; that it is accepted by hand is on the record, and told',
    LONG,
    onStage(async (stage, alerts) => {
      const refusal = stage.plexTv.http.fault({
        method: 'POST',
        path: /\/accept$/,
        times: FOR_EVER,
        answer: {
          status: 403,
          body: { errors: [{ code: 1032, message: 'Please verify your email address first', status: 403 }] },
        },
      });
      const { user, account, reply } = await joinIn(stage, 'mia');
      await reply.until(/invited(.|\n)*Please verify your email address first/, 10_000);
      expect(reply.text).not.toContain('Sign in with Plex');
      await stage.discord.until('an alert', () => alerts().some((text) => /verify your email/.test(text)));
      expect(refusal.hits).toBe(1);

      stage.plexTv.acceptInvite(account, stage.tower);
      await stage.asOlga('/library sync', { server: 'Tower' });
      await stage.audited(/access\.accepted .*Movies/);
      await skipMinute(stage);
      await stage.discord.until('a DM', () => /You can watch Movies on Tower/.test(dms(stage, user)));
      expect(refusal.hits).toBe(1);
      expect(await mine(stage, user)).toContain('You can watch Movies on Tower');
    }),
  );
});

describe('a server that was taken off the account', () => {
  it.concurrent(
    'is named with what to do, does not flap, and what was seen there is called last seen',
    LONG,
    onStage(async (stage, alerts) => {
      const [ann, bea] = [await plexMember(stage, 'ann', 'TV'), await plexMember(stage, 'bea', 'TV')];
      await stage.asOlga('/grant add', { member: bea.user, libraries: 'Concerts', for: '5s' });
      stage.plexTv.unclaim(stage.tower);
      const check = await stage.asOlga('/server check', { server: 'Tower' });
      expect(check.text).toMatch(/not claimed any more(.|\n)*Claim Server/);
      await stage.asOlga('/library sync', { server: 'Tower' });
      await stage.audited(/server\.sharing_lost .*not claimed any more/, 1, 30_000);
      expect(await mine(stage, ann.user)).toMatch(/stays yours: TV on Tower .*seen there/);
      expect(await mine(stage, ann.user)).not.toMatch(/You can watch/);
      const looks = () => stage.tower.http.requestsTo('GET', /^\/identity$/).length;
      const before = looks();
      await stage.tower.http.until('two more looks', () => looks() >= before + 2, PATIENCE_MS);
      expect(await mine(stage, bea.user)).toMatch(
        /Your access to Concerts on Tower is over(.|\n)*taken away/,
      );
      expect(stage.auditLines.filter((line) => /server\.(online|offline|sharing_back)/.test(line))).toEqual(
        [],
      );
      expect(stage.auditLines.filter((line) => /grant\.ended/.test(line))).toEqual([]);
      expect(alerts().filter((text) => /not claimed any more/.test(text))).toHaveLength(1);

      stage.plexTv.claim(stage.tower);
      await stage.audited(/server\.sharing_back/, 1, PATIENCE_MS);
      await stage.audited(/grant\.ended .*shows it gone/, 1, PATIENCE_MS);
      expect(await mine(stage, ann.user)).toMatch(/You can watch TV on Tower/);
    }),
  );
});

describe.skipIf(!hasOpenssl)('a Plex server that takes secure connections only', () => {
  it.concurrent(
    'says so, offers what plex.tv lists, and names a router that blocks plex.direct',
    LONG,
    async () => {
      const stage = await Stage.set();
      const certificate = makeCertificate('*.0123456789abcdef.plex.direct');
      const front = await TlsFront.open(stage.tower.url, certificate);
      try {
        const { port } = new URL(front.url);
        const direct = `https://127-0-0-1.0123456789abcdef.plex.direct:${port}`;
        stage.tower.listedUrl = direct;
        const caFile = join(stage.folder, 'ca.pem');
        await writeFile(caFile, certificate.cert);
        await stage.start({ TLS_CA_FILE: caFile });
        const { token } = stage.plexOwner;
        const closed = stage.tower.http.fault({ path: /./, dropBefore: true, times: FOR_EVER });
        const plain = await stage.addServer('plex', { name: '', url: stage.tower.url, token });
        expect(plain.text).toMatch(/may take secure connections only.*try https\S*127\.0\.0\.1:/s);
        closed.lift();

        const secure = await stage.addServer('plex', { name: '', url: front.url, token });
        expect(secure.text).toContain('plex.tv lists these addresses');
        const named = await stage.addServer('plex', { name: '', url: direct, token });
        expect(named.text).toMatch(/Your router or DNS may block it.*DNS rebinding/s);
        expect(named.text).not.toContain('typing errors');

        // Without a token nobody signs in for an address that leads nowhere: it is said at once.
        const form = await stage.asOlga('/server add', { type: 'plex' });
        const unsigned = await form.submit({ name: '', url: direct, token: '' });
        expect(unsigned.text).toMatch(/DNS rebinding/);
        expect(unsigned.text).not.toContain('app.plex.tv');

        const added = await secure.select(`Tower: ${stage.tower.url.replace('http://', '')}`);
        expect(added.text).toMatch(/Added(.|\n)*Tower/);
      } finally {
        await stage.strike();
        front.close();
      }
    },
  );
});
