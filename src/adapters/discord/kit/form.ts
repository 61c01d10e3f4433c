/**
 * Forms that come back as they were filled in: when what was typed cannot be used, the answer has a button that opens
 * the form again, with the reason at the field. Discord closes a form for good when it is sent (discord.md 1.4).
 */
import type { App } from '../../../app/app.ts';
import { either, isText, listOf, shape } from '../../../domain/shape.ts';
import { questionClosed } from '../views/answers.ts';
import { type Button, buttons, type Modal, type Sentence, say, type Text, type View } from '../views/view.ts';
import type { Component, Who } from './command.ts';
import { defineDraft, type Whose } from './draft.ts';

type Uses = Pick<App, 'drafts'>;
type Typed = Readonly<Record<string, string>>;

export interface Form<More> {
  /** As it is opened at first; a view where it cannot be opened. */
  readonly modal: (who: Who, args: readonly string[], app: More) => Promise<Modal | View>;
  /** Fields whose content is kept nowhere and never comes back: tokens. */
  readonly secret?: readonly string[];
}

interface Refusal<Name> {
  readonly form: Name;
  readonly args?: readonly string[];
  /** What was typed, by field. */
  readonly typed: Typed;
  /** The field that has to be put right. */
  readonly at?: string;
  /** Said at that field. */
  readonly why: Text;
}

const isTyped = (value: unknown): value is Typed =>
  typeof value === 'object' && value !== null && Object.values(value).every(isText);

const isSentence = (value: unknown): value is Sentence => shape({ key: isText })(value);

/** `path` is that of the command; `components` go into it. */
export function defineForms<Name extends string, More extends Uses>(
  path: string,
  forms: Readonly<Record<Name, Form<More>>>,
) {
  const isName = (value: unknown): value is Name => isText(value) && Object.hasOwn(forms, value);
  const isDraft = shape(
    { form: isName, args: listOf(isText), typed: isTyped, why: either(isText, isSentence) },
    { at: isText },
  );
  const kept = defineDraft(`${path} form`, isDraft);

  const retry: Component<More> = {
    answers: 'modal',
    async run(input, app) {
      const draft = await kept.find(input, input.args[0] ?? '', app);
      if (!draft) return questionClosed();
      const modal = await forms[draft.form].modal(input, draft.args, app);
      return modal.kind === 'modal' ? filledIn(modal, draft) : modal;
    },
  };

  return {
    components: { retry },

    /** The form as it is opened at first. */
    open: (form: Name, who: Who, args: readonly string[], app: More): Promise<Modal | View> =>
      forms[form].modal(who, args, app),

    /** `view` says what is wrong; below it the form can be opened again. `besides`: other things to do instead. */
    async refused(
      who: Whose,
      { form, args = [], typed, at, why }: Refusal<Name>,
      { view, besides = [] }: { readonly view: View; readonly besides?: readonly Button[] },
      app: More,
    ): Promise<View> {
      const secret = new Set(forms[form].secret);
      const shown = Object.fromEntries(Object.entries(typed).filter(([field]) => !secret.has(field)));
      const draft = { form, args, typed: shown, why, ...(at !== undefined && { at }) };
      const again = [await kept.put(who, draft, app)];
      const row = buttons(
        { label: say('shared.tryAgain'), style: 'primary', op: 'retry', args: again },
        ...besides,
      );
      return { ...view, blocks: [...view.blocks, row] };
    },
  };
}

/** The form with what was typed in it, and the reason at the field. */
function filledIn(
  modal: Modal,
  { typed, at, why }: { readonly typed: Typed; readonly at?: string; readonly why: Text },
): Modal {
  const fields = modal.fields.map((field) => {
    const value = typed[field.id] ?? field.value;
    return {
      ...field,
      ...(value !== undefined && { value }),
      ...(field.id === at && { description: why }),
    };
  });
  return { ...modal, fields };
}
