/** The record: a row of it, one event with all that is known of it, whether it is whole, and its seal. Pure. */
import type { LineState } from '../../../app/ports/stores/record.ts';
import type { Verified } from '../../../app/record/check.ts';
import type { Exported } from '../../../app/record/export.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { lengthOfSeconds, storedLength } from '../../../domain/length.ts';
import type { AuditEvent, AuditFacts } from '../../../domain/model.ts';
import type { SignedHead } from '../../../domain/record.ts';
import { breakSentence } from '../../../domain/record-words.ts';
import { auditBrief, auditText, smallPrint } from './audit-line.ts';
import { channelIn, listOf, momentIn, type Names, roleIn } from './audit-sentences.ts';
import {
  card,
  join,
  type Md,
  md,
  mention,
  moment,
  raw,
  relative,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

/** Who an event names, for their names. */
export const peopleOf = (events: readonly AuditEvent[]): readonly string[] =>
  events.flatMap(({ actorId, targetId }) => [actorId ?? [], targetId ?? []].flat());

export const recordRow = (event: AuditEvent, names: Names): Md =>
  md`${auditBrief(event, names)} · ${relative(event.at)} · \#${event.number}`;

export const recordChoice = ({
  number,
  action,
}: AuditEvent): { readonly label: Text; readonly value: string } => ({
  label: `#${number} ${action}`,
  value: String(number),
});

/** Which events are shown. */
export function spanOf(events: readonly AuditEvent[]): Text {
  const [first, last] = [events[0], events.at(-1)];
  return first && last ? `#${first.number}–${last.number}` : '#';
}

interface OneEvent {
  readonly event: AuditEvent;
  readonly line: LineState;
}

export function eventCard(guildId: GuildId, { event, line }: OneEvent, names: Names): View {
  return card(
    'neutral',
    md`${auditText(event, names)}`,
    md`${moment(event.at)}`,
    factsOf(event.facts),
    lineText(guildId, line),
    raw(`-# ${smallPrint(event)}`),
  );
}

function lineText(guildId: GuildId, line: LineState): Sentence {
  if (line.kind === 'unknown') return say('record.event.unknown');
  const channel = mention.channel(line.channelId);
  if (line.kind === 'sent') {
    const message = raw(`https://discord.com/channels/${guildId}/${line.channelId}/${line.messageId}`);
    return say('record.event.sent', { message });
  }
  const since = moment(line.since);
  if (line.kind === 'waiting') return say('record.event.waiting', { channel, since });
  return say('record.event.refused', { channel, since, why: line.trouble });
}

/** Facts, or what they were before. */
type Shown = Omit<AuditFacts, 'channel'> & { readonly channel?: string | null };
/** The sentence says how. */
type Fact = Exclude<keyof AuditFacts, 'how'>;

/** In words, unless it is not there. */
const told = <Value>(
  value: Value | undefined,
  write: (value: Value) => Md | Sentence,
): Md | Sentence | undefined => (value === undefined ? undefined : write(value));
const words = (value: string | number): Md => md`${value}`;
const listed = (list: readonly string[]): Md => join(listOf(list), ', ');
const moments = (iso: string | null): Md | Sentence => (iso === null ? say('shared.forGood') : momentIn(iso));

/** Each fact in words; what it is called stands before it. */
const FACTS: Readonly<Record<Fact, (facts: Shown) => Md | Sentence | undefined>> = {
  grant: ({ grant }) => told(grant, (number) => raw(`#${number}`)),
  invite: ({ invite }) => told(invite, words),
  plan: ({ plan }) => told(plan, words),
  server: ({ server }) => told(server, words),
  account: ({ account }) => told(account, words),
  libraries: ({ libraries }) => told(libraries, listed),
  added: ({ added }) => told(added, listed),
  removed: ({ removed }) => told(removed, listed),
  from: ({ from }) => told(from, moments),
  until: ({ until }) => told(until, moments),
  leftSeconds: ({ leftSeconds }) =>
    told(leftSeconds, (left) => (left === null ? say('shared.forGood') : md`${lengthOfSeconds(left)}`)),
  duration: ({ duration }) =>
    told(duration, (stored) =>
      stored === '' ? say('shared.forGood') : say('audit.lasts', { length: storedLength(stored) }),
    ),
  uses: ({ uses }) => told(uses, words),
  redeemUntil: ({ redeemUntil }) => told(redeemUntil, moments),
  deleteAt: ({ deleteAt }) => told(deleteAt, moments),
  channel: ({ channel }) => told(channel, (id) => (id === null ? say('record.event.none') : channelIn(id))),
  role: ({ role }) => told(role, roleIn),
  capability: ({ capability }) => told(capability, (held) => say(`audit.capability.${held}`)),
  token: ({ token }) => told(token, words),
  webhook: ({ webhook }) => told(webhook, words),
  events: ({ events }) => told(events, listed),
  reason: ({ reason }) => told(reason, words),
  before: ({ before }) => told(before, (was) => join(factLines(was), ' · ')),
  detail: ({ detail }) =>
    told(detail, (said) =>
      join(
        [said].flat().map((one) => md`${one}`),
        ' ',
      ),
    ),
};

function factLines(facts: Shown): readonly Md[] {
  return (Object.keys(FACTS) as readonly Fact[]).flatMap((fact) => {
    const value = FACTS[fact](facts);
    return value === undefined ? [] : [md`${say(`record.fact.${fact}`)}: ${value}`];
  });
}

function factsOf(facts: AuditFacts): Md | undefined {
  const lines = factLines(facts);
  return lines.length === 0 ? undefined : join(lines, '\n');
}

/** How many breaks are named. */
const NAMED = 8;

export function verifiedCard(found: Verified): View {
  const { events, breaks, count, since, told, lastTold, otherKey, emptied, signed } = found;
  if (events === 0 && count === 0) return card('neutral', say('record.verify.empty'));
  const beside = [
    ...(emptied > 0 ? [say('record.verify.emptied', { count: emptied })] : []),
    ...(otherKey > 0 ? [say('record.verify.otherKey', { count: otherKey })] : []),
  ];
  if (count > 0) {
    const named = breaks.slice(0, NAMED);
    return card(
      'bad',
      md`**${say('record.verify.broken', { count })}**`,
      join(
        [
          ...named.map((one) => md`• ${breakSentence(one)}`),
          ...(count > named.length
            ? [md`• ${say('record.verify.more', { count: count - named.length })}`]
            : []),
        ],
        '\n',
      ),
      join([say('record.verify.next'), say('record.verify.doNext'), ...beside], '\n'),
    );
  }
  const from = since === undefined ? say('shared.nothing') : momentIn(since);
  const last = lastTold ? relative(lastTold) : '';
  return card(
    'good',
    md`**${say('record.verify.whole', { count: events, since: from })}**`,
    join([say('record.verify.told', { count: told, last }), ...beside], '\n'),
    say('record.verify.seal'),
    signed && raw(`-# ${sealPrint(signed)}`),
  );
}

/** For programs and for whoever compares, in every language. */
const sealPrint = ({ number, hash, keyId, signature }: Omit<SignedHead, 'at'>): string =>
  `seal #${number} · \`${hash}\` · key \`${keyId}\` · \`${signature}\``;

/** In the audit channel. */
export const sealText = (head: Omit<SignedHead, 'at'>): Md =>
  md`🔏 ${say('record.head', { number: raw(`#${head.number}`) })}\n${raw(`-# ${sealPrint(head)}`)}`;

export type RecordFile = NonNullable<View['files']>[number];

export const exportGoing = (files: number): View => card('neutral', say('record.export.going', { files }));

export const exportPart = (file: RecordFile, number: number): View => ({
  ...card('neutral', say('record.export.part', { number })),
  files: [file],
});

export function exportedCard(
  { events, first, last, breaks }: Exported,
  file: RecordFile | undefined,
  files: number,
): View {
  if (events === 0 || !file) return card('neutral', say('record.export.none'));
  const isPacked = file.name.endsWith('.gz');
  return {
    ...card(
      breaks > 0 ? 'bad' : 'neutral',
      say('record.export.done', { count: events, first: raw(`#${first}`), last: raw(`#${last}`) }),
      isPacked ? say('record.export.parts', { count: files }) : undefined,
      breaks > 0 ? say('record.export.broken', { count: breaks }) : undefined,
    ),
    files: [file],
  };
}
