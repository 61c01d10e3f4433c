import { choice, defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { certificateQuestion } from '../../src/adapters/discord/views/certificates.ts';
import { kindName, signInName } from '../../src/adapters/discord/views/media.ts';
import { firstSyncText, serverText } from '../../src/adapters/discord/views/servers.ts';
import {
  type Block,
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
import type { OfferedAddress } from '../../src/app/ports/media-server.ts';
import type { AddServerInput, AddServerRefusal, AddServerResult } from '../../src/app/servers/add.ts';
import type { AddressOffer } from '../../src/app/servers/addresses.ts';
import type { ServerSignInEnd, StartedServerSignIn } from '../../src/app/servers/sign-in.ts';
import type { GuildId } from '../../src/domain/ids.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { ServerKind } from '../../src/domain/model.ts';
import { isServerKind, SERVER_KINDS } from '../../src/domain/server-kind.ts';
import { staffSentence } from '../../src/domain/trouble.ts';

type Uses = Pick<App, 'addServer' | 'signInServer' | 'certificateQuestions' | 'addressOffers' | 'overview'>;

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
    address: {
      answers: 'message',
      async run({ guildId, actor, args: [draftId = ''], values: [index = ''] }, app: Uses) {
        const input = await app.addressOffers.take(guildId, actor.id, draftId, Number(index));
        return input ? await add(app, input) : questionClosed(md`Nothing was saved.`);
      },
    },
    nowhere: {
      async run({ guildId, actor, args: [draftId = ''] }, { addressOffers }: Uses) {
        await addressOffers.decline(guildId, actor.id, draftId);
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

/**
 * A certificate that nobody vouches for is asked about, other addresses that the vendor lists are offered; everything
 * else is said.
 */
async function refused(
  { certificateQuestions, addressOffers }: Uses,
  input: AddServerInput,
  result: AddServerRefusal,
): Promise<View> {
  if (result.kind !== 'refused') return refusal(input.kind, result);
  const { why } = result;
  const offer = input.token.trim() === '' ? undefined : await addressOffers.offer(input, why, false);
  const others = offer ? addressBlocks(offer, input.kind) : [];
  if (why.certificate) {
    const draftId = await certificateQuestions.ask('add', input, why.certificate);
    const asked = certificateQuestion(why, why.certificate, 'server add', draftId);
    return { ...asked, blocks: [...asked.blocks, ...others] };
  }
  const said = refusal(input.kind, result);
  return { ...said, blocks: [...said.blocks, ...others] };
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
  if (end.kind === 'elsewhere') {
    const said = refusal(kind, { kind: 'refused', why: end.why });
    return { ...said, blocks: [...said.blocks, ...addressBlocks(end.offer, kind)] };
  }
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

/** The addresses at which the vendor says a server is, to be chosen from. */
function addressBlocks({ draftId, addresses }: AddressOffer, kind: ServerKind): readonly Block[] {
  const options = addresses.map(({ server, url, where }, index) => ({
    label: `${server}: ${url.replace(/^https?:\/\//, '')}`,
    value: String(index),
    description: `${WHERE[where]}, ${url.startsWith('https:') ? 'encrypted' : 'not encrypted'}`,
  }));
  return [
    { kind: 'text', text: md`**${signInName(kind)} lists these addresses.** Choose one to try it instead.` },
    { kind: 'select', op: 'address', args: [draftId], placeholder: 'Another address', options },
    buttons({ label: 'None of them', op: 'nowhere', args: [draftId] }),
  ];
}

const WHERE: Readonly<Record<OfferedAddress['where'], string>> = {
  local: 'in its own network',
  remote: 'from outside',
  relay: 'through a relay of the vendor, slow',
};
