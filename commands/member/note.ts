import { defineCommand, text, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { type CardUses, memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { type Modal, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { type MemberId, toMemberId } from '../../src/domain/ids.ts';

type Uses = CardUses & Pick<App, 'memberNotes'>;

const LONGEST = 500;

export default defineCommand({
  description: 'Note something about a member, for staff to read on their card',
  capability: 'moderator',
  options: {
    member: user('Which member', { required: true, mayHaveLeft: true }),
    text: text('The note; leave it out to take it away', { maxLength: LONGEST }),
  },
  async run({ options: { member, text: typed = '' }, ...who }, app: Uses) {
    if (member.bot) return isBot(member.id, md`${say('grant.give.bot')}`);
    return await save(who, member.id, typed, app);
  },
  components: {
    ask: {
      answers: 'modal',
      async run({ guildId, args: [member = ''] }, { memberNotes }: Uses): Promise<Modal> {
        const note = await memberNotes.find(guildId, toMemberId(member));
        return {
          kind: 'modal',
          title: say('member.note.title'),
          op: 'save',
          args: [member],
          fields: [
            {
              id: 'note',
              label: say('member.note.label'),
              description: say('member.note.description'),
              value: note ?? '',
              long: true,
              required: false,
              maxLength: LONGEST,
            },
          ],
        };
      },
    },
    save: {
      run: (input, app: Uses) => save(input, toMemberId(input.args[0] ?? ''), input.fields.note ?? '', app),
    },
  },
});

async function save(who: Who, member: MemberId, typed: string, app: Uses): Promise<View> {
  const note = await app.memberNotes.save(who.guildId, member, typed);
  const text = note === null ? md`${say('member.note.removed')}` : md`${say('member.note.saved', { note })}`;
  return await memberCard(who, member, app, { top: { text, tone: 'good' } });
}
