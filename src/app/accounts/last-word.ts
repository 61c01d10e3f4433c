/** The end of a sign-in for a member whose reply can no longer be changed. */

import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { ServerKind } from '../../domain/model.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { memberSentence } from '../../domain/trouble.ts';
import type { PageConnection, ServerStep } from './page-connection.ts';

const AGAIN = 'Run /my access and press the button again.';

/** Undefined when there is nothing to say: nobody signed in. */
export function lastWord(end: PageConnection, kind: ServerKind): string | undefined {
  const { name } = MEDIA_KINDS[kind];
  switch (end.kind) {
    case 'expired':
      return undefined;
    case 'connected':
      return `Your ${name} account ${end.account} is connected. /my access shows what you have.`;
    case 'refused':
      return end.why !== 'somebody-elses'
        ? `The ${name} account ${end.account} is ${PROTECTIONS[end.why].is}, so Usher gives it nothing and it was not connected. Sign in with another one, or ask the staff.`
        : `The ${name} account ${end.account} is connected to another member already. Sign in with another one, or ask the staff.`;
    case 'failed':
      return `Your ${name} account could not be connected. ${memberSentence(end.why, name)} ${AGAIN}`;
    case 'unfinished':
      return [
        `Your ${name} account ${end.account} is connected.`,
        ...end.servers.map((step) => `${step.server.name}: ${STATES[step.state](name)}`),
        ...(end.byHand?.reason ? [`${name} says: “${end.byHand.reason}”`] : []),
      ].join('\n');
  }
}

const STATES: Readonly<Record<ServerStep['state'], (vendor: string) => string>> = {
  ready: () => 'you can watch now.',
  invited: (vendor) => `you are invited; accept the invitation in ${vendor}, or in its e-mail.`,
  staff: () => 'the staff have to put something right first. You are told when it is done.',
  later: () => 'it cannot be done right now. Usher keeps trying, and you are told when it is done.',
};
