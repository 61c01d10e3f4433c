/** Replies when a typed name fits nothing, or more than one thing. */
import type { Picked } from '../../../domain/pick.ts';
import { join, md, problem, type View } from './view.ts';

/** An error that lists the candidates or says that there are none. */
export function pickProblem(
  what: 'server' | 'library' | 'grant' | 'plan',
  typed: string,
  picked: Exclude<Picked<{ readonly name?: string }>, { kind: 'one' }>,
): View {
  if (picked.kind === 'none')
    return problem(
      md`There is no ${what} “${typed}”`,
      md`Nothing was changed.`,
      md`Choose one from what Discord offers while you type.`,
    );
  const candidates = join(
    picked.items.slice(0, 10).map((item) => md`• ${item.name ?? ''}`),
    '\n',
  );
  return problem(
    md`“${typed}” can mean several things`,
    candidates,
    md`Type more of the name, or choose one from the list.`,
  );
}
