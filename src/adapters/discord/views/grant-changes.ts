/** What came of giving access and of changing it: what happened, how it stands on each server, and what can be done. */

import type { ChangedGrants } from '../../../app/grants/change.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { without } from '../../../domain/access.ts';
import { isListed, isOver } from '../../../domain/grant.ts';
import type { Grant, Library, Server } from '../../../domain/model.ts';
import type { ServerEffect } from '../../../domain/preview.ts';
import { keepsText } from './grants.ts';
import { secondsText } from './lengths.ts';
import { few, placesOf, serverLines } from './standing.ts';
import {
  type Button,
  buttons,
  card,
  join,
  type Md,
  md,
  mention,
  person,
  relative,
  type Sentence,
  say,
  type Tone,
  type View,
} from './view.ts';

/** Display names of people, by their id. */
export type Names = ReadonlyMap<string, string>;

export type Done = 'given' | 'extended' | 'changed' | 'paused' | 'resumed' | 'revoked' | 'undone';

/** A change of one grant that was made. */
export interface Happened {
  readonly done: Done;
  readonly standing: GrantStanding;
  /** How it was; absent for one that is new. */
  readonly before?: Grant | undefined;
}

export const undoButton = (undoId: string): Button => ({
  label: say('grant.undo'),
  command: 'grant set',
  op: 'undo',
  args: [undoId],
});

/** What gives it: "by the role @Patron". */
export function sourceText({ source, roleId, roleState }: Grant): Sentence {
  if (source !== 'role') return say(`grant.show.source.${source}`);
  const role = mention.role(roleId ?? '');
  switch (roleState) {
    case 'asked':
      return say('grant.show.source.roleAsked', { role });
    case 'kept':
      return say('grant.show.source.roleKept', { role });
    case 'lost':
      return say('grant.show.source.roleLost', { role });
    default:
      return say('grant.show.source.role', { role });
  }
}

/** The card of a member: where everything else is done with what they have. */
export const manageButton = (memberId: string): Button => ({
  label: say('grant.manage'),
  command: 'member show',
  op: 'open',
  args: [memberId],
});

/** Whether every server was seen to show what it should, now or before another change that is still due. */
export function isSeen({ grant, servers }: GrantStanding): boolean {
  return grant.state !== 'ending' && servers.every(isThere);
}

/** Whether a server was seen to show what it should. */
export const isThere = ({ application: { kind } }: GrantStanding['servers'][number]): boolean =>
  kind === 'applied' || kind === 'seen-before' || kind === 'not-now';

/** Green when every server shows what it should. */
export const toneOf = (standings: readonly GrantStanding[]): Tone =>
  standings.every(isSeen) ? 'good' : 'warning';

/** The answer to access that was given. */
export function givenView(standing: GrantStanding & { readonly undoId: string }, names: Names): View {
  return card(
    toneOf([standing]),
    happenedText({ done: 'given', standing }, names),
    buttons(undoButton(standing.undoId), manageButton(standing.grant.memberId)),
  );
}

/** The answer to a change of one grant. */
export function changedView(
  done: Exclude<Done, 'given'>,
  { changed, unchanged, undoId }: ChangedGrants,
  names: Names,
): View {
  const [refused] = unchanged;
  if (refused) return unchangedView(refused, names);
  const [one] = changed;
  if (!one) return card('neutral', md`**${say('grant.gone')}**`);
  return card(
    toneOf([one.standing]),
    happenedText({ done, ...one }, names),
    buttons(
      undoId === null || done === 'undone' ? undefined : undoButton(undoId),
      manageButton(one.standing.grant.memberId),
    ),
  );
}

function unchangedView({ standing, message }: ChangedGrants['unchanged'][number], names: Names): View {
  return card(
    'neutral',
    join([md`**${say('grant.unchanged')}** ${message}`, standsText(standing, names)], '\n'),
    buttons(manageButton(standing.grant.memberId)),
  );
}

/** What happened first, then how it stands on each server, what stays, and in small print what it is called. */
export function happenedText(happened: Happened, names: Names): Md {
  const { standing, before } = happened;
  const undone = happened.done === 'undone' ? md`**${say('grant.undone')}** ` : md``;
  return join(
    [
      md`${undone}${headline(happened, names)}`,
      ...(before && happened.done === 'changed' ? changeLines(before, standing) : []),
      ...belowHeadline(standing),
    ],
    '\n',
  );
}

/** How a grant stands now, whatever was done to it. */
export function standsText(standing: GrantStanding, names: Names): Md {
  return join([md`${stands(standing, names)}`, ...belowHeadline(standing)], '\n');
}

function belowHeadline(standing: GrantStanding): readonly Md[] {
  const keeps = keepsText(standing.keeps, standing.grant);
  return [
    ...serverLines(standing),
    ...(keeps ? [keeps] : []),
    ...(standing.invitesAgain.length > 0 ? [acceptAgain(standing.invitesAgain)] : []),
    smallPrint(standing),
  ];
}

/** Where going on takes an invitation, which has to be accepted again. */
export function acceptAgain(servers: readonly Pick<Server, 'name'>[]): Md {
  return md`📨 ${say('grant.acceptAgain', { servers: few(servers.map(({ name }) => name)) })}`;
}

