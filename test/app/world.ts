/** All use cases with a real SQLite database. The test controls the media servers, plex.tv and the clock. */

import { readFile } from 'node:fs/promises';
import { createCodes } from '../../src/adapters/codes.ts';
import { chronoDateParser } from '../../src/adapters/date-parser.ts';
import { changesCard } from '../../src/adapters/discord/views/notices.ts';
import { markdownOf, plainOf } from '../../src/adapters/discord/wire/speech.ts';
import { createHeadSigner } from '../../src/adapters/head-signer.ts';
import type { Queries } from '../../src/adapters/prisma/client.ts';
import { createServerWork } from '../../src/adapters/queue/server-work.ts';
import { createRateLimiter } from '../../src/adapters/rate-limiter.ts';
import { createSecrets } from '../../src/adapters/secrets.ts';
import { linkAccount } from '../../src/app/accounts/link.ts';
import type { SignInEnd } from '../../src/app/accounts/sign-in-end.ts';
import type { SignInWish, StartedSignIn } from '../../src/app/accounts/sign-ins.ts';
import { type App, createApp } from '../../src/app/app.ts';
import type { ChangedGrants } from '../../src/app/grants/change.ts';
import type { CreatedInvite, CreateInviteInput } from '../../src/app/grants/invites.ts';
import { JOINED_MS } from '../../src/app/ledger/notices.ts';
import type { Deps } from '../../src/app/ports/deps.ts';
import type { ImportFiles } from '../../src/app/ports/imports.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { MediaKind } from '../../src/app/ports/media.ts';
import type { ServerAddress, Trouble } from '../../src/app/ports/media-server.ts';
import type { AwaitDelivery, DeliveryContent } from '../../src/app/ports/outbox.ts';
import type { WebhookSender } from '../../src/app/ports/webhooks.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import type { GrantAction } from '../../src/domain/grant-change.ts';
import { DEFAULT_LIMITS, type GuildLimits } from '../../src/domain/guild-limits.ts';
import type { GuildId, MemberId } from '../../src/domain/ids.ts';
import type {
  Account,
  AuditAction,
  AuditEvent,
  AuditFacts,
  Server,
  ServerKind,
} from '../../src/domain/model.ts';
import { createClockHold } from '../../src/jobs/clock-hold.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { languageOf } from '../../src/words/catalogue.ts';
import type { Markup } from '../../src/words/say.ts';
import { FakeClock } from '../support/clock.ts';
import {
  migratedSqlite,
  type OpenStores,
  openMigrated,
  rowsOf,
  type TemporaryDatabase,
} from '../support/databases.ts';
import { FakeGuilds } from '../support/fake-guilds.ts';
import { FakeMediaServer, type FakePerson } from '../support/fake-media-server.ts';
import { loggingInto } from '../support/log-lines.ts';
import { NO_OPERATOR } from '../support/no-operator.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { saidDetail, saidPlain, told } from '../support/said.ts';
import { FakePlexSignIn } from './fake-plex-sign-in.ts';
import { FakeQuickConnect } from './fake-quick-connect.ts';

export const AUDIT = '400000000000000001';
export const ALERTS = '400000000000000002';
export const REQUESTS = '400000000000000003';

export const DOWN: Trouble = { kind: 'refused', message: 'Nothing answers at that address.' };
const KEY = Buffer.alloc(32, 9);

