import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HOUR } from '../support/moments.ts';
import { Stage } from '../support/stage.ts';
import { as, expectUnbrokenRecord, jellyfinMember } from './actions.ts';

let stage: Stage;

beforeEach(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterEach(() => stage.strike());

/**
 * The environment of a machine whose clock is off by the first of these from the start on, and is set, by the next of
 * them, with each SIGUSR2.
 */
function clockOff(...byMs: readonly [number, ...number[]]): Readonly<Record<string, string>> {
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

const setClock = () => process.kill(stage.usher.pid, 'SIGUSR2');

/** Ben has Shows until in two seconds, and Usher is killed before. */
async function endedWhileAway() {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  await stage.asOlga('/grant add', { member: ben.user, libraries: 'Shows', for: '2s' });
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
      expect(shown[0]?.text).toMatch(/Shows.*Den: clock held/);
      expect(shown[1]?.text).toMatch(/Shows(.|\n)*cannot be said now, because the clock/);
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
  while (!/is overdue/.test(jobs.text)) jobs = await stage.asOlga('/jobs list');
  setClock();
  await stage.den.start();
  await stage.audited(/grant\.ended.*Shows/, 1, 75_000);
  expect(stage.den.accessOf(ben.login)).toEqual(['Films']);
}, 120_000);
