/** All about one member on one card: what they watch, what waits and why, and a button for each everyday act. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { Asked, MemberCard } from '../../../app/queries/member-card.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import { grantMark, isListed, isOver } from '../../../domain/grant.ts';
import type { MemberId } from '../../../domain/ids.ts';
import type { Capability, Grant, Library, Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { onServers } from '../../../domain/place-words.ts';
import { acceptAgain, isThere, leftText, smallPrint, sourceText } from './grant-changes.ts';
import { keepsText, keptItems } from './grants.ts';
import { secondsText } from './lengths.ts';
import { decideButtons } from './requests.ts';
import { few, placesOf, serverLine } from './standing.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  isSame,
  join,
  type Md,
  md,
  mention,
  nameOf,
  person,
  relative,
  type Sentence,
  say,
  type Tone,
  type View,
} from './view.ts';

/** What a tap on the card does to a grant at once, or after a question where it takes something. */
export const CARD_ACTS = ['d7', 'd30', 'd90', 'pause', 'resume', 'end'] as const;
export type CardAct = (typeof CARD_ACTS)[number];

/** What is shown of a card beside what is known of the member. */
export interface CardShown {
  readonly name: string | undefined;
  /** The grant that the buttons are about; by default the one that ends next. */
  readonly grantId?: string | undefined;
  /** What has just happened. */
  readonly top?: { readonly text: Md; readonly tone: Tone; readonly undoId?: string | null } | undefined;
  readonly actor: { readonly capabilities: ReadonlySet<Capability> };
}

const LINES = 12;
/** As many as may wait at once. */
const MOST_ASKED = 3;
/** Discord's select. */
const OPTIONS = 25;

export function memberCardView(of: MemberCard, { name, grantId, top, actor }: CardShown): View {
  const acts = actor.capabilities.has('moderator');
  const all = [...of.running, ...of.ended];
  const chosen = all.find(({ grant }) => grant.id === grantId) ?? all[0];
  return card(
    top?.tone ?? 'neutral',
    top?.text,
    top?.undoId ? buttons(undoOnCard(top.undoId, of.memberId)) : undefined,
    join([md`**${person(of.memberId, name)}**`, ...watchLines(of)], '\n'),
    aboutText(of),
    ...(acts ? of.asked.slice(0, MOST_ASKED).flatMap(askedBlocks) : []),
    all.length > 1 && chosen ? grantSelect(of, all, chosen) : undefined,
    ...(acts && chosen ? actButtons(chosen) : []),
    moreButtons(of.memberId, acts),
  );
}

/** What they ask staff for, with the buttons that decide it. */
function askedBlocks({ request, lasts, libraries, servers }: Asked): readonly (Md | Block)[] {
  const { id: requestId, grantId, note, createdAt } = request;
  const isNew = grantId === null;
  const values = { what: onServers(libraries, servers), when: relative(createdAt) };
  const asks = isNew ? say('member.card.asksNew', values) : say('member.card.asks', values);
  const text = note === null ? md`✋ ${asks}` : md`✋ ${asks}\n-# “${note}”`;
  return [text, buttons(...decideButtons({ requestId, lasts, isNew }))];
}

const undoOnCard = (undoId: string, memberId: string): Button => ({
  label: say('grant.undo'),
  command: 'member show',
  op: 'undo',
  args: [memberId, undoId],
});

/** What they watch now and until when, a line for each server; what waits and why; what else is to come. */
function watchLines(of: MemberCard): readonly Md[] {
  const active = of.running.filter(({ grant }) => grant.state === 'active');
  const others = of.running.filter(({ grant }) => grant.state !== 'active');
  const servers = new Map(
    active.flatMap((each) => each.servers.map(({ server }) => [server.id, server] as const)),
  );
  const lines = [
    ...[...servers.values()].flatMap((server) => watchedOn(server, active)),
    ...others.flatMap((standing) => otherLines(standing, of.now)),
    ...(of.left.length > 0 ? [md`▫️ ${say('member.card.left', { what: keptItems(of.left, 'now') })}`] : []),
    ...of.invites.map(
      ({ prefix, validUntil }) =>
        md`✉️ ${say('member.card.invited', { prefix, until: relative(validUntil) })}`,
    ),
  ];
  if (lines.length === 0) return [nothingLine(of)];
  // Why something is not there is said once, however many grants wait for it.
  const once = lines.filter((line, index) => lines.findIndex((other) => isSame(line, other)) === index);
  const shown = once.slice(0, LINES);
  const more = once.length - shown.length;
  return [...shown, ...(more > 0 ? [md`${say('shared.more', { count: more })}`] : [])];
}

