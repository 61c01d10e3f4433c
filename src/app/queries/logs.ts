/** What was logged about a guild, the newest first; and the same for a while as it is written. */
import { type ActorId, type GuildId, toMemberId } from '../../domain/ids.ts';
import {
  fieldsText,
  isAtLeast,
  type LogLevel,
  type LogLine,
  type LogReader,
  mayBeOf,
  readLogLine,
} from '../../domain/log-line.ts';
import { giverMay } from '../../domain/role-gift.ts';
import type { Deps } from '../ports/deps.ts';

/** What somebody looks for. */
export interface LogsAsked {
  /** This one and what is worse. */
  readonly level: LogLevel;
  /** Words that a line has to contain, whatever their case. */
  readonly contains: string;
  readonly since: Date | null;
}

export interface LogsFound {
  readonly asked: LogsAsked;
  /** The newest of them, in the order in which they were written. */
  readonly lines: readonly LogLine[];
  /** How many fit, of those that were looked at. */
  readonly total: number;
  /** It was looked back to this moment and no further, though there is more. */
  readonly lookedBackTo: Date | undefined;
  /** What people are called whose ids are in these lines. */
  readonly names: ReadonlyMap<string, string>;
  /** IANA name, for times. */
  readonly zone: string;
  /** Lines of the installation are among them. */
  readonly isOperator: boolean;
}

/** `lost`: they may not read it any more. */
type FollowEnd = 'over' | 'stopped' | 'lost';

interface Who {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
}

/** So much of the log is read for one answer, in characters: a second of work at most, in small pieces. */
const MOST_READ = 16_000_000;
/** Of more lines, which are for programs, nobody is named. */
const NAMED = 100;
const FOLLOWED_FOR_MS = 5 * 60_000;
/** An edit of a message has time to arrive before the next one. */
const EVERY_MS = 4_000;
/** So long what Discord said of somebody's roles is taken for true: new lines may come with each look. */
const SAID_FOR_MS = 12_000;
/** Lines are written a moment after they are made: what was read just before is read again. */
const OVERLAP_MS = 2_000;

