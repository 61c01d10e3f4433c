/**
 * Replies as plain data, in no language yet. Commands build a view, and render.ts turns it into components V2. All text
 * is `Md`: sentences of the catalogue, put together by the `md` template, which sanitises everything else that is
 * inserted.
 */
import type { GuildId } from '../../../domain/ids.ts';
import { isPseudonym } from '../../../domain/personal-data.ts';
import { programOf } from '../../../domain/programs.ts';
import type { Unclear } from '../../../domain/unclear.ts';
import { type Markup, type Sentence, say, type Text } from '../../../words/say.ts';
import { sanitise } from '../wire/sanitise.ts';

export { type Sentence, say, type Text } from '../../../words/say.ts';

/** Markdown that is safe to send: the literal parts are ours, and the inserted parts were sanitised. */
export type Md = Markup;

type Part = string | number | Sentence | Md | readonly (Sentence | Md)[];

/**
 * `md\`**${name}** · ${say('shared.forGood')}\``: strings are sanitised (sanitise.ts), sentences and `Md` are inserted
 * as they are, and lists are joined by line breaks.
 */
export function md(literals: TemplateStringsArray, ...parts: readonly Part[]): Md {
  return { pieces: merged(literals.flatMap((literal, index) => [literal, ...piecesOf(parts[index])])) };
}

function piecesOf(part: Part | undefined): Md['pieces'] {
  if (part === undefined) return [];
  if (typeof part === 'string') return [sanitise(part)];
  if (typeof part === 'number') return [String(part)];
  if ('key' in part) return [part];
  if ('pieces' in part) return part.pieces;
  return join(part, '\n').pieces;
}

/** Neighbouring texts as one, so that what reads the same is the same. */
function merged(pieces: Md['pieces']): Md['pieces'] {
  const few: Md['pieces'][number][] = [];
  for (const piece of pieces) {
    const last = few.at(-1);
    if (typeof piece === 'string' && typeof last === 'string') few[few.length - 1] = last + piece;
    else if (piece !== '') few.push(piece);
  }
  return few;
}

/** Joins pieces with a separator, which must not come from people. */
export function join(parts: readonly (Sentence | Md)[], separator: string): Md {
  return {
    pieces: merged(parts.flatMap((part, index) => [...(index > 0 ? [separator] : []), ...piecesOf(part)])),
  };
}

/** Whether two texts read the same. */
export function isSame(one: Md, other: Md): boolean {
  return JSON.stringify(one.pieces) === JSON.stringify(other.pieces);
}

/** Text without a word of ours in it: a mark, a mention, what was sanitised. */
export function raw(markdown: string): Md {
  return { pieces: [markdown] };
}

/** `<t:…:f> (<t:…:R>)`: absolute and relative, for cards that tell everything about one thing (discord.md 1.5). */
export function moment(at: Date): Md {
  return raw(`<t:${unixOf(at)}:f> (<t:${unixOf(at)}:R>)`);
}

/** `<t:…:R>`, "in 3 days": for lists, where a row is a line. */
export function relative(at: Date): Md {
  return raw(`<t:${unixOf(at)}:R>`);
}

const unixOf = (at: Date): number => Math.floor(at.getTime() / 1000);

/** "until …" or "for good". */
export function until(at: Date | null): Md {
  return md`${at ? say('shared.until', { end: moment(at) }) : say('shared.forGood')}`;
}

export const mention = {
  /** Whoever was forgotten is nobody who could be mentioned, and neither is a program. */
  user: (id: string): Md => {
    const program = programOf(id);
    if (program) return md`${say('audit.program', { name: program.name })}`;
    return isPseudonym(id) ? md`${say('shared.forgotten', { id })}` : raw(`<@${snowflake(id)}>`);
  },
  role: (id: string): Md => raw(`<@&${snowflake(id)}>`),
  channel: (id: string): Md => raw(`<#${snowflake(id)}>`),
};

/**
 * A mention with the name beside it, which stays when the person has left. Without a name, the mention alone: nobody
 * of that id ever appeared.
 */
export function person(id: string, name: string | undefined): Md {
  return name === undefined ? mention.user(id) : md`${name} ${mention.user(id)}`;
}

