import type { MediaServer, Trouble } from '../../src/app/ports/media-server.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import { FakeMediaServer, type FakeOperation } from '../support/fake-media-server.ts';
import { saidPlain } from '../support/said.ts';
import type { MediaServerWorld, Spoil } from './media-server.ts';

const KINDS: Readonly<Record<Spoil, Trouble['kind']>> = {
  'connection cut': 'cut',
  'cut short of its length': 'cut',
  'cut without notice': 'not-understood',
  'web page': 'not-this-kind',
  'error document': 'not-understood',
  'status 500': 'not-understood',
  'token dead': 'unauthorised',
  'rate limit': 'rate-limited',
  starting: 'starting',
};

const SPOILT: Readonly<Record<'access' | 'libraries' | 'streams', readonly FakeOperation[]>> = {
  access: ['readAccess', 'probe'],
  libraries: ['listLibraries'],
  streams: ['countStreams'],
};

const troubleOf = (how: Spoil): Trouble => ({
  kind: KINDS[how],
  message: 'It was told to.',
  ...(how === 'rate limit' && { retryAfterMs: 5_000 }),
});

/** The fake media server in the form that the contract suite needs. */
export async function startFakeWorld(kind: ServerKind): Promise<MediaServerWorld> {
  const fake = new FakeMediaServer({ kind });
  for (const name of ['Films', 'Shows', 'Music']) fake.addLibrary(name, { identity: `identity of ${name}` });
  let counted = { reads: 0, writes: 0 };
  const failAll = (operations: readonly FakeOperation[], why: Trouble) => {
    for (const operation of operations) fake.fail(operation, why, { times: Number.POSITIVE_INFINITY });
  };
  return {
    identity: {
      identity: 'fake-identity',
      name: 'Fake',
      version: '1.0.0',
      ownerAccountId: fake.ownerAccountId,
    },
    readsOfEverybody: 1,
    readsBeforeWrite: 0,
    at: (): MediaServer => fake,
    libraryId: (name) => name.toLowerCase(),
    addMember: (name, access) =>
      fake.addPerson({ name, access: access === 'all' ? 'all' : access.map((each) => each.toLowerCase()) })
        .externalId,
    addProtected: () => {
      const protection = MEDIA_KINDS[kind].accounts === 'invited' ? 'managed' : 'administrator';
      return fake.addPerson({ name: 'Kid', protection, access: ['films'] }).externalId;
    },
    async letIn(server, name, externalIds) {
      if (server.invitations) {
        const { externalId } = fake.addPerson({ name });
        const outcome = await server.invitations.invite(externalId, externalIds);
        return outcome.kind === 'done' ? externalId : { message: saidPlain(outcome.why.message) };
      }
      const account = { name, password: 'secret', externalIds, resume: false, template: null };
      const made = await server.accounts?.create(account);
      if (made?.kind === 'created') return made.externalId;
      return made?.kind === 'failed'
        ? { message: saidPlain(made.why.message) }
        : { message: `${made?.kind}` };
    },
    addLibraries(count) {
      for (let number = 1; number <= count; number += 1) fake.addLibrary(`Library ${number}`);
    },
    editElsewhere(id, libraries) {
      fake.person(id).access = libraries.map((name) => name.toLowerCase());
    },
    signInElsewhere(id) {
      fake.person(id).signsInElsewhere = true;
    },
    giveRights(id) {
      fake.person(id).rights = 'downloads';
    },
    mayMore: (id) => fake.person(id).rights !== 'nothing',
    accessOf(id) {
      const { access, disabled } = fake.person(id);
      if (access === null || disabled || access.length === 0) return 'none';
      if (access === 'all') return 'all';
      return fake.libraries.filter(({ externalId }) => access.includes(externalId)).map(({ name }) => name);
    },
    watch(_id, how) {
      if (how !== 'idle') fake.streams += 1;
    },
    spoil: (what, how) => failAll(SPOILT[what], troubleOf(how)),
    loseNextAnswer() {
      for (const operation of ['setLibraries', 'withdraw'] as const)
        fake.fail(operation, troubleOf('connection cut'), { happens: true });
    },
    refuseNextWrite: (how) => fake.fail('withdraw', troubleOf(how)),
    replaceIdentity() {
      fake.identity = 'another';
    },
    async takeOver() {
      fake.identity = 'another';
    },
    tokensGivenAway: () => [],
    takeCounts() {
      const { reads, writes } = fake;
      const since = { reads: reads - counted.reads, writes: writes - counted.writes };
      counted = { reads, writes };
      return since;
    },
    secrets: () => [],
    async stop() {
      const asked = ['ping', 'readAccess', 'listLibraries', 'endSessions', 'findRemovedEndpoints'] as const;
      failAll([...asked, 'countStreams', 'listSignInPlugins'], {
        kind: 'refused',
        message: 'Nothing answers.',
      });
    },
    async close() {},
  };
}
