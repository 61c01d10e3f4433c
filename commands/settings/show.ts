import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { refusedText } from '../../src/adapters/discord/views/jobs.ts';
import { noticesLine } from '../../src/adapters/discord/views/notices.ts';
import { card, code, join, type Md, md, mention, moment } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'All settings of this community',
  capability: 'auditor',
  async run({ guildId }, { settings, deliveries }: Pick<App, 'settings' | 'deliveries'>) {
    const [now, refused] = await Promise.all([settings.get(guildId), deliveries.listRefused(guildId)]);
    const channel = (id: string | null): Md => (id === null ? md`not chosen` : mention.channel(id));
    const schedule = now.syncDailyAt
      ? md`daily at ${now.syncDailyAt}`
      : md`every ${now.syncEveryMinutes ?? 60} minutes`;
    const roles = now.roles.map(
      ({ roleId, capability, effect }) =>
        md`• ${mention.role(roleId)}: ${effect === 'allow' ? 'is' : 'can never be'} **${capability}**`,
    );
    return card(
      refused.length > 0 ? 'warning' : 'neutral',
      md`**Settings**`,
      refusedText(refused),
      join(
        [
          md`Audit channel: ${channel(now.auditChannelId)}`,
          md`Requests channel: ${channel(now.requestsChannelId)}`,
          md`Alerts channel: ${channel(now.alertsChannelId)}`,
          md`Zone: ${code(now.zone)}, where it is ${now.localTime} now`,
          md`Full sync: ${schedule} · next: ${moment(now.nextSyncAt)}`,
          md`Accounts of a member on one server: at most ${now.maxAccounts}`,
          noticesLine(now.notices),
        ],
        '\n',
      ),
      join(
        [
          md`**Who may do what** (the owner, Administrator and Manage Server are admins)`,
          ...(roles.length > 0 ? roles : [md`no role is mapped yet: ${code('/settings role')}`]),
        ],
        '\n',
      ),
    );
  },
});
