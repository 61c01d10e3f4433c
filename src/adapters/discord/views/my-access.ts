/**
 * What a member has and what comes next: after a code was redeemed, after every step, and whenever they ask. It is one
 * kind of message, in which the steps replace each other.
 */

import type { RedeemResult } from '../../../app/grants/invites.ts';
import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import type { MyAccess } from '../../../app/queries/overview.ts';
import { isListed } from '../../../domain/grant.ts';
import { onServers } from '../../../domain/place-words.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import {
  nextPage,
  passwordButtons,
  placeLinks,
  renewButton,
  row,
  stepButtons,
  waitingFor,
} from './my-buttons.ts';
import { endedLine, myGrantLines } from './my-grants.ts';
import { keptPlaces } from './places.ts';
import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  problem,
  relative,
  type Sentence,
  say,
  separator,
  until,
  type View,
} from './view.ts';

/** Lines about what has ended. */
const ENDED = 5;

/** In bold. */
const strong = (text: Md | Sentence): Md => ({ pieces: [{ bold: md`${text}` }] });

type Redeemed = Extract<RedeemResult, { kind: 'redeemed' }>;

/** What is said first of an invite that was redeemed: all of it in one line. */
export function welcomeText({ standing, again }: Redeemed): Md {
  const { grant, libraries, servers } = standing;
  const places = servers.map(({ server }) => server);
  const listed = onServers(libraries.filter(isListed), places);
  const gives = {
    what: listed.length > 0 ? listed : onServers(libraries, places),
    until: until(grant.expiresAt),
  };
  if (again) return md`${say('redeem.again', gives)}`;
  return isIn([standing]) ? strong(say('redeem.welcomeIn')) : md`${say('redeem.welcome', gives)}`;
}

/** Which kind the member signs in with next, where that is on a page; its link can be shown at once. */
export const welcomePage = ({ standing }: Redeemed) => nextPage([standing]);

/** The welcome without a link: nothing waits for a sign-in on a page. */
export function welcomeView(redeemed: Redeemed): View {
  const { standing, guildId } = redeemed;
  const waiting = waitingFor([standing]);
  const more = waiting.length > 0 ? waitingLines(standing) : myGrantLines(standing);
  return {
    ...card('good', welcomeText(redeemed), linesBlock(more), controlsOf([standing], { guildId })),
    guildId,
  };
}

/** Beside the step that comes next: what has happened on the other servers. */
function waitingLines(standing: GrantStanding): readonly Md[] {
  const done = standing.servers.filter(({ application }) => !waits(application.kind));
  return done.length > 0 ? myGrantLines({ ...standing, servers: done, keeps: [] }) : [];
}

const waits = (kind: string): boolean => kind === 'no-account' || kind === 'invited';

/** Whether everything can be watched. */
const isIn = (standings: readonly GrantStanding[]): boolean =>
  standings.length > 0 &&
  standings.every(({ grant, servers }) =>
    grant.state === 'active'
      ? servers.every(({ application: { kind } }) => kind === 'applied' || kind === 'seen-before')
      : grant.state === 'scheduled',
  );

/** Why no code was redeemed. */
export function notRedeemed(result: Exclude<RedeemResult, Redeemed>): View {
  switch (result.kind) {
    case 'too-many-tries':
      return problem(
        say('redeem.tooMany.what'),
        result.by === 'member' ? say('redeem.tooMany.member') : say('redeem.tooMany.others'),
        result.by === 'strangers'
          ? say('redeem.tooMany.strangers', { command: code('/redeem') })
          : say('redeem.tooMany.wait'),
      );
    case 'no-such-code':
      return problem(
        say('redeem.noSuchCode.what'),
        say('redeem.noSuchCode.why'),
        say('redeem.noSuchCode.next'),
      );
    case 'no-code':
      return problem(
        say('redeem.noCode.what'),
        say('redeem.noCode.why', { example: code('ABCD-EFGH-JKMN-PQRS') }),
        say('redeem.noCode.next'),
      );
    case 'several-codes':
      return problem(
        say('redeem.severalCodes.what'),
        say('redeem.severalCodes.why'),
        say('redeem.severalCodes.next'),
      );
    case 'not-now':
      return problem(
        say('redeem.notNow.what'),
        md`${memberSentence(result.why, 'Discord')} ${say('redeem.notNow.unchanged')}`,
        say('redeem.notNow.next'),
      );
    case 'clock-held':
      return problem(say('redeem.notNow.what'), say('redeem.notNow.clock'), say('redeem.notNow.later'));
  }
}

