/** Members hear by direct message what happens to their access: each thing once, joined for a minute. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { User } from '../standins/discord/index.ts';
import { Stage } from '../support/stage.ts';
import { addMember, plexMember, skipMinute, withMinutesToSkip } from './actions.ts';

let stage: Stage;

beforeAll(async () => {
  stage = await Stage.set();
  await stage.start(withMinutesToSkip());
  await stage.setUp();
}, 60_000);
afterAll(() => stage.strike());

const heard = (user: User) => stage.discord.dmsOf(user).map(({ text }) => text);

it('a grant given, extended and ended is told, also after a kill; what is not chosen, and closed DMs, are said to staff', async () => {
  const mia = await plexMember(stage, 'mia', 'TV');
  await skipMinute(stage);
  await stage.discord.until('what is left of the start', () => heard(mia.user).length === 1);
  await stage.asOlga('/settings notices').then((form) => form.submit({ notices: ['given', 'ended'] }));

  const given = await stage.asOlga('/grant add', { member: mia.user, libraries: 'Concerts', for: '30d' });
  expect(given.text).toMatch(/hears it by DM within a minute/);
  const number = /Grant #(\d+)/.exec(given.text)?.[1] ?? '';
  expect((await stage.asOlga('/grant extend', { grant: number, by: '1d' })).text).toMatch(/within a minute/);
  const gil = addMember(stage, 'gil', 'closed');
  await stage.asOlga('/grant add', { member: gil, libraries: 'Concerts' });
  expect(heard(mia.user)).toHaveLength(1);
  await stage.usher.kill();
  await stage.start(withMinutesToSkip(1));
  await skipMinute(stage);
  await stage.discord.until('one message for both', () => heard(mia.user).length === 2);
  expect(heard(mia.user)[1]).toMatch(/You can watch Concerts on Tower until/);
  const closed = await stage.asOlga('/grant add', { member: gil, libraries: 'TV' });
  expect(closed.text).toMatch(/cannot be told: their DMs are closed/);

  const paused = await stage.asOlga('/grant pause', { grant: number });
  expect(paused.text).toMatch(/Nobody is told by DM: notices about this are off/);
  await stage.asOlga('/grant revoke', { grant: number, reason: 'rude' });
  await skipMinute(stage);
  await stage.discord.until('the end', () => heard(mia.user).length === 3);
  expect(heard(mia.user)[2]).toMatch(/Your access to Concerts on Tower has ended: the staff took it back/);
  expect(heard(mia.user).join()).not.toMatch(/rude|paused/);
  expect(stage.discord.violations).toEqual([]);
}, 90_000);