/** The name alone, for lists, where a row is a line; the mention where no name is known. */
export function nameOf(id: string, name: string | undefined): Md {
  return name === undefined ? mention.user(id) : md`${name}`;
}

function snowflake(id: string): string {
  if (!/^\d{1,20}$/.test(id)) throw new TypeError('not a Discord id');
  return id;
}

/** Inline code: for ids and codes. Backticks are replaced. */
export function code(text: string): Md {
  return raw(`\`${sanitise(text, { inCode: true })}\``);
}

export type Tone = 'good' | 'neutral' | 'warning' | 'bad';

/**
 * Components that cards of other commands lead to, by the path of the command that has them. A button that names
 * another command names one of these, and test/commands/handlers.test.ts finds each of them there.
 */
export const SHARED_HANDLERS = {
  'admin restart': ['now'],
  'api token revoke': ['ask'],
  'grant extend': ['ask'],
  'grant pause': ['one'],
  'grant resume': ['one'],
  'grant revoke': ['one'],
  'grant set': ['undo'],
  'grant show': ['history'],
  help: ['all', 'task', 'explain'],
  'invite create': ['claim', 'post'],
  'invite list': ['list'],
  'invite revoke': ['one'],
  'jobs list': ['release', 'dismiss'],
  'jobs run': ['clock', 'server'],
  'library list': ['to', 'take', 'lasts'],
  'library sync': ['one'],
  'logs view': ['refresh', 'follow', 'stop', 'file'],
  'member import': ['unclaim', 'undo', 'page', 'one', 'aside', 'sure', 'these', 'door', 'end'],
  'member libraries': ['open'],
  'member list': ['list', 'many', 'plan', 'gift'],
  'member note': ['ask'],
  'member show': ['open', 'back', 'pick', 'act', 'undo', 'plan', 'gift', 'begin', 'begin-in'],
  'member why': ['ask', 'choose'],
  'my access': ['plex', 'plexBeside', 'jellyfin', 'jellyfinBeside', 'password', 'renew', 'show', 'begin'],
  'my accounts': ['quick', 'quickBeside', 'mine', 'other', 'door'],
  'my renew': ['open', 'form', 'pick', 'self', 'approve', 'other', 'decline'],
  'plan delete': ['ask'],
  'plan edit': ['form'],
  redeem: ['open', 'type'],
  'settings role-plan': ['release', 'keep'],
  'server add': ['open', 'trust', 'distrust', 'confirm', 'cancel'],
  'server check': ['one'],
  'server list': ['list'],
  'server edit': ['open', 'trust', 'distrust', 'again', 'confirm', 'cancel'],
  'server remove': ['ask'],
  'server show': ['unfreeze'],
  'settings notices': ['open'],
  'settings show': ['change'],
  setup: [
    'show',
    'server',
    'channel',
    'audit',
    'alerts',
    'test',
    'roles',
    'role',
    'zone',
    'zone-chosen',
    'plan',
    'invite',
    'invitee',
  ],
  'webhook list': ['on', 'rotate'],
  'webhook remove': ['ask'],
  'webhook test': ['now'],
} as const;

type SharedHandlers = typeof SHARED_HANDLERS;

/** Where a button of another command leads. */
type Handler = {
  [Path in keyof SharedHandlers]: { readonly command: Path; readonly op: SharedHandlers[Path][number] };
}[keyof SharedHandlers];

/** Handled by a component of the same command, or of the `command` that is named. */
export type Button = ({ readonly op: string; readonly command?: never } | Handler) & {
  /** At most 34 characters. */
  readonly label: Text;
  readonly style?: 'primary' | 'secondary' | 'success' | 'danger';
  readonly args?: readonly string[];
  readonly disabled?: boolean;
  /** In a DM: the guild that the button belongs to, if it is not that of the view. */
  readonly guildId?: GuildId;
};

export interface LinkButton {
  readonly label: Text;
  readonly url: string;
}

export interface SelectOption {
  /** Sanitised and cut to 100 characters when rendered. */
  readonly label: Text;
  readonly value: string;
  readonly description?: Text;
  readonly chosen?: boolean;
}

