import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHttpClients, type HttpClients } from '../../src/adapters/http-client/http-client.ts';
import { createMediaServers } from '../../src/adapters/media.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import { SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { StandInClock } from '../standins/http.ts';
import { here } from '../support/people.ts';

let http: HttpClients;
beforeEach(() => {
  http = createHttpClients({ clock: new StandInClock() });
});
afterEach(() => http.close());

// What the domain says of a kind is shown to people before any adapter is asked; so the two must agree.
describe.each(SERVER_KINDS)('%s', (kind) => {
  const traits = MEDIA_KINDS[kind];
  const made = () =>
    createMediaServers({ http, clientIdentifier: 'usher-test', version: '0.0.0' }).of(here)[kind];

  it('signs people in as the table says', () => {
    expect(made().signIn?.by).toBe(traits.signIn?.by);
  });

  it('has the parts that its accounts need', () => {
    const address = {
      kind,
      url: traits.exampleUrl,
      certificate: null,
      clientIdentifier: null,
      token: 't',
      identity: null,
    };
    const { kind: itself, invitations, accounts } = made().at(address);
    expect(itself).toBe(kind);
    expect([invitations !== undefined, accounts !== undefined]).toEqual([
      traits.accounts === 'invited',
      traits.accounts === 'created',
    ]);
  });
});
