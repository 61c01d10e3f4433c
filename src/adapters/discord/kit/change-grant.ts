/** One change of one grant by a command, and what came of it. */
import type { App } from '../../../app/app.ts';
import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { GrantAction } from '../../../domain/grant-change.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { changedView, type Done, type Names } from '../views/grant-changes.ts';
import type { View } from '../views/view.ts';
import type { Who } from './command.ts';
import { membersOf, type Telling, withTelling } from './telling.ts';

export type ChangeUses = Pick<App, 'changeGrants' | 'people'> & Telling;

interface GrantChange {
  readonly grantId: string;
  readonly action: GrantAction;
  readonly done: Exclude<Done, 'given' | 'undone'>;
  readonly reason?: string | undefined;
}

/** Changes it, as far as it can be. */
export async function changeGrant(
  { guildId, actor }: Who,
  { grantId, action, done, reason }: GrantChange,
  app: ChangeUses,
): Promise<View> {
  const change = { guildId, actorId: actor.id, grantIds: [grantId], action, reason: reason ?? null };
  const result = await app.changeGrants.change(change);
  const view = changedView(done, result, await namesIn(guildId, result, app));
  return await withTelling(view, { guildId, memberIds: membersOf(result) }, app);
}

/** What those are called whose grants were changed, or were not. */
export async function namesIn(
  guildId: GuildId,
  { changed, unchanged }: Pick<ChangedGrants, 'changed' | 'unchanged'>,
  { people }: Pick<App, 'people'>,
): Promise<Names> {
  const ids = [...changed, ...unchanged].map(({ standing }) => standing.grant.memberId);
  return await people.named(guildId, ids);
}
