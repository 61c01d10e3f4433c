/** What whoever runs Usher does from Discord: looks at the process, makes a backup, starts anew. */
import type { ActorId, GuildId } from '../../domain/ids.ts';
import { type Sentence, say, timesOf } from '../../words/say.ts';
import type { Backup, BackupOutcome, Backups } from '../ports/backups.ts';
import type { Deps } from '../ports/deps.ts';
import type { ProcessInfo } from '../ports/operator.ts';

export type Operating = ReturnType<typeof makeOperating>;

export function makeOperating({ stores, clock, backups, operator }: Deps) {
  const record = (guildId: GuildId, actorId: ActorId, action: 'backup.made' | 'app.restarted') =>
    stores.transaction(guildId, async (tx) => {
      await tx.audit.append({ action, actorId, facts: {}, at: clock.now() });
    });
  return {
    async info(): Promise<
      ProcessInfo & { readonly backup: Backup | undefined; readonly database: Backups['database'] }
    > {
      const [info, backup] = await Promise.all([operator.info(), backups.newest()]);
      return { ...info, backup, database: backups.database };
    },
    /** That the database takes writes again, with what of this guild has waited for that. */
    async backAgain(guildId: GuildId, since: Date): Promise<Sentence> {
      const now = clock.now();
      const ends = await stores
        .of(guildId)
        .grants.count({ states: ['active', 'ending', 'ended'], endedIn: { after: since, by: now } });
      const [from, to] = timesOf(since, now);
      return say('alert.storage.back', { from, to, ends });
    },
    /** It is of the whole installation; the record of the guild says that somebody made one. */
    async backUp(guildId: GuildId, actorId: ActorId): Promise<BackupOutcome> {
      const outcome = await backups.make();
      if (outcome.kind === 'made') await record(guildId, actorId, 'backup.made');
      return outcome;
    },
    /** Resolves when it is on the record and the end has begun. */
    async restart(guildId: GuildId, actorId: ActorId): Promise<void> {
      await record(guildId, actorId, 'app.restarted');
      operator.restart();
    },
  };
}
