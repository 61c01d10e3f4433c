/** Where a guild is on its way from nothing to a first member who watches. */
import type { ChannelRight } from '../../domain/channel-rights.ts';
import type { GuildId } from '../../domain/ids.ts';
import { isOpen } from '../../domain/invite.ts';
import { seesBans } from '../../domain/role-gift.ts';
import { localTime } from '../../domain/schedule.ts';
import { say } from '../../words/say.ts';
import type { Deps } from '../ports/deps.ts';
import type { Known } from '../ports/media-server.ts';
import type { AwaitDelivery } from '../ports/outbox.ts';
import { type LineEnd, lineEnd } from './settings.ts';

/** A channel that was chosen, and what Usher lacks there, as far as Discord says. */
export interface SetUpChannel {
  readonly id: string;
  readonly lacks: Known<readonly ChannelRight[]>;
  /** Since when Discord refuses what is owed to it. */
  readonly refusedSince: Date | null;
}

const PATIENCE_MS = 5_000;
const TEST_LINE = say('settings.channel.test');

export function makeSetup(deps: Deps, awaitDelivery: AwaitDelivery) {
  async function channelOf(guildId: GuildId, id: string | null): Promise<SetUpChannel | null> {
    if (id === null) return null;
    const [lacks, refused] = await Promise.all([
      deps.guilds.lacksIn(guildId, id),
      deps.stores.of(guildId).deliveries.listRefused(),
    ]);
    return { id, lacks, refusedSince: refused.find(({ channelId }) => channelId === id)?.since ?? null };
  }

  return {
    /** What is done and what is not. Asks Discord about the channels. */
    async state(guildId: GuildId) {
      const stores = deps.stores.of(guildId);
      const now = deps.clock.now();
      const [settings, roles, servers, plans, invites] = await Promise.all([
        stores.settings.get(),
        stores.settings.listRoleRules(),
        stores.servers.list(),
        stores.plans.list(),
        stores.invites.list(),
      ]);
      const [audit, alerts, ranks, rolePlans, door] = await Promise.all([
        channelOf(guildId, settings.auditChannelId),
        channelOf(guildId, settings.alertsChannelId),
        deps.guilds.ranks(guildId, null),
        stores.rolePlans.list(),
        stores.posts.find('door'),
      ]);
      return {
        audit,
        alerts,
        moderatorRoleIds: roles
          .filter(({ effect, capability }) => effect === 'allow' && capability === 'moderator')
          .map(({ roleId }) => roleId),
        zone: settings.zone,
        localTime: localTime(settings.zone, now),
        notices: settings.notices,
        /** Where members say which account is theirs; `isThere` as far as Discord has said it. */
        door: door?.sink
          ? { channelId: door.sink, isThere: door.messageId !== null, isOwed: door.deliveryId !== null }
          : null,
        /** What Discord lets Usher see of who comes and goes; null while it does not say. */
        people: {
          sees: deps.guilds.mayListMembers() ?? null,
          seesBans: ranks.kind === 'known' ? seesBans(ranks.value) : null,
          needsThem: rolePlans.length > 0,
        },
        servers: servers.map(({ name }) => name),
        plans: plans.map(({ name }) => name),
        invites: { made: invites.length, open: invites.filter((invite) => isOpen(invite, now)).length },
      };
    },

    /** Sends a line to the audit channel and waits for what Discord says; undefined where none is chosen. */
    async testAudit(
      guildId: GuildId,
    ): Promise<{ readonly channelId: string; readonly end: LineEnd } | undefined> {
      const { auditChannelId } = await deps.stores.of(guildId).settings.get();
      if (auditChannelId === null) return undefined;
      const id = deps.codes.newId();
      // Listened for before it is owed: the relay may have sent it before the transaction returns.
      const fate = awaitDelivery(id, PATIENCE_MS);
      const content = { kind: 'notice', text: TEST_LINE } as const;
      await deps.stores.transaction(guildId, (tx) =>
        tx.deliveries.owe({ id, kind: 'channel', sink: auditChannelId, content }, deps.clock.now()),
      );
      return { channelId: auditChannelId, end: lineEnd(await fate) };
    },
  };
}

export type SetupState = Awaited<ReturnType<ReturnType<typeof makeSetup>['state']>>;
