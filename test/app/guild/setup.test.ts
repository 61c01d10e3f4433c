import { expect, it } from 'vitest';
import { GUILD, STAFF } from '../../support/people.ts';
import { World } from '../world.ts';

it('names as roles of moderators those that make moderators, and no others', async () => {
  const world = await World.open();
  const rule = { guildId: GUILD, actorId: STAFF, action: 'allow' } as const;
  await world.app.settings.setRole({ ...rule, capability: 'auditor', roleId: '500000000000000001' });
  expect((await world.app.setup.state(GUILD)).moderatorRoleIds).toEqual([]);
  await world.app.settings.setRole({ ...rule, capability: 'moderator', roleId: '500000000000000002' });
  expect((await world.app.setup.state(GUILD)).moderatorRoleIds).toEqual(['500000000000000002']);
  await world.close();
});
