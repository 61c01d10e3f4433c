import { defineCommand, user } from '../../src/adapters/discord/kit/command.ts';
import { libraryOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { card } from '../../src/adapters/discord/views/view.ts';
import { whyText } from '../../src/adapters/discord/views/why.ts';
import type { App } from '../../src/app/app.ts';

export default defineCommand({
  description: 'Why a member has a library or not, and what happens next',
  capability: 'auditor',
  options: {
    member: user('Which member', { required: true, mayHaveLeft: true }),
    library: libraryOption.needed,
  },
  async run({ guildId, options: { member, library } }, app: Pick<App, 'autocomplete' | 'why'>) {
    const picked = await libraryOption.pick(app, guildId, library);
    if (picked.kind === 'problem') return picked.view;
    const answer = await app.why(guildId, member.id, picked.item.id);
    return answer ? card('neutral', whyText(answer, member.id)) : noLongerHere('library');
  },
  complete: { library: libraryOption.complete },
});
