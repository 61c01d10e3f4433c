/** What is stored about a person, in every guild of this installation, for them alone. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { PersonalData } from '../../domain/personal-data.ts';
import type { Deps } from '../ports/deps.ts';

/** A guild that stores something about somebody; null while Discord does not say what it is called. */
export interface Community {
  readonly guildId: GuildId;
  readonly community: string | null;
}

export function makePersonalData(deps: Pick<Deps, 'stores' | 'guilds' | 'clock'>) {
  /** The guilds that store anything about somebody. It crosses guilds, and is for nobody but them (rule 9). */
  async function communities(memberId: MemberId): Promise<readonly Community[]> {
    const guildIds = await deps.stores.due.listGuildsAbout(memberId);
    return await Promise.all(
      guildIds.map(async (guildId) => ({ guildId, community: await deps.guilds.nameOf(guildId) })),
    );
  }

  return {
    communities,

    async read(memberId: MemberId): Promise<{
      readonly at: Date;
      readonly communities: readonly (Community & { readonly data: PersonalData })[];
    }> {
      const found: (Community & { readonly data: PersonalData })[] = [];
      for (const one of await communities(memberId))
        found.push({ ...one, data: await deps.stores.of(one.guildId).personalData.read(memberId) });
      return { at: deps.clock.now(), communities: found };
    },
  };
}
