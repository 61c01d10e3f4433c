import { describe, expect, it, vi } from 'vitest';
import type { PolicyPreview } from '../../src/app/servers/policy.ts';
import { stubApp, typist } from '../support/command-input.ts';
import { aServer, memoryDrafts, names } from './samples.ts';

describe('/server policy', () => {
  const before = { server: aServer(), defaultLibrary: undefined };
  const after = { server: aServer({ driftPolicy: 'enforce' }), defaultLibrary: undefined };
  const previewed = (removes: number): PolicyPreview => ({
    before,
    after,
    effect: { accounts: removes, adds: 0, removes, adopted: { extra: 0, missing: 0 } },
  });

  it('is in force when what it does is confirmed', async () => {
    const set = vi.fn(async () => after);
    const serverPolicy = { preview: async () => previewed(2), set };
    const app = stubApp({ autocomplete: names(), drafts: memoryDrafts(), serverPolicy });
    const asked = await typist(app).type('server policy', { server: 'Tower', drift: 'enforce' });
    expect(asked.text).toContain('Of 2 accounts');
    expect(set).not.toHaveBeenCalled();
    expect((await asked.press('Confirm')).text).toContain('In force on Tower now');
    expect(set).toHaveBeenCalledOnce();
  });
});
