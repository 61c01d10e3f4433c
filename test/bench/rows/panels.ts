/** What panels of many guilds cost while nothing happens, and how often they are edited while much does. */
import { createCodes } from '../../../src/adapters/codes.ts';
import { makePanels } from '../../../src/app/guild/panels.ts';
import { makePosts } from '../../../src/app/guild/posts.ts';
import { asActor, toGuildId, toMemberId } from '../../../src/domain/ids.ts';
import { FakeClock } from '../../support/clock.ts';
import { type OpenStores, openStores, temporarySqlite } from '../../support/databases.ts';
import { FakeGuilds } from '../../support/fake-guilds.ts';
import { newGrant } from '../../support/rows.ts';
import { counted, ms, round, timed } from '../measure.ts';
import { figure, note, type Row } from '../row.ts';
import { insertRows } from '../seed.ts';

const SECOND = 1_000;
const ACTOR = asActor(toMemberId('1'));
const IDLE_SECONDS = 600;
const BUSY_SECONDS = 120;
/** From one look of the runner, and one event of a guild, to the next. */
const STEP_SECONDS = 5;
const NOTHING = {
  ...{ kind: 'panel', servers: [], more: 0, active: 0, expiring: 0, overdue: 0, invites: 0 },
  nextSyncAt: '2026-01-01T00:00:00.000Z',
};

export const panels: Row = {
  name: 'panels',
  async run({ quick }) {
    const guilds = quick ? 50 : 1_000;
    const busy = 5;
    const database = await temporarySqlite();
    const open = await openStores(database.url);
    try {
      const life = live(open);
      await life.begin(guilds, busy);
      const idle = await life.pass(IDLE_SECONDS, 0);
      const stirred = await life.pass(BUSY_SECONDS, busy);
      const most = BUSY_SECONDS / 30;
      return [
        figure({
          what: `edits of panels in ten minutes, ${counted(guilds)} guilds in which nothing happens`,
          measured: `${idle.edits} edits, ${idle.looks} looks`,
          toReach: '0',
          met: idle.edits + idle.looks === 0,
          raw: idle,
        }),
        note(
          `finding out that none of ${counted(guilds)} panels is due`,
          ms(idle.ms / (IDLE_SECONDS / STEP_SECONDS)),
          idle.ms,
        ),
        figure({
          what: `edits of a panel in two minutes with an event every five seconds (${busy} guilds of ${counted(guilds)})`,
          measured: `${round(stirred.edits / busy)} of each, ${ms(stirred.ms / Math.max(stirred.looks, 1))} for a look and its edit`,
          toReach: `≤ ${most}`,
          met: stirred.edits / busy <= most,
          raw: stirred,
        }),
      ];
    } finally {
      await open.close();
      await database.remove();
    }
  },
};

function live({ db, stores, outbox }: OpenStores) {
  const clock = new FakeClock();
  const codes = createCodes(Buffer.alloc(32, 1));
  const deps = { stores, clock, codes, guilds: new FakeGuilds(), streamsOf: () => undefined };
  const { look } = makePosts(deps);
  const guildOf = (index: number) => toGuildId(String(100_000_000_000_000_000n + BigInt(index)));
  let edits = 0;

  /** Discord takes at once what it is sent. */
  async function deliver(): Promise<void> {
    for (;;) {
      const due = await outbox.listDue(clock.now(), 200);
      if (due.length === 0) return;
      for (const { id, guildId, content, sink } of due) {
        edits += 1;
        await stores.transaction(guildId, async ({ deliveries, posts }) => {
          await deliveries.markSent([id], 'message', clock.now());
          const post = content.kind === 'post' ? await posts.get(content.postId) : undefined;
          if (!post) return;
          const shown = { channelId: sink, messageId: 'message', shown: post.version, deliveryId: null };
          await posts.put({ ...post, ...shown });
        });
      }
    }
  }

  /** What the runner does; resolves to how many guilds had something to be looked at. */
  async function run(): Promise<number> {
    const due = await stores.due.listGuilds(clock.now());
    for (const guildId of due) await look(guildId);
    await deliver();
    return due.length;
  }

  return {
    /** Panels that are shown in all guilds; of those in which something is to happen, as a command posts them. */
    async begin(count: number, busy: number): Promise<void> {
      const at = clock.now();
      const nextSyncAt = new Date(at.getTime() + 3_600 * SECOND);
      const ids = Array.from({ length: count }, (_, index) => guildOf(index));
      await insertRows(
        db,
        'Guild',
        ids.map((id) => ({ id, nextSyncAt, createdAt: at })),
      );
      const shown = {
        ...{ id: 'panel', topic: 'panel 3', kind: 'alert', state: 'open', sink: '3', onRecord: false },
        ...{ content: JSON.stringify(NOTHING), version: 1, shown: 1, channelId: '3', messageId: 'message' },
        openedAt: at,
      };
      await insertRows(
        db,
        'Post',
        ids.slice(busy).map((guildId) => ({ guildId, ...shown })),
      );
      const { post } = makePanels(deps, async () => 'sent');
      for (const guildId of ids.slice(0, busy)) await post({ guildId, actorId: ACTOR, channelId: '3' });
      await deliver();
      // The record was told of the panels themselves.
      clock.advance(60 * SECOND);
      await run();
    },

    /** Lets so many seconds pass, in some of which something happens in so many guilds. */
    async pass(seconds: number, busy: number) {
      edits = 0;
      let looks = 0;
      let spentMs = 0;
      for (let second = 0; second < seconds; second += STEP_SECONDS) {
        clock.advance(STEP_SECONDS * SECOND);
        for (let index = 0; index < busy; index += 1)
          await stores.transaction(guildOf(index), async ({ audit, grants, members }) => {
            const memberId = toMemberId(String(1_000 + second));
            const at = clock.now();
            const forGood = { libraryIds: [], startsAt: at, expiresAt: null, createdAt: at };
            await members.ensure(memberId);
            await grants.add(newGrant(`grant-${second}`, { memberId, ...forGood }));
            await audit.append({
              ...{ action: 'grant.created', actorId: ACTOR, targetId: memberId, facts: {}, at },
            });
          });
        spentMs += await timed(async () => {
          looks += await run();
        });
      }
      return { edits, looks, ms: spentMs };
    },
  };
}
