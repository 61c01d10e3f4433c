/** Discord's permissions: which of them make a role one of staff (discord.md 1.11). Pure. */

/** By bit: what acts on others, on what others made or on the guild itself, calls everybody, or sees what staff see. */
const STAFF: Readonly<Record<number, string>> = {
  1: 'Kick Members',
  2: 'Ban Members',
  3: 'Administrator',
  4: 'Manage Channels',
  5: 'Manage Server',
  7: 'View Audit Log',
  13: 'Manage Messages',
  17: 'Mention Everyone',
  19: 'View Server Insights',
  22: 'Mute Members',
  23: 'Deafen Members',
  24: 'Move Members',
  27: 'Manage Nicknames',
  28: 'Manage Roles',
  29: 'Manage Webhooks',
  30: 'Manage Expressions',
  33: 'Manage Events',
  34: 'Manage Threads',
  40: 'Timeout Members',
  41: 'View Monetization Analytics',
  51: 'Pin Messages',
};

/**
 * Manage Messages: whom Discord offers the commands of staff (discord.md 1.2). Of all permissions it is the one that
 * moderators have nearly everywhere and members nowhere. It only hides: what somebody may do is decided by capabilities.
 */
export const STAFF_COMMANDS = 1n << 13n;

/** Whether holders of a role with these permissions are offered the commands of staff. */
export const offersStaffCommands = (permissions: bigint): boolean =>
  (permissions & (STAFF_COMMANDS | ADMINISTRATOR)) !== 0n;

const ADMINISTRATOR = 1n << 3n;

/** What members have for themselves: to see, write, speak, react, and to make what is their own. */
const ORDINARY: readonly number[] = [
  ...[0, 6, 8, 9, 10, 11, 12, 14, 15, 16, 18, 20, 21, 25, 26, 31, 32, 35, 36, 37, 38, 39],
  ...[42, 43, 44, 45, 46, 48, 49, 50, 52],
];

const bit = (at: number): bigint => 1n << BigInt(at);
const KNOWN = [...Object.keys(STAFF).map(Number), ...ORDINARY].reduce((bits, at) => bits | bit(at), 0n);

/**
 * The staff permissions among these, by the names that people see. One that Discord added since counts as well, unless
 * everybody has it: what it allows is not known here.
 */
export function staffPermissionsIn(permissions: bigint, everybodys: bigint): readonly string[] {
  const named = Object.entries(STAFF).flatMap(([at, name]) => (permissions & bit(Number(at)) ? [name] : []));
  const unknown = permissions & ~KNOWN & ~everybodys;
  return unknown === 0n ? named : [...named, 'a permission that Usher does not know'];
}
