/** Ports for storage: all stores of one guild together (rule 9). Each store is in stores/, by its noun. */
import type { Elsewhere } from '../../domain/access.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import type { Server } from '../../domain/model.ts';
import type { DeliveryStore } from './outbox.ts';
import type { PostStore } from './posts.ts';
import type { AccountStore, ArrivalStore, MemberStore, SignInStore } from './stores/accounts.ts';
import type { ApiStore } from './stores/api.ts';
import type { ForgettingStore, PersonalDataStore } from './stores/data.ts';
import type { DrillStore } from './stores/drills.ts';
import type { GrantStore, InviteStore, PlanStore, RolePlanStore } from './stores/grants.ts';
import type { AuditStore, DraftStore, HeldRunStore, JobRunStore, SettingsStore } from './stores/guild.ts';
import type { RecordStore } from './stores/record.ts';
import type { RequestStore } from './stores/requests.ts';
import type { LibraryStore, ServerStore } from './stores/servers.ts';
import type { WebhookStore } from './stores/webhooks.ts';

/** Another program has locked the database for longer than anybody waits. Nothing was changed. */
export class DatabaseBusy extends Error {
  override readonly name = 'DatabaseBusy';
  constructor(cause: unknown) {
    super('The database is locked by another program.', { cause });
  }
}

/** All stores of one guild. There is no store without a guild (rule 9). */
export interface GuildStores {
  readonly guildId: GuildId;
  readonly settings: SettingsStore;
  readonly servers: ServerStore;
  readonly libraries: LibraryStore;
  readonly accounts: AccountStore;
  readonly arrivals: ArrivalStore;
  readonly members: MemberStore;
  readonly grants: GrantStore;
  readonly plans: PlanStore;
  readonly rolePlans: RolePlanStore;
  readonly invites: InviteStore;
  readonly signIns: SignInStore;
  readonly drafts: DraftStore;
  readonly drills: DrillStore;
  readonly heldRuns: HeldRunStore;
  readonly jobRuns: JobRunStore;
  readonly audit: AuditStore;
  readonly record: RecordStore;
  readonly deliveries: DeliveryStore;
  readonly posts: PostStore;
  readonly requests: RequestStore;
  readonly forgettings: ForgettingStore;
  readonly personalData: PersonalDataStore;
  readonly api: ApiStore;
  readonly webhooks: WebhookStore;
}

export interface Stores {
  /** Reading. */
  of(guildId: GuildId): GuildStores;
  /** Writing: all of it or nothing (rule 8). Nothing else writes. */
  transaction<T>(guildId: GuildId, work: (stores: GuildStores) => Promise<T>): Promise<T>;

  /** The work list crosses guilds, so it names guilds and moments only. */
  readonly due: {
    /**
     * Guilds with grant transitions, account comparisons, deletions, probes, clean-ups, posts or people to forget due
     * at `now`.
     */
    listGuilds(now: Date): Promise<readonly GuildId[]>;
    /**
     * The earliest moment at which something becomes due, anywhere or in one guild; undefined when nothing is
     * waiting.
     */
    nextMoment(guildId?: GuildId): Promise<Date | undefined>;
    /** Guilds in which somebody is to be reminded of an end. */
    listReminders(now: Date): Promise<readonly GuildId[]>;
    /** When that is, anywhere or in one guild. */
    nextReminder(guildId?: GuildId): Promise<Date | undefined>;
    /** Guilds with webhooks that have something to send; the one that has waited longest first. */
    listWebhooks(now: Date): Promise<readonly GuildId[]>;
    /** When one of them has, anywhere. */
    nextWebhook(): Promise<Date | undefined>;
    /** Every guild. */
    listAll(): Promise<readonly GuildId[]>;
    /** Guilds whose full sync is due. */
    listSyncs(now: Date): Promise<readonly GuildId[]>;
    /** Guilds whose digest is due. */
    listDigests(now: Date): Promise<readonly GuildId[]>;
    /** Guilds in which what is old was not removed since a moment. */
    listPurges(since: Date): Promise<readonly GuildId[]>;
    /** Guilds whose record was not checked since a moment. */
    listRecordChecks(since: Date): Promise<readonly GuildId[]>;
    /** Guilds with unfinished creations, open sign-ins or drills: what a start must pick up. */
    listUnfinished(): Promise<readonly GuildId[]>;
    /** The guilds in which this Discord user has grants or was invited by name: for what is typed in a DM. */
    listGuildsOfMember(memberId: MemberId): Promise<readonly GuildId[]>;
    /** The guilds that store anything about this Discord user. */
    listGuildsAbout(userId: MemberId): Promise<readonly GuildId[]>;
    /** The guild of the invite with this code. A code is unique in the installation. */
    findGuildOfInvite(codeHmacs: readonly string[]): Promise<GuildId | undefined>;
    /** The guild of the token of the API with one of these HMACs. A token is unique in the installation. */
    findGuildOfToken(hmacs: readonly string[]): Promise<GuildId | undefined>;
  };

  /**
   * What the other guilds that share a media server do with these accounts on it, by external id of the account;
   * libraries are external ids as well. It crosses guilds, so it names neither guilds nor members nor grants (rule 9).
   */
  elsewhere(
    guildId: GuildId,
    server: Pick<Server, 'kind' | 'identity'>,
    externalIds: readonly string[],
  ): Promise<ReadonlyMap<string, Elsewhere>>;

  /**
   * The throw-away accounts of drills on a media server, whichever guild plays them: no reading tells staff of these.
   * It crosses guilds, so it names nothing but what the server itself shows of them (rule 9).
   */
  throwAways(
    server: Pick<Server, 'kind' | 'identity'>,
  ): Promise<readonly { readonly externalId: string | null; readonly name: string }[]>;

  /**
   * Whether another row of a server, in whatever guild, lives on the same token: of the same account and client, or
   * with the same end and on the same server. It crosses guilds, so it says nothing else (rule 9).
   */
  sharesToken(
    guildId: GuildId,
    server: Pick<Server, 'id' | 'kind' | 'identity' | 'ownerAccountId' | 'clientIdentifier' | 'tokenLast4'>,
  ): Promise<boolean>;

  /** Facts about the installation. */
  readonly installation: {
    find(key: string): Promise<string | undefined>;
    set(key: string, value: string): Promise<void>;
  };
}
