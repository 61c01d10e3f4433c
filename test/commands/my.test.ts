import { describe, expect, it, vi } from 'vitest';
import type { ServerAccountResult } from '../../src/app/accounts/server-account.ts';
import type { SignInEnd, SignInPlace } from '../../src/app/accounts/sign-in-end.ts';
import type { LinkingSignIn, StartSignIn } from '../../src/app/accounts/sign-ins.ts';
import type { Trouble } from '../../src/app/ports/media-server.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { MyAccess } from '../../src/app/queries/overview.ts';
import { toGuildId } from '../../src/domain/ids.ts';
import { type Answer, type Stubs, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import { anAccount, aServer, MOVIES, NOON, standingOf } from './samples.ts';

const den = aServer({ id: 'den', name: 'Den', kind: 'jellyfin', publicUrl: 'https://den.test' });
const off: Trouble = { kind: 'not-possible', message: 'It is off.' };
const nothing: MyAccess = {
  ...{ guildId: GUILD, community: null, membership: 'member' },
  ...{ standings: [], left: [], passwordsFor: [], ended: [], renewable: false, asked: [] },
};
const waiting: MyAccess = {
  ...nothing,
  standings: [{ ...standingOf(), servers: [{ server: den, application: { kind: 'no-account' } as const }] }],
};

const PAGE: SignInPlace = { kind: 'plex', server: null };
const CODE: SignInPlace = { kind: 'jellyfin', server: den };
const QUESTION = { kind: 'question', signInId: 'signin', account: 'ada', expiresAt: NOON } as const;

const linkingAt = (place: SignInPlace, end: SignInEnd): LinkingSignIn => ({
  place,
  hear: (tell) => tell({ account: 'ada', servers: [], waitsFor: null }),
  finished: Promise.resolve(end),
  leave: () => {},
});

/** The links of an answer, by their labels. */
function linksOf({ view }: Answer): readonly (readonly string[])[] {
  if (view.kind === 'modal') return [];
  return view.blocks.flatMap((block) =>
    block.kind === 'buttons'
      ? block.buttons.flatMap((button) => ('url' in button ? [[saidPlain(button.label), button.url]] : []))
      : [],
  );
}

/** Sign-ins that begin, and lead to this. */
function signInsAt(
  place: SignInPlace,
  { asked, end }: { readonly asked: typeof QUESTION | SignInEnd; readonly end?: SignInEnd },
) {
  const value = {
    place,
    shown: place.server ? '123456' : 'https://plex.tv/x',
    expiresAt: NOON,
    asked: Promise.resolve(asked),
    isApproved: () => false,
    leave: () => {},
  };
  return {
    start: vi.fn(async () => ({ kind: 'started', value }) as const),
    confirm: vi.fn(async () => end && linkingAt(place, end)),
  };
}

const applied: MyAccess = { ...nothing, standings: [standingOf()] };

describe('/my access', () => {
  const having = (more: Stubs = {}, all: readonly MyAccess[] = [applied]) => {
    const myAccess = vi.fn(async (_memberId: string, _guildId?: string) => all);
    return { myAccess, app: stubApp({ overview: { myAccess }, ...more }) };
  };

  it('shows what there is, here, or in a DM everywhere', async () => {
    const { myAccess, app } = having();
    expect((await typist(app).type('my access')).text).toMatch(
      /Your access(.|\n)*✅ You can watch Movies on Tower for good\./,
    );
    await typist(app, { inDm: true, guildId: toGuildId('') }).type('my access');
    expect(myAccess.mock.calls).toEqual([
      [STAFF, GUILD],
      [STAFF, undefined],
    ]);
    const none = await typist(having({}, [nothing]).app).type('my access');
    expect(none.text).toContain('no access here yet');
    expect((await none.press('Redeem a code')).text).toContain('Redeem an invite');
  });

  it('shows what stays without a grant, instead of nothing', async () => {
    const kept = [{ libraryIds: ['movies'], why: { kind: 'default' } as const }];
    const left = [{ server: den, kept, libraries: [MOVIES] }];
    const mine = await typist(having({}, [{ ...nothing, left }]).app).type('my access');
    expect(mine.text).toContain('✅ You can watch Movies on Den.');
    expect(linksOf(mine)).toEqual([['Open Den', 'https://den.test']]);
  });

  it.each<[string, SignInEnd, string]>([
    ['is done', { kind: 'connected', account: 'ada' }, "**You're in!**\n✅ Signed in to Plex as `ada`."],
    ['is the owner’s', { kind: 'refused', why: 'owner', account: 'olga' }, 'is the owner of the server'],
    ['is somebody else’s', { kind: 'refused', why: 'somebody-elses', account: 'ben' }, 'another member'],
    [
      'is a second account',
      { kind: 'refused', why: 'has-another', account: 'ben', has: 'ada' },
      'you have an account there already',
    ],
    ['failed', { kind: 'failed', why: off }, 'the staff have to put something right first'],
    ['is stopped', { kind: 'stopped' }, 'goes on by itself'],
    [
      'is left to the member',
      {
        kind: 'unfinished',
        account: 'ada',
        servers: [{ server: aServer(), state: 'invited' }],
        byHand: { reason: 'Please verify your email address first' },
      },
      'Please verify your email address first',
    ],
    [
      'is left to staff',
      { kind: 'unfinished', account: 'ada', servers: [{ server: aServer(), state: 'staff' }] },
      '🙋 Tower: the staff have to put something right first',
    ],
  ])('a sign-in with Plex that %s, once the member has said that it was they', async (_name, end, text) => {
    const signIns = signInsAt(PAGE, { asked: QUESTION, end });
    const { app } = having({ signIns });
    const shown = await typist(app).use('my access', 'plex');
    expect(shown.text).toContain('Sign in with Plex');
    const asked = await shown.later();
    expect(asked.text).toMatch(
      /signing in to Plex as \*\*ada\*\* for <@\d+>(.|\n)*Nothing is connected before/,
    );
    expect(asked.labels).toEqual(['Yes, connect it', 'Not me']);
    const going = await asked.press('Yes, connect it');
    expect(going.text).toContain('✅ Signed in as `ada`');
    expect((await going.later()).text).toContain(text);
    const at = { kind: 'plex' };
    expect(signIns.start).toHaveBeenCalledExactlyOnceWith({
      guildId: GUILD,
      memberId: STAFF,
      name: 'olga',
      at,
    });
    expect(signIns.confirm).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'signin');
  });

  it.each<[string, SignInEnd, string]>([
    ['ran out', { kind: 'expired' }, 'The sign-in ran out'],
    ['could not be asked whose it is', { kind: 'failed', why: off }, 'the staff have to put something'],
    ['is of no use any more', { kind: 'superseded' }, 'This sign-in is closed'],
  ])('a sign-in with Plex that %s before anybody is asked', async (_name, end, text) => {
    const { app } = having({ signIns: signInsAt(PAGE, { asked: end }) });
    expect((await (await typist(app).use('my access', 'plex')).later()).text).toContain(text);
  });

  it('tells for whom a link is, and not to approve what others send', async () => {
    const { app } = having({ signIns: signInsAt(PAGE, { asked: QUESTION }) });
    const { text } = await typist(app).use('my access', 'plex');
    expect(text).toContain(`It is for <@${STAFF}> alone`);
    expect(text).toMatch(
      /Approve only what you have just asked for here yourself\. Never open a sign-in link/,
    );
  });

  it.each([
    [PAGE, false, /Nobody has signed in with Plex so far/],
    [CODE, false, /The code ran out/],
    [PAGE, true, /Somebody has signed in(.|\n)*asked by direct message/],
  ])(
    'says its last word before Discord takes no more, and leaves the rest to a direct message',
    async (place, approved, text) => {
      const leave = vi.fn();
      const never = new Promise<never>(() => {});
      const value = {
        place,
        shown: 'https://plex.tv/x',
        expiresAt: NOON,
        asked: never,
        isApproved: () => approved,
        leave,
      };
      const start = async () => ({ kind: 'started', value }) as const;
      const person = typist(stubApp({ signIns: { start } }));
      const { view } = await person.use('my access', 'plex');
      if (view.kind !== 'view' || !view.late) throw new Error('no last word');
      expect(person.show('my access', view.late()).text).toMatch(text);
      expect(leave).toHaveBeenCalledOnce();
    },
  );

  it('says its last word of one that is being linked', async () => {
    const leave = vi.fn();
    const never = new Promise<never>(() => {});
    const value = { ...linkingAt(PAGE, { kind: 'expired' }), finished: never, leave };
    const person = typist(stubApp({ signIns: { confirm: async () => value } }));
    const { view } = await person.use('my accounts', 'mine', 'signin');
    if (view.kind !== 'view' || !view.late) throw new Error('no last word');
    expect(person.show('my accounts', view.late()).text).toMatch(
      /not connected wholly yet(.|\n)*Signed in as `ada`/,
    );
    expect(leave).toHaveBeenCalledOnce();
  });

  it('shows no link twice that cannot be shown again', async () => {
    const value = {
      place: PAGE,
      shown: '',
      expiresAt: NOON,
      asked: new Promise<never>(() => {}),
      leave: () => {},
    };
    const text = async (approved: boolean) => {
      const started = { kind: 'started', value: { ...value, isApproved: () => approved } } as const;
      return (await typist(stubApp({ signIns: { start: async () => started } })).use('my access', 'plex'))
        .text;
    };
    expect(await text(false)).toContain('Use the link that you were shown then');
    expect(await text(true)).toContain('finding out with which account');
  });

  it.each<[string, StartSignIn, string]>([
    ['cannot be asked', { kind: 'failed', place: PAGE, why: off }, 'Plex cannot be asked'],
    ['would be the eleventh', { kind: 'too-many' }, 'Try again in some minutes'],
    ['is asked about already', { kind: 'asked', place: PAGE, question: QUESTION }, 'as **ada** for'],
    [
      'is going on already',
      { kind: 'linking', value: linkingAt(PAGE, { kind: 'expired' }) },
      'Connecting your Plex account',
    ],
  ])('says so when a sign-in %s', async (_name, result, text) => {
    const { app } = having({ signIns: { start: async () => result } });
    expect((await typist(app).use('my access', 'plex')).text).toContain(text);
  });

  it.each<[string, ServerAccountResult, string]>([
    [
      'is made',
      { kind: 'created', server: den, name: 'olga', password: 'pw' },
      '**Your account on Den is ready.**\nUser name: `olga`\nPassword: `pw`\n-# ',
    ],
    ['is there', { kind: 'already', server: den, name: 'olga' }, 'already: `olga`'],
    ['is not granted', { kind: 'nothing-granted' }, 'Nothing is given to you'],
    ['is taken', { kind: 'name-taken' }, 'is taken'],
    ['is not allowed', { kind: 'name-not-allowed', message: 'Too long.' }, 'Too long.'],
    ['failed', { kind: 'failed', server: den, why: off }, 'the staff have to put something right first'],
  ])('an account on Jellyfin that %s', async (_name, result, text) => {
    const create = vi.fn(async () => result);
    const { app } = having({ serverAccounts: { create } }, [waiting]);
    const mine = await typist(app).type('my access');
    const form = await mine.press('Create account: Den');
    expect(form.text).toBe('Create your account\nUser name: olga');
    expect((await form.submit({ name: 'olga' })).text).toContain(text);
    expect(create).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'den', 'olga');
  });

  it('gives a new password for an account that Usher made', async () => {
    const newPassword = vi.fn(
      async () => ({ kind: 'created', server: den, name: 'x', password: 'pw' }) as const,
    );
    const linked = [{ account: anAccount(), server: den }];
    const myAccess = async () => [{ ...applied, passwordsFor: linked }];
    const overview = { myAccess, accountsOf: async () => linked };
    const app = stubApp({ overview, serverAccounts: { newPassword } });
    const asked = await (await typist(app).type('my access')).press('New password: Den');
    expect(asked.text).toMatch(/Set a new password for `ada` on Den\?(.|\n)*stops working/);
    expect((await asked.press('Keep the old one')).text).toContain('Your access');
    expect(newPassword).not.toHaveBeenCalled();
    const answer = await asked.press('Set a new password');
    expect(answer.text).toMatch(/Your new password on Den(.|\n)*pw/);
    expect(newPassword).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'account');
  });

  it.each<[string, ServerAccountResult, RegExp]>([
    ['is over', { kind: 'closed', server: den, why: 'nothing-granted', paused: false }, /access has ended/],
    ['is paused', { kind: 'closed', server: den, why: 'nothing-granted', paused: true }, /is paused/],
    [
      'somebody closed',
      { kind: 'closed', server: den, why: 'disabled', paused: false },
      /closed on the server/,
    ],
    [
      'is not open again yet',
      { kind: 'closed', server: den, why: 'not-yet', paused: false },
      /not open again yet/,
    ],
    ['failed', { kind: 'failed', server: den, why: off }, /No password was set/],
  ])('a password for access that %s is refused, and nothing is called ready', async (_name, result, text) => {
    const { app } = having({ serverAccounts: { newPassword: async () => result } });
    const answer = await typist(app).use('my access', 'renew', 'account');
    expect(answer.text).toMatch(text);
    expect(answer.text).not.toMatch(/ready|No account/);
  });
});

