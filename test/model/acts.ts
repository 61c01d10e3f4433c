/** What may happen in a story. */
import type fc from 'fast-check';
import type { Model } from './model.ts';
import type { Reality } from './reality.ts';

/** Acts that belong together. */
export interface Acts<Act> {
  readonly acts: fc.Arbitrary<Act>;
  /** Whether there is something to which the act can be applied; absent: always. */
  readonly isPossible?: (act: Act, model: Readonly<Model>) => boolean;
  /** Does it, and checks what must be true then. */
  readonly perform: (act: Act, reality: Reality) => Promise<void>;
}
