import { isNewFile, type NewFile, upload } from './command-line.ts';
import type { Component } from './components.ts';
import { ComponentType as Type } from './constants.ts';
import { chooseIn, type Selected } from './finding.ts';
import type { Channel } from './guild.ts';
import type { Modal } from './interaction.ts';
import type { Json } from './json.ts';
import { resolvedWire } from './payloads.ts';
import type { User } from './world.ts';

/** What can be entered into a field: text, a tick, one or several choices, people, or files. */
export type FieldValue = string | boolean | Selected | NewFile | readonly (Selected | NewFile)[];

interface Place {
  readonly channel: Channel;
  readonly user: User;
}

/**
 * The `data` of a MODAL_SUBMIT; throws what a client would object to. Fields are named by custom id or label. A
 * field that is not named keeps its prefilled value.
 */
export function modalData(modal: Modal, given: Readonly<Record<string, FieldValue>>, place: Place): Json {
  const left = new Set(Object.keys(given));
  const resolved: Json = {};
  const take = (field: Component, label: string | undefined): FieldValue | undefined => {
    const key = [field.custom_id, label].find((name) => name !== undefined && left.has(name));
    if (key === undefined) return undefined;
    left.delete(key);
    return given[key];
  };
  const components = modal.components.map((component) => {
    const { id, type } = component;
    if (component.component) {
      const value = take(component.component, component.label);
      return {
        id,
        type,
        component: fill(component.component, component.label ?? '', value, place, resolved),
      };
    }
    if (component.components) {
      const children = component.components.map((field) =>
        fill(field, field.label ?? '', take(field, field.label), place, resolved),
      );
      return { id, type, components: children };
    }
    return { id, type };
  });
  if (left.size > 0) throw new Error(`the modal "${modal.title}" has no field ${[...left].join(', ')}`);
  return {
    custom_id: modal.customId,
    components,
    ...(Object.keys(resolved).length > 0 && { resolved }),
  };
}

function fill(
  field: Component,
  label: string,
  given: FieldValue | undefined,
  place: Place,
  resolved: Json,
): Json {
  const base = { id: field.id, type: field.type, custom_id: field.custom_id };
  const required = field.required !== false;
  switch (field.type) {
    case Type.TextInput:
      return { ...base, value: textOf(field, label, given ?? field.value ?? '', required) };
    case Type.Checkbox:
      return { ...base, value: given === undefined ? (field.default ?? false) : given === true };
    case Type.RadioGroup: {
      const [value] = optionsOf(field, label, given ?? preset(field), required ? 1 : 0, 1);
      return { ...base, value: value ?? null };
    }
    case Type.CheckboxGroup: {
      const options = field.options ?? [];
      const min = required ? (field.min_values ?? 1) : 0;
      return {
        ...base,
        values: optionsOf(field, label, given ?? preset(field), min, field.max_values ?? options.length),
      };
    }
    case Type.FileUpload:
      return { ...base, values: filesOf(field, label, given, required, place, resolved) };
    default: {
      const chosen = selectedOf(given ?? presetIn(field, place), label);
      // An optional field may be left empty, whatever its min_values.
      const minimum = !required && chosen.length === 0 ? 0 : (field.min_values ?? 1);
      const choice = chooseIn(field, chosen, place, minimum);
      merge(resolved, choice.resolved);
      return { ...base, values: choice.values };
    }
  }
}

const listFrom = (value: FieldValue): readonly unknown[] => (Array.isArray(value) ? value : [value]);

const preset = (field: Component): string[] =>
  (field.options ?? []).filter((option) => option.default).map((option) => option.value);

/** What Discord itself lists is preset by id. */
function presetIn(field: Component, { channel: { guild, world } }: Place): Selected[] {
  const listed = (field.default_values ?? []).flatMap(
    ({ id }) => world.users.get(id) ?? guild?.roles.get(id) ?? guild?.channels.get(id) ?? [],
  );
  return [...preset(field), ...listed];
}

function textOf(field: Component, label: string, value: FieldValue, required: boolean): string {
  if (typeof value !== 'string') throw new Error(`"${label}" takes a text`);
  if (field.style === 1 && /[\r\n]/.test(value)) throw new Error(`"${label}" takes one line`);
  const [min, max] = [field.min_length ?? 0, field.max_length ?? 4000];
  if (value === '') {
    if (required) throw new Error(`"${label}" is required`);
    return value;
  }
  if (value.length < min || value.length > max) {
    throw new Error(`"${label}" takes ${min} to ${max} characters, not ${value.length}`);
  }
  return value;
}

function optionsOf(field: Component, label: string, given: FieldValue, min: number, max: number): string[] {
  const values = listFrom(given).map((one) => {
    const option = (field.options ?? []).find(({ label: text, value }) => text === one || value === one);
    if (!option) throw new Error(`"${label}" has no option "${String(one)}"`);
    return option.value;
  });
  if (values.length < min || values.length > max)
    throw new Error(`"${label}" takes ${min} to ${max} choices, not ${values.length}`);
  return values;
}

function selectedOf(given: FieldValue, label: string): Selected[] {
  return listFrom(given).map((one) => {
    if (typeof one === 'boolean' || isNewFile(one)) throw new Error(`"${label}" takes a choice`);
    return one as Selected;
  });
}

function filesOf(
  field: Component,
  label: string,
  given: FieldValue | undefined,
  required: boolean,
  { channel, user }: Place,
  resolved: Json,
): string[] {
  const files = given === undefined ? [] : listFrom(given).filter(isNewFile);
  const [min, max] = [required ? (field.min_values ?? 1) : 0, field.max_values ?? 1];
  if (files.length < min || files.length > max)
    throw new Error(`"${label}" takes ${min} to ${max} files, not ${files.length}`);
  const attachments = files.map((file) => channel.world.addAttachment(channel.id, upload(file)));
  merge(resolved, resolvedWire(channel.guild, user, attachments));
  return attachments.map((attachment) => attachment.id);
}

function merge(into: Json, more: Json): void {
  for (const [kind, things] of Object.entries(more)) {
    into[kind] = { ...(into[kind] as Json | undefined), ...(things as Json) };
  }
}
