/** What others say that people are shown: reasons of failures, and names. It has no effect where it is shown. */
import fc from 'fast-check';
import { plainText, sanitise } from '../../../src/adapters/discord/wire/sanitise.ts';
import { nameFrom, retryAfterMs } from '../../../src/adapters/http-client/answers.ts';
import { reasonOf } from '../../../src/adapters/http-client/reason.ts';
import { delimited } from '../../../src/domain/name-list.ts';
import { editedText, typedText } from '../mutate.ts';
import { defineTarget, must } from '../target.ts';

const SECRET = 'tok-3N_abcdEFGH1234';
const LETTERS = 32 * 1024;

const bodies = [
  '{"error":"no such share","errors":[{"code":1999,"message":"You’re already sharing this server"}]}',
  '{"title":"Not found","detail":"user 12 is gone","status":404,"traceId":"00-abc"}',
  `<?xml version="1.0"?><errors><error code="1" message="token ${SECRET} is &lt;invalid&gt;"/></errors>`,
  '<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>',
  `GET http://192.168.1.2:32400/x?X-Plex-Token=${SECRET} failed for mia@example.com`,
  '<Response code="503" title="Maintenance" status="PMS is starting up"/>',
];

export const reasons = defineTarget<
  { body: string; status: number; header: string },
  { reason: string | undefined; wait: number | undefined }
>({
  name: 'reasons',
  inputs: fc.record({
    body: editedText(fc.constantFrom(...bodies)),
    status: fc.constantFrom(200, 400, 401, 404, 422, 500, 503),
    header: typedText(
      ['5', '005', 'Sun, 01 Mar 2026 12:00:30 GMT', '', '-1', '1e9', 'Sun, 99', '120, 30'],
      500,
    ),
  }),
  size: ({ body, header }) => body.length + header.length,
  parse: ({ body, status, header }) => ({
    reason: reasonOf({ status, body: Buffer.from(body) }, [SECRET]),
    wait: retryAfterMs(header, new Date('2026-03-01T12:00:00Z')),
  }),
  check({ reason, wait }) {
    if (wait !== undefined) must(Number.isFinite(wait) && wait >= 0 && wait <= 300_000, 'no pause', wait);
    if (reason === undefined) return;
    must([...reason].length <= 200 && reason !== '', 'too long, or nothing', reason);
    must(!/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(reason), 'more than a line', reason);
    must(!reason.includes(SECRET), 'a secret is said', reason);
    must(!/\w:\/\/\w/.test(reason), 'an address is said', reason);
  },
});

const names = [
  ...[
    'Movies',
    '**bold** _it_ ~~no~~',
    '[here](https://evil.example)',
    '<@123456789012345678>',
    '<@&1> <#2> <t:0:R>',
  ],
  ...[
    '@everyone @here',
    'discord.gg/abc',
    '# heading',
    '> quote',
    '- list',
    '-# small',
    '1. one',
    '```js\nx```',
    '||no||',
  ],
  ...[
    '\u202egnp.exe',
    'a\u200bb',
    'https://evil.example/',
    '</grant add:1>',
    '<:x:1>',
    'a\nb',
    '\u0000',
    '👩‍👩‍👧‍👦',
  ],
];

/** What would have an effect and has no backslash before it. */
const ACTIVE = /(?<!\\)(?:\\\\)*(?:[*_~`|<[\]])/;

export const shown = defineTarget<
  { text: string; max: number },
  { markdown: string; plain: string; code: string; name: string }
>({
  name: 'names shown',
  inputs: fc.record({
    text: editedText(fc.constantFrom(...names), { letters: LETTERS }),
    max: fc.integer({ min: 1, max: 300 }),
  }),
  size: ({ text }) => text.length,
  parse: ({ text, max }) => ({
    markdown: sanitise(text, { max }),
    plain: plainText(text, max),
    code: sanitise(text, { max, inCode: true }),
    name: delimited(nameFrom(text)),
  }),
  check({ markdown, plain, code, name }, { text, max }) {
    const unseen = /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\u2028\u2029]/u;
    for (const each of [markdown, plain, code]) must(!unseen.test(each), 'what nobody sees', each);
    must([...plain].length <= Math.max(4 * max, 40) + 1, 'longer than it may be', plain.length);
    must(text === '' || plain !== '', 'nothing is left of it');
    must(!ACTIVE.test(markdown), 'formatting', markdown);
    must(!/@(?:everyone|here)/i.test(markdown), 'everybody is mentioned', markdown);
    must(!/\w:\/\//.test(markdown), 'a link', markdown);
    must(!code.includes('`'), 'the end of code', code);
    must([...name].length <= 102 && !/[\p{Cc}\p{Cs}]/u.test(name), 'not as names are kept', name);
  },
});
