/** The rows of the bench, in the order of the table. */
import type { Row } from '../row.ts';
import { expiryDelay } from './expiry-delay.ts';
import { revokeRequests } from './revoke-requests.ts';
import { start } from './start.ts';
import { syncRequests } from './sync-requests.ts';

export const rows: readonly Row[] = [syncRequests, revokeRequests, expiryDelay, start];
