/** Discord ids in base 36, for the arguments of buttons: custom ids hold 100 characters. The empty text stays empty. */

export const shortId = (id: string): string => (id === '' ? '' : BigInt(id).toString(36));

/** Empty also for what is none: buttons of earlier versions may hold something else. */
export function longId(short: string): string {
  if (!/^[0-9a-z]+$/.test(short)) return '';
  let id = 0n;
  for (const digit of short) id = id * 36n + BigInt(Number.parseInt(digit, 36));
  return id.toString();
}
