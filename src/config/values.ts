/**
 * What single variables accept, beyond what zod has a word for. Each function says what is wrong with a value, without
 * repeating it, or undefined. Only what is certainly wrong is: whether a good value is the right one, others find out.
 */
import { statSync } from 'node:fs';
import { isIP } from 'node:net';

type Problem = string | undefined;

/** Three parts with dots between. Whether the first one is an id is not looked at: in old tokens it may not be. */
export function tokenProblem(text: string): Problem {
  const expected = 'expected the bot token of your Discord application (Bot → Token)';
  if (/^(bot|bearer)\b[ :]/i.test(text)) return 'begins with a word such as “Bot”. Leave that out';
  if (/\s/.test(text)) return `has a blank in it; ${expected}`;
  if (/^\d{15,20}$/.test(text)) return `is an id, and not the token; ${expected}`;
  if (/^[0-9a-f]{64}$/i.test(text)) return `is a public key, and not the token; ${expected}`;
  if (isPlaceholder(text)) return `is a text to be replaced; ${expected}`;
  const stray = text.search(/[^\w.=+/-]/);
  if (stray >= 0) return `has a character at position ${stray + 1} that no token has; ${expected}`;
  const parts = text.split('.');
  const secret = /^[\w-]{32}$/.test(text) ? ', as a client secret has,' : '';
  if (parts.length !== 3 || parts.includes(''))
    return `has ${parts.length} part${parts.length === 1 ? '' : 's'}${secret} where a token has three, with dots between; ${expected}`;
  return undefined;
}

const isPlaceholder = (text: string): boolean =>
  /^[[({<]?(?:your|my|the|insert|put|paste|enter|type|change|replace|fill|todo|xx|example|dummy|test|bot|discord|token|secret|none|null|undefined|here|\.\.|…|\*)/i.test(
    text,
  ) && !/^[\w-]{20,}\.[\w-]{4,}\.[\w-]{20,}$/.test(text);

export function keyProblem(text: string): Problem {
  const expected = 'expected 32 bytes in base64 (openssl rand -base64 32)';
  if (!/^[\w+/-]+={0,2}$/.test(text)) return `is not base64; ${expected}`;
  if (/^[0-9a-f]{64}$/i.test(text)) return `is written in hexadecimal digits; ${expected}`;
  const { length } = Buffer.from(text, 'base64');
  return length === 32 ? undefined : `${expected}, and not ${length}`;
}

/** How much of the log stays on disk. */
export interface LogRetention {
  readonly days: number;
  readonly bytes: number;
}

/** `14d`, `50MB`, `1GB`, or days and a size; what is left out is as usual. Undefined when it is none of these. */
export function readLogRetention(text: string): LogRetention | undefined {
  const kept = { days: 14, bytes: 50_000_000 };
  const seen = new Set<string>();
  for (const part of text.split(/[\s,]+/)) {
    const [, number, unit = ''] = /^([1-9]\d{0,5})(d|mb|gb)$/i.exec(part) ?? [];
    const what = unit.toLowerCase() === 'd' ? 'days' : 'bytes';
    if (number === undefined || seen.has(what)) return undefined;
    seen.add(what);
    kept[what] = Number(number) * ({ mb: 1_000_000, gb: 1_000_000_000 }[unit.toLowerCase()] ?? 1);
  }
  return kept;
}

export function databaseProblem(text: string): Problem {
  const expected = 'expected file:PATH or postgresql://…';
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined)
    return /[/\\]|\.(db|sqlite3?)$/i.test(text) ? `${expected}; write file: before the path` : expected;
  if (/^(sqlite3?|libsql)$/.test(scheme)) return `${expected}; write file: in place of ${scheme}:`;
  if (/^(jdbc|prisma|postgres(ql)?\+.*|pgsql|pg|prisma\+postgres)$/.test(scheme))
    return `${expected}; Usher takes no other name of a driver in front`;
  if (scheme === 'file') return fileProblem(text.replace(/^file:(\/\/(?=\/))?/i, ''), expected);
  if (!/^postgres(ql)?$/.test(scheme)) return expected;
  if (!/^[a-z]+:\/\/./i.test(text)) return `${expected}; two slashes follow the colon`;
  const url = URL.parse(text);
  const mask = 'a character such as # / ? % in the password is written as %23 %2F %3F %25';
  if (!url) return `cannot be read as an address; ${mask}`;
  try {
    decodeURIComponent(url.username + url.password + url.pathname);
  } catch {
    return `has a % that stands for nothing; ${mask}`;
  }
  return url.hash === '' ? undefined : `has a # in it; ${mask}`;
}

function fileProblem(path: string, expected: string): Problem {
  if (path === '') return expected;
  if (path.includes('?')) return 'has a ? in the path. Leave out what follows it';
  if (/[/\\]$/.test(path) || isFolder(path)) return 'is a folder. Name a file in it, such as usher.db';
  return pathProblem(path);
}

/** A path as programs take it: what only a shell understands would become the name of a folder. */
export function pathProblem(path: string): Problem {
  if (/^~/.test(path)) return 'begins with ~, which only a shell understands. Write the whole path';
  if (/\$\{?\w+\}?|%\w+%/.test(path))
    return 'holds the name of a variable, which nobody fills in here. Write the whole path';
  if (/^file:/i.test(path)) return 'begins with file:. Write the path alone';
  if (process.platform !== 'win32' && /^[a-z]:[\\/]/i.test(path))
    return 'is a path of Windows, and this is not Windows';
  return undefined;
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

export function hostProblem(text: string): Problem {
  const expected = 'expected an address of this machine, such as 127.0.0.1 or 0.0.0.0';
  if (/[/\s@]/.test(text)) return `${expected}, and nothing around it`;
  // An IPv6 address has colons of its own.
  return /^[^:]*:\d*$|^\[/.test(text) ? `${expected}; a port belongs into HTTP_PORT` : undefined;
}

/** The base of somebody else's API: `hosts` are the real ones, and what is behind their name. */
export function originProblem(
  text: string,
  real: { readonly hosts: RegExp; readonly path: string },
): Problem {
  const url = URL.parse(text);
  if (!url || !/^https?:\/\/./i.test(text)) return 'expected an http(s) URL';
  if (url.username !== '' || url.password !== '') return 'holds a name or a password. Leave them out';
  if (/[?#]/.test(text)) return 'has a ? or a # in it. Leave it out, with what follows';
  if (/\/v\d+\/*$/.test(url.pathname))
    return 'ends in a version such as /v10, which Usher adds by itself. Leave it out';
  if (!real.hosts.test(url.hostname)) return undefined;
  if (url.protocol !== 'https:') return 'is http, and the token would go there unencrypted. Write https';
  const path = url.pathname.replace(/\/+$/, '');
  if (path === real.path) return undefined;
  return real.path === ''
    ? 'has a path behind the name. Leave it out'
    : `expected ${real.path} behind the name`;
}

/** Where a page comes from that may ask the API: scheme, name and port, and nothing behind. */
export const isOrigin = (text: string): boolean => URL.parse(text)?.origin === text && /^https?:/.test(text);

/** An address of a proxy, or the network of several. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
