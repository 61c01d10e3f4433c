import { describe, expect, it } from 'vitest';
import { StandInClock } from './http.ts';
import { mediaBrowser, policyOf, seesOnly, send, start, writePolicy } from './jellyfin/asking.ts';
import type { Jellyfin } from './jellyfin/jellyfin.ts';

const VERSIONS = ['10.11', '12.0'] as const;

const report = async (jellyfin: Jellyfin, token: string, what: string): Promise<number> =>
  (await send(jellyfin, `POST /Sessions/${what}`, { headers: mediaBrowser(token), body: {} })).status;

describe.each(VERSIONS)('%s: a sign of life saves the whole user as it was loaded (M1)', (version) => {
  async function withBob(silentForMs = 60_001) {
    const clock = new StandInClock(() => Date.UTC(2026, 0, 1));
    const jellyfin = await start({ version, clock });
    const bob = jellyfin.addUser({ name: 'bob', password: 'p' });
    const session = jellyfin.signInOutside(bob, { silentForMs });
    return { clock, jellyfin, bob, session };
  }

  it.each([
    ['what was taken is open again', ['Movies', 'Shows'], ['Movies']],
    ['what was given is not there', ['Movies'], ['Movies', 'Shows']],
  ])('%s, although both answer 204', async (_name, before, after) => {
    const { jellyfin, bob } = await withBob();
    Object.assign(bob.policy, seesOnly(...before));
    const save = jellyfin.signOfLife(bob);
    expect(await writePolicy(jellyfin, bob, seesOnly(...after))).toBe(204);
    expect(jellyfin.accessOf(bob)).toEqual(after);
    save?.();
    expect(jellyfin.accessOf(bob)).toEqual(before);
    expect(await policyOf(jellyfin, bob.id)).toMatchObject(seesOnly(...before));
  });

  it('it is the whole user: a new password is undone as well', async () => {
    const { jellyfin, bob } = await withBob();
    const save = jellyfin.signOfLife(bob);
    await send(jellyfin, `POST /Users/${bob.id}/Password`, { body: { NewPw: 'new' } });
    save?.();
    expect([jellyfin.canSignIn('bob', 'p'), jellyfin.canSignIn('bob', 'new')]).toEqual([true, false]);
  });

  it('disabling is never undone, nor is what was emptied with it', async () => {
    const { jellyfin, bob } = await withBob();
    const save = jellyfin.signOfLife(bob);
    await writePolicy(jellyfin, bob, { ...seesOnly(), IsDisabled: true });
    save?.();
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({ ...seesOnly(), IsDisabled: true });
  });

  it.each([
    [60_000, false],
    [60_001, true],
  ])('after %i ms of silence: saved %s', async (silentForMs, isSaved) => {
    const { jellyfin, bob } = await withBob(silentForMs);
    expect(jellyfin.signOfLife(bob) !== undefined).toBe(isSaved);
  });

  it.each(['Playing', 'Playing/Progress', 'Capabilities', 'Capabilities/Full'])(
    'POST /Sessions/%s is one, and is noted once a minute; reading is none',
    async (what) => {
      const { clock, jellyfin, bob, session } = await withBob(0);
      const lastActivity = async () =>
        (await send(jellyfin, `GET /Users/${bob.id}`)).json<{ LastActivityDate: string }>().LastActivityDate;
      const first = await lastActivity();
      clock.advance(60_000);
      expect(await report(jellyfin, session.token, what)).toBe(204);
      expect(await lastActivity()).toBe(first);
      clock.advance(1);
      await send(jellyfin, 'GET /Users/Me', { headers: mediaBrowser(session.token) });
      expect(await lastActivity()).toBe(first);
      await report(jellyfin, session.token, what);
      expect(await lastActivity()).toBe('2026-01-01T00:01:00.0010000Z');
    },
  );

  it('on demand: the write after the next one, once', async () => {
    const { clock, jellyfin, bob } = await withBob();
    Object.assign(bob.policy, seesOnly('Movies'));
    const lost = jellyfin.losesNextPolicyWrite({ after: 1 });
    await writePolicy(jellyfin, bob, seesOnly('Shows'));
    expect([jellyfin.accessOf(bob), lost.lost]).toEqual([['Shows'], 0]);
    expect(await writePolicy(jellyfin, bob, seesOnly())).toBe(204);
    expect([jellyfin.accessOf(bob), lost.lost]).toEqual([['Shows'], 1]);
    clock.advance(60_001);
    await writePolicy(jellyfin, bob, seesOnly());
    expect([jellyfin.accessOf(bob), lost.lost]).toEqual(['none', 1]);
  });

  it('on demand: seen by one reading, and gone at the next', async () => {
    const { jellyfin, bob } = await withBob();
    jellyfin.losesNextPolicyWrite({ shownOnce: true });
    await writePolicy(jellyfin, bob, seesOnly('Shows'));
    expect(await policyOf(jellyfin, bob.id)).toMatchObject(seesOnly('Shows'));
    expect(await policyOf(jellyfin, bob.id)).toMatchObject({ EnableAllFolders: true });
  });

  it.each<[string, (place: Awaited<ReturnType<typeof withBob>>) => Promise<unknown>]>([
    ['nobody is signed in', async ({ jellyfin, bob }) => jellyfin.state.revokeTokens(bob)],
    ['there was a sign of life', ({ jellyfin, session }) => report(jellyfin, session.token, 'Playing')],
    ['it disables', async ({ bob }) => Object.assign(bob.policy, { IsDisabled: true })],
  ])('on demand: nothing is lost, and nothing counted, where %s', async (_name, make) => {
    const place = await withBob();
    const lost = place.jellyfin.losesNextPolicyWrite();
    await make(place);
    await writePolicy(place.jellyfin, place.bob, seesOnly());
    expect([(await policyOf(place.jellyfin, place.bob.id)).EnableAllFolders, lost.lost]).toEqual([false, 0]);
  });
});
