/** Nobody else's edit is overwritten, and what is read back is compared with what was meant (media-servers.md B6.6). */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { differingFields } from '../../../src/adapters/jellyfin/differences.ts';
import type { AccessReading, AccountAccess, MediaServer } from '../../../src/app/ports/media-server.ts';
import { inEnglish, saidPlain } from '../../support/said.ts';
import { type JellyfinWorld, startJellyfinWorld } from './world.ts';

let world: JellyfinWorld;
let server: MediaServer;
let ada = '';
beforeEach(async () => {
  world = await startJellyfinWorld();
  server = world.at();
  ada = world.addMember('ada', ['Films', 'Music']);
});
afterEach(() => world.close());

const read = async (after?: AccessReading): Promise<AccessReading> => {
  const reading = await server.readAccess({ of: [ada], ...(after && { after }) });
  if (reading.kind === 'unknown') throw new Error(saidPlain(reading.why.message));
  return reading.value;
};
const one = ({ accounts }: AccessReading): AccountAccess => {
  const [account] = accounts;
  if (!account) throw new Error('ada is not in the reading');
  return account;
};
const policy = () => world.jellyfin.user('ada').policy;
const ids = (first: string, ...rest: string[]): [string, ...string[]] => [
  world.libraryId(first),
  ...rest.map((name) => world.libraryId(name)),
];
const policyWrites = () => world.jellyfin.http.requestsTo('POST', /\/Policy$/).length;

describe('an edit between the reading that decides and the write', () => {
  const edit = { MaxParentalRating: 12, EnableContentDownloading: false, SyncPlayAccess: 'None' } as const;

  it('survives what is taken', async () => {
    const before = await read();
    Object.assign(policy(), edit);
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    expect(policy()).toMatchObject({ ...edit, EnabledFolders: ids('Films') });
  });

  it('survives when everything is withdrawn', async () => {
    const before = await read();
    Object.assign(policy(), edit);
    expect(await server.withdraw(one(before))).toEqual({ kind: 'done' });
    expect(policy()).toMatchObject({ ...edit, EnabledFolders: [], IsDisabled: true });
  });

  it('that enables an account is not undone when a part of it is taken', async () => {
    policy().IsDisabled = true;
    const before = await read();
    Object.assign(policy(), { IsDisabled: false });
    const outcome = await server.setLibraries(one(before), ids('Films'), { staysDisabled: true });
    expect(outcome).toEqual({ kind: 'done' });
    expect(policy()).toMatchObject({ IsDisabled: false, EnabledFolders: ids('Films') });
  });
});

describe('where the account cannot be read just before the write', () => {
  const noSingleReads = (how: { readonly hang?: true }) =>
    world.jellyfin.http.fault({
      method: 'GET',
      path: /\/Users\/./,
      times: Number.POSITIVE_INFINITY,
      ...(how.hang ? { hang: true } : { answer: { status: 500 } }),
    });

  it('access is taken all the same', async () => {
    const before = await read();
    noSingleReads({});
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    expect(policy().EnabledFolders).toEqual(ids('Films'));
    expect(await server.withdraw(one(before))).toEqual({ kind: 'done' });
    expect(world.accessOf(ada)).toBe('none');
  });

  it('and nobody answers, access is taken after five seconds', { timeout: 15_000 }, async () => {
    const before = await read();
    noSingleReads({ hang: true });
    const begun = performance.now();
    expect(await server.withdraw(one(before))).toEqual({ kind: 'done' });
    expect(performance.now() - begun).toBeLessThan(9_000);
    expect(world.accessOf(ada)).toBe('none');
  });

  it('nothing is given', async () => {
    const before = await read();
    noSingleReads({});
    expect(await server.setLibraries(one(before), ids('Shows'))).toMatchObject({ kind: 'failed' });
    expect(policyWrites()).toBe(0);
  });

  it('because the key is refused, it is not shown again', async () => {
    const before = await read();
    world.jellyfin.http.fault({ method: 'GET', path: /\/Users\/./, answer: { status: 401 } });
    expect(await server.withdraw(one(before))).toMatchObject({ why: { kind: 'unauthorised' } });
    expect(policyWrites()).toBe(0);
  });
});

