/**
 * The real process in a guild of five members, who have accounts on a Plex and a Jellyfin server. Staff type commands.
 * Who should see what is known from the grants that Usher says it has, and from what others were seen to do.
 */
import { systemClock } from '../../src/adapters/clock.ts';
import { createCodes } from '../../src/adapters/codes.ts';
import { type Database, openDatabase } from '../../src/adapters/prisma/client.ts';
import { createStores } from '../../src/adapters/prisma/stores.ts';
import type { GuildStores, Stores } from '../../src/app/ports/stores.ts';
import { type GuildId, toGuildId, toMemberId } from '../../src/domain/ids.ts';
import { auditEntries, caughtUp, expectUnbrokenRecord } from '../e2e/actions.ts';
import {
  LIBRARIES,
  MEMBERS,
  type MemberName,
  Model,
  type ModelGrant,
  type PlaceName,
} from '../model/model.ts';
import { editNoted, everyAccount, type ForeignEdit, PLACE_NAMES, Places } from '../model/places.ts';
import type { OptionValue, User } from '../standins/discord/index.ts';
import { MINUTE } from '../support/moments.ts';
import { Stage } from '../support/stage.ts';

/** Many of them start at a time. */
const READY_AFTER_MS = 2 * MINUTE;

const ANYWAY = 'Give it anyway';

export class House {
  readonly stage: Stage;
  readonly places: Places;
  readonly model: Model;
  /** What was found to be wrong. */
  readonly violations: string[] = [];
  readonly #people: ReadonlyMap<MemberName, User>;
  readonly #db: Database;
  readonly #all: Stores;
  readonly #libraries = new Map<string, string>();
  readonly #accounts = new Map<string, readonly [PlaceName, MemberName]>();
  readonly #guildId: GuildId;
  #ticking: NodeJS.Timeout | undefined;
  #killed = Promise.withResolvers<undefined>();
  #linesRead = 0;
  /** Until when two lists that agree may both have been untrue: what they got wrong is found out later. */
  #isMisleadUntil = 0;

  private constructor(stage: Stage, people: ReadonlyMap<MemberName, User>, db: Database) {
    const { plexTv: plex, tower: pms, den: jellyfin } = stage;
    this.stage = stage;
    this.places = new Places(plex.state.clock, { plex, pms, jellyfin });
    this.model = new Model(this.places.clock);
    this.#people = people;
    this.#db = db;
    this.#all = createStores(db, createCodes(Buffer.alloc(32))).stores;
    this.#guildId = toGuildId(stage.guild.id);
  }

  static async open(): Promise<House> {
    const stage = await Stage.set({
      tower: LIBRARIES.tower.map((title) => ({ title })),
      den: LIBRARIES.den.map((name) => ({ name, type: 'movies' })),
    });
    const people = new Map(MEMBERS.map((name) => [name, userOf(stage, name)]));
    await stage.launch().ready(READY_AFTER_MS);
    const db = await openDatabase(stage.env.DATABASE_URL ?? '', systemClock);
    const house = new House(stage, people, db);
    // They are registered beside everything else, which on a busy machine is later.
    const { discord, guild } = stage;
    await discord.until('commands', () => discord.commands.visibleIn(guild.id).length > 0, READY_AFTER_MS);
    await stage.setUp();
    // Else alerts are in the audit channel, among the lines of the record.
    await stage.asOlga('/settings channel', {
      purpose: 'alerts',
      channel: stage.guild.addTextChannel('alerts'),
    });
    await house.#link();
    house.#ticking = setInterval(() => void house.#tick(), 100);
    return house;
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    await this.#db.close();
    await this.stage.strike();
  }

