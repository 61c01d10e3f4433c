import { CLOSED, type DrillSide, type OwnSession } from '../../app/ports/drill.ts';
import type { Known, ServerAddress } from '../../app/ports/media-server.ts';
import type { DrillList, Kept, OwnView } from '../../domain/drill/facts.ts';
import { say } from '../../words/say.ts';
import { besideFor, notKept } from './beside.ts';
import {
  isJson,
  JellyfinClient,
  type JellyfinOptions,
  notUnderstood,
  readKept,
  troubleOf,
  unknown,
} from './client.ts';
import { writePolicy } from './policy.ts';
import {
  type JellyfinUser,
  normaliseId,
  policyOf,
  type RawPolicy,
  readFolders,
  readSignedIn,
  readUser,
  readUsers,
  readViews,
} from './schema.ts';

/** A restriction that no account of ours has, as a parent would set it in the dashboard. */
const MARK = { MaxParentalRating: 7, BlockedTags: ['usher-drill'] } as const;

/** What Usher writes itself, what the server counts, and what always reads false (media-servers.md B6.1, B6.2). */
const NOT_KEPT: ReadonlySet<string> = new Set([
  'EnableAllFolders',
  'EnabledFolders',
  'IsDisabled',
  'InvalidLoginAttemptCount',
  'EnableLyricManagement',
]);

/** The other side of an account (media-servers.md B8): what is shown to whoever has its password. */
export function createJellyfinDrill(address: ServerAddress, options: JellyfinOptions): DrillSide {
  const client = new JellyfinClient(options, address, address.token);
  return {
    async signIn({ name, secret }) {
      const answer = await client.send({
        method: 'POST',
        path: '/Users/AuthenticateByName',
        as: 'device',
        json: { Username: name, Pw: secret },
      });
      if (answer.kind === 'failure') return unknown(answer.why);
      if (answer.status === 401 || answer.status === 403) return { kind: 'known', value: null };
      if (answer.status !== 200) return unknown(troubleOf(answer));
      const signedIn = readKept(answer, readSignedIn);
      if (signedIn.kind !== 'read') return unknown(notUnderstood(answer));
      const as = { token: signedIn.value.token };
      const session: OwnSession = {
        look: () => ownView(client, as),
        end: async () => void (await client.send({ method: 'POST', path: '/Sessions/Logout', as })),
      };
      return { kind: 'known', value: session };
    },

    async listsOf(externalId) {
      const id = normaliseId(externalId);
      const users = await client.read('/Users', readUsers);
      if (users.kind === 'unknown') return users;
      const one = await client.send({ method: 'GET', path: `/Users/${encodeURIComponent(id)}` });
      if (one.kind === 'failure') return unknown(one.why);
      // A 404 with JSON is about the user, an empty one about the path (B1.2).
      const isGone = one.status === 404 && isJson(one);
      if (one.status !== 200 && !isGone) return unknown(troubleOf(one));
      const found: DrillList[] = users.value.users.some((user) => user.id === id) ? ['accounts'] : [];
      return { kind: 'known', value: isGone ? found : [...found, 'account'] };
    },

    async settingsOf(externalId) {
      const id = normaliseId(externalId);
      const users = await client.read('/Users', readUsers);
      if (users.kind === 'unknown') return users;
      const one = await readOne(client, id);
      if (one.kind === 'unknown') return one;
      const listed = users.value.users.find((user) => user.id === id);
      const kept = keptOf(policyOf(one.value));
      const places = { account: kept, accounts: listed ? keptOf(policyOf(listed)) : null };
      return {
        kind: 'known',
        value: {
          places,
          effective: kept,
          rights: notKept(besideFor(one.value, undefined), policyOf(one.value)),
        },
      };
    },

    async mark({ externalId }) {
      const now = await readOne(client, normaliseId(externalId));
      if (now.kind === 'unknown') return { outcome: { kind: 'failed', why: now.why }, mark: MARK };
      const user = now.value;
      const written = await writePolicy(client, user, MARK);
      const why = { kind: 'not-possible', message: say('trouble.jellyfin.gone') } as const;
      const outcome = written.kind === 'no-such-user' ? ({ kind: 'failed', why } as const) : written;
      return { outcome, mark: MARK };
    },
  };
}

const readOne = (client: JellyfinClient, id: string): Promise<Known<JellyfinUser>> =>
  client.read(`/Users/${encodeURIComponent(id)}`, readUser);

const keptOf = (policy: RawPolicy): Kept =>
  Object.fromEntries(Object.entries(policy).filter(([field]) => !NOT_KEPT.has(field)));

/** Its first page. What is not a library of the server is beside; everybody has a place for playlists. */
async function ownView(client: JellyfinClient, as: { readonly token: string }): Promise<Known<OwnView>> {
  const folders = await client.read('/Library/VirtualFolders', readFolders);
  if (folders.kind === 'unknown') return folders;
  const shown = await client.read('/UserViews', readViews, { as });
  if (shown.kind === 'unknown' && shown.why.kind === 'unauthorised') return { kind: 'known', value: CLOSED };
  if (shown.kind === 'unknown') return shown;
  const views = shown.value;
  const known = new Set(folders.value.map(({ id }) => id));
  const beside = views.filter(({ id, type }) => !known.has(id) && type !== 'playlists');
  return {
    kind: 'known',
    value: {
      open: true,
      libraries: views.filter(({ id }) => known.has(id)).map(({ id }) => id),
      beside: beside.map(({ type }) => type ?? 'something without a type'),
    },
  };
}
