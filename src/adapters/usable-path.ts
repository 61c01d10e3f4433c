/** Files and folders that Usher needs: why one cannot be used, whose it is, and the command that mends it. */
import { accessSync, constants, statSync } from 'node:fs';

/** A file or folder that Usher needs cannot be used. The message names the variable that points there. */
export class PathUnusable extends Error {
  override readonly name = 'PathUnusable';
}

/** @throws {PathUnusable} for whatever `use` throws. `variable` is that of the environment. */
export function usingPath<T>(variable: string, path: string, use: (path: string) => T): T {
  try {
    return use(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    const why = code ?? (error instanceof Error ? error.message : 'unknown reason');
    const rights = whyRefused([path], 'read');
    throw new PathUnusable(
      `${variable} points to ${path}, which cannot be used (${why}).${rights === undefined ? '' : ` There, ${rights}`}`,
    );
  }
}

const MODES = { read: constants.R_OK, write: constants.W_OK } as const;

/** Whose those are that this process may not read or write, and the command; undefined when there is none. */
export function whyRefused(paths: readonly string[], to: keyof typeof MODES): string | undefined {
  const refused = paths.flatMap((path) => refusal(path, MODES[to]) ?? []);
  const [first] = refused;
  if (!first) return undefined;
  const { path, code, uid, gid } = first;
  if (code === 'EROFS') return `${path} is on a file system that is mounted read-only. Mount it for writing.`;
  const [me, group] = [process.geteuid?.(), process.getegid?.()];
  if (me === undefined) return `Usher may not ${to} ${path} (${code}).`;
  const list = refused.map((one) => quoted(one.path)).join(' ');
  if (uid === me)
    return `${path} may not be ${to === 'read' ? 'read' : 'written'} by its owner. Mend it with: chmod u+rw ${list}`;
  return `${path} belongs to ${uid}:${gid}${uid === 0 ? ' (root)' : ''}, and Usher runs as ${me}:${group}. Mend it with: chown ${me}:${group} ${list}`;
}

function refusal(path: string, mode: number) {
  const stats = statIfThere(path);
  if (!stats) return undefined;
  try {
    accessSync(path, stats.isDirectory() ? mode | constants.X_OK : mode);
    return undefined;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return { path, code, uid: stats.uid, gid: stats.gid };
  }
}

function statIfThere(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** As a shell takes it. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
