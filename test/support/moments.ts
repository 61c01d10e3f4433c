/** The moment that most tests begin at, and lengths in ms. */
export const noon = new Date('2026-03-01T12:00:00.000Z');

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The moment `ms` after noon; before it when negative. */
export const later = (ms: number): Date => new Date(noon.getTime() + ms);
