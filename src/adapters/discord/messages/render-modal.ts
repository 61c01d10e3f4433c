import {
  CheckboxGroupBuilder,
  CheckboxGroupOptionBuilder,
  LabelBuilder,
  ModalBuilder,
  RoleSelectMenuBuilder,
  TextInputBuilder,
  TextInputStyle,
  UserSelectMenuBuilder,
} from 'discord.js';
import type { Language } from '../../../words/catalogue.ts';
import type { Modal, ModalField, Text } from '../views/view.ts';
import { clampUnits, plainText } from '../wire/sanitise.ts';
import { plainOf } from '../wire/speech.ts';
import type { Place } from './render.ts';
import { toOptions, toPick } from './render-selects.ts';

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
  return new ModalBuilder()
    .setTitle(cut(modal.title, 45, place.language))
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
    .addLabelComponents(fields.map((field) => toLabel(field, place.language)))
    .toJSON();
}

const cut = (text: Text, max: number, language: Language): string =>
  clampUnits(plainText(plainOf(text, language), max), max);

function toLabel(field: ModalField, language: Language): LabelBuilder {
  const label = new LabelBuilder().setLabel(cut(field.label, 45, language));
  if (field.description) label.setDescription(cut(field.description, 100, language));
  return withField(label, field, language);
}

function withField(label: LabelBuilder, field: ModalField, language: Language): LabelBuilder {
  const required = field.required ?? false;
  if (field.kind === 'select') {
    const before = new Set(field.value?.split(','));
    const options = field.options.map((one) => ({ ...one, chosen: one.chosen || before.has(one.value) }));
    const min = required ? 1 : 0;
    const built = toOptions({ ...field, options, min }, language)
      .setCustomId(field.id)
      .setRequired(required);
    return label.setStringSelectMenuComponent(built);
  }
  if (field.kind === 'pick') {
    const built = toPick(field, language).setCustomId(field.id).setRequired(required);
    if (!required) built.setMinValues(0);
    if (built instanceof UserSelectMenuBuilder) return label.setUserSelectMenuComponent(built);
    if (built instanceof RoleSelectMenuBuilder) return label.setRoleSelectMenuComponent(built);
    return label.setChannelSelectMenuComponent(built);
  }
  if (field.kind === 'checks') return label.setCheckboxGroupComponent(toChecks(field, language));
  return label.setTextInputComponent(toInput(field, language).setRequired(required));
}

/** None may be ticked: `required` would ask for one. */
function toChecks(
  { id, options }: Extract<ModalField, { kind: 'checks' }>,
  language: Language,
): CheckboxGroupBuilder {
  const boxes = options.map(({ label, value, description, chosen }) => {
    const box = new CheckboxGroupOptionBuilder().setLabel(cut(label, 100, language)).setValue(value);
    if (description) box.setDescription(cut(description, 100, language));
    return box.setDefault(chosen ?? false);
  });
  return new CheckboxGroupBuilder().setCustomId(id).setRequired(false).setMinValues(0).addOptions(boxes);
}

function toInput(field: Extract<ModalField, { kind?: 'text' }>, language: Language): TextInputBuilder {
  const maxLength = Math.min(field.maxLength ?? 4_000, 4_000);
  const input = new TextInputBuilder()
    .setCustomId(field.id)
    .setStyle(field.long ? TextInputStyle.Paragraph : TextInputStyle.Short)
    .setMaxLength(maxLength);
  if (field.minLength !== undefined) input.setMinLength(field.minLength);
  if (field.placeholder) input.setPlaceholder(cut(field.placeholder, 100, language));
  // Not cleaned, because a prefilled value is submitted again unless it is changed.
  if (field.value) input.setValue(clampUnits(field.value, maxLength));
  return input;
}
