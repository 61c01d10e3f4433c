import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { completeGrants, grantOption, pickedGrant } from '../../src/adapters/discord/kit/grant-choice.ts';
import { grantText } from '../../src/adapters/discord/views/grants.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { isOver } from '../../src/domain/grant.ts';
import type { AuditEvent, Grant } from '../../src/domain/model.ts';

const EVENTS_SHOWN = 10;

export default defineCommand({
  description: 'All about one grant, and what was done with it',
  capability: 'auditor',
  options: { grant: grantOption },
  async run(
    { guildId, actor, options },
    { autocomplete, overview, grantStatus }: Pick<App, 'autocomplete' | 'overview' | 'grantStatus'>,
  ) {
    const picked = await pickedGrant(autocomplete, guildId, options.grant);
    if (picked.kind === 'problem') return picked.view;
    const [standing, events] = await Promise.all([
      grantStatus.get(guildId, picked.grant.id),
      overview.grantHistory(guildId, picked.grant),
    ]);
    const { grant } = standing;
    return card(
      'neutral',
      grantText(standing, 'staff'),
      md`Made ${moment(grant.createdAt)} by ${mention.user(grant.createdById)} (${SOURCE[grant.source]}) · starts ${moment(grant.startsAt)}`,
      join([md`**What was done**`, ...events.slice(0, EVENTS_SHOWN).map(line)], '\n'),
      controls(grant, actor),
    );
  },
  complete: { grant: completeGrants('scheduled', 'active', 'paused', 'ending', 'ended') },
});

const SOURCE: Readonly<Record<Grant['source'], string>> = {
  command: 'by command',
  invite: 'by an invite',
  imported: 'had it before',
};

function line({ number, action, actorId, at, facts }: AuditEvent): Md {
  const by = actorId === null ? md`by Usher` : md`by ${mention.user(actorId)}`;
  const said = [facts.reason, facts.detail].filter((part) => part !== undefined).join(' · ');
  return md`${code(`#${number}`)} ${action} ${by} · ${moment(at)}${said ? md` · ${said}` : md``}`;
}

function controls(grant: Grant, actor: Actor): Block | undefined {
  if (!actor.capabilities.has('moderator')) return undefined;
  const args = [grant.id];
  const extend = { label: 'Extend', command: 'grant extend', op: 'ask', args };
  if (isOver(grant)) return buttons(extend);
  return buttons(
    ...(grant.expiresAt === null ? [] : [extend]),
    ...(grant.state === 'active' ? [{ label: 'Pause', command: 'grant pause', op: 'one', args }] : []),
    ...(grant.state === 'paused' ? [{ label: 'Resume', command: 'grant resume', op: 'one', args }] : []),
    { label: 'Revoke', style: 'danger', command: 'grant revoke', op: 'one', args },
  );
}
