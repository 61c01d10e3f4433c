/** Whether to take a certificate that no authority vouches for: asked by the commands that may run into one. */
import type { App } from '../../../app/app.ts';
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { Interrupted } from '../../../app/servers/certificates.ts';
import { questionClosed } from '../views/answers.ts';
import { certificateQuestion } from '../views/certificates.ts';
import { card, md, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';

type Uses = Pick<App, 'certificateQuestions'>;

/**
 * `ask` shows the question, `components` go into the command `/server <what>`. When the certificate is taken, `again`
 * does what was interrupted.
 */
export function certificateChoice<What extends keyof Interrupted, More extends Uses>(
  what: What,
  again: (input: Interrupted[What] & { readonly certificate: string }, who: Who, app: More) => Promise<View>,
) {
  const components: Readonly<Record<'trust' | 'distrust', Component<More>>> = {
    trust: {
      answers: 'message',
      async run(input, app) {
        const { guildId, actor, args } = input;
        const taken = await app.certificateQuestions.take(what, guildId, actor.id, args[0] ?? '');
        return taken ? await again(taken, input, app) : questionClosed(md`Nothing was saved.`);
      },
    },
    distrust: {
      async run({ guildId, actor, args: [draftId = ''] }, { certificateQuestions }) {
        await certificateQuestions.take(what, guildId, actor.id, draftId);
        return card('neutral', md`Cancelled. Nothing was saved.`);
      },
    },
  };

  return {
    components,
    /** Undefined when the trouble is another one. */
    async ask(
      input: Interrupted[What],
      why: Trouble,
      { certificateQuestions }: Uses,
    ): Promise<View | undefined> {
      if (!why.certificate) return undefined;
      const draftId = await certificateQuestions.ask(what, input, why.certificate);
      return certificateQuestion(why, why.certificate, `server ${what}`, draftId);
    },
  };
}
