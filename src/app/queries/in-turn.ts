/** Grants in the order in which they matter: what is overdue, what ends next, what is paused, what is over. */

import type { Grant, GrantState } from '../../domain/model.ts';
import type { FirstGrants, GrantFilter, GrantOrder, GrantStore } from '../ports/stores/grants.ts';

interface Section {
  readonly states: readonly GrantState[];
  readonly order: GrantOrder;
}

const SECTIONS: readonly Section[] = [
  { states: ['ending'], order: 'end' },
  { states: ['active', 'scheduled'], order: 'end' },
  { states: ['paused'], order: 'end' },
  { states: ['ended'], order: 'ended' },
];

const EVERY_STATE = SECTIONS.flatMap(({ states }) => states);

/** A slice of them; what the database can leave out is not read. */
export async function listInTurn(
  grants: GrantStore,
  { states = EVERY_STATE, ...filter }: GrantFilter,
  { start, limit }: { readonly start: number; readonly limit: number },
): Promise<readonly Grant[]> {
  const found: Grant[] = [];
  let skip = start;
  for (const { order, ...section } of SECTIONS) {
    const wanted = { ...filter, states: section.states.filter((state) => states.includes(state)) };
    const left = limit - found.length;
    if (wanted.states.length === 0 || left <= 0) continue;
    const before = skip > 0 ? await grants.count(wanted) : 0;
    if (before < skip) {
      skip -= before;
      continue;
    }
    found.push(...(await grants.list({ ...wanted, order, skip, limit: left })));
    skip = 0;
  }
  return found;
}

/** The first of them that fit, for whoever waits while they type. */
export async function firstInTurn(
  grants: GrantStore,
  { states, limit, ...wanted }: Omit<FirstGrants, 'order'> & Required<Pick<FirstGrants, 'states'>>,
): Promise<readonly Grant[]> {
  const found: Grant[] = [];
  for (const { order, ...section } of SECTIONS) {
    const ofSection = section.states.filter((state) => states.includes(state));
    const left = limit - found.length;
    if (ofSection.length > 0 && left > 0)
      found.push(...(await grants.listFirst({ ...wanted, states: ofSection, order, limit: left })));
  }
  return found;
}
