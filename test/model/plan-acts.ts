/** The plan of a story, which is there from its beginning: staff edit it. */
import { expect } from 'vitest';
import type { DurationText } from '../../src/domain/duration.ts';
import { isNonEmpty } from '../../src/domain/model.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { Wanted } from './follow.ts';
import type { Reality } from './reality.ts';

/** For so long it lasts, and so often members may renew it themselves. */
const PLAN_LASTS = '1d' as DurationText;
export const RENEWALS = 2;

const base = { guildId: GUILD, actorId: STAFF };

export async function makePlan(reality: Reality): Promise<void> {
  const made = await reality.app.plans.create({
    ...base,
    name: 'Gold',
    libraryIds: [reality.libraryId('Films'), reality.libraryId('Movies')],
    duration: PLAN_LASTS,
    expiryAction: null,
    roleId: null,
    renewals: RENEWALS,
  });
  expect(made.kind).toBe('done');
  await learnPlans(reality);
}

export async function editPlan(
  reality: Reality,
  libraries: readonly string[],
  propagate: boolean,
): Promise<void> {
  const libraryIds = libraries.map((name) => reality.libraryId(name));
  if (!isNonEmpty(libraryIds)) throw new Error('a plan of nothing');
  const planId = reality.planId();
  const wanted: Wanted = (before, after) => {
    const isEdited = after.libraries.join() === libraries.toSorted().join();
    return propagate && after.planId === planId && isEdited && before?.state === after.state;
  };
  const result = await reality.decide(wanted, (app) =>
    app.plans.edit({ ...base, planId, changes: { libraryIds }, propagate }),
  );
  if (result !== 'killed') expect(result.kind).toBe('done');
  await learnPlans(reality);
}

async function learnPlans(reality: Reality): Promise<void> {
  for (const { id, libraryIds } of await reality.stores.plans.list())
    reality.model.plans.set(id, libraryIds.map((library) => reality.libraryName(library)).toSorted());
}