  get #stores(): GuildStores {
    return this.#all.of(this.#guildId);
  }

  person(member: MemberName): User {
    const found = this.#people.get(member);
    if (!found) throw new Error(`no member ${member}`);
    return found;
  }

  /** The answer to a command; undefined when there was none, because the process was killed. */
  async ask(path: string, options: Readonly<Record<string, OptionValue>>): Promise<string | undefined> {
    const asked = this.stage.asOlga(path, options).then(async (answer) => {
      // Staff know what they want, also where it gives nothing new.
      return answer.text.includes(ANYWAY) ? (await answer.click(ANYWAY)).text : answer.text;
    });
    // After a kill nobody answers, which is what its author sees.
    asked.catch(() => undefined);
    return await Promise.race([asked, this.#killed.promise]);
  }

  /** Ends the process at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.stage.usher.kill();
    this.#killed.resolve(undefined);
  }

  async restart(): Promise<void> {
    await this.stage.usher.kill();
    this.#checkLog();
    this.#killed = Promise.withResolvers();
    await this.stage.launch().ready(READY_AFTER_MS);
  }

  /** Somebody else changes an account on a server. */
  async edit(place: PlaceName, member: MemberName, edit: ForeignEdit): Promise<void> {
    for (;;) {
      const before = this.places.stateOf(place, member);
      const isBusy = await this.look();
      // What Usher wrote while it was looked at is not known yet.
      if (this.places.stateOf(place, member) !== before) continue;
      return editNoted(this, { place, member, midway: isBusy(place, member) }, edit);
    }
  }

  /** Learns what Usher says it has given to whom. Resolves to whether it has something to do for an account. */
  async look(): Promise<(place: PlaceName, member: MemberName) => boolean> {
    const [grants, accounts] = await Promise.all([
      this.#stores.grants.list({}),
      this.#stores.accounts.list(),
    ]);
    for (const grant of grants) {
      const { id, number, source, planId, state, startsAt, expiresAt, renewals } = grant;
      const member = MEMBERS.find((name) => this.person(name).id === grant.memberId);
      if (!member) throw new Error(`a grant of somebody who is not there: ${grant.memberId}`);
      const libraries = this.#named(grant.libraryIds).toSorted();
      this.model.grants.set(id, {
        ...{ id, number, source, planId, state, startsAt, expiresAt, renewals, member, libraries },
      });
    }
    const busy = new Set<string>();
    for (const { id, given, inFlight, dueAt } of accounts) {
      const who = this.#accounts.get(id);
      if (!who) continue;
      if (dueAt !== null || inFlight.length > 0) busy.add(who.join());
      this.model.noteGiven(...who, new Set(this.#named(given)), new Set(this.#named(inFlight)));
    }
    return (place, member) => busy.has([place, member].join());
  }

  /** From now on, lists that are not true may agree with each other for a while. */
  mislead(): void {
    this.#isMisleadUntil = Date.now() + MINUTE;
  }

  get isMislead(): boolean {
    return Date.now() <= this.#isMisleadUntil;
  }

  /** Grants in the order of their numbers. */
  get grants(): readonly ModelGrant[] {
    return [...this.model.grants.values()].toSorted((one, other) => one.number - other.number);
  }

  /** What of a grant can be opened although nothing allows it any more, as `server · library`. */
  open({ id, member, libraries }: ModelGrant): readonly string[] {
    const now = new Date();
    // One that has just run out, and is not called ended yet, still holds what it shares with this one.
    const others = this.model
      .grantsOf(member)
      .filter((each) => each.id !== id && (each.state === 'active' || each.state === 'ending'));
    const held = new Set(others.flatMap((each) => each.libraries));
    return PLACE_NAMES.flatMap(([place, name]) => {
      const { extra, loose } = this.model.marks(place, member);
      const allowed = this.model.desired(place, member, now).union(extra).union(loose);
      const seen = place === 'den' ? this.places.holds(place, member) : this.places.sees(place, member);
      const wrong = [...seen.difference(allowed).difference(held)].filter((each) => libraries.includes(each));
      return wrong.map((library) => `${name} · ${library}`);
    });
  }

  /** An admin has looked at what is frozen. */
  async unfreeze(): Promise<void> {
    for (const { name, frozenAt } of await this.#stores.servers.list())
      if (frozenAt) {
        const shown = await this.stage.asOlga('/server show', { server: name });
        await shown.click('I have looked: lift the freeze');
      }
  }

  /** What is not as it should be, with everybody and at this moment. */
  async complaints(): Promise<readonly string[]> {
    await this.look();
    const now = new Date();
    const unsettled = this.grants.filter(
      ({ state, expiresAt }) =>
        state === 'ending' || (state === 'active' && expiresAt !== null && expiresAt <= now),
    );
    return [
      ...everyAccount.flatMap(([place, member]) =>
        this.model.complaints(place, member, this.places.sees(place, member), now),
      ),
      ...unsettled.map(({ number, state }) => `grant #${number} is over, and is called ${state}`),
    ];
  }

  /** Every line of the record is in the channel, once and in order, and in the database as well. */
  async checkRecord(): Promise<void> {
    await caughtUp(this.stage);
    expectUnbrokenRecord(this.stage);
    this.#checkLog();
    this.violations.push(...this.stage.discord.violations.map(String));
  }

  #named(ids: readonly string[]): readonly string[] {
    return ids.map((id) => this.#libraries.get(id) ?? id);
  }

  /** Usher reports a bug of its own in the log, and nowhere else. */
  #checkLog(): void {
    const bugs = this.stage.usher.logs.filter(({ level }) => level >= 50);
    this.violations.push(...bugs.map((line) => `in the log: ${JSON.stringify(line)}`));
  }

  async #tick(): Promise<void> {
    await this.places.land();
    const lines = auditEntries(this.stage).slice(this.#linesRead);
    this.#linesRead += lines.length;
    for (const { action, line } of lines)
      if (action === 'grant.ended') await this.#checkEnded(Number(/ grant #(\d+)/.exec(line)?.[1]));
  }

  /** Staff have just been told that a grant has ended. */
  async #checkEnded(number: number): Promise<void> {
    await this.look();
    const grant = this.grants.find((each) => each.number === number);
    if (!grant) this.violations.push(`grant #${number} is called ended, and nobody knows it`);
    else if (grant.state === 'ended' && !this.isMislead)
      this.violations.push(
        ...this.open(grant).map((what) => `#${number} is called ended, and ${what} is open`),
      );
  }

  /** Inserts the rows that Usher writes when somebody has proven an account. */
  async #link(): Promise<void> {
    const stores = this.#stores;
    for (const { id, name } of await stores.libraries.list()) this.#libraries.set(id, name);
    const servers = await stores.servers.list();
    await this.#all.transaction(this.#guildId, async (tx) => {
      for (const [place, member] of everyAccount) {
        const server = servers.find(({ kind }) => (kind === 'plex') === (place === 'tower'));
        if (!server) throw new Error(`${place} was not added`);
        const memberId = toMemberId(this.person(member).id);
        await tx.members.ensure(memberId);
        const externalId = this.places.externalId(place, member);
        const account = { id: `${place}-${member}`, serverId: server.id, externalId, name: member, memberId };
        const seen = place === 'tower' ? ({ seenAccess: 'none', seenAt: new Date() } as const) : {};
        this.#accounts.set(await tx.accounts.save({ ...account, ...seen }), [place, member]);
      }
    });
    // Ada had access before.
    for (const name of this.places.sees('den', 'ada')) this.model.marks('den', 'ada').extra.add(name);
  }
}

function userOf(stage: Stage, name: MemberName): User {
  if (name === 'ada' || name === 'ben') return stage[name];
  const user = stage.discord.addUser({ name });
  stage.guild.addMember(user);
  return user;
}
