/** What members see of their accounts, and while they connect one. */

import type { CodeConnection, StartedCode } from '../../../app/accounts/by-code.ts';
import type { StartedSignIn } from '../../../app/accounts/by-page.ts';
import type { LinkRefusal } from '../../../app/accounts/link.ts';
import type { PageConnection, ServerStep, SignInSteps } from '../../../app/accounts/page-connection.ts';
import type { ServerAccountResult } from '../../../app/accounts/server-account.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import { memberAddress } from '../../../domain/address.ts';
import type { ServerKind } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { kindName, signInName } from './media.ts';
import {
  buttons,
  card,
  code,
  join,
  type Md,
  type ModalField,
  md,
  moment,
  problem,
  type View,
} from './view.ts';

/** One line of a list. */
export function accountLine({ account, server }: LinkedAccount): Md {
  const state = account.missingSince
    ? md` · ❔ not on the server at the last look; looked for once more`
    : account.disabled
      ? md` · disabled`
      : account.pending
        ? md` · 📨 invited, not accepted yet`
        : md``;
  const mail = account.emailMasked ? md` (${account.emailMasked})` : md``;
  return md`• **${server.name}** (${kindName(server.kind)}): ${code(account.name)}${mail}${state}`;
}

export function signInView({ link, expiresAt }: StartedSignIn, kind: ServerKind): View {
  const name = kindName(kind);
  return card(
    'neutral',
    md`**Sign in with ${name}**`,
    md`Open the page, sign in to the ${name} account you want to watch with, and come back. Usher learns which account is yours, accepts the invitation for you, and forgets the sign-in.`,
    md`The page is good until ${moment(expiresAt)}.`,
    buttons({ label: `Sign in at ${signInName(kind)}`, url: link }),
  );
}

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

/** How far a sign-in is, while it goes on. */
export function stepsView({ account, servers, waitsFor }: SignInSteps, kind: ServerKind): View {
  return card(
    'neutral',
    md`**Connecting your ${kindName(kind)} account**`,
    stepLines(account, servers, kindName(kind)),
    waitsFor === null ? md`⏳ Usher goes on…` : md`⏳ ${WAITS[waitsFor]}`,
  );
}

/** The last word that this reply can say: what is still going on, and where its end is told. */
export function lateView(
  steps: SignInSteps | undefined,
  { expiresAt }: StartedSignIn,
  kind: ServerKind,
): View {
  if (!steps)
    return card(
      'warning',
      md`**Nobody has signed in with ${kindName(kind)} so far.**`,
      md`The page is good until ${moment(expiresAt)}. Discord lets this reply be changed no more: if you still sign in, you get a direct message.`,
    );
  return card(
    'warning',
    md`**Your ${kindName(kind)} account is not connected wholly yet**`,
    stepLines(steps.account, steps.servers, kindName(kind)),
    md`Usher goes on. Discord lets this reply be changed no more, so the end comes by direct message; ${code('/my access')} shows how it stands.`,
  );
}

