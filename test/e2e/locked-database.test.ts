import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { expectUnbrokenRecord, jellyfinMember } from './actions.ts';

let stage: Stage;
let other: ChildProcess | undefined;

beforeEach(async () => {
  stage = await Stage.set();
  await stage.start();
  await stage.setUp();
});
afterEach(async () => {
  other?.kill('SIGKILL');
  await stage.strike();
});

/** Another program that has the database locked until its input ends. */
async function lock(): Promise<{ release(): Promise<void> }> {
  const path = join(stage.folder, 'data', 'usher.db');
  const program = `const { DatabaseSync } = require('node:sqlite');
    const db = new DatabaseSync(${JSON.stringify(path)});
    db.exec('PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE');
    console.log('locked');
    process.stdin.resume().on('end', () => { db.exec('ROLLBACK'); process.exit(0); });`;
  const child = spawn(process.execPath, ['-e', program], { stdio: ['pipe', 'pipe', 'inherit'] });
  other = child;
  await once(child.stdout, 'data');
  return {
    async release() {
      child.stdin.end();
      await once(child, 'exit');
    },
  };
}

it('that another program has locked: commands are acknowledged, say that it is busy, and are done when it is free', async () => {
  const ben = await jellyfinMember(stage, 'ben', 'Films');
  const held = await lock();
  const give = () =>
    stage.discord
      .as(stage.olga)
      .in(stage.guild)
      .command('grant add', { member: ben.user, libraries: 'Shows', for: '1h' }, { until: 'ack' });
  const exchanges = await Promise.all([give(), give(), give()]);
  for (const exchange of exchanges) {
    expect(exchange.acknowledgedAfterMs).toBeLessThan(1_000);
    await exchange.until(/database is busy: another program has locked it/);
  }
  expect(stage.den.accessOf(ben.login)).toEqual(['Films']);
  await held.release();
  for (const exchange of exchanges) await exchange.until(/Shows(.|\n)*Grant #\d+/);
  expect(stage.den.accessOf(ben.login)).toEqual(['Films', 'Shows']);
  await stage.audited(/grant\.created.*Shows/, 3);
  expectUnbrokenRecord(stage);
  expect(stage.usher.logs.filter(({ level }) => level >= 50)).toEqual([]);
}, 90_000);
