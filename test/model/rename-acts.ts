/** Libraries and accounts are called otherwise from now on: they are the same for all that. */
import fc from 'fast-check';
import type { Acts } from './acts.ts';
import { ALL_LIBRARIES, MEMBERS, type MemberName, PLACES, type PlaceName } from './model.ts';
import { everyAccount } from './places.ts';
import type { Reality } from './reality.ts';

type RenameAct =
  /** The second time it gets its old name back. */
  | { readonly kind: 'library is renamed'; readonly library: string }
  | { readonly kind: 'account is renamed'; readonly place: PlaceName; readonly member: MemberName };

export const renameActs: Acts<RenameAct> = {
  acts: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('library is renamed' as const),
        library: fc.constantFrom(...ALL_LIBRARIES),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('account is renamed' as const),
        place: fc.constantFrom(...PLACES),
        member: fc.constantFrom(...MEMBERS),
      }),
    },
  ),
  async perform(act, reality) {
    if (act.kind === 'account is renamed') reality.places.renameAccount(act.place, act.member);
    else renameLibrary(reality, act.library);
  },
};

/** On Jellyfin accounts name it by an id that is made from its name, and open it no more, or again. */
function renameLibrary({ model, places, watch }: Reality, library: string): void {
  if (!places.isThere(library)) return;
  const before = everyAccount.map(([place, member]) => places.holds(place, member));
  watch.foreign(() => places.renameLibrary(library));
  for (const [index, [place, member]] of everyAccount.entries()) {
    const was = before[index] ?? new Set<string>();
    model.noteMoved(place, member, was, places.holds(place, member));
  }
}
