/** A message as Discord's clients draw it: components V2, plain text, files. */
import { buttonLabel, type Component, isSelect } from '../standins/discord/components.ts';
import { ComponentType as Type } from '../standins/discord/constants.ts';
import { type Html, html } from './html.ts';
import { drawMarkdown, type Names } from './markdown.ts';
import { choicesOf } from './picks.ts';

/** What is drawn of a message. */
export interface Drawn {
  readonly author: string;
  readonly isBot: boolean;
  /** What was typed or pressed to get it, with who did. */
  readonly asked?: { readonly who: string; readonly what: string } | undefined;
  readonly at: string;
  readonly content: string;
  readonly components: readonly Component[];
  readonly files: readonly { readonly name: string; readonly url: string; readonly bytes: number }[];
  /** Only one person sees it. */
  readonly isEphemeral: boolean;
  /** Still shows “is thinking …”. */
  readonly isLoading: boolean;
  readonly isEdited: boolean;
}

export function drawMessage(message: Drawn, names: Names, id = ''): Html {
  const { author, asked, at, files } = message;
  return html`<article class="message${message.isEphemeral && ' ephemeral'}" data-message="${id}">
${asked && html`<div class="asked"><span class="mention">@${asked.who}</span> used <b>${asked.what}</b></div>`}
<div class="avatar">${author.slice(0, 1).toUpperCase()}</div>
<div class="body"><header><b>${author}</b>${message.isBot && html`<span class="app">APP</span>`}<time>${at}</time></header>
${message.isLoading ? html`<div class="loading">${author} is thinking …</div>` : drawContent(message, names)}
${files.filter(({ name }) => !isPlaced(message.components, name)).map(drawFile)}
${message.isEdited && html`<span class="edited">(edited)</span>`}
${message.isEphemeral && html`<footer>Only you can see this · <span class="link">Dismiss message</span></footer>`}
</div></article>`;
}

function drawContent({ content, components, files }: Drawn, names: Names): Html {
  const text = content !== '' && html`<div class="text">${drawMarkdown(content, names)}</div>`;
  return html`${text}${components.map((component) => drawComponent(component, names, files))}`;
}

type Files = Drawn['files'];

function drawComponent(component: Component, names: Names, files: Files): Html {
  const inside = () => (component.components ?? []).map((child) => drawComponent(child, names, files));
  switch (component.type) {
    case Type.Container:
      return html`<div class="container" style="border-left-color:${colour(component.accent_color)}">${inside()}</div>`;
    case Type.ActionRow:
      return html`<div class="row">${inside()}</div>`;
    case Type.TextDisplay:
      return html`<div class="text">${drawMarkdown(component.content ?? '', names)}</div>`;
    case Type.Section:
      return html`<div class="section"><div>${inside()}</div>${component.accessory && drawComponent(component.accessory, names, files)}</div>`;
    case Type.Separator:
      return component.divider === false ? html`<div class="gap"></div>` : html`<hr>`;
    case Type.MediaGallery:
      return html`${(component.items ?? []).map((item) => html`<img alt="${item.description ?? ''}" src="${item.media.url}">`)}`;
    case Type.File: {
      const name = component.file?.url.replace(/^.*\//, '').replace(/\?.*/, '');
      return html`${files.filter((file) => file.name === name).map(drawFile)}`;
    }
    case Type.Button:
      return drawButton(component);
    default:
      if (isSelect(component)) return drawSelect(component, names);
      throw new Error(`nobody draws a component of type ${component.type}`);
  }
}

const BUTTONS: Readonly<Record<number, string>> = {
  1: 'primary',
  2: 'secondary',
  3: 'success',
  4: 'danger',
  5: 'secondary',
};

function drawButton(button: Component): Html {
  const label = buttonLabel(button);
  const look = BUTTONS[button.style ?? 2] ?? 'secondary';
  if (button.url !== undefined)
    return html`<a class="button ${look}" href="${button.url}" target="_blank" rel="noreferrer">${label} ↗</a>`;
  return html`<button class="button ${look}" data-press="${button.custom_id ?? ''}"${button.disabled && html` disabled`}>${label}</button>`;
}

/** A closed select: what is chosen, or its placeholder. Its options come with it for who can open it. */
function drawSelect(select: Component, names: Names): Html {
  const before = new Set(select.default_values?.map(({ id }) => id));
  const listed = choicesOf(select, names).map(({ id, label }) => ({
    label,
    value: id,
    description: undefined,
    default: before.has(id),
  }));
  const options = select.type === Type.StringSelect ? (select.options ?? []) : listed;
  const chosen = options.filter((option) => option.default);
  const title =
    chosen.length > 0 ? chosen.map(({ label }) => label).join(', ') : (select.placeholder ?? 'Select');
  const limits = html`data-min="${select.min_values ?? 1}" data-max="${select.max_values ?? 1}"`;
  return html`<details class="select" data-select="${select.custom_id ?? ''}" ${limits}><summary class="${chosen.length === 0 && 'empty'}">${title}</summary>
<div class="options">${options.map(
    ({ label, value, description, default: on }) =>
      html`<label class="option"><input type="checkbox" value="${value}"${on && html` checked`}><span>${label}${description !== undefined && html`<small>${description}</small>`}</span></label>`,
  )}</div></details>`;
}

const drawFile = ({ name, url, bytes }: Files[number]): Html =>
  html`<div class="file">📄 <a href="${url}" download="${name}">${name}</a><small>${sizeOf(bytes)}</small></div>`;

const sizeOf = (bytes: number): string =>
  bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KB`;

const colour = (accent: number | undefined): string =>
  accent === undefined ? 'transparent' : `#${accent.toString(16).padStart(6, '0')}`;

const isPlaced = (components: readonly Component[], name: string): boolean =>
  JSON.stringify(components).includes(`/${encodeURIComponent(name)}`) ||
  JSON.stringify(components).includes(`/${name}`);
