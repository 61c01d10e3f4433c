/** A form as Discord's clients draw it. */
import type { Component } from '../standins/discord/components.ts';
import { ComponentType as Type } from '../standins/discord/constants.ts';
import { type Html, html } from './html.ts';
import { drawMarkdown, type Names } from './markdown.ts';
import { choicesOf } from './picks.ts';

export interface DrawnModal {
  readonly title: string;
  readonly components: readonly Component[];
}

export function drawModal({ title, components }: DrawnModal, names: Names): Html {
  return html`<form class="modal"><h2>${title}</h2>
${components.map((component) => drawPart(component, names))}
<div class="row end"><button type="button" class="button secondary" data-cancel>Cancel</button><button class="button primary">Submit</button></div></form>`;
}

function drawPart(component: Component, names: Names): Html {
  if (component.type === Type.TextDisplay)
    return html`<div class="text">${drawMarkdown(component.content ?? '', names)}</div>`;
  const field = component.component ?? component.components?.[0];
  if (!field) throw new Error('a part of a form without a field');
  const required = field.type !== Type.Checkbox && field.required !== false;
  return html`<label class="field"><b>${component.label ?? field.label ?? ''}${required && html`<span class="star"> *</span>`}</b>
${component.description !== undefined && html`<small>${component.description}</small>`}
${drawField(field, required, names)}</label>`;
}

function drawField(field: Component, required: boolean, names: Names): Html {
  const name = field.custom_id ?? '';
  switch (field.type) {
    case Type.TextInput: {
      const limits = html`name="${name}" placeholder="${field.placeholder ?? ''}" maxlength="${field.max_length ?? 4000}" minlength="${field.min_length ?? 0}"${required && html` required`}`;
      return field.style === 2
        ? html`<textarea ${limits}>${field.value ?? ''}</textarea>`
        : html`<input ${limits} value="${field.value ?? ''}">`;
    }
    case Type.Checkbox:
      return html`<input type="checkbox" name="${name}"${field.default && html` checked`}>`;
    case Type.CheckboxGroup:
    case Type.RadioGroup:
    case Type.StringSelect: {
      const one =
        field.type === Type.RadioGroup || (field.type === Type.StringSelect && (field.max_values ?? 1) === 1);
      return html`<span class="choices">${(field.options ?? []).map(
        ({ label, value, description, default: on }) =>
          html`<label><input type="${one ? 'radio' : 'checkbox'}" name="${name}" value="${value}"${on && html` checked`}> ${label}${description !== undefined && html`<small> ${description}</small>`}</label>`,
      )}</span>`;
    }
    case Type.UserSelect:
    case Type.RoleSelect:
    case Type.ChannelSelect: {
      const before = new Set(field.default_values?.map(({ id }) => id));
      return html`<select name="${name}"${required && html` required`}><option value=""></option>${choicesOf(
        field,
        names,
      ).map(
        ({ id, label }) => html`<option value="${id}"${before.has(id) && html` selected`}>${label}</option>`,
      )}</select>`;
    }
    default:
      throw new Error(`nobody draws a field of type ${field.type}`);
  }
}
