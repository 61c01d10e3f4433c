/** What Usher counts on, one by one, and how each is compared with what a drill has seen. Pure. */
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
  readonly says: string;
  /** What was seen in its place; undefined when it held. */
  readonly differs: (facts: DrillFacts) => Look<string | undefined> | undefined;
}

export interface Finding extends Pick<Belief, 'name' | 'step' | 'says'> {
  readonly result: 'held' | 'differs' | 'unseen';
  /** What was seen, or why nothing was; null when it held. */
  readonly saw: string | null;
}

/** Every belief about servers of that kind, with what a drill has seen of it. */
export function judgeDrill(accounts: MediaTraits['accounts'], facts: DrillFacts): readonly Finding[] {
  return BELIEFS.filter(({ where }) => where === undefined || where === accounts).map(
    ({ name, step, says, differs }) => ({ name, step, says, ...resultOf(differs(facts), facts.stopped) }),
  );
}

function resultOf(
  look: Look<string | undefined> | undefined,
  stopped: string | null,
): Pick<Finding, 'result' | 'saw'> {
  if (!look) return { result: 'unseen', saw: stopped ?? 'It was not played.' };
  if (look.kind === 'unseen') return { result: 'unseen', saw: adminSentence(look.why) };
  return look.value === undefined ? { result: 'held', saw: null } : { result: 'differs', saw: look.value };
}

/** Compares what was seen, if it was. */
function of<T>(
  look: Look<T> | undefined,
  differs: (value: T) => string | undefined,
): Look<string | undefined> | undefined {
  return look?.kind === 'seen' ? { kind: 'seen', value: differs(look.value) } : look;
}

/** Compares two looks, when both were made. */
function ofBoth<A, B>(
  one: Look<A> | undefined,
  other: Look<B> | undefined,
  differs: (one: A, other: B) => string | undefined,
): Look<string | undefined> | undefined {
  if (one?.kind !== 'seen') return one;
  return of(other, (value) => differs(one.value, value));
}

export const BELIEFS: readonly Belief[] = [
  {
    name: 'library-known',
    step: 'look',
    says: 'The library is listed once, under the id that Usher keeps.',
    differs: ({ libraries, library }) =>
      of(libraries, (all) => {
        const alike = all.filter(({ externalId }) => externalId === library).length;
        return alike === 1 ? undefined : `It is listed ${alike} times.`;
      }),
  },
  {
    name: 'unknown-is-in-no-list',
    step: 'look',
    says: 'Who has nothing there is in no list.',
    differs: ({ lists }) => of(lists.before, inNone),
  },
  {
    name: 'exactly-what-was-asked',
    step: 'give',
    says: 'What was opened is exactly what was asked: not all, and nothing else.',
    differs: ({ listed, exceeded, library }) =>
      exceeded.given ? EXCEEDED : of(listed.given, (account) => otherThan(account, library)),
  },
  {
    name: 'nothing-beside',
    step: 'give',
    says: 'Who is let in anew may watch, and nothing beside.',
    differs: ({ settings }) =>
      of(settings.given, ({ rights }) =>
        rights.length === 0 ? undefined : `Open beside it: ${rights.join(', ')}.`,
      ),
  },
  {
    name: 'settings-told-alike',
    step: 'give',
    says: 'Settings are told where Usher reads them, and are the same wherever that is.',
    differs: ({ settings }) => of(settings.given, toldApart),
  },
  {
    name: 'pending-is-pending',
    step: 'give',
    where: 'invited',
    says: 'Until it is accepted an invitation is listed as pending, and opens nothing.',
    differs: ({ listed, lists, own }) =>
      listed.given?.kind === 'seen' && listed.given.value?.pending === false
        ? unplayed('The invitation was accepted at once, so that it never waited.')
        : ofBoth(lists.given, own.given, (names, view) => {
            if (!names.includes('pending')) return 'It is not in the list of those that wait.';
            if (names.includes('accepted')) return 'It is in the list of accepted ones as well.';
            return view.open ? 'The account gets in before it has accepted.' : undefined;
          }),
  },
  {
    name: 'accepted-is-accepted',
    step: 'accept',
    where: 'invited',
    says: 'Once accepted it is listed as accepted, and no longer as pending.',
    differs: ({ listed, lists }) =>
      ofBoth(listed.accepted, lists.accepted, (account, names) => {
        if (!account) return 'It is in no list.';
        if (account.pending || names.includes('pending')) return 'It is still listed as waiting.';
        return names.includes('accepted') ? undefined : 'It is not in the list of accepted ones.';
      }),
  },
  {
    name: 'account-sees-it',
    step: 'accept',
    says: 'The account itself is shown exactly the library.',
    differs: ({ own, library }) => of(own.accepted, (view) => viewOtherThan(view, library)),
  },
  {
    name: 'update-keeps-settings',
    step: 'change',
    says: 'A restriction that is not Usher’s, and everything else of the account, survives a change of libraries.',
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
    says: 'After a change the account has exactly what was asked.',
    differs: ({ listed, exceeded, library }) =>
      exceeded.changed ? EXCEEDED : of(listed.changed, (account) => otherThan(account, library)),
  },
  {
    name: 'withdrawn-from-all-lists',
    step: 'withdraw',
    where: 'invited',
    says: 'After the withdrawal the account is in no list.',
    differs: ({ lists }) => of(lists.withdrawn, inNone),
  },
  {
    name: 'withdrawn-leaves-nothing',
    step: 'withdraw',
    where: 'created',
    says: 'After the withdrawal the account is disabled, and nothing comes back when somebody enables it.',
    differs: ({ listed }) =>
      of(listed.withdrawn, (account) => {
        if (!account) return 'It is not listed any more.';
        if (!account.disabled) return 'It is not disabled.';
        return account.dormant.length === 0 ? undefined : 'It keeps libraries for when it is enabled again.';
      }),
  },
  {
    name: 'withdrawn-for-the-account',
    step: 'withdraw',
    says: 'After the withdrawal the account sees nothing, also with a sign-in from before.',
    differs: ({ own }) => of(own.withdrawn, closed),
  },
  {
    name: 'withdrawn-signs-in-no-more',
    step: 'withdraw',
    where: 'created',
    says: 'After the withdrawal its password opens nothing.',
    differs: ({ own }) => of(own['signed-in-again'], closed),
  },
  {
    name: 'withdrawing-twice',
    step: 'withdraw',
    says: 'Withdrawing once more does no harm.',
    differs: ({ again }) => of(again, (outcome) => (outcome === 'done' ? undefined : 'It was refused.')),
  },
  {
    name: 'deleted-from-all-lists',
    step: 'clean-up',
    where: 'created',
    says: 'A deleted account is in no list.',
    differs: ({ lists }) => of(lists.deleted, inNone),
  },
];

