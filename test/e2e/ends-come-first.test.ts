/** Ends need nothing but the database and the key: whatever Discord does, and whatever else is odd at the start. */
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { badGateway, discordError } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import { caughtUp, expectUnbrokenRecord, jellyfinMember, plexMember } from './actions.ts';

const EVER = Number.POSITIVE_INFINITY;
/** From the start until both are out: they end nine seconds after they were given, at the latest. */
const WITHIN_MS = 13_000;
const LONG = { timeout: 120_000 };
const UNAUTHORIZED = discordError(401, 0, '401: Unauthorized');

/** A member on each server, with access that ends in nine seconds. Usher is killed before. */
async function aboutToEnd(stage: Stage) {
  await stage.start();
  await stage.setUp();
  const mia = await plexMember(stage, 'mia', 'Movies');
  const noah = await jellyfinMember(stage, 'noah', 'Shows');
  // They have it for good by the grants that let them in, so Olga is asked.
  for (const [member, libraries] of [
    [mia.user, 'Movies'],
    [noah.user, 'Shows'],
  ] as const)
    await (await stage.asOlga('/grant add', { member, libraries, for: '9s' })).click('Give it anyway');
  for (const grant of ['1', '2']) await stage.asOlga('/grant revoke', { grant });
  await caughtUp(stage);
  const standing = () =>
    [stage.plexTv.accessOf(mia.account, stage.tower), stage.den.accessOf(noah.login)].join();
  expect(standing()).toBe('Movies,Shows');
  await stage.usher.kill();
  return {
    standing,
    async closed() {
      const probe = () => standing() === 'none,none';
      await stage.den.http.until('out of Jellyfin', () => standing().endsWith(',none'), WITHIN_MS);
      await stage.plexTv.http.until('out of Plex', probe, WITHIN_MS);
    },
  };
}

const onStage = (work: (stage: Stage) => Promise<void>) => async () => {
  const stage = await Stage.set();
  try {
    await work(stage);
  } finally {
    await stage.strike();
  }
};

/** The gateway ends every session with this code. */
function endAtOnce({ discord: { gateway } }: Stage, code: number) {
  gateway.endsAtOnce = code;
  return {
    lift: () => {
      gateway.endsAtOnce = undefined;
    },
  };
}

/** Everything that was done meanwhile is told when Discord is back. */
async function told(stage: Stage): Promise<void> {
  await stage.audited(/grant\.ended/, 4, 60_000);
  await caughtUp(stage);
  expectUnbrokenRecord(stage);
}

