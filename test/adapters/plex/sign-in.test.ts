import { afterEach, beforeEach, expect, it } from 'vitest';
import { createPlexSignIn } from '../../../src/adapters/plex/sign-in.ts';
import type { AccountToken } from '../../../src/app/ports/media-server.ts';
import type { PageSignIn } from '../../../src/app/ports/sign-in.ts';
import type { PlexAccount } from '../../standins/plex/plex-tv.ts';
import { saidPlain } from '../../support/said.ts';
import { type PlexWorld, startPlexWorld } from './world.ts';

let world: PlexWorld;
let signIn: PageSignIn;
beforeEach(async () => {
  world = await startPlexWorld();
  signIn = createPlexSignIn(world.options);
});
afterEach(async () => {
  expect(world.plex.tokensInUrls).toEqual([]);
  await world.close();
});

const start = async () => {
  const started = await signIn.start();
  if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
  return started.value;
};

/** With the token that a test gives an account, which is of no sign-in. */
const as = ({ token }: PlexAccount) => ({ token, clientIdentifier: 'client-of-ada' });

it('18: waits, is approved, and tells who it is', async () => {
  world.plex.behaviour.pinEmptyPolls = 1;
  const ada = world.plex.addAccount({ username: 'ada', email: 'ada@example.com' });
  const { link, expiresAt, ...pin } = await start();
  expect(expiresAt.getTime()).toBeGreaterThan(world.clock.now().getTime() + 800_000);
  expect(await signIn.poll(pin)).toEqual({ kind: 'waiting' });
  world.plex.signInAs(ada, link);
  expect(await signIn.poll(pin)).toEqual({ kind: 'waiting' });
  const approved = await signIn.poll(pin);
  if (approved.kind !== 'approved') throw new Error(approved.kind);
  const as = { token: approved.token, clientIdentifier: pin.clientIdentifier };
  expect(await signIn.account(as)).toEqual({
    kind: 'known',
    value: {
      externalId: String(ada.id),
      name: 'ada',
      emailMasked: 'a***@example.com',
      protection: null,
      inHousehold: false,
    },
  });
  await signIn.forget(as);
  expect(ada.tokens.has(approved.token)).toBe(false);
  expect(await signIn.account(as)).toMatchObject({ why: { kind: 'unauthorised' } });
});

it.each([
  [undefined, 'Usher'],
  ['mia', 'Usher, for @mia'],
  // What nobody sees could turn the words around.
  ['mi\u202ea\u200b', 'Usher, for @mia'],
  ['x'.repeat(99), `Usher, for @${'x'.repeat(40)}`],
])('the page says for whom it is: %j', async (name, product) => {
  const started = await signIn.start(name);
  if (started.kind === 'unknown') throw new Error(saidPlain(started.why.message));
  const form = new URLSearchParams(new URL(started.value.link).hash.slice(2));
  expect(form.get('context[device][product]')).toBe(product);
});

it('18: expires, and another client cannot ask', async () => {
  const pin = await start();
  expect(await signIn.poll({ ...pin, clientIdentifier: null })).toEqual({ kind: 'expired' });
  expect(await signIn.poll(pin)).toEqual({ kind: 'waiting' });
  world.clock.advance(901_000);
  expect(await signIn.poll(pin)).toEqual({ kind: 'expired' });
});

it('plex.tv being down is not a refusal', async () => {
  const pin = await start();
  world.plex.http.fault({ path: /pins/, answer: { status: 503, body: '<html></html>' } });
  expect(await signIn.poll(pin)).toMatchObject({ kind: 'unknown', why: { kind: 'not-understood' } });
  await world.plex.stop();
  expect(await signIn.poll(pin)).toMatchObject({ kind: 'unknown', why: { kind: 'refused' } });
  expect(await signIn.start()).toMatchObject({ kind: 'unknown', why: { kind: 'refused' } });
  await signIn.forget({ token: 'token', clientIdentifier: 'a client' });
});

