/**
 * What is right according to the test itself: who was given what until when, and what others have changed. None of
 * this is asked of Usher.
 */
import type { Clock } from '../../src/app/ports/time.ts';
import type { DriftPolicy, Grant } from '../../src/domain/model.ts';
import { DAY } from '../support/moments.ts';
import { Role } from './roles.ts';

export const LIBRARIES = {
  tower: ['Films', 'Shows', 'Music'],
  den: ['Movies', 'Series', 'Docs'],
} as const;
export type PlaceName = keyof typeof LIBRARIES;
export const PLACES: readonly PlaceName[] = ['tower', 'den'];
export const ALL_LIBRARIES: readonly string[] = PLACES.flatMap((place) => LIBRARIES[place]);
export const MEMBERS = ['ada', 'ben', 'cyn', 'dan', 'eve'] as const;
export type MemberName = (typeof MEMBERS)[number];

/** A grant with names instead of ids. */
export interface ModelGrant
  extends Pick<
    Grant,
    'id' | 'number' | 'source' | 'planId' | 'state' | 'startsAt' | 'expiresAt' | 'renewals'
  > {
  readonly member: MemberName;
  readonly libraries: readonly string[];
}

/** Changes that others made to one account, as long as they matter. */
interface Marks {
  /** Libraries that Usher gave or adopted, according to its own record. */
  given: ReadonlySet<string>;
  /** Libraries that it began to give or take; the result is not known. */
  inFlight: ReadonlySet<string>;
  /** Libraries given by others. With policy `report` they stay. */
  readonly extra: Set<string>;
  /** Libraries taken away by others. With policy `report` they are not given again. */
  readonly taken: Set<string>;
  /** All of these since the beginning, because policy `adopt` may have taken them over at any time. */
  readonly wasExtra: Set<string>;
  readonly wasTaken: Set<string>;
  /** When Usher recorded of a library that the account has it no more. */
  readonly ended: Map<string, Date>;
  /** Libraries that were open again without a write that Usher knew of, since the beginning. */
  readonly wasBack: Set<string>;
  /** Libraries that others changed between a reading and the write after it: having them or not is both right. */
  readonly loose: Set<string>;
  /** What the server has put back after Usher read it. Until it looks again, it says what was true before. */
  readonly unread: Set<string>;
}

export class Model {
  readonly grants = new Map<string, ModelGrant>();
  /** Those of another guild, whose members have the same accounts. */
  elsewhere: readonly ModelGrant[] = [];
  /** Whether there is another guild. */
  isShared = false;
  readonly policies: Record<PlaceName, DriftPolicy> = { tower: 'report', den: 'report' };
  /** Servers whose drift policy was `adopt` at some time. */
  readonly adopts = new Set<PlaceName>();
  readonly defaults: Record<PlaceName, string | null> = { tower: null, den: null };
  /** Servers on which an account keeps no default library when its grants are over. */
  readonly closes: Record<PlaceName, boolean> = { tower: false, den: false };
  /** The libraries of each plan, by its id. */
  readonly plans = new Map<string, readonly string[]>();
  /** Changes that can still be undone, with the grants as they were before and after. */
  readonly undos: { readonly id: string; readonly before: ModelGrant; readonly at: Date }[] = [];
  /** Grants that were cut because their member left: when they end now, and how they were. */
  readonly away = new Map<string, { readonly end: Date; readonly before: ModelGrant }>();
  /** Grants about which staff have decided something since they were made. */
  readonly decided = new Set<string>();
  /** The Discord role that is a plan. */
  readonly role = new Role();
  /** Members who wait to be forgotten, or were and have not come back. */
  readonly forgetting = new Set<MemberName>();
  /** Those of them who were forgotten: their accounts are nobody's. */
  readonly unlinked = new Set<MemberName>();
  /** Libraries that are called otherwise since Usher has listed them. Until then accounts seem to have them. */
  readonly renamed = new Set<string>();
  /** Whether a list has ever shown what was not so. */
  wasMisled = false;
  /** Members whose Jellyfin account somebody else has disabled, or the server itself after wrong passwords. */
  readonly banned = new Set<MemberName>();
  /**
   * Accounts to which somebody else gave something while Usher was writing, or did not know what it had written, as
   * `place/member`. It takes that for its own doing, and may close all that the account has.
   */
  readonly mistaken = new Set<string>();
  /** Members about whom staff are just deciding something. Usher may know about their grants already, or not yet. */
  readonly racing = new Set<MemberName>();
  readonly #clock: Pick<Clock, 'now'>;
  readonly #marks = new Map<string, Marks>();

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  grantsOf(member: MemberName): readonly ModelGrant[] {
    return [...this.grants.values()].filter((grant) => grant.member === member);
  }

