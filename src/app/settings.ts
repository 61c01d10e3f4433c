/** Settings of a guild, and who may do what in it. */
import { capabilitiesOf, type Person } from '../domain/capability.ts';
import type { Capability } from '../domain/model.ts';
import type { Deps } from './deps.ts';

export type ChannelPurpose = 'audit' | 'requests' | 'alerts';

const CHANNEL_FIELD = {
  audit: 'auditChannelId',
  requests: 'requestsChannelId',
  alerts: 'alertsChannelId',
} as const;

export function makeSettings(deps: Deps) {
  return {
    /** Capabilities of a person in a guild, from the raw facts an interaction carried. */
    async capabilitiesOf(guildId: string, person: Person): Promise<ReadonlySet<Capability>> {
      return capabilitiesOf(person, await deps.stores.of(guildId).settings.listRoleRules());
    },

    /** Chooses a channel; its first audit line says so and so tests the channel. */
    async setChannel(change: {
      readonly guildId: string;
      readonly actorId: string;
      readonly purpose: ChannelPurpose;
      readonly channelId: string;
    }): Promise<void> {
      await deps.stores.transaction(change.guildId, async (tx) => {
        const now = deps.clock.now();
        await tx.settings.update({ [CHANNEL_FIELD[change.purpose]]: change.channelId });
        await tx.audit.append({
          action: 'settings.changed',
          actorId: change.actorId,
          facts: { channel: change.channelId, detail: `${change.purpose} channel` },
          at: now,
        });
        // The audit channel's own first line is its test; the others get one of their own.
        if (change.purpose === 'audit') return;
        await tx.deliveries.owe(
          {
            id: deps.codes.newId(),
            kind: 'channel',
            sink: change.channelId,
            content: { kind: 'notice', text: `This is now the ${change.purpose} channel of Usher.` },
          },
          now,
        );
      });
    },

    /** Maps a Discord role to a capability, or takes the mapping away again with `action: 'clear'`. */
    async setRole(change: {
      readonly guildId: string;
      readonly actorId: string;
      readonly capability: Capability;
      readonly roleId: string;
      readonly action: 'allow' | 'deny' | 'clear';
    }): Promise<void> {
      const { guildId, actorId, capability, roleId, action } = change;
      await deps.stores.transaction(guildId, async (tx) => {
        if (action === 'clear') await tx.settings.removeRoleRule(roleId, capability);
        else await tx.settings.setRoleRule({ roleId, capability, effect: action });
        await tx.audit.append({
          action: 'settings.changed',
          actorId,
          facts: { role: roleId, detail: `${action} ${capability}` },
          at: deps.clock.now(),
        });
      });
    },

    /** The settings and role rules of a guild. */
    async get(guildId: string) {
      const { settings } = deps.stores.of(guildId);
      const [values, roles] = await Promise.all([settings.get(), settings.listRoleRules()]);
      return { ...values, roles };
    },
  };
}
