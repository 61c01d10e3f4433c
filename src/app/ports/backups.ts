/** The port for copies of the database that can be put back. */

export interface Backup {
  /** Path of the file. */
  readonly path: string;
  /** Its size. */
  readonly bytes: number;
  /** UTC. */
  readonly madeAt: Date;
}

/**
 * `not ours`: another program makes backups of this kind of database. `why`, `how`: sentences for whoever runs Usher.
 */
export type BackupOutcome =
  | { readonly kind: 'made'; readonly backup: Backup }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'not ours'; readonly how: string };

export interface Backups {
  readonly database: 'SQLite' | 'PostgreSQL';
  /** Whether one is made every day. */
  readonly isDaily: boolean;
  /** Makes one now, or waits for the one that is being made. Old ones go when a new one is whole. Never throws. */
  make(): Promise<BackupOutcome>;
  /** The newest one that is there. */
  newest(): Promise<Backup | undefined>;
}

/** Name of the fact about the installation that says when the backup was made that was put back; empty once seen to. */
export const RESTORED_FROM = 'database.restored-from';