export interface LogEntry {
  readonly level: 'info' | 'warn' | 'error';
  readonly sentence: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** A media server of the guild. */
export interface Place {
  readonly fake: FakeMediaServer;
  readonly server: Server;
  readonly token: string;
  /** Our id of a library, by its name. */
  id(name: string): string;
}

type ToldEvent = Omit<AuditEvent, 'facts'> & {
  readonly facts: Omit<AuditFacts, 'detail'> & { readonly detail?: string };
};

export class World {
  readonly clock = new FakeClock();
  readonly #database: TemporaryDatabase;
  readonly #open: OpenStores;
  readonly #fakes = new Map<string, FakeMediaServer>();
  readonly plexTv: FakePlexSignIn;
  readonly quickConnect = new FakeQuickConnect();
  /** What Discord says of every guild. */
  readonly guilds = new FakeGuilds();
  /** What the file says that is attached. */
  readonly imports: { read: ImportFiles['read'] } = {
    read: async () => ({ kind: 'refused', why: 'not-fetched' }),
  };
  /** What webhooks answer. */
  readonly webhooks: { send: WebhookSender['send'] } = { send: NO_OPERATOR.webhooks.send };
  readonly log: LogEntry[] = [];
  /** The same as lines, which are what is on disk. */
  readonly logged: string[] = [];
  /** What is on disk in place of these, as it is read: in pieces, the oldest first. */
  piecesOfLog: readonly (readonly string[])[] | undefined;
  /** Who runs Usher. */
  readonly owners = new Set<string>();
  /** How much a guild may have; a test makes it less. */
  readonly limits: { -readonly [What in keyof GuildLimits]: number } = { ...DEFAULT_LIMITS };
  /** Addresses outside of the own network: nothing is asked there in plain HTTP that no admin has taken. */
  readonly outside = new Set<string>();
  readonly deps: Deps;
  /** What becomes of a DM. It stays on its way unless a test says otherwise. */
  awaitDelivery: AwaitDelivery = async () => undefined;
  #stopping = new AbortController();
  #app: App;

  private constructor(
    database: TemporaryDatabase,
    open: OpenStores,
    more: Readonly<Record<string, MediaKind>>,
  ) {
    this.#database = database;
    this.#open = open;
    const fakes = this.#fakes;
    this.plexTv = new FakePlexSignIn({ [Symbol.iterator]: () => fakes.values() });
    const lines = loggingInto(this.logged, this.clock);
    const write = (level: LogEntry['level']) => (fields: LogEntry['fields'], sentence: string) => {
      this.log.push({ level, sentence, fields });
      lines[level](fields, sentence);
    };
    const log: Log = { info: write('info'), warn: write('warn'), error: write('error') };
    const at = ({ url, plainHttp }: ServerAddress) => {
      const fake = fakes.get(url);
      if (!fake) throw new Error(`no server at ${url}`);
      return this.outside.has(url) && !plainHttp ? unasked(fake) : fake;
    };
    const drillAt = (address: ServerAddress) => at(address).drill;
    const kinds = {
      plex: { at, drillAt, signIn: this.plexTv },
      jellyfin: { at, drillAt, signIn: this.quickConnect },
      ...more,
    };
    this.deps = {
      stores: open.stores,
      clock: this.clock,
      media: {
        of: () => kinds,
      },
      guilds: this.guilds,
      imports: this.imports,
      secrets: createSecrets(KEY),
      codes: createCodes(KEY),
      headSigner: createHeadSigner({ keyId: 'of the test', bytes: KEY }),
      dateParser: chronoDateParser,
      rateLimiter: createRateLimiter(),
      clockHold: createClockHold(this.clock, () => this.clock.steadyMs()),
      servers: createServerWork(this.clock),
      limits: this.limits,
      ...NO_OPERATOR,
      webhooks: { ...NO_OPERATOR.webhooks, send: (...asked) => this.webhooks.send(...asked) },
      operator: { ...NO_OPERATOR.operator, isOwner: async (userId) => this.owners.has(userId) },
      logLines: {
        isKept: true,
        backwards: () => this.#backwards(),
      },
      log,
    };
    this.#app = this.#newApp();
  }

  /** `more` are kinds of media server beside Plex and Jellyfin. */
  static async open(more: Readonly<Record<string, MediaKind>> = {}): Promise<World> {
    const database = await migratedSqlite();
    return new World(database, await openMigrated(database.url), more);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#open.close();
    await this.#database.remove();
  }

  get app(): App {
    return this.#app;
  }

  get stores() {
    return this.#open.stores;
  }

  get outbox() {
    return this.#open.outbox;
  }

  async *#backwards(): AsyncGenerator<readonly string[]> {
    for (const piece of (this.piecesOfLog ?? [this.logged]).toReversed()) yield piece.toReversed();
  }

  #newApp(): App {
    // What waits for its turn is forgotten with the process.
    const deps = { ...this.deps, servers: createServerWork(this.clock) };
    return createApp(deps, (id, ms) => this.awaitDelivery(id, ms), this.#stopping.signal);
  }

