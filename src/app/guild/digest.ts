/** The weekly digest: who came and left, what ends next, and how often servers answered; once a week, to staff. */
import { availabilityOf, dayOf, inAll, STRIP_DAYS, shareOf } from '../../domain/availability.ts';
import {
  cameAndLeft,
  DIGEST_LATE_MS,
  endsByDay,
  nextDigest,
  runningByDay,
  type Weekday,
} from '../../domain/digest.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { GuildSettings } from '../../domain/model.ts';
import { SOON_MS } from '../../domain/panel.ts';
import { parseTimeOfDay } from '../../domain/schedule.ts';
import type { Misread } from '../../domain/unclear.ts';
import { farOf, lines, type Markup, momentOf, type Sentence, say } from '../../words/say.ts';
import { whoOf } from '../ledger/alerts.ts';
import type { Deps } from '../ports/deps.ts';
import type { DigestContent } from '../ports/outbox.ts';
import type { GuildStores } from '../ports/stores.ts';
import { noteChange } from './setting-changed.ts';

const DAY_MS = 86_400_000;
const WEEK_DAYS = 7;
/** Ends that are named one by one. */
const MOST_ENDS = 8;
/** Servers with a line and a strip of their own. */
const MOST_SERVERS = 8;
/** Days ahead of which the ends are counted. */
const DAYS_AHEAD = 14;

/** A line between parts. */
const EMPTY: Markup = { pieces: [] };

/** Where it goes: the record names people as well. */
const digestChannel = ({
  auditChannelId,
  alertsChannelId,
}: Pick<GuildSettings, 'auditChannelId' | 'alertsChannelId'>): string | null =>
  auditChannelId ?? alertsChannelId;

export type DigestChange =
  | { readonly kind: 'off' }
  | { readonly kind: 'saved'; readonly nextAt: Date; readonly channelId: string }
  /** There is no channel for it. */
  | { readonly kind: 'nowhere' }
  | Misread;

export function makeDigest(deps: Deps) {
  return {
    /** On which day of the week and at what time it comes; null for never. */
    async set({
      guildId,
      actorId,
      day,
      time: typed,
    }: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly day: Weekday | null;
      readonly time: string;
    }): Promise<DigestChange> {
      const time = parseTimeOfDay(typed);
      if (day !== null && time === undefined)
        return { kind: 'problem', message: say('typing.schedule.noTime', { typed }) };
      return await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        const before = await tx.settings.get();
        const channelId = digestChannel(before);
        if (day !== null && channelId === null) return { kind: 'nowhere' };
        const after = day === null || time === undefined ? null : { day, time };
        const nextAt = after && nextDigest({ zone: before.zone, ...after }, now);
        const isSame = before.digestDay === day && before.digestTime === (after?.time ?? null);
        if (!isSame) {
          const digest = { digestDay: day, digestTime: after?.time ?? null, nextDigestAt: nextAt };
          await tx.settings.update(digest);
          await noteChange(tx, actorId, changeOf(after), now);
        }
        return nextAt && channelId !== null ? { kind: 'saved', nextAt, channelId } : { kind: 'off' };
      });
    },

    /** Sends it when it is due, once, whoever is killed in between. One that is a day late is left out, and said so. */
    async send(guildId: GuildId): Promise<void> {
      const stores = deps.stores.of(guildId);
      const { nextDigestAt: dueAt } = await stores.settings.get();
      const now = deps.clock.now();
      if (dueAt === null || dueAt > now) return;
      const isLate = now.getTime() - dueAt.getTime() > DIGEST_LATE_MS;
      // Read before the transaction: of thousands it takes long, and nobody else could write meanwhile.
      const content = isLate ? skipped(dueAt) : await contentOf(stores, now);
      await deps.stores.transaction(guildId, async (tx) => {
        const { zone, digestDay: day, digestTime: time, nextDigestAt, ...rest } = await tx.settings.get();
        if (nextDigestAt?.getTime() !== dueAt.getTime() || day === null || time === null) return;
        await tx.settings.update({ nextDigestAt: nextDigest({ zone, day, time }, now) });
        const sink = digestChannel(rest);
        // As an alert: a channel that takes none is told to staff, and it waits there.
        if (sink !== null)
          await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'alert', sink, content }, now);
      });
    },
  };
}

