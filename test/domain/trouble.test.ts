import { describe, expect, it } from 'vitest';
import { adminSentence, memberSentence, staffSentence } from '../../src/domain/trouble.ts';
import { aServer } from '../support/rows.ts';
import { saidPlain } from '../support/said.ts';

const tower = aServer({
  url: 'http://tower.lan:32400',
  localUrl: 'http://192.168.1.5:32400',
  publicUrl: 'https://media.example.org/plex',
});
const den = aServer({ kind: 'jellyfin', url: 'http://jellyfin' });

describe('what staff read of trouble', () => {
  it.each([
    [
      'Nothing answers at tower.lan:32400. Check the address, the port and the server.',
      'Nothing answers. Check the address, the port and the server.',
    ],
    ['tower.lan:32400 does not answer. Check it.', 'The server does not answer. Check it.'],
    ['The connection to tower.lan:32400 broke.', 'The connection to the server broke.'],
    ['The answer of media.example.org is incomplete.', 'The answer of the server is incomplete.'],
    [
      'The name in tower.lan cannot be resolved. Check it for typing errors.',
      'The name in its address cannot be resolved. Check it for typing errors.',
    ],
    ['The Plex server at 192.168.1.5:32400 is starting.', 'The Plex server is starting.'],
    [
      'tower.lan:32400 leads on to https://auth.example.net/outpost.goauthentik?x=1. Use that address if it is yours.',
      'The server leads on to another address. Use that address if it is yours.',
    ],
    [
      'tower.lan:32400 leads on to a login page at https://login.example.net. Use an address that leads past it.',
      'The server leads on to a login page. Use an address that leads past it.',
    ],
    [
      'tower.lan:32400 takes secure connections only: try https://tower.lan:32400.',
      'The server takes secure connections only: try its address with https.',
    ],
    ['[fd00::5]:8096 asks for a pause.', 'The server asks for a pause.'],
    ['other.example.net:8443 asks for a pause.', 'The server asks for a pause.'],
    [
      'plex.tv does not know this server, or it is not yours.',
      'plex.tv does not know this server, or it is not yours.',
    ],
    ['Tower still shows Movies: 4K, 10:30.', 'Tower still shows Movies: 4K, 10:30.'],
  ])('%s', (message, without) => {
    expect(staffSentence({ message }, tower)).toBe(without);
    expect(adminSentence({ message })).toBe(message);
  });

  it('knows a name without a port by where it stands', () => {
    const message = 'Jellyfin at jellyfin is starting, jellyfin. jellyfin wants a pause.';
    expect(staffSentence({ message }, den)).toBe('Jellyfin is starting, jellyfin. The server wants a pause.');
  });

  it('calls the vendor by its name, and repeats what the other side says', () => {
    const why = { message: '127.0.0.1:4000 took too long.', reason: 'Try later', vendor: true } as const;
    expect(staffSentence(why, tower)).toBe('plex.tv took too long. It says: “Try later”');
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
