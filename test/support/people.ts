/** Ids that tests know by name. They are made here and nowhere else. */
import { type MemberId, toActorId, toGuildId, toMemberId } from '../../src/domain/ids.ts';

// As Discord makes them: for whatever looks at their form.
export const GUILD = toGuildId('100000000000000001');
export const OTHER_GUILD = toGuildId('100000000000000002');
export const STAFF = toActorId('200000000000000001');
/** The n-th member, from 0. */
export const memberAt = (index: number): MemberId => toMemberId(String(300000000000000001n + BigInt(index)));
export const ADA = memberAt(0);
export const BEN = memberAt(1);

// Short ones, so that tables stay readable: for what only compares and stores them.
// Guilds.
export const here = toGuildId('g');
export const there = toGuildId('h');
export const nowhere = toGuildId('none');
// Staff.
export const staff = toActorId('staff');
// Members.
export const ada = toMemberId('ada');
export const ben = toMemberId('ben');
export const cyn = toMemberId('cyn');
export const ann = toMemberId('ann');
export const bob = toMemberId('bob');
export const carol = toMemberId('carol');
export const dan = toMemberId('dan');
export const newcomer = toMemberId('new');
export const nobody = toMemberId('none');
