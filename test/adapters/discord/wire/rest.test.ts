import { Routes } from 'discord.js';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRests } from '../../../../src/adapters/discord/wire/rest.ts';
import { MINUTE } from '../../../support/moments.ts';
import { GuildScene, use } from '../setup.ts';

const scene = use(new GuildScene());
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('forgets what discord.js keeps for each interaction soon after it was answered', async () => {
  const { discord, clock, log } = scene;
  const { signal } = new AbortController();
  const how = { apiUrl: `${discord.url}/api`, token: discord.token, clock, log, stopping: signal };
  const { answers } = createRests(how);
  for (let index = 0; index < 10; index += 1) {
    // Discord knows none of them; what is kept is kept all the same.
    const route = Routes.webhook(discord.applicationId, `token-${index}`);
    await answers.post(route, { body: {}, auth: false }).catch(() => undefined);
  }
  expect(answers.handlers.size).toBe(10);
  vi.advanceTimersByTime(2 * MINUTE);
  expect(answers.handlers.size).toBe(0);
});
