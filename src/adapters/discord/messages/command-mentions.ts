/** Names of commands in a text, as what can be tapped to run them (discord.md 1.2). */

/** Ids that registering returned, by the whole path of the command; empty until it has. */
export type CommandIds = ReadonlyMap<string, string>;

/** Of every command its path and the id of the command that it is a part of. */
export function commandIdsOf(paths: readonly string[], ids: Readonly<Record<string, string>>): CommandIds {
  return new Map(
    paths.flatMap((path) => {
      const id = ids[path.split(' ')[0] ?? ''];
      return id === undefined ? [] : [[path, id] as const];
    }),
  );
}

const IN_CODE = /`\/([a-z]+(?: [a-z-]+){0,2})`/g;

/** `/grant add` in code becomes a mention, where its id is known. */
export const tappable = (markdown: string, ids: CommandIds): string =>
  markdown.replace(IN_CODE, (code, path: string) => {
    const id = ids.get(path);
    return id === undefined ? code : `</${path}:${id}>`;
  });