function nothingLine({ ended }: MemberCard): Md {
  const [last] = ended;
  if (!last) return md`${say('member.card.nothing')}`;
  const at = last.grant.endedAt ?? last.grant.createdAt;
  return md`${say('member.card.nothingNow', { what: placesOf(last), at: relative(at) })}`;
}

/** `✅ **Tower** · Movies in 3 days, TV for good`, and below it why it is not so. */
function watchedOn(server: Server, active: readonly GrantStanding[]): readonly Md[] {
  const here = active.filter((each) => each.servers.some(({ server: { id } }) => id === server.id));
  const parts = spansOn(server, here).map(({ libraries, end }) => {
    const names = md`${say('shared.list', { items: few(libraries.map(({ name }) => delimited(name))) })}`;
    return end ? md`${names} · ${relative(end)}` : md`${names} · ${say('shared.forGood')}`;
  });
  const open = here.find((each) => each.servers.some((one) => one.server.id === server.id && !isThere(one)));
  const application = open?.servers.find((one) => one.server.id === server.id)?.application;
  const head = md`**${server.name}** · ${join(parts, '; ')}`;
  if (!application || application.kind === 'not-now') return [md`✅ ${head}`];
  return [md`▫️ ${head}`, serverLine(server, application)];
}

interface Span {
  readonly libraries: readonly Library[];
  /** Null is for good. */
  readonly end: Date | null;
}

/** Each library once, until the end of the grant that gives it longest; the nearest end first. */
function spansOn(server: Server, standings: readonly GrantStanding[]): readonly Span[] {
  const longest = new Map<string, { readonly library: Library; readonly end: Date | null }>();
  for (const { grant, libraries } of standings) {
    for (const library of libraries) {
      if (library.serverId !== server.id || !isListed(library)) continue;
      const known = longest.get(library.id);
      if (!known || isLater(grant.expiresAt, known.end))
        longest.set(library.id, { library, end: grant.expiresAt });
    }
  }
  const byEnd = Map.groupBy(longest.values(), ({ end }) => end?.getTime() ?? Number.POSITIVE_INFINITY);
  return [...byEnd]
    .toSorted(([one], [other]) => one - other)
    .map(([, all]) => ({ libraries: all.map(({ library }) => library), end: all[0]?.end ?? null }));
}

const isLater = (end: Date | null, than: Date | null): boolean =>
  than !== null && (end === null || end > than);

/** What has not begun, stands still, or is over and not seen gone. */
function otherLines(standing: GrantStanding, now: Date): readonly Md[] {
  const { grant } = standing;
  const what = placesOf(standing);
  const why = standing.servers.flatMap(({ server, application }) =>
    application.kind === 'still-open' ? [serverLine(server, application)] : [],
  );
  switch (grant.state) {
    case 'scheduled':
      return [md`🕒 ${say('member.card.scheduled', { what, start: relative(grant.startsAt) })}`];
    case 'paused':
      return [md`⏸️ ${say('member.card.paused', { what, left: leftText(grant) })}`, ...why];
    default:
      return [md`🟠 ${say('member.card.ending', { what, at: relative(grant.endingAt ?? now) })}`, ...why];
  }
}

/** Accounts, the note, and what is good to know, in small print. */
function aboutText({ accounts, member, running }: MemberCard): Md {
  const note = member?.note;
  return join(
    [
      ...(member?.leftAt ? [md`🚪 ${say('member.card.away', { at: relative(member.leftAt) })}`] : []),
      ...byRoleLines(running),
      ...(note ? [md`📝 ${note.length > NOTE ? `${note.slice(0, NOTE)}…` : note}`] : []),
      accounts.length > 0
        ? md`-# ${say('member.card.accounts', { accounts: accounts.map(accountText) })}`
        : md`-# ${say('member.card.noAccount')}`,
      ...(member?.dmState === 'closed' ? [md`-# ${say('member.card.noDms')}`] : []),
    ],
    '\n',
  );
}

/** `Movies on Tower · by the role @Patron`: what comes and goes with a role. */
const byRoleLines = (running: readonly GrantStanding[]): readonly Md[] =>
  running
    .filter(({ grant }) => grant.source === 'role')
    .map((standing) => md`-# ${placesOf(standing)} · ${sourceText(standing.grant)}`);

const NOTE = 200;

