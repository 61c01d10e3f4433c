/** Discord ids in base 36, for the arguments of buttons: custom ids hold 100 characters. The empty text stays empty. */

export const shortId = (id: string): string => (id === '' ? '' : BigInt(id).toString(36));

export function longId(short: string): string {
  let id = 0n;
  for (const digit of short) id = id * 36n + BigInt(Number.parseInt(digit, 36));
  return short === '' ? '' : id.toString();
}
