/** Who hears by direct message of what staff have just changed: a line in the answer to them. */
import type { App } from '../../../app/app.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { tellingLine } from '../views/notices.ts';
import type { View } from '../views/view.ts';

/** What an answer needs to say who hears of it. */
export type Telling = Pick<App, 'notices' | 'people'>;

/** The answer with that line below its text, and above its buttons. */
export async function withTelling(
  view: View,
  { guildId, memberIds }: { readonly guildId: GuildId; readonly memberIds: readonly MemberId[] },
  { notices, people }: Telling,
): Promise<View> {
  const telling = await notices.telling(guildId, memberIds);
  const names = await people.named(guildId, Object.values(telling).flat());
  const text = tellingLine(telling, names);
  if (text === undefined) return view;
  const lastText = view.blocks.findLastIndex(({ kind }) => kind === 'text');
  const blocks = [
    ...view.blocks.slice(0, lastText + 1),
    { kind: 'text', text } as const,
    ...view.blocks.slice(lastText + 1),
  ];
  return { ...view, blocks };
}

/** Of grants that were changed. */
export const membersOf = ({
  changed,
}: {
  readonly changed: readonly { readonly standing: { readonly grant: { readonly memberId: MemberId } } }[];
}): readonly MemberId[] => changed.map(({ standing }) => standing.grant.memberId);
