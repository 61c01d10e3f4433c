/** People whom nobody here knows yet: found at Discord by how their names begin. */
import { inParallel } from '../../concurrency/in-parallel.ts';
import { withinPatience } from '../../concurrency/patience.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { type Login, type NamedPerson, searchedAs } from '../../domain/person-match.ts';
import type { Deps } from '../ports/deps.ts';

const ASKED_AT_ONCE = 4;

/**
 * Who may be called like each of these; undefined where Discord did not answer in time, or was not asked, because so
 * many are the `most`. What is asked by then is the last that is asked.
 */
export async function whoIsCalledSo(
  { guilds, clock }: Pick<Deps, 'guilds' | 'clock'>,
  guildId: GuildId,
  logins: readonly Login[],
  { patienceMs, most = Number.POSITIVE_INFINITY }: { readonly patienceMs: number; readonly most?: number },
): Promise<readonly (readonly NamedPerson[] | undefined)[]> {
  const beginnings = logins.map(searchedAs);
  const answers = new Map<string, readonly NamedPerson[]>();
  let isLate = false;
  const asking = inParallel(
    [...new Set(beginnings.flat())].slice(0, most),
    ASKED_AT_ONCE,
    async (beginning) => {
      if (isLate) return;
      const found = await guilds.findMembers(guildId, beginning);
      if (found.kind === 'unknown') return;
      const named = found.value.map(({ userId, ...names }) => ({ memberId: userId, ...names }));
      answers.set(beginning, named);
    },
  );
  await withinPatience(clock, patienceMs, asking);
  isLate = true;
  return beginnings.map((wanted) =>
    wanted.every((beginning) => answers.has(beginning))
      ? wanted.flatMap((beginning) => answers.get(beginning) ?? [])
      : undefined,
  );
}

/** Those of them who are proposed are shown by their names. */
export async function keepNames(
  { stores }: Pick<Deps, 'stores'>,
  guildId: GuildId,
  proposed: ReadonlySet<MemberId>,
  people: readonly NamedPerson[],
): Promise<void> {
  const called = new Map(
    people.flatMap(({ memberId, nickname, names }) => {
      const name = nickname ?? names.at(-1);
      return proposed.has(memberId) && name ? [[memberId, name] as const] : [];
    }),
  );
  if (called.size === 0) return;
  await stores.transaction(guildId, ({ members }) =>
    members.noteNames([...called].map(([userId, name]) => ({ userId, name }))),
  );
}
