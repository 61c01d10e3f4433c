/** How a library is called where there are several servers. */
import type { Library } from './model.ts';

/** `Tower · Movies`: a library as people tell it from its namesakes (design section 1). */
export function fullName(
  library: Pick<Library, 'serverId' | 'name'>,
  servers: readonly { readonly id: string; readonly name: string }[],
): string {
  return `${servers.find((server) => server.id === library.serverId)?.name ?? '?'} · ${library.name}`;
}
