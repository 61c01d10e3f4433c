/** What staff note about a member, for one another: the member sees it in the copy of their data only. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';

export function makeMemberNotes({ stores }: Pick<Deps, 'stores'>) {
  return {
    async find(guildId: GuildId, memberId: MemberId): Promise<string | null> {
      return (await stores.of(guildId).members.find(memberId))?.note ?? null;
    },

    /** Takes the place of the note before; an empty one takes it away. Resolves to what is kept. */
    async save(guildId: GuildId, memberId: MemberId, typed: string): Promise<string | null> {
      const note = typed.trim() === '' ? null : typed.trim();
      await stores.transaction(guildId, ({ members }) => members.update(memberId, { note }));
      return note;
    },
  };
}
