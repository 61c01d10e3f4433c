/** How filters of lists are written into the ids of their controls. */

import { say, type Text } from '../views/view.ts';

/** Options of a select (discord.md 1.5). */
const MOST = 25;

/** How the value of a filter is written into the ids of controls, which hold 100 characters in all. */
export interface Filter {
  readonly write: (value: string) => string;
  readonly read: (written: string) => string;
}

/** A filter by an id of ours, which is short. */
export const plainFilter: Filter = { write: (value) => value, read: (written) => written };

/** A filter by one of these words. */
export function wordFilter(words: readonly string[]): Filter {
  return {
    write: (value) => (value === '' ? '' : String(words.indexOf(value))),
    read: (written) => (written === '' ? '' : (words[Number(written)] ?? '')),
  };
}

/** A filter by somebody: Discord's ids in base 36. */
export const personFilter: Filter = {
  write: (id) => (id === '' ? '' : BigInt(id).toString(36)),
  /** Empty also for what is none: controls of earlier versions may hold something else. */
  read(short) {
    if (!/^[0-9a-z]{1,12}$/.test(short)) return '';
    let id = 0n;
    for (const digit of short) id = id * 36n + BigInt(Number.parseInt(digit, 36));
    return id.toString();
  },
};

/** A select of servers, where there are several to choose from. */
export function serverOffer(servers: readonly { readonly name: Text; readonly value: string }[]) {
  const choices = servers.slice(0, MOST - 1).map(({ name, value }) => ({ label: name, value }));
  if (choices.length < 2) return [];
  return [
    { filter: 'server', choices: [{ label: say('list.everyServer'), value: '' }, ...choices] } as const,
  ];
}
