/** How much somebody has to do: what they press and choose, and the letters that they type. */
import type { Exchange, Message, User } from '../standins/discord/index.ts';
import type { Discord } from './stage.ts';

export interface Effort {
  readonly taps: number;
  readonly typed: number;
}

/** Counts what a person does from now on. */
export class Taps {
  readonly #discord: Discord;
  readonly #user: User;
  readonly #from: number;
  #links = 0;

  constructor(discord: Discord, user: User) {
    this.#discord = discord;
    this.#user = user;
    this.#from = discord.world.efforts.length;
  }

  /** Presses a link, which leads out of Discord; resolves to its address. */
  link(shown: Exchange | Message, label: string): string {
    const link = new RegExp(`\\[ ${label} → (\\S+) \\]`).exec(shown.text)?.[1];
    if (link === undefined) throw new Error(`there is no link "${label}" in: ${shown.text}`);
    this.#links += 1;
    return link;
  }

  get effort(): Effort {
    const theirs = this.#discord.world.efforts.slice(this.#from).filter(({ user }) => user === this.#user);
    const sum = (of: (effort: Effort) => number) => theirs.reduce((total, effort) => total + of(effort), 0);
    return { taps: sum(({ taps }) => taps) + this.#links, typed: sum(({ typed }) => typed) };
  }
}
