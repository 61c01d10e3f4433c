/** Lines of the log, as people may read them in Discord: what they are of, and what is taken out. */
import { DateTime } from 'luxon';
import type { GuildId } from './ids.ts';

/** What Usher logs at, the mildest first. */
export const LOG_LEVELS = ['info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export interface LogLine {
  readonly at: Date;
  readonly level: LogLevel;
  /** A fixed sentence of the program. */
  readonly sentence: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** For whom lines are read. */
export interface LogReader {
  readonly guildId: GuildId;
  /**
   * Whoever runs Usher has the file: they read what concerns no guild as well, and every line whole. Others read
   * neither where servers are, nor what an error says, which may name that.
   */
  readonly isOperator: boolean;
  /** Media servers of the guild: named in place of their ids. */
  readonly servers: readonly {
    readonly id: string;
    readonly name: string;
    readonly urls: readonly string[];
  }[];
}

/** What of a line this reader may know; undefined for a line of others, or something that is no line. */
export function readLogLine(text: string, reader: LogReader): LogLine | undefined {
  const raw = parse(text);
  if (!raw) return undefined;
  const { time, level, msg, guildId, ...fields } = raw;
  const isTheirs = guildId === reader.guildId || (guildId === undefined && reader.isOperator);
  const at = new Date(typeof time === 'string' ? time : Number.NaN);
  if (!isTheirs || Number.isNaN(at.getTime()) || typeof msg !== 'string') return undefined;
  const shown = reader.isOperator ? fields : withoutPlaces(fields, hostsOf(reader));
  return {
    at,
    level: levelOf(Number(level)),
    sentence: msg,
    fields: { ...(guildId === undefined && { of: 'installation' }), ...withNames(shown, reader) },
  };
}

/** Whether a line may be one of this reader, without parsing it. */
export const mayBeOf = (text: string, { guildId, isOperator }: LogReader): boolean =>
  text.includes(guildId) || (isOperator && !text.includes('"guildId"'));

/** The day and the time of it, on the clocks of a zone. */
export function dayAndTime({ at }: LogLine, zone: string): { readonly day: string; readonly time: string } {
  const there = DateTime.fromJSDate(at, { zone });
  return { day: there.toISODate() ?? '', time: there.toFormat('HH:mm:ss') };
}

export const isAtLeast = (level: LogLevel, least: LogLevel): boolean =>
  LOG_LEVELS.indexOf(level) >= LOG_LEVELS.indexOf(least);

/** `key=value` of every field, as it is searched. */
export const fieldsText = ({ fields }: Pick<LogLine, 'fields'>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');

/** Of pino's numbers. */
const levelOf = (number: number): LogLevel => (number >= 50 ? 'error' : number >= 40 ? 'warn' : 'info');

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    return isRecord(raw) ? raw : undefined;
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function withNames(
  fields: Readonly<Record<string, unknown>>,
  { servers }: LogReader,
): Readonly<Record<string, unknown>> {
  const server = servers.find(({ id }) => id === fields.serverId);
  if (!server) return fields;
  const { serverId: _, ...others } = fields;
  return { server: server.name, ...others };
}

const hostsOf = ({ servers }: LogReader): readonly string[] =>
  servers
    .flatMap(({ urls }) => urls)
    .flatMap((url) => URL.parse(url) ?? [])
    .flatMap(({ host, hostname }) => [host, hostname])
    .filter((host) => host !== '')
    .map((host) => host.toLowerCase());

/** Fields that say where something is, whatever they hold. */
const PLACES = /^(host(name)?|address|ip|url|port|path|location|where)$/i;
const HIDDEN = '[hidden]';

/** Addresses with a scheme, of networks, with a port (which no moment is); names that were not found or reached. */
const ADDRESSES = [
  /\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>]+/gi,
  /\b(?:\d{1,3}\.){3}\d{1,3}\b(?::\d+)?/g,
  /\[[0-9a-f:.]*::?[0-9a-f:.]*\](?::\d+)?/gi,
  /(?<![\w:])(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}(?![\w:])|(?<![\w:])[0-9a-f:]*::[0-9a-f:]*(?![\w:])/gi,
  /(?<![\w.-])(?!\d{4}-\d\d-\d\dT)(?=[\w.-]*[a-z])[\w-]+(?:\.[\w-]+)*:\d{2,5}\b/gi,
  /(?<=\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH) )\S+/g,
];

/** Enough for what is logged; what is longer costs time to look through. */
const LONGEST = 2_000;
/** Deep enough for what is logged. */
const DEPTH = 5;

function withoutPlaces(
  fields: Readonly<Record<string, unknown>>,
  hosts: readonly string[],
): Readonly<Record<string, unknown>> {
  const ofText = (text: string): string => {
    const hidden = ADDRESSES.reduce((left, address) => left.replace(address, HIDDEN), text.slice(0, LONGEST));
    const names = hosts.filter((host) => hidden.toLowerCase().includes(host));
    return names.reduce((left, host) => left.replace(wordOf(host), HIDDEN), hidden);
  };
  const of = (value: unknown, key: string, depth: number): unknown => {
    if (PLACES.test(key)) return HIDDEN;
    if (typeof value === 'string') return ofText(value);
    if (typeof value !== 'object' || value === null) return value;
    if (depth === 0) return HIDDEN;
    if (Array.isArray(value)) return value.map((item) => of(item, '', depth - 1));
    // What an error says is for whoever can mend it.
    if ('stack' in value || 'message' in value)
      return [read(value, 'type'), read(value, 'errorCode')].filter((part) => part !== undefined).join(' ');
    return ofRecord(Object.entries(value), depth - 1);
  };
  const ofRecord = (entries: readonly (readonly [string, unknown])[], depth: number) =>
    Object.fromEntries(entries.map(([key, value]) => [key, of(value, key, depth)]));
  return ofRecord(Object.entries(fields), DEPTH);
}

/** A host as a word of its own: `tower` is in "Tower:32400", and not in "towers". */
const wordOf = (host: string): RegExp =>
  new RegExp(`(?<![\\w-])${host.replaceAll(/[^\w-]/g, String.raw`\$&`)}(?![w-])`, 'gi');

const read = (value: object, key: string): unknown => (value as Readonly<Record<string, unknown>>)[key];
