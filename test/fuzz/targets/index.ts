/** All that is fuzzed: one target for each parser of what others send or type. Each is loaded when it is asked for. */
import type { Target } from '../target.ts';

const TARGETS: Readonly<Record<string, () => Promise<Target>>> = {
  plex: async () => (await import('./plex.ts')).plex,
  jellyfin: async () => (await import('./jellyfin.ts')).jellyfin,
  reasons: async () => (await import('./said.ts')).reasons,
  interactions: async () => (await import('./interactions.ts')).interactions,
  'custom ids': async () => (await import('./custom-ids.ts')).customIds,
  'kept shapes': async () => (await import('./kept.ts')).kept,
  'names shown': async () => (await import('./said.ts')).shown,
  'library lists': async () => (await import('./lists.ts')).lists,
  durations: async () => (await import('./times.ts')).durations,
  moments: async () => (await import('./times.ts')).moments,
  settings: async () => (await import('./times.ts')).settings,
  codes: async () => (await import('./typed.ts')).codes,
  imports: async () => (await import('./imports.ts')).imports,
  addresses: async () => (await import('./typed.ts')).addresses,
};

export const TARGET_NAMES: readonly string[] = Object.keys(TARGETS);

export async function loadTarget(name: string): Promise<Target> {
  const load = TARGETS[name];
  if (load) return await load();
  const { findBroken } = await import('./broken.ts');
  const broken = findBroken(name);
  if (!broken) throw new Error(`there is no target ${name}`);
  return broken;
}
