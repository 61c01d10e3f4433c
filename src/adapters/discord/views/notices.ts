/** What members are told of their access by direct message, and what staff are told of that. */

import type { Telling } from '../../../app/grants/notices.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import { delimited } from '../../../domain/name-list.ts';
import type { NoticePart, NoticePlace } from '../../../domain/notice.ts';
import { type NoticeKind, noticesSentence } from '../../../domain/notice-kinds.ts';
import { listed } from '../../../domain/place-words.ts';
import { kindName } from './media.ts';
import { renewButton } from './my-buttons.ts';
import {
  type Button,
  buttons,
  card,
  code,
  join,
  type LinkButton,
  type Md,
  md,
  moment,
  person,
  type Sentence,
  say,
  until,
  type View,
} from './view.ts';

/** How long the buttons work. What was given waits for as long as it takes. */
const BUTTONS_LAST_MS = 30 * 86_400_000;
/** Everything else stands in `/my access`. */
const MOST_PARTS = 10;
const MOST_BUTTONS = 5;
const NAMED = 8;

/** One message about all that has changed for a member. */
export function changesCard(
  parts: readonly NoticePart[],
  { guildId, guildName }: { readonly guildId: GuildId; readonly guildName: string | undefined },
): View {
  const command = code('/my access');
  const more = parts.length - MOST_PARTS;
  const footer =
    guildName === undefined
      ? say('notice.footerHere', { command })
      : say('notice.footer', { guild: guildName, command });
  const controls = controlsOf(parts, guildId);
  const isGood = parts.some(({ event }) => event === 'given' || event === 'resumed' || event === 'coming');
  return {
    ...card(
      isGood ? 'good' : 'neutral',
      join(
        [
          ...parts.slice(0, MOST_PARTS).flatMap(lines),
          ...(more > 0 ? [say('notice.more', { count: more, command })] : []),
          md`-# ${footer}`,
        ],
        '\n',
      ),
      controls.length > 0 ? buttons(...controls) : undefined,
    ),
    guildId,
    buttonsLastMs: BUTTONS_LAST_MS,
  };
}

function lines(part: NoticePart): readonly Md[] {
  switch (part.event) {
    case 'given':
    case 'changed':
    case 'resumed': {
      const span = until(part.until);
      const there = part.places.filter(({ step }) => step === 'watch');
      const open = part.places.filter(({ step }) => step !== 'watch');
      return [
        ...(there.length > 0 ? [md`✅ ${say(`notice.${part.event}`, { what: whatOf(there), span })}`] : []),
        ...open.map((place) => stepLine(place, span)),
        ...(part.lost.length > 0 ? [md`➖ ${say('notice.lost', { what: whatOf(part.lost) })}`] : []),
      ];
    }
    case 'coming': {
      const [what, span] = [whatOf(part.places), until(part.until)];
      return [md`🕒 ${say('notice.coming', { from: moment(part.from), what, span })}`];
    }
    case 'paused': {
      const paused = say(`notice.paused.${part.isClosed ? 'closed' : 'open'}`, { what: whatOf(part.places) });
      return [md`⏸️ ${paused} ${leftOf(part.leftSeconds)}`];
    }
    case 'reminder': {
      const { places, until: end } = part;
      return [md`⏰ ${say('notice.reminder', { what: whatOf(places), end: moment(end) })}`];
    }
    case 'approved':
      return [md`✅ ${say('notice.approved')}`];
    case 'declined': {
      const what = whatOf(part.places);
      const { word } = part;
      return [
        md`❌ ${word === null ? say('notice.declined.plain', { what }) : say('notice.declined.with', { what, word })}`,
      ];
    }
    case 'ended':
      return [md`⚫ ${say(`notice.ended.${part.cause}`, { what: whatOf(part.places) })}`];
    case 'cancelled':
      return [md`⚫ ${say('notice.cancelled', { what: whatOf(part.places) })}`];
    case 'deletion': {
      const { account, server, at } = part;
      return at === null ? [] : [md`⚠️ ${say('notice.deletion', { account, server, at: moment(at) })}`];
    }
    case 'kept':
      return [md`▫️ ${say('notice.kept', { account: part.account, server: part.server })}`];
    case 'account-gone': {
      const { account, server } = part;
      return [md`⚠️ ${say('notice.accountGone', { account, server, command: code('/my access') })}`];
    }
  }
}

const MARKS: Readonly<Record<Exclude<NoticePlace['step'], 'watch'>, string>> = {
  'sign-in': '👤',
  create: '👤',
  accept: '📨',
  silent: '⏳',
  later: '⏳',
  staff: '⚠️',
};

