/** The rows of the benchmark, in the order of the table. */
import type { Row } from '../row.ts';
import { acknowledgement } from './acknowledgement.ts';
import { apiLists } from './api-lists.ts';
import { apiLoad } from './api-load.ts';
import { autocomplete } from './autocomplete.ts';
import { backup } from './backup.ts';
import { bulkBeside } from './bulk-beside.ts';
import { dueQuery } from './due-query.ts';
import { expiryDelay } from './expiry-delay.ts';
import { hangingServers } from './hanging-servers.ts';
import { hostileAnswers } from './hostile-answers.ts';
import { importing } from './import.ts';
import { jellyfinChange } from './jellyfin-change.ts';
import { massExpiry } from './mass-expiry.ts';
import { panels } from './panels.ts';
import { catchingUp, reminding } from './people.ts';
import { record } from './record.ts';
import { revokeRequests } from './revoke-requests.ts';
import { start } from './start.ts';
import { syncRequests } from './sync-requests.ts';

export const rows: readonly Row[] = [
  syncRequests,
  revokeRequests,
  jellyfinChange,
  expiryDelay,
  massExpiry,
  dueQuery,
  acknowledgement,
  backup,
  bulkBeside,
  autocomplete,
  panels,
  apiLists,
  apiLoad,
  hangingServers,
  hostileAnswers,
  importing,
  record,
  catchingUp,
  reminding,
  start,
];
