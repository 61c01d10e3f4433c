/** What a member is told of a sign-in whose reply can no longer be changed. */

import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import { byHandSentence, refusedSentences, stepSentence } from '../../domain/sign-in-words.ts';
import { memberSentence } from '../../domain/trouble.ts';
import { lines, type Markup, mentioned, type Sentence, say } from '../../words/say.ts';
import type { SignInEnd, SignInPlace } from './sign-in-end.ts';

/** Undefined when there is nothing to say: nobody signed in, or it goes on. */
export function lastWord(end: SignInEnd, { kind, server }: SignInPlace): Markup | undefined {
  const { name: vendor } = MEDIA_KINDS[kind];
  switch (end.kind) {
    case 'expired':
    case 'declined':
    case 'stopped':
      return undefined;
    case 'connected':
      return lines(
        server
          ? say('my.signIn.word.connectedThere', { account: end.account, server: server.name })
          : say('my.signIn.word.connected', { account: end.account, vendor }),
      );
    case 'unconfirmed':
      return lines(say('my.signIn.word.unconfirmed', { account: end.account }));
    case 'superseded':
      return lines(say('my.signIn.word.superseded'));
    case 'refused':
      return lines(...refusedSentences(end));
    case 'failed':
      return lines(
        say('my.signIn.word.failed'),
        memberSentence(end.why, server?.name ?? vendor),
        say('my.signIn.word.tryAgain'),
      );
    case 'unfinished':
      return lines(
        say('my.signIn.word.connected', { account: end.account, vendor }),
        ...end.servers.map((step) => stepSentence(step, vendor)),
        end.byHand && byHandSentence(end.byHand, kind),
      );
  }
}

/** Asked before anything is connected. `memberId`: for whom it would be. */
export function questionText({ server, kind }: SignInPlace, memberId: string, account: string): Sentence {
  const place = server ? server.name : MEDIA_KINDS[kind].name;
  return say('my.signIn.question.later', { place, account, member: mentioned(memberId) });
}