function stepLine(place: NoticePlace, span: Md): Md {
  const { step, server, kind } = place;
  if (step === 'watch') return md``;
  const values = { what: whatOf([place]), span, server, vendor: kindName(kind) };
  return md`${MARKS[step]} ${say(`notice.step.${step}`, values)}`;
}

/** `Movies and Shows on Tower`, for each server. */
const whatOf = (places: readonly NoticePlace[]): readonly Sentence[] =>
  places.map(({ libraries, server }) =>
    say('shared.on', {
      libraries: listed(
        libraries.map((name) => delimited(name)),
        NAMED,
      ),
      server,
    }),
  );

/** Rounded down: nobody is promised more than they have. */
function leftOf(seconds: number | null): Sentence {
  if (seconds === null) return say('notice.left.forGood');
  const minutes = Math.floor(seconds / 60);
  if (minutes >= 2 * 24 * 60) return say('notice.left.days', { count: Math.floor(minutes / (24 * 60)) });
  if (minutes >= 2 * 60) return say('notice.left.hours', { count: Math.floor(minutes / 60) });
  return say('notice.left.minutes', { count: minutes });
}

/** What a member has to do first, and then where they watch. The message stays: they answer beside it. */
function controlsOf(parts: readonly NoticePart[], guildId: GuildId): readonly (Button | LinkButton)[] {
  const places = parts.flatMap((part) => ('places' in part ? part.places : []));
  const signIns = new Set(
    places.filter(({ step }) => step === 'sign-in' || step === 'accept').map(({ kind }) => kind),
  );
  const byServer = new Map(places.map((place) => [place.serverId, place]));
  const servers = [...byServer.values()];
  return [
    ...[...signIns].map(
      (kind): Button => ({
        label: say('notice.button.signIn', { vendor: kindName(kind) }),
        ...{ style: 'primary', command: 'my access', op: 'plexBeside', args: [kind], guildId },
      }),
    ),
    ...servers.filter(({ step }) => step === 'create').flatMap((place) => newAccount(place, guildId)),
    ...servers.flatMap(({ step, address, server }): readonly LinkButton[] =>
      step === 'watch' && address !== null
        ? [{ label: say('notice.button.open', { server }), url: address }]
        : [],
    ),
    ...(parts.some((part) => 'renewable' in part) ? [renewButton(guildId)] : []),
  ].slice(0, MOST_BUTTONS);
}

function newAccount({ serverId, server, kind }: NoticePlace, guildId: GuildId): readonly Button[] {
  const args = [serverId];
  return [
    {
      label: say('notice.button.create', { server }),
      ...{ style: 'primary', command: 'my access', op: 'jellyfinBeside', args, guildId },
    },
    ...(MEDIA_KINDS[kind].signIn?.by === 'code'
      ? [
          {
            label: say('notice.button.connect', { server }),
            command: 'my accounts',
            op: 'quickBeside',
            args,
            guildId,
          } as const,
        ]
      : []),
  ];
}

/** For staff who have changed something: who hears of it, in small print; undefined when there is nothing to hear. */
export function tellingLine(
  { told, later, closed, off }: Telling,
  names: ReadonlyMap<string, string>,
): Md | undefined {
  const one = ([memberId]: readonly MemberId[]) => person(memberId ?? '', names.get(memberId ?? ''));
  const lines: Sentence[] = [];
  if (told.length === 1) lines.push(say('notice.staff.told', { member: one(told) }));
  if (told.length > 1) lines.push(say('notice.staff.toldMany', { count: told.length }));
  if (later.length === 1) lines.push(say('notice.staff.later', { member: one(later) }));
  if (later.length > 1) lines.push(say('notice.staff.laterMany', { count: later.length }));
  if (closed.length === 1) lines.push(say('notice.staff.closed', { member: one(closed) }));
  if (closed.length > 1) lines.push(say('notice.staff.closedMany', { count: closed.length }));
  if (lines.length === 0 && off.length > 0)
    lines.push(say('notice.staff.off', { command: code('/settings notices') }));
  if (lines.length === 0) return undefined;
  return join(
    lines.map((line) => md`-# ${line}`),
    '\n',
  );
}

/** One line of all settings. */
export const noticesLine = (chosen: readonly NoticeKind[]): Md => md`${noticesSentence(chosen)}`;

export function noticesSaved({
  kind,
  notices,
}: {
  readonly kind: 'saved' | 'unchanged';
  readonly notices: readonly NoticeKind[];
}): View {
  const done = kind === 'saved' ? say('settings.notices.saved') : say('settings.notices.unchanged');
  return card(kind === 'saved' ? 'good' : 'neutral', md`**${done}**\n${noticesLine(notices)}`);
}
