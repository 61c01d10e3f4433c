/** What staff see of invites: the one they made, one of a list, and all about one. */

import type { CreatedInvite, RevokeResult } from '../../../app/grants/invites.ts';
import type { ListedInvite } from '../../../app/queries/invite-list.ts';
import { type DurationText, parseDuration } from '../../../domain/duration.ts';
import type { MemberId } from '../../../domain/ids.ts';
import type { InviteState } from '../../../domain/invite.ts';
import type { Invite, Library, Server } from '../../../domain/model.ts';
import { whatOfGrant, whoIs, whoPlain } from './brief.ts';
import { keepsText } from './grants.ts';
import { durationText } from './lengths.ts';
import { placesOf } from './standing.ts';
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
  person,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** With the code, which is shown this once. */
export function createdInviteView(created: CreatedInvite, lasts: DurationText | null): View {
  const { invite, code: secret, dm } = created;
  const stays = keepsText(created.keeps);
  const lines = [
    md`**${say('invite.create.title')}** · ${code(secret)}`,
    md`-# ${say('invite.create.code')}`,
    givesText(created, lasts),
    redeemableText(invite),
    ...(invite.roleId ? [say('invite.create.role', { role: mention.role(invite.roleId) })] : []),
    ...(stays ? [stays] : []),
  ];
  return card(
    dm === 'closed' || dm === 'refused' ? 'warning' : 'good',
    join(lines, '\n'),
    ...deliveryBlocks(invite.memberId, dm, invite.id),
  );
}

interface Given {
  readonly libraries: readonly Library[];
  readonly servers: readonly Server[];
}

const placesIn = ({ libraries, servers }: Given): readonly Sentence[] =>
  placesOf({ libraries, servers: servers.map((server) => ({ server })) });

function givesText(given: Given, lasts: DurationText | null): Sentence {
  const what = placesIn(given);
  return lasts === null
    ? say('invite.create.givesForGood', { what })
    : say('invite.create.gives', { what, lasts: durationText(lasts) });
}

function redeemableText({ memberId, usesMax, validUntil }: Invite): Sentence {
  const at = moment(validUntil);
  return memberId === null
    ? say('invite.create.uses', { count: usesMax, at })
    : say('invite.create.one', { who: mention.user(memberId), at });
}

/** How the DM fared, and what to do when it could not be delivered. */
function deliveryBlocks(
  memberId: MemberId | null,
  dm: CreatedInvite['dm'],
  inviteId: string,
): readonly (Sentence | Block)[] {
  if (memberId === null || dm === 'none') return [];
  const who = mention.user(memberId);
  if (dm === 'sent') return [say('invite.create.sent', { who })];
  if (dm === 'on-its-way') return [say('invite.create.onItsWay', { who })];
  return [
    dm === 'closed' ? say('invite.create.closed', { who }) : say('invite.create.refused', { who }),
    buttons({
      label: say('invite.create.post'),
      style: 'primary',
      command: 'invite create',
      op: 'post',
      args: [inviteId],
    }),
  ];
}

/** One line of a list: the beginning of its code, for whom or how often, what it gives, and until when. */
export function inviteRow(listed: ListedInvite): Md {
  const { invite, state } = listed;
  const what = whatOfGrant(asGrant(listed));
  const when = state === 'open' ? [md` · ${relative(invite.validUntil)}`] : [];
  return md`**${invite.prefix}…** · ${whoOf(listed)} · ${what}${join(when, '')}`;
}

const asGrant = ({ libraries, servers }: ListedInvite) => ({
  libraries,
  servers: servers.map((server) => ({ server })),
});

/** Who redeemed it; while nobody did, for whom it is, or how often it can be. */
function whoOf({ invite, state, redeemedBy, names }: ListedInvite): Md | Sentence {
  const [first, ...more] = redeemedBy;
  if (invite.memberId !== null) return whoIs(invite.memberId, names.get(invite.memberId));
  if (state === 'open') return say('invite.list.anybody', { left: invite.usesLeft });
  if (first === undefined) return say('invite.list.anybodyOver');
  const who = whoIs(first, names.get(first));
  return more.length === 0 ? who : say('invite.list.redeemedMore', { who, count: more.length });
}

