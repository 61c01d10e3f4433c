import type { Checker } from './checker.ts';
import { ButtonStyle, ComponentType as Type } from './constants.ts';
import { isObject, type Json, numberOf } from './json.ts';

/** Limits of components [docs: components/reference], for messages and modals. */

const IN_CONTAINER: readonly number[] = [
  Type.ActionRow,
  Type.Section,
  Type.TextDisplay,
  Type.MediaGallery,
  Type.File,
  Type.Separator,
];
const TOP_LEVEL_V2: readonly number[] = [...IN_CONTAINER, Type.Container];
const SELECTS: readonly number[] = [
  Type.StringSelect,
  Type.UserSelect,
  Type.RoleSelect,
  Type.MentionableSelect,
  Type.ChannelSelect,
];

/** Totals over a tree of components, for the limits that apply to a whole message. */
export interface Totals {
  count: number;
  displayedCharacters: number;
  displayedBytes: number;
  displays: number;
  readonly customIds: Set<string>;
  readonly ids: Set<number>;
  /** Names used in `attachment://` addresses. */
  readonly attachments: Set<string>;
}

export const newTotals = (): Totals => ({
  count: 0,
  displayedCharacters: 0,
  displayedBytes: 0,
  displays: 0,
  customIds: new Set(),
  ids: new Set(),
  attachments: new Set(),
});

/** Checks the `components` of a message body and adds to the totals. */
export function checkMessageComponents(body: Checker, v2: boolean, totals: Totals): void {
  const max = v2 ? 40 : 5;
  const allowed = v2 ? TOP_LEVEL_V2 : [Type.ActionRow];
  for (const { node, index } of body.objects('components', { max })) {
    checkComponent(body.at(['components', index], node), allowed, totals);
  }
}

/** Checks one component and everything inside of it. */
export function checkComponent(check: Checker, allowed: readonly number[], totals: Totals): void {
  const type = numberOf(check.node.type);
  if (type === undefined || !allowed.includes(type)) {
    const choices = allowed.length === 1 ? `(${allowed[0]},)` : `(${allowed.join(', ')})`;
    check.add('type', 'UNION_TYPE_CHOICES', `Value of field "type" must be one of ${choices}.`);
    return;
  }
  totals.count += 1;
  checkId(check, totals);
  switch (type) {
    case Type.ActionRow:
      checkActionRow(check, totals);
      return;
    case Type.Button:
      checkButton(check, totals);
      return;
    case Type.Section:
      checkSection(check, totals);
      return;
    case Type.TextDisplay:
      checkTextDisplay(check, totals);
      return;
    case Type.Thumbnail:
      check.text('description', { max: 1024 });
      checkMedia(check, 'media', totals);
      return;
    case Type.MediaGallery:
      for (const { node, index } of check.objects('items', { min: 1, max: 10, required: true })) {
        const item = check.at(['items', index], node);
        item.text('description', { max: 1024 });
        checkMedia(item, 'media', totals);
      }
      return;
    case Type.File:
      checkFile(check, totals);
      return;
    case Type.Separator:
      check.bool('divider');
      check.int('spacing', { min: 1, max: 2 });
      return;
    case Type.Container:
      check.int('accent_color', { max: 0xffffff });
      check.bool('spoiler');
      for (const { node, index } of check.objects('components', { min: 1, max: 40, required: true })) {
        checkComponent(check.at(['components', index], node), IN_CONTAINER, totals);
      }
      return;
    default:
      checkSelect(check, type, totals);
  }
}

export function checkId(check: Checker, totals: Totals): void {
  const id = check.int('id', { max: 2 ** 31 - 1 });
  if (!id) return;
  if (totals.ids.has(id)) check.add('id', 'COMPONENT_ID_DUPLICATED', 'Component id cannot be duplicated');
  totals.ids.add(id);
}

/** Custom ids are unique in a message, even on disabled components (discord-api-docs#3673). */
export function checkCustomId(check: Checker, totals: Totals): void {
  const customId = check.text('custom_id', { min: 1, max: 100, required: true });
  if (customId === undefined) return;
  if (totals.customIds.has(customId)) {
    const message = 'Component custom id cannot be duplicated';
    check.add('custom_id', 'COMPONENT_CUSTOM_ID_DUPLICATED', message);
  }
  totals.customIds.add(customId);
}

const ONE_EMOJI = /^\p{RGI_Emoji}$/v;

/** An emoji of the guild (with an id), or one Unicode emoji with or without its variation selector. */
function checkEmoji(check: Checker): void {
  const { emoji } = check.node;
  if (!isObject(emoji) || emoji.id) return;
  const name = String(emoji.name ?? '');
  if (ONE_EMOJI.test(name) || ONE_EMOJI.test(`${name}\u{FE0F}`)) return;
  check.add(['emoji', 'name'], 'BUTTON_COMPONENT_INVALID_EMOJI', `Invalid emoji: ${name}`);
}

function checkActionRow(check: Checker, totals: Totals): void {
  const children = check.objects('components', { min: 1, max: 5, required: true });
  const selects = children.filter(({ node }) => SELECTS.includes(numberOf(node.type) ?? 0));
  if (selects.length > 0 && children.length > 1) {
    const message = 'The width of this action row is used up: one select, or up to five buttons';
    check.add('components', 'COMPONENT_LAYOUT_WIDTH_EXCEEDED', message);
  }
  for (const { node, index } of children) {
    checkComponent(check.at(['components', index], node), [Type.Button, ...SELECTS], totals);
  }
}

