/**
 * Replies as plain data. Commands build a view, and render.ts turns it into components V2. All text is `Md`, which
 * is made by the `md` template; it sanitises everything that is inserted.
 */
import { describeSeconds } from '../../../domain/duration.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { sanitise } from '../wire/sanitise.ts';

/** Markdown that is safe to send: the literal parts are ours, and the inserted parts were sanitised. */
export interface Md {
  readonly markdown: string;
}

type Part = string | number | Md | readonly Md[];

/**
 * `md\`Hello ${name}\``: strings are sanitised (sanitise.ts), `Md` is inserted as it is, and lists are joined by
 * line breaks.
 */
export function md(literals: TemplateStringsArray, ...parts: readonly Part[]): Md {
  const text = literals.map((literal, index) => literal + partText(parts[index])).join('');
  return { markdown: text };
}

function partText(part: Part | undefined): string {
  if (part === undefined) return '';
  if (typeof part === 'string') return sanitise(part);
  if (typeof part === 'number') return String(part);
  if ('markdown' in part) return part.markdown;
  return part.map((item) => item.markdown).join('\n');
}

/** Joins pieces with a separator, which must not come from people. */
export function join(parts: readonly Md[], separator: string): Md {
  return { markdown: parts.map((part) => part.markdown).join(separator) };
}

/** `<t:…:f> (<t:…:R>)`: every date is shown as absolute and as relative (discord.md 1.5). */
export function moment(at: Date): Md {
  const unix = Math.floor(at.getTime() / 1000);
  return { markdown: `<t:${unix}:f> (<t:${unix}:R>)` };
}

/** "until …" or "for good". */
export function until(at: Date | null): Md {
  return at ? md`until ${moment(at)}` : md`for good`;
}

/** What is left of a paused grant; null is for good. */
export function afterResume(seconds: number | null): Md {
  return md`${seconds === null ? 'for good' : `${describeSeconds(seconds)} left`}, once it is resumed`;
}

export const mention = {
  user: (id: string): Md => ({ markdown: `<@${snowflake(id)}>` }),
  role: (id: string): Md => ({ markdown: `<@&${snowflake(id)}>` }),
  channel: (id: string): Md => ({ markdown: `<#${snowflake(id)}>` }),
};

function snowflake(id: string): string {
  if (!/^\d{1,20}$/.test(id)) throw new TypeError('not a Discord id');
  return id;
}

/** Inline code: for ids and codes. Backticks are replaced. */
export function code(text: string): Md {
  return { markdown: `\`${sanitise(text, { inCode: true })}\`` };
}

export type Tone = 'good' | 'neutral' | 'warning' | 'bad';

/**
 * Components that cards of other commands lead to, by the path of the command that has them. A button that names
 * another command names one of these, and test/commands/handlers.test.ts finds each of them there.
 */
export const SHARED_HANDLERS = {
  'grant extend': ['ask'],
  'grant pause': ['one'],
  'grant resume': ['one'],
  'grant revoke': ['one'],
  'grant set': ['undo'],
  'invite create': ['claim', 'post'],
  'jobs list': ['release', 'dismiss'],
  'jobs run': ['clock'],
  'library sync': ['one'],
  'my access': ['plex', 'jellyfin', 'password'],
  'my accounts': ['quick', 'mine', 'other'],
  redeem: ['open'],
  'server add': ['trust', 'distrust', 'confirm', 'cancel'],
  'server check': ['one'],
  'server edit': ['open', 'trust', 'distrust', 'again', 'confirm', 'cancel'],
  'server remove': ['ask'],
  'server show': ['unfreeze'],
} as const;

type SharedHandlers = typeof SHARED_HANDLERS;

/** Where a button of another command leads. */
type Handler = {
  [Path in keyof SharedHandlers]: { readonly command: Path; readonly op: SharedHandlers[Path][number] };
}[keyof SharedHandlers];

