/** What a member is told of a sign-in whose reply can no longer be changed. */

import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { memberSentence } from '../../domain/trouble.ts';
import type { ServerStep, SignInEnd, SignInPlace } from './sign-in-end.ts';

/** Undefined when there is nothing to say: nobody signed in, or it goes on. */
export function lastWord(end: SignInEnd, { kind, server }: SignInPlace): string | undefined {
  const { name: vendor } = MEDIA_KINDS[kind];
  const there = server ? ` on ${server.name}` : '';
  const what = server ? 'account' : `${vendor} account`;
  const again = `Run ${server ? '/my accounts' : '/my access'} and press the button again.`;
  switch (end.kind) {
    case 'expired':
    case 'declined':
    case 'stopped':
      return undefined;
    case 'connected':
      return `Your ${what} ${end.account}${there} is connected. /my access shows what you have.`;
    case 'unconfirmed':
      return `Nobody confirmed in time that the ${what} ${end.account}${there} is yours, so nothing was connected. ${again}`;
    case 'superseded':
      return `You have an account${there || ` of ${vendor}`} by now, so the sign-in that was open is closed. Nothing was changed by it.`;
    case 'refused':
      return `The ${what} ${end.account}${there} ${refusedBecause(end)} ${todo(end)}`;
    case 'failed':
      return `Your ${what}${there} could not be connected. ${memberSentence(end.why, server?.name ?? vendor)} ${again}`;
    case 'unfinished':
      return [
        `Your ${what} ${end.account} is connected.`,
        ...end.servers.map((step) => `${step.server.name}: ${STATES[step.state](vendor)}`),
        ...(end.byHand?.reason ? [`${vendor} says: “${end.byHand.reason}”`] : []),
      ].join('\n');
  }
}

type Refused = Extract<SignInEnd, { kind: 'refused' }>;

function refusedBecause({ why, has }: Refused): string {
  if (why === 'somebody-elses') return 'is connected to another member already.';
  if (why === 'has-another')
    return `was not connected: you have ${has === undefined ? 'an account' : `the account ${has}`} there already.`;
  return `is ${PROTECTIONS[why].is}, so Usher gives it nothing and it was not connected.`;
}

const todo = ({ why }: Refused): string =>
  why === 'has-another'
    ? 'Watch with that one, or ask the staff.'
    : 'Sign in with another one, or ask the staff.';

/** Asked before anything is connected. `memberId`: for whom it would be. */
export function questionText({ server, kind }: SignInPlace, memberId: string, account: string): string {
  const where = server ? server.name : MEDIA_KINDS[kind].name;
  return `Somebody signed in to ${where} as ${account} for <@${memberId}>. Is that you, and is that account yours? Nothing is connected before you say so.`;
}

const STATES: Readonly<Record<ServerStep['state'], (vendor: string) => string>> = {
  ready: () => 'you can watch now.',
  invited: (vendor) => `you are invited; accept the invitation in ${vendor}, or in its e-mail.`,
  staff: () => 'the staff have to put something right first. You are told when it is done.',
  later: () => 'it cannot be done right now. Usher keeps trying, and you are told when it is done.',
};
