/** What a program wants to give: read and looked at as what staff type is. */
import type { App } from '../../app/app.ts';
import type { Wish } from '../../app/grants/warnings.ts';
import type { GuildId } from '../../domain/ids.ts';
import { toMemberId } from '../../domain/ids.ts';
import { isNonEmpty, type NonEmpty } from '../../domain/model.ts';
import type { Misread } from '../../domain/unclear.ts';
import { say } from '../../words/say.ts';
import { english } from './english.ts';
import { Problem } from './problems.ts';
import { warningsOf } from './wire.ts';

type Given<Name extends string, Value> = { readonly [N in Name]?: Value | undefined };
/** What is given: by a plan, or by libraries. */
export type Gives = Given<'planId', string> & Given<'libraryIds', readonly string[]>;
export type Lasts = Given<'for' | 'until', string>;

export interface Gift extends Wish {
  readonly planId?: string;
  readonly warnings: readonly string[];
}

/** @throws {Problem} when what was typed cannot be read. */
export function read<T>(typed: { readonly kind: 'ok'; readonly value: T } | Misread): T {
  if (typed.kind === 'problem') throw new Problem('unclear', typed.message);
  return typed.value;
}

/** Libraries that are there. @throws {Problem} when one is not. */
export async function librariesOf(
  { autocomplete }: Pick<App, 'autocomplete'>,
  guildId: GuildId,
  ids: readonly string[],
): Promise<NonEmpty<string>> {
  const there = new Set((await autocomplete.grantableLibraries(guildId)).map(({ id }) => id));
  const unique = [...new Set(ids)];
  const missing = unique.find((id) => !there.has(id));
  if (missing !== undefined || !isNonEmpty(unique))
    throw new Problem('unclear', say('api.problem.library', { id: missing ?? '' }));
  return unique;
}

/** What a plan or a list of libraries gives, and for how long. @throws {Problem} when that is not clear. */
export async function readGives(
  app: Pick<App, 'autocomplete' | 'plans'>,
  guildId: GuildId,
  { planId, libraryIds }: Gives,
): Promise<{ readonly planId?: string; readonly libraryIds: NonEmpty<string>; readonly lasts?: string }> {
  if ((planId === undefined) === (libraryIds === undefined))
    throw new Problem('unclear', say('typing.planOrLibraries'));
  if (libraryIds) return { libraryIds: await librariesOf(app, guildId, libraryIds) };
  const details = await app.plans.find(guildId, planId ?? '');
  if (!details || !isNonEmpty(details.plan.libraryIds))
    throw new Problem('unclear', say('api.problem.plan', { id: planId ?? '' }));
  const { id, duration, libraryIds: its } = details.plan;
  return { planId: id, libraryIds: its, ...(duration !== '' && { lasts: duration }) };
}

/** What is to be given to whom, with what staff would be asked about first. @throws {Problem} when it is not clear. */
export async function readGift(
  app: Pick<App, 'autocomplete' | 'plans' | 'timeInput' | 'grants'>,
  guildId: GuildId,
  asked: Gives & Lasts & Given<'start', string> & { readonly userId: string },
): Promise<Gift> {
  const { libraryIds, planId, lasts } = await readGives(app, guildId, asked);
  const { for: length, until, start } = asked;
  const isOpen = length === undefined && until === undefined;
  const typed = { for: isOpen ? lasts : length, until, start };
  const span = read(await app.timeInput.span(guildId, typed));
  const memberId = toMemberId(asked.userId);
  const wish = { memberId, libraryIds, ...span };
  const outside = await app.grants.outsider(guildId, memberId);
  // Whether they are here is not known: that is no reason to say that they are not, nor to give it unseen.
  if (outside && outside.kind !== 'not-a-member')
    throw new Problem('unavailable', outside.message, { headers: { 'retry-after': '10' } });
  const away = outside ? [english(say('grant.give.notHere', { member: memberId }))] : [];
  const warnings = [...away, ...warningsOf(await app.grants.preview(guildId, wish))];
  return { ...wish, ...(planId !== undefined && { planId }), warnings };
}

/** @throws {Problem} when there is something to know first, and nobody said that it is meant all the same. */
export function mustBeMeant({ warnings }: Pick<Gift, 'warnings'>, anyway: boolean): void {
  if (anyway || warnings.length === 0) return;
  throw new Problem('needs-confirmation', say('api.problem.anyway', { why: warnings.join(' ') }));
}
