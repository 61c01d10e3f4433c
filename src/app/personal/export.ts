/** What is stored about a person, in every guild of this installation, for them alone. */
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Community, PersonalCopy, PersonalData } from '../../domain/personal-data.ts';
import type { Deps } from '../ports/deps.ts';
import type { AwaitDelivery } from '../ports/outbox.ts';

/** How long Discord is waited for. */
const PATIENCE_MS = 10_000;

export function makePersonalData(
  deps: Pick<Deps, 'stores' | 'guilds' | 'clock' | 'codes'>,
  awaitDelivery: AwaitDelivery,
) {
  /** The guilds that store anything about somebody. It crosses guilds, and is for nobody but them (rule 9). */
  async function communities(memberId: MemberId): Promise<readonly Community[]> {
    const guildIds = await deps.stores.due.listGuildsAbout(memberId);
    return await Promise.all(
      guildIds.map(async (guildId) => ({ guildId, community: await deps.guilds.nameOf(guildId) })),
    );
  }

  return {
    communities,

    /** Sends them the copy by direct message. `closed`: they take none, or Discord does not take this one. */
    async send(guildId: GuildId, memberId: MemberId): Promise<'sent' | 'on-its-way' | 'closed' | 'nothing'> {
      const known = (await deps.stores.due.listGuildsAbout(memberId)).toSorted();
      // Not of a guild that knows nothing of them: it would know from then on that they have asked.
      const of = known.find((one) => one === guildId) ?? known[0];
      if (of === undefined) return 'nothing';
      const id = deps.codes.newId();
      // Listened for before it is owed: the relay may have sent it before the transaction returns.
      const fate = awaitDelivery(id, PATIENCE_MS);
      const owed = { id, kind: 'dm', sink: memberId, content: { kind: 'copy' } } as const;
      await deps.stores.transaction(of, ({ deliveries }) => deliveries.owe(owed, deps.clock.now()));
      const end = await fate;
      if (end === undefined) return 'on-its-way';
      return end === 'sent' ? 'sent' : 'closed';
    },

    async read(memberId: MemberId): Promise<PersonalCopy> {
      const found: (Community & { readonly data: PersonalData })[] = [];
      for (const one of await communities(memberId))
        found.push({ ...one, data: await deps.stores.of(one.guildId).personalData.read(memberId) });
      return { at: deps.clock.now(), communities: found };
    },
  };
}
