/** What members see while they sign in elsewhere to connect an account. */

import type { LinkRefusal } from '../../../app/accounts/link.ts';
import type { Question } from '../../../app/accounts/live-sign-in.ts';
import type { ServerStep, SignInEnd, SignInPlace, SignInSteps } from '../../../app/accounts/sign-in-end.ts';
import type { StartedSignIn, StartSignIn } from '../../../app/accounts/sign-ins.ts';
import type { MemberId } from '../../../domain/ids.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { noLongerHere } from './answers.ts';
import { kindName, signInName } from './media.ts';
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
  type View,
} from './view.ts';

/** What somebody is told who gets a link or a code, as those are what others are talked into approving. */
export const ownSignInOnly = md`⚠️ Approve only what you have just asked for here yourself. Never open a sign-in link, or type a code, that somebody else sends you.`;

/** Whose account it is about: of a vendor, or on one server. */
const accountOf = ({ kind, server }: SignInPlace): string =>
  server ? `account on ${server.name}` : `${kindName(kind)} account`;

const again = ({ server }: SignInPlace): Md =>
  md`Run ${code(server ? '/my accounts' : '/my access')} and press the button again.`;

/** The link or the code. `memberId`: for whom it is. */
export function signInView({ place, shown, expiresAt, isApproved }: StartedSignIn, memberId: MemberId): View {
  const { kind, server } = place;
  const forWhom = md`It is for ${mention.user(memberId)} alone: whatever account approves it is asked about here before it is connected. Do not pass it on.`;
  if (shown === '')
    return card(
      'neutral',
      md`**A sign-in that you began before is still open**`,
      isApproved()
        ? md`Somebody has signed in. Usher is finding out with which account…`
        : md`Use the link that you were shown then. It is good until ${moment(expiresAt)}.`,
    );
  if (server)
    return card(
      'neutral',
      md`**Prove your account on ${server.name}**`,
      md`Open ${server.name}, go to your profile → **${signInName(kind)}**, and type ${code(shown)}. Usher learns which account is yours and nothing else.`,
      forWhom,
      ownSignInOnly,
      md`The code is good until ${moment(expiresAt)}.`,
    );
  const name = kindName(kind);
  return card(
    'neutral',
    md`**Sign in with ${name}**`,
    md`Open the page, sign in to the ${name} account you want to watch with, and come back. Usher learns which account is yours, accepts the invitation for you, and forgets the sign-in.`,
    forWhom,
    ownSignInOnly,
    md`The page is good until ${moment(expiresAt)}.`,
    buttons({ label: `Sign in at ${signInName(kind)}`, url: shown }),
  );
}

/** Why there is neither a link nor a code. */
export function notStarted(result: Exclude<StartSignIn, { kind: 'started' | 'asked' | 'linking' }>): View {
  switch (result.kind) {
    case 'not-there':
      return noLongerHere('server');
    case 'too-many':
      return problem(
        md`Too many sign-ins are open here`,
        md`There are ten in this community, which is as many as there may be.`,
        md`Press the button again in some minutes.`,
      );
    case 'has-another':
      return problem(
        md`You have an account on ${result.server.name} already: ${code(result.account.name)}`,
        md`A member can have no more there. What you were given is given to that one.`,
        md`Ask the staff if it should be another one.`,
      );
    case 'failed': {
      const { kind, server } = result.place;
      const name = server?.name ?? signInName(kind);
      return problem(
        server ? md`The server cannot be asked for a code` : md`${kindName(kind)} cannot be asked just now`,
        md`${memberSentence(result.why, name)}`,
        md`Press the button again in a while, or ask the staff.`,
      );
    }
  }
}

/** Was that you? Nothing is connected before the member says so. */
export function questionView(
  { signInId, account, expiresAt }: Question,
  place: SignInPlace,
  memberId: MemberId,
): View {
  const where = place.server?.name ?? kindName(place.kind);
  return card(
    'warning',
    md`You are signing in to ${where} as **${account}** for ${mention.user(memberId)}.`,
    md`Is that account yours, and was it you who signed in? Nothing is connected before you say so. The question is open until ${moment(expiresAt)}.`,
    questionButtons(signInId),
  );
}

export const questionButtons = (signInId: string): Block =>
  buttons(
    { label: 'Yes, connect it', style: 'success', command: 'my accounts', op: 'mine', args: [signInId] },
    { label: 'Not me', command: 'my accounts', op: 'other', args: [signInId] },
  );

export const declinedView = (): View =>
  card(
    'neutral',
    md`**Nothing was connected**, and that sign-in is forgotten. If somebody else has your link, ask for a new one and keep it to yourself.`,
  );

const STEPS: Readonly<Record<ServerStep['state'], (server: string, vendor: string) => Md>> = {
  ready: (server) => md`✅ **${server}**: you can watch now`,
  invited: (server, vendor) => md`📨 **${server}**: invited ✓, waits to be accepted in ${vendor}`,
  staff: (server) => md`🙋 **${server}**: the staff have to put something right first`,
  later: (server) => md`⏳ **${server}**: cannot be done right now; Usher keeps trying`,
};

const WAITS: Readonly<Record<'staff' | 'other-side', string>> = {
  staff:
    'It cannot go on right now: the staff have to put something right first. There is nothing for you to do; it goes on by itself.',
  'other-side':
    'It cannot go on right now, because the other side does not answer as it should. There is nothing for you to do; it goes on by itself.',
};

