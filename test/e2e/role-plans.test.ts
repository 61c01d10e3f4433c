/** A role is a plan: who holds it can watch, who loses it or leaves cannot any more, also when Usher was down then. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Stage } from '../support/stage.ts';
import { as, expectUnbrokenRecord, plexMember } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  stage.discord.switchIntent('GuildMembers', true);
  await stage.start();
  await stage.setUp();
}, 60_000);
afterAll(() => stage.strike());

it('gives what the plan has to who holds the role, and ends it when they lose it or leave', async () => {
  const mia = await plexMember(stage, 'mia', 'TV');
  const patron = stage.guild.addRole('Patron');
  stage.guild.setRoles(mia.user, [patron]);
  await stage.asOlga('/plan create', { name: 'Family', libraries: 'Movies' });
  const set = await stage.asOlga('/settings role-plan', { role: patron, plan: 'Family', grace: '2s' });
  expect(set.text).toMatch(/1 member has it by that now/);
  await stage.audited(/access\.applied .*Movies/);
  expect((await as(stage, mia.user).command('my access')).text).toMatch(/Movies/);

  // What the gateway tells.
  stage.guild.setRoles(mia.user, []);
  await stage.audited(/grant\.changed .*the role .* was lost/);
  await stage.audited(/grant\.ended .*Movies/);
  stage.guild.setRoles(mia.user, [patron]);
  await stage.audited(/grant\.created .*with the role/, 2);

  // What nobody was told.
  await stage.usher.kill();
  stage.guild.setRoles(mia.user, []);
  await stage.start();
  await stage.audited(/grant\.changed .*the role .* was lost/, 2);

  stage.guild.removeMember(mia.user);
  await stage.audited(/member\.left/);
  await stage.audited(/grant\.changed .*left this Discord server: 7 days more/);
  stage.guild.addMember(mia.user);
  await stage.audited(/member\.returned/);
  expectUnbrokenRecord(stage);
  expect(stage.discord.violations).toEqual([]);
  expect(stage.discord.ownMistakes).toEqual([]);
}, 90_000);
