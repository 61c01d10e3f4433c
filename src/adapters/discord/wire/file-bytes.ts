/** How large a file may be where Discord does not say it (discord.md 1.5): the least that it takes of anybody. */
export const FILE_BYTES = 10 * 1024 * 1024;
