/** How fast suggestions come in a large guild. With the real process, to measure what a person waits for. */
import { toGuildId } from '../../../src/domain/ids.ts';
import { type BotStage, onStage } from '../bot-stage.ts';
import { counted, round, spreadOf, spreadText, timed } from '../measure.ts';
import { type Figure, figure, type Row, type Size } from '../row.ts';
import { libraryId, memberIdOf, type SeedMember, seedMembers, seedServer } from '../seed.ts';

const SERVERS = 10;
const LIBRARIES = 5_000;
const MEMBERS = 10_000;
const LIMIT_MS = 20;

/** Makes rows only, because suggestions never ask a server (rule 12). */
async function furnish(stage: BotStage): Promise<void> {
  const guildId = stage.guild.id;
  const each = LIBRARIES / SERVERS;
  const servers = Array.from({ length: SERVERS }, (_server, index) => ({
    id: `server-${index}`,
    kind: 'jellyfin' as const,
    name: `Server ${index}`,
    url: `http://127.0.0.1:9/${index}`,
    identity: `identity-${index}`,
    token: 'never-used',
    libraries: Array.from({ length: each }, (_library, number) => ({
      externalId: `x${number}`,
      name: `${['Movies', 'Shows', 'Music', 'Documentaries'][number % 4]} ${number}`,
    })),
  }));
  const members: SeedMember[] = Array.from({ length: MEMBERS }, (_member, index) => {
    const serverId = `server-${index % SERVERS}`;
    return {
      memberId: memberIdOf(index),
      serverId,
      externalId: `person-${index}`,
      name: `person-${index}`,
      libraryIds: [0, 1, 2].map((step) => libraryId(serverId, `x${(index + step) % each}`)),
      expiresAt: new Date(Date.now() + 86_400_000),
    };
  });
  await stage.withDatabase(async ({ db, stores }) => {
    for (const server of servers) await seedServer(stores, toGuildId(guildId), server);
    await seedMembers(db, stores, toGuildId(guildId), members);
  });
}

const TYPED = [
  ...['', 'm', 'mov', 'movies 1', 'shows', 'server 3', 'documentaries 19', 'nothing like it'],
  ...['Movies 0, Shows 1, doc', 'Movies 0, Shows 1, Music 2, Documentaries 3, m', 'Moveis 12, sh'],
];
/** The longest texts that Discord sends, which mean many things, or nearly something, or nothing. */
const LONGEST = ['m, ', 'Moveis 0, ', 'Server 3 · Shows 9, ', ',', 'server 3 ', 'e\u0301\u0323'].map((unit) =>
  unit.repeat(6_000).slice(0, 6_000),
);

async function measure(runs: number) {
  return await onStage(async (stage) => {
    await furnish(stage);
    await stage.launch().ready();
    const olga = stage.asOlga;
    const asked = {
      libraries: [TYPED, (text: string) => olga.autocomplete('grant add', {}, 'libraries', text)],
      'libraries, 6,000 characters': [
        LONGEST,
        (text: string) => olga.autocomplete('grant add', {}, 'libraries', text),
      ],
      library: [TYPED, (text: string) => olga.autocomplete('library show', {}, 'library', text)],
      server: [TYPED, (text: string) => olga.autocomplete('library list', {}, 'server', text)],
      grant: [TYPED, (text: string) => olga.autocomplete('grant revoke', {}, 'grant', text)],
    } as const;
    const results: Record<string, ReturnType<typeof spreadOf>> = {};
    for (const [name, [texts, ask]] of Object.entries(asked)) {
      const times: number[] = [];
      for (let run = -5; run < runs; run += 1) {
        const took = await timed(() => ask(texts[Math.abs(run) % texts.length] ?? ''));
        if (run >= 0) times.push(round(took));
      }
      results[name] = spreadOf(times);
    }
    return results;
  });
}

export const autocomplete: Row = {
  name: 'autocomplete',
  async run({ quick }: Size): Promise<readonly Figure[]> {
    const results = await measure(quick ? 100 : 300);
    return Object.entries(results).map(([option, spread]) =>
      figure({
        what: `suggestions for “${option}”, ${counted(LIBRARIES)} libraries, ${counted(MEMBERS)} members`,
        measured: spreadText(spread),
        toReach: `p99 ≤ ${LIMIT_MS} ms`,
        met: spread.p99 <= LIMIT_MS,
        raw: spread,
      }),
    );
  },
};
