import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeAlphabet, codeLength, createCodes } from '../../src/adapters/codes.ts';

const codes = createCodes(Buffer.alloc(32, 1));

describe('an invite code', () => {
  it('is sixteen symbols in groups of four, of 31 that cannot be mistaken', () => {
    expect(new Set(codeAlphabet).size).toBe(31);
    expect(codeAlphabet).not.toMatch(/[01OIL]/);
    for (let n = 0; n < 200; n += 1)
      expect(codes.newCode()).toMatch(/^([2-9A-HJKMNP-Z]{4}-){3}[2-9A-HJKMNP-Z]{4}$/);
  });

  it('uses every symbol about as often as any other', () => {
    const counts = new Map<string, number>();
    const drawn = 2_000;
    for (let n = 0; n < drawn; n += 1) {
      for (const symbol of codes.newCode().replaceAll('-', ''))
        counts.set(symbol, (counts.get(symbol) ?? 0) + 1);
    }
    const expected = (drawn * codeLength) / codeAlphabet.length;
    expect(counts.size).toBe(31);
    // Seven standard deviations: fair draws exceed this less than once in a billion runs.
    for (const count of counts.values())
      expect(Math.abs(count - expected)).toBeLessThan(7 * Math.sqrt(expected));
  });

  it('is read in any case, with any hyphens and spaces', () => {
    const symbols = fc.array(fc.constantFrom(...codeAlphabet), {
      minLength: codeLength,
      maxLength: codeLength,
    });
    const between = fc.array(fc.constantFrom('', ' ', '-', '–', '\u00a0', '_', '\n'), {
      minLength: codeLength,
      maxLength: codeLength,
    });
    fc.assert(
      fc.property(symbols, between, fc.boolean(), (code, separators, lower) => {
        const typed = code.map((symbol, n) => symbol + separators[n]).join('');
        expect(codes.normalise(lower ? typed.toLowerCase() : typed)).toBe(code.join(''));
      }),
    );
  });

  it.each([
    '',
    'ABCD',
    'ABCD-EFGH-JKMN-PQR',
    'ABCD-EFGH-JKMN-PQRST',
    'ABCD-EFGH-JKMN-PQR0',
    'ßßßßßßßß',
    'ABCD/EFGH/JKMN/PQRS',
  ])('is not %j', (typed) => {
    expect(codes.normalise(typed)).toBeUndefined();
  });

  it('has one hash per key, which a key of another installation does not give', () => {
    const code = codes.normalise(codes.newCode()) ?? '';
    expect(codes.hmac(code)).toMatch(/^[0-9a-f]{64}$/);
    expect(createCodes(Buffer.alloc(32, 1)).hmac(code)).toBe(codes.hmac(code));
    expect(createCodes(Buffer.alloc(32, 2)).hmac(code)).not.toBe(codes.hmac(code));
    // The value is fixed here, because another derivation would invalidate every stored code.
    expect(codes.hmac('23456789ABCDEFGH')).toMatchInlineSnapshot(
      `"f6e22081e27a7546d785b93214118f4339d25294051e14835c7e8439aea4a97f"`,
    );
  });
});

it('passwords are long, of every kind, and without look-alikes', () => {
  for (let n = 0; n < 200; n += 1) {
    const password = codes.newPassword();
    expect(password).toMatch(/^[A-HJKMNP-Za-km-z2-9]{20}$/);
    expect([/[A-Z]/, /[a-z]/, /[0-9]/].every((kind) => kind.test(password))).toBe(true);
  }
});

it('ids are twelve letters and digits, and all different', () => {
  const ids = Array.from({ length: 5_000 }, () => codes.newId());
  expect(ids.every((id) => /^[0-9A-Za-z]{12}$/.test(id))).toBe(true);
  expect(new Set(ids).size).toBe(5_000);
});