const stepLines = (account: string | null, servers: readonly ServerStep[], vendor: string): Md =>
  join(
    [
      account === null ? md`✅ Signed in ✓` : md`✅ Signed in as ${code(account)} ✓`,
      ...servers.map(({ server, state }) => STEPS[state](server.name, vendor)),
    ],
    '\n',
  );

/** How far it is, once it was confirmed. */
export function stepsView(steps: SignInSteps | undefined, place: SignInPlace): View {
  const { account = null, servers = [], waitsFor = null } = steps ?? {};
  return card(
    'neutral',
    md`**Connecting your ${accountOf(place)}**`,
    stepLines(account, servers, kindName(place.kind)),
    waitsFor === null ? md`⏳ Usher goes on…` : md`⏳ ${WAITS[waitsFor]}`,
  );
}

/** The last word that a reply with a link or a code can say. */
export function lateView({ place, expiresAt, isApproved }: StartedSignIn): View {
  if (isApproved())
    return card(
      'warning',
      md`**Somebody has signed in.** Usher is finding out with which account. Discord lets this reply be changed no more, so you are asked by direct message whether it was you.`,
    );
  if (place.server)
    return problem(md`The code ran out`, md`Nobody typed it in in time.`, md`Press the button again.`);
  return card(
    'warning',
    md`**Nobody has signed in with ${kindName(place.kind)} so far.**`,
    md`The page is good until ${moment(expiresAt)}. Discord lets this reply be changed no more: if you still sign in, you get a direct message.`,
  );
}

/** The last word that the reply to a confirmation can say. */
export function lateLinkView(steps: SignInSteps | undefined, place: SignInPlace): View {
  const { account = null, servers = [] } = steps ?? {};
  return card(
    'warning',
    md`**Your ${accountOf(place)} is not connected wholly yet**`,
    stepLines(account, servers, kindName(place.kind)),
    md`Usher goes on. Discord lets this reply be changed no more, so the end comes by direct message; ${code('/my access')} shows how it stands.`,
  );
}

/** Connected, with something left that is not done. */
function unfinishedView(
  { account, servers, byHand }: Extract<SignInEnd, { kind: 'unfinished' }>,
  { kind }: SignInPlace,
): View {
  const name = kindName(kind);
  return card(
    'warning',
    md`**Your ${name} account is connected**`,
    stepLines(account, servers, name),
    byHand
      ? md`${signInName(kind)} did not let Usher accept the invitation for you${byHand.reason === null ? '' : md`. It says: “${byHand.reason}”`}. Put that right and accept the invitation in ${name} or in its e-mail; or run ${code('/my access')} and sign in again.`
      : servers.some(({ state }) => state === 'staff')
        ? md`There is nothing for you to do. You get a direct message when it is done.`
        : md`Usher keeps trying, and you get a direct message when it is done. ${code('/my access')} shows how it stands.`,
  );
}

/** Whose account it is, or what it is, or what the member has, stands in the way; nothing was changed. */
function refusedView(
  { why, account, has }: { readonly why: LinkRefusal; readonly account: string; readonly has?: string },
  todo: Md,
): View {
  if (why === 'somebody-elses')
    return problem(
      md`**${account}** belongs to another member`,
      md`An account can be connected to one member only.`,
      todo,
    );
  if (why === 'has-another')
    return problem(
      md`**${account}** was not connected: you have an account there already`,
      md`${has === undefined ? '' : md`It is ${code(has)}. `}A member can have no more there, and what you were given is given to that one.`,
      md`Watch with that one. Ask the staff if it should be another one.`,
    );
  return problem(
    md`**${account}** is ${PROTECTIONS[why].is}`,
    md`Usher gives nothing to such an account, so it could not be connected. Nothing was changed.`,
    todo,
  );
}

/** Connected with a code. */
export const codeConnectedView = (account: string, server: string): View =>
  card(
    'good',
    md`**Your account ${code(account)} on ${server} is linked.** What it had stays; ${code('/my access')} shows what you have.`,
  );

/** Why a sign-in connected nothing, or not all. */
export function notConnected(end: Exclude<SignInEnd, { kind: 'connected' }>, place: SignInPlace): View {
  const { kind, server } = place;
  switch (end.kind) {
    case 'expired':
      return server
        ? problem(md`The code ran out`, md`Nobody typed it in in time.`, md`Press the button again.`)
        : problem(md`The sign-in ran out`, md`Nobody signed in in time.`, again(place));
    case 'unconfirmed':
      return problem(
        md`The question ran out`,
        md`Nobody said in time that **${end.account}** is theirs. Nothing was connected.`,
        again(place),
      );
    case 'declined':
      return declinedView();
    case 'superseded':
      return problem(
        md`This sign-in is closed`,
        md`You have an account${server ? ` on ${server.name}` : ''} by now. Nothing was changed by the sign-in.`,
        md`${code('/my accounts')} shows it.`,
      );
    case 'stopped':
      return card(
        'warning',
        md`**Usher is being restarted.** Your sign-in goes on by itself, and you hear of it by direct message.`,
      );
    case 'refused':
      return refusedView(
        end,
        server ? md`Ask the staff.` : md`Sign in with another account, or ask the staff.`,
      );
    case 'failed':
      return problem(
        server ? md`Your account could not be linked yet` : md`Your account could not be connected yet`,
        md`${memberSentence(end.why, server?.name ?? signInName(kind))}`,
        server
          ? md`Press the button again in a while.`
          : md`Run ${code('/my access')} in a while and press the button again.`,
      );
    case 'unfinished':
      return unfinishedView(end, place);
  }
}
