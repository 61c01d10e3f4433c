import { buttonLabel, type Component, type Embed, isButton, isSelect } from './components.ts';
import { ButtonStyle, ComponentType as Type } from './constants.ts';
import type { Modal } from './interaction.ts';
import type { Message } from './message.ts';
import { renderTime } from './times.ts';
import type { World } from './world.ts';

/** A message as plain text, as it would look in a terminal without colours. */
export function renderMessage(message: Message): string {
  if (message.loading) return `${message.author.displayName} is thinking …`;
  const { world } = message.channel;
  const names = (text: string) => readable(text, world);
  const lines = [
    ...(message.content ? [names(message.content)] : []),
    ...message.embeds.map((embed) => block(renderEmbed(embed, names), '│ ')),
    ...message.components.map((component) => renderComponent(component, names)),
    ...message.attachments
      .filter(({ url }) => !isShown(message.components, url))
      .map(({ filename, bytes }) => `[file ${filename}, ${bytes.length} bytes]`),
  ];
  return lines.join('\n');
}

/** A modal as plain text: its title, and its fields with their hints and prefilled values. */
export function renderModal(modal: Modal): string {
  const fields = modal.components.flatMap((component) => {
    if (component.type === Type.TextDisplay) return [component.content ?? ''];
    const field = component.component ?? component.components?.[0];
    if (!field) return [];
    const label = component.label ?? field.label ?? '';
    const required = field.type === Type.Checkbox || field.required === false ? '' : ' *';
    const hint = component.description === undefined ? [] : [`  ${component.description}`];
    return [`${label}${required}`, ...hint, `  ${renderField(field)}`];
  });
  return `┌ ${modal.title}\n${block(fields.join('\n'), '│ ')}\n└ [ Cancel ] [ Submit ]`;
}

function renderField(field: Component): string {
  const mark = (chosen: boolean | undefined, on: string, off: string) => (chosen ? on : off);
  switch (field.type) {
    case Type.RadioGroup:
      return (field.options ?? []).map((one) => `${mark(one.default, '(•)', '( )')} ${one.label}`).join('  ');
    case Type.CheckboxGroup:
      return (field.options ?? []).map((one) => `${mark(one.default, '[x]', '[ ]')} ${one.label}`).join('  ');
    case Type.Checkbox:
      return mark(field.default, '[x]', '[ ]');
    case Type.FileUpload:
      return '⇪ choose files';
    case Type.TextInput:
      return `▭ ${field.value ?? field.placeholder ?? ''}`.trimEnd();
    default:
      return renderSelect(field);
  }
}

function renderComponent(component: Component, names: (text: string) => string): string {
  const inside = () => (component.components ?? []).map((child) => renderComponent(child, names));
  switch (component.type) {
    case Type.TextDisplay:
      return names(component.content ?? '');
    case Type.Container:
      return block(inside().join('\n'), '┃ ');
    case Type.Section:
      return withAccessory(inside().join('\n'), component.accessory);
    case Type.ActionRow:
      return inside().join(' ');
    case Type.Separator:
      return component.divider === false ? '' : '────────';
    case Type.MediaGallery:
      return (component.items ?? [])
        .map((item) => `[image ${item.description ?? item.media.url}]`)
        .join('\n');
    case Type.File:
      return `[file ${fileName(component.file?.url)}]`;
    case Type.Thumbnail:
      return `[image ${component.description ?? component.media?.url}]`;
    default:
      return isSelect(component) ? renderSelect(component) : renderButton(component);
  }
}

function renderButton(button: Component): string {
  const label = buttonLabel(button);
  if (button.style === ButtonStyle.Link) return `[ ${label} → ${button.url} ]`;
  return button.disabled ? `[ ${label} (disabled) ]` : `[ ${label} ]`;
}

const KINDS: Readonly<Record<number, string>> = {
  [Type.UserSelect]: 'any user',
  [Type.RoleSelect]: 'any role',
  [Type.MentionableSelect]: 'any user or role',
  [Type.ChannelSelect]: 'any channel',
};

function renderSelect(select: Component): string {
  const chosen = (select.options ?? []).filter((option) => option.default).map((option) => option.label);
  const title = chosen.length > 0 ? chosen.join(', ') : (select.placeholder ?? 'Make a selection');
  const count = select.options?.length ?? 0;
  const kind = KINDS[select.type] ?? `${count} option${count === 1 ? '' : 's'}`;
  return `▾ ${title} (${kind})${select.disabled ? ' (disabled)' : ''}`;
}

/** A button is shown after the first line of its section, an image above it. */
function withAccessory(text: string, accessory: Component | undefined): string {
  if (!accessory) return text;
  if (!isButton(accessory)) return `${renderComponent(accessory, (same) => same)}\n${text}`;
  const [first = '', ...rest] = text.split('\n');
  return [`${first}  ${renderButton(accessory)}`, ...rest].join('\n');
}

function renderEmbed(embed: Embed, names: (text: string) => string): string {
  return [
    embed.author?.name,
    embed.title && `**${embed.title}**`,
    embed.description,
    ...(embed.fields ?? []).map((field) => `${field.name}: ${field.value}`),
    embed.footer && `-# ${embed.footer.text}`,
  ]
    .filter((part): part is string => Boolean(part))
    .map(names)
    .join('\n');
}

const block = (text: string, bar: string): string =>
  text
    .split('\n')
    .map((line) => `${bar}${line}`.trimEnd())
    .join('\n');

const fileName = (url: string | undefined): string =>
  decodeURIComponent((url ?? '').split('?')[0]?.split('/').at(-1) ?? '');

const isShown = (components: readonly Component[], url: string): boolean =>
  components.length > 0 && JSON.stringify(components).includes(JSON.stringify(url).slice(1, -1));

/** Shows mentions as names and timestamps as times in UTC. */
function readable(text: string, world: World): string {
  return text
    .replaceAll(/<@!?(\d+)>/g, (raw, id: string) => {
      const user = world.users.get(id);
      return user ? `@${user.displayName}` : raw;
    })
    .replaceAll(/<@&(\d+)>/g, (raw, id: string) => {
      const role = world.guilds
        .values()
        .flatMap((guild) => guild.roles.values())
        .find((one) => one.id === id);
      return role ? `@${role.name}` : raw;
    })
    .replaceAll(/<#(\d+)>/g, (raw, id: string) => {
      const channel = world.channels.get(id);
      return channel ? `#${channel.name}` : raw;
    })
    .replaceAll(/<\/([^:>]+):\d+>/g, '/$1')
    .replaceAll(/<t:(-?\d+)(?::([tTdDfFsSR]))?>/g, (_raw, seconds: string, style: string | undefined) =>
      renderTime(new Date(Number(seconds) * 1000), style ?? 'f', world.clock.now()),
    );
}
