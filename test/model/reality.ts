/**
 * Every use case with a real SQLite database and the real adapters, on stand-ins, in a process that can be killed
 * and started again. Each request and each commit is watched.
 */

import { expect } from 'vitest';
import { systemClock } from '../../src/adapters/clock.ts';
import { createCodes } from '../../src/adapters/codes.ts';
import { chronoDateParser } from '../../src/adapters/date-parser.ts';
import { createHeadSigner } from '../../src/adapters/head-signer.ts';
import { createHttpClients, type HttpClients } from '../../src/adapters/http-client/http-client.ts';
import { createMediaServers } from '../../src/adapters/media.ts';
import { type Database, openDatabase } from '../../src/adapters/prisma/client.ts';
import { createStores } from '../../src/adapters/prisma/stores.ts';
import { createServerWork } from '../../src/adapters/queue/server-work.ts';
import { createRateLimiter } from '../../src/adapters/rate-limiter.ts';
import { createSecrets } from '../../src/adapters/secrets.ts';
import { linkAccount } from '../../src/app/accounts/link.ts';
import { type App, createApp } from '../../src/app/app.ts';
import { touchedElsewhere } from '../../src/app/observe/elsewhere.ts';
import { type Deps, openServer } from '../../src/app/ports/deps.ts';
import type { Log } from '../../src/app/ports/log.ts';
import type { Outbox } from '../../src/app/ports/outbox.ts';
import type { GuildStores, Stores } from '../../src/app/ports/stores.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import { DEFAULT_LIMITS } from '../../src/domain/guild-limits.ts';
import type { GuildId, MemberId } from '../../src/domain/ids.ts';
import type { Account, Grant, Server } from '../../src/domain/model.ts';
import { createClockHold } from '../../src/jobs/clock-hold.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { migratedSqlite, type TemporaryDatabase } from '../support/databases.ts';
import { FakeGuilds } from '../support/fake-guilds.ts';
import { HOUR } from '../support/moments.ts';
import { NO_OPERATOR } from '../support/no-operator.ts';
import { GUILD, memberAt, OTHER_GUILD, STAFF } from '../support/people.ts';
import { Channels, channelOf } from './channels.ts';
import { follow, type Wanted } from './follow.ts';
import { type Interruption, Life, livingHttp, livingStores } from './life.ts';
import { MEMBERS, type MemberName, Model, type ModelGrant, PLACES, type PlaceName } from './model.ts';
import { editNoted, everyAccount, type ForeignEdit, Places } from './places.ts';
import { makePlan } from './plan-acts.ts';
import { LEAVE_GRACE } from './presence-acts.ts';
import { setRolePlan } from './role-acts.ts';
import { ROLE } from './roles.ts';
import { Watch } from './watch.ts';

const KEY = Buffer.alloc(32, 9);
const SYNC_EVERY_HOURS = 2;

/** Part of a transaction that the model has to know about at once. */
type Note =
  | {
      readonly kind: 'given';
      readonly accountId: string;
      readonly libraryIds: readonly string[];
      readonly inFlight: readonly string[];
    }
  | { readonly kind: 'inFlight'; readonly accountId: string; readonly libraryIds: readonly string[] }
  | { readonly kind: 'grants' | 'policies' }
  | { readonly kind: 'ended'; readonly grantId: string }
  | { readonly kind: 'forgotten'; readonly memberId: MemberId };

/** What one guild has given to an account, and what it began to give or take. */
interface Had {
  readonly given: ReadonlySet<string>;
  readonly inFlight: ReadonlySet<string>;
}

interface KnownAccount {
  readonly of: readonly [PlaceName, MemberName];
  readonly guildId: GuildId;
  has: Had;
}

