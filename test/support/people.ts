/** Ids that tests know by name. They are made here and nowhere else. */

// As Discord makes them: for whatever looks at their form.
export const GUILD = '100000000000000001';
export const OTHER_GUILD = '100000000000000002';
export const STAFF = '200000000000000001';
/** The n-th member, from 0. */
export const memberAt = (index: number): string => String(300000000000000001n + BigInt(index));
export const ADA = memberAt(0);
export const BEN = memberAt(1);

// Short ones, so that tables stay readable: for what only compares and stores them.
// Guilds.
export const here = 'g';
export const there = 'h';
export const nowhere = 'none';
// Staff.
export const staff = 'staff';
// Members.
export const ada = 'ada';
export const ben = 'ben';
export const cyn = 'cyn';
export const ann = 'ann';
export const bob = 'bob';
export const carol = 'carol';
export const dan = 'dan';
export const newcomer = 'new';
export const nobody = 'none';
