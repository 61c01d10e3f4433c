import { afterEach, beforeEach, expect, it } from 'vitest';
import { asActor } from '../../../src/domain/ids.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { World } from '../world.ts';

let world: World;
beforeEach(async () => {
  world = await World.open();
});
afterEach(() => world.close());

const input = {
  guildId: GUILD,
  actorId: STAFF,
  kind: 'jellyfin',
  name: 'Den',
  url: 'https://den.test',
  token: 'key-3f9c-secret',
} as const;
const certificate = { fingerprint: 'AB:CD', name: 'den', validTo: new Date(0) };
const questions = () => world.app.certificateQuestions;

it('what was typed is taken once, with the certificate, by who typed it', async () => {
  const id = await questions().ask('add', input, certificate);
  expect(await world.everythingStored()).not.toContain(input.token);
  expect(await questions().take('add', GUILD, asActor(ADA), id)).toBeUndefined();
  expect(await questions().take('add', GUILD, STAFF, id)).toEqual({ ...input, certificate: 'AB:CD' });
  expect(await questions().take('add', GUILD, STAFF, id)).toBeUndefined();
});

it('an edit is taken as an edit', async () => {
  const { kind: _, ...rest } = input;
  const edit = { ...rest, serverId: 'den', localUrl: '', publicUrl: '' };
  const id = await questions().ask('edit', edit, certificate);
  expect(await questions().take('edit', GUILD, STAFF, id)).toEqual({ ...edit, certificate: 'AB:CD' });
});

it.each([
  ['of another kind of server', { ...input, kind: 'emby', certificate: 'AB:CD' }],
  ['without a token', { ...input, token: undefined, certificate: 'AB:CD' }],
  ['without a certificate', input],
])('what an older Usher kept %s is not taken', async (_name, kept) => {
  const sealed = world.deps.secrets.seal(JSON.stringify(kept), {
    guildId: GUILD,
    column: 'Draft.certificate.add',
  });
  await world.stores.transaction(GUILD, (tx) =>
    tx.drafts.put({
      id: 'd',
      userId: STAFF,
      content: { sealed },
      keptAt: world.clock.now(),
      expiresAt: new Date(world.clock.now().getTime() + 1000),
    }),
  );
  expect(await questions().take('add', GUILD, STAFF, 'd')).toBeUndefined();
});
