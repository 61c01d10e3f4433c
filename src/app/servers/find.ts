/**
 * Which of the addresses that a text may mean is that of a server. All of them are asked who they are, which takes no
 * token; so a token goes nowhere before something has said that it is a server of this kind.
 */
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { NonEmpty, ServerKind } from '../../domain/model.ts';
import { SERVER_KINDS } from '../../domain/server-kind.ts';
import { say } from '../../words/say.ts';
import type { MediaKinds } from '../ports/media.ts';
import type { Known, ServerLocation, Trouble } from '../ports/media-server.ts';

/** What an admin has taken although Usher would rather not: of one address, and of no other. */
export interface TakenRisks {
  /** Fingerprint of a certificate that no authority vouches for. */
  readonly certificate?: string;
  /** That nothing is encrypted on the way to a public address. */
  readonly plainHttp?: boolean;
}

export interface Sought {
  readonly kind: ServerKind;
  readonly urls: NonEmpty<string>;
  readonly taken: TakenRisks;
  /** What the server must say it is; null while it is being added. */
  readonly identity: string | null;
}

const NO_TOKEN = { token: '', clientIdentifier: null } as const;

/** The first address that answers as sought; or else what is wrong with the one that came closest. */
export async function findServer(
  media: MediaKinds,
  sought: Sought,
): Promise<Known<Required<ServerLocation>>> {
  const { kind, identity } = sought;
  const found = await Promise.all(
    sought.urls.map(async (url) => {
      const at = locationOf(url, sought.taken);
      const server = media[kind].at({ kind, ...at, ...NO_TOKEN, identity });
      return { at, answer: await server.ping() };
    }),
  );
  const failures: { readonly at: ServerLocation; readonly why: Trouble }[] = [];
  for (const { at, answer } of found) {
    if (answer.kind === 'known') return { kind: 'known', value: at };
    failures.push({ at, why: answer.why });
  }
  const [closest] = failures.toSorted((one, other) => distance(one.why) - distance(other.why));
  if (!closest) throw new Error('no address was asked');
  const other = ANSWERED.has(closest.why.kind) ? await kindAt(media, kind, closest.at) : undefined;
  return { kind: 'unknown', why: other ? otherKind(kind, other) : closest.why };
}

/** In plain HTTP there is no certificate to take, and with https nothing that is not encrypted. */
function locationOf(url: string, { certificate, plainHttp }: TakenRisks): Required<ServerLocation> {
  const isPlain = url.startsWith('http:');
  return {
    url,
    certificate: isPlain ? null : (certificate ?? null),
    plainHttp: isPlain && plainHttp === true,
  };
}

/** What answers there, when it is a server of another kind than was sought. */
async function kindAt(
  media: MediaKinds,
  sought: ServerKind,
  at: ServerLocation,
): Promise<ServerKind | undefined> {
  for (const kind of SERVER_KINDS) {
    if (kind === sought) continue;
    const answer = await media[kind].at({ kind, ...at, ...NO_TOKEN, identity: null }).ping();
    if (answer.kind === 'known') return kind;
  }
  return undefined;
}

const otherKind = (sought: ServerKind, found: ServerKind): Trouble => ({
  kind: 'not-this-kind',
  message: say('trouble.otherKind', {
    found: MEDIA_KINDS[found].name,
    sought: MEDIA_KINDS[sought].name,
    type: found,
  }),
});

/** Something answered, and not as a server of the kind that was sought. */
const ANSWERED: ReadonlySet<Trouble['kind']> = new Set([
  'not-this-kind',
  'not-understood',
  'too-large',
  'redirected',
]);
const SILENT: ReadonlySet<Trouble['kind']> = new Set(['dns', 'refused', 'cut']);

/** How far an address is from being that of the server: one that answers is nearer than one that does not. */
function distance({ kind, certificate }: Trouble): number {
  if (certificate) return 1;
  // It answers, and would have been asked if that were taken.
  if (kind === 'plain-http') return 2;
  if (ANSWERED.has(kind)) return 3;
  if (kind === 'timeout') return 4;
  if (kind === 'tls') return 5;
  return SILENT.has(kind) ? 6 : 0;
}
