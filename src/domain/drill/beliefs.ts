/** What Usher counts on, one by one, and how each is compared with what a drill has seen. Pure. */

import { type Sentence, say, type Text } from '../../words/say.ts';
import type { MediaTraits } from '../media-kinds.ts';
import { adminSentence } from '../trouble.ts';
import type {
  DrillFacts,
  DrillList,
  DrillStep,
  Kept,
  KeptSettings,
  ListedAccount,
  Look,
  OwnView,
} from './facts.ts';

export interface Belief {
  readonly name: string;
  readonly step: DrillStep;
  /** Where it can be looked at; absent is everywhere. */
  readonly where?: MediaTraits['accounts'];
  readonly says: Sentence;
  /** What was seen in its place; undefined when it held. */
  readonly differs: (facts: DrillFacts) => Look<Sentence | undefined> | undefined;
}

export interface Finding extends Pick<Belief, 'name' | 'step' | 'says'> {
  readonly result: 'held' | 'differs' | 'unseen';
  /** What was seen, or why nothing was; null when it held. */
  readonly saw: Text | null;
}

/** Every belief about servers of that kind, with what a drill has seen of it. */
export function judgeDrill(accounts: MediaTraits['accounts'], facts: DrillFacts): readonly Finding[] {
  return BELIEFS.filter(({ where }) => where === undefined || where === accounts).map(
    ({ name, step, says, differs }) => ({ name, step, says, ...resultOf(differs(facts), facts.stopped) }),
  );
}

function resultOf(
  look: Look<Sentence | undefined> | undefined,
  stopped: Text | null,
): Pick<Finding, 'result' | 'saw'> {
  if (!look) return { result: 'unseen', saw: stopped ?? say('server.drill.saw.unplayed') };
  if (look.kind === 'unseen') return { result: 'unseen', saw: adminSentence(look.why) };
  return look.value === undefined ? { result: 'held', saw: null } : { result: 'differs', saw: look.value };
}

/** Compares what was seen, if it was. */
function of<T>(
  look: Look<T> | undefined,
  differs: (value: T) => Sentence | undefined,
): Look<Sentence | undefined> | undefined {
  return look?.kind === 'seen' ? { kind: 'seen', value: differs(look.value) } : look;
}

/** Compares two looks, when both were made. */
function ofBoth<A, B>(
  one: Look<A> | undefined,
  other: Look<B> | undefined,
  differs: (one: A, other: B) => Sentence | undefined,
): Look<Sentence | undefined> | undefined {
  if (one?.kind !== 'seen') return one;
  return of(other, (value) => differs(one.value, value));
}

export const BELIEFS: readonly Belief[] = [
  {
    name: 'library-known',
    step: 'look',
    says: say('server.drill.belief.libraryKnown'),
    differs: ({ libraries, library }) =>
      of(libraries, (all) => {
        const alike = all.filter(({ externalId }) => externalId === library).length;
        return alike === 1 ? undefined : say('server.drill.saw.times', { count: alike });
      }),
  },
  {
    name: 'unknown-is-in-no-list',
    step: 'look',
    says: say('server.drill.belief.inNoList'),
    differs: ({ lists }) => of(lists.before, inNone),
  },
  {
    name: 'exactly-what-was-asked',
    step: 'give',
    says: say('server.drill.belief.exactly'),
    differs: ({ listed, exceeded, library }) =>
      exceeded.given ? EXCEEDED : of(listed.given, (account) => otherThan(account, library)),
  },
  {
    name: 'nothing-beside',
    step: 'give',
    says: say('server.drill.belief.nothingBeside'),
    differs: ({ settings }) =>
      of(settings.given, ({ rights }) =>
        rights.length === 0 ? undefined : say('server.drill.saw.beside', { names: rights.join(', ') }),
      ),
  },
  {
    name: 'settings-told-alike',
    step: 'give',
    says: say('server.drill.belief.toldAlike'),
    differs: ({ settings }) => of(settings.given, toldApart),
  },
  {
    name: 'pending-is-pending',
    step: 'give',
    where: 'invited',
    says: say('server.drill.belief.pending'),
    differs: ({ listed, lists, own }) =>
      listed.given?.kind === 'seen' && listed.given.value?.pending === false
        ? unplayed(say('server.drill.saw.acceptedAtOnce'))
        : ofBoth(lists.given, own.given, (names, view) => {
            if (!names.includes('pending')) return say('server.drill.saw.notWaiting');
            if (names.includes('accepted')) return say('server.drill.saw.acceptedToo');
            return view.open ? say('server.drill.saw.inBefore') : undefined;
          }),
  },
  {
    name: 'accepted-is-accepted',
    step: 'accept',
    where: 'invited',
    says: say('server.drill.belief.accepted'),
    differs: ({ listed, lists }) =>
      ofBoth(listed.accepted, lists.accepted, (account, names) => {
        if (!account) return say('server.drill.saw.inNone');
        if (account.pending || names.includes('pending')) return say('server.drill.saw.stillWaiting');
        return names.includes('accepted') ? undefined : say('server.drill.saw.notAccepted');
      }),
  },
  {
    name: 'account-sees-it',
    step: 'accept',
    says: say('server.drill.belief.accountSees'),
    differs: ({ own, library }) => of(own.accepted, (view) => viewOtherThan(view, library)),
  },
  {
    name: 'update-keeps-settings',
    step: 'change',
    says: say('server.drill.belief.keepsSettings'),
    differs: ({ mark, settings }) => {
      if (mark?.kind !== 'seen') return mark;
      return ofBoth(settings.marked, settings.changed, (before, after) =>
        lost(mark.value, before.effective, after.effective),
      );
    },
  },
  {
    name: 'update-keeps-libraries',
    step: 'change',
    says: say('server.drill.belief.keepsLibraries'),
    differs: ({ listed, exceeded, library }) =>
      exceeded.changed ? EXCEEDED : of(listed.changed, (account) => otherThan(account, library)),
  },
  {
    name: 'withdrawn-from-all-lists',
    step: 'withdraw',
    where: 'invited',
    says: say('server.drill.belief.withdrawnLists'),
    differs: ({ lists }) => of(lists.withdrawn, inNone),
  },
  {
    name: 'withdrawn-leaves-nothing',
    step: 'withdraw',
    where: 'created',
    says: say('server.drill.belief.withdrawnNothing'),
    differs: ({ listed }) =>
      of(listed.withdrawn, (account) => {
        if (!account) return say('server.drill.saw.unlisted');
        if (!account.disabled) return say('server.drill.saw.enabled');
        return account.dormant.length === 0 ? undefined : say('server.drill.saw.dormant');
      }),
  },
  {
    name: 'withdrawn-for-the-account',
    step: 'withdraw',
    says: say('server.drill.belief.withdrawnSees'),
    differs: ({ own }) => of(own.withdrawn, closed),
  },
  {
    name: 'withdrawn-signs-in-no-more',
    step: 'withdraw',
    where: 'created',
    says: say('server.drill.belief.withdrawnSignsIn'),
    differs: ({ own }) => of(own['signed-in-again'], closed),
  },
  {
    name: 'withdrawing-twice',
    step: 'withdraw',
    says: say('server.drill.belief.twice'),
    differs: ({ again }) =>
      of(again, (outcome) => (outcome === 'done' ? undefined : say('server.drill.saw.refused'))),
  },
  {
    name: 'deleted-from-all-lists',
    step: 'clean-up',
    where: 'created',
    says: say('server.drill.belief.deleted'),
    differs: ({ lists }) => of(lists.deleted, inNone),
  },
];

