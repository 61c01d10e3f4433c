/** Discord's Markdown as its clients draw it. What is parsed where is the parser's knowledge; lists are added here. */
import { parse } from 'discord-markdown-parser';
import { type Html, html } from './html.ts';

/** How mentions read, and at what time. */
export interface Names {
  user(id: string): string | undefined;
  role(id: string): string | undefined;
  channel(id: string): string | undefined;
  /** As the client of a reader in UTC writes it. */
  time(at: Date, style: string): string;
  /** Who and what is in the guild, for selects whose options Discord itself lists. */
  readonly listed?: Readonly<Record<'users' | 'roles' | 'channels', readonly Named[]>>;
}

interface Named {
  readonly id: string;
  readonly name: string;
}

type Node = ReturnType<typeof parse>[number];

export function drawMarkdown(text: string, names: Names): Html {
  // Inside a code block nothing else counts.
  if (text.includes('```')) return drawText(text, names);
  return html`${groupsOf(text).map(({ items, lines }) =>
    items
      ? html`<ul>${lines.map((line) => html`<li>${drawText(line, names)}</li>`)}</ul>`
      : drawText(lines.join('\n'), names),
  )}`;
}

interface Group {
  /** Whether its lines are those of a list, without their marks. */
  readonly items: boolean;
  readonly lines: string[];
}

function groupsOf(text: string): readonly Group[] {
  const groups: Group[] = [];
  for (const line of text.split('\n')) {
    const item = /^ *[-*] (?<text>.*)$/.exec(line)?.groups?.text;
    const last = groups.at(-1);
    if (last && last.items === (item !== undefined)) last.lines.push(item ?? line);
    else groups.push({ items: item !== undefined, lines: [item ?? line] });
  }
  return groups;
}

function drawText(text: string, names: Names): Html {
  return drawAll(parse(text, 'extended'), names);
}

const drawAll = (nodes: readonly Node[], names: Names): Html =>
  html`${nodes.map((node) => draw(node, names))}`;

function draw(node: Node, names: Names): Html {
  const inside = () =>
    typeof node.content === 'string' ? html`${node.content}` : drawAll(node.content ?? [], names);
  switch (node.type) {
    case 'text':
      return html`${String(node.content)}`;
    case 'br':
    case 'newline':
      return html`<br>`;
    case 'strong':
      return html`<b>${inside()}</b>`;
    case 'em':
      return html`<i>${inside()}</i>`;
    case 'underline':
      return html`<u>${inside()}</u>`;
    case 'strikethrough':
      return html`<s>${inside()}</s>`;
    case 'spoiler':
      return html`<span class="spoiler">${inside()}</span>`;
    case 'inlineCode':
      return html`<code>${String(node.content)}</code>`;
    case 'codeBlock':
      return html`<pre>${String(node.content)}</pre>`;
    case 'heading':
      return html`<div class="h${Number(node.level)}">${inside()}</div>`;
    case 'subtext':
      return html`<div class="small">${inside()}</div>`;
    case 'blockQuote':
      return html`<blockquote>${inside()}</blockquote>`;
    case 'url':
    case 'autolink':
    case 'link':
      return html`<a href="${String(node.target)}" target="_blank" rel="noreferrer">${inside()}</a>`;
    case 'user':
      return mention(names.user(String(node.id)) ?? 'unknown-user', '@');
    case 'role':
      return mention(names.role(String(node.id)) ?? 'unknown-role', '@');
    case 'channel':
      return mention(names.channel(String(node.id)) ?? 'unknown', '#');
    case 'everyone':
    case 'here':
      return mention(node.type, '@');
    case 'slashCommand':
      return mention(String(node.fullName), '/');
    case 'timestamp':
      return html`<span class="time">${names.time(new Date(Number(node.timestamp) * 1000), String(node.format ?? 'f'))}</span>`;
    case 'twemoji':
      return html`<span class="emoji">${String(node.name)}</span>`;
    default:
      throw new Error(`nobody draws “${node.type}”`);
  }
}

const mention = (name: string, sign: string): Html => html`<span class="mention">${sign}${name}</span>`;
