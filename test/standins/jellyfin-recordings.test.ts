import { request } from 'undici';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from './http.ts';
import { type Jellyfin, type JellyfinVersion, libraryId, startJellyfin } from './jellyfin/jellyfin.ts';
import { type Recorded, readRecording, shapeOf } from './jellyfin/recording.ts';

/**
 * The stand-in answers as running servers did (media-servers.md M), request by request: everything that was recorded
 * is played against it, in the order of the recording and in the state that it needs.
 */
interface Sent {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: () => Json;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the answer is, it is compared with what was recorded
type Json = any;

const clientOf = (device: string) =>
  `MediaBrowser Client="Recorder", Device="box", DeviceId="${device}", Version="1.0"`;

/** Who is talked about in a recording, and what was answered earlier in it. */
class Playing {
  readonly jellyfin: Jellyfin;
  readonly names: Record<string, string>;
  policyWhenNew: unknown;
  readonly #tokens = new Map<string, string>();

  constructor(jellyfin: Jellyfin) {
    this.jellyfin = jellyfin;
    const admin = jellyfin.user('root').id;
    const key = jellyfin.apiKey;
    this.names = {
      key,
      admin,
      name: 'probe',
      NAME: 'PROBE',
      id: jellyfin.serverId,
      'other-key': '0'.repeat(32),
    };
  }

  /** Sends what was sent then, with the names of now. */
  async send({ method, path, as, device, headers, body }: NonNullable<Recorded['request']>): Promise<Sent> {
    const authorization = this.#authorization(as, device);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const answer = await request(`${this.jellyfin.url}${this.#named(path)}`, {
      method,
      headers: {
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...Object.fromEntries(
          Object.entries(headers ?? {}).map(([name, value]) => [name, this.#named(value)]),
        ),
      },
      ...(text !== undefined && { body: this.#named(text) }),
    });
    const answered = await answer.body.text();
    const sent = {
      status: answer.statusCode,
      headers: answer.headers,
      text: answered,
      json: () => JSON.parse(answered),
    };
    if (sent.status === 200 && answered.startsWith('{')) this.#learn(sent.json(), device);
    return sent;
  }

  async get(path: string, as: 'key' | { device: string } = 'key'): Promise<Sent> {
    const who = as === 'key' ? { as } : { as: 'token' as const, ...as };
    return await this.send({ method: 'GET', path, ...who });
  }

  async signIn(device: string, Pw = 'pw'): Promise<Sent> {
    const body = { Username: '{name}', Pw };
    return await this.send({ method: 'POST', path: '/Users/AuthenticateByName', as: 'nobody', device, body });
  }

  async policy(): Promise<Json> {
    return (await this.get('/Users/{user}')).json().Policy;
  }

  async writePolicy(policy: unknown): Promise<void> {
    const path = '/Users/{user}/Policy';
    expect((await this.send({ method: 'POST', path, as: 'key', body: policy })).status).toBe(204);
  }

  /** The key made last. */
  async newKey(): Promise<Json> {
    return (await this.get('/Auth/Keys')).json().Items.at(-1);
  }

  tokenOf(device: string): string {
    return this.#tokens.get(device) ?? '';
  }

  #authorization(as: 'nobody' | 'key' | 'token', device: string | undefined): string | undefined {
    if (as === 'key') return `MediaBrowser Token="${this.jellyfin.apiKey}"`;
    if (as === 'nobody') return device && clientOf(device);
    const token = device ? this.tokenOf(device) : this.names['other-key'];
    return `MediaBrowser Token="${token}"`;
  }

  #named(text: string): string {
    return text.replaceAll(/\{([\w-]+)\}/g, (placeholder, name: string) => this.names[name] ?? placeholder);
  }

  #learn({ AccessToken, Secret, Code, Id, Name }: Json, device: string | undefined): void {
    if (AccessToken && device) this.#tokens.set(device, AccessToken);
    if (Secret) Object.assign(this.names, { secret: Secret, code: Code });
    if (Name === this.names.name) {
      const dashed = Id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5').toUpperCase();
      Object.assign(this.names, { user: Id, 'USER-DASHED': dashed });
    }
  }
}

/** A list is told by its length. */
const lengthIfEmpty = (value: unknown): unknown =>
  Array.isArray(value) && value.length === 0 ? '[]0' : value;

