/** E-mail addresses, to be compared and never kept. */
import { createHash } from 'node:crypto';

/** What equal addresses have in common, and from which none can be read. Undefined for what is no address. */
export function emailKey(address: string): string | undefined {
  const plain = address.trim().toLowerCase();
  if (plain.length > 320 || !/^[^\s@]+@[^\s@]+$/.test(plain)) return undefined;
  return createHash('sha256').update(plain).digest('base64url');
}

/** What stands before the @. */
export function emailName(address: string): string | undefined {
  const [name = '', domain] = address.trim().split('@');
  return domain === undefined || name === '' ? undefined : name;
}
