/** The port for the process itself, for whoever runs Usher. */
import type { ActorId } from '../../domain/ids.ts';

export interface ProcessInfo {
  readonly version: string;
  /** When this process began. UTC. */
  readonly startedAt: Date;
  readonly guilds: number;
  /** Connections to Discord's gateway. */
  readonly shards: number;
  readonly isConnected: boolean;
  /** Of memory, resident. */
  readonly bytes: number;
  /** Accounts that have to be compared with what they should have, and those of them that failed three times. */
  readonly accountsDue: number;
  readonly accountsOverdue: number;
  /** Messages and roles that Discord does not have yet. */
  readonly deliveriesOwed: number;
  /** Work on media servers that runs or waits. */
  readonly serverWork: number;
}

export interface Operator {
  /** Whether somebody runs Usher: also false when Discord does not say. */
  isOwner(userId: ActorId): Promise<boolean>;
  info(): Promise<ProcessInfo>;
  /** Ends what runs in order, and the process with 0: whatever supervises it starts it again. */
  restart(): void;
  /** Whether programs are served (`API=on`). */
  readonly servesApi: boolean;
}