const only = (policy: Json, expected: Json): Json =>
  Object.fromEntries(Object.keys(expected).map((name) => [name, lengthIfEmpty(policy[name])]));

type Look = (playing: Playing, recorded: Recorded) => Promise<Record<string, unknown>>;

/** What was seen of several requests: how it comes about, and what is seen of it now. */
const LOOKS: Readonly<Record<string, Look>> = {
  async 'new policy values'(playing, { v }) {
    playing.policyWhenNew = await playing.policy();
    return { v: only(playing.policyWhenNew, v) };
  },
  'root policy': async (playing, { v }) => ({
    v: only((await playing.get('/Users/{admin}')).json().Policy, v),
  }),
  async 'login twice on one device'(playing) {
    await playing.signIn('d1');
    const old = playing.tokenOf('d1');
    const again = await playing.signIn('d1');
    const statusOf = async (token: string) => {
      const headers = { authorization: `MediaBrowser Token="${token}"` };
      return (await playing.send({ method: 'GET', path: '/Users/Me', as: 'nobody', headers })).status;
    };
    return {
      sameToken: playing.tokenOf('d1') === old,
      old: await statusOf(old),
      new: await statusOf(playing.tokenOf('d1')),
      countInAnswer: again.json().User.Policy.InvalidLoginAttemptCount,
      countRead: (await playing.policy()).InvalidLoginAttemptCount,
    };
  },
  async 'after a minimal policy'(playing, { v }) {
    const { AuthenticationProviderId, PasswordResetProviderId } = await playing.policy();
    await playing.writePolicy({ AuthenticationProviderId, PasswordResetProviderId });
    return { v: only(await playing.policy(), v) };
  },
  async 'odd policy stored'(playing) {
    await playing.writePolicy({
      ...(await playing.policy()),
      EnableAllFolders: false,
      EnabledFolders: ['{F137A2DD-21BB-C1B9-9AA5-C0F6BF02A805}', libraryId('Nowhere').toUpperCase()],
      BlockedTags: ['a,b'],
      LoginAttemptsBeforeLockout: 0,
      EnableLyricManagement: true,
    });
    const stored = await playing.policy();
    return {
      v: {
        f: stored.EnabledFolders.map((id: string) => id.replace(/^[0-9a-f]{32}$/, '{id}')),
        all: stored.EnableAllFolders,
        t: stored.BlockedTags,
        l: stored.LoginAttemptsBeforeLockout,
        ly: stored.EnableLyricManagement,
      },
    };
  },
  async 'lock-out'(playing) {
    const s: number[] = [];
    for (const _try of [1, 2, 3, 4]) s.push((await playing.signIn('d3', 'wrong')).status);
    const { IsDisabled, InvalidLoginAttemptCount } = await playing.policy();
    const token = (await playing.get('/Users/Me', { device: 'd1' })).status;
    return { s, d: IsDisabled, c: InvalidLoginAttemptCount, token };
  },
  async 'token after lock and unlock'(playing) {
    await playing.writePolicy({
      ...(await playing.policy()),
      IsDisabled: false,
      InvalidLoginAttemptCount: 0,
    });
    return { s: (await playing.get('/Users/Me', { device: 'd1' })).status };
  },
  'sessions of disabled': async (playing) => ({
    n: (await playing.get('/Sessions')).json().filter(({ UserId }: Json) => UserId === playing.names.user)
      .length,
  }),
  async 'token after disable and enable'(playing) {
    // With what a new account has, as it was done then.
    await playing.writePolicy(playing.policyWhenNew);
    return { s: (await playing.get('/Users/Me', { device: 'd1' })).status };
  },
  'blank login after misspelt': async (playing) => ({ s: (await playing.signIn('d4', '')).status }),
  async 'key item'(playing) {
    const key = await playing.newKey();
    return { v: { ...key, AccessToken: 't', AppName: 'a', DateCreated: 'd' } };
  },
  'qc secret': async ({ names: { secret = '', code = '' } }) => ({
    upper: /^[0-9A-F]{64}$/.test(secret),
    lower: /^[0-9a-f]{64}$/.test(secret),
    code: /^\d{6}$/.test(code),
  }),
  async 'qc auth twice'(playing) {
    const first = playing.tokenOf('qc');
    const path = '/Users/AuthenticateWithQuickConnect';
    const body = { Secret: '{secret}' };
    const again = await playing.send({ method: 'POST', path, as: 'nobody', device: 'qc', body });
    return { s: again.status, same: again.json().AccessToken === first };
  },
  async 'headers of GET /Users'(playing) {
    const TRANSPORT = ['connection', 'keep-alive', 'date', 'content-length', 'transfer-encoding'];
    const names = Object.keys((await playing.get('/Users')).headers);
    return {
      v: names
        .filter((name) => !TRANSPORT.includes(name))
        .sort()
        .join(','),
    };
  },
};