function checkButton(check: Checker, totals: Totals): void {
  const style = check.int('style', { min: 1, max: 6, required: true });
  const label = check.text('label', { max: 80 });
  checkEmoji(check);
  check.bool('disabled');
  const absent = (key: string) =>
    check.absent(key, 'BUTTON_COMPONENT_FIELD_NOT_ALLOWED', `A button of style ${style} cannot have this`);
  if (style === ButtonStyle.Premium) {
    check.text('sku_id', { min: 1, required: true });
    for (const key of ['custom_id', 'label', 'url', 'emoji']) absent(key);
    return;
  }
  if (!label && !isObject(check.node.emoji)) {
    check.add('label', 'BUTTON_COMPONENT_EMPTY', 'A button must have a label or an emoji');
  }
  if (style !== ButtonStyle.Link) {
    absent('url');
    checkCustomId(check, totals);
    return;
  }
  absent('custom_id');
  const url = check.text('url', { min: 1, max: 512, required: true });
  if (url !== undefined && !/^(https?|discord):\/\/[^\s]+$/.test(url)) {
    check.add(
      'url',
      'URL_TYPE_INVALID_SCHEME',
      `Scheme "${url.split(':')[0]}" is not one of ('http', 'https', 'discord').`,
    );
  }
}

/** A select of any kind, in a row or in a label. */
export function checkSelect(check: Checker, type: number, totals: Totals): void {
  checkCustomId(check, totals);
  check.text('placeholder', { max: 150 });
  check.bool('disabled');
  const min = check.int('min_values', { max: 25 }) ?? 1;
  const max = check.int('max_values', { min: 1, max: 25 }) ?? 1;
  if (min > max)
    check.add('min_values', 'SELECT_COMPONENT_MIN_GREATER_THAN_MAX', 'min_values must not exceed max_values');
  if (type !== Type.StringSelect) {
    const defaults = check.objects('default_values', { max: 25 });
    if (defaults.length > max) {
      check.add(
        'default_values',
        'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES',
        'More default values than max_values',
      );
    }
    return;
  }
  const options = check.objects('options', { min: 1, max: 25, required: true });
  const values = new Set<string>();
  for (const { node, index } of options) {
    const option = check.at(['options', index], node);
    option.text('label', { min: 1, max: 100, required: true });
    option.text('description', { max: 100 });
    checkEmoji(option);
    const value = option.text('value', { min: 1, max: 100, required: true });
    if (value === undefined) continue;
    if (values.has(value)) {
      option.add(
        'value',
        'SELECT_COMPONENT_OPTION_VALUE_DUPLICATED',
        'The specified option value is already used',
      );
    }
    values.add(value);
  }
  if (max > options.length && options.length > 0) {
    check.add(
      'max_values',
      'SELECT_COMPONENT_MAX_VALUES_TOO_LARGE',
      'max_values must not exceed the number of options',
    );
  }
  const preset = options.filter(({ node }) => node.default === true).length;
  if (preset > max) {
    check.add('options', 'SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES', 'More default options than max_values');
  }
}

function checkSection(check: Checker, totals: Totals): void {
  for (const { node, index } of check.objects('components', { min: 1, max: 3, required: true })) {
    checkComponent(check.at(['components', index], node), [Type.TextDisplay], totals);
  }
  const { accessory } = check.node;
  if (isObject(accessory))
    checkComponent(check.at(['accessory'], accessory), [Type.Button, Type.Thumbnail], totals);
  else check.add('accessory', 'BASE_TYPE_REQUIRED', 'This field is required');
}

function checkTextDisplay(check: Checker, totals: Totals): void {
  const content = check.text('content', { min: 1, max: 4000, required: true }) ?? '';
  totals.displays += 1;
  totals.displayedCharacters += content.length;
  totals.displayedBytes += Buffer.byteLength(content);
}

function checkMedia(check: Checker, key: string, totals: Totals): void {
  const media = check.node[key];
  if (!isObject(media)) {
    check.add(key, 'BASE_TYPE_REQUIRED', 'This field is required');
    return;
  }
  noteAttachment(check.at([key], media).text('url', { min: 1, max: 2048, required: true }), totals);
}

function checkFile(check: Checker, totals: Totals): void {
  const file: Json | undefined = isObject(check.node.file) ? check.node.file : undefined;
  if (!file) {
    check.add('file', 'BASE_TYPE_REQUIRED', 'This field is required');
    return;
  }
  const url = check.at(['file'], file).text('url', { min: 1, max: 2048, required: true });
  if (url !== undefined && !url.startsWith('attachment://')) {
    check.add(['file', 'url'], 'URL_TYPE_INVALID_SCHEME', "Scheme is not one of ('attachment',).");
  }
  noteAttachment(url, totals);
}

function noteAttachment(url: string | undefined, totals: Totals): void {
  if (url?.startsWith('attachment://')) totals.attachments.add(url.slice('attachment://'.length));
}
