import { type Actor, defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { certificateQuestion, questionClosed } from '../../src/adapters/discord/views/certificates.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import {
  card,
  code,
  type Md,
  type Modal,
  md,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { EditServerInput, EditServerResult } from '../../src/app/servers/edit.ts';
import type { Server } from '../../src/domain/model.ts';

const GONE = problem(md`That server is no longer here`);

type Uses = Pick<App, 'autocomplete' | 'manageServer' | 'certificateQuestions'>;

const COMMAND = 'server edit';

export default defineCommand({
  description: 'Change the name, the addresses or the token of a media server',
  capability: 'admin',
  opensModal: true,
  options: { server: text('Which server', { required: true, autocomplete: true }) },
  async run({ guildId, options }, { autocomplete }: Uses) {
    const picked = await autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    return form(picked.item);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    open: {
      answers: 'modal',
      async run({ guildId, args: [id = ''] }, { manageServer }: Uses) {
        const details = await manageServer.details(guildId, id);
        return details ? form(details.server) : GONE;
      },
    },
    save: {
      answers: 'message',
      async run({ guildId, actor, args: [serverId = ''], fields }, app: Uses) {
        const {
          name = '',
          url = '',
          local_url: localUrl = '',
          public_url: publicUrl = '',
          token = '',
        } = fields;
        const typed = { name, url, localUrl, publicUrl, token };
        return await edit(app, actor, { guildId, actorId: actor.id, serverId, ...typed });
      },
    },
    trust: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''] }, app: Uses) {
        const input = await app.certificateQuestions.take('edit', guildId, actor.id, draftId);
        return input ? await edit(app, actor, input) : questionClosed();
      },
    },
    distrust: {
      async run({ guildId, actor, args: [draftId = ''] }, { certificateQuestions }: Uses) {
        await certificateQuestions.take('edit', guildId, actor.id, draftId);
        return card('neutral', md`Cancelled. Nothing was saved.`);
      },
    },
  },
});

async function edit(app: Uses, actor: Actor, input: EditServerInput): Promise<View> {
  const { manageServer, certificateQuestions } = app;
  const result = await manageServer.edit(input);
  const details = await manageServer.details(input.guildId, input.serverId);
  if (result.kind === 'gone' || !details) return GONE;
  if (result.kind === 'refused' && result.why.certificate) {
    const draftId = await certificateQuestions.ask('edit', input, result.why.certificate);
    return certificateQuestion(result.why, result.why.certificate, COMMAND, draftId);
  }
  if (result.kind === 'refused' || result.kind === 'name-taken') return refusal(result);
  if (result.kind === 'unchanged') return card('neutral', md`**Nothing was different.** The server answers.`);
  const said = md`**Saved.** Changed: ${result.fields.join(', ')}. The server was asked first and is the same one.`;
  return card('good', said, ...serverCard(details, actor).blocks);
}

function form(server: Server): Modal {
  const kind = kindName(server.kind);
  return {
    kind: 'modal',
    title: `Edit a ${kind} server`,
    op: 'save',
    args: [server.id],
    fields: [
      { id: 'name', label: 'Name', value: server.name, required: true, maxLength: 60 },
      {
        id: 'url',
        label: 'URL',
        description: `As Usher reaches it. It must be the same server; its type stays ${kind}.`,
        value: server.url,
        required: true,
        maxLength: 300,
      },
      {
        id: 'local_url',
        label: 'Local URL',
        description: 'On the local network, shown to admins. Empty: none.',
        value: server.localUrl ?? '',
        maxLength: 300,
      },
      {
        id: 'public_url',
        label: 'Public URL',
        description: 'Shown to members. Empty: none.',
        value: server.publicUrl ?? '',
        maxLength: 300,
      },
      {
        id: 'token',
        label: 'Token',
        description: 'Empty: the one Usher has stays. Needed when the URL leads to another address.',
        maxLength: 300,
      },
    ],
  };
}

function refusal(result: Extract<EditServerResult, { kind: 'refused' | 'name-taken' }>): View {
  const nothing = md`Nothing was saved.`;
  if (result.kind === 'name-taken')
    return problem(
      md`The server was not changed`,
      md`There is already a server called **${result.name}**.`,
      nothing,
    );
  const { why, server } = result;
  const hint: Md =
    why.kind === 'other-server' || why.kind === 'not-this-kind'
      ? md`What is granted on **${server.name}** belongs to that very ${kindName(server.kind)} server, so neither its type nor its identity can change: add the other one with ${code('/server add')}.`
      : md``;
  return problem(md`The server was not changed`, md`${why.message}`, md`${nothing} ${hint}`);
}