describe('access that ends while Discord', () => {
  it.concurrent.each<[string, (stage: Stage) => { env?: Record<string, string>; lift: () => void }]>([
    ['refuses connections', () => ({ env: { DISCORD_API_URL: 'http://127.0.0.1:1/api' }, lift: () => {} })],
    [
      'answers 503 to everything',
      (stage) => stage.discord.http.fault({ path: /./, answer: badGateway(503), times: EVER }),
    ],
    ['never answers', (stage) => stage.discord.http.fault({ path: /./, hang: true, times: EVER })],
    [
      'takes the session and says nothing in it',
      (stage) => {
        stage.discord.gateway.readyDelayMs = 600_000;
        return {
          lift: () => {
            stage.discord.gateway.readyDelayMs = 0;
          },
        };
      },
    ],
  ])(
    '%s is closed on time, and on the record when Discord is back',
    LONG,
    async (_what, away) =>
      await onStage(async (stage) => {
        const { closed } = await aboutToEnd(stage);
        const { env, lift } = away(stage);
        const usher = stage.launch(env);
        await closed();
        expect(usher.running).toBe(true);
        await usher.kill();
        lift();
        await stage.start();
        await told(stage);
      })(),
  );

  it.concurrent.each<[string, (stage: Stage) => { lift: () => void }]>([
    [
      'does not take the token',
      (stage) => stage.discord.http.fault({ path: /./, answer: UNAUTHORIZED, times: EVER }),
    ],
    ['does not take the session (4004)', (stage) => endAtOnce(stage, 4004)],
  ])(
    '%s is closed on time, and then Usher ends with 78',
    LONG,
    async (_what, refuse) =>
      await onStage(async (stage) => {
        const { standing, closed } = await aboutToEnd(stage);
        const { lift } = refuse(stage);
        const usher = stage.launch();
        await closed();
        expect((await usher.ended()).code).toBe(78);
        expect(standing()).toBe('none,none');
        // It was read back as well: the next start, long after, has nothing to do but to tell it.
        lift();
        await stage.start();
        await told(stage);
      })(),
  );

  it.concurrent(
    'closes the session for good (4004) is closed, and then Usher ends with 78',
    LONG,
    onStage(async (stage) => {
      const { standing, closed } = await aboutToEnd(stage);
      await stage.start();
      stage.discord.gateway.close(4004);
      const { code } = await stage.usher.ended();
      expect([code, standing()]).toEqual([78, 'none,none']);
      await closed();
      await stage.start();
      await told(stage);
    }),
  );

  it.concurrent(
    'refuses the token, with a server that hangs: a request to end is heard',
    LONG,
    onStage(async (stage) => {
      await aboutToEnd(stage);
      stage.discord.http.fault({ path: /./, answer: UNAUTHORIZED, times: EVER });
      stage.den.http.fault({ path: /./, hang: true, times: EVER });
      const usher = stage.launch();
      await stage.den.http.until(
        'asked',
        () => stage.den.http.requests.at(-1)?.status === undefined,
        WITHIN_MS,
      );
      const begun = performance.now();
      await usher.stop();
      expect(performance.now() - begun).toBeLessThan(10_000);
    }),
  );
});

describe('a request to end', () => {
  it.concurrent(
    'is heard within ten seconds while media servers hang and people wait for an answer',
    LONG,
    onStage(async (stage) => {
      await stage.start();
      await stage.setUp();
      const noah = await jellyfinMember(stage, 'noah', 'Shows');
      for (const { http } of [stage.den, stage.tower, stage.plexTv])
        http.fault({ path: /./, hang: true, times: EVER });
      const before = stage.den.http.requests.length;
      const work = [
        stage.asOlga('/grant add', { member: noah.user, libraries: 'Films', for: '1d' }),
        stage.asOlga('/library sync'),
        stage.asOlga('/server check'),
      ];
      await stage.den.http.until('it is asked', () => stage.den.http.requests.length > before);
      const begun = performance.now();
      expect((await stage.usher.stop()).code).toBe(0);
      expect(performance.now() - begun).toBeLessThan(10_000);
      await Promise.allSettled(work);
    }),
  );
});

describe('access that ends', () => {
  it.concurrent(
    'is closed on time although variables that ends do not need are odd, and then Usher ends with 78',
    LONG,
    onStage(async (stage) => {
      const { closed } = await aboutToEnd(stage);
      const usher = stage.launch({ DISCORD_TOKEN: 'replace-me', HTTP_PORT: 'eighty', LOG_LEVEL: 'loud' });
      await closed();
      expect((await usher.ended()).code).toBe(78);
      expect(usher.output.join('\n')).toMatch(/DISCORD_TOKEN: .*\n.*HTTP_PORT: .*\n.*LOG_LEVEL: /);
      await stage.start();
      await told(stage);
    }),
  );

  it.concurrent(
    'is closed on time although the port of the health check is taken, which is served when it is free',
    LONG,
    onStage(async (stage) => {
      const { closed } = await aboutToEnd(stage);
      const other = createServer().listen(0, '127.0.0.1');
      await once(other, 'listening');
      const { port } = other.address() as AddressInfo;
      const usher = stage.launch({ HTTP_PORT: `${port}`, TZ: '' });
      await Promise.all([closed(), usher.ready()]);
      const said = usher.logs.filter(({ level }) => level >= 50).map(({ msg }) => msg);
      expect(said).toEqual([expect.stringMatching(/HTTP_PORT/)]);
      other.close();
      await usher.logged('health is served');
      expect((await fetch(`http://127.0.0.1:${port}/health/ready`)).status).toBe(200);
    }),
  );
});
