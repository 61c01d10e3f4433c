import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { MediaServer, ServerAddress, Trouble } from '../../../src/app/ports/media-server.ts';
import { findServer, type TakenRisks } from '../../../src/app/servers/find.ts';
import type { NonEmpty, ServerKind } from '../../../src/domain/model.ts';
import { inEnglish } from '../../support/said.ts';
import { World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const trouble = (kind: Trouble['kind'], certificate?: Trouble['certificate']): Trouble => ({
  kind,
  message: `It is ${kind}.`,
  ...(certificate && { certificate }),
});
const CERTIFICATE = { fingerprint: 'AA', name: 'nas', validTo: new Date(0) };

/** Looks for a Plex server where these addresses answer like this, to Plex unless it says Jellyfin. */
async function look(answers: Readonly<Record<string, ServerKind | Trouble>>, taken: TakenRisks = {}) {
  const asked: ServerAddress[] = [];
  const fake = world.build('plex', 'Tower', []);
  const at = (address: ServerAddress): MediaServer => {
    asked.push(address);
    const answer = answers[address.url];
    const ping: MediaServer['ping'] = async () => {
      if (typeof answer === 'object') return { kind: 'unknown', why: answer };
      if (answer === address.kind) return { kind: 'known', value: { version: '1' } };
      return { kind: 'unknown', why: trouble('not-this-kind') };
    };
    return Object.assign(Object.create(fake), { ping });
  };
  const [first = '', ...others] = Object.keys(answers);
  const urls: NonEmpty<string> = [first, ...others];
  const found = await findServer(
    { plex: { at }, jellyfin: { at } },
    { kind: 'plex', urls, taken, identity: null },
  );
  return { asked, said: found.kind === 'known' ? found.value : found.why.message };
}

describe('looking for a server', () => {
  it('takes the first address that answers, and sends a token to none', async () => {
    const { said, asked } = await look({
      'http://a': trouble('refused'),
      'https://a': 'plex',
      'http://b': 'plex',
    });
    expect(said).toEqual({ url: 'https://a', certificate: null, plainHttp: false });
    expect(new Set(asked.map(({ token }) => token))).toEqual(new Set(['']));
  });

  it('takes a certificate for https only, and plain HTTP for nothing else', async () => {
    const taken = { certificate: 'AA', plainHttp: true };
    const secure = { url: 'https://a', certificate: 'AA', plainHttp: false };
    expect((await look({ 'https://a': 'plex' }, taken)).said).toEqual(secure);
    const plain = { url: 'http://a', certificate: null, plainHttp: true };
    expect((await look({ 'http://a': 'plex' }, taken)).said).toEqual(plain);
  });

  it.each<[string, Trouble, Trouble, string]>([
    ['one that answers', trouble('refused'), trouble('not-understood'), 'It is not-understood.'],
    ['one that is it and is starting', trouble('not-understood'), trouble('starting'), 'It is starting.'],
    ['a certificate to ask about', trouble('not-understood'), trouble('tls', CERTIFICATE), 'It is tls.'],
    ['one in plain HTTP to ask about', trouble('timeout'), trouble('plain-http'), 'It is plain-http.'],
    ['encryption before none', trouble('plain-http'), trouble('tls', CERTIFICATE), 'It is tls.'],
    ['one that is slow', trouble('refused'), trouble('timeout'), 'It is timeout.'],
    ['the likeliest of equals', trouble('dns'), trouble('refused'), 'It is dns.'],
  ])('says what is wrong with the closest: %s', async (_name, first, second, says) => {
    expect(inEnglish((await look({ 'http://a': first, 'https://a': second })).said)).toBe(says);
  });

  it('names a server of another kind', async () => {
    const { said } = await look({ 'http://a': 'jellyfin', 'https://a': trouble('refused') });
    expect(inEnglish(said)).toBe('This is a Jellyfin server, not Plex: run /server add type:jellyfin.');
  });
});
