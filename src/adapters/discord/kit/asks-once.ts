/**
 * "Did you mean Attic · Movies?": what a command could not read for sure is asked about, while a draft keeps all that
 * was typed. Whatever is chosen takes the place of what was typed, and the command is run again.
 */
import type { App } from '../../../app/app.ts';
import { isFlag, isText, listOf, shape } from '../../../domain/shape.ts';
import type { Unclear } from '../../../domain/unclear.ts';
import { say, type Text } from '../../../words/say.ts';
import { cancelled, questionClosed } from '../views/answers.ts';
import { type Block, type Button, buttons, card, md, type View } from '../views/view.ts';
import type { Command, Component, Input, Modal, Options, OptionValues } from './command.ts';
import { type DraftOf, defineDraft } from './draft.ts';
import { pageOf, turnButtons } from './select-pages.ts';

/** Whoever gets more of them types more of the name. */
const MOST_READINGS = 500;
const PAGE = 15;
/** So many fit into a row on a phone, if their labels are short. */
const MOST_BUTTONS = 3;
const MAX_LABEL = 34;

const isSentence = shape({ key: isText });
const isLabel = (value: unknown): value is Text => isText(value) || isSentence(value);
/** As they were read and checked when they were typed. */
const isGiven = (value: unknown): value is OptionValues<Options> =>
  typeof value === 'object' && value !== null;

const isQuestion = shape(
  {
    /** The options of the command, or the fields of its form. */
    given: isGiven,
    unclear: shape(
      { typed: isText, readings: listOf(shape({ label: isLabel, text: isText })) },
      { option: isText, isListed: isFlag },
    ),
  },
  /** Which form it was. */
  { form: shape({ op: isText, args: listOf(isText) }) },
);

type Uses = Pick<App, 'drafts'>;
type Question = DraftOf<ReturnType<typeof defineDraft<{ given: OptionValues<Options>; unclear: Unclear }>>>;

/** The same command, which asks about what is not clear in its options and forms. `path` is its own. */
export function asksOnce<More extends Uses>(path: string, command: Command<More>): Command<More> {
  const declared = command.options ?? {};
  const forms = command.components ?? {};
  if (!Object.values(declared).some(({ kind, choices }) => kind === 'text' && !choices)) return command;
  const kept = defineDraft(path, isQuestion);

  const asking = async (
    input: Input,
    result: View | Modal,
    asked: Omit<DraftOf<typeof kept>, 'unclear'>,
    app: More,
  ) => {
    if (result.kind === 'modal' || result.unclear === undefined || input.inDm) return result;
    const unclear = { ...result.unclear, readings: result.unclear.readings.slice(0, MOST_READINGS) };
    const draftId = await kept.put(input, { ...asked, unclear }, app);
    const blocks = [...result.blocks, ...controls(unclear, draftId)];
    return { ...result, tone: 'warning', blocks } as const;
  };

  const run: Command<More>['run'] = async (input, app) =>
    asking(input, await command.run(input, app), { given: input.options }, app);

  const submitted =
    (op: string, component: Component<More>): Component<More>['run'] =>
    async (input, app) => {
      const form = { op, args: input.args };
      // A button was made for one thing: there is nothing to be typed in its place.
      if (Object.keys(input.fields).length === 0) return await component.run(input, app);
      return asking(input, await component.run(input, app), { given: input.fields, form }, app);
    };

  const meant: Component<More> = {
    answers: command.opensModal ? 'modal' : 'update',
    async run({ values, args: [draftId = '', number = values[0]], ...input }, app) {
      const draft = await kept.take(input, draftId, app);
      const reading = draft?.unclear.readings[Number(number)];
      if (!draft || !reading) return questionClosed();
      const given = withReading(declared, draft, reading.text);
      if (!draft.form) return await run({ ...input, options: given }, app);
      const { op, args } = draft.form;
      const form = Object.hasOwn(forms, op) ? forms[op] : undefined;
      if (!form || !mayUse(input, form)) return questionClosed();
      const fields = Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]));
      return await submitted(op, form)({ ...input, args, values: [], fields }, app);
    },
  };

  const turned: Component<More> = {
    async run({ args: [draftId = '', page], ...input }, app) {
      const draft = await kept.find(input, draftId, app);
      if (!draft) return questionClosed();
      const title = md`**${say('typing.several', { typed: draft.unclear.typed })}**`;
      return card('warning', title, ...controls(draft.unclear, draftId, page));
    },
  };

  const unmeant: Component<More> = {
    async run({ args: [draftId = ''], ...input }, app) {
      await kept.take(input, draftId, app);
      return cancelled();
    },
  };

  const asksToo = Object.entries(forms).map(([op, component]) => [
    op,
    { ...component, run: submitted(op, component) },
  ]);
  return { ...command, run, components: { ...Object.fromEntries(asksToo), meant, turned, unmeant } };
}

/** What a form needs beyond its command, the person has to have still. */
const mayUse = ({ actor }: Input, { capability }: Pick<Component<never>, 'capability'>): boolean =>
  capability === undefined ||
  capability === 'member' ||
  (capability !== 'application owner' && actor.capabilities.has(capability));

/** What was given, with the reading where it was typed: a name in every option that takes names. */
function withReading(
  declared: Options,
  { given, unclear: { option, typed } }: Question,
  text: string,
): OptionValues<Options> {
  if (option !== undefined) return { ...given, [option]: text };
  // Fields of forms are called like the options that take the same.
  const isIt = (name: string, value: unknown) => declared[name]?.autocomplete === true && value === typed;
  return Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, isIt(name, value) ? text : value]),
  );
}

/** A button for each reading, or a select of them where they are many or long, a page at a time. */
function controls({ readings, isListed }: Unclear, draftId: string, asked?: string): readonly Block[] {
  const cancel: Button = { label: say('typing.cancel'), op: 'unmeant', args: [draftId] };
  const isShort = ({ label }: { readonly label: Text }) => !isText(label) || label.length <= MAX_LABEL;
  const page = pageOf(readings, PAGE, asked);
  const listed = isListed ? [textBlock(page.items.map(({ label }) => label))] : [];
  if (readings.length <= MOST_BUTTONS && readings.every(isShort)) {
    const choices = readings.map(
      ({ label }, at): Button => ({ label, style: 'primary', op: 'meant', args: [draftId, String(at)] }),
    );
    return [...listed, buttons(...choices, cancel)];
  }
  const select: Block = {
    kind: 'select',
    op: 'meant',
    args: [draftId],
    placeholder: say('typing.choose', {
      from: page.start + 1,
      to: page.start + page.items.length,
      all: page.total,
    }),
    options: page.items.map(({ label }, at) => ({ label, value: String(page.start + at) })),
  };
  return [...listed, select, buttons(...turnButtons(page, 'turned', draftId), cancel)];
}

const textBlock = (labels: readonly Text[]): Block => ({
  kind: 'text',
  text: md`${labels.map((label) => md`• ${label}`)}`,
});
