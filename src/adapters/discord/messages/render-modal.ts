import {
  CheckboxGroupBuilder,
  CheckboxGroupOptionBuilder,
  LabelBuilder,
  ModalBuilder,
  TextInputBuilder,
} from '@discordjs/builders';
import { TextInputStyle } from 'discord.js';
import type { ChecksField, Modal, ModalField, Text, TextField } from '../views/view.ts';
import { clampUnits, plainText } from '../wire/sanitise.ts';
import { plainOf } from '../wire/speech.ts';
import type { Place } from './render.ts';

/** How long a modal can be submitted. Discord does not tell us when one is closed. */
const OPEN_FOR_MS = 3_600_000;

/**
 * A modal as the `data` of a callback. Only the person who opened it can submit it.
 * @throws {RangeError} when it has too many fields: discord.js's builders do not check that (discord.md 0.2).
 */
export function renderModal(modal: Modal, place: Place): object {
  const { fields } = modal;
  if (fields.length < 1 || fields.length > 5) throw new RangeError(`${fields.length} fields in a modal`);
  if (new Set(fields.map(({ id }) => id)).size < fields.length) throw new RangeError('the same field twice');
  const cut = (text: Text, max: number) => clampUnits(plainText(plainOf(text, place.language), max), max);
  return new ModalBuilder()
    .setTitle(cut(modal.title, 45))
    .setCustomId(
      place.ids.sign({
        command: place.command,
        op: modal.op,
        args: modal.args ?? [],
        applicationId: place.applicationId,
        guildId: place.inDm ? (modal.guildId ?? place.guildId) : place.guildId,
        inDm: place.inDm,
        audience: { userId: place.userId },
        expiresAt: new Date(place.now.getTime() + OPEN_FOR_MS),
      }),
    )
    .addLabelComponents(fields.map((field) => toLabel(field, cut)))
    .toJSON();
}

type Cut = (text: Text, max: number) => string;

function toLabel(field: ModalField, cut: Cut): LabelBuilder {
  const label = new LabelBuilder().setLabel(cut(field.label, 45));
  if (field.description) label.setDescription(cut(field.description, 100));
  return field.checks === undefined
    ? label.setTextInputComponent(toInput(field, cut))
    : label.setCheckboxGroupComponent(toChecks(field, cut));
}

/** None may be ticked: `required` would ask for one. */
function toChecks({ id, checks }: ChecksField, cut: Cut): CheckboxGroupBuilder {
  const options = checks.map(({ label, value, description, chosen }) => {
    const option = new CheckboxGroupOptionBuilder().setLabel(cut(label, 100)).setValue(value);
    if (description) option.setDescription(cut(description, 100));
    return option.setDefault(chosen ?? false);
  });
  return new CheckboxGroupBuilder().setCustomId(id).setRequired(false).setMinValues(0).addOptions(options);
}

function toInput(field: TextField, cut: Cut): TextInputBuilder {
  const maxLength = Math.min(field.maxLength ?? 4_000, 4_000);
  const input = new TextInputBuilder()
    .setCustomId(field.id)
    .setStyle(field.long ? TextInputStyle.Paragraph : TextInputStyle.Short)
    .setRequired(field.required ?? false)
    .setMaxLength(maxLength);
  if (field.minLength !== undefined) input.setMinLength(field.minLength);
  if (field.placeholder) input.setPlaceholder(cut(field.placeholder, 100));
  // Not cleaned, because a prefilled value is submitted again unless it is changed.
  if (field.value) input.setValue(clampUnits(field.value, maxLength));
  return input;
}
