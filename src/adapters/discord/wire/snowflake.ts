/** 2015-01-01, the first moment that Discord's ids can express. */
const DISCORD_EPOCH_MS = 1_420_070_400_000n;

/** When Discord created the object with this id: the upper bits of an id are the time. */
export function createdAtOf(snowflake: string): Date {
  return new Date(Number((BigInt(snowflake) >> 22n) + DISCORD_EPOCH_MS));
}