/** `Grant #9 · Gold · “birthday”`: last, and small. */
export function smallPrint({ grant, planName }: Pick<GrantStanding, 'grant' | 'planName'>): Md {
  const parts = [
    say('grant.small.number', { number: grant.number }),
    ...(planName === null ? [] : [say('grant.small.plan', { plan: planName })]),
    ...(grant.reason ? [md`“${grant.reason}”`] : []),
  ];
  return md`-# ${join(parts, ' · ')}`;
}

/** Until when, or for good. */
const spanText = ({ expiresAt }: Pick<Grant, 'expiresAt'>): Sentence =>
  expiresAt ? say('shared.until', { end: expiresAt }) : say('shared.forGood');

function headline({ done, standing, before }: Happened, names: Names): Sentence {
  const { grant } = standing;
  const isShown = isSeen(standing);
  if (grant.state !== 'active' || done === 'undone') return stands(standing, names);
  const values = { ...whose(standing, names), span: spanText(grant) };
  const isBack = before !== undefined && (isOver(before) || before.state === 'paused');
  if (isBack) return isShown ? say('grant.is.again', values) : say('grant.is.againSoon', values);
  const seconds = longerBy(before, grant);
  if (done !== 'extended' || seconds <= 0) return stands(standing, names);
  const longer = secondsText(seconds);
  return isShown
    ? say('grant.is.longer', { ...values, longer })
    : say('grant.is.longerSoon', { ...values, longer });
}

function longerBy(before: Grant | undefined, { expiresAt }: Grant): number {
  if (!before?.expiresAt || !expiresAt) return 0;
  return Math.round((expiresAt.getTime() - before.expiresAt.getTime()) / 1000);
}

function whose(standing: GrantStanding, names: Names) {
  const { grant, libraries, servers } = standing;
  // Nobody can watch what a server does not list; that it does not is said below.
  const canWatch = grant.state === 'active' && isSeen(standing);
  return {
    member: person(grant.memberId, names.get(grant.memberId)),
    what: placesOf({ libraries: canWatch ? libraries.filter(isListed) : libraries, servers }),
  };
}

/** One sentence that is true of a grant as it is now. */
function stands(standing: GrantStanding, names: Names): Sentence {
  const { grant } = standing;
  const isShown = isSeen(standing);
  const values = whose(standing, names);
  const span = spanText(grant);
  switch (grant.state) {
    case 'scheduled':
      return say('grant.is.scheduled', { ...values, start: grant.startsAt, span });
    case 'active':
      return isShown ? say('grant.is.can', { ...values, span }) : say('grant.is.soon', { ...values, span });
    case 'paused': {
      const left = leftText(grant);
      return isShown
        ? say('grant.is.paused', { ...values, left })
        : say('grant.is.pausedSoon', { ...values, left });
    }
    case 'ending':
      return say('grant.is.ending', values);
    case 'ended':
      // One that never began gave nothing, so there was nothing to confirm.
      return grant.endedAt === null || grant.startsAt > grant.endedAt
        ? say('grant.is.never', values)
        : say('grant.is.ended', { ...values, at: relative(grant.endedAt) });
  }
}

/** What is left of a paused grant, for when it goes on. */
export const leftText = ({ remainingSeconds }: Pick<Grant, 'remainingSeconds'>): Sentence =>
  remainingSeconds === null
    ? say('grant.left.forGood')
    : say('grant.left.some', { left: secondsText(remainingSeconds) });

/** What a change of the end or the libraries has changed. */
function changeLines(before: Grant, { grant, libraries, servers }: GrantStanding): readonly Md[] {
  const added = placesOf({
    libraries: only(libraries, without(grant.libraryIds, before.libraryIds)),
    servers,
  });
  const took = without(before.libraryIds, grant.libraryIds).length;
  const otherEnd = before.expiresAt?.getTime() !== grant.expiresAt?.getTime();
  return [
    ...(without(grant.libraryIds, before.libraryIds).length > 0
      ? [md`➕ ${say('grant.changed.added', { what: added })}`]
      : []),
    ...(took > 0 ? [md`➖ ${say('grant.changed.taken', { count: took })}`] : []),
    ...(otherEnd && before.state !== 'paused'
      ? [md`${say('grant.changed.was', { span: spanText(before) })}`]
      : []),
  ];
}

const only = (libraries: readonly Library[], ids: readonly string[]): readonly Library[] =>
  libraries.filter(({ id }) => ids.includes(id));

/** What members would gain and lose, a line for each server. */
export function effectLines(effects: readonly (ServerEffect & { readonly server: Server })[]): readonly Md[] {
  return effects.map(
    ({ server, adds, removes, members }) =>
      md`• ${say('grant.effect', { server: md`**${server.name}**`, adds, removes, members })}`,
  );
}

/** What came of undoing a change. */
export function undoneView(result: ChangedGrants, names: Names): View {
  const { changed, unchanged } = result;
  if (changed.length + unchanged.length === 1) return changedView('undone', result, names);
  const lines = unchanged
    .slice(0, LISTED)
    .map(
      ({ standing: { grant }, message }) =>
        md`• ${person(grant.memberId, names.get(grant.memberId))}: ${message}`,
    );
  return card(
    unchanged.length === 0 ? 'good' : 'warning',
    md`**${say('grant.undoneMany', { count: changed.length })}**`,
    lines.length > 0 ? md`${say('grant.leftAlone', { count: unchanged.length })}\n${lines}` : undefined,
  );
}

const LISTED = 10;
