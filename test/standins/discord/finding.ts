import { buttonLabel, type Component, isButton, isClickable, isSelect, walk } from './components.ts';
import { ButtonStyle, ComponentType as Type } from './constants.ts';
import { type Channel, Role } from './guild.ts';
import type { Json } from './json.ts';
import type { Message } from './message.ts';
import { resolvedWire } from './payloads.ts';
import { User } from './world.ts';

/** Finds and uses the components of a message, with the refusals of Discord's own client. */

/** What can be chosen in a select: a value or a label, a user, a role or a channel. */
export type Selected = string | User | Role | Channel;

/** The button with this label, custom id, or beginning of a custom id; undefined when there is none. */
export function findButton(message: Message, wanted: string, near?: string): Component | undefined {
  const all = [...walk(message.components)].filter(isButton);
  const hits = best(all, [
    (button) => buttonLabel(button) === wanted || button.label === wanted,
    (button) => button.custom_id === wanted,
    (button) => button.custom_id?.startsWith(wanted) ?? false,
  ]);
  const close =
    near === undefined ? hits : hits.filter((button) => contextOf(message, button).includes(near));
  if (close.length > 1) {
    const ids = close.map((button) => button.custom_id).join(', ');
    throw new Error(
      `several buttons are called "${wanted}" (${ids}); say which with { near: 'text beside it' }`,
    );
  }
  return close[0];
}

/** The select with this placeholder, custom id or beginning of one. Without a name, the only one there is. */
export function findSelect(message: Message, wanted: string | undefined): Component | undefined {
  const all = [...walk(message.components)].filter(isSelect);
  if (wanted === undefined) {
    if (all.length > 1)
      throw new Error(`several selects: ${all.map((one) => one.placeholder ?? one.custom_id).join(', ')}`);
    return all[0];
  }
  return best(all, [
    (select) => select.placeholder === wanted,
    (select) => select.custom_id === wanted,
    (select) => select.custom_id?.startsWith(wanted) ?? false,
  ])[0];
}

/** The hits of the first of these ways that has any. */
function best(all: readonly Component[], ways: readonly ((one: Component) => boolean)[]): Component[] {
  for (const way of ways) {
    const hits = all.filter(way);
    if (hits.length > 0) return hits;
  }
  return [];
}

/** The text beside a button: that of its section, otherwise the last text above its row. */
function contextOf(message: Message, button: Component): string {
  let above = '';
  for (const component of walk(message.components)) {
    if (component.accessory === button) {
      return (component.components ?? []).map((text) => text.content ?? '').join('\n');
    }
    if (component.type === Type.TextDisplay) above = component.content ?? '';
    if (component === button) return above;
  }
  return above;
}

/** Labels of the buttons and selects in a message, for error texts. */
export function listActions(message: Message): string {
  const names = [...walk(message.components)].flatMap((component) => {
    if (isButton(component)) return [`[${buttonLabel(component)}]${component.disabled ? ' (disabled)' : ''}`];
    if (isSelect(component)) return [`▾ ${component.placeholder ?? component.custom_id}`];
    return [];
  });
  return names.join(', ') || 'none';
}

/** Throws if a client would not let a person press the button. */
export function checkClickable(button: Component): void {
  const label = buttonLabel(button);
  if (button.style === ButtonStyle.Link)
    throw new Error(`[${label}] opens ${button.url}; the bot hears nothing of it`);
  if (!isClickable(button)) throw new Error(`[${label}] cannot be pressed`);
  if (button.disabled) throw new Error(`[${label}] is disabled`);
}

/** The values and the `resolved` part of a choice. Throws if a client would not allow it. */
export function chooseIn(
  select: Component,
  chosen: readonly Selected[],
  place: { readonly channel: Channel; readonly user: User },
  minimum = select.min_values ?? 1,
): { readonly values: string[]; readonly resolved: Json } {
  const name = select.placeholder ?? select.custom_id;
  if (select.disabled) throw new Error(`the select "${name}" is disabled`);
  const max = select.max_values ?? 1;
  if (chosen.length < minimum || chosen.length > max) {
    throw new Error(`the select "${name}" takes ${minimum} to ${max} choices, not ${chosen.length}`);
  }
  const things: (User | Role | Channel)[] = [];
  const values = chosen.map((one) => {
    if (typeof one !== 'string') {
      if (!accepts(select, one)) throw new Error(`the select "${name}" does not offer ${String(one)}`);
      things.push(one);
      return one.id;
    }
    const option = (select.options ?? []).find(({ label, value }) => value === one || label === one);
    if (option) return option.value;
    const offered = (select.options ?? []).map(({ label }) => label).join(', ');
    throw new Error(`the select "${name}" has no option "${one}"; it has: ${offered || 'none'}`);
  });
  return { values, resolved: resolvedWire(place.channel.guild, place.user, things) };
}

function accepts(select: Component, thing: User | Role | Channel): boolean {
  if (thing instanceof User) return select.type === Type.UserSelect || select.type === Type.MentionableSelect;
  if (thing instanceof Role) return select.type === Type.RoleSelect || select.type === Type.MentionableSelect;
  const types = select.channel_types ?? [];
  return select.type === Type.ChannelSelect && (types.length === 0 || types.includes(thing.type));
}
