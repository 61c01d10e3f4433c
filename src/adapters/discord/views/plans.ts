/** How plans are put into words; shared by commands. */

import type { DeletePlanResult, PlanDetails, PlanPreview } from '../../../app/grants/plans.ts';
import { parseDuration } from '../../../domain/duration.ts';
import { lengthText } from '../../../domain/length.ts';
import type { ExpiryAction, Grant, Plan } from '../../../domain/model.ts';
import { namesText, onServers } from '../../../domain/place-words.ts';
import { noLongerHere } from './answers.ts';
import { whoIs, whoPlain } from './brief.ts';
import { effectLines } from './grant-changes.ts';
import {
  card,
  isSame,
  join,
  type Md,
  md,
  mention,
  nameOf,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

export const EXPIRY_ACTIONS = ['withdraw', 'disable', 'delete'] as const satisfies readonly ExpiryAction[];

/** Of whom a text names so many. */
const NAMED = 5;
/** A row on a phone has room for these. */
const NAMED_IN_ROW = 2;

type Names = ReadonlyMap<string, string>;

/** All of a plan. */
export function planText(details: PlanDetails): Md {
  const { plan, uses } = details;
  return join(
    [
      md`**${plan.name}** · ${lasts(plan)}`,
      ...librariesByServer(details),
      ...(plan.roleId === null ? [] : [say('plan.role', { role: mention.role(plan.roleId) })]),
      ...renewalsOf(plan),
      say('plan.ends', { action: plan.expiryAction ?? 'server' }),
      say('plan.uses', { grants: uses.grants, invites: uses.invites }),
      ...(uses.roleIds.length > 0
        ? [say('plan.byRoles', { roles: uses.roleIds.map((id) => mention.role(id)) })]
        : []),
    ],
    '\n',
  );
}

function renewalsOf({ renewals: count, renewalRoleId: role }: Plan): readonly Sentence[] {
  if (count === 0) return [];
  return [
    role === null
      ? say('plan.renewals', { count })
      : say('plan.renewalsWith', { count, role: mention.role(role) }),
  ];
}

function librariesByServer({ libraries, servers }: PlanDetails): readonly Md[] {
  return servers.map(({ id, name }) => {
    const here = libraries.filter(({ serverId }) => serverId === id);
    const gone = here.filter(({ goneAt }) => goneAt !== null);
    const names = namesText(here.filter(({ goneAt }) => goneAt === null).map((library) => library.name));
    const lost = gone.map((library) => say('plan.gone', { library: library.name }));
    const all = gone.length === here.length ? lost : [names, ...lost];
    return md`**${name}** · ${join(all, ', ')}`;
  });
}

/** `1 month`, or `for good`. */
function lasts({ duration }: Pick<Plan, 'duration'>): Sentence {
  const parsed = parseDuration(duration);
  return parsed.kind === 'duration' ? lengthText(parsed.duration) : say('shared.forGood');
}

/** `Family · Movies on Tower · 1 month · 3 in use`: one of a list. */
export function planRow({ plan, libraries, servers, uses }: PlanDetails): Md {
  const isShort = libraries.length <= NAMED_IN_ROW;
  const what = isShort
    ? say('shared.list', { items: onServers(libraries, servers) })
    : say('plan.list.what', { count: libraries.length });
  const count = uses.grants + uses.invites;
  return md`**${plan.name}** · ${what} · ${lasts(plan)} · ${count === 0 ? say('plan.list.unused') : say('plan.list.used', { count })}`;
}

/** The same in the select below it. */
export const planChoice = ({ plan }: PlanDetails) => ({
  label: plan.name,
  value: plan.id,
  description: lasts(plan),
});

export const PLAN_HEAD = ['plan', 'libraries', 'lasts', 'grants', 'open invites'] as const;

/** For a spreadsheet. */
export function planCells({ plan, libraries, servers, uses }: PlanDetails): readonly string[] {
  const nameOfServer = new Map(servers.map(({ id, name }) => [id, name]));
  return [
    plan.name,
    libraries.map(({ name, serverId }) => `${nameOfServer.get(serverId) ?? ''} · ${name}`).join(', '),
    plan.duration || 'for good',
    ...[String(uses.grants), String(uses.invites)],
  ];
}

/** A grant of a plan, with the name of who has it. */
export type NamedGrant = Grant & { readonly memberName: string | undefined };

/** Somebody who has a plan: `Mia · in 3 days · #9`. */
export function holdsLine({ memberId, memberName, number, state, startsAt, expiresAt }: NamedGrant): Md {
  const when = (() => {
    if (state === 'paused') return say('plan.show.paused');
    if (state === 'scheduled') return say('plan.show.scheduled', { start: relative(startsAt) });
    return expiresAt === null ? say('shared.forGood') : relative(expiresAt);
  })();
  return md`**${whoIs(memberId, memberName)}** · ${when} · #${number}`;
}

/** For the select that opens them. */
export const holdsChoice = ({ memberId, memberName }: NamedGrant) => ({
  label: whoPlain(memberName),
  value: memberId,
});

export const HOLDS_HEAD = ['member', 'name', 'grant', 'state', 'from', 'until'] as const;

/** For a spreadsheet. */
export const holdsCells = ({
  memberId,
  memberName,
  number,
  state,
  startsAt,
  expiresAt,
}: NamedGrant): readonly string[] => [
  ...[memberId, memberName ?? '', `#${number}`, state],
  ...[startsAt.toISOString(), expiresAt?.toISOString() ?? 'for good'],
];

/** What an edit changes in the plan itself: its libraries by name. */
export function planChangeText({ before, after }: PlanPreview): Md | undefined {
  const beside = ({ libraries }: PlanDetails, other: PlanDetails) =>
    libraries.filter(({ id }) => other.libraries.every((one) => one.id !== id));
  const [added, removed] = [beside(after, before), beside(before, after)];
  const lines = [
    ...(added.length > 0 ? [say('plan.edit.adds', { libraries: onServers(added, after.servers) })] : []),
    ...(removed.length > 0
      ? [say('plan.edit.removes', { libraries: onServers(removed, before.servers) })]
      : []),
  ];
  return lines.length > 0 ? join(lines, '\n') : undefined;
}

/** What an edit means for running grants, if that is asked. */
export function planEffectText({ before, effects, memberIds }: PlanPreview, names: Names): Md {
  const people = nameListOf(memberIds, names);
  const lines = effectLines(effects);
  return md`${say('plan.edit.forRunning', { count: before.uses.grants, people })}\n${lines.length > 0 ? lines : say('plan.edit.sameForRunning')}`;
}

/** `Mia, Noah and 3 more`. */
function nameListOf(memberIds: readonly string[], names: Names): Md {
  const shown = join(
    memberIds.slice(0, NAMED).map((id) => nameOf(id, names.get(id))),
    ', ',
  );
  const more = memberIds.length - NAMED;
  return more > 0 ? md`${shown} ${say('shared.more', { count: more })}` : shown;
}

/** Whether a plan would be as it is. */
export const isUnchanged = ({ before, after }: PlanPreview): boolean =>
  isSame(planText(before), planText(after));

/** Whether somebody has it, or may come to have it. */
export const isPlanUsed = ({ uses }: PlanDetails): boolean =>
  uses.grants + uses.invites + uses.roleIds.length > 0;

/** What came of deleting a plan, unless it is in use. */
export function deletedPlanView(result: Exclude<DeletePlanResult, { kind: 'in-use' }>): View {
  if (result.kind === 'gone') return noLongerHere('plan');
  const { name, stillOpen } = result;
  return card(
    stillOpen > 0 ? 'warning' : 'good',
    md`**${say('plan.delete.done', { name })}**`,
    stillOpen > 0 ? say('plan.delete.stillOpen', { count: stillOpen }) : undefined,
  );
}