const unplayed = (message: string): Look<never> => ({ kind: 'unseen', why: { kind: 'not-played', message } });

const EXCEEDED: Look<string> = {
  kind: 'seen',
  value: 'The answer said that more is open than was asked; it was closed at once.',
};

const inNone = (names: readonly DrillList[]): string | undefined =>
  names.length === 0 ? undefined : `It is listed (${names.join(', ')}).`;

/** How an account differs from one that has exactly this library. Ids are not said: a report names nothing. */
export function otherThan(account: ListedAccount | null, library: string): string | undefined {
  if (!account) return 'It is in no list.';
  const { access } = account;
  if (access === 'all') return 'All libraries are open.';
  return asked(access, library);
}

function asked(libraries: readonly string[], library: string): string | undefined {
  const others = libraries.filter((id) => id !== library).length;
  const has = libraries.includes(library);
  if (has && others === 0) return undefined;
  if (others === 0) return 'No library is open.';
  return has ? `${others} more are open.` : `${others} others are open, and the library is not.`;
}

function viewOtherThan({ open, libraries, beside }: OwnView, library: string): string | undefined {
  if (!open) return 'It does not get in.';
  const others = beside.length === 0 ? undefined : `It is shown beside libraries: ${beside.join(', ')}.`;
  return asked(libraries, library) ?? others;
}

const closed = ({ open, libraries }: OwnView): string | undefined =>
  open ? `It still gets in, and is shown ${libraries.length} libraries.` : undefined;

function toldApart({ places, effective }: KeptSettings): string | undefined {
  const told = Object.entries(places).filter(([, kept]) => kept !== null);
  if (told.length === 0) return 'They are told nowhere.';
  const apart = new Set(
    told.flatMap(([, one]) => told.flatMap(([, other]) => differing(one ?? {}, other ?? {}))),
  );
  const where = told.map(([place]) => place).join(', ');
  if (apart.size > 0) return `Told differently (${where}): ${[...apart].join(', ')}.`;
  return effective === null ? `Told (${where}), and not understood.` : undefined;
}

/** What of a restriction, and of everything else that was there before, a change of libraries has taken along. */
export function lost(mark: Kept, before: Kept | null, after: Kept | null): string | undefined {
  if (!before) return 'The settings were told nowhere before the change.';
  const missing = Object.keys(mark).filter((name) => !same(mark[name], before[name]));
  if (missing.length > 0)
    return `The server took a restriction, and does not show it: ${missing.join(', ')}.`;
  if (!after) return 'The settings are told nowhere after the change.';
  const names = differing(before, after);
  return names.length === 0 ? undefined : `Changed with the libraries: ${names.join(', ')}.`;
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