  /** What a member is granted on a server at `now`, or the default library if that is nothing. */
  desired(place: PlaceName, member: MemberName, now: Date): ReadonlySet<string> {
    const given = this.#givenElsewhere(place, member, now);
    const here = this.grantsOf(member).filter(({ libraries }) => libraries.some((name) => isOn(place, name)));
    const granted = here
      .filter((grant) => gives(grant, now))
      .flatMap(({ libraries }) => libraries.filter((name) => isOn(place, name)));
    const isClosed = this.closes[place] && here.length > 0 && here.every((grant) => isOver(grant, now));
    const fallback = isClosed || this.forgetting.has(member) ? null : this.defaults[place];
    return new Set(granted.length > 0 || fallback === null ? granted : [fallback]).union(given);
  }

  /** What the other guild grants, which this one neither takes nor puts back. */
  #givenElsewhere(place: PlaceName, member: MemberName, now: Date): ReadonlySet<string> {
    const theirs = this.elsewhere.filter((grant) => grant.member === member && gives(grant, now));
    return new Set(theirs.flatMap(({ libraries }) => libraries.filter((name) => isOn(place, name))));
  }

  /** What the guild that a grant is not of has not yet been seen to take from the member. */
  stillOfTheOtherGuild({ id, member }: ModelGrant): ReadonlySet<string> {
    const others = this.grants.has(id) ? this.elsewhere : [...this.grants.values()];
    const open = others.filter((grant) => grant.member === member && grant.state !== 'ended');
    return new Set(open.flatMap(({ libraries }) => libraries));
  }

  /** What the other guild has to do with at a member. */
  elsewhereOf(member: MemberName): ReadonlySet<string> {
    return new Set(this.elsewhere.flatMap((grant) => (grant.member === member ? grant.libraries : [])));
  }

  marks(place: PlaceName, member: MemberName): Marks {
    const key = `${place}/${member}`;
    const marks = this.#marks.get(key) ?? {
      given: new Set(),
      inFlight: new Set(),
      extra: new Set(),
      taken: new Set(),
      wasExtra: new Set(),
      wasTaken: new Set(),
      ended: new Map(),
      wasBack: new Set(),
      loose: new Set(),
      unread: new Set(),
    };
    this.#marks.set(key, marks);
    return marks;
  }

  /** Usher recorded what it gave. For libraries that are new in it, earlier changes by others no longer count. */
  noteGiven(
    place: PlaceName,
    member: MemberName,
    given: ReadonlySet<string>,
    inFlight: ReadonlySet<string>,
  ): void {
    const marks = this.marks(place, member);
    for (const name of marks.given.union(marks.inFlight).difference(given.union(inFlight)))
      marks.ended.set(name, this.#clock.now());
    for (const name of given.symmetricDifference(marks.given)) {
      marks.extra.delete(name);
      marks.taken.delete(name);
    }
    marks.given = given;
    marks.inFlight = inFlight;
  }

  /** Nothing is known of a member any more. What others gave stays what it is. */
  noteForgotten(member: MemberName): void {
    const theirs = this.grantsOf(member);
    for (const { id } of theirs) this.grants.delete(id);
    const undos = this.undos.filter(({ before }) => before.member !== member);
    this.undos.splice(0, this.undos.length, ...undos);
    this.unlinked.add(member);
    for (const place of PLACES) {
      this.marks(place, member).taken.clear();
      this.marks(place, member).ended.clear();
    }
  }

  /** Usher recorded that it is about to give or take these libraries. */
  noteTouched(place: PlaceName, member: MemberName, names: ReadonlySet<string>): void {
    for (const name of names) {
      this.marks(place, member).extra.delete(name);
      this.marks(place, member).taken.delete(name);
    }
  }

  /** Others changed what an account may see. `midway`: just before a write of Usher. */
  noteForeign(
    place: PlaceName,
    member: MemberName,
    before: ReadonlySet<string>,
    after: ReadonlySet<string>,
    midway: boolean,
  ): void {
    const { given, inFlight, extra, taken, wasExtra, wasTaken, loose } = this.marks(place, member);
    this.noteBack(place, member, after.difference(before));
    const isDoubtful = midway || inFlight.size > 0;
    if (isDoubtful && after.difference(before).size > 0) this.mistaken.add(`${place}/${member}`);
    for (const name of before.symmetricDifference(after)) {
      const gained = after.has(name);
      const isEcho = gained && this.#hasJustEnded(place, member, name);
      if (isDoubtful || isEcho) loose.add(name);
      (gained ? wasExtra : wasTaken).add(name);
      if (given.has(name)) gained ? taken.delete(name) : taken.add(name);
      else gained && !isDoubtful && !isEcho ? extra.add(name) : extra.delete(name);
    }
  }

  /** Others changed what a disabled account is to see once it is enabled. */
  noteUnseen(
    place: PlaceName,
    member: MemberName,
    before: ReadonlySet<string>,
    after: ReadonlySet<string>,
  ): void {
    this.noteBack(place, member, after.difference(before));
    for (const name of before.symmetricDifference(after)) this.marks(place, member).loose.add(name);
  }

  /** A library is called otherwise. Usher gives it anew to whom it is granted; of what others did nobody can tell. */
  noteMoved(
    place: PlaceName,
    member: MemberName,
    before: ReadonlySet<string>,
    after: ReadonlySet<string>,
  ): void {
    const { extra, taken, loose } = this.marks(place, member);
    this.noteBack(place, member, after.difference(before));
    for (const name of before.symmetricDifference(after)) {
      this.renamed.add(name);
      if (extra.delete(name) || taken.delete(name)) loose.add(name);
    }
  }

  /** These are open, and no write that Usher knows of has opened them. */
  noteBack(place: PlaceName, member: MemberName, names: ReadonlySet<string>): void {
    const { wasBack } = this.marks(place, member);
    for (const name of names) wasBack.add(name);
  }

  /** Nobody can tell whether what has ended lately was given by somebody else, or by a write that came late. */
  #hasJustEnded(place: PlaceName, member: MemberName, name: string): boolean {
    const at = this.marks(place, member).ended.get(name);
    return at !== undefined && this.#clock.now().getTime() - at.getTime() <= DAY;
  }

  /** Why an account must not lose a library now; undefined when it may. */
  reasonToKeep(place: PlaceName, member: MemberName, name: string, now: Date): string | undefined {
    if (this.racing.has(member)) return undefined;
    if (this.desired(place, member, now).has(name)) return 'it is granted';
    const { extra } = this.marks(place, member);
    if (extra.has(name) && this.policies[place] !== 'enforce') return 'somebody else gave it';
    return undefined;
  }

  /** What is wrong with what an account can see when nothing is due any more. */
  complaints(place: PlaceName, member: MemberName, sees: ReadonlySet<string>, now: Date): readonly string[] {
    const desired = this.desired(place, member, now);
    const { extra, taken, loose } = this.marks(place, member);
    const elsewhere = this.#givenElsewhere(place, member, now);
    // With the other policies no difference may remain.
    const reports = this.policies[place] === 'report';
    const tolerated = (name: string, marked: ReadonlySet<string>) =>
      reports && (marked.has(name) || loose.has(name));
    return [
      ...[...sees.difference(desired)]
        .filter((name) => !tolerated(name, extra))
        .map((name) => `${member} sees ${name} on ${place}, which nobody granted`),
      ...[...desired.difference(sees)]
        .filter((name) => !tolerated(name, taken) && !(elsewhere.has(name) && taken.has(name)))
        .map((name) => `${member} does not see ${name} on ${place}, which is granted`),
    ];
  }
}

/**
 * Whether a grant gives its libraries at `now`, according to staff and the clock. One that has started goes on when the
 * clock is set back.
 */
export function gives({ state, expiresAt }: ModelGrant, now: Date): boolean {
  return state === 'active' && (expiresAt === null || expiresAt > now);
}

/** Whether a grant is over and will neither start nor go on by itself. */
function isOver({ state, expiresAt }: ModelGrant, now: Date): boolean {
  if (state === 'scheduled' || state === 'active') return expiresAt !== null && expiresAt <= now;
  return state !== 'paused';
}

const isOn = (place: PlaceName, library: string): boolean =>
  LIBRARIES[place].some((name) => name === library);
