/** The members of a guild, a line each, and what can be done with several of them at once. */

import type { PlanDetails } from '../../../app/grants/plans.ts';
import type { ListedMember } from '../../../app/queries/member-list.ts';
import type { NextEnd } from '../../../domain/member-order.ts';
import {
  briefList,
  legendOf,
  type Mark,
  markOf,
  onServer,
  signOf,
  whoIs,
  whoPlain,
  worstOf,
} from './brief.ts';
import { peopleText } from './bulk.ts';
import type { Names } from './grant-changes.ts';
import { planOptions } from './plan-choice.ts';
import {
  type Button,
  buttons,
  card,
  type Md,
  md,
  relative,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

const markOfMember = ({ standings }: ListedMember): Mark => worstOf(standings.map(markOf));

/** Somebody as one line: how it stands, who, what, and what ends next. */
export function memberRow(member: ListedMember): Md {
  const { memberId, name, next, asks } = member;
  const sign = signOf(markOfMember(member));
  const more = asks ? md` · ✋ ${say('member.list.asks')}` : md``;
  return md`${sign}**${whoIs(memberId, name)}** · ${whatOf(member)} · ${nextText(next)}${more}`;
}

export const memberLegend = (rows: readonly ListedMember[]): readonly Sentence[] =>
  legendOf(rows.map(markOfMember));

/** What their grants give, each library once. */
function whatOf({ standings }: ListedMember): Text {
  const names = standings.flatMap(({ libraries, servers }) => {
    const nameOfServer = new Map(servers.map(({ server: { id, name } }) => [id, name]));
    return libraries.map(({ name, serverId }) => onServer(nameOfServer.get(serverId) ?? '', name));
  });
  return briefList([...new Set(names)]);
}

function nextText(next: NextEnd): Md | Sentence {
  switch (next.kind) {
    case 'overdue':
      return say('member.list.overdue');
    case 'ends':
      return relative(next.at);
    case 'for-good':
      return say('shared.forGood');
    case 'paused':
      return say('member.list.paused');
    case 'nothing':
      return say('member.list.nothing');
  }
}

/** For the select that opens or chooses them. */
export const memberChoice = (member: ListedMember) => ({
  label: say('member.list.option', { who: whoPlain(member.name), what: whatOf(member) }),
  value: member.memberId,
});

export const MEMBER_HEAD = ['member', 'name', 'libraries', 'next', 'until', 'grants'] as const;

/** For a spreadsheet. */
export const memberCells = ({ memberId, name, next, standings }: ListedMember): readonly string[] => [
  ...[memberId, name ?? ''],
  standings
    .flatMap(({ libraries, servers }) =>
      libraries.map(
        (library) =>
          `${servers.find(({ server }) => server.id === library.serverId)?.server.name ?? ''} · ${library.name}`,
      ),
    )
    .join(', '),
  ...[next.kind, next.kind === 'ends' ? next.at.toISOString() : ''],
  standings.map(({ grant }) => `#${grant.number}`).join(', '),
];

/** What can be done with several. */
export const MANY_ACTS = ['d7', 'd30', 'd90', 'pause', 'end'] as const;
export type ManyAct = (typeof MANY_ACTS)[number];

export function chosenView(memberIds: readonly string[], names: Names, draftId: string): View {
  const act = (name: ManyAct, label: Sentence, style?: Button['style']): Button => ({
    ...({ label, command: 'member list', op: 'many', args: [draftId, name] } as const),
    ...(style && { style }),
  });
  return card(
    'neutral',
    md`**${say('member.list.chosen', { count: memberIds.length })}**\n${peopleText(memberIds, names)}`,
    md`-# ${say('member.list.hint')}`,
    buttons(
      act('d7', say('member.list.days', { count: 7 })),
      act('d30', say('member.list.days', { count: 30 }), 'primary'),
      act('d90', say('member.list.days', { count: 90 })),
    ),
    buttons(
      { label: say('member.list.plan'), command: 'member list', op: 'plan', args: [draftId] },
      act('pause', say('member.list.pause')),
      act('end', say('member.list.end'), 'danger'),
    ),
  );
}

/** Which plan they should get. */
export function planForMany(plans: readonly PlanDetails[], draftId: string): View {
  if (plans.length === 0) return card('neutral', say('member.list.noPlans'));
  return card('neutral', md`**${say('member.list.planTitle')}**`, {
    kind: 'select',
    command: 'member list',
    op: 'gift',
    args: [draftId],
    placeholder: say('member.list.choosePlan'),
    options: planOptions(plans),
  });
}