/** What has to be so before a request, where the ones before it do not bring it about. */
const FIRST: Readonly<Record<string, (playing: Playing) => Promise<void>>> = {
  'login disabled': async (playing) => playing.writePolicy({ ...(await playing.policy()), IsDisabled: true }),
  'key delete': async (playing) => {
    playing.names['other-key'] = (await playing.newKey()).AccessToken;
  },
};

/** What the stand-in answers, with the fields that were recorded. */
async function play(playing: Playing, name: string, recorded: Recorded): Promise<Record<string, unknown>> {
  await FIRST[name]?.(playing);
  const look = LOOKS[name];
  if (!recorded.request)
    return look ? await look(playing, recorded) : { name: 'nobody knows how to see this' };
  const sent = await playing.send(recorded.request);
  return {
    status: sent.status,
    ...('type' in recorded && { type: sent.headers['content-type'] ?? null }),
    ...('body' in recorded && { body: sent.text.slice(0, 120) }),
    ...('keys' in recorded && { keys: shapeOf(sent.json()) }),
  };
}

describe.each<[string, JellyfinVersion, '10.11.11' | '12.0.0']>([
  ['Jellyfin 10.11.11', '10.11', '10.11.11'],
  ['Jellyfin 12.0.0', '12.0', '12.0.0'],
])('%s', (_title, version, full) => {
  const recording = readRecording(full);
  const answered = new Map<string, Record<string, unknown>>();
  let jellyfin: Jellyfin;

  beforeAll(async () => {
    jellyfin = await startJellyfin({ version, libraries: [{ name: 'Movies', type: 'movies' }] });
    const playing = new Playing(jellyfin);
    for (const [name, recorded] of recording) {
      const seen = play(playing, name, recorded).catch((error: Error) => ({ failed: error.message }));
      answered.set(name, await seen);
    }
  });
  afterAll(() => jellyfin.stop());

  it.each([...recording])('%s', (name, { request: _asked, ...expected }) => {
    expect(answered.get(name)).toEqual(expected);
  });

  it('is whole, every look is one of it, and so is every preparation', () => {
    expect(recording.size).toBe(148);
    const withoutRequest = [...recording].filter(([, { request: asked }]) => !asked).map(([name]) => name);
    expect(Object.keys(LOOKS).toSorted()).toEqual(withoutRequest.toSorted());
    expect(Object.keys(FIRST).filter((name) => !recording.get(name)?.request)).toEqual([]);
  });
});

it('another status, type, text or field would be seen', async () => {
  const jellyfin = await startJellyfin();
  const playing = new Playing(jellyfin);
  const answersOf = async (name: string) => {
    const recorded = readRecording('10.11.11').get(name);
    return recorded && { played: await play(playing, name, recorded), recorded };
  };
  const info = (await playing.get('/System/Info/Public')).json();
  const text = { 'content-type': 'application/json' };
  for (const [name, fault] of Object.entries<[RegExp, Answer]>({
    'public HEAD': [/Public/, { status: 404 }],
    ping: [/Ping/, { status: 200, headers: text, body: '"Jellyfin Server"' }],
    health: [/health/, { status: 200, headers: { 'content-type': 'text/plain' }, body: 'Degraded' }],
    public: [/Public/, { status: 200, body: { ...info, Id: 1 } }],
  })) {
    const { request: _asked, ...expected } = (await answersOf(name))?.recorded ?? {};
    expect((await answersOf(name))?.played).toEqual(expected);
    jellyfin.http.fault({ path: fault[0], answer: fault[1] });
    expect((await answersOf(name))?.played).not.toEqual(expected);
  }
  await jellyfin.stop();
});
