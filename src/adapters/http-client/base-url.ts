import { type Sentence, say } from '../../words/say.ts';

/**
 * The form in which addresses of servers are kept: scheme, host, port if unusual, base path, no slash at the end
 * (media-servers.md B1, edge case 38). What people type is read elsewhere (src/domain/typed-address.ts) and asked who
 * it is; here nothing is guessed any more.
 */
export function normaliseBaseUrl(
  text: string,
):
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'unusable'; readonly message: Sentence } {
  const unusable = (message: Sentence) => ({ kind: 'unusable', message }) as const;
  const typed = text.trim();
  if (!/^https?:\/\//i.test(typed)) return unusable(say('trouble.address.scheme'));
  const url = URL.parse(typed);
  if (!url || /\s/.test(typed)) return unusable(say('trouble.address.none'));
  if (url.username !== '' || url.password !== '') return unusable(say('trouble.address.credentials'));
  if (/[?#]/.test(typed)) return unusable(say('trouble.address.extra'));
  const path = url.pathname.replaceAll(/\/{2,}/g, '/').replace(/\/$/, '');
  return { kind: 'url', url: `${url.origin}${path}` };
}
