/** The option "since": a moment that is over. */
import type { App } from '../../../app/app.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { misread } from '../views/picked.ts';
import { md, say, type View } from '../views/view.ts';

/** What was meant, undefined when nothing was typed; or a view that says why that is not clear. */
export async function readSince(
  timeInput: App['timeInput'],
  guildId: GuildId,
  typed: string | undefined,
): Promise<
  | { readonly kind: 'read'; readonly value: Date | undefined }
  | { readonly kind: 'problem'; readonly view: View }
> {
  if (typed === undefined) return { kind: 'read', value: undefined };
  const read = await timeInput.since(guildId, typed);
  if (read.kind === 'ok') return { kind: 'read', value: read.value };
  return { kind: 'problem', view: misread(md`${say('record.notRead')}`, read) };
}
