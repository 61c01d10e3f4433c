import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Delivery } from '../../../src/app/ports/outbox.ts';
import { HOUR } from '../../support/moments.ts';
import { ADA, GUILD, STAFF } from '../../support/people.ts';
import { ALERTS, World } from '../world.ts';

const CHANNEL = '400000000000000009';

let world: World;
beforeEach(async () => {
  world = await World.open();
  await world.setChannel('alerts');
});
afterEach(() => world.close());

/** A notice to Ada that Discord does not take. */
async function closeNotice(text: string): Promise<void> {
  await world.stores.transaction(GUILD, (tx) =>
    tx.deliveries.owe(
      { id: text, kind: 'dm', sink: ADA, content: { kind: 'notice', text } },
      world.clock.now(),
    ),
  );
  const due = await world.outbox.listDue(world.clock.now(), 50);
  const found: Delivery | undefined = due.find(({ id }) => id === text);
  if (!found) throw new Error('the notice is not due');
  await world.app.deliveries.parked(found, 'Cannot send messages to this user', true);
}

it('what a member without direct messages should hear is told by staff', async () => {
  await closeNotice('You can watch now.');
  expect((await world.owed(ALERTS)).at(-1)).toEqual({
    kind: 'alert',
    text: `<@${ADA}> takes no direct messages. Please tell them: You can watch now.`,
  });
});

it('or, where they claimed their invite, that there is news, and not which', async () => {
  const tower = await world.addTower();
  const { invite } = await world.invite({
    guildId: GUILD,
    actorId: STAFF,
    memberId: ADA,
    libraryIds: [tower.id('Movies')],
    duration: null,
    uses: 1,
    validUntil: new Date(world.clock.now().getTime() + HOUR),
    roleId: null,
    note: null,
  });
  await world.app.invites.postClaim(GUILD, invite.id, CHANNEL);
  await world.app.invites.redeemInvite(GUILD, invite.id, ADA);
  const dm = (await world.outbox.listDue(world.clock.now(), 50)).find(({ sink }) => sink === ADA);
  if (dm) await world.app.deliveries.parked(dm, 'Cannot send messages to this user', true);
  await closeNotice('You can watch now.');
  expect((await world.owed(CHANNEL)).at(-1)).toEqual({ kind: 'news', memberId: ADA });
});
