/** Whether the record is whole: all of it, when somebody asks, and once a day what is new. */
import { type GuildId, toMemberId } from '../../domain/ids.ts';
import { isPseudonym } from '../../domain/personal-data.ts';
import {
  type ChainBreak,
  type Checked,
  createChainCheck,
  type Head,
  NO_HEAD,
  type SignedHead,
} from '../../domain/record.ts';
import { breakSentence } from '../../domain/record-words.ts';
import { lines, type Markup, say } from '../../words/say.ts';
import { alert } from '../ledger/alerts.ts';
import { chainOldRecord } from '../ledger/old-record.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { keepHead, tellHead } from './heads.ts';

type Uses = Pick<Deps, 'stores' | 'clock' | 'codes' | 'headSigner' | 'log'>;

/** Read at once, and checked without a pause: some milliseconds. */
const EVENTS_AT_ONCE = 1_000;
/** How many breaks one alert names. */
const NAMED = 5;
const DAY_MS = 86_400_000;
/** How often what is new is checked. */
export const CHECK_EVERY_MS = DAY_MS;

export interface Verified extends Checked {
  /** Signed, where the record is whole and not empty. */
  readonly signed: SignedHead | undefined;
  /** Heads that were told before, all of which it was compared with, and when the last of them was. */
  readonly told: number;
  readonly lastTold: Date | undefined;
  /** Of these, how many another key signed. */
  readonly otherKey: number;
}

export function makeRecordCheck(deps: Uses) {
  return {
    /** Checks all of it. It takes some seconds for a million events, and everything else goes on. */
    async verify(guildId: GuildId): Promise<Verified> {
      await chainOldRecord(deps, guildId);
      const { record } = deps.stores.of(guildId);
      const [end, heads] = [await record.head(), await record.listHeads()];
      const checked = await follow(deps, guildId, { from: NO_HEAD, end, heads });
      const signatures = heads.map((head) => ({ head, is: deps.headSigner.check(guildId, head) }));
      const unsigned = signatures
        .filter(({ is }) => is === 'not signed')
        .map(({ head: { number } }): ChainBreak => ({ kind: 'unsigned', number }));
      const breaks = [...checked.breaks, ...unsigned];
      const count = checked.count + unsigned.length;
      return {
        ...checked,
        ...{ breaks, count, told: heads.length, lastTold: heads.at(-1)?.at },
        otherKey: signatures.filter(({ is }) => is === 'other key').length,
        signed: count === 0 ? await tellHead(deps, guildId, checked.head) : undefined,
      };
    },

    /**
     * What is new since a head was last told, and then the next head in the audit channel. Staff are told of a break;
     * the next check goes on behind it, so that another one is found as well.
     */
    async daily(guildId: GuildId): Promise<Checked> {
      await chainOldRecord(deps, guildId);
      const { record } = deps.stores.of(guildId);
      const [end, last] = [await record.head(), await record.findLastHead()];
      // Its own event is checked again: it has to be there, and as it was told.
      const [before] = last ? await record.read({ after: last.number - 2, limit: 1 }) : [];
      const from = before && last && before.number === last.number - 1 ? before : NO_HEAD;
      const checked = await follow(deps, guildId, { from, end, heads: last ? [last] : [] });
      if (checked.count > 0) deps.log.error({ guildId, breaks: checked.count }, 'the record is not whole');
      await deps.stores.transaction(guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.record.noteChecked(now);
        const [first] = checked.breaks;
        // Its message stays, because it is never over: the same break is not told again.
        if (first)
          await alert(deps, tx, `record ${first.kind}:${first.number}`, { text: broken(checked), now });
        const { head } = checked;
        if (head.number === 0 || (head.number === last?.number && head.hash === last.hash)) return;
        const signed = await keepHead(deps, tx, head);
        await publish(deps, tx, signed);
      });
      return checked;
    },
  };
}

function broken({ breaks, count }: Checked): Markup {
  const named = breaks.slice(0, NAMED);
  return lines(
    say('record.alert.broken', { count }),
    ...named.map(breakSentence),
    ...(count > named.length ? [say('record.verify.more', { count: count - named.length })] : []),
    say('record.alert.next'),
  );
}

/** In the small print of the audit channel, where everybody has it who reads there. */
async function publish(deps: Uses, tx: GuildStores, { at, ...head }: SignedHead): Promise<void> {
  const { auditChannelId } = await tx.settings.get();
  if (auditChannelId === null) return;
  const content = { kind: 'head', ...head } as const;
  const owed = { id: deps.codes.newId(), kind: 'channel', sink: auditChannelId, content } as const;
  await tx.deliveries.owe(owed, at);
}

/** Reads it up to its end, a batch at a time, and whom what was emptied was emptied for. */
async function follow(
  deps: Pick<Deps, 'stores'>,
  guildId: GuildId,
  { from, end, heads }: { readonly from: Head; readonly end: Head; readonly heads: readonly Head[] },
): Promise<Checked> {
  const stores = deps.stores.of(guildId);
  const check = createChainCheck(from, heads);
  let after = from.number;
  while (after < end.number) {
    const limit = Math.min(EVENTS_AT_ONCE, end.number - after);
    const events = (await stores.record.read({ after, limit })).filter(({ number }) => number <= end.number);
    for (const event of events) check.follow(event);
    const last = events.at(-1);
    if (!last) break;
    after = last.number;
  }
  return check.end(end, await forgottenOf(stores, check.emptiedFor()));
}

/** Of those for whom events were emptied, who was forgotten, or is being forgotten now. */
async function forgottenOf(
  { record, forgettings }: GuildStores,
  called: readonly string[],
): Promise<ReadonlySet<string>> {
  if (called.length === 0) return new Set();
  const now = (await forgettings.list()).map(({ pseudonym }) => pseudonym);
  const anybody = await record.list({ actions: ['member.forgotten'] }, { limit: 1 });
  const known = new Set<string>(now);
  if (now.length + anybody.length > 0) known.add('');
  for (const id of called.filter(isPseudonym)) {
    const events = await record.list(
      { actions: ['member.forgotten'], personId: toMemberId(id) },
      { limit: 1 },
    );
    if (events.length > 0) known.add(id);
  }
  return known;
}
