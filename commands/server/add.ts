import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { certificateQuestion } from '../../src/adapters/discord/views/certificates.ts';
import { kindName } from '../../src/adapters/discord/views/media.ts';
import { firstSyncText, serverText } from '../../src/adapters/discord/views/servers.ts';
import {
  buttons,
  card,
  code,
  type Md,
  type Modal,
  md,
  moment,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AddServerInput, AddServerRefusal, AddServerResult } from '../../src/app/servers/add.ts';
import type { ServerSignInEnd, StartedServerSignIn } from '../../src/app/servers/sign-in.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { staffSentence } from '../../src/domain/trouble.ts';

type Uses = Pick<App, 'addServer' | 'signInServer' | 'certificateQuestions' | 'overview'>;

export default defineCommand({
  description: `Add a ${SERVER_KINDS.map(kindName).join(' or ')} server`,
  capability: 'admin',
  opensModal: true,
  options: { type: choice('What kind of server it is', SERVER_KINDS, { required: true }) },
  async run({ options }) {
    return form(options.type);
  },
  components: {
    save: {
      answers: 'message',
      async run({ guildId, actor, args: [kind], fields }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const { name = '', url = '', token = '' } = fields;
        return await add(app, { guildId, actorId: actor.id, kind, name, url, token });
      },
    },
    trust: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''] }, app: Uses) {
        const input = await app.certificateQuestions.take('add', guildId, actor.id, draftId);
        return input ? await add(app, input) : questionClosed(md`Nothing was saved.`);
      },
    },
    distrust: {
      async run({ guildId, actor, args: [draftId = ''] }, { certificateQuestions }: Uses) {
        await certificateQuestions.take('add', guildId, actor.id, draftId);
        return card('neutral', md`Cancelled. Nothing was saved.`);
      },
    },
    confirm: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = '', kind] }, app: Uses) {
        if (!isServerKind(kind)) return questionClosed();
        const result = await app.signInServer.confirm(guildId, actor.id, draftId);
        if (result.kind === 'gone') return questionClosed(md`Nothing was saved.`);
        if (result.kind === 'added') return await added(app, guildId, result);
        return refusal(kind, result);
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

async function add(app: Uses, input: AddServerInput): Promise<View> {
  if (input.token.trim() === '') return await signIn(app, input);
  const result = await app.addServer(input);
  return result.kind === 'added'
    ? await added(app, input.guildId, result)
    : await refused(app, input, result);
}

async function added(
  { overview }: Uses,
  guildId: GuildId,
  { server, sync }: Extract<AddServerResult, { kind: 'added' }>,
): Promise<View> {
  const shown = (await overview.servers(guildId)).find((each) => each.server.id === server.id);
  return card(
    'good',
    md`**Added.** Usher has looked at what is there and changed nothing.`,
    shown && serverText(shown, true),
    firstSyncText(sync),
  );
}

/** A certificate that nobody vouches for is asked about; everything else is said. */
async function refused(
  { certificateQuestions }: Uses,
  input: AddServerInput,
  result: AddServerRefusal,
): Promise<View> {
  const certificate = result.kind === 'refused' ? result.why.certificate : undefined;
  if (result.kind !== 'refused' || !certificate) return refusal(input.kind, result);
  const draftId = await certificateQuestions.ask('add', input, certificate);
  return certificateQuestion(result.why, certificate, 'server add', draftId);
}

/** Without a token: its owner signs in elsewhere, and is asked once more before anything is saved. */
async function signIn(app: Uses, input: AddServerInput): Promise<View> {
  const started = await app.signInServer.start(input);
  if (started.kind === 'unknown') return await refused(app, input, { kind: 'refused', why: started.why });
  const { finished } = started.value;
  return {
    ...signInCard(input.kind, started.value),
    later: finished.then((end) => question(app, input, end)),
  };
}

function signInCard(kind: ServerKind, { show, expiresAt }: StartedServerSignIn): View {
  const { name, signIn: words } = MEDIA_KINDS[kind];
  switch (words?.by) {
    case 'page':
      return card(
        'neutral',
        md`**Sign in as the owner of the ${name} server**`,
        md`Open the page, sign in, and come back. Usher keeps the token of this sign-in, encrypted; you can revoke it under ${words.revokedUnder}.`,
        md`The page is good until ${moment(expiresAt)}.`,
        buttons({ label: `Sign in at ${words.called}`, url: show.text }),
      );
    case 'code':
      return card(
        'neutral',
        md`**Sign in as an administrator of the ${name} server**`,
        md`In ${name}, go to your profile → **${words.called}**, and type ${code(show.text)}. Usher then makes an API key of its own and forgets the sign-in.`,
        md`The code is good until ${moment(expiresAt)}.`,
      );
    case undefined:
      throw new Error(`${name} has no sign-in`);
  }
}

async function question(app: Uses, input: AddServerInput, end: ServerSignInEnd): Promise<View> {
  const { kind } = input;
  if (end.kind === 'expired')
    return problem(
      md`The sign-in ran out`,
      md`Nobody signed in in time. Nothing was saved.`,
      md`Run the command again.`,
    );
  if (end.kind !== 'approved') return await refused(app, input, end);
  const { server, account, draftId } = end;
  return card(
    'neutral',
    md`**Add ${server.name} (${kindName(kind)} ${server.version}) as ${account}?**`,
    buttons(
      { label: 'Add', style: 'success', op: 'confirm', args: [draftId, kind] },
      { label: 'Cancel', op: 'cancel', args: [draftId] },
    ),
  );
}

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
        placeholder: MEDIA_KINDS[kind].exampleUrl,
        required: true,
        maxLength: 300,
      },
      { id: 'token', label: 'Token', description: MEDIA_KINDS[kind].tokenHelp, maxLength: 300 },
    ],
  };
}

function refusal(kind: ServerKind, result: AddServerRefusal): View {
  const nothing = md`Nothing was saved. Put it right and run the command again.`;
  const why: Md =
    result.kind === 'refused'
      ? md`${staffSentence(result.why)}`
      : result.kind === 'name-taken'
        ? md`There is already a server called **${result.name}**. Choose another name.`
        : md`This ${kindName(kind)} server is already here, as **${result.name}**.`;
  return problem(md`The server was not added`, why, nothing);
}