/** The same in the select below it. */
export const inviteChoice = (listed: ListedInvite) => ({
  label: say('invite.list.option', { prefix: listed.invite.prefix, what: whatOfGrant(asGrant(listed)) }),
  value: listed.invite.id,
  ...(listed.invite.memberId !== null && {
    description: whoPlain(listed.names.get(listed.invite.memberId)),
  }),
});

export const INVITE_HEAD = [
  ...['code begins with', 'state', 'for', 'libraries', 'plan', 'lasts'],
  ...['uses left', 'uses', 'valid until', 'redeemed by', 'note'],
] as const;

/** For a spreadsheet. */
export function inviteCells({ invite, state, libraries, servers, planName, redeemedBy }: ListedInvite) {
  const nameOfServer = new Map(servers.map(({ id, name }) => [id, name]));
  return [
    ...[invite.prefix, state, invite.memberId ?? 'anybody'],
    libraries.map(({ name, serverId }) => `${nameOfServer.get(serverId) ?? ''} · ${name}`).join(', '),
    ...[planName ?? '', invite.duration || 'for good'],
    ...[String(invite.usesLeft), String(invite.usesMax)],
    ...[invite.validUntil.toISOString(), redeemedBy.join(', '), invite.note ?? ''],
  ];
}

const REDEEMERS = 10;

/** All about one invite. Whoever may revoke it can do so there. */
export function inviteCard(listed: ListedInvite, mayRevoke: boolean): View {
  const { invite, state, planName, redeemedBy, names } = listed;
  const lines = [
    md`**${say('invite.show.title', { prefix: invite.prefix })}** · ${stateText(invite, state)}`,
    shownGift(listed),
    ...(planName === null ? [] : [say('invite.show.plan', { plan: planName })]),
    untilText(listed),
    ...(invite.roleId ? [say('invite.show.role', { role: mention.role(invite.roleId) })] : []),
    redeemedBy.length === 0
      ? say('invite.show.nobody')
      : say('invite.show.redeemed', {
          who: [
            ...redeemedBy.slice(0, REDEEMERS).map((id) => person(id, names.get(id))),
            ...(redeemedBy.length > REDEEMERS
              ? [say('shared.others', { count: redeemedBy.length - REDEEMERS })]
              : []),
          ].map((one) => md`${one}`),
        }),
    ...(invite.note ? [say('invite.show.note', { note: invite.note })] : []),
    md`-# ${say('invite.show.made', { at: moment(invite.createdAt), who: mention.user(invite.createdById) })}`,
  ];
  const revoke = { label: say('invite.show.revoke'), style: 'danger', op: 'one', args: [invite.id] } as const;
  return card(
    state === 'open' ? 'good' : 'neutral',
    join(lines, '\n'),
    mayRevoke && state === 'open' ? buttons({ ...revoke, command: 'invite revoke' }) : undefined,
  );
}

function stateText({ revokedAt }: Invite, state: InviteState): Sentence {
  return state === 'revoked' && revokedAt
    ? say('invite.show.state.revoked', { at: moment(revokedAt) })
    : say(`invite.show.state.${state}`);
}

function shownGift(listed: ListedInvite): Sentence {
  const what = placesIn(listed);
  const parsed = parseDuration(listed.invite.duration);
  return parsed.kind === 'problem'
    ? say('invite.show.givesForGood', { what })
    : say('invite.show.gives', { what, lasts: durationText(parsed.duration) });
}

function untilText({ invite, state, names }: ListedInvite): Sentence {
  const who =
    invite.memberId === null
      ? md`${say('invite.show.anybody', { left: invite.usesLeft, uses: invite.usesMax })}`
      : person(invite.memberId, names.get(invite.memberId));
  const values = { at: moment(invite.validUntil), who };
  return state === 'open' ? say('invite.show.until', values) : say('invite.show.untilWas', values);
}

/** What came of revoking one. */
export function revokedView(result: Exclude<RevokeResult, { kind: 'gone' }>): View {
  const { prefix } = result.invite;
  const stay = say('invite.revoke.stay', { count: result.redeemed });
  return result.kind === 'revoked'
    ? card('good', md`**${say('invite.revoke.done', { prefix })}**\n${stay}`)
    : card('neutral', md`${say('invite.revoke.notOpen', { prefix, state: result.state })}\n${stay}`);
}
