/** What members see of their accounts, and while they connect one. */

import type { CodeConnection, StartedCode } from '../../../app/accounts/by-code.ts';
import type { PageConnection, StartedSignIn } from '../../../app/accounts/by-page.ts';
import type { ServerAccountResult } from '../../../app/accounts/server-account.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import { memberAddress } from '../../../domain/address.ts';
import type { ServerKind } from '../../../domain/media-kinds.ts';
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
  const state = account.disabled
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

/** Why a sign-in on a page connected nothing. */
export function notConnected(end: Exclude<PageConnection, { kind: 'connected' }>, kind: ServerKind): View {
  switch (end.kind) {
    case 'expired':
      return problem(
        md`The sign-in ran out`,
        md`Nobody signed in in time.`,
        md`Run ${code('/my access')} and press the button again.`,
      );
    case 'refused':
      return end.why === 'protected'
        ? problem(md`**${end.account}** owns this server`, md`The owner's access is never changed by Usher.`)
        : problem(
            md`**${end.account}** belongs to another member`,
            md`A ${kindName(kind)} account can be connected to one member only.`,
            md`Sign in with another account, or ask the staff.`,
          );
    case 'failed':
      return problem(
        md`Your account could not be connected yet`,
        md`${end.why.message}`,
        md`Run ${code('/my access')} in a while and press the button again.`,
      );
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
export function serverAccountView(result: ServerAccountResult): View {
  switch (result.kind) {
    case 'created': {
      const address = memberAddress(result.server);
      return card(
        'good',
        md`**Your account on ${result.server.name} is ready**`,
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
    case 'nothing-granted':
      return problem(
        md`No account was made`,
        md`Nothing is granted to you on that server now.`,
        md`Ask the staff.`,
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
    case 'failed':
      return problem(
        md`No account was made`,
        md`${result.why.message}`,
        md`Press the button again in a while.`,
      );
  }
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
      return end.why === 'protected'
        ? problem(
            md`**${end.account}** is an administrator`,
            md`Usher never changes administrators, so it links none.`,
          )
        : problem(md`**${end.account}** belongs to another member`, undefined, md`Ask the staff.`);
    case 'failed':
      return problem(
        md`Your account could not be linked yet`,
        md`${end.why.message}`,
        md`Press the button again in a while.`,
      );
  }
}