describe('/my accounts', () => {
  const linked = { account: anAccount({ emailMasked: 'a…@x.org', pending: true }), server: aServer() };
  const overview = {
    myAccounts: async () => [{ ...nothing, accounts: [linked], open: [den] }],
  };

  it.each<[string, SignInEnd, string]>([
    ['is done', { kind: 'connected', account: 'ada' }, 'Your account `ada` on Den is connected'],
    [
      'is an administrator’s',
      { kind: 'refused', why: 'administrator', account: 'root' },
      'is an administrator',
    ],
    ['is somebody else’s', { kind: 'refused', why: 'somebody-elses', account: 'ben' }, 'another member'],
    ['failed', { kind: 'failed', why: off }, 'the staff have to put something right first'],
  ])('a proof that %s', async (_name, end, text) => {
    const signIns = signInsAt(CODE, { asked: QUESTION, end });
    const all = { ...overview, myAccess: async () => [applied] };
    const mine = await typist(stubApp({ overview: all, signIns })).type('my accounts');
    expect(mine.text).toContain('Tower** (Plex): `ada` (a…@x.org) · 📨 invited');
    expect(mine.labels).toEqual(['I have an account: Den']);
    const shown = await mine.press('I have an account: Den');
    expect(shown.text).toMatch(/`123456`(.|\n)*Never open a sign-in link, or type a code/);
    const asked = await shown.later();
    expect(asked.text).toContain('signing in to Den as **ada** for');
    const going = await asked.press('Yes, connect it');
    expect((await going.later()).text).toContain(text);
    expect(signIns.start).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ at: { serverId: 'den' } }),
    );
  });

  it('says when the code ran out', async () => {
    const signIns = signInsAt(CODE, { asked: { kind: 'expired' } });
    const shown = await typist(stubApp({ overview, signIns })).use('my accounts', 'quick', 'den');
    expect((await shown.later()).text).toContain('The code ran out');
  });

  it.each([
    [true, 'Nothing was connected'],
    [false, 'no longer open'],
  ])('“Not me” links nothing (open: %s)', async (open, text) => {
    const decline = vi.fn(async () => open);
    const app = stubApp({ signIns: { decline } });
    expect((await typist(app).use('my accounts', 'other', 'signin')).text).toContain(text);
    expect(decline).toHaveBeenCalledExactlyOnceWith(GUILD, STAFF, 'signin');
  });

  it('says when a question is no longer open', async () => {
    const app = stubApp({ signIns: { confirm: async () => undefined } });
    expect((await typist(app).use('my accounts', 'mine', 'signin')).text).toContain('no longer open');
  });

  it('says when there is nothing, no server, an account already, or no answer', async () => {
    const none = stubApp({ overview: { myAccounts: async () => [] } });
    expect((await typist(none).type('my accounts')).text).toContain('no accounts here yet');
    const quick = async (result: StartSignIn) =>
      (await typist(stubApp({ signIns: { start: async () => result } })).use('my accounts', 'quick', 'x'))
        .text;
    expect(await quick({ kind: 'not-there' })).toContain('no longer here');
    expect(await quick({ kind: 'failed', place: CODE, why: off })).toContain(
      'staff have to put something right',
    );
    expect(await quick({ kind: 'has-another', server: den, account: anAccount() })).toMatch(
      /You have an account on Den already: `ada`/,
    );
  });
});

