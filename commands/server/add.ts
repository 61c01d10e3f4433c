import { addressChoice } from '../../src/adapters/discord/kit/address-choice.ts';
import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { riskChoice } from '../../src/adapters/discord/kit/risk-choice.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import {
  addedView,
  addQuestion,
  newServerFields,
  notAdded,
  ownerSignIn,
  signInExpired,
} from '../../src/adapters/discord/views/server-add.ts';
import { card, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AddServerInput, AddServerRefusal, AddServerResult } from '../../src/app/servers/add.ts';
import type { ServerSignInEnd } from '../../src/app/servers/sign-in.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';

type Uses = Pick<App, 'addServer' | 'signInServer' | 'riskQuestions' | 'addressOffers' | 'overview'>;

const risk = riskChoice('add', (input, _who, app: Uses) => add(app, input));
const address = addressChoice((input, app: Uses) => add(app, input));

export default defineCommand({
  description: `Add a ${SERVER_KINDS.map(kindName).join(' or ')} server`,
  capability: 'admin',
  opensModal: true,
  options: { type: choice('What kind of server it is', SERVER_KINDS, { required: true }) },
  async run({ options: { type } }) {
    const title = `Add a ${kindName(type)} server`;
    return { kind: 'modal', title, op: 'save', args: [type], fields: newServerFields(type) };
  },
  components: {
    ...risk.components,
    ...address.components,
    save: {
      answers: 'message',
      async run({ guildId, actor, args: [kind], fields }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const { name = '', url = '', token = '', public_url: publicUrl = '' } = fields;
        return await add(app, { guildId, actorId: actor.id, kind, name, url, token, publicUrl });
      },
    },
    confirm: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = '', kind] }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const result = await app.signInServer.confirm(guildId, actor.id, draftId);
        if (result.kind === 'gone') return questionClosed(md`Nothing was saved.`);
        return result.kind === 'added' ? await added(app, guildId, result) : notAdded(kind, result);
      },
    },
    cancel: {
      async run({ guildId, actor, args: [draftId = ''] }, { signInServer }: Uses) {
        await signInServer.cancel(guildId, actor.id, draftId);
        return card('neutral', md`Cancelled. Nothing was saved, and the sign-in is forgotten.`);
      },
    },
  },
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
  if (end.kind === 'expired') return signInExpired();
  if (end.kind === 'elsewhere')
    return address.below(notAdded(input.kind, { kind: 'refused', why: end.why }), end.offer, input.kind);
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
  if (result.kind !== 'refused') return notAdded(input.kind, result);
  const offer = await app.addressOffers.offer(input, result.why);
  const question = await risk.ask(input, result.why, app);
  return address.below(question ?? notAdded(input.kind, result), offer, input.kind);
}
