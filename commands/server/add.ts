import { choice, defineCommand } from '../../src/adapters/discord/command.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { firstSyncText, serverText } from '../../src/adapters/discord/views/servers.ts';
import { card, type Md, type Modal, md, problem, type View } from '../../src/adapters/discord/views.ts';
import type { AddServerResult } from '../../src/app/add-server.ts';
import type { App } from '../../src/app/app.ts';
import type { ServerKind } from '../../src/domain/model.ts';

const KINDS = ['plex', 'jellyfin'] as const;

const TOKEN_HELP: Readonly<Record<ServerKind, string>> = {
  plex: "The owner's X-Plex-Token. Usher stores it encrypted.",
  jellyfin: 'An API key: Dashboard → API keys. Usher stores it encrypted.',
};

export default defineCommand({
  description: 'Add a Plex or Jellyfin server',
  capability: 'admin',
  opensModal: true,
  options: { type: choice('What kind of server it is', KINDS, { required: true }) },
  async run({ options }) {
    return form(options.type);
  },
  components: {
    save: {
      answers: 'message',
      async run(
        { guildId, actor, args, fields },
        { addServer, overview }: Pick<App, 'addServer' | 'overview'>,
      ) {
        const kind = args[0] === 'jellyfin' ? 'jellyfin' : 'plex';
        const { name = '', url = '', token = '' } = fields;
        const result = await addServer({ guildId, actorId: actor.id, kind, name, url, token });
        if (result.kind !== 'added') return refusal(kind, result);
        const shown = (await overview.servers(guildId)).find(({ server }) => server.id === result.server.id);
        return card(
          'good',
          md`**Added.** Usher has looked at what is there and changed nothing.`,
          shown && serverText(shown, true),
          firstSyncText(result.sync),
        );
      },
    },
  },
});

function form(kind: ServerKind): Modal {
  return {
    kind: 'modal',
    title: `Add a ${kindName(kind)} server`,
    op: 'save',
    args: [kind],
    fields: [
      { id: 'name', label: 'Name', description: 'What people call it. Empty: its own name.', maxLength: 60 },
      {
        id: 'url',
        label: 'URL',
        description: 'As Usher reaches it, with the base path if there is one.',
        placeholder: kind === 'plex' ? 'http://192.168.1.10:32400' : 'https://jellyfin.example.org',
        required: true,
        maxLength: 300,
      },
      { id: 'token', label: 'Token', description: TOKEN_HELP[kind], required: true, maxLength: 300 },
    ],
  };
}

function refusal(kind: ServerKind, result: Exclude<AddServerResult, { kind: 'added' }>): View {
  const nothing = md`Nothing was saved. Put it right and run the command again.`;
  const why: Md =
    result.kind === 'refused'
      ? md`${result.why.says}`
      : result.kind === 'name-taken'
        ? md`There is already a server called **${result.name}**. Choose another name.`
        : md`This ${kindName(kind)} server is already here, as **${result.name}**.`;
  return problem(md`The server was not added`, why, nothing);
}