/** Handled by a component of the same command, or of the `command` that is named. */
export type Button = ({ readonly op: string; readonly command?: never } | Handler) & {
  /** At most 34 characters. */
  readonly label: string;
  readonly style?: 'primary' | 'secondary' | 'success' | 'danger';
  readonly args?: readonly string[];
  readonly disabled?: boolean;
  /** In a DM: the guild that the button belongs to, if it is not that of the view. */
  readonly guildId?: GuildId;
};

export interface LinkButton {
  readonly label: string;
  readonly url: string;
}

interface SelectOption {
  /** Sanitised and cut to 100 characters when rendered. */
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly chosen?: boolean;
}

export type Block =
  | { readonly kind: 'text'; readonly text: Md }
  | { readonly kind: 'separator' }
  | { readonly kind: 'buttons'; readonly buttons: readonly (Button | LinkButton)[] }
  | {
      readonly kind: 'select';
      readonly op: string;
      readonly args?: readonly string[];
      readonly placeholder: string;
      readonly options: readonly SelectOption[];
      readonly min?: number;
      readonly max?: number;
    };

export interface View {
  readonly kind: 'view';
  readonly tone: Tone;
  readonly blocks: readonly Block[];
  readonly files?: readonly { readonly name: string; readonly content: string }[];
  /** Who may use the buttons: only the person who is answered (default), or everybody who sees them. */
  readonly audience?: 'actor' | 'everybody';
  /**
   * In a DM: the guild that the buttons belong to, if the command has found one. Elsewhere it is the guild of the
   * channel.
   */
  readonly guildId?: GuildId;
  /** How long the buttons work. Default: a day. */
  readonly buttonsLastMs?: number;
  /** A view that replaces this one when it is ready; it may have a `later` of its own. */
  readonly later?: Promise<View>;
  /**
   * What is shown when `later` is not there shortly before Discord lets the answer be changed no more (15 min). Whoever
   * makes it sees to it that the end is told some other way.
   */
  readonly late?: () => View;
}

export interface ModalField {
  /** Its custom id, under which the submitted value arrives. */
  readonly id: string;
  /** At most 45 characters. */
  readonly label: string;
  /** At most 100 characters. */
  readonly description?: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly required?: boolean;
  readonly long?: boolean;
  readonly minLength?: number;
  readonly maxLength?: number;
}

export interface Modal {
  readonly kind: 'modal';
  /** At most 45 characters. */
  readonly title: string;
  /** Name of the handler in the `components` of the same command, which receives the fields. */
  readonly op: string;
  readonly args?: readonly string[];
  /** 1 to 5 fields. */
  readonly fields: readonly ModalField[];
  /** In a DM: the guild that the modal belongs to, if the command has found one. */
  readonly guildId?: GuildId;
}

/** A card: blocks of text and controls in one container. */
export function card(tone: Tone, ...blocks: readonly (Block | Md | undefined)[]): View {
  return {
    kind: 'view',
    tone,
    blocks: blocks
      .filter((block) => block !== undefined)
      .map((block) => ('markdown' in block ? { kind: 'text', text: block } : block)),
  };
}

/**
 * All of it in bold. Bold in bold would show asterisks, so what is bold already is only a part of it. Escaped asterisks
 * of people stay.
 */
function bold(text: Md): Md {
  return { markdown: `**${text.markdown.replaceAll(/(\\.)|\*\*/g, '$1')}**` };
}

/** An error for people: what, why, and what to do (discord.md 2.2). */
export function problem(what: Md, why?: Md, action?: Md): View {
  return card(
    'bad',
    join(
      [bold(what), why, action].filter((part) => part !== undefined),
      '\n',
    ),
  );
}

export const separator: Block = { kind: 'separator' };

/** Those that are undefined are left out. */
export function buttons(...list: readonly (Button | LinkButton | undefined)[]): Block {
  return { kind: 'buttons', buttons: list.filter((button) => button !== undefined) };
}
