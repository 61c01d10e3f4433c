/** Media servers in memory that take time to answer. They outlive the process that uses them. */
import type { MediaServer } from '../../src/app/ports/media-server.ts';
import { FakeMediaServer } from '../support/fake-media-server.ts';
import { libraryId, memberIdOf, type SeedMember, type SeedServer } from './seed.ts';

/** A call that is sent from the process with the use cases to the one with the servers. */
export interface Question {
  readonly id: number;
  readonly url: string;
  readonly operation: keyof MediaServer;
  readonly args: readonly unknown[];
}

export interface Reply {
  readonly id: number;
  readonly answer: unknown;
}

const LIBRARIES = ['Movies', 'Shows', 'Music'];

export class FakePlaces {
  readonly servers: readonly SeedServer[];
  readonly #fakes = new Map<string, FakeMediaServer>();
  readonly #delayMs: number;
  /** Writes so far, including repeated ones. */
  writes = 0;
  /** Called after each write. */
  onWrite: () => void = () => {};

  constructor(count: number, delayMs: number) {
    this.#delayMs = delayMs;
    this.servers = Array.from({ length: count }, (_each, index) => {
      const name = `server-${String(index + 1).padStart(2, '0')}`;
      const url = `http://${name}.test`;
      const fake = new FakeMediaServer({ kind: 'plex', name, identity: name, libraries: LIBRARIES });
      this.#fakes.set(url, fake);
      return {
        id: name,
        kind: 'plex',
        name,
        url,
        identity: name,
        token: `token-of-${name}`,
        libraries: fake.libraries.map(({ externalId, name: title }) => ({ externalId, name: title })),
      };
    });
  }

  /** Adds people, evenly spread over the servers, who have all libraries until `expiresAt`. */
  addPeople(count: number, expiresAt: Date): readonly SeedMember[] {
    return Array.from({ length: count }, (_each, index) => {
      const server = this.servers[index % this.servers.length];
      const fake = this.#fakes.get(server?.url ?? '');
      if (!server || !fake) throw new Error('there are no servers');
      const externalIds = server.libraries.map(({ externalId }) => externalId);
      const person = fake.addPerson({ name: `person-${index}`, access: externalIds });
      return {
        memberId: memberIdOf(index),
        serverId: server.id,
        externalId: person.externalId,
        name: person.name,
        libraryIds: externalIds.map((id) => libraryId(server.id, id)),
        expiresAt,
      };
    });
  }

  /** Number of people who still have access. */
  withAccess(): number {
    return this.#fakes
      .values()
      .flatMap(({ people }) => people.values())
      .filter(({ access }) => access !== null)
      .toArray().length;
  }

  /** Answers after a delay, like a server that is far away. The effect comes at the end of the delay. */
  async answer(question: Question): Promise<Reply> {
    const { url } = question;
    const fake = this.#fakes.get(url);
    if (!fake) throw new Error(`no server at ${url}`);
    await new Promise((resolve) => setTimeout(resolve, this.#delayMs));
    const before = fake.writes;
    const reply = await answerOf(fake, question);
    if (fake.writes > before) {
      this.writes += 1;
      this.onWrite();
    }
    return reply;
  }
}

/** What a server in this process answers to the one that is measured. */
export async function answerOf(fake: FakeMediaServer, { id, operation, args }: Question): Promise<Reply> {
  const act: unknown = Reflect.get(fake, operation);
  if (typeof act !== 'function') throw new Error(`nothing to do: ${operation}`);
  return { id, answer: await act.apply(fake, args) };
}
