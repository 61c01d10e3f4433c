import { describe, expect, it, vi } from 'vitest';
import { commands } from '../../commands/index.ts';
import type { RedeemResult } from '../../src/app/grants/invites.ts';
import { toGuildId } from '../../src/domain/ids.ts';
import type { Server } from '../../src/domain/model.ts';
import { type Answer, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { aLibrary, aServer, NOON, standingOf } from './samples.ts';

describe('redeeming', () => {
  const redeemed = (kind: 'applied' | 'no-account' | 'invited', again = false): RedeemResult => ({
    kind: 'redeemed',
    guildId: GUILD,
    standing: standingOf({}, { kind }),
    again,
  });

  const tooMany = { start: async () => ({ kind: 'too-many' }) as const };

  it.each<[string, RedeemResult, string, readonly string[]]>([
    ['what is there already', redeemed('applied'), "Welcome, you're in!", []],
    [
      'what needs an account',
      redeemed('no-account'),
      'Welcome! You get Movies on Tower,',
      ['Sign in with Plex'],
    ],
    ['what needs a sign-in', redeemed('invited'), 'Welcome! You get Movies on Tower,', ['Sign in with Plex']],
    ['it again', redeemed('applied', true), 'You redeemed this invite before', []],
    ['no code', { kind: 'no-such-code' }, 'cannot be redeemed', []],
    ['nothing like a code', { kind: 'no-code' }, 'There is no code in that', []],
    ['two codes', { kind: 'several-codes' }, 'more than one code', []],
    ['too often', { kind: 'too-many-tries', by: 'member' }, 'five codes in ten minutes', []],
    ['too often by all', { kind: 'too-many-tries', by: 'guild' }, 'by you or by others', []],
    ['too often by strangers', { kind: 'too-many-tries', by: 'strangers' }, '/redeem', []],
  ])('%s', async (_name, result, text, labels) => {
    const redeemCode = vi.fn(async (_input: unknown) => result);
    const redeemInvite = vi.fn(async () => result);
    // No link can be had, so that the button asks for one.
    const person = typist(stubApp({ invites: { redeemCode, redeemInvite }, signIns: tooMany }));
    const typed = await (await person.type('redeem')).submit({ code: 'abcd' });
    expect(typed).toMatchObject({ text: expect.stringMatching(new RegExp(text, 'i')), labels });
    expect(redeemCode).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, memberId: STAFF, typed: 'abcd' });
    for (const [path, op] of [
      ['redeem', 'open'],
      ['invite create', 'claim'],
    ] as const)
      expect((await person.use(path, op, 'invite-1')).text).toBe(typed.text);
    expect(redeemInvite.mock.calls).toEqual(Array(2).fill([GUILD, 'invite-1', STAFF]));
  });

  it('shows the link to sign in with at once, below what the invite gives', async () => {
    const value = {
      place: { kind: 'plex', server: null },
      ...{ shown: 'https://plex.test/x', expiresAt: NOON },
      ...{ asked: new Promise<never>(() => {}), isApproved: () => false, leave: () => {} },
    } as const;
    const start = vi.fn(async () => ({ kind: 'started', value }) as const);
    const redeemInvite = async () => redeemed('no-account');
    const person = typist(stubApp({ invites: { redeemInvite }, signIns: { start } }));
    const { text, view, labels } = await person.use('redeem', 'open', 'invite-1');
    expect(text).toMatch(/^Welcome! You get Movies on Tower, for good\.\nOpen the page(.|\n)*alone/);
    expect(JSON.stringify(view)).toContain('"url":"https://plex.test/x"');
    expect(labels).toEqual([]);
    expect(start).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ guildId: GUILD, memberId: STAFF, at: { kind: 'plex' } }),
    );
  });

  it('goes on in the same message, and never over a password that is shown once', async () => {
    const den = aServer({ id: 'den', name: 'Den', kind: 'jellyfin', publicUrl: 'https://den.test' });
    const loft = aServer({ id: 'loft', name: 'Loft', kind: 'jellyfin', publicUrl: 'https://loft.test' });
    const needs = (...servers: readonly Server[]) => ({
      ...standingOf(),
      libraries: [den, loft].map(({ id }) => aLibrary('Films', { id: `films-${id}`, serverId: id })),
      servers: [den, loft].map((server) => ({
        server,
        application: { kind: servers.includes(server) ? 'no-account' : 'applied' } as const,
      })),
    });
    const create = async () => ({ kind: 'created', server: den, name: 'mia', password: 'pw' }) as const;
    const mine = {
      guildId: GUILD,
      community: null,
      left: [],
      passwordsFor: [],
      ended: [],
      renewable: false,
      asked: [],
    };
    const app = stubApp({
      invites: {
        redeemInvite: async () => ({
          kind: 'redeemed',
          guildId: GUILD,
          standing: needs(den, loft),
          again: false,
        }),
      },
      overview: { myAccess: async () => [{ ...mine, membership: 'member', standings: [needs(loft)] }] },
      serverAccounts: { create },
    });
    const person = typist(app);
    const welcome = await person.use('redeem', 'open', 'invite-1');
    expect(welcome.labels.slice(0, 2)).toEqual(['Create account: Den', 'Create account: Loft']);
    const made = await (await welcome.press('Create account: Den')).submit({ name: 'mia' });
    expect(made.text).toMatch(
      /Your account on Den is ready(.|\n)*Password: `pw`(.|\n)*You can watch Films on Den/,
    );
    expect(JSON.stringify(made.view)).toContain('"url":"https://den.test"');
    const ops = (answer: Answer) => JSON.stringify(answer.view).match(/"op":"\w+"/g);
    expect(ops(welcome)).toEqual(['"op":"jellyfin"', '"op":"jellyfin"', '"op":"quick"', '"op":"quick"']);
    expect(ops(made)).toEqual(['"op":"jellyfinBeside"', '"op":"quickBeside"']);
    expect(await made.press('Create account: Loft')).toMatchObject({ view: { op: 'accountBeside' } });
    const { components = {} } = commands['my access'] ?? {};
    expect([components.account?.answers, components.accountBeside?.answers]).toEqual([undefined, 'message']);
  });

  it('takes a whole message', async () => {
    const { view } = await typist(stubApp({})).type('redeem');
    expect(view).toMatchObject({ fields: [{ id: 'code', long: true, maxLength: 4_000 }] });
  });

  it('in a DM counts in every guild', async () => {
    const redeemCode = vi.fn(async (_input: unknown) => ({ kind: 'no-such-code' }) as const);
    const person = typist(stubApp({ invites: { redeemCode } }), { inDm: true, guildId: toGuildId('') });
    await (await person.type('redeem')).submit({ code: 'abcd' });
    expect(redeemCode.mock.calls).toMatchObject([[{ guildId: null }]]);
  });
});
