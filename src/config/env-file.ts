/** The file `.env`, as far as it can be read. */
import { parse } from 'dotenv';
import { readTextFile } from './text-file.ts';

export interface EnvFile {
  readonly values: Readonly<Record<string, string>>;
  /** Why nothing could be read from it, although it is there. */
  readonly problem: string | null;
  /** Why a variable is not among the values, although its name is in the file. */
  hintFor(name: string): string | undefined;
}

export const NO_ENV_FILE: EnvFile = { values: {}, problem: null, hintFor: () => undefined };

export function readEnvFile(path: string): EnvFile {
  const file = readTextFile(path);
  if (file.kind === 'missing') return NO_ENV_FILE;
  // Some keep an environment of Python in one of that name; Docker makes one where it misses a file.
  if (file.kind === 'folder') return { ...NO_ENV_FILE, hintFor: () => '.env is a folder, and not a file' };
  if (file.kind === 'odd') return { ...NO_ENV_FILE, problem: `the file ${file.what}` };
  const { text } = file;
  return {
    values: parse(text),
    problem: null,
    hintFor(name) {
      const line = text.split(/[\r\n]+/).find((each) => each.includes(name));
      if (line === undefined) return undefined;
      if (/^\s*#/.test(line)) return 'in .env its line begins with #, so it is a comment';
      // Empty there, or named after another one such as NAME_FILE.
      if (
        !line
          .replace(name, '')
          .replace(/^[\s=:]+/, '')
          .trim() ||
        line.includes(`${name}_`)
      )
        return undefined;
      return `in .env its line is not understood: write ${name}=VALUE`;
    },
  };
}
