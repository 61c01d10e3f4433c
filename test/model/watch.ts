/**
 * Watches every request as it happens: nothing that is still granted may be taken away, and nobody may be written
 * to who must not be.
 */
import type { HttpClient } from '../../src/adapters/http-client/http-client.ts';
import { MEMBERS, type MemberName, type Model, type ModelGrant, PLACES, type PlaceName } from './model.ts';
import { everyAccount, LISTS, PEOPLE, type PersonName, type Places, UNTOUCHABLE } from './places.ts';

type Call = Parameters<HttpClient['call']>[0];
type Answer = Awaited<ReturnType<HttpClient['call']>>;

export class Watch {
  /** What was found to be wrong. */
  readonly violations: string[] = [];
  /** Somebody else has changed something since Usher last read it, so its next write may be undone. */
  midway = false;
  /** Who has accepted an invitation since then. A write cancels it and makes it again, because nobody can tell. */
  readonly accepting = new Set<MemberName>();
  /** Readings that are on their way, each with what those had whose Jellyfin account it may put back. */
  readonly #readings = new Set<ReadonlyMap<MemberName, ReadonlySet<string>>>();
  readonly #places: Places;
  readonly #model: Model;
  readonly #untouched: string;
  #seen: ReadonlyMap<string, ReadonlySet<string>>;

  constructor(places: Places, model: Model) {
    this.#places = places;
    this.#model = model;
    this.#untouched = this.#stateOfUntouchable();
    this.#seen = this.#look();
  }

