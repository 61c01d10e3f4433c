import { describe, expect, it, vi } from 'vitest';
import type { MadeToken } from '../../src/app/guild/api-tokens.ts';
import type { ApiToken } from '../../src/domain/programs.ts';
import { type Stubs, stubApp, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { anApiToken } from '../support/rows.ts';
import { memoryDrafts, times } from './samples.ts';

const SECRET = 'ush_0123456789abcdefghijABCDEFGHIJ012345';
const { hmac: _hmac, ...shop } = anApiToken('shop', { name: 'shop', scope: 'grants', createdById: STAFF });

const person = (apiTokens: NonNullable<Stubs['apiTokens']>) =>
  typist(stubApp({ apiTokens, timeInput: times(), drafts: memoryDrafts() }));

describe('/api token create', () => {
  const making = (made: MadeToken, isServed = true) => {
    const create = vi.fn(async () => made);
    return { create, person: person({ create, isServed: () => isServed }) };
  };

  it('shows the token once, what it may do, and where to read on', async () => {
    const { create, person: olga } = making({ kind: 'made', token: shop, secret: SECRET });
    const { text } = await olga.type('api token create', { name: 'shop', scope: 'grants' });
    expect(text).toMatch(
      /The token “shop”(.|\n)*`ush_\w{36}`(.|\n)*shown this once(.|\n)*give and end access/,
    );
    expect(text).toMatch(/It is good for good\.(.|\n)*`Authorization: Bearer …`/);
    const what = { guildId: GUILD, actorId: STAFF, name: 'shop', scope: 'grants', expiresAt: null };
    expect(create).toHaveBeenCalledExactlyOnceWith(what);
  });

  it('says where the API is switched off', async () => {
    const { person: olga } = making({ kind: 'made', token: shop, secret: SECRET }, false);
    const { text } = await olga.type('api token create', { name: 'shop', scope: 'grants' });
    expect(text).toMatch(/switched off at the moment(.|\n)*`API=on`/);
  });

  it.each([
    ['a name that is taken', { kind: 'name-taken', name: 'Shop' }, /No token was made(.|\n)*“Shop” already/],
    ['no name', { kind: 'no-name' }, /needs a name/],
    ['too many', { kind: 'too-many', most: 50 }, /There are 50 tokens already/],
  ] as const)('says why none was made: %s', async (_why, made, expected) => {
    const { person: olga } = making(made);
    const { text } = await olga.type('api token create', { name: 'shop', scope: 'read' });
    expect(text).toMatch(expected);
  });

  it('takes no length that is none', async () => {
    const { create, person: olga } = making({ kind: 'no-name' });
    for (const expires of ['never', '30'])
      expect((await olga.type('api token create', { name: 'x', scope: 'read', expires })).text).toMatch(
        /No token was made/,
      );
    expect(create).not.toHaveBeenCalled();
  });
});

describe('/api token list', () => {
  it('has a row for each, and opens one with a button that asks before it revokes', async () => {
    const tokens: readonly ApiToken[] = [shop, { ...shop, id: 'ha', name: 'Home Assistant', scope: 'read' }];
    const find = async (_guildId: string, id: string) => tokens.find((one) => one.id === id);
    const revoke = vi.fn(async () => shop);
    const olga = person({ list: async () => tokens, find, revoke });
    const list = await olga.type('api token list');
    expect(list.text).toMatch(/shop.* · grants · unused(.|\n)*Home Assistant/);
    const opened = await list.selectIn('Open a token', 'shop');
    expect(opened.text).toMatch(/shop(.|\n)*ends in `last`/);
    const asked = await opened.press('Revoke');
    expect(asked.text).toMatch(/Revoke the token “shop”\?(.|\n)*shut out at once/);
    expect(revoke).not.toHaveBeenCalled();
    const done = await asked.press('Revoke');
    expect(done.text).toMatch(/“shop” is revoked/);
    expect(revoke).toHaveBeenCalledExactlyOnceWith({ guildId: GUILD, actorId: STAFF, tokenId: 'shop' });
  });
});
