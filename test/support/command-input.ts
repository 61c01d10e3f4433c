/**
 * Commands without a process, a network or a Discord: what is typed goes to `run`, what is pressed to the handler that
 * the dispatcher would find. Every answer is rendered, and each of its controls must lead to a handler, so a wrong one
 * fails whatever test shows it.
 */

import { commands } from '../../commands/index.ts';
import type {
  ChannelOption,
  Choice,
  Chosen,
  Component,
  Input,
  RoleOption,
  UserOption,
} from '../../src/adapters/discord/kit/command.ts';
import { createCustomIds } from '../../src/adapters/discord/messages/custom-id.ts';
import { type Place, renderView } from '../../src/adapters/discord/messages/render.ts';
import { renderModal } from '../../src/adapters/discord/messages/render-modal.ts';
import type { Modal, ModalField, Text, View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { Capability } from '../../src/domain/model.ts';
import { GUILD, STAFF } from './people.ts';
import { said, saidPlain } from './said.ts';

const IDS = createCustomIds(new Uint8Array(32).fill(7));

type Registry = Readonly<Record<string, { readonly components?: Readonly<Record<string, unknown>> }>>;

interface Control {
  readonly op: string;
  readonly command?: string | undefined;
  readonly args?: readonly string[] | undefined;
}

/** As much of an app as the command in question uses. */
export type Stubs = {
  readonly [Name in keyof App]?: App[Name] extends (...args: never[]) => unknown
    ? App[Name]
    : Partial<App[Name]>;
};

/** Drafts in memory: JSON, one owner, taken once. */
export function memoryDrafts(): NonNullable<Stubs['drafts']> {
  const kept = new Map<string, { readonly userId: string; readonly json: string }>();
  return {
    async put(_guildId, userId, content, draftId = `draft-${kept.size + 1}`) {
      kept.set(draftId, { userId, json: JSON.stringify(content) });
      return draftId;
    },
    async find(_guildId, userId, draftId) {
      const draft = kept.get(draftId);
      return draft?.userId === userId ? JSON.parse(draft.json) : undefined;
    },
    take: async (_guildId, draftId) => kept.delete(draftId),
  };
}

/** Nobody hears of anything, and nobody has a name, unless a test says otherwise. */
const UNTOLD: Stubs = {
  notices: { telling: async () => ({ told: [], later: [], closed: [], off: [] }) },
  people: { named: async () => new Map() },
};

/** An app of which only this is there, and drafts, in which any command may ask; anything else fails the test. */
export function stubApp(stubs: Stubs): App {
  const strict = (part: object, path: string): object =>
    new Proxy(part, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (value === undefined) throw new Error(`nobody stubbed ${path}${String(name)}`);
        const isPart = typeof value === 'object' && value !== null && path === '';
        return isPart ? strict(value, `${String(name)}.`) : value;
      },
    });
  return strict({ ...UNTOLD, drafts: memoryDrafts(), ...stubs }, '') as App;
}

/** The input of whoever may do everything, in a guild. */
export function commandInput(changes: Partial<Input> = {}): Input {
  const capabilities = new Set<Capability>(['admin', 'moderator', 'auditor']);
  return {
    guildId: GUILD,
    inDm: false,
    channelId: '300000000000000001',
    actor: { id: STAFF, name: 'olga', capabilities },
    language: 'en',
    fileBytes: 10 * 1024 * 1024,
    progress: async () => {},
    also: async () => {},
    ...changes,
  };
}

/** An answer as a person has it before them. */
export interface Answer {
  readonly kind: 'view' | 'modal';
  readonly tone: View['tone'] | undefined;
  /** All of it, line by line; of a form its title and fields. */
  readonly text: string;
  /** Of the buttons that can be pressed. */
  readonly labels: readonly string[];
  readonly view: View | Modal;
  press(label: string): Promise<Answer>;
  /** Chooses values, or what Discord lists, in its select. */
  select(...values: readonly (string | Thing)[]): Promise<Answer>;
  /** Chooses values in the select with this placeholder. */
  selectIn(placeholder: string, ...values: readonly string[]): Promise<Answer>;
  /** Sends a form; `things` are those that its fields name by their ids. */
  submit(fields: Readonly<Record<string, string>>, ...things: readonly Thing[]): Promise<Answer>;
  /** What replaces it later. */
  later(): Promise<Answer>;
}

/** What Discord itself lists. */
export type Thing = UserOption | RoleOption | ChannelOption;

export function chosenOf(things: readonly Thing[]): Chosen {
  const by = <One extends Thing>(is: (thing: Thing) => thing is One): Readonly<Record<string, One>> =>
    Object.fromEntries(things.filter(is).map((thing) => [thing.id, thing]));
  return {
    users: by((thing): thing is UserOption => 'bot' in thing),
    roles: by((thing): thing is RoleOption => 'seesStaffCommands' in thing),
    channels: by((thing): thing is ChannelOption => 'botLacks' in thing),
  };
}