describe('a server that cannot be reached, for members', () => {
  const silent = aServer({ failedChecks: 1, sharingFailedChecks: 1, offlineWhy: 'no', sharingWhy: 'no' });
  it.each<[string, GrantStanding['servers'][number]['application'], RegExp]>([
    ['what they have', { kind: 'applied', seenAt: NOON }, /What you have there stays yours: Movies on Tower/],
    [
      'what stands while another change waits',
      { kind: 'seen-before', seenAt: NOON },
      /What you have there stays yours/,
    ],
    ['what is queued', { kind: 'queued' }, /You get Movies on Tower as soon as it can/],
    ['what failed', { kind: 'failed', why: 'Nothing answers.' }, /You get Movies on Tower as soon as it can/],
    [
      'what has ended',
      { kind: 'still-open', why: 'Nothing answers.' },
      /it is taken away as soon as that works again/,
    ],
  ])('says of %s what it means', async (_name, application, says) => {
    const servers = [{ server: silent, application }];
    const all = [{ ...nothing, standings: [{ ...standingOf(), servers }] }];
    const { text } = await typist(stubApp({ overview: { myAccess: async () => all } })).type('my access');
    expect(text).toMatch(/Usher cannot look at Tower right now/);
    expect(text).toMatch(says);
    expect(text).not.toContain('Nothing answers');
  });
});
