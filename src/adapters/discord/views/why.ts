/** Why a member has a library or not, step by step. */

import type { WhyAnswer } from '../../../app/queries/why.ts';
import type { MemberId } from '../../../domain/ids.ts';
import type { Grant } from '../../../domain/model.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import type { Next, Why } from '../../../domain/why.ts';
import { spanOf } from './grants.ts';
import { code, join, type Md, md, mention, moment } from './view.ts';

const GRANTS_SHOWN = 10;

export function whyText(answer: WhyAnswer, memberId: MemberId): Md {
  const { grants, server, library } = answer;
  const named = grants.slice(0, GRANTS_SHOWN).map(grantLine);
  return join(
    [
      md`**${server.name} · ${library.name}** for ${mention.user(memberId)}`,
      md`**1. Grants that name it**`,
      ...(named.length > 0 ? named : [md`• none`]),
      md`**2. What they add up to:** ${WANTED[answer.wanted]}`,
      md`**3. What ${server.name} shows:** ${SHOWN[answer.shown]}${answer.readAt ? md`, read ${moment(answer.readAt)}` : md``}`,
      md`**4. Next:** ${nextText(answer.next, server.name)}`,
      ...(answer.rehearsal === null ? [] : [md`-# Compared now, their account there: ${answer.rehearsal}`]),
    ],
    '\n',
  );
}

function grantLine(grant: Grant): Md {
  return md`• #${grant.number} · ${grant.state} · ${spanOf(grant)}`;
}

const WANTED: Readonly<Record<Why['wanted'], string>> = {
  'by-grant': 'given by an active grant',
  'as-default': 'given as the default library, because nothing else is left there',
  no: 'not given',
};

const SHOWN: Readonly<Record<Why['shown'], string>> = {
  yes: 'they have it',
  no: 'they do not have it',
  invited: 'they are invited, and have not accepted yet',
  missing: 'their account was not there',
  'no-account': 'they have no account linked there',
  'never-read': 'nothing was read yet',
};

function nextText(next: Next, server: string): Md {
  switch (next.kind) {
    case 'nothing':
      return md`nothing is due.`;
    case 'compare':
      return next.trouble === null
        ? md`compared and put right ${moment(next.at)}.`
        : md`${next.refused ? md`🙋 **needs a person**; ` : md``}tried again ${moment(next.at)}. The last time failed: ${next.trouble}`;
    case 'starts':
      return md`grant #${next.grant.number} starts ${moment(next.at)}.`;
    case 'ends':
      return md`grant #${next.grant.number} ends ${moment(next.at)}.`;
    case 'look-again':
      return md`their account is looked for once more; when it is gone, its link ends and they can connect a new one.`;
    case 'account':
      return md`they have to connect an account: ${code('/my access')}.`;
    case 'accept':
      return md`they have to accept the invitation.`;
    case 'drift':
      return md`somebody changed it on ${server} itself; the policy there is **${next.policy}** (${code('/server policy')}).`;
    case 'elsewhere':
      return md`nothing: something else on this installation gives it.`;
    case 'gone':
      return md`${server} has not listed the library since ${moment(next.at)}; it is given again when it is back.`;
    case 'closed':
      return next.how === 'off'
        ? md`the library is switched off on ${server}: nobody sees it until it is switched on there.`
        : md`${server} is not ready with the library, which was just added or renamed; it is looked at again.`;
    case 'protected':
      return md`nothing: the account is ${PROTECTIONS[next.by].is}, and is given nothing by Usher.`;
  }
}
