/** All about one grant: how it stands, what was done with it, and what can be done. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { isOver } from '../../../domain/grant.ts';
import type { AuditEvent, Capability, Grant } from '../../../domain/model.ts';
import { manageButton, type Names, sourceText, standsText } from './grant-changes.ts';
import { secondsText } from './lengths.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  nameOf,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** Events that are shown at first, and at most. */
const FIRST = 4;
const MOST = 25;

interface Shown {
  readonly actor: { readonly capabilities: ReadonlySet<Capability> };
  /** Of the member and of whoever did something. */
  readonly names: Names;
  /** Whether the whole history is wanted. */
  readonly whole?: boolean;
}

export function grantCard(
  standing: GrantStanding,
  events: readonly AuditEvent[],
  { actor, names, whole = false }: Shown,
): View {
  const { grant } = standing;
  const shown = events.slice(0, whole ? MOST : FIRST);
  const more = events.length - shown.length;
  return card(
    'neutral',
    join([standsText(standing, names), sinceText(grant)], '\n'),
    join([md`**${say('grant.show.history')}**`, ...shown.map((event) => eventLine(event, names))], '\n'),
    actor.capabilities.has('moderator') ? controls(grant) : undefined,
    more > 0 && !whole
      ? buttons({
          label: say('grant.show.more', { count: more }),
          command: 'grant show',
          op: 'history',
          args: [grant.id],
        })
      : undefined,
  );
}

const sinceText = (grant: Grant): Md =>
  md`-# ${say('grant.show.since', { start: grant.startsAt, source: sourceText(grant) })}`;

function eventLine(event: AuditEvent, names: Names): Md {
  const { facts, at } = event;
  const undone = facts.reason === UNDONE;
  const said = [
    ...(undone ? [say('grant.history.undone')] : []),
    ...(facts.reason && !undone ? [md`“${facts.reason}”`] : []),
    ...[facts.detail ?? []].flat().map((detail) => md`${detail}`),
  ];
  return join([md`• ${relative(at)}`, happened(event, names), ...said], ' · ');
}

/** What older events note as the reason of a change that was undone. */
const UNDONE = 'undone';

function happened({ action, actorId, facts }: AuditEvent, names: Names): Sentence | Md {
  const who = actorId === null ? md`Usher` : nameOf(actorId, names.get(actorId));
  const span = spanOf(facts);
  switch (action) {
    case 'grant.created':
      return say('grant.history.created', { who, span });
    case 'grant.extended':
      return say('grant.history.extended', { who, span });
    case 'grant.changed':
      return say('grant.history.changed', { who, span });
    case 'grant.resumed':
      return say('grant.history.resumed', { who, span });
    case 'grant.paused':
      return say('grant.history.paused', { who });
    case 'grant.revoked':
      return say('grant.history.revoked', { who });
    case 'grant.started':
      return say('grant.history.started');
    case 'grant.ending':
      return say('grant.history.ending');
    case 'grant.ended':
      return say('grant.history.ended');
    case 'grant.overdue':
      return say('grant.history.overdue');
    case 'invite.redeemed':
      return say('grant.history.redeemed', { who });
    default:
      return code(action);
  }
}

function spanOf({ until, leftSeconds }: AuditEvent['facts']): Sentence {
  if (leftSeconds !== undefined && leftSeconds !== null)
    return say('grant.history.left', { left: secondsText(leftSeconds) });
  return typeof until === 'string' ? say('shared.until', { end: new Date(until) }) : say('shared.forGood');
}

function controls(grant: Grant): Block {
  const args = [grant.id];
  const over = isOver(grant);
  const one = (label: Sentence, command: 'grant pause' | 'grant resume' | 'grant revoke'): Button => ({
    label,
    command,
    op: 'one',
    args,
    ...(command === 'grant revoke' && { style: 'danger' }),
  });
  return buttons(
    over || grant.expiresAt !== null
      ? { label: say('grant.show.extend'), command: 'grant extend', op: 'ask', args }
      : undefined,
    grant.state === 'active' ? one(say('member.act.pause'), 'grant pause') : undefined,
    grant.state === 'paused' ? one(say('member.act.resume'), 'grant resume') : undefined,
    over ? undefined : one(say('grant.show.revoke'), 'grant revoke'),
    manageButton(grant.memberId),
  );
}