/** Connected, with something left that is not done. */
function unfinishedView(
  { account, servers, byHand }: Extract<PageConnection, { kind: 'unfinished' }>,
  kind: ServerKind,
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

/** Whose account it is, or what it is, stands in the way; nothing was changed. */
function refusedView(why: LinkRefusal, account: string, todo: Md): View {
  if (why === 'somebody-elses')
    return problem(
      md`**${account}** belongs to another member`,
      md`An account can be connected to one member only.`,
      todo,
    );
  return problem(
    md`**${account}** is ${PROTECTIONS[why].is}`,
    md`Usher gives nothing to such an account, so it could not be connected. Nothing was changed.`,
    todo,
  );
}

/** Why a sign-in on a page connected nothing, or not all. */
export function notConnected(end: Exclude<PageConnection, { kind: 'connected' }>, kind: ServerKind): View {
  switch (end.kind) {
    case 'expired':
      return problem(
        md`The sign-in ran out`,
        md`Nobody signed in in time.`,
        md`Run ${code('/my access')} and press the button again.`,
      );
    case 'refused':
      return refusedView(end.why, end.account, md`Sign in with another account, or ask the staff.`);
    case 'failed':
      return problem(
        md`Your account could not be connected yet`,
        md`${memberSentence(end.why, signInName(kind))}`,
        md`Run ${code('/my access')} in a while and press the button again.`,
      );
    case 'unfinished':
      return unfinishedView(end, kind);
  }
}

/** `member`: what they are called in Discord, offered as far as the server takes it. */
export function newAccountFields(member: string): readonly ModalField[] {
  return [
    {
      id: 'name',
      label: 'User name',
      description: "Letters, digits, spaces and - ' . _ @",
      value: member.replaceAll(/[^\p{L}\p{N} \-'._@]/gu, '').slice(0, 32),
      required: true,
      maxLength: 32,
    },
  ];
}

/** What came of making an account, or a new password for one. */
export function serverAccountView(result: ServerAccountResult, asked: 'account' | 'password'): View {
  switch (result.kind) {
    case 'created': {
      const address = memberAddress(result.server);
      return card(
        'good',
        asked === 'account'
          ? md`**Your account on ${result.server.name} is ready**`
          : md`**Your new password on ${result.server.name}**`,
        join(
          [
            md`User name: ${code(result.name)}`,
            md`Password: ${code(result.password)}`,
            address ? md`Address: ${code(address)}` : md`Ask the staff for the address.`,
          ],
          '\n',
        ),
        md`-# The password is shown once. Change it in ${kindName(result.server.kind)}, or get a new one with ${code('/my access')}.`,
      );
    }
    case 'already':
      return card('neutral', md`You have an account on ${result.server.name} already: ${code(result.name)}.`);
    case 'missing':
      return problem(
        md`${code(result.name)} was not on ${result.server.name} just now`,
        md`One look proves nothing, so Usher looks once more in half a minute.`,
        md`Then open ${code('/my access')}: when the account is gone, a new one can be made or connected there.`,
      );
    case 'gone':
      return problem(
        md`${code(result.name)} is gone from ${result.server.name}`,
        md`It is linked to you no more. What you were given stays yours.`,
        md`Open ${code('/my access')} to make or connect a new account.`,
      );
    case 'nothing-granted':
      return problem(
        nothingDone(asked),
        md`Nothing is granted to you on that server now.`,
        md`Ask the staff.`,
      );
    case 'closed':
      return closedView(result);
    case 'elsewhere':
      return problem(
        nothingDone(asked),
        md`${code(result.name)} on ${result.server.name} signs in with a password that is kept elsewhere.`,
        md`Sign in with that one, or ask the staff.`,
      );
    case 'name-taken':
      return problem(
        md`That user name is taken`,
        md`No account was made.`,
        md`Press the button again and choose another one.`,
      );
    case 'name-not-allowed':
      return problem(
        md`That user name is not possible`,
        md`${result.message}`,
        md`Press the button again and choose another one.`,
      );
    case 'unfinished':
      return problem(
        md`Your account ${result.name} on ${result.server.name} is not ready yet`,
        md`${memberSentence(result.why, result.server.name)}`,
        md`Usher goes on with it, and tells you by direct message when it is ready.`,
      );
    case 'failed':
      return problem(
        nothingDone(asked),
        md`${memberSentence(result.why, result.server.name)}`,
        md`Press the button again in a while.`,
      );
  }
}

const nothingDone = (asked: 'account' | 'password'): Md =>
  asked === 'account' ? md`No account was made` : md`No password was set`;

function closedView({ server, why, paused }: Extract<ServerAccountResult, { kind: 'closed' }>): View {
  const title = md`No password was set on ${server.name}`;
  if (why === 'disabled')
    return problem(title, md`Your account there is closed on the server itself.`, md`Ask the staff.`);
  if (why === 'not-yet')
    return problem(
      title,
      md`Your account there is not open again yet.`,
      md`Press the button again in a while.`,
    );
  return paused
    ? problem(title, md`Your access there is paused. The account works again when it goes on.`)
    : problem(title, md`Your access has ended, and the account there is closed.`, md`Ask the staff.`);
}

/** Once the code was typed, until it is known what came of it. */
export function codeTypedView({ name }: Server): View {
  return card(
    'neutral',
    md`**Linking your account on ${name}**`,
    md`✅ Signed in ✓\n⏳ Looking at what it has…`,
  );
}

/** The last word that this reply can say. */
export function codeLateView({ server, isApproved }: StartedCode): View {
  return isApproved()
    ? card(
        'warning',
        md`**Your account on ${server.name} is still being linked.** Discord lets this reply be changed no more; the end comes by direct message.`,
      )
    : problem(md`The code ran out`, md`Nobody typed it in in time.`, md`Press the button again.`);
}

export function codeView({ server, code: typed, expiresAt }: StartedCode): View {
  return card(
    'neutral',
    md`**Prove your account on ${server.name}**`,
    md`Open ${server.name}, go to your profile → **${signInName(server.kind)}**, and type ${code(typed)}. Usher learns which account is yours and nothing else.`,
    md`The code is good until ${moment(expiresAt)}.`,
  );
}

/** What came of it. */
export function codeConnectedView(end: CodeConnection): View {
  switch (end.kind) {
    case 'connected':
      return card(
        'good',
        md`**Your account ${code(end.account)} on ${end.server.name} is linked.** What it had stays; ${code('/my access')} shows what you have.`,
      );
    case 'expired':
      return problem(md`The code ran out`, md`Nobody typed it in in time.`, md`Press the button again.`);
    case 'refused':
      return refusedView(end.why, end.account, md`Ask the staff.`);
    case 'failed':
      return problem(
        md`Your account could not be linked yet`,
        md`${memberSentence(end.why, end.server.name)}`,
        md`Press the button again in a while.`,
      );
  }
}
