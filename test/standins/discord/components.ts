import { ButtonStyle, ComponentType, SELECTS } from './constants.ts';
import { isObject, type Json, listOf } from './json.ts';

/** An embed as it is stored. */
export interface Embed {
  readonly title?: string;
  readonly description?: string;
  readonly url?: string;
  readonly color?: number;
  readonly timestamp?: string;
  readonly author?: { readonly name: string };
  readonly footer?: { readonly text: string };
  readonly fields?: readonly { readonly name: string; readonly value: string; readonly inline?: boolean }[];
}

interface SelectOption {
  readonly label: string;
  readonly value: string;
  readonly description?: string;
  readonly default?: boolean;
  readonly emoji?: { readonly name?: string };
}

/** A component as it is stored: validated, without nulls, and with an `id`. */
export interface Component {
  readonly type: number;
  readonly id: number;
  readonly custom_id?: string;
  readonly style?: number;
  readonly label?: string;
  readonly description?: string;
  readonly url?: string;
  readonly emoji?: { readonly name?: string; readonly id?: string };
  readonly disabled?: boolean;
  readonly content?: string;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly value?: string;
  readonly default?: boolean;
  readonly min_values?: number;
  readonly max_values?: number;
  readonly min_length?: number;
  readonly max_length?: number;
  readonly options?: readonly SelectOption[];
  readonly default_values?: readonly { readonly id: string; readonly type: string }[];
  readonly channel_types?: readonly number[];
  readonly components?: readonly Component[];
  readonly accessory?: Component;
  readonly component?: Component;
  readonly media?: { readonly url: string };
  readonly file?: { readonly url: string };
  readonly items?: readonly { readonly media: { readonly url: string }; readonly description?: string }[];
  readonly divider?: boolean;
  readonly spacing?: number;
  readonly accent_color?: number;
  readonly spoiler?: boolean;
}

/** All components in reading order, parents before their children. */
export function* walk(components: readonly Component[]): Generator<Component> {
  for (const component of components) {
    yield component;
    if (component.components) yield* walk(component.components);
    if (component.accessory) yield* walk([component.accessory]);
    if (component.component) yield* walk([component.component]);
  }
}

export const isButton = (component: Component): boolean => component.type === ComponentType.Button;

/** Whether pressing the button makes an interaction, which links and premium buttons do not. */
export const isClickable = (component: Component): boolean =>
  isButton(component) && component.style !== ButtonStyle.Link && component.style !== ButtonStyle.Premium;

export const isSelect = (component: Component): boolean => SELECTS.includes(component.type);

export const buttonLabel = (button: Component): string =>
  [button.emoji?.name, button.label].filter((part) => part !== undefined).join(' ');

/** All displayed text of a tree, for mentions and limits. */
export const textDisplays = (components: readonly Component[]): string[] =>
  [...walk(components)].flatMap((component) =>
    component.type === ComponentType.TextDisplay ? [component.content ?? ''] : [],
  );

/**
 * Stores components as Discord does. Only for trees that passed validation, because they get their type here.
 * Missing ids are assigned, and `attachment://` addresses are replaced by those of the uploaded files.
 */
export function storeComponents(raw: unknown, urlOf: (name: string) => string | undefined): Component[] {
  const taken = new Set([...idsIn(raw)]);
  let next = 1;
  const freshId = () => {
    while (taken.has(next)) next += 1;
    taken.add(next);
    return next;
  };
  const store = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(store);
    if (!isObject(node)) return node;
    const kept: Json = {};
    const isComponent = typeof node.type === 'number';
    if (isComponent) kept.id = typeof node.id === 'number' && node.id > 0 ? node.id : freshId();
    for (const [key, value] of Object.entries(node)) {
      if (value === null || key === 'id') continue;
      kept[key] = store(value);
    }
    if (!isComponent && node.id !== undefined && node.id !== null) kept.id = node.id;
    const { url } = node;
    if (typeof url === 'string' && url.startsWith('attachment://')) {
      kept.url = urlOf(url.slice('attachment://'.length)) ?? url;
    }
    return kept;
  };
  return listOf(store(raw)) as Component[];
}

function* idsIn(node: unknown): Generator<number> {
  if (Array.isArray(node)) for (const item of node) yield* idsIn(item);
  if (!isObject(node)) return;
  if (typeof node.type === 'number' && typeof node.id === 'number' && node.id > 0) yield node.id;
  for (const value of Object.values(node)) if (typeof value === 'object') yield* idsIn(value);
}