/** An account, where it is, what is wrong with it, and when it was last looked at. */
function accountText({ account, server }: LinkedAccount): Sentence {
  const values = { account: account.name, server: delimited(server.name) };
  if (account.missingSince) return say('member.account.missing', values);
  if (account.disabled) return say('member.account.disabled', values);
  if (account.pending) return say('member.account.invited', values);
  return account.seenAt
    ? say('member.account.seen', { ...values, at: relative(account.seenAt) })
    : say('member.account.linked', values);
}

function grantSelect(of: MemberCard, all: readonly GrantStanding[], chosen: GrantStanding): Block {
  return {
    kind: 'select',
    command: 'member show',
    op: 'pick',
    args: [of.memberId],
    placeholder: say('member.card.choose'),
    options: all.slice(0, OPTIONS).map((standing) => ({
      label: optionText(standing, of.now),
      value: standing.grant.id,
      chosen: standing === chosen,
    })),
  };
}

/** `Movies on Tower · 3 days left · #9`: places without markdown know no relative times. */
function optionText(standing: GrantStanding, now: Date): Sentence {
  const { grant } = standing;
  const values = { number: grant.number, what: placesOf(standing) };
  const left = (at: Date) => secondsText(Math.max(0, (at.getTime() - now.getTime()) / 1000), 1);
  if (isOver(grant)) return say('member.option.over', values);
  if (grant.state === 'paused') return say('member.option.paused', values);
  if (grant.state === 'scheduled')
    return say('member.option.scheduled', { ...values, left: left(grant.startsAt) });
  return grant.expiresAt
    ? say('member.option.active', { ...values, left: left(grant.expiresAt) })
    : say('member.option.forGood', values);
}

/** What can be done with one grant. The mark makes a tap count once, for the grant as it is shown. */
function actButtons({ grant }: GrantStanding): readonly Block[] {
  const act = (name: CardAct, label: Sentence, style?: Button['style']): Button => ({
    label,
    command: 'member show',
    op: 'act',
    args: [grant.id, name, grantMark(grant)],
    ...(style && { style }),
  });
  const over = isOver(grant);
  const hasEnd = over || grant.expiresAt !== null;
  const longer = buttons(
    act('d7', say('member.act.days', { count: 7 })),
    act('d30', say('member.act.days', { count: 30 }), 'primary'),
    act('d90', say('member.act.days', { count: 90 })),
  );
  const others = buttons(
    grant.state === 'active' ? act('pause', say('member.act.pause')) : undefined,
    grant.state === 'paused' ? act('resume', say('member.act.resume'), 'success') : undefined,
    act('end', say('member.act.end'), 'danger'),
  );
  return [...(hasEnd ? [longer] : []), ...(over ? [] : [others])];
}

function moreButtons(memberId: string, acts: boolean): Block {
  const args = [memberId];
  const why: Button = { label: say('member.act.why'), command: 'member why', op: 'ask', args };
  if (!acts) return buttons(why);
  return buttons(
    { label: say('member.act.libraries'), command: 'member libraries', op: 'open', args },
    { label: say('member.act.plan'), command: 'member show', op: 'plan', args },
    { label: say('member.act.note'), command: 'member note', op: 'ask', args },
    why,
  );
}

/** What pausing or ending would take, before it does. `after`: the grant as it would stand then. */
export function takeText(
  act: 'pause' | 'end',
  { before, after }: { readonly before: Grant; readonly after: GrantStanding },
  name: string | undefined,
): readonly (Md | undefined)[] {
  const member = nameOf(before.memberId, name);
  const values = { member: person(before.memberId, name), what: placesOf(after) };
  const title = act === 'end' ? say('member.take.end', { member }) : say('member.take.pause', { member });
  const loses =
    before.state === 'active' ? say('member.take.loses', values) : say('member.take.losesNothing', values);
  return [
    md`**${title}**\n${loses}${act === 'pause' ? md` ${say('member.take.clock')}` : md``}`,
    keepsText(after.keeps, after.grant),
    after.invitesAgain.length > 0 ? acceptAgain(after.invitesAgain) : undefined,
    smallPrint(after),
  ];
}

/** In which channel a member who takes no direct messages finds their button; `trouble`: why not in that one. */
export const whereToBegin = (member: MemberId, trouble?: Md): View =>
  card(
    trouble ? 'bad' : 'neutral',
    trouble,
    md`**${say('member.begin.title', { member: mention.user(member) })}**`,
    say('member.begin.text'),
    {
      kind: 'pick',
      what: 'channel',
      command: 'member show',
      op: 'begin-in',
      args: [member],
      placeholder: say('member.import.doorWhere'),
    },
  );
