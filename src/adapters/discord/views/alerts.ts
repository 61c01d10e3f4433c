/** What stands in channels and is kept up to date: alerts to staff, and what members are told where others read. */
import type { DeliveryContent } from '../../../app/ports/outbox.ts';
import type { AskedLosses } from '../../../app/presence/role-plans.ts';
import type { Said } from '../../../words/say.ts';
import { sanitise } from '../wire/sanitise.ts';
import {
  type Block,
  buttons,
  card,
  join,
  type Md,
  md,
  mention,
  raw,
  say,
  type Tone,
  type View,
} from './view.ts';

type Alert = Extract<DeliveryContent, { kind: 'alert' }>;
type Claim = Extract<DeliveryContent, { kind: 'claim' }>;

/** How long the buttons work. What waits for a decision does so for as long as it takes; `/jobs list` shows it too. */
const DECISION_LASTS_MS = 30 * 86_400_000;
/** How long the button works. Whether the invite is still valid is decided when it is pressed. */
const CLAIM_LASTS_MS = 30 * 86_400_000;

/** Who had an account before, or takes no direct messages, may come late. */
const DOOR_LASTS_MS = 366 * 86_400_000;

const MARKS: Readonly<
  Record<NonNullable<Alert['state']> | 'told', { readonly mark: string; readonly tone: Tone }>
> = {
  told: { mark: '⚠️', tone: 'warning' },
  open: { mark: '🔴', tone: 'bad' },
  over: { mark: '✅', tone: 'good' },
};

export function alertCard(alert: Alert): View {
  const { mark, tone } = MARKS[alert.state ?? 'told'];
  const view = card(tone, md`${raw(mark)} ${lines(alert.text)}`, controlsOf(alert));
  return { ...view, audience: 'everybody', buttonsLastMs: DECISION_LASTS_MS };
}

function controlsOf({ heldRun, losses, clock, retry, claimed, begins }: Alert): Block | undefined {
  if (losses) return lossButtons(losses);
  if (claimed) {
    const args = [claimed.accountId, claimed.grantId];
    return buttons({ label: say('alert.unclaim'), command: 'member import', op: 'unclaim', args });
  }
  if (begins) {
    const args = [begins];
    return buttons({ label: say('alert.begin.where'), command: 'member show', op: 'begin', args });
  }
  if (clock)
    return buttons({
      label: say('alert.clockIsRight'),
      style: 'danger',
      command: 'jobs run',
      op: 'clock',
    });
  if (retry !== undefined)
    return buttons({ label: say('alert.retryNow'), command: 'jobs run', op: 'server', args: [retry] });
  if (heldRun === undefined) return undefined;
  const args = [heldRun];
  return buttons(
    { label: say('alert.release'), style: 'danger', command: 'jobs list', op: 'release', args },
    { label: say('alert.dismiss'), command: 'jobs list', op: 'dismiss', args },
  );
}

/** The same question in the list of what waits. */
export const lossBlocks = ({ roleId, members, mark }: AskedLosses, mayDecide: boolean): readonly Block[] => [
  {
    kind: 'text',
    text: md`⛔ ${say('alert.losses.waits', { role: mention.role(roleId), count: members })}`,
  },
  ...(mayDecide ? [lossButtons({ roleId, mark })] : []),
];

/** Whether those who lost a role lose what it gave. */
function lossButtons({ roleId, mark }: NonNullable<Alert['losses']>): Block {
  const args = [roleId, mark];
  return buttons(
    {
      label: say('alert.losses.releaseButton'),
      style: 'danger',
      command: 'settings role-plan',
      op: 'release',
      args,
    },
    { label: say('alert.losses.keepButton'), command: 'settings role-plan', op: 'keep', args },
  );
}

/** A text of ours that may contain names of others: each line is sanitised separately. */
export function lines(text: Said): Md {
  if (typeof text !== 'string') return md`${text}`;
  return join(
    text.split('\n').map((line) => raw(sanitise(line, { max: 1_500 }))),
    '\n',
  );
}

/** The whole channel sees it. The button works for one member, who is mentioned. */
export function claimCard({ inviteId, memberId, ended }: Claim): View {
  const who = mention.user(memberId);
  if (ended) return card('neutral', say(`alert.claim.${ended}`, { who }));
  const view = card(
    'good',
    md`${say('alert.claim.open', { who })}\n-# ${say('alert.claim.note')}`,
    buttons({
      label: say('alert.claim.button'),
      style: 'success',
      command: 'invite create',
      op: 'claim',
      args: [inviteId],
    }),
  );
  return { ...view, buttonsLastMs: CLAIM_LASTS_MS };
}

/** The whole channel sees it; what the button answers, only whoever presses it. */
export function doorCard(): View {
  const button = {
    ...({ label: say('alert.door.button'), style: 'primary' } as const),
    ...({ command: 'my accounts', op: 'door' } as const),
  };
  const view = card('neutral', say('alert.door.text'), buttons(button), md`-# ${say('alert.door.note')}`);
  return { ...view, audience: 'everybody', buttonsLastMs: DOOR_LASTS_MS };
}

/** The whole channel sees it; what the news is, only the member, for whom the button works. */
export function newsCard({ memberId, begins }: Extract<DeliveryContent, { kind: 'news' }>): View {
  const who = mention.user(memberId);
  if (!begins) return { ...card('neutral', say('alert.news', { who })), audience: 'everybody' };
  const button = {
    ...({ label: say('alert.begin.button'), style: 'success' } as const),
    ...({ command: 'my access', op: 'begin' } as const),
  };
  const text = md`${say('alert.begin.open', { who })}\n-# ${say('alert.claim.note')}`;
  return { ...card('good', text, buttons(button)), buttonsLastMs: DOOR_LASTS_MS };
}
