/** Codes, addresses and tokens, as people paste them. */
import fc from 'fast-check';
import { codeAlphabet, codeLength, createCodes } from '../../../src/adapters/codes.ts';
import type { ReadCode } from '../../../src/app/ports/secrets.ts';
import {
  readTypedAddress,
  readTypedToken,
  type TypedAddress,
  type TypedToken,
} from '../../../src/domain/typed-address.ts';
import { saidPlain } from '../../support/said.ts';
import { editedText, oddText, typedText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const reader = createCodes(Buffer.alloc(32, 1));
const symbols = fc.string({
  unit: fc.constantFrom(...codeAlphabet),
  minLength: codeLength,
  maxLength: codeLength,
});
const around = fc.constantFrom('', ' ', 'your code: ', '`', '**', '\n', 'Code ', '. ', '||', '“');

interface Code {
  readonly typed: string;
  /** The code that was written, with nothing but blanks or marks around it. */
  readonly meant: string | null;
}

const code: fc.Arbitrary<Code> = fc.oneof(
  fc.tuple(symbols, around, fc.constantFrom('-', ' - ', '–', ' ', '')).map(([meant, mark, dash]) => {
    const typed = (meant.match(/.{4}/g) ?? []).join(dash);
    return {
      typed: `${mark}${typed}${/[`*|]/.test(mark) ? mark : ''}`,
      meant: mark.includes('ode') && dash === ' - ' ? null : meant,
    };
  }),
  fc
    .tuple(symbols, symbols)
    .chain(([one, other]) =>
      editedText(fc.constantFrom(`${one} ${other}`, `code: ${one}`, `${one}-${other}`, one)),
    )
    .map((typed) => ({ typed: typed.slice(0, 6_000), meant: null })),
  typedText(['ABCD-EFGH-JKMN-PQRS', 'code', 'Your code is', 'ABCD EFGH', 'hello', '/redeem']).map(
    (typed) => ({ typed, meant: null }),
  ),
);

export const codes = defineTarget<Code, ReadCode>({
  name: 'codes',
  inputs: code,
  size: ({ typed }) => typed.length,
  parse: ({ typed }) => reader.read(typed),
  check(result, { typed, meant }) {
    must(['code', 'several', 'mistyped', 'none'].includes(result.kind), 'no answer', result);
    if (meant !== null) must(result.kind === 'code' && result.code === meant, 'a code is not found', result);
    if (result.kind !== 'code') return;
    must(
      result.code.length === codeLength && [...result.code].every((each) => codeAlphabet.includes(each)),
      'no code',
      result,
    );
    // Nothing is made up: its symbols stand there, in this order.
    const text = typed.normalize('NFKC').toUpperCase();
    let from = 0;
    for (const symbol of result.code) {
      from = text.indexOf(symbol, from) + 1;
      must(from > 0, 'a code that was not typed', result);
    }
  },
});

const likely = [
  ...[
    'http://192.168.1.20:32400',
    'https://plex.example.com',
    'jellyfin.example.com:8096/web/index.html#!/home',
  ],
  ...[
    '192.168.1.20',
    '[::1]:8096',
    'fe80::1%eth0',
    'http://user:pw@host/',
    'https://app.plex.tv/desktop',
    'tower.local',
  ],
  ...[
    'http://host:32400/?X-Plex-Token=abcDEF123_-',
    'api_key=0123456789abcdef',
    'Bearer abc',
    '"https://a.b/c"',
  ],
  ...[
    'https://192-168-1-20.0123456789abcdef0123456789abcdef.plex.direct:32400',
    '<https://a.b>',
    '[text](https://a.b/c)',
  ],
  ...[
    'see http://a.b:1/ and http://c.d',
    'http:/a.b',
    'http://http://a.b',
    '//a.b',
    'a.b:99999',
    'x-emby-token: abc%0d%0aX: y',
  ],
];

interface Address {
  readonly typed: string;
  readonly kind: 'plex' | 'jellyfin';
}

export const addresses = defineTarget<Address, { address: TypedAddress; token: TypedToken }>({
  name: 'addresses',
  inputs: fc.record({
    typed: fc.oneof(
      typedText(likely, 4_000),
      fc.tuple(fc.constantFrom(...likely), oddText).map((parts) => parts.join(' ')),
    ),
    kind: fc.constantFrom('plex' as const, 'jellyfin' as const),
  }),
  size: ({ typed }) => typed.length,
  parse: ({ typed, kind }) => ({ address: readTypedAddress(typed, kind), token: readTypedToken(typed) }),
  check({ address, token }) {
    // It goes into a header.
    const isToken = (text: string) => text !== '' && !/[\s\p{Cc}]/u.test(text);
    if (token.kind === 'token') must(isToken(token.token), 'a token that no header takes', token);
    if (address.kind === 'unusable') return must(saidPlain(address.message) !== '', 'refused without a word');
    if (address.token !== null) must(isToken(address.token), 'a token that no header takes', address);
    must(address.urls.length <= 12, 'too many to be tried', address.urls);
    for (const text of address.urls) {
      const url = URL.parse(text);
      must(url !== null && /^https?:$/.test(url.protocol) && url.hostname !== '', 'no address', text);
      must(
        url.username === '' && url.password === '' && url.search === '' && url.hash === '',
        'more than an address',
        text,
      );
      must(!text.endsWith('/') && !/[\s\p{Cc}]/u.test(text), 'not as addresses are kept', text);
    }
  },
});