describe('what is read back', () => {
  it('shows a write that was lost: it is put right, and nobody is told', async () => {
    const before = await read();
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, answer: { status: 204 } });
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    const after = await read(before);
    expect(one(after).access).toEqual({ kind: 'libraries', externalIds: ids('Films') });
    expect(after.notices).toBeUndefined();
    expect(world.accessOf(ada)).toEqual(['Films']);
  });

  it('is put right once only', async () => {
    const before = await read();
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 9, answer: { status: 204 } });
    expect(await server.withdraw(one(before))).toEqual({ kind: 'done' });
    expect(one(await read(before))).toMatchObject({ disabled: false });
    expect(policyWrites()).toBe(2);
    await read(before);
    expect(policyWrites()).toBe(2);
  });

  it('shows a field that the server did not keep: it is put back, and told', async () => {
    policy().EnableContentDownloading = false;
    const before = await read();
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    policy().EnableContentDownloading = true;
    const { notices } = await read(before);
    expect(inEnglish(notices)).toEqual([
      expect.stringMatching(/of ada.*differed in EnableContentDownloading.*put that back/),
    ]);
    expect(policy()).toMatchObject({ EnableContentDownloading: false, EnabledFolders: ids('Films') });
  });

  it('shows one that it keeps refusing: that is told, and nothing more is tried', async () => {
    const before = await read();
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    policy().MaxActiveSessions = 7;
    world.jellyfin.http.fault({ method: 'POST', path: /\/Policy$/, times: 9, answer: { status: 204 } });
    const { notices } = await read(before);
    expect(inEnglish(notices)).toEqual([
      expect.stringMatching(/does not keep MaxActiveSessions: look at the account/),
    ]);
    expect(policyWrites()).toBe(2);
  });

  it('shows that somebody else has written since: nothing is put over that', async () => {
    const before = await read();
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    Object.assign(policy(), { EnabledFolders: ids('Shows'), MaxParentalRating: 3 });
    const after = await read(before);
    expect(one(after).access).toEqual({ kind: 'libraries', externalIds: ids('Shows') });
    expect([after.notices, policyWrites()]).toEqual([undefined, 1]);
    expect(policy().MaxParentalRating).toBe(3);
  });

  it('shows that the account was disabled or locked since: it is not enabled by putting something right', async () => {
    const before = await read();
    expect(await server.setLibraries(one(before), ids('Films'))).toEqual({ kind: 'done' });
    Object.assign(policy(), { IsDisabled: true, InvalidLoginAttemptCount: 4 });
    expect(one(await read(before)).disabled).toBe(true);
    expect(policyWrites()).toBe(1);
  });
});

describe('fields that differ', () => {
  const id = 'f137a2dd21bbc1b99aa5c0f6bf02a805';
  const dashed = 'F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805';

  it.each<[string, Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
    ['nothing', { A: 1, B: [] }, { A: 1, B: [], C: 2 }, []],
    ['a value, and one that is missing', { A: 1, B: true }, { A: 2 }, ['A', 'B']],
    ['lyrics always read false', { EnableLyricManagement: true }, { EnableLyricManagement: false }, []],
    ['wrong passwords are counted', { InvalidLoginAttemptCount: 0 }, { InvalidLoginAttemptCount: 1 }, []],
    ['a limit of 0 is stored as 3', { LoginAttemptsBeforeLockout: 0 }, { LoginAttemptsBeforeLockout: 3 }, []],
    [
      'another limit is',
      { LoginAttemptsBeforeLockout: 5 },
      { LoginAttemptsBeforeLockout: -1 },
      ['LoginAttemptsBeforeLockout'],
    ],
    ['block lists are only shown', { BlockedMediaFolders: [id] }, { BlockedMediaFolders: [] }, []],
    ['ids in any form and order', { EnabledFolders: [id, 'b'] }, { EnabledFolders: ['b', dashed] }, []],
    ['tags are split', { BlockedTags: ['a,b'] }, { BlockedTags: ['b', 'a'] }, []],
    ['tags that are none', { BlockedTags: [{ toString: 1 }] }, { BlockedTags: [{ toString: 1 }] }, []],
    ['what every object has', { toString: 1, valueOf: 2 }, { toString: 3, valueOf: 2 }, ['toString']],
    ['an empty list is as good as none', { EnabledDevices: [] }, { EnabledDevices: null }, []],
    [
      'schedules get new numbers',
      { AccessSchedules: [{ Id: 1, UserId: id, DayOfWeek: 'Monday', StartHour: 8, EndHour: 9 }] },
      { AccessSchedules: [{ DayOfWeek: 'Monday', EndHour: 9, StartHour: 8, Id: 7, UserId: dashed }] },
      [],
    ],
    [
      'and keep their hours',
      { AccessSchedules: [{ Id: 1, DayOfWeek: 'Monday', StartHour: 8, EndHour: 9 }] },
      { AccessSchedules: [{ Id: 1, DayOfWeek: 'Monday', StartHour: 8, EndHour: 10 }] },
      ['AccessSchedules'],
    ],
  ])('%s', (_name, meant, seen, expected) => {
    expect(differingFields(meant, seen)).toEqual(expected);
  });
});
