/** Where the staff of all guilds are told, known also while the database does not answer. */
import type { StaffPlace, Stores } from '../../../app/ports/stores.ts';
import { type Sleeper, withinPatience } from '../../../concurrency/patience.ts';

/** How long it is waited for what is true now, before what was true last counts. */
const READ_WITHIN_MS = 2_000;

/** Returns the places as they are now, or else as they were when they could last be read. Never rejects. */
export function createStaffPlaces(
  stores: Pick<Stores, 'listStaffPlaces'>,
  clock: Sleeper,
): () => Promise<readonly StaffPlace[]> {
  let known: readonly StaffPlace[] = [];
  return async () => {
    const read = stores.listStaffPlaces().then(
      (places) => {
        known = places;
      },
      () => undefined,
    );
    await withinPatience(clock, READ_WITHIN_MS, read);
    return known;
  };
}
