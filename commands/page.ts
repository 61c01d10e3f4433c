import type { Declared } from '../src/adapters/discord/gateway/command-json.ts';
import type { Option } from '../src/adapters/discord/kit/command.ts';
import { describedIn } from '../src/words/descriptions.ts';

const WHO = {
  ...{ member: 'members', auditor: 'auditors', moderator: 'moderators', admin: 'admins' },
  'application owner': 'whoever runs Usher',
} as const;

const KINDS: Readonly<Record<Option['kind'], string>> = {
  ...{
    text: 'text',
    integer: 'number',
    user: 'person',
    channel: 'channel',
    role: 'role',
    attachment: 'file',
  },
};

/** docs/commands.md: what people can type, as it is declared. */
export function commandsPage(commands: Declared): string {
  const tops = Map.groupBy(Object.keys(commands).toSorted(), (path) => path.split(' ')[0] ?? path);
  const sections = [...tops].map(([top, paths]) =>
    [`## /${top}`, ...(paths.includes(top) ? [] : [describedIn('en', top, '')]), ...paths.map(one)].join(
      '\n\n',
    ),
  );
  return [INTRODUCTION, ...sections].join('\n\n');

  function one(path: string): string {
    const { description, capability, alsoInDm, userMenu, options = {} } = commands[path] ?? missing(path);
    const also = [
      alsoInDm ? ', also in a direct message' : '',
      userMenu ? `, also as “${userMenu.name}” in the menu of a person` : '',
    ].join('');
    const rows = Object.entries(options).map(([name, option]) => rowOf(name, option));
    return [
      ...(path.includes(' ') ? [`### /${path}`] : []),
      `${description}. For **${WHO[capability]}**${also}.`,
      ...(rows.length > 0 ? [[HEAD, ...rows].join('\n')] : []),
    ].join('\n\n');
  }
}

const INTRODUCTION = `# Commands

Everything that can be typed, as Usher declares it to Discord; \`npm run commands:page\` writes this page. What stands in **bold** has to
be filled in. Moderators may also do what auditors may, and admins everything ([who is who](discord-app.md#who-may-do-what)). How
durations, moments and libraries are typed stands in the [README](../README.md#how-it-is-typed).`;

const HEAD = '| option | is | what it does |\n| --- | --- | --- |';

function rowOf(name: string, { kind, description, required, choices, named }: Option): string {
  const chosen = choices?.map((value) => `\`${named?.[value] ?? value}\``).join(' ');
  const is = chosen ?? KINDS[kind];
  return `| ${required ? `**${name}**` : name} | ${is} | ${description.replaceAll('|', String.raw`\|`)} |`;
}

function missing(path: string): never {
  throw new Error(`no command ${path}`);
}
