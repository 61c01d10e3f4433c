/** Draws what was answered as its reader has it before them. */
import type { RawFile } from 'discord.js';
import { commands } from '../../commands/index.ts';
import { createCustomIds } from '../../src/adapters/discord/messages/custom-id.ts';
import { type Place, renderView } from '../../src/adapters/discord/messages/render.ts';
import { renderModal } from '../../src/adapters/discord/messages/render-modal.ts';
import { type Html, html } from '../drawing/html.ts';
import type { Names } from '../drawing/markdown.ts';
import { drawMessage } from '../drawing/message.ts';
import { drawModal } from '../drawing/modal.ts';
import { storeComponents } from '../standins/discord/components.ts';
import { clockText, renderTime } from '../standins/discord/times.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { House } from './houses.ts';
import { LANGUAGE } from './language.ts';
import type { Frame } from './scenes.ts';

/** A picture as it is, so that the page needs no other file. */
function pictureIn(files: readonly RawFile[], name: string): string {
  const file = files.find((one) => one.name === name);
  return file && name.endsWith('.png')
    ? `data:image/png;base64,${Buffer.from(file.data as Buffer).toString('base64')}`
    : `/${name}`;
}

/** @throws {Error} when Discord would refuse it, or nobody knows how it is drawn. */
export function drawFrame(frame: Frame, house: House): Html {
  const now = frame.at ?? house.world.clock.now();
  const names: Names = {
    user: (id) => house.people.get(id),
    role: () => 'Moderators',
    channel: () => 'usher-audit',
    time: (at, how) => renderTime(at, how, now),
  };
  const { view, content = '', isPosted = false, command, who, what } = frame;
  const place: Place = {
    ids: createCustomIds(new Uint8Array(32)),
    applicationId: '1',
    guildId: GUILD,
    inDm: false,
    userId: STAFF,
    command,
    now,
    language: LANGUAGE,
    commandIds: new Map(Object.keys(commands).map((path) => [path, '1234567890123456789'])),
  };
  if (view?.kind === 'modal') {
    const { title, components } = JSON.parse(JSON.stringify(renderModal(view, place)));
    return html`<p class="asked"><b>@${who}</b> ${what}</p>${drawModal({ title, components: storeComponents(components, () => undefined) }, names)}`;
  }
  const rendered = view && renderView(view, place, { ephemeral: !isPosted });
  const components = JSON.parse(JSON.stringify(rendered?.body.components ?? []));
  const files = rendered?.files ?? [];
  return drawMessage(
    {
      author: 'Usher',
      isBot: true,
      asked: isPosted ? undefined : { who, what },
      at: clockText(now),
      content,
      components: storeComponents(components, (name) => pictureIn(files, name)),
      files: files
        .filter(({ name }) => !name?.endsWith('.png'))
        .map(({ name, data }) => ({ name, url: '#', bytes: Buffer.byteLength(data as Buffer) })),
      isEphemeral: !isPosted,
      isLoading: false,
      isEdited: false,
    },
    names,
  );
}
