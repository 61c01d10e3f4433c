import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createQuickConnect } from '../../../src/adapters/jellyfin/quick-connect.ts';
import type { CodeSignIn } from '../../../src/app/ports/sign-in.ts';
import { StandInClock } from '../../standins/http.ts';
import { type Jellyfin, startJellyfin } from '../../standins/jellyfin/jellyfin.ts';
import { type ClosableClient, createHttpClient } from '../../support/http-client.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';

/**
 * Quick Connect (media-servers.md B10): the account's holder types the code, and Usher ends the session soon
 * afterwards.
 */
let jellyfin: Jellyfin;
let clock: StandInClock;
let http: ClosableClient;
let quick: CodeSignIn;
const at = () => ({ url: jellyfin.url, certificate: null });

beforeEach(async () => {
  clock = new StandInClock();
  jellyfin = await startJellyfin({ clock });
  http = createHttpClient({ clock: systemClock });
  quick = createQuickConnect({ http, clientIdentifier: 'usher-test', version: '1.0.0' });
});
afterEach(async () => {
  await http.close();
  await jellyfin.stop();
});

async function start() {
  const started = await quick.start(at());
  if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
  return started.value;
}

describe('a code', () => {
  it('waits for its holder, opens a session of theirs, and only once', async () => {
    const ada = jellyfin.addUser({ name: 'ada', password: 'x' });
    const { secret, code } = await start();
    expect(code).toMatch(/^\d{6}$/);
    expect(await quick.poll(at(), secret)).toEqual({ kind: 'waiting' });
    jellyfin.approveQuickConnect(code, ada);
    const approved = await quick.poll(at(), secret);
    expect(approved).toMatchObject({ kind: 'approved', userId: ada.id, name: 'ada' });
    if (approved.kind !== 'approved') throw new Error('not approved');
    expect(jellyfin.sessionsOf(ada)).toHaveLength(1);
    await quick.forget(at(), approved.token);
    expect(jellyfin.sessionsOf(ada)).toHaveLength(0);
  });

  it('is no longer good after ten minutes, or when the server has forgotten it', async () => {
    const { secret } = await start();
    clock.advance(10 * 60_000);
    expect(await quick.poll(at(), secret)).toEqual({ kind: 'expired' });
    expect(await quick.poll(at(), 'f'.repeat(64))).toEqual({ kind: 'expired' });
  });

  it('is not given where Quick Connect is turned off, and it is said what to do', async () => {
    jellyfin.behaviour.quickConnectEnabled = false;
    expect(inEnglish(await quick.start(at()))).toMatchObject({
      kind: 'unknown',
      why: { kind: 'not-possible', message: expect.stringContaining('Turn it on') },
    });
  });

  it('is unknown, not expired, while the server does not answer', async () => {
    const { secret } = await start();
    await jellyfin.stop();
    expect(await quick.poll(at(), secret)).toMatchObject({
      kind: 'unknown',
      why: { kind: 'refused' },
    });
    expect(await quick.start(at())).toMatchObject({ kind: 'unknown', why: { kind: 'refused' } });
  });
});

describe('a key', () => {
  async function sessionOf(name: string) {
    const user = jellyfin.user(name);
    const { secret, code } = await start();
    jellyfin.approveQuickConnect(code, user);
    const approved = await quick.poll(at(), secret);
    if (approved.kind !== 'approved') throw new Error(approved.kind);
    return approved.token;
  }

  it('is a new one of Usher’s, also beside others of that name', async () => {
    jellyfin.addUser({ name: 'boss', password: 'x', admin: true });
    const before = jellyfin.state.addKey('Usher').token;
    const made = await quick.makeKey(at(), await sessionOf('boss'));
    expect(made).toMatchObject({ kind: 'known' });
    if (made.kind === 'unknown') throw new Error(saidPlain(made.why.message));
    expect(made.value).not.toBe(before);
    expect(jellyfin.state.keys.values().some(({ token }) => token === made.value)).toBe(true);
  });

  it('is for administrators only', async () => {
    jellyfin.addUser({ name: 'ada', password: 'x' });
    expect(await quick.makeKey(at(), await sessionOf('ada'))).toMatchObject({
      kind: 'unknown',
      why: { kind: 'forbidden' },
    });
  });
});
