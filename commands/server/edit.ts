import { certificateChoice } from '../../src/adapters/discord/kit/certificate-choice.ts';
import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { notEdited, serverFields } from '../../src/adapters/discord/views/server-edit.ts';
import { tokenEndText } from '../../src/adapters/discord/views/server-removal.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import { card, type Modal, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { EditServerInput } from '../../src/app/servers/edit.ts';
import type { Server } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'manageServer' | 'certificateQuestions'>;

const certificate = certificateChoice('edit', (input, { actor }, app: Uses) => edit(app, actor, input));

export default defineCommand({
  description: 'Change the name, the addresses or the token of a media server',
  capability: 'admin',
  opensModal: true,
  options: { server: serverOption.needed },
  async run({ guildId, options }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, options.server);
    return picked.kind === 'problem' ? picked.view : form(picked.item);
  },
  complete: { server: serverOption.complete },
  components: {
    ...certificate.components,
    open: {
      answers: 'modal',
      async run({ guildId, args: [id = ''] }, { manageServer }: Uses) {
        const details = await manageServer.details(guildId, id);
        return details ? form(details.server) : noLongerHere('server');
      },
    },
    save: {
      answers: 'message',
      async run({ guildId, actor, args: [serverId = ''], fields }, app: Uses) {
        const { name = '', url = '', token = '' } = fields;
        const addresses = { url, localUrl: fields.local_url ?? '', publicUrl: fields.public_url ?? '' };
        return await edit(app, actor, { guildId, actorId: actor.id, serverId, name, ...addresses, token });
      },
    },
  },
});

const form = (server: Server): Modal => ({
  kind: 'modal',
  title: `Edit a ${kindName(server.kind)} server`,
  op: 'save',
  args: [server.id],
  fields: serverFields(server),
});

async function edit(app: Uses, actor: Actor, input: EditServerInput): Promise<View> {
  const { manageServer } = app;
  const result = await manageServer.edit(input);
  const details = await manageServer.details(input.guildId, input.serverId);
  if (result.kind === 'gone' || !details) return noLongerHere('server');
  const question = result.kind === 'refused' ? await certificate.ask(input, result.why, app) : undefined;
  if (question) return question;
  if (result.kind === 'refused' || result.kind === 'name-taken') return notEdited(result);
  if (result.kind === 'unchanged') return card('neutral', md`**Nothing was different.** The server answers.`);
  const said = md`**Saved.** Changed: ${result.fields.join(', ')}. The server was asked first and is the same one.`;
  const { oldToken } = result;
  const old = oldToken && md`The token before: ${tokenEndText(result.server, oldToken)}`;
  return card(
    oldToken?.kind === 'stays' ? 'warning' : 'good',
    said,
    old,
    ...serverCard(details, actor).blocks,
  );
}