const unplayed = (message: Sentence): Look<never> => ({
  kind: 'unseen',
  why: { kind: 'not-played', message },
});

const EXCEEDED: Look<Sentence> = {
  kind: 'seen',
  value: say('server.drill.saw.exceeded'),
};

const inNone = (names: readonly DrillList[]): Sentence | undefined =>
  names.length === 0 ? undefined : say('server.drill.saw.listed', { names: names.join(', ') });

/** How an account differs from one that has exactly this library. Ids are not said: a report names nothing. */
export function otherThan(account: ListedAccount | null, library: string): Sentence | undefined {
  if (!account) return say('server.drill.saw.inNone');
  const { access } = account;
  if (access === 'all') return say('server.drill.saw.all');
  return asked(access, library);
}

function asked(libraries: readonly string[], library: string): Sentence | undefined {
  const others = libraries.filter((id) => id !== library).length;
  const has = libraries.includes(library);
  if (has && others === 0) return undefined;
  if (others === 0) return say('server.drill.saw.none');
  return say(has ? 'server.drill.saw.more' : 'server.drill.saw.others', { count: others });
}

function viewOtherThan({ open, libraries, beside }: OwnView, library: string): Sentence | undefined {
  if (!open) return say('server.drill.saw.shut');
  const others =
    beside.length === 0 ? undefined : say('server.drill.saw.shownBeside', { names: beside.join(', ') });
  return asked(libraries, library) ?? others;
}

const closed = ({ open, libraries }: OwnView): Sentence | undefined =>
  open ? say('server.drill.saw.stillIn', { count: libraries.length }) : undefined;

function toldApart({ places, effective }: KeptSettings): Sentence | undefined {
  const told = Object.entries(places).filter(([, kept]) => kept !== null);
  if (told.length === 0) return say('server.drill.saw.toldNowhere');
  const apart = new Set(
    told.flatMap(([, one]) => told.flatMap(([, other]) => differing(one ?? {}, other ?? {}))),
  );
  const where = told.map(([place]) => place).join(', ');
  if (apart.size > 0) return say('server.drill.saw.toldApart', { where, names: [...apart].join(', ') });
  return effective === null ? say('server.drill.saw.toldUnread', { where }) : undefined;
}

/** What of a restriction, and of everything else that was there before, a change of libraries has taken along. */
export function lost(mark: Kept, before: Kept | null, after: Kept | null): Sentence | undefined {
  if (!before) return say('server.drill.saw.untoldBefore');
  const missing = Object.keys(mark).filter((name) => !same(mark[name], before[name]));
  if (missing.length > 0) return say('server.drill.saw.notShown', { names: missing.join(', ') });
  if (!after) return say('server.drill.saw.untoldAfter');
  const names = differing(before, after);
  return names.length === 0 ? undefined : say('server.drill.saw.changed', { names: names.join(', ') });
}

/** Names of the settings that are not the same in both, of those that both have. */
function differing(one: Kept, other: Kept): readonly string[] {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => !same(one[name], other[name]),
  );
}

/** Absent, null and empty are written alike by one format or the other (media-servers.md A5.7). */
const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(plain(one)) === JSON.stringify(plain(other));

const plain = (value: unknown): unknown => {
  if (value === undefined || value === '') return null;
  return typeof value === 'boolean' ? Number(value) : value;
};
