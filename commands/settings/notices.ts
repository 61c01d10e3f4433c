import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { noticesSaved } from '../../src/adapters/discord/views/notices.ts';
import { type Modal, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { NOTICE_KINDS, type NoticeKind } from '../../src/domain/notice-kinds.ts';

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

const noticesForm = (chosen: readonly NoticeKind[]): Modal => ({
  kind: 'modal',
  title: say('settings.notices.title'),
  op: 'save',
  fields: [
    {
      id: 'notices',
      label: say('settings.notices.label'),
      description: say('settings.notices.help'),
      kind: 'checks',
      options: NOTICE_KINDS.map((value) => ({
        value,
        label: say(`settings.notices.kind.${value}`),
        description: say(`settings.notices.means.${value}`),
        chosen: chosen.includes(value),
      })),
    },
  ],
});
