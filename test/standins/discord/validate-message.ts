import { Checker } from './checker.ts';
import { MessageFlag } from './constants.ts';
import { DiscordError, Issues, type Path, refuse } from './errors.ts';
import { type Json, listOf, numberOf } from './json.ts';
import type { Message } from './message.ts';
import type { Upload } from './rest/body.ts';
import { checkMessageComponents, newTotals, type Totals } from './validate-components.ts';

const LEGACY = 'MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2';

/**
 * Refuses a message body that Discord would refuse (discord.md 1.5).
 * @param before The message being edited; undefined for a new one.
 * @param path Where the message is in the body: `['data']` in an interaction callback.
 */
export function checkMessage(
  body: Json,
  { before, uploads, path = [] }: { before?: Message | undefined; uploads: readonly Upload[]; path?: Path },
): void {
  const issues = new Issues();
  const check = new Checker(issues, path, body);
  check.text('content', { max: 2000 });
  checkEmbeds(check);
  checkAllowedMentions(check);
  checkNonce(check);
  // An edit with flags is judged by them, one without by those of the message: in Discord.Net#3132, flags 0 with
  // components for a V2 message were refused with 'must be one of (1,)'.
  const flags = check.int('flags') ?? before?.flags ?? 0;
  const v2 = (flags & MessageFlag.ComponentsV2) !== 0;
  const totals = newTotals();
  checkMessageComponents(check, v2, totals);
  if (v2 || before?.componentsV2) checkNoLegacyFields(check, before);
  if (v2) checkTotals(check, totals);
  checkAttachments(check, { before, uploads, totals });
  issues.throwIfAny();

  // Undocumented: Discord itself fails on messages of more than this processed size (discord-api-docs#8562, #8554).
  if (totals.displayedBytes + 12 * totals.displays > 10_170) {
    throw new DiscordError(500, 0, '500: Internal Server Error');
  }
  if (isEmpty(body, { before, uploads, v2 })) throw refuse.emptyMessage();
}

function checkNoLegacyFields(check: Checker, before: Message | undefined): void {
  for (const field of ['content', 'embeds', 'poll', 'sticker_ids'] as const) {
    const kept = field === 'content' ? before?.content : field === 'embeds' ? before?.embeds : undefined;
    const value = check.node[field] === undefined ? kept : check.node[field];
    const used = Array.isArray(value) ? value.length > 0 : Boolean(value);
    if (used)
      check.add(
        field,
        LEGACY,
        `The '${field}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2`,
      );
  }
}

function checkTotals(check: Checker, totals: Totals): void {
  if (totals.count > 40) {
    const message = 'The total number of components cannot exceed 40';
    check.add('components', 'COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED', message);
  }
  if (totals.displayedCharacters > 4000) {
    const message = 'The total displayable text size cannot exceed 4000';
    check.add('components', 'COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED', message);
  }
}

function checkEmbeds(check: Checker): void {
  let total = 0;
  for (const { node, index } of check.objects('embeds', { max: 10 })) {
    const embed = check.at(['embeds', index], node);
    total += (embed.text('title', { max: 256 }) ?? '').length;
    total += (embed.text('description', { max: 4096 }) ?? '').length;
    for (const [key, inner, max] of [
      ['footer', 'text', 2048],
      ['author', 'name', 256],
    ] as const) {
      const value = node[key];
      if (typeof value === 'object' && value !== null) {
        total += (embed.at([key], value as Json).text(inner, { max, required: true }) ?? '').length;
      }
    }
    for (const { node: field, index: at } of embed.objects('fields', { max: 25 })) {
      const checked = embed.at(['fields', at], field);
      total += (checked.text('name', { min: 1, max: 256, required: true }) ?? '').length;
      total += (checked.text('value', { min: 1, max: 1024, required: true }) ?? '').length;
    }
  }
  if (total > 6000) check.add('embeds', 'MAX_EMBED_SIZE_EXCEEDED', 'Embed size exceeds maximum size of 6000');
}

function checkAllowedMentions(check: Checker): void {
  const value = check.node.allowed_mentions;
  if (typeof value !== 'object' || value === null) return;
  const allowed = check.at(['allowed_mentions'], value as Json);
  const parse = listOf(allowed.node.parse);
  for (const kind of ['users', 'roles']) {
    const listed = listOf(allowed.node[kind]);
    if (listed.length > 100) allowed.add(kind, 'BASE_TYPE_MAX_LENGTH', 'Must be 100 or fewer in length.');
    if (listed.length > 0 && parse.includes(kind)) {
      allowed.add(
        [],
        'MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE',
        `parse:["${kind}"] and ${kind}: [ids...] are mutually exclusive.`,
      );
    }
  }
  for (const [index, kind] of parse.entries()) {
    if (kind === 'users' || kind === 'roles' || kind === 'everyone') continue;
    allowed.add(
      ['parse', index],
      'BASE_TYPE_CHOICES',
      "Value must be one of {'users', 'roles', 'everyone'}.",
    );
  }
}

function checkNonce(check: Checker): void {
  const { nonce } = check.node;
  if (typeof nonce === 'string' && nonce.length > 25) {
    check.add('nonce', 'NONCE_TYPE_TOO_LONG', 'Nonce must not be longer than 25 characters.');
  }
}

function checkAttachments(
  check: Checker,
  { before, uploads, totals }: { before: Message | undefined; uploads: readonly Upload[]; totals: Totals },
): void {
  const kept = (before?.attachments ?? []).map((attachment) => attachment.filename);
  const names = new Set([...kept, ...uploads.map((upload) => upload.filename)]);
  for (const name of totals.attachments) {
    if (!names.has(name))
      check.add(
        'components',
        'UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND',
        `The referenced attachment was not found: ${name}`,
      );
  }
  if (uploads.length > 10) check.add('attachments', 'BASE_TYPE_MAX_LENGTH', 'Must be 10 or fewer in length.');
  const indexes = new Set(uploads.map((upload) => upload.index));
  for (const { node, index } of check.objects('attachments', { max: 10 })) {
    check.at(['attachments', index], node).text('description', { max: 1024 });
    const id = numberOf(Number(node.id ?? Number.NaN));
    const known = before?.attachments.some((attachment) => attachment.id === node.id);
    if (!known && (id === undefined || !indexes.has(id))) {
      check.add(
        ['attachments', index, 'id'],
        'ATTACHMENT_NOT_FOUND',
        `No file or attachment has the id ${String(node.id)}`,
      );
    }
  }
}

/** Rows of buttons alone do not make a message; components V2 do. */
function isEmpty(
  body: Json,
  { before, uploads, v2 }: { before: Message | undefined; uploads: readonly Upload[]; v2: boolean },
): boolean {
  const after = (key: 'content' | 'embeds' | 'attachments' | 'components') => {
    const value = body[key] === undefined ? before?.[key] : body[key];
    return Array.isArray(value) ? value.length > 0 : Boolean(value);
  };
  if (uploads.length > 0 || after('content') || after('embeds') || body.poll) return false;
  if (after('attachments') || listOf(body.sticker_ids).length > 0) return false;
  return !((v2 || before?.componentsV2) && after('components'));
}
