import { afterEach, beforeEach, expect, it } from 'vitest';
import { codeAlphabet } from '../../../src/adapters/codes.ts';
import { DAY, MINUTE } from '../../support/moments.ts';
import { GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const who = { guildId: GUILD, actorId: STAFF };
const make = (changes: Partial<Parameters<typeof world.app.apiTokens.create>[0]> = {}) =>
  world.app.apiTokens.create({ ...who, name: 'shop', scope: 'grants', expiresAt: null, ...changes });

async function made(changes: Parameters<typeof make>[0] = {}) {
  const result = await make(changes);
  if (result.kind !== 'made') throw new Error(`no token was made: ${result.kind}`);
  return result;
}

it('is made on the record, and kept as what cannot be shown again', async () => {
  const { secret, token } = await made();
  expect(secret).toMatch(/^ush_[0-9A-Za-z]{36}$/);
  expect(token.last4).toBe(secret.slice(-4));
  expect(await world.rowsOf(GUILD)).not.toContain(secret);
  expect(await world.events()).toMatchObject([
    { action: 'api.token_created', actorId: STAFF, facts: { token: 'shop', how: 'grants', until: null } },
  ]);
});

it('has a checksum by which what is mistyped is known without being looked up', async () => {
  const { codes } = world.deps;
  const secret = codes.newToken();
  expect(codes.isToken(secret)).toBe(true);
  const others = Array.from({ length: 36 }, (_, index) => {
    const at = 4 + index;
    const other = codeAlphabet.charAt((codeAlphabet.indexOf(secret.charAt(at).toUpperCase()) + 1) % 31);
    return secret.slice(0, at) + other + secret.slice(at + 1);
  });
  const wrong = others.filter((one) => one !== secret);
  expect(wrong.filter((one) => codes.isToken(one))).toEqual([]);
});

it('has a name of its own, in any case, and there are not too many', async () => {
  await made();
  expect(await make({ name: ' SHOP\u200b ' })).toEqual({ kind: 'name-taken', name: 'shop' });
  expect(await make({ name: ' \u200b ' })).toEqual({ kind: 'no-name' });
  expect((await make({ guildId: OTHER_GUILD })).kind).toBe('made');
  for (let count = 1; count < 50; count += 1) await made({ name: `token ${count}` });
  expect(await make({ name: 'one more' })).toEqual({ kind: 'too-many', most: 50 });
});

it('lets in until it expires or is revoked, and notes its use every ten minutes', async () => {
  const { secret, token } = await made({ expiresAt: new Date(world.clock.now().getTime() + DAY) });
  const { admit, find, revoke } = world.app.apiTokens;
  const used = async () => (await find(GUILD, token.id))?.lastUsedAt;
  expect(await admit(secret)).toMatchObject({ guildId: GUILD, token: { name: 'shop', scope: 'grants' } });
  const first = await used();
  world.clock.advance(9 * MINUTE);
  await admit(secret);
  expect(await used()).toEqual(first);
  world.clock.advance(MINUTE);
  await admit(secret);
  expect(await used()).toEqual(world.clock.now());
  world.clock.advance(DAY);
  expect(await admit(secret)).toBeUndefined();
  const other = await made({ name: 'other' });
  expect(await revoke({ ...who, guildId: OTHER_GUILD, tokenId: other.token.id })).toBeUndefined();
  expect(await revoke({ ...who, tokenId: other.token.id })).toMatchObject({ name: 'other' });
  expect(await admit(other.secret)).toBeUndefined();
  expect(await revoke({ ...who, tokenId: other.token.id })).toBeUndefined();
  expect((await world.actions()).at(-1)).toBe('api.token_revoked');
});