const changeOf = (now: { readonly day: Weekday; readonly time: string } | null): Sentence =>
  now === null
    ? say('audit.setting.digestOff')
    : say('audit.setting.digest', { day: say(`digest.day.${now.day}`), time: now.time });

const skipped = (dueAt: Date) =>
  ({ kind: 'alert', text: lines(say('digest.skipped', { at: momentOf(dueAt) })) }) as const;

async function contentOf(stores: GuildStores, now: Date): Promise<DigestContent> {
  const { zone } = await stores.settings.get();
  const ago = (days: number) => new Date(now.getTime() - days * DAY_MS);
  const [spans, active, servers, days] = await Promise.all([
    stores.grants.listSpans(ago(STRIP_DAYS + 1)),
    stores.grants.listEnds({ states: ['active'], at: now }),
    stores.servers.list(),
    stores.servers.listDays(dayOf(ago(STRIP_DAYS + 1))),
  ]);
  const ends = active
    .flatMap(({ memberId, expiresAt }) => (expiresAt === null ? [] : [{ memberId, expiresAt }]))
    .toSorted((one, other) => one.expiresAt.getTime() - other.expiresAt.getTime());
  const figures = {
    running: runningByDay(spans, { zone, now, count: STRIP_DAYS }),
    ends: endsByDay(
      ends.map(({ expiresAt }) => expiresAt),
      { zone, now, count: DAYS_AHEAD },
    ),
    servers: servers.slice(0, MOST_SERVERS).map(({ id, name }) => {
      const own = days.filter(({ serverId }) => serverId === id);
      return { name, days: availabilityOf(own, { zone, now, count: STRIP_DAYS }) };
    }),
  };
  const soon = ends.filter(({ expiresAt }) => expiresAt.getTime() <= now.getTime() + SOON_MS);
  const { came, left } = cameAndLeft(spans, { since: ago(WEEK_DAYS), now });
  const text = lines(
    say('digest.came', { count: came.length, who: await whoOf(stores, came) }),
    say('digest.left', { count: left.length, who: await whoOf(stores, left) }),
    say('digest.running', {
      count: figures.running.at(-1)?.count ?? 0,
      before: figures.running[0]?.count ?? 0,
      days: STRIP_DAYS,
    }),
    EMPTY,
    say('digest.ends', { count: soon.length }),
    ...(await endLines(stores, soon)),
    ...serverLines(figures.servers, servers.length),
  );
  const about = [...new Set([...came, ...left, ...soon.map(({ memberId }) => memberId)])];
  return { kind: 'digest', text, about, ...figures };
}

/** One row, one line: who, and when. */
async function endLines(
  stores: GuildStores,
  soon: readonly { readonly memberId: Parameters<typeof whoOf>[1][number]; readonly expiresAt: Date }[],
): Promise<readonly (Sentence | Markup)[]> {
  const shown = soon.slice(0, MOST_ENDS);
  const rows = await Promise.all(
    shown.map(async ({ memberId, expiresAt }) => {
      return say('digest.end', { who: await whoOf(stores, [memberId]), when: farOf(expiresAt) });
    }),
  );
  const rest = soon.length - shown.length;
  return rest > 0 ? [...rows, say('shared.more', { count: rest })] : rows;
}

function serverLines(servers: DigestContent['servers'], count: number): readonly (Sentence | Markup)[] {
  const rows = servers.map(({ name: server, days }) => {
    const { looked, away } = inAll(days.slice(-WEEK_DAYS));
    if (looked === 0) return say('digest.serverUnknown', { server });
    return say('digest.server', { server, share: shareOf({ looked, away }), looked });
  });
  const rest = count - servers.length;
  return [
    ...(count > 0 ? [EMPTY, say('digest.servers')] : []),
    ...rows,
    ...(rest > 0 ? [say('shared.more', { count: rest })] : []),
  ];
}
