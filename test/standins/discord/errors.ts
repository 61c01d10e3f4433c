import type { Answer } from '../http.ts';
import { isObject, type Json } from './json.ts';

/** A refusal in Discord's own form. Routes throw it, and one place turns it into the answer. */
export class DiscordError extends Error {
  readonly status: number;
  readonly code: number;
  readonly errors: Json | undefined;

  constructor(status: number, code: number, message: string, errors?: Json) {
    super(message);
    this.name = 'DiscordError';
    this.status = status;
    this.code = code;
    this.errors = errors;
  }

  answer(): Answer {
    const body = { message: this.message, code: this.code, ...(this.errors && { errors: this.errors }) };
    return { status: this.status, body };
  }
}

/** The refusals that the stand-in knows, with Discord's status and text (discord.md 1.6). */
export const refuse = {
  notFound: () => new DiscordError(404, 0, '404: Not Found'),
  unauthorized: () => new DiscordError(401, 0, '401: Unauthorized'),
  unknownApplication: () => new DiscordError(404, 10002, 'Unknown Application'),
  unknownChannel: () => new DiscordError(404, 10003, 'Unknown Channel'),
  unknownBan: () => new DiscordError(404, 10026, 'Unknown Ban'),
  unknownGuild: () => new DiscordError(404, 10004, 'Unknown Guild'),
  unknownMember: () => new DiscordError(404, 10007, 'Unknown Member'),
  unknownMessage: () => new DiscordError(404, 10008, 'Unknown Message'),
  unknownRole: () => new DiscordError(404, 10011, 'Unknown Role'),
  unknownUser: () => new DiscordError(404, 10013, 'Unknown User'),
  unknownWebhook: () => new DiscordError(404, 10015, 'Unknown Webhook'),
  unknownInteraction: () => new DiscordError(404, 10062, 'Unknown interaction'),
  tooManyCommandCreates: () =>
    new DiscordError(400, 30034, 'Max number of daily application command creates has been reached (200)'),
  // 403, not 400: github.com/davidhozic/discord-advertisement-framework/issues/82
  dmsTooFast: () => new DiscordError(403, 40003, 'You are opening direct messages too fast'),
  alreadyAcknowledged: () => new DiscordError(400, 40060, 'Interaction has already been acknowledged.'),
  missingAccess: () => new DiscordError(403, 50001, 'Missing Access'),
  notTheAuthor: () => new DiscordError(403, 50005, 'Cannot edit a message authored by another user'),
  emptyMessage: () => new DiscordError(400, 50006, 'Cannot send an empty message'),
  dmsClosed: () => new DiscordError(403, 50007, 'Cannot send messages to this user'),
  missingPermissions: () => new DiscordError(403, 50013, 'Missing Permissions'),
  invalidWebhookToken: () => new DiscordError(401, 50027, 'Invalid Webhook Token'),
  invalidRecipient: () => new DiscordError(400, 50033, 'Invalid Recipient(s)'),
  noMutualGuilds: () =>
    new DiscordError(
      403,
      50278,
      'Cannot send messages to this user due to having no mutual guilds with this user',
    ),
  badJson: () => new DiscordError(400, 50109, 'The request body contains invalid JSON.'),
} as const;

export type Path = readonly (string | number)[];

/** Collects what is wrong with a body, and throws it as one 50035 with a tree of errors in Discord's form. */
export class Issues {
  readonly lines: string[] = [];
  readonly #tree: Json = {};

  add(path: Path, code: string, message: string): void {
    this.lines.push(`${path.join('.') || 'body'}: ${message} [${code}]`);
    let node = this.#tree;
    for (const step of path) {
      const next = node[String(step)];
      const child: Json = isObject(next) ? next : {};
      node[String(step)] = child;
      node = child;
    }
    const errors = Array.isArray(node._errors) ? node._errors : [];
    node._errors = [...errors, { code, message }];
  }

  throwIfAny(): void {
    if (this.lines.length > 0) throw new InvalidForm(this.lines, this.#tree);
  }
}

/** 50035. Keeps its lines, so that the stand-in can record the mistakes of the bot. */
export class InvalidForm extends DiscordError {
  readonly lines: readonly string[];

  constructor(lines: readonly string[], errors: Json) {
    super(400, 50035, 'Invalid Form Body', errors);
    this.name = 'InvalidForm';
    this.lines = lines;
  }
}

/** Throws a 50035 with a single mistake. */
export function invalidForm(path: Path, code: string, message: string): never {
  const issues = new Issues();
  issues.add(path, code, message);
  issues.throwIfAny();
  throw new Error('unreachable');
}
