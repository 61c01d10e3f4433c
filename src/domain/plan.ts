/** A plan as somebody saw it. */
import { createHash } from 'node:crypto';
import type { Plan } from './model.ts';

/** Changes with whatever can be edited of a plan. */
export function planMark(plan: Omit<Plan, 'createdAt' | 'roleById'>): string {
  const { id, name, duration, expiryAction, roleId, renewals, renewalRoleId, libraryIds } = plan;
  const parts = [id, name, duration, expiryAction, roleId, renewals, renewalRoleId, libraryIds.toSorted()];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 16);
}
