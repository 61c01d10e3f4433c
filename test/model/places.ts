/** The two media servers of the model, on which other people make changes too. */

import { type Fault, StandInClock } from '../standins/http.ts';
import { type Jellyfin, type JellyfinUser, libraryId, startJellyfin } from '../standins/jellyfin/jellyfin.ts';
import { usualBehaviour } from '../standins/plex/behaviour.ts';
import { type PlexAccount, type PlexServer, type PlexTv, startPlexTv } from '../standins/plex/plex-tv.ts';
import { removeShare } from '../standins/plex/shares.ts';
import { FakeClock } from '../support/clock.ts';
import { noon } from '../support/moments.ts';
import { Lists } from './lists.ts';
import {
  ALL_LIBRARIES,
  LIBRARIES,
  MEMBERS,
  type MemberName,
  type Model,
  PLACES,
  type PlaceName,
} from './model.ts';

/** Accounts to which Usher must never write. */
export const UNTOUCHABLE = ['stranger', 'protected'] as const;
export type PersonName = MemberName | (typeof UNTOUCHABLE)[number];
export const PEOPLE: readonly PersonName[] = [...MEMBERS, ...UNTOUCHABLE];

/** Changes that other people make to an account on a server. */
export type ForeignEdit =
  | { readonly kind: 'give' | 'take'; readonly library: string }
  | { readonly kind: 'give all' | 'end' | 'leave' | 'disable' | 'lock' | 'enable' };

/** Requests for the lists of who has access, and those that change it. */
export const LISTS = { path: /\/shared_servers\/owned\/|\/Users$/i, method: 'GET' } as const;
export const WRITES = ['POST', 'DELETE'].map((method) => ({ path: /\/shared_servers|\/Policy$/i, method }));

export class Places {
  /** The time by which everything around Usher goes. */
  readonly #world: StandInClock;
  /** The clock of the machine that Usher runs on, which somebody may set. */
  readonly clock: FakeClock;
  readonly lists: Readonly<Record<PlaceName, Lists>>;
  readonly plex: PlexTv;
  readonly pms: PlexServer;
  readonly jellyfin: Jellyfin;
  readonly plexAccounts: ReadonlyMap<PersonName, PlexAccount>;
  readonly jellyfinUsers: ReadonlyMap<PersonName, JellyfinUser>;
  readonly #faults: (() => void)[] = [];
  /** Libraries that have another name than in the model. */
  readonly #isRenamed = new Set<string>();
  /** Writes that are on their way, although Usher was told that they failed. */
  #onTheirWay: { readonly at: Date; readonly land: () => Promise<void> }[] = [];

  /** Adds the accounts of all people to a Plex server and a Jellyfin server with the libraries of the model. */
  constructor(world: StandInClock, { plex, pms, jellyfin }: Pick<Places, 'plex' | 'pms' | 'jellyfin'>) {
    this.#world = world;
    this.clock = new FakeClock(() => world.now().getTime());
    this.lists = { tower: new Lists(this.clock), den: new Lists(this.clock) };
    this.plex = plex;
    this.pms = pms;
    this.jellyfin = jellyfin;
    const { owner } = pms;
    this.plexAccounts = new Map(
      PEOPLE.map((name) => [
        name,
        name === 'protected'
          ? plex.addAccount({ title: 'Kid', managed: true, homeOf: owner })
          : plex.addAccount({ username: name }),
      ]),
    );
    // Dan and Eve are not friends of the owner, so they have to accept invitations.
    for (const name of ['ada', 'ben', 'cyn'] as const) plex.befriend(owner, this.plexAccount(name));
    for (const name of UNTOUCHABLE)
      plex.share(this.plexAccount(name), pms, { libraries: [LIBRARIES.tower[0], LIBRARIES.tower[1]] });
    this.jellyfinUsers = new Map(
      PEOPLE.map((name) => [name, jellyfin.addUser({ name, password: 'x', admin: name === 'protected' })]),
    );
    for (const name of MEMBERS) this.jellyfinUser(name).policy.EnableAllFolders = false;
    // Ada had access before, which is imported.
    this.jellyfinUser('ada').policy.EnabledFolders = [libraryId(LIBRARIES.den[0])];
  }

