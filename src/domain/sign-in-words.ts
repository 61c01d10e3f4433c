/** What a member is told of their sign-in, in the reply and by direct message alike. Pure. */
import { type Sentence, say } from '../words/say.ts';
import { MEDIA_KINDS, type ServerKind } from './media-kinds.ts';
import type { Protection } from './protection.ts';

/** How far it is on one server. */
interface Step {
  readonly server: { readonly name: string };
  readonly state: 'invited' | 'ready' | 'staff' | 'later';
}

/** Why an account was not connected. */
interface Refused {
  readonly why: 'somebody-elses' | 'has-another' | 'nothing-there' | Protection;
  readonly account: string;
  readonly has?: string;
}

/** How far it is on one server. */
export function stepSentence({ server: { name: server }, state }: Step, vendor: string): Sentence {
  return state === 'invited'
    ? say('my.signIn.step.invited', { server, vendor })
    : say(`my.signIn.step.${state}`, { server });
}

/** The vendor did not let Usher accept an invitation; `reason` is what it says. */
export function byHandSentence({ reason }: { readonly reason: string | null }, kind: ServerKind): Sentence {
  const { name: vendor, signIn } = MEDIA_KINDS[kind];
  const values = { page: signIn?.called ?? vendor, vendor };
  return reason === null
    ? say('my.signIn.unfinished.byHand', values)
    : say('my.signIn.unfinished.byHandWhy', { ...values, reason });
}

/** What stands in the way, why that is so, and what to do; nothing was changed. */
export function refusedSentences({ why, account, has }: Refused): readonly [Sentence, Sentence, Sentence] {
  switch (why) {
    case 'somebody-elses':
      return [
        say('my.signIn.refused.somebodyElses', { account }),
        say('my.signIn.refused.somebodyElsesWhy'),
        say('my.signIn.refused.otherNext'),
      ];
    case 'has-another':
      return [
        say('my.signIn.refused.hasAnother', { account }),
        has === undefined
          ? say('my.signIn.refused.hasAnotherWhy')
          : say('my.signIn.refused.hasThisWhy', { has }),
        say('my.signIn.refused.hasAnotherNext'),
      ];
    case 'nothing-there':
      return [
        say('my.signIn.refused.nothingThere', { account }),
        say('my.signIn.refused.nothingThereWhy'),
        say('my.signIn.refused.nothingThereNext'),
      ];
    default:
      return [
        say(`my.signIn.refused.${why}`, { account }),
        say('my.signIn.refused.protectedWhy'),
        say('my.signIn.refused.otherNext'),
      ];
  }
}
