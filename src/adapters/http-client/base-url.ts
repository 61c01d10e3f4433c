/**
 * The form in which addresses of servers are kept: scheme, host, port if unusual, base path, no slash at the end
 * (media-servers.md B1, edge case 38). What people type is read elsewhere (src/domain/typed-address.ts) and asked who
 * it is; here nothing is guessed any more.
 */
export function normaliseBaseUrl(
  text: string,
): { readonly kind: 'url'; readonly url: string } | { readonly kind: 'unusable'; readonly message: string } {
  const unusable = (message: string) => ({ kind: 'unusable', message }) as const;
  const typed = text.trim();
  if (!/^https?:\/\//i.test(typed))
    return unusable('An address starts with http:// or https://, such as http://tower.local:8096.');
  const url = URL.parse(typed);
  if (!url || /\s/.test(typed)) return unusable('This is not an address. Check it for typing errors.');
  if (url.username !== '' || url.password !== '')
    return unusable('Leave the name and password out of the address.');
  if (/[?#]/.test(typed))
    return unusable('Give the address of the server only, without what follows a ? or #.');
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return { kind: 'url', url: `${url.origin}${path}` };
}
