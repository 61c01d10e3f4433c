/** All about one grant: how it stands, what was done with it, and what can be done. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { isOver } from '../../../domain/grant.ts';
import type { AuditEvent, Capability, Grant } from '../../../domain/model.ts';
import { grantText } from './grants.ts';
import { type Block, buttons, card, code, join, type Md, md, mention, moment, type View } from './view.ts';

const EVENTS_SHOWN = 10;

export function grantCard(
  standing: GrantStanding,
  events: readonly AuditEvent[],
  actor: { readonly capabilities: ReadonlySet<Capability> },
): View {
  const { grant } = standing;
  return card(
    'neutral',
    grantText(standing, 'staff'),
    md`Made ${moment(grant.createdAt)} by ${mention.user(grant.createdById)} (${SOURCE[grant.source]}) · starts ${moment(grant.startsAt)}`,
    join([md`**What was done**`, ...events.slice(0, EVENTS_SHOWN).map(eventLine)], '\n'),
    actor.capabilities.has('moderator') ? controls(grant) : undefined,
  );
}

const SOURCE: Readonly<Record<Grant['source'], string>> = {
  command: 'by command',
  invite: 'by an invite',
  imported: 'had it before',
};

function eventLine({ number, action, actorId, at, facts }: AuditEvent): Md {
  const by = actorId === null ? md`by Usher` : md`by ${mention.user(actorId)}`;
  const said = [facts.reason, facts.detail].filter((part) => part !== undefined).join(' · ');
  return md`${code(`#${number}`)} ${action} ${by} · ${moment(at)}${said ? md` · ${said}` : md``}`;
}

function controls(grant: Grant): Block {
  const args = [grant.id];
  const over = isOver(grant);
  return buttons(
    over || grant.expiresAt !== null
      ? { label: 'Extend', command: 'grant extend', op: 'ask', args }
      : undefined,
    grant.state === 'active' ? { label: 'Pause', command: 'grant pause', op: 'one', args } : undefined,
    grant.state === 'paused' ? { label: 'Resume', command: 'grant resume', op: 'one', args } : undefined,
    over ? undefined : { label: 'Revoke', style: 'danger', command: 'grant revoke', op: 'one', args },
  );
}
