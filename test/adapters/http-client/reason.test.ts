import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../../src/adapters/http-client/reason.ts';
import { timed } from '../../support/cpu.ts';

const said = (status: number, body: string | object, secrets: readonly string[] = []) =>
  reasonOf({ status, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }, secrets);

describe('what the other side says is read from', () => {
  it.each<readonly [string, number, string | object, string]>([
    [
      'JSON errors',
      422,
      { errors: [{ code: 2207, message: 'Too many users', status: 422 }] },
      'Too many users',
    ],
    [
      'several of them, each once',
      400,
      { errors: [{ message: 'One' }, { message: 'Two' }, { message: 'One' }] },
      'One; Two',
    ],
    ['a JSON error', 400, { error: 'Not on weekends' }, 'Not on weekends'],
    ['a nested one', 400, { error: { code: 3, message: 'Not on weekends' } }, 'Not on weekends'],
    [
      'JSON of a media server',
      400,
      { Response: { code: 400, status: 'Needs a Plex Pass' } },
      'Needs a Plex Pass',
    ],
    ['an attribute', 400, '<Response code="400" status="Needs a Plex Pass"/>', 'Needs a Plex Pass'],
    [
      'XML errors',
      422,
      '<?xml version="1.0"?><errors><error code="1" message="It&apos;s &quot;full&quot;" status="422"/></errors>',
      `It's "full"`,
    ],
    ['the text of an XML error', 400, '<errors>\n<error>Not today</error>\n</errors>', 'Not today'],
    [
      'problem details',
      400,
      { type: 'about:blank', title: 'Name not possible', status: 400, detail: 'It has a slash.' },
      'Name not possible; It has a slash.',
    ],
    [
      'validation errors',
      400,
      { title: 'One or more validation errors occurred.', errors: { Name: ['The Name field is required.'] } },
      'The Name field is required.',
    ],
    ['plain text', 400, 'Error processing request.', 'Error processing request.'],
    ['a JSON string', 403, '"Administrators cannot be disabled."', 'Administrators cannot be disabled.'],
    [
      'a page, by its title only',
      403,
      '<!DOCTYPE html><html><head><title>Attention Required!</title></head><body>Ray 7</body></html>',
      'Attention Required!',
    ],
  ])('%s', (_name, status, body, reason) => {
    expect(said(status, body)).toBe(reason);
  });

  it.each<readonly [string, number, string | object]>([
    ['nothing', 400, ''],
    ['an empty list', 400, { errors: [] }],
    ['a bare status', 404, '<html><head><title>Not Found</title></head></html>'],
    ['numbers', 422, { errors: [{ code: 1999, status: 400 }] }],
    ['half a document', 400, '{"errors":[{"message":"Cut'],
    ['bytes', 400, '\u0000\u0001\u0002'],
  ])('nothing is read from %s', (_name, status, body) => {
    expect(said(status, body)).toBeUndefined();
  });
});

describe('what must not be repeated is taken out', () => {
  it.each([
    ['addresses', 'See https://plex.tv/x?X-Plex-Token=abc for more', 'See … for more'],
    ['what reads as one', 'See 0://error or _x://y for more', 'See … or … for more'],
    ['mail addresses', 'mia@example.com is not confirmed', '… is not confirmed'],
    ['tokens', 'Token xyzABC123def456GHI78 is dead', 'Token … is dead'],
    ['named secrets', 'bad api_key=hunter2, sorry', 'bad api_key=…, sorry'],
    ['numbers of hosts', 'no route to 192.168.1.5:32400 from here', 'no route to … from here'],
    ['control and bidi characters', 'one\u0007\u202etwo\nthree', 'one two three'],
    ['markup', 'a <b>bold</b> move', 'a bold move'],
    ['what the request contained', 'Wrong: swordfish', 'Wrong: …'],
  ])('%s', (_name, message, reason) => {
    expect(said(400, { errors: [{ message }] }, ['swordfish'])).toBe(reason);
  });

  it('and what is long is cut', () => {
    expect([...(said(400, { message: 'so '.repeat(500) }) ?? '')]).toHaveLength(200);
  });
});

describe('whoever runs a media server decides what it says: reading it takes no time, whatever it is', () => {
  it.each([
    ['comments that could be read in billions of ways', `${'<!---->'.repeat(26)}x`],
    ['what may be a mail address at every letter', `a ${'@'.repeat(1_500)}`],
    ['elements that do not end', '<error '.repeat(2_300)],
    ['a title that does not end', `<html>${'<title '.repeat(2_300)}`],
    ['one word', 'constructor'.repeat(1_500)],
    ['secrets by name', 'token-'.repeat(2_700)],
    ['brackets', '['.repeat(16_000)],
  ])('%s', (_name, body) => {
    expect(timed(() => said(500, body)).ms).toBeLessThan(150);
  });
});
