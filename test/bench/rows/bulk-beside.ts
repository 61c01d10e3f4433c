/** How long somebody in another guild waits for a command while thousands of grants of one guild are changed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { GUILD, OTHER_GUILD, STAFF } from '../../support/people.ts';
import { openInProcess } from '../in-process.ts';
import { counted, ms, round, seconds, timed } from '../measure.ts';
import { figure, type Row, type Size } from '../row.ts';
import { insertRows, type SeedServer, seedGrants, seedServer } from '../seed.ts';

/** Between two commands of the other guild. */
const PAUSE_MS = 20;
/** It is never asked: nobody is linked there. */
const TOWER: SeedServer = {
  id: 'tower',
  kind: 'plex',
  name: 'Tower',
  url: 'http://tower.invalid',
  identity: 'tower',
  token: 'never-used',
  libraries: [{ externalId: 'movies', name: 'Movies' }],
};

export const bulkBeside: Row = {
  name: 'bulk-beside',
  async run({ quick }: Size) {
    const count = quick ? 1_000 : 3_000;
    const { app, db, stores, close } = await openInProcess('http://plex.invalid');
    try {
      await seedServer(stores, GUILD, TOWER);
      await seedGrants(db, GUILD, count, { days: 1 });
      const grantIds = Array.from({ length: count }, (_each, index) => `grant-${index}`);
      await insertRows(
        db,
        'GrantLibrary',
        grantIds.map((grantId) => ({ guildId: GUILD, grantId, libraryId: 'tower.movies' })),
      );
      const waits: number[] = [];
      let isOver = false;
      const others = async () => {
        while (!isOver) {
          const role = { guildId: OTHER_GUILD, actorId: STAFF, capability: 'auditor', roleId: '7' } as const;
          waits.push(await timed(() => app.settings.setRole({ ...role, action: 'allow' })));
          await sleep(PAUSE_MS);
        }
      };
      const beside = others();
      const change = {
        guildId: GUILD,
        actorId: STAFF,
        grantIds,
        action: { kind: 'pause' },
        reason: null,
      } as const;
      const tookMs = await timed(() => app.changeGrants.change(change));
      isOver = true;
      await beside;
      const longestMs = Math.max(...waits);
      return [
        figure({
          what: `another guild's command while ${counted(count)} grants are paused at once`,
          measured: `${ms(round(longestMs))} at most, of ${seconds(tookMs)} that the change takes (${waits.length} commands)`,
          toReach: '≤ 1 s',
          met: longestMs <= 1_000 && waits.length > 10,
          raw: { count, tookMs: round(tookMs), longestMs: round(longestMs), commands: waits.length },
        }),
      ];
    } finally {
      await close();
    }
  },
};
