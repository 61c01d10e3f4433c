import { normaliseId, type RawPolicy } from './schema.ts';

/** Fields that a server changes by itself, or never shows as they were written (media-servers.md B6.1, M4). */
const TOLERATED = new Map<string, (meant: unknown) => boolean>([
  /** Always reads false. */
  ['EnableLyricManagement', () => true],
  /** Counts on with every wrong password. */
  ['InvalidLoginAttemptCount', () => true],
  /** 0 is stored as 3. */
  ['LoginAttemptsBeforeLockout', (meant) => meant === 0],
  /** Shown, and ignored in what is written. */
  ['BlockedMediaFolders', () => true],
  ['BlockedChannels', () => true],
]);

/** The fields of a policy that we write ourselves. What became of them, the reading of a pass tells. */
export const OUR_FIELDS: ReadonlySet<string> = new Set(['EnableAllFolders', 'EnabledFolders', 'IsDisabled']);

/** Names of the fields that are not as they were meant to be, when a policy is read that was written just before. */
export function differingFields(meant: RawPolicy, read: RawPolicy): readonly string[] {
  return Object.keys(meant).filter(
    (name) =>
      !TOLERATED.get(name)?.(meant[name]) && comparable(name, meant[name]) !== comparable(name, read[name]),
  );
}

/** Lists have no order, ids any form (B1), tags are split at commas, and schedules get new numbers when written. */
function comparable(name: string, value: unknown): string {
  if (Array.isArray(value)) {
    const items = /Tags$/.test(name)
      ? value.flatMap((tag) => (typeof tag === 'string' ? tag.split(',') : [tag]))
      : value;
    return JSON.stringify([...new Set(items.map((item) => comparable('', item)))].toSorted());
  }
  if (value === null || value === undefined) return '[]';
  if (typeof value === 'string') return JSON.stringify(isId(value) ? normaliseId(value) : value);
  if (typeof value !== 'object') return JSON.stringify(value);
  const entries = Object.entries(value).filter(([key]) => key !== 'Id' && key !== 'UserId');
  return JSON.stringify(entries.map(([key, each]) => [key, comparable('', each)]).toSorted());
}

const isId = (text: string): boolean => /^[0-9a-f]{32}$/.test(normaliseId(text));
