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
import { olderText } from '../support/older-texts.ts';

const key = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const secrets = createSecrets(key);
const place = { guildId: 'g', column: 'Server.token', row: 'tower' };

const MARKER = { guildId: '', column: 'Installation.secrets.check', row: 'secrets.check' };

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
        fc.string(),
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        (plain, guildId, column, row, bytes) => {
          const { seal, open } = createSecrets(Buffer.from(bytes));
          expect(open(seal(plain, { guildId, column, row }), { guildId, column, row })).toBe(plain);
        },
      ),
    );
  });

  it('names version and key, shows nothing, and is never the same twice', () => {
    const sealed = secrets.seal('token', place);
    expect(sealed).toMatch(new RegExp(`^v2\\.${keyIdOf(key)}\\.[\\w-]{16}\\.[\\w-]{28}$`));
    expect(secrets.seal('token', place)).not.toBe(sealed);
  });

  it.each([
    ['another guild', { ...place, guildId: 'h' }],
    ['another column', { ...place, column: 'SignIn.pin' }],
    ['another row', { ...place, row: 'den' }],
    ['a place with the same letters', { guildId: 'gS', column: 'erver.token', row: 'tower' }],
    ['another with the same letters', { guildId: 'g', column: 'Server.tokent', row: 'ower' }],
  ])('does not open in %s', (_name, elsewhere) => {
    expect(secrets.open(secrets.seal('token', place), elsewhere)).toBeUndefined();
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
          expect(secrets.open(tampered, place)).toBeUndefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    '',
    'in the clear',
    'v1.a.b.c',
    'v2.a.b.c',
    'v2.x',
    'v2...',
    'v2.a.b.c.d',
    olderText(key, 'token', place),
  ])('is not %j', (text) => {
    expect(secrets.open(text, place)).toBeUndefined();
  });

  it('does not open with another key', () => {
    expect(createSecrets(other).open(secrets.seal('token', place), place)).toBeUndefined();
  });
});

it('takes keys of 32 bytes only', () => {
  expect(() => createSecrets(randomBytes(16))).toThrow('16 bytes');
});

describe('the key of a database', () => {
  const nothingToDo = async () => {
    throw new Error('nothing is to be sealed anew');
  };

  it('leaves a marker at the first start and fits at later ones', async () => {
    const installation = anInstallation();
    expect(await hasKeyMarker(installation)).toBe(false);
    await checkKey(key, installation, nothingToDo);
    expect(await hasKeyMarker(installation)).toBe(true);
    const before = new Map(installation.facts);
    await checkKey(key, installation, nothingToDo);
    expect(installation.facts).toEqual(before);
  });

  it.each([
    ['of this version', () => undefined],
    [
      'of an older one',
      (facts: Map<string, string>) => facts.set('secrets.check', olderText(key, 'usher', MARKER)),
    ],
  ])(
    'is not replaced: another key is refused with what to do, and nothing changes (marker %s)',
    async (_name, make) => {
      const installation = anInstallation();
      await checkKey(key, installation, nothingToDo);
      make(installation.facts);
      const before = new Map(installation.facts);
      const failed = checkKey(other, installation, nothingToDo);
      await expect(failed).rejects.toThrow(WrongKey);
      await expect(failed).rejects.toThrow(/Restore the secret\.key that belongs to this database/);
      await expect(failed).rejects.toThrow(keyIdOf(key));
      await expect(failed).rejects.toThrow(keyIdOf(other));
      expect(installation.facts).toEqual(before);
    },
  );

  it('is refused when the marker was tampered with', async () => {
    const installation = anInstallation();
    await installation.set('secrets.check', secrets.seal('usher', place));
    await expect(checkKey(key, installation, nothingToDo)).rejects.toThrow(WrongKey);
  });

  it('has a sentence for a missing file', () => {
    expect(missingKey('data/secret.key').message).toMatch(
      /^The key file data\/secret\.key is missing, .* Restore/,
    );
  });

  it('of an older version: what it sealed is sealed anew once, and again only if that was cut off', async () => {
    const installation = anInstallation();
    installation.facts.set('secrets.check', olderText(key, 'usher', MARKER));
    const old = olderText(key, 'token', place);
    const killed = checkKey(key, installation, async () => {
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    let fresh: string | undefined;
    await checkKey(key, installation, async (reseal) => {
      fresh = reseal(old, place);
      expect(reseal(old, { ...place, guildId: 'h' })).toBeUndefined();
      expect(reseal(fresh ?? '', place)).toBeUndefined();
    });
    expect(secrets.open(fresh ?? '', place)).toBe('token');
    expect(secrets.open(fresh ?? '', { ...place, row: 'den' })).toBeUndefined();
    await checkKey(key, installation, nothingToDo);
  });
});
