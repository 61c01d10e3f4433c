/** The sign-ins that are open in this process: each is polled for, so there are not too many of a guild. */
import type { GuildId } from '../../domain/ids.ts';
import { say } from '../../words/say.ts';
import type { Trouble } from '../ports/media-server.ts';

/** Sign-ins of members, for servers and for drills together. */
const PER_GUILD = 10;

export const TOO_MANY_SIGN_INS: Trouble = {
  kind: 'not-possible',
  message: say('trouble.signIns'),
};

/** How many are open in each guild. */
export class SignInLimit {
  readonly #open = new Map<GuildId, number>();

  /** False when there are as many as there may be. */
  take(guildId: GuildId, max = PER_GUILD): boolean {
    const open = this.#open.get(guildId) ?? 0;
    if (open >= max) return false;
    this.#open.set(guildId, open + 1);
    return true;
  }

  free(guildId: GuildId): void {
    const left = (this.#open.get(guildId) ?? 1) - 1;
    if (left > 0) this.#open.set(guildId, left);
    else this.#open.delete(guildId);
  }
}

/** An open sign-in, and when it is over. */
export interface Open<T> {
  readonly kind: 'open';
  readonly value: T;
  readonly over: Promise<unknown>;
}

/** Sign-ins by what they are for: whoever asks for one that is open gets that one. */
export class OpenSignIns<T, Not extends { readonly kind: string } = never> {
  readonly #limit: SignInLimit;
  readonly #open = new Map<string, Promise<Open<T> | Not>>();

  constructor(limit: SignInLimit) {
    this.#limit = limit;
  }

  /** Undefined when none is open. */
  async find(guildId: GuildId, what: string): Promise<T | undefined> {
    const found = await this.#open.get(`${guildId} ${what}`);
    return found && isOpen(found) ? found.value : undefined;
  }

  /** `begin` is called when none is open. `max` is for one that was open before a restart. */
  async open(
    guildId: GuildId,
    what: string,
    begin: () => Promise<Open<T> | Not>,
    max?: number,
  ): Promise<Open<T> | Not | { readonly kind: 'too-many' }> {
    const key = `${guildId} ${what}`;
    const found = this.#open.get(key);
    if (found) return await found;
    if (!this.#limit.take(guildId, max)) return { kind: 'too-many' };
    const close = () => {
      this.#open.delete(key);
      this.#limit.free(guildId);
    };
    const begun = begin();
    this.#open.set(key, begun);
    // When it ends is not waited for here, and how it ends concerns whoever waits for that.
    void begun.then((one) => (isOpen(one) ? one.over.then(close, close) : close()), close);
    return await begun;
  }
}

const isOpen = <T>(one: Open<T> | { readonly kind: string }): one is Open<T> => one.kind === 'open';
