/** Alerts: what needs a person is told to staff. */
import { type ActorId, type MemberId, toMemberId } from '../../domain/ids.ts';
import { lines, type Markup, mentioned, type Sentence, say, type Text } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { DeliveryContent } from '../ports/outbox.ts';
import type { Topic } from '../ports/posts.ts';
import type { GuildStores } from '../ports/stores.ts';
import { close, show } from './posts.ts';

type Codes = Pick<Deps, 'codes'>;
type Content = Extract<DeliveryContent, { kind: 'alert' }>;

interface Said {
  readonly text: Sentence | Markup;
  /** The record says the same, so the audit channel does not need the alert as well. */
  readonly isOnRecord?: boolean;
  /** What a member has claimed, which staff can undo. */
  readonly claimed?: NonNullable<Content['claimed']>;
  /** Who has to begin, and takes no direct messages: staff can say where they find their button. */
  readonly begins?: MemberId;
}

/** Tells staff something that has happened, and that has no end: one message. */
export async function tell(
  deps: Codes,
  tx: GuildStores,
  { text, isOnRecord, claimed, begins }: Said,
  now: Date,
): Promise<void> {
  const { alertsChannelId, auditChannelId } = await tx.settings.get();
  const sink = alertsChannelId ?? (isOnRecord ? null : auditChannelId);
  if (sink === null) return;
  const control = { ...(claimed && { claimed }), ...(begins && { begins }) };
  const content = { kind: 'alert', text: lines(text), ...control } as const;
  await tx.deliveries.owe({ id: deps.codes.newId(), kind: 'alert', sink, content }, now);
}

interface Alert extends Said, Pick<Content, 'about' | 'outage' | 'heldRun' | 'losses' | 'clock' | 'retry'> {
  /** The channel, where it is not that for alerts. */
  readonly sink?: string;
  /** When it is looked at again; with `isPatient` it is not posted before. */
  readonly dueAt?: Date;
  readonly isPatient?: boolean;
  readonly now: Date;
}

/**
 * Tells staff of something that lasts: one message to the channel for alerts, or to the audit channel while there is
 * none; edited when it is told again, until it is `over`.
 */
export async function alert(
  deps: Codes,
  tx: GuildStores,
  topic: Topic,
  { text, isOnRecord = false, sink, dueAt, isPatient = false, now, ...more }: Alert,
): Promise<void> {
  const content = { kind: 'alert', state: 'open', text: lines(text), ...more } as const;
  const where = { ...(sink !== undefined && { sink }), ...(dueAt && { dueAt }) };
  await show(deps, tx, { topic, content, onRecord: isOnRecord, isPatient, ...where }, now);
}

/** It is not so any more: the message says so, and has no buttons. */
export async function over(
  deps: Codes,
  tx: GuildStores,
  topic: Topic,
  { text, now }: { readonly text: Sentence | Markup; readonly now: Date },
): Promise<void> {
  const content = { kind: 'alert', state: 'over', text: lines(text) } as const;
  await close(deps, tx, topic, { content, now });
}

/** How many people a sentence names; the others are counted. */
const NAMED = 5;

/** "Mia, Noah and 12 more", by the names that are known. */
export async function whoOf(
  { members }: Pick<GuildStores, 'members'>,
  memberIds: readonly MemberId[],
): Promise<readonly (Sentence | Markup)[]> {
  const all = [...new Set(memberIds)];
  // One more takes no more room than to count it.
  const shown = all.length === NAMED + 1 ? all : all.slice(0, NAMED);
  const rest = all.length - shown.length;
  const names = new Map((await members.listNames(shown)).map(({ userId, name }) => [userId, name]));
  const called = shown.map((id) => {
    const name = names.get(id);
    return name === undefined ? mentioned(id) : say('alert.words', { words: name });
  });
  return [...called, ...(rest > 0 ? [say('alert.others', { count: rest })] : [])];
}

/** A name with the mention beside it: one may leave, and the other be taken by somebody else. */
export async function personOf(
  { members }: Pick<GuildStores, 'members'>,
  userId: ActorId | MemberId,
): Promise<Sentence | Markup> {
  const [known] = await members.listNames([toMemberId(userId)]);
  const who = mentioned(userId);
  return known ? say('alert.person', { name: known.name, who }) : who;
}

/** A text of an older version line by line, or a sentence. */
export const wordsOf = (text: Text): Markup =>
  typeof text === 'string'
    ? lines(...text.split('\n').map((words) => say('alert.words', { words })))
    : lines(text);