  /**
   * Starts again as after a kill: the database and the media servers stay as they are, memory is lost, and what was
   * going on does nothing any more.
   */
  restart(): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.#app = this.#newApp();
  }

  /** A server at `http://<name>.test` that no guild has added yet. */
  build(
    kind: ServerKind,
    name: string,
    libraries: readonly string[],
    identity = `identity-of-${name}`,
  ): FakeMediaServer {
    const fake = new FakeMediaServer({ kind, name, identity, libraries });
    this.#fakes.set(urlOf(name), fake);
    return fake;
  }

  async add(fake: FakeMediaServer, guildId = GUILD): Promise<Place> {
    const token = `token-of-${fake.name}-secret`;
    const url = urlOf(fake.name);
    const added = await this.app.addServer({
      guildId,
      actorId: STAFF,
      kind: fake.kind,
      name: '',
      url,
      token,
      // Members have to have a link to it, or staff are told.
      ...(fake.kind === 'jellyfin' && { publicUrl: 'https://watch.example.org' }),
    });
    if (added.kind !== 'added') throw new Error(`${fake.name} was not added: ${JSON.stringify(added)}`);
    const libraries = await this.stores.of(guildId).libraries.list(added.server.id);
    const byName = new Map(libraries.map((library) => [library.name, library.id]));
    return {
      fake,
      server: added.server,
      token,
      id: (name) => byName.get(name) ?? `no library ${name}`,
    };
  }

  /** Adds the Plex server Tower with Movies, Shows and Music. */
  async addTower(guildId = GUILD): Promise<Place> {
    return await this.add(this.build('plex', 'Tower', ['Movies', 'Shows', 'Music']), guildId);
  }

  /** Adds the Jellyfin server Den with Films and Series. */
  async addDen(guildId = GUILD): Promise<Place> {
    return await this.add(this.build('jellyfin', 'Den', ['Films', 'Series']), guildId);
  }

  /** Links a member's account as after a proof: what it has becomes an imported grant. */
  async link(
    memberId: MemberId,
    { fake, server }: Place,
    person: FakePerson,
    guildId = GUILD,
  ): Promise<Account> {
    const reading = await fake.readAccess({ of: [person.externalId] });
    if (reading.kind === 'unknown') throw new Error('the server does not say what the person has');
    const { externalId, name, emailMasked } = person;
    const others = await this.stores.elsewhere(guildId, server, [externalId]);
    const elsewhere = others.get(externalId)?.touched ?? [];
    const outcome = await this.stores.transaction(guildId, (tx) =>
      linkAccount(
        this.deps,
        tx,
        { server, memberId, externalId, name, emailMasked, seen: reading.value.accounts[0], elsewhere },
        this.clock.now(),
      ),
    );
    if (outcome !== 'linked') throw new Error(`not linked: ${outcome}`);
    await this.app.enforce.servers(guildId, [server.id]);
    return await this.account(memberId, server.id, guildId);
  }

  /** A member asks for a link or a code. */
  async startSignIn(memberId: MemberId, at: SignInWish['at'] = { kind: 'plex' }): Promise<StartedSignIn> {
    const begun = await this.app.signIns.start({ guildId: GUILD, memberId, name: 'somebody', at });
    if (begun.kind !== 'started') throw new Error(`not started: ${begun.kind}`);
    return begun.value;
  }

  /** Somebody approves it, and the member says that it was they; resolves to how it ends. */
  async confirmed(memberId: MemberId, { asked }: Pick<StartedSignIn, 'asked'>): Promise<SignInEnd> {
    const question = await asked;
    if (question.kind !== 'question') return question;
    const linking = await this.app.signIns.confirm(GUILD, memberId, question.signInId);
    if (!linking) throw new Error('the question is not open');
    return await linking.finished;
  }

  /** All of a sign-in, from the button to its end. */
  async signIn(memberId: MemberId, at?: SignInWish['at']): Promise<SignInEnd> {
    return await this.confirmed(memberId, await this.startSignIn(memberId, at));
  }

  /** Adds a person without access to the server and links them to the member. */
  async newAccount(memberId: MemberId, place: Place, guildId = GUILD): Promise<FakePerson> {
    const person = place.fake.addPerson({ name: `account-of-${memberId}` });
    await this.link(memberId, place, person, guildId);
    return person;
  }

  async account(memberId: MemberId, serverId: string, guildId = GUILD): Promise<Account> {
    const [account] = (await this.stores.of(guildId).accounts.list({ memberId })).filter(
      (each) => each.serverId === serverId,
    );
    if (!account) throw new Error('the member has no account there');
    return account;
  }

  /** Staff give a member libraries, for good or for `ms`. */
  async grant(
    memberId: MemberId,
    libraryIds: readonly string[],
    { ms, startMs = 0, guildId = GUILD }: { ms?: number; startMs?: number; guildId?: GuildId } = {},
  ): Promise<GrantStanding> {
    const startsAt = new Date(this.clock.now().getTime() + startMs);
    return await this.app.grants.add({
      guildId,
      actorId: STAFF,
      memberId,
      libraryIds,
      startsAt,
      expiresAt: ms === undefined ? null : new Date(startsAt.getTime() + ms),
      reason: null,
    });
  }

  /** Staff invite somebody; with a role only if that may be given. */
  async invite(input: CreateInviteInput): Promise<CreatedInvite> {
    const made = await this.app.invites.create(input);
    if (made.kind !== 'created') throw new Error(saidPlain(made.message));
    return made;
  }

  async revoke(grantId: string, guildId = GUILD) {
    const { changed, unchanged } = await this.change(grantId, { kind: 'end', cause: 'revoked' }, guildId);
    const [one] = [...changed, ...unchanged];
    if (!one) throw new Error('no such grant');
    return { kind: changed.length > 0 ? 'revoked' : 'nothing', standing: one.standing } as const;
  }

  async change(grantId: string, action: GrantAction, guildId = GUILD): Promise<ChangedGrants> {
    const grantIds = [grantId];
    return await this.app.changeGrants.change({ guildId, actorId: STAFF, grantIds, action, reason: null });
  }

  /** Lets time pass and runs what is due then, like the runner. */
  async pass(ms: number, guildId = GUILD): Promise<void> {
    this.clock.advance(ms);
    await createJobs(this.app).enforce(guildId);
    await this.app.idle('servers');
  }

  /** As it was written down last: what is shown may be further. */
  async grantState(grantId: string, guildId = GUILD) {
    const grant = await this.stores.of(guildId).grants.find(grantId);
    if (!grant) throw new Error('no such grant');
    return grant.state;
  }

  /** The audit events, oldest first, with their details in English. */
  async events(action?: AuditAction, guildId = GUILD): Promise<readonly ToldEvent[]> {
    const events = await this.stores.of(guildId).audit.list({ limit: 10_000 });
    return events
      .filter((event) => action === undefined || event.action === action)
      .toReversed()
      .map(({ facts: { detail, ...facts }, ...event }) => {
        const said = saidDetail(detail);
        return { ...event, facts: { ...facts, ...(said !== undefined && { detail: said }) } };
      });
  }

  /** The actions recorded after the first `count` events, in order. */
  async actions(count = 0, guildId = GUILD): Promise<readonly AuditAction[]> {
    return (await this.events(undefined, guildId)).slice(count).map((event) => event.action);
  }

  async countEvents(guildId = GUILD): Promise<number> {
    return (await this.events(undefined, guildId)).length;
  }

  async setChannel(purpose: 'audit' | 'alerts' | 'requests', guildId = GUILD): Promise<void> {
    const channelId = { audit: AUDIT, alerts: ALERTS, requests: REQUESTS }[purpose];
    await this.app.settings.setChannel({ guildId, actorId: STAFF, purpose, channelId });
  }

  /** What a member is told of what has changed, line by line, as if the minute for it were over. */
  async hears(memberId: MemberId): Promise<readonly string[]> {
    const soon = new Date(this.clock.now().getTime() + JOINED_MS);
    const due = (await this.outbox.listDue(soon, 1_000)).filter(
      ({ kind, sink }) => kind === 'notice' && sink === memberId,
    );
    const lines: string[] = [];
    for (const delivery of due) {
      const prepared = await this.app.notices.prepare(delivery);
      if (prepared?.delivery.content.kind !== 'changes') continue;
      const said = prepared.delivery.content.said ?? [];
      const { blocks } = changesCard(said, { guildId: delivery.guildId, guildName: undefined });
      for (const block of blocks) {
        if (block.kind === 'text')
          lines.push(...textOf(block.text, prepared.locale).split('\n').slice(0, -1));
        if (block.kind === 'buttons')
          lines.push(...block.buttons.map(({ label }) => `[${plainOf(label, languageOf(prepared.locale))}]`));
      }
      await this.app.deliveries.sent([prepared.delivery], `message-${delivery.id}`);
    }
    return lines;
  }

  /**
   * What is owed to a channel or to a person, oldest first, in English; of what is kept up to date, what it would say
   * now.
   */
  async owed(sink: string): Promise<readonly Owed[]> {
    const { reader } = this.#open.db;
    const rows = await reader.delivery.findMany({
      where: { sink, state: 'owed', kind: { not: 'notice' } },
      orderBy: { sequence: 'asc' },
    });
    const owed: Owed[] = [];
    for (const row of rows) {
      const content: DeliveryContent = JSON.parse(row.content);
      if (content.kind !== 'post') owed.push(inEnglish(content));
      else {
        const post = await reader.post.findFirst({ where: { id: content.postId } });
        if (post?.content) owed.push(inEnglish(JSON.parse(post.content)));
      }
    }
    return owed;
  }

  /** Somebody writes to the database past Usher. */
  async tamper(work: (queries: Queries) => Promise<unknown>): Promise<void> {
    await this.#open.db.transaction('tamper', async (queries) => void (await work(queries)));
  }

  /** All rows of a guild, as text. */
  async rowsOf(guildId: GuildId): Promise<string> {
    return await rowsOf(this.#open.db, guildId);
  }

  /** Everything in the database's files, as text. */
  async everythingStored(): Promise<string> {
    const path = this.#database.url.replace('file:', '');
    const files = await Promise.all(
      [path, `${path}-wal`].map((file) => readFile(file, 'latin1').catch(() => '')),
    );
    return files.join('');
  }
}

