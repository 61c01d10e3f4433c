/** Keys that are derived from the one of the installation: each for one thing, and the same for ever. */
import { expect, it } from 'vitest';
import { createCodes } from '../../src/adapters/codes.ts';
import { createCustomIds } from '../../src/adapters/discord/messages/custom-id.ts';
import { readKeyring } from '../../src/adapters/keyring.ts';
import { createSecrets } from '../../src/adapters/secrets.ts';
import type { Log } from '../../src/app/ports/log.ts';
import { noon } from '../support/moments.ts';
import { GUILD } from '../support/people.ts';

const KEY = Buffer.alloc(32, 1);
const FRESH = Buffer.alloc(32, 2);

function anInstallation(facts: ReadonlyMap<string, string> = new Map()) {
  const kept = new Map(facts);
  return { find: async (key: string) => kept.get(key), set: async () => {} };
}
const said: string[] = [];
const log: Log = { info: () => {}, warn: () => {}, error: (_, sentence) => void said.push(sentence) };

const button = {
  ...{ command: 'redeem', op: 'go', args: [], applicationId: '1', guildId: GUILD, inDm: false },
  ...({ audience: 'everybody', expiresAt: noon } as const),
};

it('are fixed: another derivation would invalidate every code and every button that people have', async () => {
  const keys = await readKeyring(KEY, anInstallation(), log);
  expect(createCodes(keys.derived('invite-code')).hmac('23456789ABCDEFGH')).toMatchInlineSnapshot(
    `"f6e22081e27a7546d785b93214118f4339d25294051e14835c7e8439aea4a97f"`,
  );
  expect(createCustomIds(keys.derived('custom-id')).sign(button)).toMatchInlineSnapshot(
    `"1~redeem~go~~hl4s0~*..~PlP69i2upENe8D3p"`,
  );
  expect(keys.derived('record-head').toString('hex')).toMatchInlineSnapshot(
    `"4a4b64a0dbe4a01f337f786b078a9036678fe2944b35ba164240bd646fbfb4ce"`,
  );
});

it('of a former key are kept with the next one, and open to nobody else', async () => {
  const before = await readKeyring(KEY, anInstallation(), log);
  const facts = before.replacedBy(FRESH);
  const after = await readKeyring(FRESH, anInstallation(facts), log);
  expect(after.former('invite-code')).toMatchObject([
    { bytes: before.derived('invite-code'), isForgotten: false },
  ]);
  const text = [...facts.values()].join();
  for (const secret of [KEY, FRESH, before.derived('custom-id'), before.derived('invite-code')])
    expect(text).not.toContain(secret.toString('base64'));

  const forgotten = await readKeyring(FRESH, anInstallation(after.forgotten()), log);
  expect(forgotten.former('custom-id')).toMatchObject([{ isForgotten: true }]);
  expect(said).toEqual([]);
});

it('of a former key that were changed in the database are not believed, and that is said', async () => {
  const place = { guildId: '', column: 'Installation.keys.former', row: 'elsewhere' };
  const facts = new Map([['keys.former', createSecrets(KEY).seal('[]', place)]]);
  const keys = await readKeyring(KEY, anInstallation(facts), log);
  expect(keys.former('custom-id')).toEqual([]);
  expect(said).toEqual([expect.stringContaining('invite codes of before are refused')]);
});
