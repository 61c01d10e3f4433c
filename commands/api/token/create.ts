import { choice, defineCommand, text } from '../../../src/adapters/discord/kit/command.ts';
import { madeTokenView } from '../../../src/adapters/discord/views/api-tokens.ts';
import { misread } from '../../../src/adapters/discord/views/picked.ts';
import { problem, say } from '../../../src/adapters/discord/views/view.ts';
import type { App } from '../../../src/app/app.ts';
import { API_SCOPES } from '../../../src/domain/programs.ts';

type Uses = Pick<App, 'apiTokens' | 'timeInput'>;

export default defineCommand({
  description: 'Make a token for a program: a shop, a ticket system',
  capability: 'admin',
  options: {
    name: text('What the program is called; the record names it so', { required: true, maxLength: 40 }),
    scope: choice('What it may do', API_SCOPES, {
      required: true,
      named: { read: 'only read', grants: 'access and invites', admin: 'plans, too' },
    }),
    expires: text('How long it is good: 90d, 1y (default: for good)', { maxLength: 40 }),
  },
  async run({ guildId, actor, options: { name, scope, expires } }, { apiTokens, timeInput }: Uses) {
    const lasts = timeInput.duration(expires, 'expires');
    if (lasts.kind === 'problem') return misread(say('api.token.none'), lasts);
    if (expires !== undefined && lasts.value === null)
      return problem(say('api.token.none'), say('api.token.forEver'));
    const end = lasts.value === null ? null : await timeInput.after(guildId, lasts.value);
    if (end?.kind === 'problem') return misread(say('api.token.none'), end);
    const what = { name, scope, expiresAt: end?.value ?? null };
    const made = await apiTokens.create({ guildId, actorId: actor.id, ...what });
    return madeTokenView(made, apiTokens.isServed());
  },
});
