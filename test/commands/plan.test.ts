import { describe, expect, it, vi } from 'vitest';
import type { PlanPreview } from '../../src/app/grants/plans.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { aServer, memoryDrafts, NOON, names, planDetails, times } from './samples.ts';

/** A preview of taking Movies from two running grants, read from the server as it was at that moment. */
function previewed(server = aServer(), removes = 2): PlanPreview {
  const uses = { grants: 2, invites: 0 };
  const details = planDetails({ servers: [server], uses });
  return {
    before: details,
    after: details,
    effects: [{ serverId: server.id, server, adds: 0, removes, members: removes }],
  };
}

describe('/plan edit', () => {
  const start = async (previews: readonly PlanPreview[]) => {
    const edit = vi.fn(async () => ({ kind: 'done', details: planDetails() }) as const);
    const left = [...previews];
    const preview = async () => (left.length > 1 ? left.shift() : left[0]);
    const app = stubApp({
      autocomplete: names(),
      drafts: memoryDrafts(),
      timeInput: times(),
      plans: { preview, edit },
    });
    const asked = await typist(app).type('plan edit', { plan: 'Family', libraries: 'Shows' });
    return { asked, edit };
  };

  it('is not asked again because a server was synced or checked meanwhile', async () => {
    const later = new Date(NOON.getTime() + 600_000);
    const { asked, edit } = await start([
      previewed(),
      previewed(aServer({ lastSyncAt: later, checkedAt: later, version: '1.44' })),
    ]);
    expect(asked.text).toContain('removes 2 (2 members)');
    const done = await asked.press('Apply to 2 running grants too');
    expect(done.text).toContain('Saved');
    expect(edit).toHaveBeenCalledOnce();
  });
});
