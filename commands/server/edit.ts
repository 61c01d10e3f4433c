import { type Actor, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineForms } from '../../src/adapters/discord/kit/form.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { riskChoice } from '../../src/adapters/discord/kit/risk-choice.ts';
import { noLongerHere, questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { ownerSignIn, signInExpired } from '../../src/adapters/discord/views/server-add.ts';
import {
  againQuestion,
  notEdited,
  refusedEdit,
  savedText,
  serverFields,
} from '../../src/adapters/discord/views/server-edit.ts';
import { tokenEndText } from '../../src/adapters/discord/views/server-removal.ts';
import { serverCard } from '../../src/adapters/discord/views/servers.ts';
import { card, type Modal, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { EditServerInput, EditServerResult } from '../../src/app/servers/edit.ts';
import type { ServerSignInEnd } from '../../src/app/servers/sign-in.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import type { Server } from '../../src/domain/model.ts';
import { withoutToken } from '../../src/domain/typed-address.ts';

type Uses = Pick<App, 'autocomplete' | 'manageServer' | 'signInServer' | 'riskQuestions' | 'drafts'>;

const forms = defineForms<'edit', Uses>('server edit', {
  edit: {
    secret: ['token'],
    async modal({ guildId }, [id = ''], { manageServer }) {
      const details = await manageServer.details(guildId, id);
      return details ? form(details.server) : noLongerHere('server');
    },
  },
});

const risk = riskChoice('edit', (input, { actor }, app: Uses) => edit(app, actor, input));

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
    ...risk.components,
    ...forms.components,
    open: { answers: 'modal', run: (input, app: Uses) => forms.open('edit', input, input.args, app) },
    again: {
      answers: 'message',
      async run({ guildId, actor, args: [id = ''] }, { signInServer }: Uses) {
        const begun = await signInServer.again(guildId, actor.id, id);
        if (!begun) return noLongerHere('server');
        const { server, started } = begun;
        if (started.kind === 'unknown') return notEdited({ kind: 'refused', server, why: started.why });
        const later = started.value.finished.then((end) => signedInAgain(server, end));
        return { ...ownerSignIn(server.kind, started.value), later };
      },
    },
    confirm: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''] }, app: Uses) {
        const result = await app.signInServer.confirmAgain(guildId, actor.id, draftId);
        return result.kind === 'gone'
          ? questionClosed(say('answers.unsaved'))
          : await edited(app, guildId, actor, result);
      },
    },
    cancel: {
      async run({ guildId, actor, args: [draftId = ''] }, { signInServer }: Uses) {
        await signInServer.cancel(guildId, actor.id, draftId);
        return card('neutral', say('server.signIn.forgotten'));
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
  title: say('server.edit.title', { kind: kindName(server.kind) }),
  op: 'save',
  args: [server.id],
  fields: serverFields(server),
});

async function edit(app: Uses, actor: Actor, input: EditServerInput): Promise<View> {
  const result = await app.manageServer.edit(input);
  if (result.kind === 'gone') return noLongerHere('server');
  const question = result.kind === 'refused' ? await risk.ask(input, result.why, app) : undefined;
  if (question) return question;
  const view = await edited(app, input.guildId, actor, result);
  return result.kind === 'refused' || result.kind === 'name-taken'
    ? await comesBack(app, input, result, view)
    : view;
}

/** The form can be opened again as it was filled in, without the token. */
async function comesBack(
  app: Uses,
  { guildId, actorId, serverId, name, url, localUrl, publicUrl }: EditServerInput,
  result: Extract<EditServerResult, { kind: 'refused' | 'name-taken' }>,
  view: View,
): Promise<View> {
  const typed = {
    name,
    url: withoutToken(url),
    local_url: withoutToken(localUrl),
    public_url: withoutToken(publicUrl),
  };
  const again = { form: 'edit', args: [serverId], typed, ...refusedEdit(result) } as const;
  return await forms.refused({ guildId, actor: { id: actorId } }, again, { view }, app);
}

function signedInAgain(server: Server, end: ServerSignInEnd): View {
  if (end.kind === 'approved') return againQuestion(end, server);
  return end.kind === 'refused' ? notEdited({ ...end, server }) : signInExpired();
}

async function edited(
  { manageServer }: Uses,
  guildId: GuildId,
  actor: Actor,
  result: Exclude<EditServerResult, { kind: 'gone' }>,
): Promise<View> {
  if (result.kind === 'refused' || result.kind === 'name-taken') return notEdited(result);
  if (result.kind === 'unchanged') return card('neutral', say('server.edit.same'));
  const details = await manageServer.details(guildId, result.server.id);
  if (!details) return noLongerHere('server');
  const said = savedText(result.fields);
  const { oldToken } = result;
  const old = oldToken && say('server.edit.oldToken', { what: tokenEndText(result.server, oldToken) });
  return card(
    oldToken?.kind === 'stays' ? 'warning' : 'good',
    said,
    old,
    ...serverCard(details, actor).blocks,
  );
}