  static async open(): Promise<Places> {
    const clock = new StandInClock(() => noon.getTime());
    const plex = await startPlexTv({ clock });
    const owner = plex.addAccount({ username: 'owner' });
    const libraries = LIBRARIES.tower.map((title) => ({ title }));
    const pms = await plex.addServer({ owner, name: 'tower', libraries });
    const den = LIBRARIES.den.map((name) => ({ name, type: 'movies' }));
    const jellyfin = await startJellyfin({ clock, name: 'den', libraries: den });
    return new Places(clock, { plex, pms, jellyfin });
  }

  async close(): Promise<void> {
    await Promise.all([this.plex.close(), this.jellyfin.stop()]);
  }

  /** Milliseconds that have really passed. */
  steadyMs(): number {
    return this.#world.steadyMs();
  }

  /** Time passes for everybody. What is on its way takes effect at its own moment. */
  async pass(ms: number): Promise<void> {
    const until = this.steadyMs() + ms;
    for (;;) {
      const next = Math.min(...this.#onTheirWay.map(({ at }) => at.getTime()));
      this.#world.advance(Math.max(0, Math.min(next, until) - this.steadyMs()));
      this.clock.advance(0);
      if (next > until) return;
      await this.land();
    }
  }

  /** Somebody sets the clock of Usher's machine. */
  setClock(aheadMs: number): void {
    this.clock.set(new Date(this.steadyMs() + aheadMs));
  }

  plexAccount(name: PersonName): PlexAccount {
    return mustGet(this.plexAccounts, name);
  }

  jellyfinUser(name: PersonName): JellyfinUser {
    return mustGet(this.jellyfinUsers, name);
  }

  externalId(place: PlaceName, name: PersonName): string {
    return place === 'tower' ? String(this.plexAccount(name).id) : this.jellyfinUser(name).id;
  }

  /** Whose account a request would write to; undefined when it writes to none of them. */
  personOf(place: PlaceName, externalId: string): PersonName | undefined {
    return PEOPLE.find((name) => this.externalId(place, name) === externalId);
  }

  /** What an account can open now. */
  sees(place: PlaceName, name: PersonName): ReadonlySet<string> {
    const access =
      place === 'tower'
        ? this.plex.accessOf(this.plexAccount(name), this.pms)
        : this.jellyfin.accessOf(this.jellyfinUser(name));
    if (access === 'all') return new Set(LIBRARIES[place].filter((library) => this.isThere(library)));
    return new Set(
      access === 'none' || access === 'pending' ? [] : access.map((title) => this.#nameOf(title)),
    );
  }

  /** What an account was given, even if it has not been accepted yet. */
  has(place: PlaceName, name: PersonName): ReadonlySet<string> {
    if (place === 'den') return this.sees(place, name);
    const share = this.plex.shareOf(this.plexAccount(name), this.pms);
    if (!share) return new Set();
    const { libraries } = this.pms;
    return new Set(
      libraries
        .filter(({ cloudId }) => share.all || share.libraryIds.has(cloudId))
        .map(({ title }) => this.#nameOf(title)),
    );
  }

  /** The same, including libraries that are gone at the moment: the account has them again when they come back. */
  isAllowed(place: PlaceName, name: PersonName): ReadonlySet<string> {
    return this.isShut(place, name) ? new Set() : this.holds(place, name);
  }

  /** The same, including what it has again as soon as somebody enables it: a lock opens nothing and takes nothing. */
  holds(place: PlaceName, name: PersonName): ReadonlySet<string> {
    if (place === 'tower') return this.has(place, name);
    const { EnableAllFolders, EnabledFolders } = this.jellyfinUser(name).policy;
    return new Set(
      LIBRARIES.den.filter((each) => EnableAllFolders || EnabledFolders.includes(this.#folderOf(each))),
    );
  }

  /** Whether the account is disabled, by whomever. */
  isShut(place: PlaceName, name: PersonName): boolean {
    return place === 'den' && this.jellyfinUser(name).policy.IsDisabled;
  }

  /** Everything about an account that a write can change, as text. */
  stateOf(place: PlaceName, name: PersonName): string {
    if (place === 'den') return JSON.stringify(this.jellyfinUser(name).policy);
    const share = this.plex.shareOf(this.plexAccount(name), this.pms);
    return JSON.stringify(share && [share.id, share.acceptedAt, [...this.has(place, name)]]);
  }

  /** Somebody else changes an account. Does nothing if that change is not possible. */
  edit(place: PlaceName, name: PersonName, edit: ForeignEdit): void {
    if (place === 'tower') this.#editShare(name, edit);
    else this.#editUser(name, edit);
  }

  #editShare(name: PersonName, edit: ForeignEdit): void {
    const account = this.plexAccount(name);
    const share = this.plex.shareOf(account, this.pms);
    if (!share) {
      if (edit.kind === 'give')
        this.plex.share(account, this.pms, { libraries: [this.#titleOf(edit.library)] });
      if (edit.kind === 'give all') this.plex.share(account, this.pms, { libraries: 'all' });
      return;
    }
    if (edit.kind === 'leave') {
      if (share.acceptedAt) this.plex.leave(account, this.pms);
      return;
    }
    const wanted = editedList(this.has('tower', name), edit);
    if (edit.kind === 'end' || wanted?.size === 0) {
      removeShare(this.plex.state, share);
      return;
    }
    if (edit.kind === 'give all') share.all = true;
    if (!wanted) return;
    share.all = false;
    share.libraryIds = new Set([...wanted].map((name) => this.pms.library(this.#titleOf(name)).cloudId));
  }

  /**
   * A player of each member has something to say while one of the next policies is written, so that the server puts
   * back the one that it had loaded before (media-servers.md M1).
   */
  undoWrites(times: number, shownOnce: boolean): void {
    for (const name of MEMBERS) {
      const user = this.jellyfinUser(name);
      // Nobody is signed in to a disabled account.
      if (user.policy.IsDisabled) continue;
      if (this.jellyfin.sessionsOf(user).length === 0) this.jellyfin.signInOutside(user);
      user.lastActivityAt = new Date(0);
    }
    this.jellyfin.losesNextPolicyWrite({ times, shownOnce });
  }

  /** How many writes were undone so far, or will be once they are read. */
  countUndone(): number {
    return this.jellyfin.state.lostWrites.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** Members whose account is put back as soon as it is read. */
  toBePutBack(): readonly MemberName[] {
    return MEMBERS.filter((name) => this.jellyfin.state.afterRead.has(this.jellyfinUser(name).id));
  }

  #editUser(name: PersonName, edit: ForeignEdit): void {
    const { id, policy } = this.jellyfinUser(name);
    // The form in the dashboard saves what it has loaded, too: it is the last one.
    this.jellyfin.state.afterRead.delete(id);
    if (edit.kind === 'disable' || edit.kind === 'lock') policy.IsDisabled = true;
    if (edit.kind === 'enable') policy.IsDisabled = false;
    // The server locks an account after wrong passwords, whoever types them.
    if (edit.kind === 'lock') policy.InvalidLoginAttemptCount = LOCKED_AFTER;
    if (edit.kind === 'enable') policy.InvalidLoginAttemptCount = 0;
    const all = LIBRARIES.den.map((each) => this.#folderOf(each));
    const folders = policy.EnableAllFolders ? all : policy.EnabledFolders;
    const names = LIBRARIES.den.filter((each) => folders.includes(this.#folderOf(each)));
    const wanted = edit.kind === 'end' ? new Set<string>() : editedList(new Set(names), edit);
    if (edit.kind === 'give all') policy.EnableAllFolders = true;
    if (!wanted) return;
    policy.EnableAllFolders = false;
    policy.EnabledFolders = [...wanted].map((each) => this.#folderOf(each));
  }

  /** Only on Jellyfin, where a library that comes back has the same id. */
  removeLibrary(name: string): void {
    if (this.isThere(name)) this.jellyfin.removeLibrary(this.#titleOf(name));
  }

  bringBack(name: string): void {
    if (this.isThere(name)) return;
    this.jellyfin.addLibrary({ name: this.#titleOf(name), type: 'movies', locations: [`/data/${name}`] });
  }

  isThere(name: string): boolean {
    const there = [
      ...this.pms.libraries.map(({ title }) => title),
      ...this.jellyfin.state.libraries.map((each) => each.name),
    ];
    return there.includes(this.#titleOf(name));
  }

  /** It is called otherwise, or as it was before that. */
  renameLibrary(name: string): void {
    const [before, after] = this.#isRenamed.has(name) ? [`${name} again`, name] : [name, `${name} again`];
    if (LIBRARIES.den.some((each) => each === name)) this.jellyfin.renameLibrary(before, after);
    else this.pms.renameLibrary(before, after);
    if (!this.#isRenamed.delete(name)) this.#isRenamed.add(name);
  }

  renameAccount(place: PlaceName, name: MemberName): void {
    if (place === 'den') this.jellyfinUser(name).name += '2';
    else this.plexAccount(name).username += '2';
  }

  #titleOf(name: string): string {
    return this.#isRenamed.has(name) ? `${name} again` : name;
  }

  #nameOf(title: string): string {
    return ALL_LIBRARIES.find((name) => this.#titleOf(name) === title) ?? title;
  }

  /** What `EnabledFolders` call it now. */
  #folderOf(name: string): string {
    return libraryId(this.#titleOf(name));
  }

  /** Members accept all of their invitations. Returns those who had one. */
  acceptInvitations(): readonly MemberName[] {
    const invited = this.invited();
    for (const name of invited) this.plex.acceptInvite(this.plexAccount(name), this.pms);
    return invited;
  }

  /** Members with an invitation to accept. */
  invited(): readonly MemberName[] {
    return MEMBERS.filter((name) => this.plex.shareOf(this.plexAccount(name), this.pms)?.acceptedAt === null);
  }

  /** Adds a fault to everything that answers for this server; `lift` ends it. */
  fault(place: PlaceName, fault: Fault): { lift(): void } {
    const hosts = place === 'tower' ? [this.plex.http, this.pms.http] : [this.jellyfin.http];
    const lifts = hosts.map((http) => http.fault(fault));
    const lift = () => {
      for (const each of lifts) each.lift();
    };
    this.#faults.push(lift);
    return { lift };
  }

  /** For a fault: the request takes effect that much later, whatever was answered. */
  later(ms: number): NonNullable<Fault['lands']> {
    return (land) => void this.#onTheirWay.push({ at: new Date(this.steadyMs() + ms), land });
  }

  /** Whether a delayed write takes effect only later. */
  get hasWritesOnTheirWay(): boolean {
    return this.#onTheirWay.length > 0;
  }

  /** What has been on its way for long enough takes effect, in its order. */
  async land(): Promise<void> {
    const due = this.#onTheirWay.filter(({ at }) => at.getTime() <= this.steadyMs());
    this.#onTheirWay = this.#onTheirWay.filter((each) => !due.includes(each));
    for (const { land } of due) await land();
  }

  /** Makes everything work again. */
  heal(): void {
    this.setClock(0);
    for (const lift of this.#faults) lift();
    this.jellyfin.state.lostWrites.length = 0;
    for (const name of LIBRARIES.den) this.bringBack(name);
    Object.assign(this.plex.behaviour, usualBehaviour());
    this.plex.emptyNext('accepted', 0);
    this.pms.hideSections(0);
  }

  /** Number of requests to all servers so far that were not reads. */
  countWrites(): number {
    const hosts = [this.plex.http, this.pms.http, this.jellyfin.http];
    return hosts.flatMap(({ requests }) => requests).filter(({ method }) => method !== 'GET').length;
  }
}

const LOCKED_AFTER = 3;

/** Somebody else changes an account, and the model learns it. `midway`: while Usher is working on that server. */
export function editNoted(
  { model, places }: { readonly model: Model; readonly places: Places },
  {
    place,
    member,
    midway,
  }: { readonly place: PlaceName; readonly member: MemberName; readonly midway: boolean },
  edit: ForeignEdit,
): void {
  const [allowed, held] = [places.isAllowed(place, member), places.holds(place, member)];
  const wasShut = places.isShut(place, member);
  places.edit(place, member, edit);
  const isShut = places.isShut(place, member);
  model.noteForeign(place, member, allowed, places.isAllowed(place, member), midway);
  // What is changed on a disabled account shows only when it is enabled.
  if (wasShut) model.noteUnseen(place, member, held, places.holds(place, member));
  if (!wasShut && isShut) model.banned.add(member);
  if (wasShut && !isShut) model.banned.delete(member);
}

/** The new list of libraries; undefined for other kinds of edit. */
function editedList(has: ReadonlySet<string>, edit: ForeignEdit): ReadonlySet<string> | undefined {
  if (edit.kind === 'give') return has.union(new Set([edit.library]));
  if (edit.kind === 'take') return has.difference(new Set([edit.library]));
  return undefined;
}

function mustGet<T>(map: ReadonlyMap<PersonName, T>, name: PersonName): T {
  const found = map.get(name);
  if (found === undefined) throw new Error(`nobody is called ${name}`);
  return found;
}

/** The servers, as staff know them. */
export const PLACE_NAMES: readonly (readonly [PlaceName, string])[] = [
  ['tower', 'Tower'],
  ['den', 'Den'],
];

export const everyAccount: readonly (readonly [PlaceName, MemberName])[] = PLACES.flatMap((place) =>
  MEMBERS.map((member) => [place, member] as const),
);
