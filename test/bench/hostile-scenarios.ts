/** What the hostile server of the benchmark answers: the worst that is refused, and the most that is accepted. */
import { HOSTILE_ANSWERS, type HostileAnswer, manyAccounts, manyLibraries } from '../standins/hostile.ts';

export const SERVER_ID = 'a'.repeat(32);

export interface Scenario {
  readonly libraries: HostileAnswer;
  readonly accounts: HostileAnswer;
}

const few = { libraries: manyLibraries(3), accounts: manyAccounts(10, SERVER_ID) };

/** The first is a harmless one. */
export const SCENARIOS: readonly Scenario[] = [
  few,
  { ...few, libraries: manyLibraries(2_000) },
  { ...few, accounts: manyAccounts(50_000, SERVER_ID) },
  { ...few, accounts: manyAccounts(10_000, SERVER_ID, { libraries: 500 }) },
  { ...few, accounts: manyAccounts(2_000, SERVER_ID, { junk: 90_000 }) },
  ...HOSTILE_ANSWERS.map((accounts) => ({ ...few, accounts })),
  ...HOSTILE_ANSWERS.map((libraries) => ({ ...few, libraries })),
];
