import { defineCommand, text } from '../../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../../src/adapters/discord/kit/draft.ts';
import {
  noSuchToken,
  revokedTokenView,
  revokeText,
  tokenGone,
} from '../../../src/adapters/discord/views/api-tokens.ts';
import { say } from '../../../src/adapters/discord/views/view.ts';
import type { App } from '../../../src/app/app.ts';
import { isText, shape } from '../../../src/domain/shape.ts';

type Uses = Pick<App, 'apiTokens' | 'drafts'>;

const question = confirmation({
  draft: defineDraft('api token revoke', shape({ tokenId: isText })),
  preview: ({ guildId }, { tokenId }, { apiTokens }: Uses) => apiTokens.find(guildId, tokenId),
  gone: tokenGone(),
  question: (token) => ({
    // When it was last used is no part of what is decided.
    text: revokeText({ ...token, lastUsedAt: null }),
    choices: [{ label: say('api.show.revoke'), style: 'danger', op: 'revoke' }],
    keep: say('api.revoke.keep'),
  }),
  choose: {
    async revoke({ guildId, actor }, { asked }, { apiTokens }) {
      const revoked = await apiTokens.revoke({ guildId, actorId: actor.id, ...asked });
      return revoked ? revokedTokenView(revoked) : tokenGone();
    },
  },
});

export default defineCommand({
  description: 'Revoke a token, so that nobody gets in with it any more',
  capability: 'admin',
  options: { token: text('Which token', { required: true, autocomplete: true }) },
  async run({ options, ...who }, app: Uses) {
    const picked = await app.apiTokens.pick(who.guildId, options.token);
    return picked.kind === 'one'
      ? await question.ask(who, { tokenId: picked.item.id }, app)
      : noSuchToken(options.token);
  },
  complete: { token: ({ guildId, typed }, { apiTokens }: Uses) => apiTokens.complete(guildId, typed) },
  components: {
    ...question.components,
    ask: {
      answers: 'message',
      run: ({ args: [tokenId = ''], ...who }, app: Uses) => question.ask(who, { tokenId }, app),
    },
  },
});
