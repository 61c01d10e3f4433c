import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../support/moments.ts';
import { Stage } from '../support/stage.ts';
import { as, clockOff, expectUnbrokenRecord, jellyfinMember } from './actions.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterEach(() => stage.strike());

const setClock = () => process.kill(stage.usher.pid, 'SIGUSR2');

/** Ben has Shows until in some seconds, and Usher is killed before. */
async function endedWhileAway() {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  await stage.asOlga('/grant add', { member: ben.user, libraries: 'Shows', for: '5s' });
  await stage.usher.kill();
  expect(stage.den.accessOf(ben.login)).toEqual(['Films', 'Shows']);
  return ben;
}

describe('a clock that is behind at the start', () => {
  it.each([
    ['three days', -72 * HOUR],
    ['half a century', -Date.now()],
    ['some hours', -20 * HOUR],
  ])(
    'by %s: nothing is said that is not known, nobody is asked, and what has ended is closed when it is set',
    async (_name, byMs) => {
      const ben = await endedWhileAway();
      await stage.start(clockOff(byMs, 0));
      const shown = [
        await stage.asOlga('/grant list', { member: ben.user }),
        await as(stage, ben.user).command('my access'),
      ];
      for (const { text } of shown) expect(text).toMatch(/Shows/);
      expect(shown[0]?.text).toMatch(/❔.*Shows(.|\n)*not known now/);
      expect(shown[1]?.text).toMatch(
        /❔ Usher cannot say right now how it stands with Shows on Den, because its clock/,
      );
      const jobs = await stage.asOlga('/jobs list');
      expect(jobs.text).toMatch(/clock of the machine is behind/);
      expect(jobs.text).not.toMatch(/Nothing is overdue/);

      setClock();
      await stage.audited(/grant\.ended.*Shows/);
      expect(stage.den.accessOf(ben.login)).toEqual(['Films']);
      expect((await stage.asOlga('/jobs list')).text).toMatch(/Nothing is overdue/);
      expect(stage.auditLines.filter((line) => line.includes('access.held'))).toEqual([]);
      expectUnbrokenRecord(stage);
    },
    90_000,
  );
});

it('a clock that is set back by an hour makes nothing an hour late', async () => {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  await stage.usher.stop();
  await stage.start(clockOff(0, -HOUR));
  await stage.asOlga('/grant add', { member: ben.user, libraries: 'Shows', for: '2s' });
  await stage.den.stop();
  await stage.audited(/grant\.ending.*Shows/);
  // It waits for its next try.
  let jobs = await stage.asOlga('/jobs list');
  while (!/Overdue changes/.test(jobs.text)) jobs = await stage.asOlga('/jobs list');
  setClock();
  await stage.den.start();
  await stage.audited(/grant\.ended.*Shows/, 1, 75_000);
  expect(stage.den.accessOf(ben.login)).toEqual(['Films']);
}, 120_000);

it('a server that has not answered for three minutes is one message, until all ends there are closed', async () => {
  const alerts = stage.guild.addTextChannel('alerts');
  await stage.asOlga('/settings channel', { purpose: 'alerts', channel: alerts });
  const [ben, uma] = [
    await jellyfinMember(stage, 'ben', 'Films'),
    await jellyfinMember(stage, 'uma', 'Films'),
  ];
  await stage.usher.stop();
  await stage.start(clockOff(0, 4 * MINUTE));
  const before = alerts.messages.length;
  await stage.asOlga('/grant add', { member: ben.user, libraries: 'Shows', for: '2s' });
  await stage.asOlga('/grant add', { member: uma.user, libraries: 'Shows', for: '3mo' });
  await stage.den.stop();
  await stage.audited(/server\.offline · .*Den/, 1, 60_000);
  expect(alerts.messages).toHaveLength(before);

  setClock();
  await stage.asOlga('/jobs run', { job: 'enforce' });
  const olga = stage.discord.as(stage.olga).in(alerts);
  const alert = await olga.sees(/Den has not answered since(.|\n)*1 end waits for it: /, 60_000);
  expect(alert.pings.users).toEqual([]);
  const list = await stage.asOlga('/grant list', { member: uma.user });
  await stage.asOlga('/grant revoke', { grant: /#(\d+)/.exec(list.text)?.[1] ?? '' });
  expect((await olga.sees(/2 ends wait for it: /, 60_000)).id).toBe(alert.id);
  const retried = await olga.click(alert, 'Retry now');
  expect([retried.ephemeral, retried.text]).toEqual([
    true,
    expect.stringContaining('Den still does not work'),
  ]);

  await stage.den.start();
  const over = await olga.sees(/Den works again(.|\n)*All 2 ends that waited are closed/, 60_000);
  expect([over.id, alerts.messages.length]).toEqual([alert.id, before + 1]);
  expect(over.text).not.toContain('Retry now');
}, 180_000);
