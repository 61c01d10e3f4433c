import { styleText } from 'node:util';
import type { Exchange, Message } from '../standins/discord/index.ts';
import { renderModal } from '../standins/discord/index.ts';

const WIDTH = 96;

/** Prints what happens as a readable conversation. */
export class Narrator {
  readonly #out: NodeJS.WriteStream;
  checks = 0;

  constructor(out: NodeJS.WriteStream) {
    this.#out = out;
  }

  #style(format: Parameters<typeof styleText>[0], text: string): string {
    return styleText(format, text, { stream: this.#out });
  }

  #line(text = ''): void {
    this.#out.write(`${text}\n`);
  }

  chapter(title: string): void {
    this.#line();
    this.#line(this.#style('bold', `── ${title} ${'─'.repeat(Math.max(0, WIDTH - title.length - 4))}`));
  }

  /** A sentence of the story. */
  tell(text: string): void {
    this.#line(this.#style('dim', wrap(text, '')));
  }

  /** What a person types or presses. */
  act(who: string, what: string): void {
    this.#line();
    this.#line(`${this.#style('cyan', who.padEnd(6))} ${what}`);
  }

  /** An answer of Usher. Only the person sees it unless it is marked otherwise. */
  answer(exchange: Exchange): void {
    this.#usher(
      exchange.kind === 'modal' ? renderModal(exchange.modal) : exchange.text,
      exchange.kind === 'message' && exchange.ephemeral ? 'only they see this' : '',
    );
  }

  /** A message that Usher sent without being asked. */
  message(where: string, message: Message): void {
    this.#usher(message.text, where);
  }

  /** Several such messages. */
  messages(where: string, messages: readonly Message[]): void {
    this.#usher(messages.map((message) => message.text).join('\n'), where);
  }

  #usher(text: string, note: string): void {
    this.#line(`${this.#style('magenta', 'Usher'.padEnd(6))} ${this.#style('dim', note && `(${note})`)}`);
    for (const line of text.split('\n')) this.#line(`       ${readable(line)}`);
  }

  /**
   * A fact that was checked on a stand-in.
   * @throws {Error} when it is not true.
   */
  check(holds: boolean, fact: string): void {
    if (!holds) throw new Error(`not so: ${fact}`);
    this.checks += 1;
    this.#line(`${this.#style('green', '✔')} ${this.#style('dim', fact)}`);
  }

  end(text: string): void {
    this.#line();
    this.#line(this.#style(['bold', 'green'], text));
  }

  fail(error: unknown): void {
    this.#line();
    this.#line(this.#style(['bold', 'red'], `✘ ${error instanceof Error ? error.message : String(error)}`));
  }
}

/** Discord's markdown in a form for terminals: without backslashes and marks for small text. */
function readable(line: string): string {
  return line
    .replaceAll(/\\([\\*_~`|<[\]:.>#+-])/g, '$1')
    .replaceAll('**', '')
    .replace(/^(┃ ?|)-# /, '$1')
    .replace(/^(┃ ?)#+ /, '$1');
}

function wrap(text: string, indent: string): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line === indent ? word : ` ${word}`;
  }
  return [...lines, line].join('\n');
}
