import { addressChoice } from '../../src/adapters/discord/kit/address-choice.ts';
import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { defineForms } from '../../src/adapters/discord/kit/form.ts';
import { riskChoice } from '../../src/adapters/discord/kit/risk-choice.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import {
  addedView,
  addQuestion,
  newServerFields,
  notAdded,
  ownerSignIn,
  refusedField,
  signInExpired,
} from '../../src/adapters/discord/views/server-add.ts';
import { setupButton } from '../../src/adapters/discord/views/setup.ts';
import {
  buttons,
  card,
  type Modal,
  say,
  type Text,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AddServerInput, AddServerRefusal, AddServerResult } from '../../src/app/servers/add.ts';
import type { ServerSignInEnd } from '../../src/app/servers/sign-in.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { withoutToken } from '../../src/domain/typed-address.ts';

type Uses = Pick<
  App,
  'addServer' | 'signInServer' | 'riskQuestions' | 'addressOffers' | 'overview' | 'drafts'
>;

const forms = defineForms<'add', Uses>('server add', {
  add: {
    secret: ['token'],
    modal: async (_who, [kind]) => (isServerKind(kind) ? form(kind) : questionClosed()),
  },
});

const risk = riskChoice('add', (input, _who, app: Uses) => add(app, input));
const address = addressChoice((input, app: Uses) => add(app, input));

export default defineCommand({
  description: `Add a ${SERVER_KINDS.map(kindName).join(' or ')} server`,
  capability: 'admin',
  opensModal: true,
  options: { type: choice('What kind of server it is', SERVER_KINDS, { required: true }) },
  run: async ({ options: { type } }) => form(type),
  components: {
    ...risk.components,
    ...address.components,
    ...forms.components,
    open: { answers: 'modal', run: (input, app: Uses) => forms.open('add', input, input.args, app) },
    save: {
      async run({ guildId, actor, args: [kind], fields }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const { name = '', url = '', token = '', public_url: publicUrl = '' } = fields;
        return await add(app, { guildId, actorId: actor.id, kind, name, url, token, publicUrl });
      },
    },
    confirm: {
      async run({ guildId, actor, args: [draftId = '', kind] }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const result = await app.signInServer.confirm(guildId, actor.id, draftId);
        if (result.kind === 'gone') return questionClosed(say('answers.unsaved'));
        if (result.kind === 'added') return await added(app, guildId, result);
        const typed = { guildId, actorId: actor.id, kind, name: '', url: '', token: '' };
        return await notAddedYet(app, typed, result);
      },
    },
    cancel: {
      async run({ guildId, actor, args: [draftId = ''] }, { signInServer }: Uses) {
        await signInServer.cancel(guildId, actor.id, draftId);
        return card('neutral', say('server.signIn.forgotten'), buttons(setupButton));
      },
    },
  },
});

const form = (kind: ServerKind): Modal => ({
  kind: 'modal',
  title: say('server.add.title', { kind: kindName(kind) }),
  op: 'save',
  args: [kind],
  fields: newServerFields(kind),
});

/** Without a token the owner signs in elsewhere, and is asked once more before anything is saved. */
async function add(app: Uses, input: AddServerInput): Promise<View> {
  const result = await app.addServer(input);
  if (result.kind === 'added') return await added(app, input.guildId, result);
  if (result.kind !== 'no-token') return await refused(app, input, result);
  const started = await app.signInServer.start(input);
  if (started.kind === 'unknown') return await refused(app, input, { kind: 'refused', why: started.why });
  const later = started.value.finished.then((end) => signedIn(app, input, end));
  return { ...ownerSignIn(input.kind, started.value), later };
}

async function signedIn(app: Uses, input: AddServerInput, end: ServerSignInEnd): Promise<View> {
  if (end.kind === 'expired')
    return await comesBack(app, input, signInExpired(), { why: say('setup.form.expired') });
  if (end.kind === 'elsewhere')
    return address.below(
      await notAddedYet(app, input, { kind: 'refused', why: end.why }),
      end.offer,
      input.kind,
    );
  return end.kind === 'approved' ? addQuestion(input.kind, end) : await refused(app, input, end);
}

async function added(
  { overview }: Uses,
  guildId: GuildId,
  { server, sync }: Extract<AddServerResult, { kind: 'added' }>,
): Promise<View> {
  const shown = (await overview.servers(guildId)).find((each) => each.server.id === server.id);
  return addedView(shown, sync);
}

async function refused(app: Uses, input: AddServerInput, result: AddServerRefusal): Promise<View> {
  if (result.kind !== 'refused') return await notAddedYet(app, input, result);
  const offer = await app.addressOffers.offer(input, result.why);
  const question = await risk.ask(input, result.why, app);
  return address.below(question ?? (await notAddedYet(app, input, result)), offer, input.kind);
}

const notAddedYet = (app: Uses, input: AddServerInput, result: AddServerRefusal): Promise<View> =>
  comesBack(app, input, notAdded(input.kind, result), refusedField(result));

/** The form can be opened again as it was filled in, without the token. */
async function comesBack(
  app: Uses,
  { guildId, actorId, kind, name, url }: AddServerInput,
  view: View,
  refusal: { readonly at?: string; readonly why: Text },
): Promise<View> {
  const typed = { name, url: withoutToken(url) };
  const again = { form: 'add', args: [kind], typed, ...refusal } as const;
  return await forms.refused(
    { guildId, actor: { id: actorId } },
    again,
    { view, besides: [setupButton] },
    app,
  );
}
