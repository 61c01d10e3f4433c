/** What members ask staff for: the card that staff decide on, and what they and the member are answered. */
import type { Approval, NotDecided } from '../../../app/grants/request-decisions.ts';
import type { AskResult } from '../../../app/grants/requests.ts';
import type { DeliveryContent } from '../../../app/ports/outbox.ts';
import { type DurationText, parseDuration } from '../../../domain/duration.ts';
import { lengthText } from '../../../domain/length.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { lines } from './alerts.ts';
import type { Names } from './grant-changes.ts';
import {
  type Button,
  buttons,
  card,
  code,
  md,
  person,
  problem,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

type RequestContent = Extract<DeliveryContent, { kind: 'request' }>;

/** How long the buttons work. A request waits for as long as it takes; `/member list` shows it too. */
const BUTTONS_LAST_MS = 30 * 86_400_000;

/** In the channel for requests. */
export function requestCard({ requestId, text, state, lasts, isNew }: RequestContent): View {
  const view =
    state === 'over'
      ? card('neutral', lines(text))
      : card('warning', lines(text), buttons(...decideButtons({ requestId, lasts, isNew })));
  return { ...view, audience: 'everybody', buttonsLastMs: BUTTONS_LAST_MS };
}

export function decideButtons({
  requestId,
  lasts,
  isNew,
}: Pick<RequestContent, 'requestId' | 'lasts' | 'isNew'>): readonly Button[] {
  const command = 'my renew';
  const args = [requestId];
  return [
    { label: approveLabel(lasts, isNew), style: 'success', command, op: 'approve', args: [requestId, lasts] },
    { label: say('request.button.other'), command, op: 'other', args: [requestId, isNew ? 'new' : 'more'] },
    { label: say('request.button.decline'), style: 'danger', command, op: 'decline', args },
  ];
}

function approveLabel(lasts: string, isNew: boolean): Sentence {
  const parsed = parseDuration(lasts);
  if (parsed.kind === 'problem') return say('request.button.forGood');
  const length = lengthText(parsed.duration);
  return isNew ? say('request.button.give', { length }) : say('request.button.more', { length });
}

/** `lasts` of a button; null is for good. Undefined when it is none of ours. */
export function lastsOf(text: string | undefined): DurationText | null | undefined {
  if (text === '') return null;
  const parsed = parseDuration(text ?? '');
  return parsed.kind === 'duration' ? parsed.duration : undefined;
}

/** Why nothing came of a decision. */
export function notDecided(result: NotDecided | Extract<Approval, { kind: 'no' }>, names: Names): View {
  if (result.kind === 'gone') return problem(say('request.decided.gone'));
  if (result.kind === 'no')
    return problem(say('request.notApproved'), result.message, say('request.stillWaits'));
  const { state, decidedById, decidedAt } = result.request;
  if (decidedById === null || decidedAt === null || state === 'void' || state === 'waiting')
    return card('neutral', say('request.decided.void'));
  const by = person(decidedById, names.get(decidedById));
  return card('neutral', say(`request.decided.${state}`, { by, when: relative(decidedAt) }));
}

export const declinedView = (memberId: string, names: Names): View =>
  card('neutral', md`**${say('request.declined', { member: person(memberId, names.get(memberId)) })}**`);

/** What the member is answered who has asked. */
export function askedView(result: AskResult, what: readonly Sentence[]): View {
  switch (result.kind) {
    case 'asked':
      return card('good', what.length > 0 ? say('my.renew.asked', { what }) : say('my.renew.askedNew'));
    case 'off':
      return problem(say('my.renew.not'), say('my.renew.off'), say('my.renew.offNext'));
    case 'gone':
      return problem(say('my.renew.not'), what.length > 0 ? say('my.renew.gone') : say('my.renew.goneNew'));
    case 'has':
      return problem(say('my.renew.not'), say('my.renew.has'), showsAll());
    case 'waits':
      return problem(say('my.renew.not'), say('my.renew.waits', { since: relative(result.since) }));
    case 'too-many': {
      const { most } = result;
      const why =
        result.what === 'open' ? say('my.renew.tooMany', { most }) : say('my.renew.tooManyToday', { most });
      return problem(say('my.renew.not'), why, say('my.renew.tooManyNext'));
    }
    case 'outside':
      return problem(say('my.renew.not'), memberSentence(result.why, 'Discord'));
  }
}

export const showsAll = (): Sentence => say('my.renew.nothingNext', { command: code('/my access') });
