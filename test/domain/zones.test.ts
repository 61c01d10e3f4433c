import { getAllTimezones } from 'countries-and-timezones';
import { DateTime, IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import { findZone, searchZones } from '../../src/domain/zones.ts';

/** What this machine can tell the time in. */
function works(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).format(0) !== '';
  } catch {
    return false;
  }
}

const NAMES = Object.keys(getAllTimezones({ deprecated: true }));
const WORKING = [...new Set([...NAMES, ...Intl.supportedValuesOf('timeZone')])].filter(works);

describe('a zone by its name', () => {
  it.each([
    ['Asia/Kolkata', 'Asia/Kolkata'],
    ['asia/kolkata', 'Asia/Kolkata'],
    ['Asia/Calcutta', 'Asia/Calcutta'],
    ['EUROPE/KYIV', 'Europe/Kyiv'],
    ['Europe/Kiev', 'Europe/Kiev'],
    ['Asia/Ho_Chi_Minh', 'Asia/Ho_Chi_Minh'],
    ['asia/ho chi minh', 'Asia/Ho_Chi_Minh'],
    ['Asia/Kathmandu', 'Asia/Kathmandu'],
    ['America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['america/nuuk', 'America/Nuuk'],
    ['america/port-au-prince', 'America/Port-au-Prince'],
    ['Etc/UTC', 'Etc/UTC'],
    ['utc', 'UTC'],
    ['gmt', 'GMT'],
    ['us/eastern', 'US/Eastern'],
    ['cet', 'CET'],
    ['etc/gmt+5', 'Etc/GMT+5'],
    [' europe/berlin ', 'Europe/Berlin'],
    ['america/new york', 'America/New_York'],
    ['Europe/\u200bBerlin', 'Europe/Berlin'],
    ['Berlin', undefined],
    ['+02:00', undefined],
    ['PST', undefined],
    ['Factory', undefined],
    ['local', undefined],
    ['__proto__', undefined],
    ['', undefined],
  ])('%j', (typed, expected) => {
    expect(findZone(typed)).toBe(expected);
  });

  it('is taken in any case, old or new, wherever the machine and luxon know it', () => {
    expect(WORKING.length).toBeGreaterThan(590);
    for (const name of WORKING) {
      expect(findZone(name)).toBe(name);
      expect(findZone(name.toLowerCase())).toBe(name);
      expect(findZone(name.toUpperCase())).toBe(name);
      expect(IANAZone.isValidZone(name)).toBe(true);
      expect(DateTime.fromMillis(0, { zone: name }).isValid).toBe(true);
    }
  });
});

describe('searching zones', () => {
  it.each([
    ['kolk', ['Asia/Kolkata']],
    ['calcutta', ['Asia/Kolkata', 'Asia/Calcutta']],
    ['kiev', ['Europe/Kyiv', 'Europe/Kiev']],
    ['kyiv', ['Europe/Kyiv']],
    ['york', ['America/New_York']],
    ['new y', ['America/New_York']],
    ['saigon', ['Asia/Ho_Chi_Minh', 'Asia/Saigon']],
    ['sao paulo', ['America/Sao_Paulo']],
    ['São Paulo', ['America/Sao_Paulo']],
    ['Germany', ['Europe/Berlin']],
    ['germ', ['Europe/Berlin']],
    ['india', ['Asia/Kolkata', 'Asia/Calcutta']],
    ['norway', ['Europe/Oslo']],
    ['vietnam', ['Asia/Ho_Chi_Minh']],
    ['uk', ['Europe/London']],
    ['de', ['Europe/Berlin']],
    ['Munich', ['Europe/Berlin']],
    ['mumbai', ['Asia/Kolkata']],
    ['europe ber', ['Europe/Berlin']],
    ['CET', ['CET', 'Europe/Brussels']],
    ['utc', ['UTC', 'Etc/UTC']],
    ['', ['UTC']],
    ['nowhere at all', []],
  ])('“%s” begins with %j', (typed, first) => {
    expect(searchZones(typed, 25).slice(0, first.length)).toEqual(first);
    if (first.length === 0) expect(searchZones(typed, 25)).toEqual([]);
  });

  it('finds the zones of a country of many', () => {
    expect(searchZones('united states', 25)).toContain('America/New_York');
    expect(searchZones('usa', 25)).toContain('America/Los_Angeles');
  });

  it('offers every name to whoever types it, and only names that are taken', () => {
    for (const name of WORKING) {
      const offered = searchZones(name, 25);
      expect(offered[0]).toBe(name);
      expect(offered.map(findZone)).toEqual(offered);
    }
  });
});
