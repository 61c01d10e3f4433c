/** 2015-01-01, from which Discord counts. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

/** When Discord made the thing with this id: the upper bits are the time. */
export function createdAtOf(snowflake: string): Date {
  return new Date(Number((BigInt(snowflake) >> 22n) + DISCORD_EPOCH_MS));
}
