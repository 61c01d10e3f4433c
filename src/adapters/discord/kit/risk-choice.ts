/** Whether to take a risk with a server: asked by the commands that may run into one. */
import type { App } from '../../../app/app.ts';
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { Interrupted, Risk } from '../../../app/servers/risks.ts';
import { questionClosed } from '../views/answers.ts';
import { riskQuestion } from '../views/risks.ts';
import { card, say, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';

type Uses = Pick<App, 'riskQuestions'>;

/**
 * `ask` shows the question, `components` go into the command `/server <what>`. When the risk is taken, `again` does
 * what was interrupted.
 */
export function riskChoice<What extends keyof Interrupted, More extends Uses>(
  what: What,
  again: (input: Interrupted[What], who: Who, app: More) => Promise<View>,
) {
  const components: Readonly<Record<'trust' | 'distrust', Component<More>>> = {
    trust: {
      answers: 'message',
      async run(input, app) {
        const { guildId, actor, args } = input;
        const taken = await app.riskQuestions.take(what, guildId, actor.id, args[0] ?? '');
        return taken ? await again(taken, input, app) : questionClosed(say('answers.unsaved'));
      },
    },
    distrust: {
      async run({ guildId, actor, args: [draftId = ''] }, { riskQuestions }) {
        await riskQuestions.take(what, guildId, actor.id, draftId);
        return card('neutral', say('answers.cancelledUnsaved'));
      },
    },
  };

  return {
    components,
    /** Undefined when nothing can be taken that mends the trouble. */
    async ask(input: Interrupted[What], why: Trouble, { riskQuestions }: Uses): Promise<View | undefined> {
      const risk = riskOf(why);
      if (!risk) return undefined;
      const draftId = await riskQuestions.ask(what, input, risk);
      return riskQuestion(why, risk, `server ${what}`, draftId);
    },
  };
}

/** What an admin may take so that this trouble is none; undefined where there is nothing of the kind. */
function riskOf({ kind, certificate }: Trouble): Risk | undefined {
  if (certificate) return { kind: 'certificate', certificate };
  return kind === 'plain-http' ? { kind } : undefined;
}
