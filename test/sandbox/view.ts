/** The page as somebody sees it: their channels, the messages there, and the media servers beside. */
import { html } from '../drawing/html.ts';
import type { Names } from '../drawing/markdown.ts';
import { drawMessage } from '../drawing/message.ts';
import type { Channel, Message, Person } from '../standins/discord/index.ts';
import { clockText, renderTime } from '../standins/discord/times.ts';
import { type Somebody, type Street, TROUBLES, type TroubleName } from './street.ts';

/** Ids of parts of the page, with what is in them now. */
export type Parts = Readonly<
  Record<'people' | 'channels' | 'messages' | 'shelves' | 'troubles' | 'signIns', string>
>;

/** `where`: id of a channel, or `dm`; anything else is #general. */
export function partsFor(street: Street, me: Somebody, where: string): Parts {
  const person = personAt(street, me, where);
  const names = namesOf(street);
  return {
    people: html`${street.people.map(
      ({ user, role }) =>
        html`<button class="person${user === me.user && ' here'}" data-be="${user.username}"><b>${user.displayName}</b><small>${role}</small></button>`,
    )}`.html,
    channels: html`${channelsOf(street, me).map(
      ({ id, title }) =>
        html`<button class="channel${(id === where || id === person.channel.id) && ' here'}" data-go="${id}">${title}</button>`,
    )}`.html,
    messages:
      html`${person.messages.slice(-60).map((message) => drawMessage(drawn(message), names, message.id))}`
        .html,
    shelves: html`${street.shelves.map(
      ({ server, rows }) =>
        html`<h4>${server}</h4>${rows.map(({ who, sees }) => html`<div class="shelf"><b>${who}</b><span>${sees}</span></div>`)}`,
    )}`.html,
    troubles: html`${(Object.keys(TROUBLES) as TroubleName[]).map(
      (name) =>
        html`<label class="trouble"><input type="checkbox" data-trouble="${name}"${street.isOn(name) && html` checked`}> ${TROUBLES[name]}</label>`,
    )}`.html,
    signIns: html`${street.signIns.map(
      ({ kind, code, who }) =>
        html`<div class="sign-in"><span>${kind === 'plex' ? 'plex.tv asks who signs in' : `Quick Connect ${code}`}</span>${who.map(
          (name) =>
            html`<button class="button secondary" data-approve="${kind}" data-code="${code}" data-who="${name}">${name}</button>`,
        )}</div>`,
    )}`.html,
  };
}

export function personAt({ stage }: Street, { user }: Somebody, where: string): Person {
  const person = stage.discord.as(user);
  return where === 'dm' ? person.inDm() : person.in(stage.guild.channels.get(where) ?? stage.guild.general);
}

function channelsOf({ stage }: Street, { user, role }: Somebody): readonly { id: string; title: string }[] {
  // Members do not see the channel of the record.
  const open = (channel: Channel) => role !== 'member' || channel !== stage.audit;
  const text = [...stage.guild.channels.values()].filter((channel) => channel.type === 0 && open(channel));
  const unread = stage.discord.dmsOf(user).length;
  return [
    ...text.map(({ id, name }) => ({ id, title: `# ${name}` })),
    { id: 'dm', title: `@ Usher${unread > 0 ? ` (${unread})` : ''}` },
  ];
}

function drawn(message: Message): Parameters<typeof drawMessage>[0] {
  const { author, metadata, content, components, attachments, sentAt, ephemeral, loading, edits } = message;
  return {
    author: author.displayName,
    isBot: author === message.channel.world.bot,
    asked: askedIn(metadata, message),
    at: clockText(sentAt),
    content,
    components,
    files: attachments.map(({ filename, url, bytes }) => ({ name: filename, url, bytes: bytes.length })),
    isEphemeral: ephemeral,
    isLoading: loading,
    isEdited: edits > 0 && !ephemeral,
  };
}

function askedIn(metadata: Message['metadata'], { channel }: Message) {
  if (!metadata || typeof metadata.name !== 'string') return undefined;
  const id =
    typeof metadata.user === 'object' && metadata.user !== null && 'id' in metadata.user
      ? metadata.user.id
      : '';
  return { who: channel.world.users.get(String(id))?.displayName ?? 'somebody', what: `/${metadata.name}` };
}

export function namesOf({ stage }: Street): Names {
  const { world } = stage.guild;
  return {
    user: (id) => world.users.get(id)?.displayName,
    role: (id) => stage.guild.roles.get(id)?.name,
    channel: (id) => world.channels.get(id)?.name,
    time: (at, style) => renderTime(at, style, world.clock.now()),
    listed: {
      users: [...stage.guild.members.values()].map(({ user }) => ({ id: user.id, name: user.displayName })),
      roles: [...stage.guild.roles.values()].map(({ id, name }) => ({ id, name: name.replace(/^@/, '') })),
      channels: [...stage.guild.channels.values()].map(({ id, name }) => ({ id, name })),
    },
  };
}
