import { Checker } from './checker.ts';
import { ComponentType as Type } from './constants.ts';
import { Issues } from './errors.ts';
import { isObject, type Json, numberOf } from './json.ts';
import {
  checkComponent,
  checkCustomId,
  checkId,
  checkSelect,
  newTotals,
  type Totals,
} from './validate-components.ts';

const IN_LABEL: readonly number[] = [
  Type.StringSelect,
  Type.TextInput,
  Type.UserSelect,
  Type.RoleSelect,
  Type.MentionableSelect,
  Type.ChannelSelect,
  Type.FileUpload,
  Type.RadioGroup,
  Type.CheckboxGroup,
  Type.Checkbox,
];

/** Refuses a modal that Discord would refuse (discord.md 1.4). `data` is that of the callback. */
export function checkModal(data: Json): void {
  const issues = new Issues();
  const check = new Checker(issues, ['data'], data);
  const totals = newTotals();
  check.text('title', { min: 1, max: 45, required: true });
  check.text('custom_id', { min: 1, max: 100, required: true });
  // The OpenAPI document says 40. The documentation says 5, which is what Discord enforces; discord.js's builders
  // allow ten.
  for (const { node, index } of check.objects('components', { min: 1, max: 5, required: true })) {
    checkTopLevel(check.at(['components', index], node), totals);
  }
  issues.throwIfAny();
}

function checkTopLevel(check: Checker, totals: Totals): void {
  const type = numberOf(check.node.type);
  if (type === Type.TextDisplay) {
    checkComponent(check, [Type.TextDisplay], totals);
    return;
  }
  if (type === Type.ActionRow) {
    // Deprecated but accepted: a row with one text input that has its own label.
    for (const { node, index } of check.objects('components', { min: 1, max: 1, required: true })) {
      const input = check.at(['components', index], node);
      if (node.type !== Type.TextInput) {
        input.add('type', 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (4,).');
      } else {
        input.text('label', { min: 1, max: 45, required: true });
        checkTextInput(input, totals);
      }
    }
    return;
  }
  if (type !== Type.Label) {
    check.add('type', 'UNION_TYPE_CHOICES', 'Value of field "type" must be one of (1, 10, 18).');
    return;
  }
  checkId(check, totals);
  check.text('label', { min: 1, max: 45, required: true });
  check.text('description', { max: 100 });
  const { component } = check.node;
  if (!isObject(component)) {
    check.add('component', 'BASE_TYPE_REQUIRED', 'This field is required');
    return;
  }
  checkField(check.at(['component'], component), totals);
}

function checkField(check: Checker, totals: Totals): void {
  const type = numberOf(check.node.type);
  if (type === undefined || !IN_LABEL.includes(type)) {
    check.add('type', 'UNION_TYPE_CHOICES', `Value of field "type" must be one of (${IN_LABEL.join(', ')}).`);
    return;
  }
  checkId(check, totals);
  check.bool('required');
  switch (type) {
    case Type.TextInput:
      // A text input inside a Label must not have a label of its own.
      check.absent(
        'label',
        'TEXT_INPUT_LABEL_NOT_ALLOWED',
        'A text input in a Label cannot have a label of its own',
      );
      checkTextInput(check, totals);
      return;
    case Type.FileUpload:
      checkCustomId(check, totals);
      check.int('min_values', { max: 10 });
      check.int('max_values', { min: 1, max: 10 });
      return;
    case Type.RadioGroup:
      checkGroup(check, totals, { min: 2, max: 10, defaults: 1 });
      return;
    case Type.CheckboxGroup:
      check.int('min_values', { max: 10 });
      check.int('max_values', { min: 1, max: 10 });
      checkGroup(check, totals, { min: 1, max: 10, defaults: 10 });
      return;
    case Type.Checkbox:
      check.absent('required', 'CHECKBOX_REQUIRED', 'A checkbox cannot be required');
      check.bool('default');
      checkCustomId(check, totals);
      return;
    default:
      if (check.node.disabled === true) {
        check.add('disabled', 'SELECT_COMPONENT_DISABLED_IN_MODAL', 'A select in a modal cannot be disabled');
      }
      checkSelect(check, type, totals);
      return;
  }
}

function checkTextInput(check: Checker, totals: Totals): void {
  checkCustomId(check, totals);
  check.int('style', { min: 1, max: 2, required: true });
  const min = check.int('min_length', { max: 4000 }) ?? 0;
  const max = check.int('max_length', { min: 1, max: 4000 }) ?? 4000;
  if (min > max)
    check.add('min_length', 'TEXT_INPUT_MIN_GREATER_THAN_MAX', 'min_length must not exceed max_length');
  check.text('placeholder', { max: 100 });
  check.text('value', { max });
}

function checkGroup(
  check: Checker,
  totals: Totals,
  { min, max, defaults }: { min: number; max: number; defaults: number },
): void {
  checkCustomId(check, totals);
  const options = check.objects('options', { min, max, required: true });
  const values = new Set<unknown>();
  for (const { node, index } of options) {
    const option = check.at(['options', index], node);
    option.text('label', { min: 1, max: 100, required: true });
    option.text('description', { max: 100 });
    option.text('value', { min: 1, max: 100, required: true });
    if (values.has(node.value))
      option.add('value', 'GROUP_OPTION_VALUE_DUPLICATED', 'The specified option value is already used');
    values.add(node.value);
  }
  if (options.filter(({ node }) => node.default === true).length > defaults) {
    check.add('options', 'GROUP_TOO_MANY_DEFAULTS', `Only ${defaults} option may be preset`);
  }
}