  /** Sends a request, and compares what people can open before and after it. */
  async around(call: Call, send: () => Promise<Answer>): Promise<Answer> {
    const place = call.base === this.#places.jellyfin.url ? 'den' : 'tower';
    if (call.method === 'GET') {
      return await this.#reading(place, call, send);
    }
    const target = this.#targetOf(place, call);
    const what = `${call.method} ${call.path}${target ? ` (${target})` : ''}`;
    if (!MEMBERS.some((member) => member === target))
      this.violations.push(`${what} writes somebody who is not a member`);
    const before = target && this.#places.stateOf(place, target);
    const undone = this.#places.countUndone();
    const answer = await send();
    const isUndone = place === 'den' && this.#places.countUndone() > undone;
    const isDone = answer.kind === 'answer' && answer.status < 300;
    const isInformed = !this.midway && !this.#places.lists[place].lied;
    if (target && isDone && isInformed && !isUndone && this.#places.stateOf(place, target) === before)
      this.violations.push(`${what} changed nothing`);
    this.#checkBans(what);
    this.compare(what);
    return answer;
  }

  /** Reads something, after which a server may put back what was there before the last write. */
  async #reading(place: PlaceName, { path }: Call, send: () => Promise<Answer>): Promise<Answer> {
    const waiting = place === 'den' ? this.#places.toBePutBack() : [];
    const before = new Map(waiting.map((member) => [member, this.#places.has('den', member)]));
    if (before.size > 0) this.compare('before a reading');
    // Another server may be written to before the answer is here.
    this.#readings.add(before);
    const answer = await send().catch((error: unknown) => {
      this.#settle(before);
      throw error;
    });
    const list = this.#places.lists[place];
    const isList = LISTS.path.test(path);
    if (isList) list.wasRead(path);
    this.#model.wasMisled ||= list.lied;
    const isRead = answer.kind === 'answer' && answer.status < 300 && !list.lied;
    if (isRead && path.endsWith('/VirtualFolders')) this.#model.renamed.clear();
    for (const member of isRead ? MEMBERS : [])
      if (isList || path.endsWith(this.#places.externalId(place, member)))
        this.#model.marks(place, member).unread.clear();
    this.#settle(before);
    return answer;
  }

  /** A reading is over, for which the server may have put back what was there before the last write. */
  #settle(before: ReadonlyMap<MemberName, ReadonlySet<string>>): void {
    this.#readings.delete(before);
    const still = this.#places.toBePutBack();
    for (const [member, was] of before) {
      if (still.includes(member)) continue;
      const is = this.#places.has('den', member);
      this.#model.noteBack('den', member, is.difference(was));
      const { unread } = this.#model.marks('den', member);
      for (const name of is.symmetricDifference(was)) unread.add(name);
      this.#seen = this.#look();
    }
  }

  #mayBePutBack(member: MemberName): boolean {
    return [...this.#readings].some((before) => before.has(member));
  }

  /** Whatever was lost since the last comparison must be something that Usher may take away. */
  compare(what: string): void {
    const now = this.#look();
    for (const [place, member] of everyAccount) {
      const key = `${place}/${member}`;
      if (place === 'tower' && this.accepting.has(member)) continue;
      if (this.#model.mistaken.has(key) || (place === 'den' && this.#mayBePutBack(member))) continue;
      for (const name of this.#seen.get(key)?.difference(now.get(key) ?? new Set()) ?? []) {
        const why = this.#model.reasonToKeep(place, member, name, this.#places.clock.now());
        if (why !== undefined)
          this.violations.push(`${what}: ${member} lost ${name} on ${place}, although ${why}`);
      }
    }
    this.#seen = now;
    if (this.#stateOfUntouchable() !== this.#untouched)
      this.violations.push(`${what} changed an account that is not Usher's to change`);
  }

  /** What somebody has disabled by hand, or the server by itself, Usher does not enable. */
  #checkBans(what: string): void {
    const freed = this.#freed();
    // An account may have been disabled since Usher last read it.
    if (freed.length > 0 && !this.midway)
      this.violations.push(`${what} enabled ${freed.join()}, whom somebody else had disabled`);
  }

  /** Those who were banned, and are no longer. */
  #freed(): readonly MemberName[] {
    const { banned } = this.#model;
    const freed = [...banned].filter((member) => !this.#places.isShut('den', member));
    for (const member of freed) banned.delete(member);
    return freed;
  }

  /** Writes that Usher has given up take effect. What is lost by that, it meant to take then. */
  async landing(land: () => Promise<void>): Promise<void> {
    this.compare('before late writes');
    // An invitation that waits opens nothing yet, and is back all the same.
    const before = everyAccount.map(([place, member]) => this.#places.has(place, member));
    await land();
    this.#freed();
    this.#seen = this.#look();
    for (const [index, [place, member]] of everyAccount.entries()) {
      const was = before[index] ?? new Set<string>();
      this.#model.noteBack(place, member, this.#places.has(place, member).difference(was));
    }
  }

  /** Somebody else changes something; what is lost by that is no mistake of Usher. */
  foreign(change: () => void): void {
    this.compare('before a foreign change');
    change();
    this.#seen = this.#look();
  }

  /**
   * When a grant has just been reported as ended, the member must see nothing of it, now or when somebody unlocks the
   * account, except what somebody else or another grant gives. The other guild ends its own grants itself.
   */
  checkEnded(grant: ModelGrant): void {
    const { member, libraries } = grant;
    const theirs = this.#model.stillOfTheOtherGuild(grant);
    const now = this.#places.clock.now();
    if (this.#model.racing.has(member)) return;
    for (const place of PLACES) {
      // Two looks that agree are believed. What they got wrong must be found out later.
      if (this.#places.lists[place].mislead) continue;
      const { extra, loose, unread } = this.#model.marks(place, member);
      const tolerated = extra.union(loose).union(unread).union(theirs);
      const allowed = this.#model.desired(place, member, now).union(tolerated);
      const open = place === 'den' ? this.#places.holds(place, member) : this.#places.sees(place, member);
      for (const name of open.difference(allowed))
        if (libraries.includes(name))
          this.violations.push(`a grant of ${member} is called ended, and ${name} is open on ${place}`);
    }
  }

  /** When a member was just forgotten, nothing that was given to them is open, and none of it comes back. */
  checkForgotten(member: MemberName): void {
    for (const place of PLACES) {
      if (this.#places.lists[place].mislead) continue;
      const theirs = this.#model.elsewhereOf(member);
      const { extra, loose } = this.#model.marks(place, member);
      for (const name of this.#places.holds(place, member).difference(extra.union(loose).union(theirs)))
        this.violations.push(`${member} was forgotten, and ${name} is open on ${place}`);
    }
  }

  #look(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map(
      everyAccount.map(([place, member]) => [`${place}/${member}`, this.#places.sees(place, member)]),
    );
  }

  #stateOfUntouchable(): string {
    return PLACES.flatMap((place) => UNTOUCHABLE.map((name) => this.#places.stateOf(place, name))).join();
  }

  #targetOf(place: PlaceName, { path, json }: Call): PersonName | undefined {
    const { plex } = this.#places;
    const id = path.split('/').filter((part) => /\d/.test(part) && part !== 'v2')[0];
    if (place === 'den') return id === undefined ? undefined : this.#places.personOf('den', id);
    const invited =
      id === undefined
        ? typeof json === 'object' && json !== null && 'invitedId' in json
          ? String(json.invitedId)
          : undefined
        : String(plex.state.shares.get(Number(id))?.invited?.id);
    return PEOPLE.find((name) => this.#places.externalId('tower', name) === invited);
  }
}
