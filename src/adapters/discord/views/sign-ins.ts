/** What members see while they sign in elsewhere to connect an account. */

import type { Question } from '../../../app/accounts/live-sign-in.ts';
import type { ServerStep, SignInEnd, SignInPlace, SignInSteps } from '../../../app/accounts/sign-in-end.ts';
import type { StartedSignIn, StartSignIn } from '../../../app/accounts/sign-ins.ts';
import type { GuildId, MemberId } from '../../../domain/ids.ts';
import { byHandSentence, refusedSentences, stepSentence } from '../../../domain/sign-in-words.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { noLongerHere } from './answers.ts';
import { kindName, signInName } from './media.ts';
import { accessButton, againButton } from './my-buttons.ts';
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
  problem,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** What somebody is told who gets a link or a code, as those are what others are talked into approving. */
export const ownSignInOnly: Md = md`⚠️ ${say('my.signIn.ownOnly')}`;

const strong = (text: Sentence): Md => ({ pieces: [{ bold: md`${text}` }] });

/** An account's name in a sentence that is not bold as a whole. */
const boldName = (account: string): Md => md`**${account}**`;

/** Where it happens, so that it can be tried once more. */
export interface SignInHere {
  readonly place: SignInPlace;
  readonly guildId: GuildId;
}

const again = ({ place, guildId }: SignInHere): Block => buttons(againButton(place, guildId));

/** The link or the code. `memberId`: for whom it is; `welcome`: what is said first where it is part of that. */
export function signInView(
  { place, shown, expiresAt, isApproved }: StartedSignIn,
  memberId: MemberId,
  welcome?: Md,
): View {
  const { kind, server } = place;
  const forWhom = say('my.signIn.forWhom', { member: mention.user(memberId) });
  const end = moment(expiresAt);
  if (shown === '')
    return card(
      'neutral',
      welcome,
      strong(say('my.signIn.open.title')),
      isApproved() ? say('my.signIn.open.approved') : say('my.signIn.open.waiting', { end }),
    );
  if (server)
    return card(
      'neutral',
      strong(say('my.signIn.code.title', { server: server.name })),
      say('my.signIn.code.how', {
        server: server.name,
        place: md`**${signInName(kind)}**`,
        code: code(shown),
      }),
      md`-# ${ownSignInOnly}\n-# ${forWhom}\n-# ${say('my.signIn.code.until', { end })}`,
    );
  const vendor = kindName(kind);
  const how = say('my.signIn.page.how', { vendor });
  return card(
    welcome ? 'good' : 'neutral',
    welcome ?? strong(say('my.signIn.page.title', { vendor })),
    how,
    buttons({ label: say('my.button.signInAt', { page: signInName(kind) }), url: shown }),
    md`-# ${say('my.signIn.page.then')} ${say('my.signIn.page.until', { end })}\n-# ${ownSignInOnly}\n-# ${forWhom}`,
  );
}

/** Why there is neither a link nor a code. */
export function notStarted(
  result: Exclude<StartSignIn, { kind: 'started' | 'asked' | 'linking' }>,
  guildId: GuildId,
  at: SignInPlace | undefined,
): View {
  const more = at ? [again({ place: at, guildId })] : [];
  switch (result.kind) {
    case 'not-there':
      return noLongerHere('server');
    case 'too-many':
      return withControls(
        problem(say('my.signIn.tooMany.what'), say('my.signIn.tooMany.why'), say('my.signIn.tooMany.next')),
        ...more,
      );
    case 'has-another':
      return problem(
        say('my.signIn.hasAnother.what', { server: result.server.name, account: code(result.account.name) }),
        say('my.signIn.hasAnother.why'),
        say('my.signIn.hasAnother.next'),
      );
    case 'failed': {
      const { kind, server } = result.place;
      const name = server?.name ?? signInName(kind);
      return withControls(
        problem(
          server
            ? say('my.signIn.notAsked.server', { server: server.name })
            : say('my.signIn.notAsked.vendor', { vendor: kindName(kind) }),
          memberSentence(result.why, name),
          say('my.signIn.notAsked.next'),
        ),
        again({ place: result.place, guildId }),
      );
    }
  }
}

const withControls = (view: View, ...blocks: readonly Block[]): View => ({
  ...view,
  blocks: [...view.blocks, ...blocks],
});

/** Was that you? Nothing is connected before the member says so. */
export function questionView(
  { signInId, account, expiresAt }: Question,
  { kind, server }: SignInPlace,
  memberId: MemberId,
): View {
  return card(
    'warning',
    say('my.signIn.question.what', {
      place: server?.name ?? kindName(kind),
      account: boldName(account),
      member: mention.user(memberId),
    }),
    say('my.signIn.question.why', { end: moment(expiresAt) }),
    questionButtons(signInId),
  );
}

export const questionButtons = (signInId: string): Block =>
  buttons(
    {
      label: say('my.signIn.question.yes'),
      style: 'success',
      command: 'my accounts',
      op: 'mine',
      args: [signInId],
    },
    { label: say('my.signIn.question.no'), command: 'my accounts', op: 'other', args: [signInId] },
  );