it('accepts every invitation of our servers, and no other (A5.9)', async () => {
  const { plex, owner, pms } = world;
  const ada = plex.addAccount({ username: 'ada' });
  const stranger = plex.addAccount({ username: 'stranger' });
  const second = await plex.addServer({ owner, name: 'Barn', libraries: [{ title: 'Hay' }] });
  const foreign = await plex.addServer({ owner: stranger, name: 'Foreign', libraries: [{ title: 'Odd' }] });
  for (const [server, libraries] of [
    [pms, ['Films']],
    [second, ['Hay']],
    [foreign, ['Odd']],
  ] as const)
    plex.share(ada, server, { libraries, pending: true });
  const ours = [pms.machineIdentifier, second.machineIdentifier];
  expect(await signIn.acceptInvitations(as(ada), ours)).toEqual({ kind: 'done' });
  expect([pms, second, foreign].map((server) => plex.accessOf(ada, server))).toEqual([
    ['Films'],
    ['Hay'],
    'pending',
  ]);
  expect(await signIn.acceptInvitations(as(ada), ours)).toEqual({ kind: 'done' });
});

it('a 400 is tried once more with the identification in the query, never the token', async () => {
  const { plex, pms } = world;
  const ada = plex.addAccount({ username: 'ada' });
  plex.share(ada, pms, { libraries: ['Films'], pending: true });
  plex.http.fault({ path: /accept$/, answer: { status: 400, body: { errors: [] } } });
  expect(await signIn.acceptInvitations(as(ada), [pms.machineIdentifier])).toEqual({ kind: 'done' });
  const [, second] = plex.http.requestsTo('POST', /accept$/);
  expect(second?.query.get('X-Plex-Client-Identifier')).toBe('client-of-ada');
  expect(plex.accessOf(ada, pms)).toEqual(['Films']);
});

it('an accept whose answer is lost is unclear, a dead token failed', async () => {
  const { plex, pms } = world;
  const ada = plex.addAccount({ username: 'ada' });
  plex.share(ada, pms, { libraries: ['Films'], pending: true });
  plex.http.fault({ path: /accept$/, dropAfterCommit: true });
  expect(await signIn.acceptInvitations(as(ada), [pms.machineIdentifier])).toMatchObject({
    kind: 'unclear',
  });
  ada.tokens.clear();
  expect(await signIn.acceptInvitations(as(ada), [pms.machineIdentifier])).toMatchObject({
    kind: 'failed',
    why: { kind: 'unauthorised' },
  });
});

/** What signing in as the owner gives: the sign-in, and its token with its client. */
const signInAs = async (account: PlexAccount) => {
  const { link, ...pin } = await start();
  world.plex.signInAs(account, link);
  const approved = await signIn.poll(pin);
  if (approved.kind !== 'approved') throw new Error(approved.kind);
  return { token: approved.token, clientIdentifier: pin.clientIdentifier };
};
const isAlive = async (as: AccountToken) => (await signIn.account(as)).kind === 'known';

it.each(['rotates', 'repeats'] as const)(
  'each sign-in is a client of its own, so that neither its approval nor its end kills another: plex.tv %s',
  async (approval) => {
    world.plex.behaviour.approval = approval;
    const kept = await signInAs(world.owner);
    const passing = await signInAs(world.owner);
    expect(await isAlive(kept)).toBe(true);
    await signIn.forget(passing);
    expect([await isAlive(kept), await isAlive(passing)]).toEqual([true, false]);
  },
);

it('names with each token the client that it was made for, and no other', async () => {
  const kept = await signInAs(world.owner);
  await isAlive(kept);
  await signIn.acceptInvitations(kept, [world.pms.machineIdentifier]);
  await signIn.forget(kept);
  const clients = world.plex.http.requests.map(({ headers }) => headers['x-plex-client-identifier']);
  expect(new Set(clients)).toEqual(new Set([kept.clientIdentifier]));
});

it('never signs out a token of the installation’s own client: older versions kept servers with it', async () => {
  const { token } = world.owner;
  await signIn.forget({ token, clientIdentifier: null });
  expect(await isAlive({ token, clientIdentifier: null })).toBe(true);
});
