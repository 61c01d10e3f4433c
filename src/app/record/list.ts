/** The record as it is looked at: a page at a time, and one event with what became of its line. */
import type { GuildId } from '../../domain/ids.ts';
import type { AuditEvent } from '../../domain/model.ts';
import type { Deps } from '../ports/deps.ts';
import type { LineState, RecordFilter } from '../ports/stores/record.ts';

/** Events of a page, newest first, and the numbers at which those before and behind it begin. */
export interface RecordPage {
  readonly events: readonly AuditEvent[];
  /** 0 is the newest of all. */
  readonly newer: number | undefined;
  readonly older: number | undefined;
}

export interface RecordAsked extends Pick<RecordFilter, 'actions' | 'personId'> {
  readonly since?: Date;
}

export function makeRecordList(deps: Pick<Deps, 'stores'>) {
  return {
    /** Costs the same wherever it begins: nothing is counted, and nothing skipped. `from` 0 is the newest. */
    async page(
      guildId: GuildId,
      { since, ...filter }: RecordAsked,
      { from, size }: { readonly from: number; readonly size: number },
    ): Promise<RecordPage> {
      const { record } = deps.stores.of(guildId);
      const wanted = { ...filter, ...(since && { after: await record.findLastBefore(since) }) };
      const start = from === 0 ? {} : { from };
      const found = await record.list(wanted, { ...start, limit: size + 1 });
      const events = found.slice(0, size);
      const first = events[0]?.number ?? from;
      const above = from === 0 ? [] : await record.listNewer(wanted, { after: first, limit: size });
      return {
        events,
        newer: above.length === 0 ? undefined : above.length < size ? 0 : above.at(-1),
        older: found[size]?.number,
      };
    },

    async find(
      guildId: GuildId,
      number: number,
    ): Promise<{ readonly event: AuditEvent; readonly line: LineState } | undefined> {
      const { record } = deps.stores.of(guildId);
      const event = await record.find(number);
      return event && { event, line: await record.findLine(number) };
    },
  };
}
