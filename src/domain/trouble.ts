/**
 * Trouble with a media server in words, by who reads them. Pure. Admins see where a server is, other staff do not, and
 * members hear only what it means for them. What is kept or posted (rows, the record, alerts) has many readers, so it
 * is in the words for staff.
 */
import { type Sentence, say, type Text } from '../words/say.ts';
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Server } from './model.ts';

/** What a write or a step of a sign-in was refused with. */
export interface Worded {
  readonly kind: string;
  /** May name addresses. */
  readonly message: Text;
  /** The other side's own words, sanitised. */
  readonly reason?: string;
  readonly refusal?: Refusal;
  /** It is about the vendor, and not about the server. */
  readonly vendor?: true;
}

/**
 * The other side will not do it. `final`: trying again does not mend that, a person has to act. `perhaps`: what we
 * knew may have been too old, so that it is asked a few times before it counts as final.
 */
export type Refusal = 'final' | 'perhaps';

type Where = Pick<Server, 'kind' | 'url' | 'localUrl' | 'publicUrl'>;

/** For admins, in a reply of their own: what is wrong and where, and what the other side itself says about it. */
export function adminSentence({ message, reason }: Pick<Worded, 'message' | 'reason'>): Text {
  return reason === undefined ? message : say('trouble.says', { message, reason });
}

/** For staff: the same without addresses. */
export function staffSentence(why: Pick<Worded, 'message' | 'reason' | 'vendor'>, server: Where): Text {
  const vendor = MEDIA_KINDS[server.kind].signIn?.called ?? MEDIA_KINDS[server.kind].name;
  const message =
    typeof why.message === 'string' ? why.message : hiding(why.message, why.vendor ? vendor : HIDDEN);
  return adminSentence({
    message,
    ...(why.reason !== undefined && { reason: withoutAddresses(why.reason, server) }),
  });
}

/** The values of a sentence that are addresses. Each such sentence has words for one that is not told. */
const ADDRESSES: ReadonlySet<string> = new Set(['host', 'to']);
const HIDDEN = 'hidden';

/** The same sentence, with these words in the place of addresses. */
function hiding({ key, values = {} }: Sentence, instead: string): Sentence {
  const shown = Object.entries(values).map(([name, value]) => {
    if (ADDRESSES.has(name)) return [name, instead] as const;
    const isSentence = typeof value === 'object' && 'key' in value;
    return [name, isSentence ? hiding(value, instead) : value] as const;
  });
  return { key, values: Object.fromEntries(shown) };
}

const URL_IN_TEXT = /\bhttps?:\/\/[^\s,;”)]*[^\s,;”).]/gi;
/** An IP address, or any name with a port. */
const HOST_IN_TEXT =
  /\[[0-9a-f:.]+\](?::\d+)?|(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?|\b(?=[\d.-]*[a-z])[a-z\d][a-z\d.-]*:\d{2,5}\b/gi;

/** What the other side says, without what it names as an address: of this server, or of wherever it leads to. */
function withoutAddresses(text: string, { url, localUrl, publicUrl }: Where): string {
  const hosts = [url, localUrl, publicUrl].flatMap((each) => {
    const known = each === null ? null : URL.parse(each);
    return known ? [known.host, known.hostname] : [];
  });
  // The name of a machine at home may be any word, so that it counts only where a sentence names a place.
  const known = hosts.map((host) => new RegExp(BEFORE + escaped(host) + AFTER, 'g'));
  return [URL_IN_TEXT, HOST_IN_TEXT, ...known].reduce((said, address) => said.replaceAll(address, '…'), text);
}

const BEFORE = '(?<=^|[.!?:] | (?:at|in|to|of) )';
const AFTER = String.raw`(?![\w-]|\.\w)`;
const escaped = (host: string): string => host.replaceAll(/[^a-z\d-]/gi, String.raw`\$&`);

/** Kinds that last until somebody changes something. */
const NEEDS_STAFF: ReadonlySet<string> = new Set([
  ...[
    'unauthorised',
    'forbidden',
    'not-possible',
    'not-this-kind',
    'blocked',
    'plain-http',
    'other-server',
    'redirected',
    'too-large',
    'tls',
    'dns',
  ],
]);

/** Whether it goes away only when a person changes something. */
export function needsStaff({ kind, refusal }: Pick<Worded, 'kind' | 'refusal'>): boolean {
  return refusal === 'final' || NEEDS_STAFF.has(kind);
}

/** What is not there at all, or not yet. */
const UNREACHED: ReadonlySet<string> = new Set(['refused', 'timeout', 'cut', 'starting', 'dns']);

/**
 * For members: no host, no status, no words of a server, and nothing that asks them to do what only staff can. `name`
 * is what they know the other side by.
 */
export function memberSentence(why: Pick<Worded, 'kind' | 'refusal'>, name: string): Sentence {
  if (why.kind === 'discord') return say('my.trouble.discord');
  if (why.kind === 'not-a-member') return say('my.trouble.outside');
  if (UNREACHED.has(why.kind)) return say('my.trouble.unreached', { name });
  return needsStaff(why) ? say('my.trouble.staff') : say('my.trouble.other', { name });
}