export function makeLogs(
  { stores, clock, operator, logLines, guilds }: Deps,
  { stopping }: { readonly stopping: AbortSignal },
) {
  /** Of each who follows: to stop. */
  const followers = new Map<string, AbortController>();
  const keyOf = ({ guildId, actorId }: Who): string => `${guildId} ${actorId}`;

  async function readerOf({ guildId, actorId }: Who) {
    const of = stores.of(guildId);
    const [servers, settings, isOperator] = await Promise.all([
      of.servers.list(),
      of.settings.get(),
      operator.isOwner(actorId),
    ]);
    const named = servers.map(({ id, name, url, localUrl, publicUrl }) => ({
      id,
      name,
      urls: [url, localUrl, publicUrl].filter((address) => address !== null),
    }));
    const reader: LogReader = { guildId, isOperator, servers: named };
    return { reader, zone: settings.zone, isOperator };
  }

  type Reader = Awaited<ReturnType<typeof readerOf>>;

  async function search(
    { reader, zone, isOperator }: Reader,
    asked: LogsAsked,
    limit: number,
  ): Promise<LogsFound> {
    const newest: LogLine[] = [];
    const since = asked.since?.toISOString() ?? '';
    const isMeant = matcherOf(asked);
    let [total, read] = [0, 0];
    let oldest = '';
    for await (const texts of logLines.backwards()) {
      for (const text of texts) {
        read += text.length;
        const line = mayBeOf(text, reader) ? readLogLine(text, reader) : undefined;
        if (!line || !isMeant(line)) continue;
        total += 1;
        if (newest.length < limit) newest.push(line);
      }
      oldest = timeIn(texts.at(-1)) ?? oldest;
      if ((oldest !== '' && oldest < since) || read > MOST_READ) break;
    }
    const lookedBackTo = read > MOST_READ && oldest >= since ? new Date(oldest) : undefined;
    const lines = newest.toReversed();
    return {
      asked,
      lines,
      total,
      lookedBackTo,
      names: await namesIn(reader.guildId, lines),
      zone,
      isOperator,
    };
  }

  async function namesIn(guildId: GuildId, lines: readonly LogLine[]): Promise<LogsFound['names']> {
    const values = lines.flatMap(({ fields }) => Object.values(fields).map(String));
    const ids = [...new Set(values)].filter((value) => /^\d{15,20}$/.test(value));
    if (ids.length === 0 || lines.length > NAMED) return new Map();
    const found = await stores.of(guildId).members.listNames(ids.map(toMemberId));
    return new Map(found.map(({ userId, name }) => [userId, name]));
  }

  /** Whether they may read it by what they are now; unknown while Discord does not say. */
  async function mayRead({ guildId, actorId }: Who): Promise<boolean | undefined> {
    const ranks = await guilds.ranks(guildId, actorId);
    if (ranks.kind === 'unknown') return undefined;
    return giverMay(ranks.value, await stores.of(guildId).settings.listRoleRules()).has('auditor');
  }

  /** What was found, and what came since a moment shortly before. */
  async function searchAgain(
    reader: Reader,
    found: LogsFound,
    from: Date,
    limit: number,
  ): Promise<LogsFound> {
    const before = found.lines.filter(({ at }) => at < from);
    const again = found.lines.length - before.length;
    // More may have been found in that moment than is shown.
    if (before.length === 0 && found.total > again) return await search(reader, found.asked, limit);
    const since = new Date(Math.max(+from, +(found.asked.since ?? 0)));
    const fresh = await search(reader, { ...found.asked, since }, limit);
    return {
      ...found,
      lines: [...before, ...fresh.lines].slice(-limit),
      names: new Map([...found.names, ...fresh.names]),
      total: found.total - again + fresh.total,
    };
  }

  return {
    /** False where whoever runs Usher keeps none on disk. */
    isKept: logLines.isKept,

    /** The newest `limit` lines that this person may read. */
    async find(who: Who, asked: LogsAsked, limit: number): Promise<LogsFound> {
      return await search(await readerOf(who), asked, limit);
    },

    /**
     * The same, and again whenever there is more, for five minutes, to whoever may read it then. A person follows one
     * log at a time. The last value says how it ended.
     */
    async *follow(
      who: Who,
      asked: LogsAsked,
      limit: number,
    ): AsyncGenerator<LogsFound, FollowEnd, undefined> {
      followers.get(keyOf(who))?.abort();
      const mine = new AbortController();
      followers.set(keyOf(who), mine);
      const signal = AbortSignal.any([mine.signal, stopping]);
      try {
        let reader = await readerOf(who);
        const began = clock.steadyMs();
        let saidAt = began;
        let from = clock.now();
        let found = await search(reader, asked, limit);
        yield found;
        while (!signal.aborted && clock.steadyMs() - began < FOLLOWED_FOR_MS) {
          await clock.sleep(EVERY_MS, signal);
          if (signal.aborted) break;
          const next = clock.now();
          const now = await searchAgain(reader, found, new Date(+from - OVERLAP_MS), limit);
          const isNew = JSON.stringify(now.lines) !== JSON.stringify(found.lines);
          if (isNew && clock.steadyMs() - saidAt > SAID_FOR_MS) {
            const may = await mayRead(who);
            if (may === false) return 'lost';
            // Nothing is shown that they may not be let see; it is still new at the next look.
            if (may === undefined) continue;
            saidAt = clock.steadyMs();
            reader = await readerOf(who);
          }
          from = next;
          found = now;
          if (isNew) yield found;
        }
        return signal.aborted ? 'stopped' : 'over';
      } finally {
        if (followers.get(keyOf(who)) === mine) followers.delete(keyOf(who));
      }
    },

    /** Ends what this person follows. */
    stop: (who: Who): void => followers.get(keyOf(who))?.abort(),
  };
}

function matcherOf({ level, contains, since }: LogsAsked): (line: LogLine) => boolean {
  const words = contains.toLowerCase().split(' ').filter(Boolean);
  return (line) => {
    if (!isAtLeast(line.level, level) || (since !== null && line.at < since)) return false;
    if (words.length === 0) return true;
    // What is searched is what is shown: nobody finds out by asking what is taken out.
    const shown = `${line.level} ${line.sentence} ${fieldsText(line)}`.toLowerCase();
    return words.every((word) => shown.includes(word));
  };
}

/** When a line was written, without parsing it. */
const timeIn = (text = ''): string | undefined => /"time":"([^"]{20,30})"/.exec(text)?.[1];
