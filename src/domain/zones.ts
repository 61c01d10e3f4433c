/** Names of time zones: every one of the tz database, old and new, that this machine knows. */
import { rawTimeZones } from '@vvo/tzdb';
import { getAllCountries, getAllTimezones } from 'countries-and-timezones';

/** A zone, and what people call the places in it. */
interface Zone {
  readonly name: string;
  /** `new york` of `America/New_York`. */
  readonly city: string;
  readonly words: string;
  /** The name that it has in the tz database now, where this is an older one. */
  readonly canonical: string | null;
  /** One that stands for a country or a part of it in lists for people. */
  readonly isMajor: boolean;
  /** The country that it belongs to, and those that share it. */
  readonly countries: readonly Country[];
  readonly cities: readonly string[];
}

interface Country {
  readonly code: string;
  readonly names: readonly string[];
}

/** What people type for countries that lists call otherwise. */
const ALSO_CALLED: Readonly<Record<string, readonly string[]>> = {
  AE: ['uae', 'emirates'],
  CZ: ['czech republic'],
  GB: ['uk', 'great britain', 'england', 'scotland', 'wales', 'northern ireland'],
  KR: ['south korea', 'korea'],
  NL: ['holland'],
  RU: ['russia'],
  TR: ['turkey'],
  US: ['usa', 'united states', 'america'],
  VN: ['vietnam'],
};

const CITIES = new Map(rawTimeZones.map(({ name, mainCities }) => [name, mainCities.map(wordsOf)]));
const ZONES: readonly Zone[] = zonesOf();
const BY_NAME = new Map(ZONES.map((zone) => [zone.name.toLowerCase(), zone]));

function zonesOf(): readonly Zone[] {
  const inGerman = new Intl.DisplayNames('de', { type: 'region' });
  const countries = new Map<string, Country>(
    Object.values(getAllCountries()).map(({ id, name }) => {
      const names = [wordsOf(name), wordsOf(inGerman.of(id) ?? ''), ...(ALSO_CALLED[id] ?? [])];
      return [id, { code: id.toLowerCase(), names: [...new Set(names)].filter((text) => text !== '') }];
    }),
  );
  const listed = Object.values(getAllTimezones({ deprecated: true }));
  const names = new Set<string>(listed.map(({ name }) => name));
  // What this machine knows already and the package does not yet: a new zone appears every few years.
  const newer = Intl.supportedValuesOf('timeZone').filter((name) => !names.has(name));
  return [
    ...listed.map(({ name, aliasOf, countries: codes }) =>
      zone(
        name,
        aliasOf ?? null,
        codes.flatMap((code) => countries.get(code) ?? []),
      ),
    ),
    ...newer.map((name) => zone(name, null, [])),
  ];
}

function zone(name: string, canonical: string | null, countries: readonly Country[]): Zone {
  return {
    name,
    city: wordsOf(name.slice(name.lastIndexOf('/') + 1)),
    words: wordsOf(name),
    canonical: canonical === name ? null : canonical,
    isMajor: CITIES.has(name),
    countries,
    cities: CITIES.get(name) ?? [],
  };
}

/** `sao paulo` of `São_Paulo`. */
function wordsOf(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}+]+/gu, ' ')
    .trim();
}

const known = new Map<string, boolean>();

/** Whether this machine can tell the time there. */
function isKnown(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  let is = true;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
  } catch {
    is = false;
  }
  known.set(name, is);
  return is;
}

/**
 * A zone by its name, as the tz database spells it; undefined when there is none. An old name stays what it is: it
 * is what was typed, and means the same.
 */
export function findZone(typed: string): string | undefined {
  const wanted = typed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replaceAll(' ', '_')
    .toLowerCase();
  const found = BY_NAME.get(wanted)?.name;
  return found !== undefined && isKnown(found) ? found : undefined;
}

/** The zones that a name, a city or a country means as well as any other: several when it has to be asked. */
export function zonesMeant(typed: string, max: number): readonly string[] {
  const named = findZone(typed);
  if (named !== undefined) return [named];
  if (wordsOf(typed) === '') return [];
  const found = rankedZones(typed);
  const best = found.filter(({ rank, canonical }) => rank === found[0]?.rank && canonical === null);
  return (best.length > 0 ? best : found.slice(0, 1)).map(({ name }) => name).slice(0, max);
}

/** Longer than what any place is called: no more of what was typed is looked for. */
const MOST_TYPED = 100;

/** Zones for what was typed so far: names, then old names, countries and large cities. The best come first. */
export function searchZones(typed: string, max: number): readonly string[] {
  return rankedZones(typed)
    .map(({ name }) => name)
    .slice(0, max);
}

function rankedZones(typed: string): readonly (Zone & { readonly rank: number })[] {
  const wanted = wordsOf(typed.slice(0, MOST_TYPED));
  const ranks = new Map<string, number>();
  const rank = (name: string, at: number) => ranks.set(name, Math.min(at, ranks.get(name) ?? at));
  for (const candidate of ZONES) {
    const at = rankOf(candidate, wanted);
    if (at === undefined) continue;
    rank(candidate.name, at);
    // An old name leads to the new one, which comes first unless the old one is typed to its end.
    if (candidate.canonical !== null && NAMED.has(at))
      rank(candidate.canonical, at === RANKS.whole ? RANKS.sameAsWhole : at);
  }
  return ZONES.map((candidate) => ({ ...candidate, rank: ranks.get(candidate.name) ?? Number.NaN }))
    .filter(({ name, rank: at }) => !Number.isNaN(at) && isKnown(name))
    .toSorted(
      (one, other) =>
        one.rank - other.rank ||
        Number(other.isMajor) - Number(one.isMajor) ||
        Number(one.canonical !== null) - Number(other.canonical !== null) ||
        (one.name < other.name ? -1 : 1),
    );
}

/** The lowest comes first. */
const RANKS = {
  whole: 0,
  sameAsWhole: 1,
  wholeCountry: 2,
  city: 3,
  name: 4,
  country: 5,
  sharedCountry: 6,
  largeCity: 7,
  mixed: 8,
} as const;

/** Found by what the zone itself is called. */
const NAMED: ReadonlySet<number> = new Set([RANKS.whole, RANKS.city, RANKS.name]);

function rankOf({ name, city, words, countries, cities }: Zone, wanted: string): number | undefined {
  if (wanted === '') return name === 'UTC' ? RANKS.whole : RANKS.mixed;
  if (wanted === words) return RANKS.whole;
  const parts = wanted.split(' ');
  const begins = (text: string) => parts.every((part) => ` ${text}`.includes(` ${part}`));
  const [own, ...others] = countries;
  if (own?.code === wanted || own?.names.includes(wanted)) return RANKS.wholeCountry;
  if (city.startsWith(wanted)) return RANKS.city;
  if (parts.every((part) => words.includes(part))) return RANKS.name;
  if (own && begins(own.names.join(' '))) return RANKS.country;
  if (others.some(({ names }) => begins(names.join(' ')))) return RANKS.sharedCountry;
  if (cities.some(begins)) return RANKS.largeCity;
  const all = [words, ...countries.flatMap(({ names }) => names), ...cities].join(' ');
  return begins(all) ? RANKS.mixed : undefined;
}
