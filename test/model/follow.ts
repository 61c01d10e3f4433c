/** Compares every stored grant with what was decided about it, so that nothing changes without a reason. */
import { type Model, type ModelGrant, PLACES } from './model.ts';

/** Whether a change of a grant is one that a command asked for. */
export type Wanted = (before: ModelGrant | undefined, after: ModelGrant) => boolean;

/**
 * Takes the stored grants over into the model. A command must have asked for each difference, or time must explain
 * it.
 */
export function follow(
  model: Model,
  stored: readonly ModelGrant[],
  wanted: Iterable<Wanted>,
  now: Date,
): readonly string[] {
  const wrong: string[] = [];
  // Those of who was forgotten are gone.
  if (stored.some(({ number }, index) => number <= (stored[index - 1]?.number ?? 0)))
    wrong.push('grants are not numbered in order');
  for (const after of stored) {
    const before = model.grants.get(after.id);
    model.grants.set(after.id, after);
    if (before && JSON.stringify(before) === JSON.stringify(after)) continue;
    if ([...wanted].some((isWanted) => isWanted(before, after))) continue;
    if (explained(model, before, after, now)) continue;
    wrong.push(`a grant changed without a reason: ${JSON.stringify(before)} → ${JSON.stringify(after)}`);
  }
  return wrong;
}

function explained(model: Model, before: ModelGrant | undefined, after: ModelGrant, now: Date): boolean {
  if (!before) return after.source === 'imported' && isAdopted(model, after);
  const { state, libraries, ...rest } = after;
  const { state: was, libraries: had, ...restBefore } = before;
  if (JSON.stringify(rest) !== JSON.stringify(restBefore)) return false;
  const lost = had.filter((name) => !libraries.includes(name));
  const taken = PLACES.filter((place) => model.adopts.has(place)).flatMap((place) => [
    ...model.marks(place, after.member).wasTaken,
  ]);
  if (libraries.some((name) => !had.includes(name)) || lost.some((name) => !taken.includes(name)))
    return false;
  return (
    was === state ||
    isOpenAgain(model, before, after) ||
    isToBeForgotten(model, after) ||
    movesByItself(before, after, now) ||
    had.every((name) => taken.includes(name))
  );
}

/** What has ended ends once more when it is open again, or was said to be. */
function isOpenAgain(model: Model, before: ModelGrant, after: ModelGrant): boolean {
  if (before.state !== 'ended' || after.state !== 'ending') return false;
  const isBack = (name: string) => PLACES.some((place) => model.marks(place, after.member).wasBack.has(name));
  return model.wasMisled || after.libraries.some(isBack);
}

/** Whatever they had or are given ends. */
function isToBeForgotten(model: Model, { member, state }: ModelGrant): boolean {
  return model.forgetting.has(member) && (state === 'ending' || state === 'ended');
}

function movesByItself(before: ModelGrant, after: ModelGrant, now: Date): boolean {
  const hasBegun = before.startsAt <= now;
  const hasEnded = before.expiresAt !== null && before.expiresAt <= now;
  switch (`${before.state} ${after.state}`) {
    case 'scheduled active':
      return hasBegun;
    case 'scheduled ending':
    case 'scheduled ended':
      return hasBegun && hasEnded;
    case 'active ending':
    case 'active ended':
      return hasEnded;
    default:
      return before.state === 'ending' && after.state === 'ended';
  }
}

/** What others gave becomes a grant where the drift policy is `adopt`, or was at some time. */
function isAdopted(model: Model, grant: ModelGrant): boolean {
  return grant.libraries.every((name) =>
    PLACES.some((place) => model.adopts.has(place) && model.marks(place, grant.member).wasExtra.has(name)),
  );
}
