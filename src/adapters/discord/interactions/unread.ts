/** Interactions that could not be read: of another version of Discord, or not for Usher. */
import { InteractionResponseType, InteractionType, MessageFlags } from 'discord.js';
import { languageOf } from '../../../words/catalogue.ts';
import { findString, isJsonObject } from '../wire/json-reader.ts';
import type { Outgoing } from '../wire/rest.ts';
import { replies } from './dispatcher-replies.ts';

interface Unread {
  readonly id: string;
  readonly token: string;
  readonly answer: Outgoing;
}

/** What an answer needs, and the answer; undefined when Discord waits for none. */
export function findUnread(raw: unknown): Unread | undefined {
  if (!isJsonObject(raw)) return undefined;
  const [id, token] = [findString(raw, 'id'), findString(raw, 'token')];
  if (id === undefined || token === undefined) return undefined;
  if (raw.type === InteractionType.ApplicationCommandAutocomplete) {
    const type = InteractionResponseType.ApplicationCommandAutocompleteResult;
    return { id, token, answer: { body: { type, data: { choices: [] } } } };
  }
  const type = InteractionResponseType.ChannelMessageWithSource;
  const data = {
    content: replies.unread(languageOf(findString(raw, 'locale'))),
    flags: MessageFlags.Ephemeral,
    allowed_mentions: { parse: [] },
  };
  return { id, token, answer: { body: { type, data } } };
}

/** What the log may contain of it. */
export function unreadIdsOf(raw: unknown): { readonly interactionId?: string } {
  const interactionId = isJsonObject(raw) ? findString(raw, 'id') : undefined;
  return interactionId === undefined ? {} : { interactionId };
}
