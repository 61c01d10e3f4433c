import { type REST, Routes } from 'discord.js';
import { describeDiscordError } from './rest.ts';

/**
 * Whether Discord really refuses the token. One 401 is not enough: a proxy or a Discord in trouble may have answered
 * it, and whoever believes it ends the process for good.
 */
export async function isTokenRefused(bot: REST): Promise<boolean> {
  try {
    await bot.get(Routes.user());
    return false;
  } catch (error) {
    const { kind, status } = describeDiscordError(error);
    return kind === 'answered' && status === 401;
  }
}
