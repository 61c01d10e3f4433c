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
    throw new PathUnusable(`${variable} points to ${path}, which cannot be used (${why}).`);
  }
}
