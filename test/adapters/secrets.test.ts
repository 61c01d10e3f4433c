import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkKey,
  createSecrets,
  hasKeyMarker,
  keyIdOf,
  missingKey,
  WrongKey,
} from '../../src/adapters/secrets.ts';
import type { Stores } from '../../src/app/ports/stores.ts';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const secrets = createSecrets(key);
const place = { guildId: 'g', column: 'Server.token' };

function anInstallation(): Stores['installation'] & { readonly facts: Map<string, string> } {
  const facts = new Map<string, string>();
  return {
    facts,
    find: async (name) => facts.get(name),
    set: async (name, value) => void facts.set(name, value),
  };
}

describe('a sealed text', () => {
  it('opens in its place, whatever it says and wherever that is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme' }),
        fc.string(),
        fc.string(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (plain, guildId, column, bytes) => {
          const { seal, open } = createSecrets(Buffer.from(bytes));
          expect(open(seal(plain, { guildId, column }), { guildId, column })).toBe(plain);
        },
      ),
    );
  });

  it('names version and key, shows nothing, and is never the same twice', () => {
    const sealed = secrets.seal('token', place);
    expect(sealed).toMatch(new RegExp(`^v1\\.${keyIdOf(key)}\\.[\\w-]{16}\\.[\\w-]{28}$`));
    expect(secrets.seal('token', place)).not.toBe(sealed);
  });

  it.each([
    ['another guild', { guildId: 'h', column: 'Server.token' }],
    ['another column', { guildId: 'g', column: 'SignIn.pin' }],
    ['a place with the same letters', { guildId: 'gS', column: 'erver.token' }],
  ])('does not open in %s', (_name, elsewhere) => {
    expect(() => secrets.open(secrets.seal('token', place), elsewhere)).toThrow(/changed, or moved/);
  });

  it('does not open when any one character is another', () => {
    const sealed = secrets.seal('the token', place);
    fc.assert(
      fc.property(
        fc.nat(sealed.length - 1),
        fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'),
        (at, symbol) => {
          fc.pre(sealed[at] !== symbol);
          const tampered = sealed.slice(0, at) + symbol + sealed.slice(at + 1);
          expect(() => secrets.open(tampered, place)).toThrow();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each(['', 'in the clear', 'v2.a.b.c', 'v1.x', 'v1...', 'v1.a.b.c.d'])(
    'is not %j, which is not repeated',
    (text) => {
      const failing = () => secrets.open(text, place);
      expect(failing).toThrow();
      if (text.length > 2) expect(failing).not.toThrow(text);
    },
  );

  it('does not open with another key, and says which and which not', () => {
    const sealed = secrets.seal('token', place);
    const failing = () => createSecrets(other).open(sealed, place);
    expect(failing).toThrow(WrongKey);
    expect(failing).toThrow(
      `Server.token was sealed with key ${keyIdOf(key)}, and the key in use is ${keyIdOf(other)}.`,
    );
    expect(failing).not.toThrow(sealed);
  });
});

it('takes keys of 32 bytes only', () => {
  expect(() => createSecrets(randomBytes(16))).toThrow('16 bytes');
});

describe('the key of a database', () => {
  it('leaves a marker at the first start and fits at later ones', async () => {
    const installation = anInstallation();
    expect(await hasKeyMarker(installation)).toBe(false);
    await checkKey(secrets, installation);
    expect(await hasKeyMarker(installation)).toBe(true);
    const before = new Map(installation.facts);
    await checkKey(createSecrets(key), installation);
    expect(installation.facts).toEqual(before);
  });

  it('is not replaced: another key is refused with what to do, and nothing changes', async () => {
    const installation = anInstallation();
    await checkKey(secrets, installation);
    const before = new Map(installation.facts);
    const failed = checkKey(createSecrets(other), installation);
    await expect(failed).rejects.toThrow(WrongKey);
    await expect(failed).rejects.toThrow(/Restore the secret\.key that belongs to this database/);
    await expect(failed).rejects.toThrow(keyIdOf(key));
    expect(installation.facts).toEqual(before);
    await checkKey(secrets, installation);
  });

  it('is refused when the marker was tampered with', async () => {
    const installation = anInstallation();
    await installation.set('secrets.check', secrets.seal('usher', place));
    await expect(checkKey(secrets, installation)).rejects.toThrow(WrongKey);
  });

  it('has a sentence for a missing file', () => {
    expect(missingKey('data/secret.key').message).toMatch(
      /^The key file data\/secret\.key is missing, .* Restore/,
    );
  });
});
