/** How much of a file of others is read. */

/** Of the file. A tool's database is a few megabytes; one that keeps what everybody watched is more, and can be cut. */
export const MOST_BYTES = 32 * 1024 * 1024;
/** Of a text, which is in memory as a whole. */
export const MOST_TEXT_BYTES = 8 * 1024 * 1024;
/** Rows of one table that are read. */
export const MOST_ROWS = 50_000;
/** What people are called, addresses, ids: whatever is longer is none of these. */
export const MOST_LETTERS = 400;
