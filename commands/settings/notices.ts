import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { noticesForm, noticesSaved } from '../../src/adapters/discord/views/notices.ts';
import type { App } from '../../src/app/app.ts';
import { NOTICE_KINDS } from '../../src/domain/notice.ts';

type Uses = Pick<App, 'settings'>;

export default defineCommand({
  description: 'What members are told of by DM: access given, changed, paused, ended',
  capability: 'admin',
  opensModal: true,
  run: async ({ guildId }, { settings }: Uses) => noticesForm((await settings.get(guildId)).notices),
  components: {
    save: {
      answers: 'message',
      async run({ guildId, actor, fields }, { settings }: Uses) {
        const ticked = (fields.notices ?? '').split(',');
        const notices = NOTICE_KINDS.filter((kind) => ticked.includes(kind));
        return noticesSaved(await settings.setNotices({ guildId, actorId: actor.id, notices }));
      },
    },
  },
});
