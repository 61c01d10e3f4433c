/** What the file of another tool says, in one form whatever tool it was. Pure. */
import { DateTime } from 'luxon';
import type { ServerKind } from '../media-kinds.ts';

/** The tools whose files are read; `csv` is a table that people wrote themselves. */
export const IMPORT_TOOLS = ['membarr', 'wizarr', 'jfa-go', 'vodum', 'csv'] as const;
export type ImportTool = (typeof IMPORT_TOOLS)[number];

/** One account of one person. What a tool does not know is null. */
export interface ImportedRow {
  /** Where it stands in the file: `clients 12`, `line 7`. */
  readonly at: string;
  readonly discordId: string | null;
  readonly discordName: string | null;
  /** `other`: of a kind that Usher does not know, such as Emby. */
  readonly kind: ServerKind | 'other' | null;
  /** What the server says it is, where the tool keeps that: then it is that server and no other. */
  readonly serverIdentity: string | null;
  /** What people call it: narrows where it fits one. */
  readonly serverName: string | null;
  /** Id of the account at its server or vendor. */
  readonly accountId: string | null;
  readonly account: string | null;
  readonly email: string | null;
  readonly end: ImportedEnd;
}

/** When access is over; a day is over at its end, in the zone of the guild. */
export type ImportedEnd =
  | { readonly kind: 'none' | 'unclear' }
  | { readonly kind: 'at'; readonly at: Date }
  | { readonly kind: 'day'; readonly day: string };

export const NO_END: ImportedEnd = { kind: 'none' };
const UNCLEAR: ImportedEnd = { kind: 'unclear' };

const DAY = /^(\d{4}-\d{2}-\d{2})$/;
const MOMENT = /^(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?\s?(Z|[+-]\d{2}:?\d{2})?$/;

/** An end as tools and people write it: an ISO day, or a moment, in UTC where it names no other zone. */
export function readEnd(text: string | null): ImportedEnd {
  const plain = (text ?? '').trim();
  if (plain === '' || /^(never|none|null)$/i.test(plain)) return NO_END;
  const day = DAY.exec(plain)?.[1];
  if (day !== undefined) return DateTime.fromISO(day).isValid ? { kind: 'day', day } : UNCLEAR;
  const [, date, time, , zone = 'Z'] = MOMENT.exec(plain) ?? [];
  if (date === undefined || time === undefined) return UNCLEAR;
  const at = DateTime.fromISO(`${date}T${time}${zone}`);
  return at.isValid ? { kind: 'at', at: at.toJSDate() } : UNCLEAR;
}

/** The moment at which it is over; null for never. */
export function endsAt(end: Exclude<ImportedEnd, { kind: 'unclear' }>, zone: string): Date | null {
  if (end.kind === 'at') return end.at;
  if (end.kind !== 'day') return null;
  return DateTime.fromISO(end.day, { zone }).endOf('day').set({ millisecond: 0 }).toJSDate();
}

/** A Discord id; anything else is a name. */
const isDiscordId = (text: string): boolean => /^\d{15,20}$/.test(text);

/** Whom a tool means by what it has of somebody at Discord: older ones keep names with four digits behind. */
export function discordOf(text: string | null): Pick<ImportedRow, 'discordId' | 'discordName'> {
  const plain = (text ?? '').trim().replace(/^<@!?(\d+)>$/, '$1');
  if (plain === '') return { discordId: null, discordName: null };
  return isDiscordId(plain)
    ? { discordId: plain, discordName: null }
    : { discordId: null, discordName: plain.replace(/^@|#\d{4}$/g, '') };
}
