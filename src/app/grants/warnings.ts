/** What staff should know before they give access: asked first, so that it is no surprise after. */

import { without } from '../../domain/access.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Grant, Library, Server } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';

/** What is about to be given. */
export interface Wish {
  readonly memberId: MemberId;
  readonly libraryIds: readonly string[];
  readonly startsAt: Date;
  /** Null is for good. */
  readonly expiresAt: Date | null;
}

export interface GiftWarning {
  /** `for-good`: they have it without an end already. `nothing-new`: what they have lasts at least as long. */
  readonly kind: 'for-good' | 'nothing-new';
  /** Numbers of the grants that give it. */
  readonly numbers: readonly number[];
  readonly libraries: readonly Library[];
}

export interface GiftPreview {
  readonly warnings: readonly GiftWarning[];
  /** All that is to be given, and where. */
  readonly libraries: readonly Library[];
  readonly servers: readonly { readonly server: Server }[];
}

export function makeGiftPreview(deps: Deps) {
  return async (guildId: GuildId, wish: Wish): Promise<GiftPreview> => {
    const stores = deps.stores.of(guildId);
    const at = deps.clock.now();
    const [all, servers, grants] = await Promise.all([
      stores.libraries.list(),
      stores.servers.list(),
      stores.grants.list({ memberId: wish.memberId, states: ['active', 'scheduled'], at }),
    ]);
    const libraries = all.filter(({ id }) => wish.libraryIds.includes(id));
    return {
      warnings: warningsOf(wish, grants, libraries),
      libraries,
      servers: servers
        .filter(({ id }) => libraries.some(({ serverId }) => serverId === id))
        .map((server) => ({ server })),
    };
  };
}

function warningsOf(
  wish: Wish,
  grants: readonly Grant[],
  libraries: readonly Library[],
): readonly GiftWarning[] {
  const running = grants.filter(({ startsAt }) => startsAt <= wish.startsAt);
  const forGood = running.filter(({ expiresAt }) => expiresAt === null);
  const asLong = running.filter(({ expiresAt }) => lastsAsLong(expiresAt, wish.expiresAt));
  const given = (by: readonly Grant[]) => new Set(by.flatMap(({ libraryIds }) => libraryIds));
  const always = libraries.filter(({ id }) => given(forGood).has(id));
  if (always.length > 0)
    return [{ kind: 'for-good', libraries: always, numbers: numbersOf(forGood, always) }];
  const isNothingNew = libraries.length > 0 && without(wish.libraryIds, [...given(asLong)]).length === 0;
  return isNothingNew ? [{ kind: 'nothing-new', libraries, numbers: numbersOf(asLong, libraries) }] : [];
}

/** Whether what these grants give lasts as long already. */
export function nothingNew(wish: Wish, grants: readonly Grant[]): boolean {
  const asLong = grants.filter(
    ({ startsAt, expiresAt }) => startsAt <= wish.startsAt && lastsAsLong(expiresAt, wish.expiresAt),
  );
  const given = asLong.flatMap(({ libraryIds }) => libraryIds);
  return without(wish.libraryIds, given).length === 0;
}

const lastsAsLong = (end: Date | null, wanted: Date | null): boolean =>
  end === null || (wanted !== null && end >= wanted);

const numbersOf = (grants: readonly Grant[], libraries: readonly Library[]): readonly number[] =>
  grants
    .filter(({ libraryIds }) => libraries.some(({ id }) => libraryIds.includes(id)))
    .map(({ number }) => number)
    .toSorted((one, other) => one - other);
