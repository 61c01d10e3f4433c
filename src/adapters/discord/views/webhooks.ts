/** Webhooks in words. */
import type { AddedWebhook, ListedWebhook } from '../../../app/guild/webhooks.ts';
import type { WebhookAnswer } from '../../../app/ports/webhooks.ts';
import { type Webhook, webhookState } from '../../../domain/webhook.ts';
import {
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  moment,
  problem,
  raw,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** Events as they are typed, one beside the other. */
const typedIn = (events: readonly string[]): Md => join(events.map(code), ', ');

const testButton = ({ id }: Webhook) =>
  ({ label: say('webhook.show.test'), command: 'webhook test', op: 'now', args: [id] }) as const;

export function addedWebhookView(added: AddedWebhook): View {
  const none = (...lines: readonly Sentence[]) => problem(say('webhook.add.none'), ...lines);
  switch (added.kind) {
    case 'added': {
      const { webhook, secret } = added;
      const { name, events } = webhook;
      return card(
        'good',
        md`**${say('webhook.add.done', { name })}**\n${code(secret)}`,
        md`${say('webhook.add.once')}\n${
          events.length === 0 ? say('webhook.add.all') : say('webhook.add.some', { events: typedIn(events) })
        }`,
        say('webhook.add.how'),
        buttons({ ...testButton(webhook), style: 'primary' }),
      );
    }
    case 'no-url':
      return none(added.says);
    case 'unknown':
      return none(
        say('webhook.add.unknown', { typed: added.typed }),
        added.near === undefined ? say('webhook.add.choose') : say('webhook.add.near', { near: added.near }),
      );
    case 'there-already':
      return none(say('webhook.add.there', { name: added.webhook.name }), say('webhook.add.thereDo'));
  }
}

const MARKS = { on: '🟢', failing: '🟡', off: '🔴' } as const;
/** As many are counted at most. */
const MANY = 1_000;

function lastOf(webhook: Webhook): Sentence {
  const { answeredAt, failingSince, status } = webhook;
  const state = webhookState(webhook);
  if (state === 'off') return say('webhook.list.off');
  if (failingSince !== null) return say('webhook.list.failing', { since: relative(failingSince) });
  if (answeredAt === null || status === null) return say('webhook.list.unused');
  return say('webhook.list.answered', { status, at: relative(answeredAt) });
}

export function webhookRow({ webhook, waiting }: ListedWebhook): Md {
  const { name } = webhook;
  const values = {
    mark: raw(MARKS[webhookState(webhook)]),
    ...{ name, last: lastOf(webhook) },
  };
  return waiting === 0
    ? md`${say('webhook.list.row', values)}`
    : md`${say('webhook.list.rowWaiting', { ...values, count: waiting })}`;
}

export const webhookChoice = ({ webhook }: ListedWebhook) => ({
  label: webhook.name,
  value: webhook.id,
  description: say(`webhook.list.state.${webhookState(webhook)}`),
});

export const WEBHOOK_HEAD = ['webhook', 'events', 'state', 'last status', 'last answer', 'waiting', 'added'];

export const webhookCells = ({ webhook, waiting }: ListedWebhook): readonly string[] => [
  ...[webhook.name, webhook.events.join(' '), webhookState(webhook), String(webhook.status ?? '')],
  ...[webhook.answeredAt?.toISOString() ?? '', String(waiting), webhook.createdAt.toISOString()],
];

/** All of a webhook that may be shown, and what can be done with it. */
export function webhookCard(listed: ListedWebhook, before?: Md): View {
  const { webhook, waiting } = listed;
  const { id, name, events, status, answeredAt, formerUntil, createdAt } = webhook;
  const lines = [
    md`**${name}**`,
    ...stateLines(webhook),
    ...(answeredAt !== null && status !== null
      ? [say('webhook.show.last', { status, at: moment(answeredAt) })]
      : []),
    ...(waiting > 0 ? [waitingLine(waiting)] : []),
    events.length === 0 ? say('webhook.show.all') : say('webhook.show.some', { events: typedIn(events) }),
    ...(formerUntil === null ? [] : [say('webhook.show.former', { at: moment(formerUntil) })]),
    say('webhook.show.added', { at: moment(createdAt) }),
  ];
  const isOff = webhookState(webhook) === 'off';
  const turnOn = {
    label: say('webhook.show.turnOn'),
    style: 'primary',
    command: 'webhook list',
    op: 'on',
    args: [id],
  } as const;
  return card(
    'neutral',
    before,
    join(lines, '\n'),
    buttons(
      ...(isOff ? [turnOn] : []),
      testButton(webhook),
      { label: say('webhook.show.rotate'), command: 'webhook list', op: 'rotate', args: [id] },
      {
        label: say('webhook.show.remove'),
        style: 'danger',
        command: 'webhook remove',
        op: 'ask',
        args: [id],
      },
    ),
  );
}

function stateLines(webhook: Webhook): readonly Sentence[] {
  const { answeredAt, failingSince, dueAt, trouble } = webhook;
  const why = trouble ?? '';
  if (dueAt === null) return [say('webhook.show.off', { why })];
  if (failingSince === null) return [say(answeredAt === null ? 'webhook.show.unused' : 'webhook.show.on')];
  return [
    say('webhook.show.failing', { since: moment(failingSince), why }),
    say('webhook.show.next', { at: relative(dueAt) }),
  ];
}

const waitingLine = (count: number): Sentence =>
  say(count >= MANY ? 'webhook.show.waitingMany' : 'webhook.show.waiting', { count });

export function testedWebhookView(webhook: Webhook, answer: WebhookAnswer): View {
  const { name } = webhook;
  if (answer.kind === 'not-taken')
    return problem(say('webhook.test.not', { name }), say('webhook.test.why', { why: answer.why }));
  const state = webhookState(webhook);
  return card(
    'good',
    say('webhook.test.taken', { name, status: answer.status }),
    state === 'off' ? say('webhook.test.off') : undefined,
    state === 'failing' ? say('webhook.test.goesOn') : undefined,
  );
}

export function rotatedWebhookView(rotated: {
  readonly webhook: Webhook;
  readonly secret: string;
  readonly until: Date;
}): View {
  const { webhook, secret, until } = rotated;
  return card(
    'good',
    md`**${say('webhook.rotate.done', { name: webhook.name })}**\n${code(secret)}`,
    md`${say('webhook.rotate.once')}\n${say('webhook.rotate.both', { at: moment(until) })}`,
  );
}

export const turnedOnView = ({ webhook, waiting: count }: ListedWebhook): View =>
  card(
    'good',
    say('webhook.turnOn.done', { name: webhook.name }),
    say(count >= MANY ? 'webhook.turnOn.waitingMany' : 'webhook.turnOn.waiting', { count }),
  );

export const notTurnedOn = (): View => problem(say('webhook.turnOn.not'));

export const rotateText = ({ name }: Webhook): readonly Md[] => [
  md`**${say('webhook.rotate.ask', { name })}**`,
  md`${say('webhook.rotate.means')}`,
];

/** What removing a webhook means. */
export const removeWebhookText = ({ name }: Webhook): readonly Md[] => [
  md`**${say('webhook.remove.ask', { name })}**`,
  md`${say('webhook.remove.means')}`,
];

export const removedWebhookView = ({ name }: Webhook): View =>
  card('good', say('webhook.remove.done', { name }));

export const noSuchWebhook = (typed: string): View =>
  problem(say('webhook.remove.none', { typed }), say('webhook.remove.noneDo'));

export const webhookGone = (): View => problem(say('webhook.remove.gone'));