/** After a step: what was done, what the member has, and what comes next. `once`: it is shown once, so it stays. */
export function steppedView(
  [access]: readonly MyAccess[],
  { done, once = false }: { readonly done: readonly (Md | Sentence)[]; readonly once?: boolean },
): View {
  const standings = access?.standings ?? [];
  const news = once ? done : done.map((text) => md`✅ ${text}`);
  return {
    ...card(
      'good',
      isIn(standings) ? strong(say('my.signIn.connected.in')) : undefined,
      join(news, '\n'),
      linesBlock(standings.flatMap(myGrantLines)),
      access && controlsOf(standings, { guildId: access.guildId, beside: once }),
    ),
    ...(access && { guildId: access.guildId }),
  };
}

/** All that a member has, in one guild or several, and what they can do about it. */
export function accessView(all: readonly MyAccess[]): View {
  const some = all.filter((access) => access.membership !== 'member' || hasSomething(access));
  if (some.length === 0)
    return card('neutral', strong(say('my.access.none')), say('my.access.code'), codeButton());
  const blocks = some.flatMap((access, index): readonly (Block | Md | undefined)[] => [
    ...(index > 0 ? [separator] : []),
    strong(access.community === null ? say('my.title') : say('my.titleIn', { community: access.community })),
    ...partOf(access),
  ]);
  return card('neutral', ...blocks);
}

const hasSomething = ({ standings, left, ended }: MyAccess): boolean =>
  standings.length + left.length + ended.length > 0;

/** One guild of the answer. */
function partOf(access: MyAccess): readonly (Block | Md | undefined)[] {
  if (access.membership !== 'member') return [outsideText(access)];
  const { guildId, standings, left, passwordsFor, ended, renewable, asked } = access;
  const kept = left.length > 0 ? [md`✅ ${leftText(left, standings.length > 0)}`] : [];
  const more = ended.length - ENDED;
  return [
    linesBlock([...standings.flatMap(myGrantLines), ...kept]),
    linesBlock([
      ...ended.slice(0, ENDED).map(endedLine),
      ...(more > 0 ? [md`⚫ ${say('my.ended.more', { count: more })}`] : []),
    ]),
    linesBlock(asked.map(({ createdAt: at }) => md`⏳ ${say('my.access.asked', { when: relative(at) })}`)),
    standings.length === 0 && left.length === 0 ? codeButton() : undefined,
    controlsOf(standings, { guildId, also: left.map(({ server }) => server), passwordsFor, renewable }),
  ];
}

const leftText = (left: MyAccess['left'], beside: boolean): Sentence =>
  beside
    ? say('my.access.watchToo', { what: keptPlaces(left) })
    : say('my.access.have', { what: keptPlaces(left) });

/** What somebody is told who is no member any more, or of whom Discord does not say it. */
export function outsideText({ community, membership }: Pick<MyAccess, 'community' | 'membership'>): Md {
  const where = { community: community ?? say('my.community.unnamed') };
  return membership === 'outside'
    ? md`${say('my.community.outside', where)}`
    : md`❔ ${say('my.community.unknown', where)}`;
}

interface Controls {
  readonly guildId: MyAccess['guildId'];
  readonly beside?: boolean;
  /** Servers beside those of the grants. */
  readonly also?: readonly MyAccess['left'][number]['server'][];
  readonly passwordsFor?: MyAccess['passwordsFor'];
  readonly renewable?: boolean;
}

/** The next step, then where they watch. */
function controlsOf(standings: readonly GrantStanding[], controls: Controls): Block | undefined {
  const { guildId, beside = false, also = [], passwordsFor = [], renewable = false } = controls;
  const ready = standings.flatMap(({ servers }) =>
    servers
      .filter(({ application: { kind } }) => kind === 'applied' || kind === 'seen-before')
      .map(({ server }) => server),
  );
  return row([
    ...stepButtons(waitingFor(standings), { guildId, beside }),
    ...placeLinks([...ready, ...also]),
    ...(renewable ? [renewButton(guildId)] : []),
    ...passwordButtons(passwordsFor, guildId),
  ]);
}

const codeButton = (): Block =>
  buttons({ label: say('my.button.code'), style: 'primary', command: 'redeem', op: 'type' });

const linesBlock = (lines: readonly Md[]): Md | undefined =>
  lines.length > 0 ? join(lines, '\n') : undefined;
