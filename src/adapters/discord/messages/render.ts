/**
 * Turns views into messages: a value in, JSON out, nothing is sent. What can be shortened to Discord's limits is
 * shortened; anything else is a bug in a command and is thrown (discord.md 1.4, 1.5).
 */

import {
  ActionRowBuilder,
  ButtonBuilder,
  ButtonStyle,
  ContainerBuilder,
  FileBuilder,
  MediaGalleryBuilder,
  MediaGalleryItemBuilder,
  MessageFlags,
  type RawFile,
  SectionBuilder,
  SeparatorBuilder,
  type StringSelectMenuBuilder,
  TextDisplayBuilder,
} from 'discord.js';
import type { GuildId } from '../../../domain/ids.ts';
import type { Language } from '../../../words/catalogue.ts';
import type { Block, Button, LinkButton, Tone, View } from '../views/view.ts';
import { FILE_BYTES } from '../wire/file-bytes.ts';
import { clampUnits, plainText } from '../wire/sanitise.ts';
import { markdownOf, plainOf } from '../wire/speech.ts';
import { type CommandIds, tappable } from './command-mentions.ts';
import type { CustomIds } from './custom-id.ts';
import { cutAtLine, fitTexts, LIMITS } from './message-limits.ts';
import { type PickBuilder, toOptions, toPick } from './render-selects.ts';

/** Where a view is shown and to whom. Its buttons are signed for this. */
export interface Place {
  readonly ids: CustomIds;
  readonly applicationId: string;
  /** Empty in a DM that belongs to no guild. */
  readonly guildId: GuildId;
  readonly inDm: boolean;
  /** The person who gets the answer. */
  readonly userId: string;
  /** Path of the command that handles the buttons by default. */
  readonly command: string;
  readonly now: Date;
  /** Of the person who reads it, or of the channel. */
  readonly language: Language;
  /** How large a file may be, where Discord has said it. */
  readonly fileBytes?: number;
  /** So that commands can be tapped where they are named. */
  readonly commandIds?: CommandIds;
}

export interface RenderedMessage {
  readonly body: {
    readonly flags: number;
    readonly components: readonly object[];
    readonly attachments: readonly { readonly id: string; readonly filename: string }[];
    readonly allowed_mentions: { readonly parse: readonly string[] };
  };
  readonly files: readonly RawFile[];
}

const ACCENTS: Readonly<Record<Tone, number>> = {
  good: 0x2d_9d_5c,
  neutral: 0x5b_6e_e1,
  warning: 0xe0_9f_1f,
  bad: 0xd8_3c_3e,
};

const STYLES = {
  primary: ButtonStyle.Primary,
  secondary: ButtonStyle.Secondary,
  success: ButtonStyle.Success,
  danger: ButtonStyle.Danger,
} as const;

/** Discord allows 80 characters; phones show this many in a row of buttons (discord.md 1.5). */
const BUTTON_LABEL = 34;
/** Of a picture (discord.md 1.5). */
const DESCRIPTION = 1024;
const DAY_MS = 86_400_000;

/**
 * A view as the body of a message, and its files.
 * @throws {RangeError} when the view exceeds a limit that shortening cannot meet.
 */
export function renderView(
  view: View,
  place: Place,
  options: { readonly ephemeral?: boolean } = {},
): RenderedMessage {
  const toFile = fileIn(place);
  const listed = (view.files ?? []).map(toFile);
  const files = [
    ...listed,
    ...view.blocks.flatMap((block) => (block.kind === 'picture' ? [toFile(block)] : [])),
  ];
  if (files.length > 10) throw new RangeError(`${files.length} files in one message`);
  const blocks = fitBlocks(
    view.blocks.map((block) => written(block, place)),
    listed.length,
  );
  if (blocks.length + files.length === 0) throw new RangeError('a view without blocks');

  const container = new ContainerBuilder().setAccentColor(ACCENTS[view.tone]);
  const sign = signer(view, place);
  for (const block of blocks) addBlock(container, block, { sign, language: place.language });
  for (const { name } of listed) {
    container.addFileComponents(new FileBuilder({ file: { url: `attachment://${name}` } }));
  }
  return {
    body: {
      flags: MessageFlags.IsComponentsV2 | (options.ephemeral ? MessageFlags.Ephemeral : 0),
      components: [container.toJSON()],
      // Listed on edits too: an attachment that is not listed is removed, so the file of the previous view goes.
      // The id is the n of `files[n]`, as text because Discord's own description of the route asks for that.
      attachments: files.map(({ name }, index) => ({ id: String(index), filename: name })),
      // The client's default does not apply to raw requests, and answers to interactions ping users by default.
      allowed_mentions: { parse: [] },
    },
    files,
  };
}

type Sign = (button: {
  readonly op: string;
  readonly command?: string;
  readonly args?: readonly string[];
  readonly guildId?: GuildId;
}) => string;

function signer(view: View, place: Place): Sign {
  const copies = new Map<string, number>();
  const everybody = view.audience === 'everybody';
  return ({ op, command = place.command, args = [], guildId }) => {
    const same = JSON.stringify([command, op, args]);
    const copy = copies.get(same) ?? 0;
    copies.set(same, copy + 1);
    return place.ids.sign({
      command,
      op,
      args,
      copy,
      applicationId: place.applicationId,
      guildId: place.inDm ? (guildId ?? view.guildId ?? place.guildId) : place.guildId,
      inDm: place.inDm,
      audience: everybody ? 'everybody' : { userId: place.userId },
      expiresAt: new Date(place.now.getTime() + (view.buttonsLastMs ?? DAY_MS)),
    });
  };
}

