import { textDisplays } from './components.ts';
import { Permission } from './constants.ts';
import { isObject, listOf } from './json.ts';
import type { Message } from './message.ts';

/** Whom a message notifies. */
export interface Pings {
  readonly users: readonly string[];
  readonly roles: readonly string[];
  readonly everyone: boolean;
}

/**
 * Whom a message notifies. Text displays count as content, and code does not notify. Without `allowed_mentions`, a
 * message of a bot notifies everybody it mentions, @everyone included, and an answer to an interaction only users
 * (discord.md 1.5).
 */
export function pingsOf(message: Message, allowedMentions: unknown, fromInteraction: boolean): Pings {
  const text = [message.content, ...textDisplays(message.components)]
    .join('\n')
    .replaceAll(/```[\s\S]*?```|`[^`]*`/g, '');
  const { world, guild } = message.channel;
  const defaults = fromInteraction ? ['users'] : ['users', 'roles', 'everyone'];
  const allowed = isObject(allowedMentions) ? allowedMentions : { parse: defaults };
  const parse = listOf(allowed.parse);
  const users = listOf(allowed.users);
  const roles = listOf(allowed.roles);
  const found = (pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map((match) => match[1] ?? ''))];
  const mayPingAll =
    guild !== undefined &&
    (guild.permissionsOf(world.bot, message.channel) & Permission.MentionEveryone) !== 0n;
  return {
    users: found(/<@!?(\d+)>/g).filter(
      (id) => world.users.has(id) && (parse.includes('users') || users.includes(id)),
    ),
    roles: found(/<@&(\d+)>/g).filter((id) => {
      const role = guild?.roles.get(id);
      if (!role || !(parse.includes('roles') || roles.includes(id))) return false;
      return role.mentionable || mayPingAll;
    }),
    everyone: /@(everyone|here)\b/.test(text) && parse.includes('everyone') && mayPingAll,
  };
}
