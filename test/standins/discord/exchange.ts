import type { HttpStandIn } from '../http.ts';
import { findButton, findSelect, listActions, type Selected } from './finding.ts';
import type { Interaction, Modal } from './interaction.ts';
import type { Message } from './message.ts';
import type { FieldValue } from './modal-form.ts';
import type { ActOptions, ClickOptions, Person } from './person.ts';
import { renderModal } from './render.ts';

/** One action of a person, and the bot's answers to it. Always shows their latest state. */
export class Exchange {
  readonly person: Person;
  readonly interaction: Interaction;
  readonly #http: HttpStandIn;

  constructor(options: {
    readonly person: Person;
    readonly interaction: Interaction;
    readonly http: HttpStandIn;
  }) {
    this.person = options.person;
    this.interaction = options.interaction;
    this.#http = options.http;
  }

  /** The answer so far. `nothing` for a deferred update without an edit, or for a deleted answer. */
  get kind(): 'message' | 'modal' | 'nothing' {
    if (this.interaction.modal) return 'modal';
    const { original } = this.interaction;
    return original && !original.deleted ? 'message' : 'nothing';
  }

  /**
   * The answer as it is now; after an update, the message that was updated.
   * @throws {Error} when the answer was a modal, or was deleted.
   */
  get message(): Message {
    const { original, modal, what } = this.interaction;
    if (original && !original.deleted) return original;
    throw new Error(
      `${what} was answered with ${modal ? `the modal "${modal.title}"` : 'nothing'}, not a message`,
    );
  }

  /** @throws {Error} when the answer was not a modal. */
  get modal(): Modal {
    const { modal, what } = this.interaction;
    if (modal) return modal;
    throw new Error(`${what} opened no modal; it was answered with: ${this.text}`);
  }

  /** Further messages, oldest first. */
  get followUps(): readonly Message[] {
    return this.interaction.followUps;
  }

  /** The answer as plain text, as a reader sees it. */
  get text(): string {
    if (this.interaction.modal) return renderModal(this.interaction.modal);
    return this.kind === 'message' ? this.message.text : '';
  }

  /** The answer and all follow-ups as plain text. */
  get allText(): string {
    return [this.text, ...this.followUps.filter((one) => !one.deleted).map((one) => one.text)].join('\n');
  }

  /** Whether only the person sees the answer. */
  get ephemeral(): boolean {
    return this.message.ephemeral;
  }

  /** How long the bot took to acknowledge, in real milliseconds. */
  get acknowledgedAfterMs(): number {
    return this.interaction.acknowledgedAfterMs ?? Number.NaN;
  }

  /** Waits for later edits and follow-ups until the text is as `wanted`, or the function accepts the exchange. */
  async until(
    wanted: string | RegExp | ((exchange: Exchange) => boolean),
    timeoutMs?: number,
  ): Promise<this> {
    const fits = () => {
      if (typeof wanted === 'function') return wanted(this);
      return typeof wanted === 'string' ? this.allText.includes(wanted) : wanted.test(this.allText);
    };
    await this.#http
      .until(`${this.interaction.what}: ${String(wanted)}`, fits, timeoutMs)
      .catch((error: Error) => {
        throw new Error(`${error.message}; the answer is: ${this.allText}`, { cause: error });
      });
    return this;
  }

  /** Presses a button of the answer, or of a follow-up. */
  async click(wanted: string, options: ClickOptions = {}): Promise<Exchange> {
    const found = this.#having(
      (message) => findButton(message, wanted, options.near) !== undefined,
      `button "${wanted}"`,
    );
    return await this.person.click(found, wanted, options);
  }

  /** Chooses in a select of the answer or of a follow-up. `which` is its placeholder or custom id. */
  async select(
    values: Selected | readonly Selected[],
    which?: string,
    options?: ActOptions,
  ): Promise<Exchange> {
    const found = this.#having(
      (message) => findSelect(message, which) !== undefined,
      `select "${which ?? 'any'}"`,
    );
    return await this.person.select(found, values, which, options);
  }

  /** Fills in and sends the modal that was the answer. Fields are named by custom id or label. */
  async submit(fields: Readonly<Record<string, FieldValue>> = {}, options?: ActOptions): Promise<Exchange> {
    return await this.person.submit(this.modal, this.interaction.source, fields, options);
  }

  #having(has: (message: Message) => boolean, what: string): Message {
    const candidates = [...(this.kind === 'message' ? [this.message] : []), ...this.followUps.toReversed()];
    const visible = candidates.filter((message) => !message.deleted);
    const found = visible.find(has);
    if (found) return found;
    throw new Error(
      `there is no ${what} in the answer to ${this.interaction.what}; there are: ${visible.map(listActions).join('; ') || 'none'}`,
    );
  }
}