/** A block whose text is in a language. */
type Written = Exclude<Block, { kind: 'text' | 'row' }> | Spoken<Extract<Block, { kind: 'text' | 'row' }>>;
type Spoken<Told> = Told extends Block ? Omit<Told, 'text'> & { readonly text: string } : never;

const written = (block: Block, { language, commandIds = NO_IDS }: Place): Written =>
  'text' in block ? { ...block, text: tappable(markdownOf(block.text, language), commandIds) } : block;

const NO_IDS: CommandIds = new Map();

/** Cuts texts to the limits of a whole message, and joins neighbouring texts when there are too many components. */
function fitBlocks(blocks: readonly Written[], files: number): readonly Written[] {
  const present = blocks.filter((block) => block.kind !== 'text' || block.text.trim() !== '');
  const few = countOf(present) + files <= LIMITS.components ? present : joinTexts(present);
  const count = countOf(few) + files;
  if (count > LIMITS.components) throw new RangeError(`${count} components in one message`);
  const texts = few.flatMap((block) => ('text' in block ? [block.text] : []));
  const fitted = fitTexts(texts.map((text) => cutAtLine(text, LIMITS.characters)));
  let next = 0;
  return few.map((block) => {
    return 'text' in block ? { ...block, text: fitted[next++] ?? '' } : block;
  });
}

/** Number of components, including the container, every row, and everything in rows. */
function countOf(blocks: readonly Written[]): number {
  return blocks.reduce((sum, block) => {
    if (block.kind === 'buttons') return sum + block.buttons.length + Math.ceil(block.buttons.length / 5);
    return sum + SIZES[block.kind];
  }, 1);
}

/** A row has its text and its button in it, a select has a row around it. */
const SIZES = { text: 1, separator: 1, picture: 1, select: 2, pick: 2, row: 3 } as const;

function joinTexts(blocks: readonly Written[]): readonly Written[] {
  const joined: Written[] = [];
  for (const block of blocks) {
    const last = joined.at(-1);
    if (block.kind === 'text' && last?.kind === 'text') {
      joined[joined.length - 1] = { kind: 'text', text: `${last.text}\n${block.text}` };
    } else joined.push(block);
  }
  return joined;
}

interface Drawing {
  readonly sign: Sign;
  readonly language: Language;
}

function addBlock(container: ContainerBuilder, block: Written, drawing: Drawing): void {
  switch (block.kind) {
    case 'text':
      container.addTextDisplayComponents(new TextDisplayBuilder({ content: block.text }));
      return;
    case 'separator':
      container.addSeparatorComponents(new SeparatorBuilder());
      return;
    case 'picture': {
      const item = new MediaGalleryItemBuilder()
        .setURL(`attachment://${fileName(block.name)}`)
        .setDescription(clampUnits(block.description, DESCRIPTION));
      container.addMediaGalleryComponents(new MediaGalleryBuilder().addItems(item));
      return;
    }
    case 'buttons':
      // A row has room for five buttons.
      for (let from = 0; from < block.buttons.length; from += 5) {
        const row = new ActionRowBuilder<ButtonBuilder>();
        row.addComponents(block.buttons.slice(from, from + 5).map((button) => toButton(button, drawing)));
        container.addActionRowComponents(row);
      }
      return;
    case 'row': {
      const line = new SectionBuilder().addTextDisplayComponents(
        new TextDisplayBuilder({ content: block.text }),
      );
      container.addSectionComponents(line.setButtonAccessory(toButton(block.button, drawing)));
      return;
    }
    case 'select': {
      const row = new ActionRowBuilder<StringSelectMenuBuilder>();
      container.addActionRowComponents(row.addComponents(toSelect(block, drawing)));
      return;
    }
    case 'pick': {
      const row = new ActionRowBuilder<PickBuilder>();
      const picking = toPick(block, drawing.language).setCustomId(drawing.sign(block));
      container.addActionRowComponents(row.addComponents(picking));
    }
  }
}

function toButton(button: Button | LinkButton, { sign, language }: Drawing): ButtonBuilder {
  const label = plainText(plainOf(button.label, language), BUTTON_LABEL);
  const built = new ButtonBuilder().setLabel(clampUnits(label, 80));
  if ('url' in button) {
    if (button.url.length > 512 || !URL.canParse(button.url)) throw new RangeError('not a link for a button');
    return built.setStyle(ButtonStyle.Link).setURL(button.url);
  }
  return built
    .setStyle(STYLES[button.style ?? 'secondary'])
    .setCustomId(sign(button))
    .setDisabled(button.disabled ?? false);
}

function toSelect(
  block: Extract<Block, { kind: 'select' }>,
  { sign, language }: Drawing,
): StringSelectMenuBuilder {
  return toOptions(block, language).setCustomId(sign(block));
}

const fileIn =
  ({ fileBytes = FILE_BYTES }: Pick<Place, 'fileBytes'>) =>
  ({ name, content }: { readonly name: string; readonly content: string | Uint8Array }) => {
    // Of one type for both kinds, because Buffer.from has no form that takes either.
    const data = Buffer.from(typeof content === 'string' ? new TextEncoder().encode(content) : content);
    if (data.length > fileBytes) throw new RangeError(`a file of ${data.length} bytes`);
    return { name: fileName(name), data };
  };

const fileName = (name: string): string => name.replace(/[^\w.-]+/g, '_').slice(0, 100);
