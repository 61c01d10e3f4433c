/** What members see of their accounts, and when one is made for them. */

import type { ServerAccountResult } from '../../../app/accounts/server-account.ts';
import type { LinkedAccount } from '../../../app/queries/overview.ts';
import { memberAddress } from '../../../domain/address.ts';
import { memberSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { card, code, join, type Md, type ModalField, md, problem, type View } from './view.ts';

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
