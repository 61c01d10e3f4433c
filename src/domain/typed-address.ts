/**
 * Addresses and tokens of media servers as people type them: copied from a browser, a chat or a manual. What they can
 * only mean is understood; which of several readings is right is found out by asking, without a token.
 */

import { type Sentence, say } from '../words/say.ts';
import { MEDIA_KINDS, type MediaTraits } from './media-kinds.ts';
import type { NonEmpty, ServerKind } from './model.ts';
import { plainText } from './typed-text.ts';

export type TypedAddress =
  | {
      readonly kind: 'address';
      /** In the form in which addresses are kept, the likeliest first. */
      readonly urls: NonEmpty<string>;
      /** A token that stood in the address. It is in none of `urls`. */
      readonly token: string | null;
    }
  /** A sentence with the next step, which repeats nothing secret. */
  | { readonly kind: 'unusable'; readonly message: Sentence };

export type TypedToken =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unusable'; readonly message: Sentence };

const unusable = (message: Sentence) => ({ kind: 'unusable', message }) as const;
const LARGEST_PORT = 65_535;

/** Reads what was typed as the address of a server of this kind. */
export function readTypedAddress(typed: string, kind: ServerKind): TypedAddress {
  const traits = MEDIA_KINDS[kind];
  const example = traits.exampleUrl;
  const text = addressIn(plainText(typed));
  if (text === undefined) return unusable(say('trouble.typed.only', { example }));
  const [, scheme = '', rest = ''] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?(.*)$/i.exec(text) ?? [];
  if (scheme !== '' && !/^https?$/i.test(scheme)) return unusable(say('trouble.typed.scheme', { example }));
  const [host = ''] = /^[^/?#]*/.exec(rest) ?? [];
  if (host.includes('@')) return unusable(say('trouble.typed.credentials'));
  if (host.includes('%')) return unusable(say('trouble.typed.percent', { example }));
  // A bare IPv6 address has colons of its own.
  const bare = /^[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*$/i.test(host);
  const port = bare ? undefined : /:(\d+)$/.exec(host)?.[1];
  if (port !== undefined && (Number(port) === 0 || Number(port) > LARGEST_PORT))
    return unusable(say('trouble.typed.port', { example }));
  const url = URL.parse(`${scheme || 'http'}://${bare ? `[${host}]` : host}${rest.slice(host.length)}`);
  // A name can be read in one way and, as it reads then, in no way at all.
  if (!url || url.hostname === '' || !URL.canParse(`http://${url.hostname}`))
    return unusable(say('trouble.typed.none', { example }));
  // "192.168.1" and "192.168.1.010" are addresses too, but not those that anybody means.
  const name = host.replace(/:\d*$/, '');
  if (/^[\d.]+$/.test(name) && name !== url.hostname) return unusable(say('trouble.typed.numbers'));
  const vendor = vendorOf(url.hostname);
  if (vendor) return unusable(vendor);

  const paths = pathsOf(url.pathname);
  const origins = scheme === '' ? withSchemes(url.hostname, port, traits) : [url.origin];
  const [first, ...others] = [...origins, ...literalOf(url, traits)].flatMap((origin) =>
    paths.map((path) => `${origin}${path}`),
  );
  if (first === undefined) throw new Error('an address without an origin');
  return { kind: 'address', urls: [first, ...others], token: tokenIn(text) ?? null };
}

/** As long as the link of a button may be (discord.md 1.5). */
export const LONGEST_LINK = 512;

/** The address of a page that people open in their browser, with everything that leads there; undefined for no such. */
export function readTypedPage(typed: string): string | undefined {
  const text = addressIn(plainText(typed));
  const url = text === undefined ? null : URL.parse(HAS_SCHEME.test(text) ? text : `https://${text}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') return undefined;
  const isName = url.hostname.includes('.') || url.hostname.startsWith('[') || url.port !== '';
  return isName && url.href.length <= LONGEST_LINK ? url.href.replace(/\/$/, '') : undefined;
}

/** An address that members are shown: nobody is asked whether it is right. Null when none was typed. */
export function readShownAddress(
  typed: string,
  kind: ServerKind,
): { readonly kind: 'url'; readonly url: string | null } | Extract<TypedAddress, { kind: 'unusable' }> {
  if (typed.trim() === '') return { kind: 'url', url: null };
  const address = readTypedAddress(typed, kind);
  return address.kind === 'unusable'
    ? unusable(say('trouble.typed.public', { message: address.message }))
    : { kind: 'url', url: address.urls[0] };
}

/** Reads what was typed as a token: alone, with its name, or in an address that holds it. */
export function readTypedToken(typed: string): TypedToken {
  const text = plainText(typed);
  const token = tokenIn(text) ?? unwrapped(text, QUOTES).replace(/^bearer /i, '');
  if (token === '') return { kind: 'none' };
  if (/^https?:\/\//i.test(token)) return unusable(say('trouble.typed.tokenAddress'));
  if (token.includes(' ')) return unusable(say('trouble.typed.tokenBlank'));
  return { kind: 'token', token };
}

// ------------------------------------------------------------------------------------------------ the text

/** Names under which servers take tokens in an address or in a header. */
const NAMED_TOKEN =
  /(?:^|[?&#;,{ "'])(?:x-plex-token|x-emby-token|x-mediabrowser-token|api[-_ ]?key|access[-_]?token|token)["']? ?[=:] ?["']?([^&#;,} "'<>]+)/i;

function tokenIn(text: string): string | undefined {
  const found = NAMED_TOKEN.exec(text)?.[1];
  if (found === undefined) return undefined;
  try {
    const decoded = decodeURIComponent(found);
    // A line break would end the header that it is sent in.
    return plainText(decoded).replaceAll(' ', '') === decoded ? decoded : found;
  } catch {
    return found;
  }
}

/** What was typed as an address, to be shown again: nothing where a token or a password may be in it. */
export function withoutToken(typed: string): string {
  const address = typed.replace(/[?#].*$/s, '');
  return tokenIn(address) !== undefined || address.includes('@') ? '' : address;
}

const QUOTES = '"\'`<>«»‹›„“”‚‘’';
/** Around an address; a token may begin and end with a line or a dash of its own. */
const WRAPPING = `${QUOTES}*_|(),;!?`;

/** Without quotes, brackets and the punctuation of a sentence around it. Square brackets may be of an IPv6 address. */
function unwrapped(word: string, wrapping: string): string {
  let from = 0;
  let to = word.length;
  while (from < to && wrapping.includes(word.charAt(from))) from += 1;
  while (to > from && `${wrapping}.`.includes(word.charAt(to - 1))) to -= 1;
  return word.slice(from, to);
}

const HAS_SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const HOST_LIKE =
  /^(?:\[[0-9a-f:.]+\]|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*)(?::\d+(?:[/?#].*)?|\.?(?:[/?#].*)?)$/iu;

/** The one address in a text, with its scheme put right; undefined when there is none, or more than one. */
function addressIn(text: string): string | undefined {
  const link = /\[[^\]]*\]\( ?<?([^)> ]+)/.exec(text)?.[1];
  const words = (link ?? joined(text))
    .split(' ')
    .map((word) => unwrapped(word, WRAPPING))
    .map(withRightScheme);
  const [only, ...more] = words.filter((word) => word !== '');
  if (more.length === 0) return only;
  const clear = words.filter((word) => HAS_SCHEME.test(word));
  // In a sentence, only what has a port or a dot can be told from a word.
  const likely = clear.length > 0 ? clear : words.filter((word) => /[.:]/.test(word) && HOST_LIKE.test(word));
  const found = [...new Set(likely)];
  return found.length === 1 ? found[0] : undefined;
}

/** Blanks after the scheme and before the port are slips of the pen. */
const joined = (text: string): string =>
  text.replace(/(https?:\/\/) (?=\S)/i, '$1').replace(/ : ?(?=\d{1,5}(?:[/ ]|$))/, ':');

const withRightScheme = (word: string): string =>
  word
    .replace(/^(https?)(?:[:;]?[/\\]+|:(?=[^\d/\\]))/i, '$1://')
    .replace(/^(?:https?:\/\/)+(?=https?:\/\/)/i, '')
    .replace(/^:?\/\/(?=[^/])/, '');

// --------------------------------------------------------------------------------------------- what it means

/** Pages and calls of media servers, which people copy together with the address in front of them. */
const PAGE = /\/(?:web|api-docs|swagger|index\.html?)(?=\/|$)/i;
const CALL =
  /\/(?:identity|library|libraries|system|users|sessions|status|accounts|items|hubs|emby|branding|quickconnect)(?=\/|$)/i;

/** The base path without what the server put behind it. A proxy may use such a word as well, so both are tried. */
function pathsOf(pathname: string): readonly string[] {
  const path =
    pathname
      .replaceAll(/\/{2,}/g, '/')
      .replace(/\/$/, '')
      .split(PAGE, 1)[0] ?? '';
  const [base = path] = path.split(CALL, 1);
  return path.indexOf('/', base.length + 1) < 0 ? [...new Set([base, path])] : [base];
}

const USUAL_HTTPS = new Set(['443', '8443', '8920']);
const LOCAL_NAME =
  /^[^.]+$|\.(?:local|lan|home|internal|intranet|localdomain|localhost|box|arpa|test)$|^\d+(?:\.\d+){3}$|^\[/;

/** Where no scheme was typed: http first at home and at ports that are plain there, else https; then the other. */
function withSchemes(
  hostname: string,
  port: string | undefined,
  { usualPort }: MediaTraits,
): readonly string[] {
  const local = LOCAL_NAME.test(hostname);
  const plain =
    port === undefined ? local : ['80', `${usualPort}`].includes(port) || (local && !USUAL_HTTPS.has(port));
  const schemes = plain ? (['http', 'https'] as const) : (['https', 'http'] as const);
  const at = (scheme: string, there = port) =>
    new URL(`${scheme}://${hostname}${there ? `:${there}` : ''}`).origin;
  const origins = schemes.map((scheme) => at(scheme));
  return local && port === undefined ? [...origins, at('http', `${usualPort}`)] : origins;
}

/** Routers may refuse to resolve a name that stands for an address at home; then the address itself is tried. */
function literalOf(url: URL, { namesWithAddress }: MediaTraits): readonly string[] {
  const digits = namesWithAddress?.exec(url.hostname)?.[1];
  if (digits === undefined) return [];
  return [`http://${digits.replaceAll('-', '.')}${url.port === '' ? '' : `:${url.port}`}`];
}

/** What to say of an address at the vendor's, where people watch; undefined for all others. */
function vendorOf(hostname: string): Sentence | undefined {
  for (const { name, watchedAt, exampleUrl, signIn } of Object.values<MediaTraits>(MEDIA_KINDS)) {
    const domain = watchedAt && new URL(watchedAt).hostname.replace(/^[^.]+\./, '');
    if (domain === null || !(hostname === domain || hostname.endsWith(`.${domain}`))) continue;
    const values = { page: hostname, vendor: name, example: exampleUrl };
    return signIn
      ? say('trouble.typed.vendorSignIn', { ...values, where: signIn.called })
      : say('trouble.typed.vendor', values);
  }
  return undefined;
}
