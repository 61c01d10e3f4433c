import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeAlphabet, codeLength, createCodes } from '../../src/adapters/codes.ts';
import { timed } from '../support/cpu.ts';

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

  const CODE = 'ABCDEFGHJKMNPQRS';
  const dm = `### You are invited to Film Club\n<@222222222222222222> gives you access for 30 days, counted from when you redeem it.\n- Tower · Movies\n- Attic, upstairs · Kids\nYour code: \`ABCD-EFGH-JKMN-PQRS\`\nValid until <t:1798740000:f> (<t:1798740000:R>). It is for you only.\n-# Or type \`/redeem\` and enter the code.`;
  /** As the message is now, in both languages. */
  const now = [
    '### You are invited to Film Club\n<@222222222222222222> gives you Movies on Tower for 30 days, counted from when you redeem it.\n-# Or type `/redeem` and the code `ABCD-EFGH-JKMN-PQRS`. It is for you only, and good until <t:1798740000:f>.',
    '### Du bist bei Film Club eingeladen\n<@222222222222222222> gibt dir Movies auf Tower für 30 Tage, gezählt ab dem Einlösen.\n-# Oder tippe `/redeem` und den Code `ABCD-EFGH-JKMN-PQRS`. Er ist nur für dich und gilt bis <t:1798740000:f>.',
  ];

  it.each([
    '`ABCD-EFGH-JKMN-PQRS`',
    '``abcd-efgh-jkmn-pqrs``',
    '```\nABCD-EFGH-JKMN-PQRS\n```',
    '**ABCD-EFGH-JKMN-PQRS**',
    '__*ABCD-EFGH-JKMN-PQRS*__',
    '||ABCD-EFGH-JKMN-PQRS||',
    '~~ABCD~~-EFGH-**JKMN**-PQRS',
    'ABCD\\-EFGH\\-JKMN\\-PQRS',
    'ABCD−EFGH−JKMN−PQRS',
    'ABCD‑EFGH‐JKMN﹣PQRS',
    'ABCD－EFGH—JKMN–PQRS',
    'ABCD\u200b-EFGH-JKMN-PQRS',
    '\ufeffABCD-EFGH\u00ad-JKMN-PQRS\u200f',
    'A\u2060BCDEFGHJKMNPQRS\u200d',
    'ＡＢＣＤ－ＥＦＧＨ－ＪＫＭＮ－ＰＱＲＳ',
    '𝐀𝐁𝐂𝐃-𝐄𝐅𝐆𝐇-𝐉𝐊𝐌𝐍-𝐏𝐐𝐑𝐒',
    'Code: ABCD-EFGH-JKMN-PQRS',
    'code:abcd efgh jkmn pqrs',
    'Your code is ABCDEFGHJKMNPQRS, have fun',
    'CODE - ABCD - EFGH - JKMN - PQRS',
    'Then ABCD EFGH JKMN PQRS please',
    'ABCD-EFGH-JKMN-PQRS.',
    '“ABCD-EFGH-JKMN-PQRS”',
    "'ABCD-EFGH-JKMN-PQRS'",
    '(ABCD-EFGH-JKMN-PQRS)!',
    '> ABCD-EFGH-JKMN-PQRS',
    'ABCD-EFGH-\nJKMN-PQRS',
    'ABCD-EFGH-JKMN-PQRS and again ABCD-EFGH-JKMN-PQRS',
    '🎟️ ABCD-EFGH-JKMN-PQRS 🎉',
    'Это код: ABCD-EFGH-JKMN-PQRS',
    dm,
    dm.replaceAll('`', ''),
    dm.replaceAll('\n', ' '),
    dm.replaceAll('`', '').replaceAll('\n', ''),
    dm.toUpperCase(),
    dm.toLowerCase(),
    ...now.flatMap((text) => [
      text,
      text.replaceAll('`', ''),
      text.toUpperCase(),
      text.replaceAll('\n', ' ').toLowerCase(),
    ]),
  ])('is found in %j', (typed) => {
    expect(codes.read(typed)).toEqual({ kind: 'code', code: CODE });
    expect(codes.normalise(typed)).toBe(CODE);
  });

  it.each([
    ['several', 'ABCD-EFGH-JKMN-PQRS, 2345-6789-ABCD-EFGH'],
    ['several', 'THEN ABCD EFGH JKMN PQRS'],
    ['mistyped', 'ABCD-EFGH-JKMN-PQR'],
    ['mistyped', 'ABCD-EFGH-JKMN-PQRST'],
    ['mistyped', 'Code: ABCD-EFGH-JKLM-NPQR'],
    ['mistyped', 'ABCD EFGH JKLM NPQR'],
    ['mistyped', 'nonsense'],
    ['none', ''],
    ['none', '   '],
    ['none', '\u200b'],
    ['none', 'hello'],
    ['none', 'I have no code, can somebody help me?'],
    ['none', 'they said that this will work'],
    ['none', '/redeem'],
    ['none', '<@222222222222222222>'.slice(0, 10)],
    ['none', '🎉'],
  ])('%s: %j', (kind, typed) => {
    expect(codes.read(typed)).toEqual({ kind });
  });

  it('is found wherever it is in a text, in no time', () => {
    const words = fc.array(
      fc.constantFrom('hello', 'Movies', 'Your', '-', '*', '4K', '\n', ':', 'ёж', '2026'),
      { maxLength: 40 },
    );
    const symbols = fc.array(fc.constantFrom(...codeAlphabet), {
      minLength: codeLength,
      maxLength: codeLength,
    });
    fc.assert(
      fc.property(words, symbols, words, (before, code, after) => {
        const groups = (code.join('').match(/.{4}/g) ?? []).join('-');
        const typed = `${before.join(' ')} \n\`${groups}\`\n ${after.join(' ')}`;
        expect(codes.read(typed)).toEqual({ kind: 'code', code: code.join('') });
      }),
    );
    // Where blanks, hyphens and letters could be told apart in more than one way, 6,000 of them took two minutes.
    for (const [unit, end] of [
      ['-', '('],
      ['- ', '!'],
      [' ', '.'],
      ['A-', '('],
    ] as const) {
      const typed = unit.repeat(1_500) + end;
      expect(timed(() => codes.read(typed)).ms, JSON.stringify(unit)).toBeLessThan(150);
    }
    for (const unit of ['A', '-', 'A-', 'ABCD-', 'ABCE ABC ', 'code ', 'code A ', ' '])
      expect(codes.read(unit.repeat(4_000).slice(0, 4_000)).kind).not.toBe('code');
  });

  it('is looked for by the keys of before as well, and kept by the one in use', () => {
    const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
    expect(createCodes(two, [one]).hmacs('A')).toEqual([createCodes(two).hmac('A'), codes.hmac('A')]);
    expect(createCodes(two, [one]).hmac('A')).toBe(createCodes(two).hmac('A'));
  });

  it('has one hash per key, which a key of another installation does not give', () => {
    const code = codes.normalise(codes.newCode()) ?? '';
    expect(codes.hmac(code)).toMatch(/^[0-9a-f]{64}$/);
    expect(createCodes(Buffer.alloc(32, 1)).hmac(code)).toBe(codes.hmac(code));
    expect(createCodes(Buffer.alloc(32, 2)).hmac(code)).not.toBe(codes.hmac(code));
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
