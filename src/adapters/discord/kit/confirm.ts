/**
 * Asks before what cannot simply be taken back. What was shown is what is done, at most once; when it would mean
 * something else by now, the question is put again.
 */
import { createHash } from 'node:crypto';
import type { App } from '../../../app/app.ts';
import { isText, shape } from '../../../domain/shape.ts';
import { cancelled, questionClosed } from '../views/answers.ts';
import { type Button, buttons, card, type Md, say, type Text, type View } from '../views/view.ts';
import type { Component, ComponentInput, Who } from './command.ts';
import type { DraftKind } from './draft.ts';

/** What somebody reads before they decide. */
export interface Question<Op extends string> {
  readonly text: readonly (Md | undefined)[];
  readonly choices: readonly {
    readonly label: Text;
    readonly style: 'danger' | 'primary';
    readonly op: Op;
  }[];
  /** The button that leaves everything as it is. */
  readonly keep?: Text;
  /** Other things to do instead. */
  readonly besides?: readonly Button[];
  /** What the text stands for without naming it: the ids behind "12 grants". It is compared as well. */
  readonly meaning?: readonly string[];
}

/** What was asked for, and the preview that was shown and agreed to. */
export interface Agreed<Draft, Preview> {
  readonly asked: Draft;
  readonly preview: Preview;
}

/**
 * `ask` shows the question, `components` go into the command: one for each choice, and `keep`. A click computes the
 * preview again; only if it would put the very same question, what was chosen is done. Otherwise the new one is put.
 */
export function confirmation<Draft, Preview, Op extends string, Uses extends Pick<App, 'drafts'>>(options: {
  /** Keeps what was asked for. */
  readonly draft: DraftKind<Draft>;
  /** What it would mean now; undefined when what it is about is gone. */
  readonly preview: (who: Who, asked: Draft, app: Uses) => Promise<Preview | undefined>;
  readonly gone?: View;
  /** Of the button that leaves everything as it is, where a command asks several questions. */
  readonly keepOp?: string;
  /** What is shown when it is left as it is. */
  readonly kept?: (who: Who, asked: Draft, app: Uses) => Promise<View>;
  /** Returns a view instead when there is nothing to decide. */
  readonly question: (preview: Preview, asked: Draft) => Question<NoInfer<Op>> | View;
  readonly choose: Readonly<
    Record<Op, (input: ComponentInput, agreed: Agreed<Draft, Preview>, app: Uses) => Promise<View>>
  >;
}) {
  const kept = options.draft.beside(shape({ shown: isText }));
  const gone = options.gone ?? questionClosed();
  const keepOp = options.keepOp ?? 'keep';

  const put = async (who: Who, { asked, preview }: Agreed<Draft, Preview>, app: Uses, before?: Md) => {
    const question = options.question(preview, asked);
    if ('kind' in question) return question;
    const args = [await kept.put(who, { given: asked, shown: fingerprint(question) }, app)];
    const choices = question.choices.map((choice) => ({ ...choice, args }));
    const cancelButton = { label: question.keep ?? say('shared.cancel'), op: keepOp, args };
    const row = buttons(...choices, ...(question.besides ?? []), cancelButton);
    return card('warning', before, ...question.text, row);
  };

  type Choose = (typeof options.choose)[Op];

  const chosen = (choose: Choose): Component<Uses> => ({
    async run(input, app) {
      const draft = await kept.take(input, input.args[0] ?? '', app);
      if (!draft) return questionClosed();
      const { given: asked, shown } = draft;
      const preview = await options.preview(input, asked, app);
      if (preview === undefined) return gone;
      const question = options.question(preview, asked);
      const isAsShown = !('kind' in question) && fingerprint(question) === shown;
      return isAsShown
        ? await choose(input, { asked, preview }, app)
        : await put(input, { asked, preview }, app);
    },
  });

  const keep: Component<Uses> = {
    async run(input, app) {
      const draft = await kept.take(input, input.args[0] ?? '', app);
      return draft && options.kept ? await options.kept(input, draft.given, app) : cancelled();
    },
  };

  const choices = Object.entries<Choose>(options.choose).map(([op, choose]) => [op, chosen(choose)] as const);
  const components: Readonly<Record<string, Component<Uses>>> = {
    ...Object.fromEntries(choices),
    [keepOp]: keep,
  };

  return {
    components,
    /** `before`: text above the question. It is not compared. */
    async ask(who: Who, asked: Draft, app: Uses, before?: Md): Promise<View> {
      const preview = await options.preview(who, asked, app);
      return preview === undefined ? gone : await put(who, { asked, preview }, app, before);
    },
  };
}

/** Identifies a question by all that the person saw, and what it stood for. */
function fingerprint({ text, choices, besides = [], meaning = [] }: Question<string>): string {
  const words = text.flatMap((part) => (part ? [part.pieces] : []));
  const labels = [...choices, ...besides].map(({ label }) => label);
  return createHash('sha256')
    .update(JSON.stringify([words, labels, meaning]))
    .digest('base64url');
}
