/** Ports for the storage of the settings of a guild, its record, and what waits for somebody in it. */
import type { ActorId, MemberId } from '../../../domain/ids.ts';
import type {
  AuditAction,
  AuditEvent,
  AuditFacts,
  Capability,
  GuildSettings,
  HeldRun,
  JobName,
  JobRun,
  RoleRule,
} from '../../../domain/model.ts';

export interface SettingsStore {
  /** Made with defaults when the guild is new. */
  get(): Promise<GuildSettings>;
  update(changes: Partial<Omit<GuildSettings, 'guildId'>>): Promise<void>;
  listRoleRules(): Promise<readonly RoleRule[]>;
  setRoleRule(rule: RoleRule): Promise<void>;
  removeRoleRule(roleId: string, capability: Capability): Promise<void>;
}

export interface HeldRunStore {
  add(run: Pick<HeldRun, 'id' | 'serverId' | 'accountIds' | 'detail' | 'createdAt'>): Promise<void>;
  find(heldRunId: string): Promise<HeldRun | undefined>;
  /** Those that wait for a decision, oldest first. */
  listHeld(serverId?: string): Promise<readonly HeldRun[]>;
  /** The last one of a server that a person dismissed. */
  findDismissed(serverId: string): Promise<HeldRun | undefined>;
  /** False when it was decided before. */
  decide(
    heldRunId: string,
    decision: 'released' | 'dismissed',
    /** Null when a larger held run takes its place. */
    decidedById: ActorId | null,
    decidedAt: Date,
  ): Promise<boolean>;
}

export interface JobRunStore {
  /** Keeps the newest hundred of each job. */
  add(run: JobRun): Promise<void>;
  /** The newest runs of a job, newest first. */
  list(job: JobName, limit: number): Promise<readonly JobRun[]>;
}

/** What somebody has begun: too long for the id of a button, and kept over a restart. */
export interface DraftStore {
  /** Replaces an earlier draft of that id. */
  put(draft: {
    readonly id: string;
    readonly userId: ActorId;
    readonly content: unknown;
    readonly keptAt: Date;
    readonly expiresAt: Date;
  }): Promise<void>;
  /** Undefined when it is unknown, somebody else's or expired. The content is JSON: check its shape. */
  find(draftId: string, userId: ActorId, now: Date): Promise<unknown>;
  /** False when it was gone already. Only who gets true may act on the draft. */
  remove(draftId: string): Promise<boolean>;
  /** Removes drafts that nobody came back for, because a token may be in them. */
  removeExpired(now: Date): Promise<void>;
  /** Removes the oldest, of the guild or of one person, so that there are at most so many with the one of this id. */
  makeRoom(draftId: string, most: number, userId?: ActorId): Promise<void>;
}

export interface AuditStore {
  /**
   * Numbers the event, chains its hash, and owes the line to the audit channel when there is one. Panels are looked at
   * soon after.
   */
  append(event: {
    readonly action: AuditAction;
    readonly actorId: ActorId | null;
    readonly targetId?: MemberId | null;
    readonly facts: AuditFacts;
    readonly at: Date;
  }): Promise<AuditEvent>;
  /** Newest first; `before`: only those of smaller numbers. */
  list(filter: {
    readonly targetId?: MemberId;
    readonly before?: number;
    readonly limit: number;
  }): Promise<readonly AuditEvent[]>;
}
