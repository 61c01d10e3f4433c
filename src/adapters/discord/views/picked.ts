/** Replies when a typed name fits nothing, or more than one thing. */
import type { PickedLibraries } from '../../../app/queries/autocomplete.ts';
import type { Picked } from '../../../domain/pick.ts';
import type { Reading } from '../../../domain/pick-list.ts';
import { join, type Md, md, problem, roughLength, say, type View } from './view.ts';

type Candidate = { readonly name?: string; readonly gone?: boolean };

/** What a message of Discord holds beside the rest of the answer. */
const ROOM = 3_000;

/** An error that lists the candidates, or says that there are none and what is written almost alike. */
export function pickProblem(
  what: 'server' | 'library' | 'grant' | 'plan' | 'account' | 'invite',
  typed: string,
  picked: Exclude<Picked<Candidate>, { kind: 'one' }>,
): View {
  if (picked.kind === 'none')
    return problem(
      md`There is no ${what} “${typed}”`,
      picked.near ? md`Did you mean:\n${lines(picked.near)}` : md`Nothing was changed.`,
      picked.near ? md`Nothing was changed.` : md`Choose one from what Discord offers while you type.`,
    );
  return problem(
    md`“${typed}” can mean several things`,
    md`${lines(picked.items)}`,
    md`Type more of the name, or choose one from the list.`,
  );
}

/** The same for a list of libraries. */
export function listProblem(picked: Exclude<PickedLibraries, { kind: 'all' }>): View {
  switch (picked.kind) {
    case 'unclear':
      return pickProblem('library', picked.typed, picked.picked);
    case 'gone':
      return problem(
        md`“${picked.item.name}” is gone from its server`,
        md`Nothing was changed.`,
        md`Name a library that is there.`,
      );
    case 'too-long':
      return problem(
        md`These are more than ${picked.most} names`,
        md`Nothing was changed.`,
        md`Name at most ${picked.most}, or leave the option out and choose from a list.`,
      );
    case 'ambiguous':
      return problem(
        md`“${picked.typed}” can be read in two ways`,
        md`${picked.readings.map((reading) => md`• ${readingText(reading)}`)}`,
        md`Nothing was changed. Type the whole name, put “quotes” around it, or choose from what Discord offers while you type.`,
      );
  }
}

function readingText(reading: Reading<Candidate>): Md {
  const [only] = reading;
  if (only && reading.length === 1) return md`one library: ${orJoined(only.items)}`;
  const parts = reading.map(({ typed, items }) =>
    items.length > 0 ? orJoined(items) : md`“${typed}”, which is no library`,
  );
  return md`${reading.length} libraries: ${join(parts, ' and ')}`;
}

/** As many as there is room for: it is seldom more than a few. */
const orJoined = (items: readonly Candidate[]): Md =>
  join(
    shownOf(items).map((item) => md`${item}`),
    ' or ',
  );

const lines = (items: readonly Candidate[]): readonly Md[] => shownOf(items).map((item) => md`• ${item}`);

function shownOf(items: readonly Candidate[]): readonly Md[] {
  const shown: Md[] = [];
  let left = ROOM;
  for (const { name = '', gone } of items) {
    const item = md`${name}${gone ? ' (gone)' : ''}`;
    left -= roughLength(item) + 3;
    if (left < 0) return [...shown, md`${say('shared.more', { count: items.length - shown.length })}`];
    shown.push(item);
  }
  return shown;
}
