import { defineCommand, text } from '../../src/adapters/discord/command.ts';
import { grantText } from '../../src/adapters/discord/views/grants.ts';
import { nameList } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { card, md, mention } from '../../src/adapters/discord/views.ts';
import type { App } from '../../src/app/app.ts';
import { matches } from '../../src/domain/pick.ts';

export default defineCommand({
  description: 'End a grant now',
  capability: 'moderator',
  options: {
    grant: text('The grant: its number, or choose from the list', { required: true, autocomplete: true }),
    reason: text('Why; it is kept in the record', { maxLength: 200 }),
  },
  async run({ guildId, actor, options }, { overview, grants }: Pick<App, 'overview' | 'grants'>) {
    const picked = await overview.pickGrant(guildId, options.grant);
    if (picked.kind !== 'one') return pickProblem('grant', options.grant, { kind: 'none' });
    const { kind, standing } = await grants.revoke({
      guildId,
      actorId: actor.id,
      grantId: picked.item.id,
      reason: options.reason ?? null,
    });
    if (kind === 'nothing')
      return card(
        'neutral',
        md`Grant #${standing.grant.number} was over already. Nothing was changed.`,
        grantText(standing, 'staff'),
      );
    const gone = standing.grant.state === 'ended';
    return card(
      gone ? 'good' : 'warning',
      gone
        ? md`**Revoked.** The servers were read back: the access of ${mention.user(standing.grant.memberId)} by this grant is gone.`
        : md`**Revoked, but not confirmed yet.** It stays due until the server shows the access gone.`,
      grantText(standing, 'staff'),
    );
  },
  complete: {
    async grant({ guildId, typed }, { overview }: Pick<App, 'overview'>) {
      const open = await overview.openGrants(guildId);
      return open
        .map(({ grant, libraries }) => ({
          name: `#${grant.number} · member ${grant.memberId} · ${
            nameList(
              libraries.map((library) => library.name),
              3,
            ).markdown
          }`,
          value: grant.id,
        }))
        .filter(({ name }) => matches(name, typed))
        .slice(0, 25);
    },
  },
});
