import { defineCommand, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { libraryOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { card, type View } from '../../src/adapters/discord/views/view.ts';
import { whyChoice, whyText } from '../../src/adapters/discord/views/why.ts';
import type { App } from '../../src/app/app.ts';
import { type MemberId, toMemberId } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'autocomplete' | 'memberLibraries' | 'people' | 'why'>;

export default defineCommand({
  description: 'Why a member has a library or not, and what happens next',
  capability: 'auditor',
  options: {
    member: user('Which member', { required: true, mayHaveLeft: true }),
    library: libraryOption.needed,
  },
  async run({ options: { member, library }, ...who }, app: Uses) {
    const picked = await libraryOption.pick(app, who.guildId, library);
    return picked.kind === 'problem' ? picked.view : await why(who, member.id, picked.item.id, app);
  },
  complete: { library: libraryOption.complete },
  components: {
    ask: {
      answers: 'message',
      async run({ guildId, args: [member = ''] }, app: Uses) {
        const memberId = toMemberId(member);
        const [libraries, { libraryIds }, names] = await Promise.all([
          app.autocomplete.grantableLibraries(guildId),
          app.memberLibraries.granted(guildId, memberId),
          app.people.named(guildId, [memberId]),
        ]);
        return whyChoice(libraries, libraryIds, { memberId, name: names.get(memberId) });
      },
    },
    choose: {
      run: (input, app: Uses) => why(input, toMemberId(input.args[0] ?? ''), input.values[0] ?? '', app),
    },
  },
});

async function why({ guildId }: Who, member: MemberId, libraryId: string, app: Uses): Promise<View> {
  const [answer, names] = await Promise.all([
    app.why(guildId, member, libraryId),
    app.people.named(guildId, [member]),
  ]);
  return answer ? card('neutral', whyText(answer, member, names.get(member))) : noLongerHere('library');
}