export type Block =
  | { readonly kind: 'text'; readonly text: Md }
  | { readonly kind: 'separator' }
  /** A PNG; `description` says what it shows, for whoever cannot see it. */
  | {
      readonly kind: 'picture';
      readonly name: string;
      readonly content: Uint8Array;
      readonly description: string;
    }
  | { readonly kind: 'buttons'; readonly buttons: readonly (Button | LinkButton)[] }
  /** A line with a button at its end. */
  | { readonly kind: 'row'; readonly text: Md; readonly button: Button | LinkButton }
  | (({ readonly op: string; readonly command?: never } | Handler) & {
      readonly kind: 'select';
      readonly args?: readonly string[];
      readonly placeholder: Text;
      readonly options: readonly SelectOption[];
      readonly min?: number;
      readonly max?: number;
    })
  /** One person, role or channel of the guild: Discord itself lists them. */
  | (({ readonly op: string; readonly command?: never } | Handler) & {
      readonly kind: 'pick';
      readonly what: Pickable;
      readonly args?: readonly string[];
      readonly placeholder: Text;
      /** The id of what is chosen now. */
      readonly value?: string;
    });

export type Pickable = 'user' | 'role' | 'channel';

export interface View {
  readonly kind: 'view';
  readonly tone: Tone;
  readonly blocks: readonly Block[];
  readonly files?: readonly { readonly name: string; readonly content: string | Uint8Array }[];
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
  /** What of the command could not be read for sure: it asks, and goes on with the answer (kit/asks-once.ts). */
  readonly unclear?: Unclear;
}

interface AnyField {
  /** Its custom id, under which the submitted value arrives. */
  readonly id: string;
  /** At most 45 characters. */
  readonly label: Text;
  /** At most 100 characters. */
  readonly description?: Text;
  readonly placeholder?: Text;
  /** What it is filled with; of several chosen options, joined by commas. */
  readonly value?: string;
  readonly required?: boolean;
}

/** A field of text, unless it says otherwise. */
export type ModalField = AnyField &
  (
    | {
        readonly kind?: 'text';
        readonly long?: boolean;
        readonly minLength?: number;
        readonly maxLength?: number;
      }
    /** At most 25 options, of which `max` can be chosen. */
    | { readonly kind: 'select'; readonly options: readonly SelectOption[]; readonly max?: number }
    | { readonly kind: 'pick'; readonly what: Pickable }
    /** 1 to 10 boxes, of which any number may be ticked; those that are arrive as one text, with commas between. */
    | { readonly kind: 'checks'; readonly options: readonly SelectOption[] }
  );

export interface Modal {
  readonly kind: 'modal';
  /** At most 45 characters. */
  readonly title: Text;
  /** Name of the handler in the `components` of the same command, which receives the fields. */
  readonly op: string;
  readonly args?: readonly string[];
  /** 1 to 5 fields. */
  readonly fields: readonly ModalField[];
  /** In a DM: the guild that the modal belongs to, if the command has found one. */
  readonly guildId?: GuildId;
}

/** A card: blocks of text and controls in one container. */
export function card(tone: Tone, ...blocks: readonly (Block | Md | Sentence | undefined)[]): View {
  return {
    kind: 'view',
    tone,
    blocks: blocks
      .filter((block) => block !== undefined)
      .map((block) => ('kind' in block ? block : { kind: 'text', text: md`${block}` })),
  };
}

/** All of it in bold. */
const bold = (text: Md | Sentence): Md => ({ pieces: [{ bold: md`${text}` }] });

/** An error for people: what, why, and what to do (discord.md 2.2). */
export function problem(what: Md | Sentence, why?: Md | Sentence, action?: Md | Sentence): View {
  return card('bad', problemText(what, why, action));
}

/** The same as a text, above what can still be done. */
export function problemText(what: Md | Sentence, why?: Md | Sentence, action?: Md | Sentence): Md {
  return join(
    [bold(what), why, action].filter((part) => part !== undefined),
    '\n',
  );
}

export const separator: Block = { kind: 'separator' };

/** Those that are undefined are left out. */
export function buttons(...list: readonly (Button | LinkButton | undefined)[]): Block {
  return { kind: 'buttons', buttons: list.filter((button) => button !== undefined) };
}