type Alert = Extract<DeliveryContent, { kind: 'alert' }>;
type Owed =
  | Exclude<DeliveryContent, { kind: 'alert' | 'post' }>
  | (Omit<Alert, 'text'> & { readonly text: string });

function inEnglish(content: Exclude<DeliveryContent, { kind: 'post' }>): Owed {
  if (content.kind !== 'alert' && content.kind !== 'notice') return content;
  return { ...content, text: told(content.text) };
}

const PLAIN_HTTP: Trouble = { kind: 'plain-http', message: 'Nothing would be encrypted on the way there.' };

/** The same server, where the adapter sends nothing. */
function unasked(fake: FakeMediaServer): FakeMediaServer {
  const unknown = async () => ({ kind: 'unknown', why: PLAIN_HTTP }) as const;
  const reads = { ping: unknown, probe: unknown, readAccess: unknown, listLibraries: unknown };
  return Object.assign(Object.create(fake), reads);
}

const textOf = (text: Markup, locale: string | null): string => markdownOf(text, languageOf(locale));

const urlOf = (name: string): string => `http://${name.toLowerCase()}.test`;

/** Does something during the next reading of the server, when the answer is ready but has not arrived yet. */
export function whileRead(fake: FakeMediaServer, what: () => Promise<unknown>): void {
  const read = fake.readAccess;
  fake.readAccess = async (options) => {
    fake.readAccess = read;
    const answer = await read.call(fake, options);
    await what();
    return answer;
  };
}

/** The server does not answer, or fails like that, until `heal` is called. */
export function takeDown(fake: FakeMediaServer, why: Trouble = DOWN): void {
  for (const operation of [
    'probe',
    'ping',
    'listLibraries',
    'readAccess',
    'setLibraries',
    'withdraw',
    'invite',
    'createAccount',
    'checkAccountName',
    'setPassword',
    'discardAccount',
    'revokeToken',
  ] as const)
    fake.fail(operation, why, { times: Number.POSITIVE_INFINITY });
}

/** What a grant has led to on each server. */
export function applicationsOf(standing: GrantStanding): Readonly<Record<string, string>> {
  return Object.fromEntries(
    standing.servers.map(({ server, application }) => [server.name, application.kind]),
  );
}
