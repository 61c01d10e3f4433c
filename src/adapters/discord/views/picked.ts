/** Replies when what was typed fits nothing, or more than one thing: the command asks which (kit/asks-once.ts). */
import type { PickedLibraries } from '../../../app/queries/autocomplete.ts';
import type { Picked } from '../../../domain/pick.ts';
import type { Reading } from '../../../domain/pick-list.ts';
import type { Misread, Unclear } from '../../../domain/unclear.ts';
import { type Md, problem, type Sentence, say, type View } from './view.ts';

interface Candidate {
  readonly id: string;
  readonly name?: string;
  readonly gone?: boolean;
}

/** An error with the candidates, or that there are none and what is written almost alike. */
export function pickProblem(
  what: 'server' | 'library' | 'grant' | 'plan' | 'account' | 'invite',
  typed: string,
  picked: Exclude<Picked<Candidate>, { kind: 'one' }>,
): View {
  const candidates = picked.kind === 'none' ? picked.near : picked.items;
  const view =
    picked.kind === 'several'
      ? problem(say('typing.several', { typed }), say('typing.whichOne'))
      : problem(
          say(`typing.none.${what}`, { typed }),
          say(picked.near ? 'typing.didYouMean' : 'typing.fromList'),
        );
  if (!candidates) return view;
  return asking(view, {
    typed,
    readings: candidates.map((item) => ({ label: labelOf(item), text: item.id })),
    isListed: true,
  });
}

/** The same for a list of libraries, all of which was `whole`. */
export function listProblem(whole: string, picked: Exclude<PickedLibraries, { kind: 'all' }>): View {
  if (picked.kind === 'gone')
    return problem(say('typing.gone', { name: picked.item.name }), say('typing.nameAnother'));
  if (picked.kind === 'too-long') {
    const { most } = picked;
    return problem(say('typing.tooMany', { most }), say('typing.nameFewer', { most }));
  }
  const { typed, from } = picked;
  const instead = (items: readonly Candidate[]): string =>
    whole.slice(0, from) + items.map(({ id }) => id).join(', ') + whole.slice(from + typed.length);
  if (picked.kind === 'unclear') {
    const view = pickProblem('library', typed, picked.picked);
    const readings = view.unclear?.readings.map(({ label, text }) => ({
      label,
      text: instead([{ id: text }]),
    }));
    return readings ? asking(view, { typed: whole, readings, isListed: true }) : view;
  }
  const sure = picked.readings.flatMap((reading) => waysToTake(reading));
  const view = problem(say('typing.twoWays', { typed }), say('typing.wholeName'));
  const readings = sure.map((items) => ({ label: items.map(labelOf).join(' + '), text: instead(items) }));
  return asking(view, { typed: whole, readings, isListed: true });
}

/** What can be taken of a reading: as it is, or as one of several that a single name can mean. */
function waysToTake(reading: Reading<Candidate>): readonly (readonly Candidate[])[] {
  const [only] = reading;
  if (only && reading.length === 1) return only.items.map((item) => [item]);
  const isSure = reading.every(({ items }) => items.length === 1);
  return isSure ? [reading.flatMap(({ items }) => items)] : [];
}

const labelOf = ({ name = '', gone }: Candidate): string => (gone ? `${name} (gone)` : name);

const asking = (view: View, unclear: Unclear): View => ({ ...view, unclear });

/** Something that was typed and not taken; what it can mean is asked. */
export function misread(what: Md | Sentence, { message, unclear }: Misread): View {
  const view = problem(what, message);
  return unclear ? asking(view, unclear) : view;
}
