import type { Known, ServerLocation, Trouble } from '../../app/ports/media-server.ts';
import type { CodeSignIn } from '../../app/ports/sign-in.ts';
import { say } from '../../words/say.ts';
import { refusedUnasked } from '../http-client/answers.ts';
import type { HttpAnswer } from '../http-client/call.ts';
import type { Reader } from '../http-client/reader.ts';
import {
  JellyfinClient,
  type JellyfinOptions,
  notUnderstood,
  readKept,
  troubleOf,
  unknown,
} from './client.ts';
import { readKeys, readQuickConnect, readSignedIn } from './schema.ts';

/** How long the server accepts a code (media-servers.md B10). */
const LIFE_MS = 10 * 60 * 1000;
const APP = 'Usher';

/** Quick Connect (B10): the account's holder types a code into Jellyfin, and no password is typed anywhere else. */
export function createQuickConnect(options: JellyfinOptions): CodeSignIn {
  const clientFor = (at: ServerLocation, token = '') => new JellyfinClient(options, at, token);
  return {
    by: 'code',
    async start(at) {
      const answer = await clientFor(at).send({
        method: 'POST',
        path: '/QuickConnect/Initiate',
        as: 'device',
      });
      if (answer.kind === 'failure') return unknown(answer.why);
      if (answer.status === 401) return unknown(TURNED_OFF);
      const asked = read(answer, readQuickConnect);
      if (asked.kind === 'unknown') return asked;
      const { secret, code } = asked.value;
      return { kind: 'known', value: { secret, code, lifeMs: LIFE_MS } };
    },

    async poll(at, secret) {
      const client = clientFor(at);
      // The server accepts the secret in the query only. Our logs contain no queries.
      const state = await client.send({
        method: 'GET',
        path: '/QuickConnect/Connect',
        query: { secret },
        as: 'device',
      });
      if (state.kind === 'failure') return unknown(state.why);
      // The secret is too old or used, or the server has been restarted since.
      if (state.status === 404) return { kind: 'expired' };
      if (state.status === 401) return unknown(TURNED_OFF);
      const asked = read(state, readQuickConnect);
      if (asked.kind === 'unknown') return asked;
      if (!asked.value.approved) return { kind: 'waiting' };
      const answer = await client.send({
        method: 'POST',
        path: '/Users/AuthenticateWithQuickConnect',
        json: { Secret: secret },
        as: 'device',
      });
      if (answer.kind === 'failure') return unknown(answer.why);
      if (answer.status === 404) return { kind: 'expired' };
      const signedIn = read(answer, readSignedIn);
      return signedIn.kind === 'unknown' ? signedIn : { kind: 'approved', ...signedIn.value };
    },

    async makeKey(at, token) {
      const client = clientFor(at, token);
      const before = await client.read('/Auth/Keys', readKeys);
      if (before.kind === 'unknown') return before;
      const made = await client.send({ method: 'POST', path: '/Auth/Keys', query: { app: APP } });
      if (made.kind === 'failure') return unknown(made.why);
      if (made.status !== 204 && made.status !== 200) return unknown(troubleOf(made));
      // The answer does not contain the key (B2). It is the one that was not listed before; names are not unique.
      const after = await client.read('/Auth/Keys', readKeys);
      if (after.kind === 'unknown') return after;
      const known = new Set(before.value.map(({ key }) => key));
      const fresh = after.value.filter(({ key, app }) => app === APP && !known.has(key));
      const [only] = fresh;
      if (only && fresh.length === 1) return { kind: 'known', value: only.key };
      return unknown({
        kind: 'not-understood',
        message: say('trouble.jellyfin.noKey'),
      });
    },

    async forget(at, token) {
      await clientFor(at, token).send({ method: 'POST', path: '/Sessions/Logout' });
    },
  };
}

const TURNED_OFF: Trouble = {
  kind: 'not-possible',
  message: say('trouble.jellyfin.quickConnectOff'),
};

function read<T>(answer: HttpAnswer, reader: Reader<T>): Known<T> {
  const refused = refusedUnasked(answer, 'Jellyfin');
  if (refused) return unknown(refused);
  if (answer.status !== 200) return unknown(troubleOf(answer));
  const kept = readKept(answer, reader);
  if (kept.kind === 'page')
    return unknown({
      kind: 'not-this-kind',
      message: say('trouble.jellyfin.pageOnly', { host: answer.host }),
    });
  return kept.kind === 'read' ? { kind: 'known', value: kept.value } : unknown(notUnderstood(answer));
}
