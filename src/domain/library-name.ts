/** The name of a library where there may be several servers. */
import type { Library } from './model.ts';

/** `Tower · Movies`: tells libraries of the same name on different servers apart (design.md 1). */
export function fullName(
  library: Pick<Library, 'serverId' | 'name'>,
  servers: readonly { readonly id: string; readonly name: string }[],
): string {
  return `${servers.find((server) => server.id === library.serverId)?.name ?? '?'} · ${library.name}`;
}
