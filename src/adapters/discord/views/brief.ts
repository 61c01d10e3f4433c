/** One line for one thing, as on a phone: a mark, who, what, when. Shared by lists, their selects and completions. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { Application } from '../../../domain/grant.ts';
import { isUnreadable } from '../../../domain/health.ts';
import type { Grant, Invite, Library, Server } from '../../../domain/model.ts';
import { plainText } from '../wire/sanitise.ts';
import { type Md, md, mention, nameOf, relative, type Sentence, say, type Text } from './view.ts';

/** What fits into a line of a phone with all the rest. */
const NAME = 16;
const LIBRARY = 20;

/** How something stands, most pressing first: the sign of a row. What is as it should be has none. */
const MARKS = [
  ['failed', '⚠️'],
  ['ending', '🟠'],
  ['changed', '❗'],
  ['lastSeen', '❔'],
  ['noAccount', '👤'],
  ['invited', '📨'],
  ['queued', '⏳'],
  ['applied', ''],
  ['scheduled', '🕒'],
  ['paused', '⏸️'],
  ['ended', '⚫'],
  ['nothing', '▫️'],
] as const;

export type Mark = (typeof MARKS)[number][0];

const SIGNS: ReadonlyMap<Mark, string> = new Map(MARKS);
const ORDER: readonly Mark[] = MARKS.map(([mark]) => mark);

/** The sign before a row. */
export function signOf(mark: Mark): Md {
  const sign = SIGNS.get(mark) ?? '';
  return sign === '' ? md`` : md`${sign} `;
}

/** The most pressing of them. */
export const worstOf = (marks: readonly Mark[]): Mark =>
  ORDER.find((mark) => marks.includes(mark)) ?? 'nothing';

/** What these signs mean, each once. */
export function legendOf(marks: readonly Mark[]): readonly Sentence[] {
  return ORDER.filter((mark) => marks.includes(mark)).map((mark) => say(`list.mark.${mark}`));
}

/** How a grant stands on all of its servers. */
export function markOf({ grant, servers }: GrantStanding): Mark {
  // By a clock that is not believed nobody knows whether it has begun or is over.
  if (servers.some(({ application }) => application.kind === 'clock-held')) return 'lastSeen';
  if (grant.state !== 'active') return grant.state;
  return worstOf(servers.map(({ server, application }) => markOn(server, application)));
}

function markOn(server: Server, { kind }: Application): Mark {
  switch (kind) {
    case 'applied':
    case 'seen-before':
      return isUnreadable(server) ? 'lastSeen' : 'applied';
    case 'account-missing':
    case 'clock-held':
      return 'lastSeen';
    case 'changed-there':
    case 'not-listed':
      return 'changed';
    case 'failed':
    case 'still-open':
      return 'failed';
    case 'no-account':
      return 'noAccount';
    case 'not-now':
      return 'applied';
    default:
      return kind;
  }
}

/** Somebody in a list: by name, as far as it is known. */
export function whoIs(id: string, name: string | undefined): Md {
  return nameOf(id, name === undefined ? undefined : plainText(name, NAME));
}

/** The same where nothing can be mentioned. */
export const whoPlain = (name: string | undefined): Text =>
  name === undefined ? say('list.somebody') : plainText(name, NAME);

/** `Tower Movies`: a library where there is room for few words. */
export const onServer = (server: string, library: string): string =>
  plainText(`${server} ${library}`, LIBRARY);

/** `Tower Movies +2`. */
export function briefList(names: readonly string[]): Text {
  const [first] = names;
  if (first === undefined) return say('list.nothing');
  return names.length === 1 ? first : say('list.more', { first, count: names.length - 1 });
}

interface Given {
  readonly libraries: readonly Pick<Library, 'name' | 'serverId'>[];
  readonly servers: readonly { readonly server: Pick<Server, 'id' | 'name'> }[];
}

/** What a grant gives. */
export function whatOfGrant({ libraries, servers }: Given): Text {
  const nameOfServer = new Map(servers.map(({ server: { id, name } }) => [id, name]));
  return briefList(libraries.map(({ name, serverId }) => onServer(nameOfServer.get(serverId) ?? '', name)));
}

type Span = Pick<Grant, 'state' | 'startsAt' | 'expiresAt' | 'remainingSeconds' | 'endingAt' | 'endedAt'>;

/** When it ends, begins, or ended: seen from now. */
function whenOf(grant: Span): Md | Sentence {
  switch (grant.state) {
    case 'scheduled':
      return say('list.starts', { when: relative(grant.startsAt) });
    case 'paused':
      return grant.remainingSeconds === null
        ? say('shared.forGood')
        : say('list.left', { amount: amount(grant.remainingSeconds * 1000) });
    case 'ending':
    case 'ended': {
      const at = grant.endingAt ?? grant.endedAt;
      return at === null ? say('list.ended') : relative(at);
    }
    case 'active':
      return grant.expiresAt === null ? say('shared.forGood') : relative(grant.expiresAt);
  }
}

/** The same where Discord counts nothing: in a completion. */
export function whenPlain(grant: Span, now: Date): Sentence {
  if (grant.state === 'scheduled') return say('list.startsIn', { amount: amount(+grant.startsAt - +now) });
  if (grant.state !== 'active') return say(`list.${grant.state}`);
  return grant.expiresAt === null
    ? say('shared.forGood')
    : say('list.endsIn', { amount: amount(+grant.expiresAt - +now) });
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** `3 d`: about how long, in one unit. */
function amount(ms: number): Sentence {
  const in_ = (unit: number) => Math.max(1, Math.round(ms / unit));
  if (ms >= DAY - HOUR / 2) return say('list.days', { count: in_(DAY) });
  if (ms >= HOUR - MINUTE / 2) return say('list.hours', { count: in_(HOUR) });
  return say('list.minutes', { count: in_(MINUTE) });
}

/** A grant as one line of a list. */
export function grantRow(standing: GrantStanding, name: string | undefined): Md {
  const { grant } = standing;
  return md`${signOf(markOf(standing))}**${whoIs(grant.memberId, name)}** · ${whatOfGrant(standing)} · ${whenOf(grant)}${byRole(grant)} · #${grant.number}`;
}

const byRole = ({ roleId }: Grant): Md =>
  roleId === null ? md`` : md` · ${say('list.byRole', { role: mention.role(roleId) })}`;

/** Until when an invite can be redeemed. */
export const validFor = ({ validUntil }: Pick<Invite, 'validUntil'>, now: Date): Sentence =>
  say('list.endsIn', { amount: amount(+validUntil - +now) });
