/** What of a server works: its machine answers, and who has access there can be read and changed (sharing). Pure. */
import { MEDIA_KINDS } from './media-kinds.ts';
import type { Server } from './model.ts';

type Health = Pick<Server, 'kind' | 'status' | 'failedChecks' | 'sharingFailedChecks'>;

/** Whether what was seen last may be old, because the next look failed. */
export function isUnreadable(server: Health): boolean {
  const machineCounts = MEDIA_KINDS[server.kind].accessReadFrom === 'server';
  return (
    server.sharingFailedChecks > 0 ||
    server.status === 'offline' ||
    (machineCounts && server.failedChecks > 0)
  );
}
