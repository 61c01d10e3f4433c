/** The record as a file, from some moment on: what is written there, with its hashes, and a signed head at the end. */
import { csvLine } from '../../domain/csv.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { AuditFacts } from '../../domain/model.ts';
import { createChainCheck, type Head, NO_HEAD, type Recorded, type SignedHead } from '../../domain/record.ts';
import { chainOldRecord } from '../ledger/old-record.ts';
import type { Deps } from '../ports/deps.ts';

/** Turned into text at once: half a megabyte, which takes some milliseconds. */
const EVENTS_AT_ONCE = 1_000;

export type RecordFormat = 'csv' | 'json';

export interface Exported {
  readonly events: number;
  /** Numbers of the first and the last event. */
  readonly first: number;
  readonly last: number;
  /** Where it is not whole, of what is in the file. */
  readonly breaks: number;
}

export function makeRecordExport(deps: Pick<Deps, 'stores' | 'clock' | 'headSigner'>) {
  return {
    /**
     * The file in pieces of whole lines, made as they are taken. Who somebody is stands in it by the Discord id alone,
     * and whoever was forgotten by their pseudonym.
     */
    async *file(
      guildId: GuildId,
      { format, since }: { readonly format: RecordFormat; readonly since?: Date | undefined },
    ): AsyncGenerator<string, Exported> {
      await chainOldRecord(deps, guildId);
      const { record } = deps.stores.of(guildId);
      const end = await record.head();
      const start = since ? await record.findLastBefore(since) : 0;
      const [before] = start > 0 ? await record.read({ after: start - 1, limit: 1 }) : [];
      const from: Head = before ?? NO_HEAD;
      const check = createChainCheck(from, []);
      const write = WRITERS[format];
      let [events, after] = [0, start];
      let piece = write.head;
      while (after < end.number) {
        const limit = Math.min(EVENTS_AT_ONCE, end.number - after);
        const rows = await record.read({ after, limit });
        const last = rows.at(-1);
        if (!last) break;
        for (const row of rows) check.follow(row);
        events += rows.length;
        after = last.number;
        yield piece + rows.map((row) => write.event(row)).join('');
        piece = '';
      }
      const { head, count } = check.end(end, new Set(check.emptiedFor()));
      const signed = { ...head, ...deps.headSigner.sign(guildId, head), at: deps.clock.now() };
      yield piece + write.signed(guildId, { from, signed });
      return { events, first: start + 1, last: head.number, breaks: count };
    },
  };
}

interface Writer {
  readonly head: string;
  event(row: Recorded): string;
  signed(guildId: GuildId, ends: Ends): string;
}

interface Ends {
  readonly from: Head;
  readonly signed: SignedHead;
}

/** Hashes go with each event, so that anybody can check the file (docs/operating/record.md). */
const WRITERS: Readonly<Record<RecordFormat, Writer>> = {
  json: {
    head: '',
    event: ({ number, at, action, actorId, targetId, facts, salt, factsHash, hash }) =>
      `{"number":${number},"at":"${at}","action":${JSON.stringify(action)},"by":${JSON.stringify(actorId)},` +
      `"about":${JSON.stringify(targetId)},"facts":${facts},"salt":"${salt}","factsHash":"${factsHash}","hash":"${hash}"}\n`,
    signed: (guildId, { from, signed: { number, hash, keyId, signature, at } }) =>
      `${JSON.stringify({
        head: { guild: guildId, number, hash, key: keyId, signature, at: at.toISOString() },
        behind: { number: from.number, hash: from.hash },
      })}\n`,
  },
  csv: {
    head: csvLine([
      ...['number', 'at', 'action', 'by', 'about', 'grant', 'server', 'libraries', 'until', 'reason'],
      ...['facts', 'salt', 'factsHash', 'hash'],
    ]),
    event: ({ number, at, action, actorId, targetId, facts, salt, factsHash, hash }) => {
      // As it was checked when it was read before: what a program needs of it is in the column of facts as well.
      const { grant, server = '', libraries = [], until, reason = '' }: AuditFacts = JSON.parse(facts);
      return csvLine([
        ...[String(number), at, action, actorId ?? '', targetId ?? ''],
        ...[grant === undefined ? '' : String(grant), server, libraries.join(', '), until ?? '', reason],
        ...[facts, salt, factsHash, hash],
      ]);
    },
    signed: (guildId, { from, signed: { number, hash, keyId, signature, at } }) => {
      const facts = {
        guild: guildId,
        key: keyId,
        signature,
        behind: { number: from.number, hash: from.hash },
      };
      return csvLine([
        ...[String(number), at.toISOString(), 'head', '', '', '', '', '', '', ''],
        ...[JSON.stringify(facts), '', '', hash],
      ]);
    },
  },
};
