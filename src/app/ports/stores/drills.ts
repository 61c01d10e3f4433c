/** The port for the storage of drills that are not cleaned up yet. */

import type { Text } from '../../../words/say.ts';

/** What a drill may have left on a server. */
export interface Drill {
  readonly id: string;
  readonly serverId: string;
  /** Name of the throw-away account; empty until it is known. */
  readonly name: string;
  /** Id of the throw-away account on the server; null until it is known. */
  readonly externalId: string | null;
  /** When it is cleaned up, if nobody has done it by then. */
  readonly dueAt: Date;
  /** How many tries to clean it up in a row have failed. */
  readonly attempts: number;
  /** One sentence, for staff: why it is not cleaned up. */
  readonly trouble: Text | null;
  /** The server refused the last try, and another one does not mend that: a person has to act. */
  readonly refused: boolean;
}

export interface DrillStore {
  /** Before anything is made on the server. `secretCipher` is the sealed token or password of the account. */
  add(
    drill: Pick<Drill, 'id' | 'serverId' | 'name' | 'externalId' | 'dueAt'> & {
      readonly secretCipher: string;
    },
  ): Promise<void>;
  find(drillId: string): Promise<Drill | undefined>;
  /** Oldest first. */
  list(): Promise<readonly Drill[]>;
  getSecretCipher(drillId: string): Promise<string>;
  update(drillId: string, changes: Partial<Omit<Drill, 'id' | 'serverId'>>): Promise<void>;
  /** Nothing of it is left on the server. */
  remove(drillId: string): Promise<void>;
  /** The clock was set back to `now`: what waits for another try is due. */
  setBack(now: Date): Promise<void>;
}
