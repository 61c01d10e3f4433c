import { describe, expect, it } from 'vitest';
import { plainOf } from '../../src/adapters/discord/wire/speech.ts';
import { adminSentence, memberSentence, staffSentence } from '../../src/domain/trouble.ts';
import { LANGUAGES } from '../../src/words/catalogue.ts';
import { english } from '../../src/words/en.ts';
import { type Sentence, say, type WordKey } from '../../src/words/say.ts';
import { aServer } from '../support/rows.ts';
import { saidPlain } from '../support/said.ts';

const tower = aServer({
  url: 'http://tower.lan:32400',
  localUrl: 'http://192.168.1.5:32400',
  publicUrl: 'https://media.example.org/plex',
});
interface Tree {
  readonly [name: string]: string | Tree;
}

const flat = (tree: Tree, path: string): readonly (readonly [WordKey, string])[] =>
  Object.entries(tree).flatMap(([name, value]) =>
    typeof value === 'string'
      ? [[`${path}${name}` as WordKey, value] as const]
      : flat(value, `${path}${name}.`),
  );
const TROUBLES = flat(english.trouble, 'trouble.');
/** Every value that some sentence has a place for. */
const NAMES = [
  ...new Set(TROUBLES.flatMap(([, text]) => [...text.matchAll(/\{(\w+)/g)].map(([, name = '']) => name))),
];

describe('what staff read of trouble', () => {
  it.each<[Sentence, string, string]>([
    [
      say('trouble.http.nothing', { host: 'tower.lan:32400' }),
      'Nothing answers at tower.lan:32400. Check the address, the port and the server.',
      'Nothing answers. Check the address, the port and the server.',
    ],
    [
      say('trouble.http.unresolved', { host: 'tower.lan' }),
      'The name in tower.lan cannot be resolved. Check it for typing errors.',
      'The name in its address cannot be resolved. Check it for typing errors.',
    ],
    [
      say('trouble.plex.starting', { host: '192.168.1.5:32400' }),
      'The Plex server at 192.168.1.5:32400 is starting.',
      'The Plex server is starting.',
    ],
    [
      say('trouble.http.redirected', { host: 'tower.lan:32400', to: 'https://auth.example.net/x' }),
      'tower.lan:32400 leads on to https://auth.example.net/x. Use that address if it is yours.',
      'The server leads on to another address. Use that address if it is yours.',
    ],
    [
      say('trouble.http.login', { host: 'tower.lan:32400', to: 'https://login.example.net' }),
      'tower.lan:32400 leads on to a login page at https://login.example.net. Use an address that leads past it, or let Usher through there.',
      'The server leads on to a login page. Use an address that leads past it, or let Usher through there.',
    ],
    [
      say('trouble.http.brokeSecure', {
        host: 'tower.lan',
        secure: say('trouble.http.secure', { host: 'tower.lan' }),
      }),
      'The connection to tower.lan broke before the answer was complete. This server may take secure connections only (Plex: Settings → Network → Secure connections): try https://tower.lan.',
      'The connection to the server broke before the answer was complete. This server may take secure connections only (Plex: Settings → Network → Secure connections): try its address with https.',
    ],
    [
      say('trouble.pass.stillOpen', { server: 'Tower', libraries: 'Movies: 4K, 10:30' }),
      'Tower still shows Movies: 4K, 10:30.',
      'Tower still shows Movies: 4K, 10:30.',
    ],
  ])('%j', (message, whole, without) => {
    expect(saidPlain(adminSentence({ message }))).toBe(whole);
    expect(saidPlain(staffSentence({ message }, tower))).toBe(without);
  });

  it.each(LANGUAGES)(
    'has in %s words for an address that is not told, wherever a sentence has one',
    (language) => {
      const address = 'secret.example:1';
      const withAddress = TROUBLES.filter(([, text]) => /\{(?:host|to)\b/.test(text));
      const values = Object.fromEntries(
        NAMES.map((name) => [name, name === 'host' || name === 'to' ? address : '1']),
      );
      const told = withAddress.filter(([key]) => {
        const said = staffSentence({ message: { key, values } }, tower);
        const text = plainOf(said, language);
        return text.includes(address) || text.includes('hidden') || /\s[.,]| {2}/.test(text);
      });
      expect(withAddress.length).toBeGreaterThan(30);
      expect(told).toEqual([]);
    },
  );

  it('calls the vendor by its name, and repeats what the other side says, without addresses', () => {
    const message = say('trouble.http.slow', { host: '127.0.0.1:4000' });
    const why = { message, reason: 'tower.lan is busy. Ask http://10.0.0.9/x', vendor: true } as const;
    expect(saidPlain(staffSentence(why, tower))).toBe(
      'plex.tv took too long to answer. It says: “… is busy. Ask …”',
    );
    expect(saidPlain(adminSentence(why))).toContain('It says: “tower.lan is busy. Ask http://10.0.0.9/x”');
  });

  it('is shown as it was kept before there were sentences', () => {
    expect(staffSentence({ message: 'Tower is away.' }, tower)).toBe('Tower is away.');
  });
});

it.each([
  ['refused', 'Tower cannot be reached right now.'],
  ['starting', 'Tower cannot be reached right now.'],
  ['unauthorised', 'It cannot be done right now: the staff have to put something right first.'],
  ['not-understood', 'It cannot be done right now, because Tower does not answer as it should.'],
])('members hear of %s only what it means', (kind, text) => {
  expect(saidPlain(memberSentence({ kind }, 'Tower'))).toBe(text);
});
