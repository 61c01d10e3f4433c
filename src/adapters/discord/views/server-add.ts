/** Adding a server: the form, the sign-in of its owner, what was added, and why it was not. */
import type { ServerOverview } from '../../../app/queries/overview.ts';
import type { AddServerRefusal } from '../../../app/servers/add.ts';
import type { ServerSignInEnd, StartedServerSignIn } from '../../../app/servers/sign-in.ts';
import type { SyncReport } from '../../../app/servers/sync.ts';
import { memberAddress } from '../../../domain/address.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server, ServerKind } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { LONGEST_LINK } from '../../../domain/typed-address.ts';
import { kindName } from './media.ts';
import { elsewhereText, serverText } from './servers.ts';
import { ownSignInOnly } from './sign-ins.ts';
import { firstSyncText } from './syncs.ts';
import {
  type Block,
  buttons,
  card,
  code,
  type Md,
  type ModalField,
  md,
  moment,
  problem,
  say,
  type View,
} from './view.ts';

export function newServerFields(kind: ServerKind): readonly ModalField[] {
  return [
    { id: 'name', label: 'Name', description: 'What people call it. Empty: its own name.', maxLength: 60 },
    {
      id: 'url',
      label: 'URL',
      description: 'As Usher reaches it, with the base path if there is one.',
      placeholder: MEDIA_KINDS[kind].exampleUrl,
      required: true,
      maxLength: 1000,
    },
    { id: 'token', label: 'Token', description: MEDIA_KINDS[kind].tokenHelp, maxLength: 1000 },
    ...(MEDIA_KINDS[kind].watchedAt === null ? [membersField()] : []),
  ];
}

/** Where members watch cannot be known where that is at an address of the server's own. */
const membersField = (): ModalField => ({
  id: 'public_url',
  label: say('server.memberLink.label'),
  description: say('server.memberLink.help'),
  placeholder: 'https://watch.example.org',
  maxLength: LONGEST_LINK,
});

/** Asked while members have no link to the server; undefined when they have one. */
function membersQuestion(server: Server): readonly (Md | Block)[] {
  if (memberAddress(server) !== null) return [];
  return [
    md`❗ ${say('server.memberLink.missing', { server: server.name })}`,
    buttons({
      label: say('server.memberLink.set'),
      style: 'primary',
      command: 'server edit',
      op: 'open',
      args: [server.id],
    }),
  ];
}

export const addedView = (shown: ServerOverview | undefined, sync: SyncReport): View =>
  card(
    'good',
    md`**Added.** Usher has looked at what is there and changed nothing.`,
    shown && serverText(shown, true),
    ...(shown ? elsewhereText(shown.server) : []),
    firstSyncText(sync),
    ...(shown ? membersQuestion(shown.server) : []),
  );

export function notAdded(kind: ServerKind, result: AddServerRefusal): View {
  const nothing = md`Nothing was saved. Put it right and run the command again.`;
  const why: Md =
    result.kind === 'refused'
      ? md`${adminSentence(result.why)}`
      : result.kind === 'name-taken'
        ? md`There is already a server called **${result.name}**. Choose another name.`
        : md`This ${kindName(kind)} server is already here, as **${result.name}**.`;
  return problem(md`The server was not added`, why, nothing);
}

/** Where the owner signs in, instead of typing a token into Discord. */
export function ownerSignIn(kind: ServerKind, { show, expiresAt }: StartedServerSignIn): View {
  const { name, signIn: words } = MEDIA_KINDS[kind];
  switch (words?.by) {
    case 'page':
      return card(
        'neutral',
        md`**Sign in as the owner of the ${name} server**`,
        md`Open the page, sign in, and come back. Usher keeps the token of this sign-in, encrypted; you can revoke it under ${words.revokedUnder}.`,
        ownSignInOnly,
        md`The page is good until ${moment(expiresAt)}.`,
        buttons({ label: `Sign in at ${words.called}`, url: show.text }),
      );
    case 'code':
      return card(
        'neutral',
        md`**Sign in as an administrator of the ${name} server**`,
        md`In ${name}, go to your profile → **${words.called}**, and type ${code(show.text)}. Usher then makes an API key of its own and forgets the sign-in.`,
        ownSignInOnly,
        md`The code is good until ${moment(expiresAt)}.`,
      );
    case undefined:
      throw new Error(`${name} has no sign-in`);
  }
}

export const signInExpired = (): View =>
  problem(
    md`The sign-in ran out`,
    md`Nobody signed in in time. Nothing was saved.`,
    md`Run the command again.`,
  );

/** Asked once somebody has signed in: which server is added, and by whose account. */
export function addQuestion(
  kind: ServerKind,
  { server, account, draftId }: Extract<ServerSignInEnd, { kind: 'approved' }>,
): View {
  const command = 'server add';
  return card(
    'neutral',
    md`**Add ${server.name} (${kindName(kind)} ${server.version}) as ${account}?**`,
    buttons(
      { label: 'Add', style: 'success', command, op: 'confirm', args: [draftId, kind] },
      { label: 'Cancel', command, op: 'cancel', args: [draftId] },
    ),
  );
}
