import { describe, expect, it, vi } from 'vitest';
import type { RedeemResult } from '../../src/app/grants/invites.ts';
import { toGuildId } from '../../src/domain/ids.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { standingOf } from './samples.ts';

describe('redeeming', () => {
  const redeemed = (kind: 'applied' | 'no-account' | 'invited', again = false): RedeemResult => ({
    kind: 'redeemed',
    guildId: GUILD,
    standing: standingOf({}, { kind }),
    again,
  });

  it.each<[string, RedeemResult, string, readonly string[]]>([
    ['what is there already', redeemed('applied'), 'Welcome!', []],
    ['what needs an account', redeemed('no-account'), 'connect an account', ['Sign in with Plex']],
    ['what needs a sign-in', redeemed('invited'), 'Usher accepts the invitation', ['Sign in with Plex']],
    ['it again', redeemed('applied', true), 'You redeemed this invite before', []],
    ['no code', { kind: 'no-such-code' }, 'cannot be redeemed', []],
    ['nothing like a code', { kind: 'no-code' }, 'There is no code in that', []],
    ['two codes', { kind: 'several-codes' }, 'more than one code', []],
    ['too often', { kind: 'too-many-tries', by: 'member' }, 'Five codes in ten minutes', []],
    ['too often by all', { kind: 'too-many-tries', by: 'guild' }, 'by you or by others', []],
    ['too often by strangers', { kind: 'too-many-tries', by: 'strangers' }, '/redeem', []],
  ])('%s', async (_name, result, text, labels) => {
    const redeemCode = vi.fn(async (_input: unknown) => result);
    const redeemInvite = vi.fn(async () => result);
    const person = typist(stubApp({ invites: { redeemCode, redeemInvite } }));
    const typed = await (await person.type('redeem')).submit({ code: 'abcd' });
    expect(typed).toMatchObject({ text: expect.stringContaining(text), labels });
    expect(redeemCode).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, memberId: STAFF, typed: 'abcd' });
    for (const [path, op] of [
      ['redeem', 'open'],
      ['invite create', 'claim'],
    ] as const)
      expect((await person.use(path, op, 'invite-1')).text).toBe(typed.text);
    expect(redeemInvite.mock.calls).toEqual(Array(2).fill([GUILD, 'invite-1', STAFF]));
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