export const declinedView = (): View => card('neutral', say('my.signIn.declined'));

const MARKS: Readonly<Record<ServerStep['state'], string>> = {
  ready: '✅',
  invited: '📨',
  staff: '🙋',
  later: '⏳',
};

const stepLines = (account: string | null, servers: readonly ServerStep[], vendor: string): Md =>
  join(
    [
      md`✅ ${account === null ? say('my.signIn.step.in') : say('my.signIn.step.inAs', { account: code(account) })}`,
      ...servers.map((step) => md`${MARKS[step.state]} ${stepSentence(step, vendor)}`),
    ],
    '\n',
  );

/** How far it is, once it was confirmed. */
export function stepsView(steps: SignInSteps | undefined, { kind, server }: SignInPlace): View {
  const { account = null, servers = [], waitsFor = null } = steps ?? {};
  return card(
    'neutral',
    strong(
      server
        ? say('my.signIn.connecting.server', { server: server.name })
        : say('my.signIn.connecting.vendor', { vendor: kindName(kind) }),
    ),
    stepLines(account, servers, kindName(kind)),
    md`⏳ ${waitsFor === null ? say('my.signIn.goesOn') : waitsFor === 'staff' ? say('my.signIn.waitsForStaff') : say('my.signIn.waitsForOther')}`,
  );
}

/** The last word that a reply with a link or a code can say. */
export function lateView({ place, expiresAt, isApproved }: StartedSignIn, guildId: GuildId): View {
  if (isApproved()) return card('warning', say('my.signIn.late.approved'));
  if (place.server) return codeExpired({ place, guildId });
  return card(
    'warning',
    strong(say('my.signIn.late.nobody', { vendor: kindName(place.kind) })),
    say('my.signIn.late.page', { end: moment(expiresAt) }),
    again({ place, guildId }),
  );
}

const codeExpired = (here: SignInHere): View =>
  withControls(
    problem(say('my.signIn.expired.code'), say('my.signIn.expired.codeWhy'), say('my.signIn.expired.next')),
    again(here),
  );

/** The last word that the reply to a confirmation can say. */
export function lateLinkView(steps: SignInSteps | undefined, { kind, server }: SignInPlace): View {
  const { account = null, servers = [] } = steps ?? {};
  return card(
    'warning',
    strong(
      server
        ? say('my.signIn.late.notWhollyServer', { server: server.name })
        : say('my.signIn.late.notWhollyVendor', { vendor: kindName(kind) }),
    ),
    stepLines(account, servers, kindName(kind)),
    say('my.signIn.late.goesOn', { command: code('/my access') }),
  );
}

/** Connected, with something left that is not done. */
function unfinishedView(
  { account, servers, byHand }: Extract<SignInEnd, { kind: 'unfinished' }>,
  here: SignInHere,
): View {
  const { kind } = here.place;
  const vendor = kindName(kind);
  const staff = servers.some(({ state }) => state === 'staff');
  return card(
    'warning',
    strong(say('my.signIn.unfinished.what', { vendor })),
    stepLines(account, servers, vendor),
    byHand
      ? byHandSentence(byHand, kind)
      : staff
        ? say('my.signIn.unfinished.staff')
        : say('my.signIn.unfinished.later', { command: code('/my access') }),
    byHand ? again(here) : buttons(accessButton(here.guildId)),
  );
}

/** Why a sign-in connected nothing, or not all. */
export function notConnected(end: Exclude<SignInEnd, { kind: 'connected' }>, here: SignInHere): View {
  const { kind, server } = here.place;
  switch (end.kind) {
    case 'expired':
      return server
        ? codeExpired(here)
        : withControls(
            problem(
              say('my.signIn.expired.page'),
              say('my.signIn.expired.pageWhy'),
              say('my.signIn.expired.next'),
            ),
            again(here),
          );
    case 'unconfirmed':
      return withControls(
        problem(
          say('my.signIn.unconfirmed.what'),
          say('my.signIn.unconfirmed.why', { account: boldName(end.account) }),
        ),
        again(here),
      );
    case 'declined':
      return declinedView();
    case 'superseded':
      return problem(
        say('my.signIn.superseded.what'),
        server
          ? say('my.signIn.superseded.server', { server: server.name })
          : say('my.signIn.superseded.vendor'),
        say('my.signIn.superseded.next', { command: code('/my accounts') }),
      );
    case 'stopped':
      return card('warning', say('my.signIn.stopped'));
    case 'refused': {
      const view = problem(...refusedSentences(end));
      return end.why === 'has-another' ? view : withControls(view, again(here));
    }
    case 'failed':
      return withControls(
        problem(say('my.signIn.failed'), memberSentence(end.why, server?.name ?? signInName(kind))),
        again(here),
      );
    case 'unfinished':
      return unfinishedView(end, here);
  }
}
