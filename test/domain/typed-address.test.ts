import { describe, expect, it } from 'vitest';
import type { ServerKind } from '../../src/domain/model.ts';
import { readTypedAddress, readTypedPage, readTypedToken } from '../../src/domain/typed-address.ts';
import { inEnglish, saidPlain } from '../support/said.ts';

const SECRET = 'hunter2-in-an-address';
const urlsOf = (typed: string, kind: ServerKind = 'jellyfin') => {
  const read = readTypedAddress(typed, kind);
  return read.kind === 'address' ? read.urls : saidPlain(read.message);
};

describe('an address (edge case 38)', () => {
  it.each([
    ['as it is kept', 'http://tower.local:8096', 'http://tower.local:8096'],
    ['blanks and a slash', '  http://tower.local:8096/ ', 'http://tower.local:8096'],
    ['upper case', 'HTTP://Tower.Local:8096', 'http://tower.local:8096'],
    ['a base path', 'http://tower.local:80/jellyfin/', 'http://tower.local/jellyfin'],
    ['slashes', 'https://tower.local:8920//media//jellyfin//', 'https://tower.local:8920/media/jellyfin'],
    ['the usual port', 'https://tower.local:443', 'https://tower.local'],
    ['the usual port of the other scheme', 'https://tower.local:80', 'https://tower.local:80'],
    ['IPv6', 'http://[2001:DB8::1]:8096', 'http://[2001:db8::1]:8096'],
    ['IDN', 'https://bücher.example/', 'https://xn--bcher-kva.example'],
    ['a page of Jellyfin', 'http://h:8096/web/index.html', 'http://h:8096'],
    ['a page of Jellyfin under a path', 'http://h:8096/jellyfin/web/#/home.html', 'http://h:8096/jellyfin'],
    ['a deep page', 'http://h/tv/web/index.html#!/details?id=1&serverId=2', 'http://h/tv'],
    ['a page of Plex', 'http://h:32400/web/index.html#!/', 'http://h:32400'],
    [
      'a page of Plex, deep',
      'http://h:32400/web/index.html#!/server/abc/details?key=%2Flibrary',
      'http://h:32400',
    ],
    ['a fragment alone', 'http://h:32400/#!/server/abc', 'http://h:32400'],
    ['the description of the API', 'https://h/jellyfin/api-docs/swagger/index.html', 'https://h/jellyfin'],
    ['a call', 'http://h:8096/System/Info/Public', 'http://h:8096'],
    ['a query', 'http://h:8096/?foo=bar', 'http://h:8096'],
    ['a token in its query', `http://h:32400/library/sections?X-Plex-Token=${SECRET}`, 'http://h:32400'],
    ['a Markdown link', '[my server](http://h:8096/web/)', 'http://h:8096'],
    ['a Markdown link to itself', '[http://h:8096](http://h:8096)', 'http://h:8096'],
    ['angle brackets', '<http://h:8096>', 'http://h:8096'],
    ['quotes', '“http://h:8096”', 'http://h:8096'],
    ['a code span', '`http://h:8096`', 'http://h:8096'],
    ['a sentence around it', 'It is http://h:8096/web, try it.', 'http://h:8096'],
    ['two lines', 'http://h:8096\nhttp://h:8096', 'http://h:8096'],
    ['full-width characters', 'ｈｔｔｐ：／／ｔｏｗｅｒ．ｌｏｃａｌ：８０９６', 'http://tower.local:8096'],
    ['characters nobody sees', '\u200bhttp://to\u00adwer.local\u2060:8096\ufeff', 'http://tower.local:8096'],
    ['a no-break space', 'http://h:8096\u00a0', 'http://h:8096'],
    ['one slash', 'http:/h:8096', 'http://h:8096'],
    ['no colon', 'http//h:8096', 'http://h:8096'],
    ['a semicolon', 'https;//h.example', 'https://h.example'],
    ['backslashes', 'http:\\\\h:8096', 'http://h:8096'],
    ['the scheme twice', 'https://http://h:8096', 'http://h:8096'],
    ['a blank after the scheme', 'http:// h:8096', 'http://h:8096'],
  ])('%s', (_name, typed, url) => {
    expect(urlsOf(typed)).toEqual([url]);
  });

  it.each([
    ['a host and a port', 'host:8096', ['http://host:8096', 'https://host:8096']],
    [
      'an IP address and a port',
      '192.168.1.10:9000',
      ['http://192.168.1.10:9000', 'https://192.168.1.10:9000'],
    ],
    ['a name at home', 'nas.local', ['http://nas.local', 'https://nas.local', 'http://nas.local:8096']],
    [
      'a public name',
      'jellyfin.example.org',
      ['https://jellyfin.example.org', 'http://jellyfin.example.org'],
    ],
    [
      'a public name, plain port',
      'tv.example.org:8096',
      ['http://tv.example.org:8096', 'https://tv.example.org:8096'],
    ],
    ['a port of https', 'nas.local:8920', ['https://nas.local:8920', 'http://nas.local:8920']],
    ['slashes alone', '//host:8096/web/', ['http://host:8096', 'https://host:8096']],
    [
      'a base path',
      'tv.example.org/jellyfin/',
      ['https://tv.example.org/jellyfin', 'http://tv.example.org/jellyfin'],
    ],
    ['IPv6', '[fd00::10]:8096', ['http://[fd00::10]:8096', 'https://[fd00::10]:8096']],
    ['bare IPv6', 'fd00::10', ['http://[fd00::10]', 'https://[fd00::10]', 'http://[fd00::10]:8096']],
    ['a sentence', 'my server is nas:8096, thanks', ['http://nas:8096', 'https://nas:8096']],
    ['a blank before the port', 'nas.local :8096', ['http://nas.local:8096', 'https://nas.local:8096']],
  ])('without a scheme: %s', (_name, typed, urls) => {
    expect(urlsOf(typed)).toEqual(urls);
  });

  it('may have a path that only looks like one of the server itself, so both are tried', () => {
    expect(urlsOf('https://h.example/library')).toEqual(['https://h.example', 'https://h.example/library']);
  });

  it('may be a name at plex.direct, which holds an address that answers as well', () => {
    const name = `192-168-1-10.${'0a'.repeat(16)}.plex.direct:32400`;
    expect(inEnglish(urlsOf(`https://${name}`, 'plex'))).toEqual([
      `https://${name}`,
      'http://192.168.1.10:32400',
    ]);
  });

  it('is none where its name can be read once, and as it reads then in no way at all', () => {
    const typed = `${'⒈⻳'.repeat(1_490)}http://192.168.1.20:32400`;
    expect(inEnglish(readTypedAddress(typed, 'plex'))).toMatchObject({
      message: expect.stringMatching(/not an address/),
    });
  });

  it.each([
    ['', /nothing else, such as/],
    ['my server at home', /nothing else, such as/],
    ['http://one:8096 or http://two:8096', /nothing else, such as/],
    ['ftp://tower.local', /starts with http:\/\/ or https:\/\//],
    ['smb://tower/share', /starts with http:\/\/ or https:\/\//],
    ['javascript:alert(1)', /not an address/],
    ['http://', /not an address/],
    ['https://app.plex.tv/desktop/#!/media/abc/com.plexapp', /page of Plex(.|\n)*such as http:\/\/192/],
    ['plex.tv', /page of Plex.*sign in at plex\.tv/],
    [`http://boss:${SECRET}@tower.local`, /name and password/],
    [`boss:${SECRET}@tower.local:8096`, /name and password/],
    ['http://tower.local:65536', /from 1 to 65535/],
    ['tower.local:99999/web', /from 1 to 65535/],
    ['http://tower.local:0', /from 1 to 65535/],
    ['http://tower.local:80a', /not an address/],
    ['http://[fe80::1%25eth0]:8096', /follows the %/],
    ['http://192.168.1:8096', /four numbers/],
    ['192.168.1.256', /not an address/],
    ['192.168.001.010:8096', /four numbers/],
    ['8096', /four numbers/],
  ])('%s is answered with the next step', (typed, says) => {
    expect(inEnglish(urlsOf(typed))).toMatch(says);
    expect(inEnglish(urlsOf(typed))).toMatch(/\.$/);
    expect(inEnglish(urlsOf(typed))).not.toContain(SECRET);
  });
});

describe('a token', () => {
  it.each([
    ['alone', 'abc-DEF_123', 'abc-DEF_123'],
    ['with a line at either end', '_abc-', '_abc-'],
    ['named, with a line at either end', 'X-Plex-Token=_abc_', '_abc_'],
    ['with its name', 'X-Plex-Token=abc', 'abc'],
    ['as a query', '?X-Plex-Token=abc&X-Plex-Language=de', 'abc'],
    ['in an address', 'http://h:32400/library/sections/1?checkFiles=1&X-Plex-Token=abc#x', 'abc'],
    ['in an address of Jellyfin', 'https://h/Items?api_key=abc', 'abc'],
    ['as a header', 'X-Emby-Token: abc', 'abc'],
    ['as the header of Jellyfin', 'Authorization: MediaBrowser Token="abc", Client="x"', 'abc'],
    ['as JSON', '{"token": "abc"}', 'abc'],
    ['with a word', 'API key: abc', 'abc'],
    ['in quotes', '"abc"', 'abc'],
    ['in curly quotes', '“abc”', 'abc'],
    ['as code', '`abc`', 'abc'],
    ['in brackets', '<abc>', 'abc'],
    ['as a bearer', 'Bearer abc', 'abc'],
    ['on two lines', 'abc\r\n', 'abc'],
    ['with what nobody sees', '\u200babc\ufeff\u00a0', 'abc'],
    ['encoded', 'X-Plex-Token=a%2Bc', 'a+c'],
    // Decoded, it would end the header that it is sent in.
    ['with a line break in it', 'X-Emby-Token: abc%0d%0aX-Evil:1', 'abc%0d%0aX-Evil:1'],
    ['with what nobody sees in it', 'api_key=abc%00%e2%80%ae', 'abc%00%e2%80%ae'],
  ])('%s', (_name, typed, token) => {
    expect(readTypedToken(typed)).toEqual({ kind: 'token', token });
  });

  it('may be left out', () => {
    for (const typed of ['', '  ', '\u200b', '""'])
      expect(inEnglish(readTypedToken(typed))).toEqual({ kind: 'none' });
  });

  it.each([
    ['http://h:32400/web', /address without a token/],
    ['my secret token', /no blanks/],
  ])('%s is answered with the next step', (typed, says) => {
    expect(inEnglish(readTypedToken(typed))).toEqual({
      kind: 'unusable',
      message: expect.stringMatching(says),
    });
  });

  it('that stood in the address is read out of it', () => {
    expect(readTypedAddress(`http://h:32400/?X-Plex-Token=${SECRET}`, 'plex')).toEqual({
      kind: 'address',
      urls: ['http://h:32400'],
      token: SECRET,
    });
    expect(readTypedAddress('http://h:32400', 'plex')).toMatchObject({ token: null });
  });
});

describe('the page where media are asked for', () => {
  it.each([
    ['https://requests.example.org/', 'https://requests.example.org'],
    ['requests.example.org/discover?genre=1#top', 'https://requests.example.org/discover?genre=1#top'],
    ['http://nas:5055', 'http://nas:5055'],
    ['<https://requests.example.org>', 'https://requests.example.org'],
    ['javascript:alert(1)', undefined],
    ['ftp://requests.example.org', undefined],
    ['https://me:secret@requests.example.org', undefined],
    ['please ask Olga', undefined],
    ['', undefined],
    [`https://requests.example.org/${'x'.repeat(512)}`, undefined],
  ])('%j', (typed, url) => {
    expect(readTypedPage(typed)).toBe(url);
  });
});