export class Reality {
  readonly model: Model;
  readonly places: Places;
  readonly watch: Watch;
  readonly channels: Channels;
  /** Who is in the guild. */
  readonly community = new FakeGuilds();
  readonly #database: TemporaryDatabase;
  readonly #db: Database;
  readonly #stores: Stores;
  readonly #outbox: Outbox;
  readonly #codes = { ...createCodes(KEY), newId: counter() };
  readonly #secrets = createSecrets(KEY);
  /** By guild and place. */
  readonly #servers = new Map<string, Server>();
  /** Our ids of libraries by guild and name, and names by id. */
  readonly #libraryIds = new Map<string, string>();
  readonly #libraryNames = new Map<string, string>();
  readonly #accounts = new Map<string, KnownAccount>();
  /** Those that have added the servers. */
  #guilds: readonly GuildId[] = [];
  readonly #wanted = new Set<Wanted>();
  readonly #down = new Map<PlaceName, { lift(): void }>();
  #life = new Life();
  #worked = Promise.withResolvers<void>();
  #http: HttpClients | undefined;
  #deps: Deps;
  #app: App;

  private constructor(places: Places, database: TemporaryDatabase, db: Database) {
    this.places = places;
    this.model = new Model(places.clock);
    this.watch = new Watch(places, this.model);
    this.community.role(ROLE);
    this.#database = database;
    this.#db = db;
    this.channels = new Channels(places);
    const { stores, outbox } = createStores(db, this.#codes);
    this.#stores = stores;
    this.#outbox = outbox;
    this.#deps = this.#newDeps();
    this.#app = createApp(this.#deps, async () => undefined, new AbortController().signal);
  }

  /** Both servers added, every member with an account on each; `twice`: in another guild as well. */
  static async open(twice = false): Promise<Reality> {
    const [places, database] = await Promise.all([Places.open(), migratedSqlite()]);
    const reality = new Reality(places, database, await openDatabase(database.url, systemClock));
    await reality.#settleIn(GUILD);
    await makePlan(reality);
    await setRolePlan(reality, '1d');
    for (const grant of await reality.grants()) reality.model.grants.set(grant.id, grant);
    if (twice) await reality.#settleIn(OTHER_GUILD);
    return reality;
  }

  async close(): Promise<void> {
    await this.#http?.close();
    await this.#db.close();
    await Promise.all([this.#database.remove(), this.places.close()]);
  }

  isHere(member: MemberName): boolean {
    return !this.community.left.has(idOf(member));
  }

  planId(): string {
    const [planId] = this.model.plans.keys();
    if (planId === undefined) throw new Error('there is no plan yet');
    return planId;
  }

  /** Who holds the role that may be a plan. */
  holders(): readonly MemberName[] {
    return MEMBERS.filter((member) => this.community.members.get(idOf(member))?.roleIds.includes(ROLE));
  }

  get app(): App {
    return this.#app;
  }

  get stores(): GuildStores {
    return this.storesOf(GUILD);
  }

  /** Those of each guild that has added the servers. */
  get allStores(): readonly GuildStores[] {
    return this.#guilds.map((guildId) => this.storesOf(guildId));
  }

  /** Those that have added the servers. */
  get guilds(): readonly GuildId[] {
    return this.#guilds;
  }

  storesOf(guildId: GuildId): GuildStores {
    return this.#stores.of(guildId);
  }

  server(place: PlaceName, guildId: GuildId = GUILD): Server {
    return mustGet(this.#servers, `${guildId} ${place}`);
  }

  libraryId(name: string, guildId: GuildId = GUILD): string {
    return mustGet(this.#libraryIds, `${guildId} ${name}`);
  }

  libraryName(id: string): string {
    return mustGet(this.#libraryNames, id);
  }

  /**
   * Resolves to the result of `work`, or to `killed` when the process was killed meanwhile; it has then been
   * started again.
   */
  async live<T>(work: (app: App) => Promise<T>): Promise<T | 'killed'> {
    const result = await this.#life.watch(async () => {
      const done = await work(this.#app);
      this.#worked.resolve();
      this.#worked = Promise.withResolvers();
      await this.#app.idle('all');
      return done;
    });
    this.#life.interrupt(undefined);
    if (this.#life.isOver) this.#start();
    return result;
  }

  /** The same. Every change that it makes to grants must be as wanted. */
  async decide<T>(wanted: Wanted, work: (app: App) => Promise<T>): Promise<T | 'killed'> {
    this.#wanted.add(wanted);
    try {
      return await this.live(work);
    } finally {
      this.#wanted.delete(wanted);
    }
  }

  interrupt(interruption: Interruption | undefined): void {
    this.#life.interrupt(interruption);
  }

  kill(): void {
    this.#life.end();
  }

  /** Lets time pass and runs what is due then, like the runner. */
  async pass(ms: number): Promise<void> {
    await this.watch.landing(() => this.places.pass(ms));
    await this.live(async (app) => {
      for (const guildId of this.#guilds) await createJobs(app).enforce(guildId);
    });
  }

  /** A day in the life of a process: the server is looked at every two hours, and once everything else is run. */
  async passDay(): Promise<void> {
    for (let hours = 0; hours < 24; hours += SYNC_EVERY_HOURS) {
      await this.pass(SYNC_EVERY_HOURS * HOUR);
      await this.sync();
    }
    await this.live(async (app) => {
      const { remind, purge, retry, record } = createJobs(app);
      for (const guildId of this.#guilds)
        for (const job of [remind, purge, retry, record]) await job(guildId);
    });
  }

  async sync(): Promise<void> {
    await this.live(async (app) => {
      for (const guildId of this.#guilds) await app.syncServers(guildId);
    });
  }

  /** What was a mistake is settled where nothing is due any more. */
  async settleMistakes(): Promise<void> {
    const { mistaken } = this.model;
    if (mistaken.size === 0) return;
    const of = ({ id }: Account) => this.#accounts.get(id)?.of.join('/') ?? '';
    // Each guild has a row of its own for it.
    for (const [account, rows] of Map.groupBy(await this.#everyAccount(), of))
      if (rows.every(({ dueAt, inFlight }) => dueAt === null && inFlight.length === 0))
        mistaken.delete(account);
  }

  async #everyAccount(): Promise<readonly Account[]> {
    return (await Promise.all(this.allStores.map(({ accounts }) => accounts.list()))).flat();
  }

  /** An admin of each guild has looked at what is frozen. */
  async unfreeze(): Promise<void> {
    for (const guildId of this.#guilds)
      for (const { id: serverId, frozenAt } of await this.#stores.of(guildId).servers.list())
        if (frozenAt)
          await this.live((app) => app.unfreezeServer({ guildId, actorId: STAFF, serverId, frozenAt }));
  }

  /** Discord gets what is owed to it, unless it refuses. */
  async send(): Promise<void> {
    const [life, deps] = [this.#life, this.#deps];
    await this.live((app) => this.channels.send(life, deps, this.#outbox, app));
  }

  /** Every channel takes everything again, and gets what has waited for that. */
  async sendEverything(): Promise<void> {
    this.channels.heal();
    for (const guildId of this.#guilds) {
      // The clock may have been ahead when a line was owed.
      await this.#app.clock.setBack(guildId);
      await this.#app.deliveries.retryRefused(guildId);
    }
    await this.send();
  }

  /** Resolves when the next transaction is committed. */
  nextCommit(): Promise<void> {
    return this.#life.nextCommit();
  }

  /** Resolves when the next command is answered, even if work for it goes on. */
  nextAnswer(): Promise<void> {
    return this.#worked.promise;
  }

  /** The process is killed while it does nothing. */
  restart(): void {
    this.kill();
    this.#start();
  }

  /** The server, or plex.tv if it depends on that, answers everything with "not ready". */
  takeDown(place: PlaceName): void {
    if (this.#down.has(place)) return;
    const always = { path: /./, answer: { status: 503 }, times: Number.POSITIVE_INFINITY };
    this.#down.set(place, this.places.fault(place, always));
  }

  bringUp(place: PlaceName): void {
    this.#down.get(place)?.lift();
    this.#down.delete(place);
  }

  /** Makes all accounts of a server due. */
  async makeDue(serverId: string): Promise<void> {
    const now = this.places.clock.now();
    await this.#stores.transaction(GUILD, (tx) => tx.accounts.makeDue({ serverId }, now, 'noticed'));
  }

  /** Somebody else changes an account. `midway`: while Usher is working on that server. */
  edit(place: PlaceName, member: MemberName, edit: ForeignEdit, midway: boolean): void {
    const { model, places } = this;
    this.watch.foreign(() => editNoted({ model, places }, { place, member, midway }, edit));
    this.watch.midway ||= midway;
  }

  /** The stored grants, oldest first. */
  async grants(guildId: GuildId = GUILD): Promise<readonly ModelGrant[]> {
    const stored = await this.#stores.of(guildId).grants.list({});
    return stored.map((grant) => this.named(grant)).toReversed();
  }

  named(grant: Grant): ModelGrant {
    const { id, number, source, planId, state, startsAt, expiresAt, renewals } = grant;
    const libraries = grant.libraryIds.map((libraryId) => this.libraryName(libraryId)).toSorted();
    return {
      id,
      number,
      source,
      planId,
      state,
      startsAt,
      expiresAt,
      renewals,
      libraries,
      member: memberOf(grant.memberId),
    };
  }

  #start(): void {
    this.channels.abandon();
    this.#life = new Life();
    void this.#http?.close();
    this.#deps = this.#newDeps();
    this.#app = createApp(this.#deps, async () => undefined, new AbortController().signal);
  }

  #newDeps(): Deps {
    const life = this.#life;
    const { clock, plex } = this.places;
    const http = createHttpClients({ clock, leftAloneMs: 0 });
    this.#http = http;
    const media = createMediaServers({
      http: livingHttp(life, http, (call, send) => this.watch.around(call, send)),
      clientIdentifier: 'usher-test',
      version: '0.0.0',
      plexTvUrl: plex.url,
      clientsUrl: plex.url,
    });
    const error: Log['error'] = ({ err }, sentence) => {
      if (!life.isOver) this.watch.violations.push(`${sentence}: ${err instanceof Error ? err.stack : err}`);
    };
    return {
      stores: livingStores<Note>(life, this.#stores, noting, (notes) => this.#take(notes)),
      clock,
      media,
      guilds: this.community,
      imports: { read: async () => ({ kind: 'refused', why: 'not-fetched' }) },
      secrets: this.#secrets,
      codes: this.#codes,
      headSigner: createHeadSigner({ keyId: 'of the test', bytes: KEY }),
      dateParser: chronoDateParser,
      rateLimiter: createRateLimiter(),
      clockHold: createClockHold(clock, () => this.places.steadyMs()),
      servers: createServerWork(clock),
      limits: DEFAULT_LIMITS,
      ...NO_OPERATOR,
      log: { info: () => undefined, warn: () => undefined, error },
    };
  }

  async #take(notes: readonly Note[]): Promise<void> {
    const kinds = new Set(notes.map(({ kind }) => kind));
    if (kinds.has('policies')) await this.#takePolicies();
    for (const note of notes) if (note.kind === 'forgotten') this.#forget(memberOf(note.memberId));
    if (kinds.has('grants')) {
      const wrong = follow(this.model, await this.grants(), this.#wanted, this.places.clock.now());
      this.watch.violations.push(...wrong);
      if (this.#guilds.includes(OTHER_GUILD)) this.model.elsewhere = await this.grants(OTHER_GUILD);
    }
    for (const note of notes) {
      const account = 'accountId' in note && this.#accounts.get(note.accountId);
      const names = (ids: readonly string[]) => new Set(ids.map((id) => this.libraryName(id)));
      if (account && note.kind === 'given')
        this.#noteHas(account, { given: names(note.libraryIds), inFlight: names(note.inFlight) });
      if (account && note.kind === 'inFlight') {
        const touched = names(note.libraryIds);
        const { given, inFlight } = account.has;
        this.#noteHas(account, { given: given.difference(touched), inFlight: inFlight.union(touched) });
        this.model.noteTouched(...account.of, touched);
      }
      const isThis = ({ id }: ModelGrant) => note.kind === 'ended' && id === note.grantId;
      const ended = [...this.model.grants.values(), ...this.model.elsewhere].find(isThis);
      if (ended) this.watch.checkEnded(ended);
    }
  }

  #forget(member: MemberName): void {
    this.model.noteForgotten(member);
    for (const [id, { of, guildId }] of this.#accounts)
      if (of[1] === member && guildId === GUILD) this.#accounts.delete(id);
    this.watch.checkForgotten(member);
  }

  /** What one guild has given counts for the account, whichever guild it was. */
  #noteHas(account: KnownAccount, has: Had): void {
    account.has = has;
    const [place, member] = account.of;
    const same = [...this.#accounts.values()].filter((each) => each.of.join() === account.of.join());
    const union = (which: keyof Had) => new Set(same.flatMap((each) => [...each.has[which]]));
    this.model.noteGiven(place, member, union('given'), union('inFlight'));
  }

  async #takePolicies(): Promise<void> {
    for (const place of PLACES) {
      const { id } = this.server(place);
      const row = await this.stores.servers.find(id);
      if (!row) throw new Error(`${place} is gone`);
      this.model.policies[place] = row.driftPolicy;
      if (row.driftPolicy === 'adopt') this.model.adopts.add(place);
      this.model.closes[place] = row.expiryAction !== 'withdraw';
      this.model.defaults[place] = row.defaultLibraryId && this.libraryName(row.defaultLibraryId);
    }
  }

  async #settleIn(guildId: GuildId): Promise<void> {
    const { plex, pms, jellyfin } = this.places;
    const added = { guildId, actorId: STAFF };
    const wishes = {
      tower: { kind: 'plex', name: 'Tower', url: pms.url, token: pms.owner.token },
      den: { kind: 'jellyfin', name: 'Den', url: jellyfin.url, token: jellyfin.apiKey },
    } as const;
    if (plex.url === '') throw new Error('plex.tv is not there');
    const chosen = {
      auditChannelId: channelOf(guildId, 'audit'),
      alertsChannelId: channelOf(guildId, 'alerts'),
      leaveGrace: LEAVE_GRACE as DurationText,
      mayAsk: 'all' as const,
    };
    await this.#stores.transaction(guildId, (tx) => tx.settings.update(chosen));
    for (const place of PLACES) {
      const result = await this.#app.addServer({ ...added, ...wishes[place] });
      if (result.kind !== 'added') throw new Error(`${place} was not added: ${JSON.stringify(result)}`);
      this.#servers.set(`${guildId} ${place}`, result.server);
    }
    for (const { id, name } of await this.#stores.of(guildId).libraries.list()) {
      this.#libraryIds.set(`${guildId} ${name}`, id);
      this.#libraryNames.set(id, name);
    }
    this.#guilds = [...this.#guilds, guildId];
    this.model.isShared = this.#guilds.length > 1;
    for (const [place, member] of everyAccount) await this.#link(place, member, guildId);
    await this.#app.enforce.guild(guildId);
  }

  /** A member connects their accounts again. Resolves to whether both servers could be asked, and told the truth. */
  async link(member: MemberName): Promise<boolean> {
    const readings = await Promise.all(PLACES.map((place) => this.#read(place, member, GUILD)));
    if (readings.some((reading) => reading === undefined)) return false;
    // Nobody can sign in to an account that is disabled: the server's admin enables it first.
    if (this.places.isShut('den', member)) this.edit('den', member, { kind: 'enable' }, false);
    for (const place of PLACES) {
      const known = new Set(this.model.grants.keys());
      await this.#link(place, member, GUILD);
      const made = (await this.grants()).filter(({ id }) => !known.has(id));
      const sees = this.places.sees(place, member).difference(this.model.elsewhereOf(member));
      const had = new Set(made.flatMap(({ libraries }) => libraries));
      expect(had, `what ${member} has on ${place} when it is connected`).toEqual(sees);
      for (const grant of made) this.model.grants.set(grant.id, grant);
    }
    return true;
  }

  /** What an account has; undefined when its server does not say, or not what is so. */
  async #read(place: PlaceName, member: MemberName, guildId: GuildId) {
    const server = this.server(place, guildId);
    const opened = await openServer(this.#deps, this.#stores.of(guildId), server);
    const reading = await opened.readAccess({ of: [this.places.externalId(place, member)] });
    return reading.kind === 'unknown' || this.places.lists[place].lied ? undefined : reading.value;
  }

  /** Links an account as after a proof: what it has becomes an imported grant. */
  async #link(place: PlaceName, member: MemberName, guildId: GuildId): Promise<void> {
    const server = this.server(place, guildId);
    const stores = this.#stores.of(guildId);
    const externalId = this.places.externalId(place, member);
    const reading = await this.#read(place, member, guildId);
    if (!reading) throw new Error(`${place} does not say what ${member} has`);
    const link = {
      server,
      memberId: idOf(member),
      externalId,
      name: member,
      emailMasked: null,
      elsewhere: await touchedElsewhere(this.#deps, guildId, server, externalId),
    };
    await this.#stores.transaction(guildId, (tx) =>
      linkAccount(this.#deps, tx, { ...link, seen: reading.accounts[0] }, this.places.clock.now()),
    );
    const rows = await stores.accounts.list({ serverId: server.id, memberId: idOf(member) });
    for (const { id, given } of rows) {
      const nothing: Had = { given: new Set(), inFlight: new Set() };
      const account = { of: [place, member] as const, guildId, has: nothing };
      this.#accounts.set(id, account);
      const names = new Set(given.map((libraryId) => this.libraryName(libraryId)));
      this.#noteHas(account, { given: names, inFlight: new Set() });
    }
  }
}

/** The stores of a transaction, noting what matters for the model. */
function noting(tx: GuildStores, note: (what: Note) => void): GuildStores {
  const { accounts, grants, personalData, servers } = tx;
  return {
    ...tx,
    personalData: {
      ...personalData,
      async erase(memberId, pseudonym) {
        await personalData.erase(memberId, pseudonym);
        note({ kind: 'forgotten', memberId });
      },
    },
    accounts: {
      ...accounts,
      async setLibraries(accountId, libraries) {
        await accounts.setLibraries(accountId, libraries);
        const { given, inFlight = [] } = libraries;
        note({ kind: 'given', accountId, libraryIds: given, inFlight });
      },
      async updateMany(updates) {
        await accounts.updateMany(updates);
        for (const { id: accountId, libraries } of updates)
          if (libraries)
            note({
              kind: 'given',
              accountId,
              libraryIds: libraries.given,
              inFlight: libraries.inFlight ?? [],
            });
      },
      async noteInFlight(accountIds, libraries, now) {
        await accounts.noteInFlight(accountIds, libraries, now);
        const libraryIds = [...libraries.giving, ...libraries.taking];
        for (const accountId of accountIds) note({ kind: 'inFlight', accountId, libraryIds });
      },
    },
    grants: {
      ...grants,
      async add(grant) {
        note({ kind: 'grants' });
        return await grants.add(grant);
      },
      async change(grantId, changes) {
        note({ kind: 'grants' });
        await grants.change(grantId, changes);
      },
      async move(grantIds, from, to, changes) {
        const moved = await grants.move(grantIds, from, to, changes);
        note({ kind: 'grants' });
        if (to === 'ended') for (const grantId of moved) note({ kind: 'ended', grantId });
        return moved;
      },
    },
    servers: {
      ...servers,
      async update(serverId, changes) {
        await servers.update(serverId, changes);
        if (changes.driftPolicy !== undefined) note({ kind: 'policies' });
      },
    },
  };
}

/** Discord user ids of the members. */
export const idOf = (member: MemberName): MemberId => memberAt(MEMBERS.indexOf(member));

function memberOf(memberId: MemberId): MemberName {
  const found = MEMBERS.find((member) => idOf(member) === memberId);
  if (!found) throw new Error(`no member ${memberId}`);
  return found;
}

/** Makes ids in a fixed order, so that a run can be repeated. */
function counter(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `id${String(last).padStart(10, '0')}`;
  };
}

function mustGet<K, V>(map: ReadonlyMap<K, V>, key: K): V {
  const found = map.get(key);
  if (found === undefined) throw new Error(`nothing is known about ${String(key)}`);
  return found;
}