/** Somebody who types commands of this app. */
export function typist(app: App, changes: Partial<Input> = {}) {
  const input = commandInput(changes);

  const run = async (
    path: string,
    control: Control,
    given: {
      readonly values?: readonly string[];
      readonly fields?: Readonly<Record<string, string>>;
      readonly things?: readonly Thing[];
    } = {},
  ): Promise<Answer> => {
    const to = control.command ?? path;
    const { values = [], fields = {}, things = [] } = given;
    const result = await handlerOf(path, control).run(
      { ...input, args: control.args ?? [], values, fields, chosen: chosenOf(things) },
      app,
    );
    return answer(to, result);
  };

  function answer(path: string, view: View | Modal): Answer {
    const controls = controlsOf(view);
    for (const control of controls) handlerOf(path, control);
    render(view, path, input);
    // Bold in bold: people would see the asterisks.
    if (/(?<!\\)\*{4}/.test(textOf(view))) throw new Error(`nested bold: ${textOf(view)}`);
    return {
      kind: view.kind,
      tone: view.kind === 'view' ? view.tone : undefined,
      text: textOf(view),
      labels: controls.flatMap(({ label, disabled }) =>
        label === undefined || disabled ? [] : [saidPlain(label)],
      ),
      view,
      press: (label) =>
        run(
          path,
          one(controls, (control) => saidPlain(control.label ?? '') === label, label),
        ),
      select: (...values) =>
        run(
          path,
          one(controls, ({ kind }) => kind === 'select', 'select'),
          {
            values: values.map((value) => (typeof value === 'string' ? value : value.id)),
            things: values.filter((value) => typeof value !== 'string'),
          },
        ),
      selectIn: (placeholder, ...values) =>
        run(
          path,
          one(controls, (control) => saidPlain(control.placeholder ?? '') === placeholder, placeholder),
          { values },
        ),
      submit: (fields, ...things) =>
        run(
          path,
          one(controls, ({ kind }) => kind === 'form', 'form'),
          { fields, things },
        ),
      async later() {
        if (view.kind !== 'view' || !view.later) throw new Error('nothing replaces it');
        return answer(path, await view.later);
      },
    };
  }

  return {
    /** An answer of `/path`. @throws {Error} when one of its controls leads nowhere, or Discord would refuse it. */
    show: answer,

    async type(path: string, options: Readonly<Record<string, unknown>> = {}): Promise<Answer> {
      const command = commands[path];
      if (!command) throw new Error(`there is no /${path}`);
      return answer(path, await command.run({ ...input, options: options as Record<string, string> }, app));
    },

    /** A control by its handler, as a card of yesterday may still have it. */
    use: async (path: string, op: string, ...args: readonly string[]): Promise<Answer> =>
      await run(path, { op, args }),

    async complete(
      path: string,
      option: string,
      typed: string,
      others: Readonly<Record<string, string>> = {},
    ): Promise<readonly Choice[]> {
      const completer = commands[path]?.complete?.[option];
      if (!completer) throw new Error(`/${path} completes no ${option}`);
      return await completer({ guildId: GUILD, actor: input.actor, typed, others }, app);
    },
  };
}

/** The handler of a control on an answer of `/path`. @throws {Error} when there is none. */
function handlerOf(path: string, { op, command = path }: Control): Component<App> {
  assertHandled(commands, command, op);
  const component = commands[command]?.components?.[op];
  if (!component) throw new Error(`/${command} handles no “${op}”`);
  return component;
}

/** @throws {Error} when a control would lead nowhere. */
export function assertHandled(registry: Registry, command: string, op: string): void {
  const components = registry[command]?.components ?? {};
  if (!Object.hasOwn(components, op)) throw new Error(`/${command} handles no “${op}”`);
}

type Shown = Control & {
  readonly kind: 'button' | 'select' | 'form';
  readonly label?: Text;
  readonly disabled?: boolean | undefined;
  readonly placeholder?: Text;
};

function controlsOf(view: View | Modal): readonly Shown[] {
  if (view.kind === 'modal') return [{ kind: 'form', op: view.op, args: view.args }];
  return view.blocks.flatMap((block): readonly Shown[] => {
    if (block.kind === 'select' || block.kind === 'pick')
      return [
        {
          kind: 'select',
          op: block.op,
          ...('command' in block && { command: block.command }),
          args: block.args,
          placeholder: block.placeholder,
        },
      ];
    const pressed = block.kind === 'row' ? [block.button] : block.kind === 'buttons' ? block.buttons : [];
    return pressed.flatMap((button) => ('url' in button ? [] : [{ kind: 'button', ...button }]));
  });
}

function one(controls: readonly Shown[], is: (control: Shown) => boolean, what: string): Shown {
  const found = controls.find(is);
  if (!found) throw new Error(`there is no ${what}`);
  return found;
}

function render(view: View | Modal, command: string, { actor, guildId, inDm }: Input): void {
  const now = new Date('2026-03-01T12:00:00Z');
  const place: Place = {
    ids: IDS,
    applicationId: '1',
    guildId,
    inDm,
    userId: actor.id,
    command,
    now,
    language: 'en',
  };
  if (view.kind === 'modal') renderModal(view, place);
  else renderView(view, place);
}

/** What an answer says. */
export function textOf(view: View | Modal): string {
  if (view.kind === 'modal')
    return [view.title, ...view.fields.map((field) => `${saidPlain(field.label)}: ${enteredIn(field)}`)]
      .map(saidPlain)
      .join('\n');
  return view.blocks.flatMap((block) => ('text' in block ? [said(block.text)] : [])).join('\n');
}

const enteredIn = (field: ModalField): string =>
  field.kind !== 'checks'
    ? (field.value ?? '')
    : field.options
        .filter(({ chosen }) => chosen)
        .map(({ value }) => value)
        .join(', ');
