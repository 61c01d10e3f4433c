/** The form by which a server is changed, and why it was not. */

import type { EditServerResult } from '../../../app/servers/edit.ts';
import type { ServerSignInEnd } from '../../../app/servers/sign-in.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { buttons, card, code, type Md, type ModalField, md, problem, say, type View } from './view.ts';

export function serverFields(server: Server): readonly ModalField[] {
  return [
    { id: 'name', label: 'Name', value: server.name, required: true, maxLength: 60 },
    {
      id: 'url',
      label: 'URL',
      description: `As Usher reaches it. It must be the same server; its type stays ${kindName(server.kind)}.`,
      value: server.url,
      required: true,
      maxLength: 1000,
    },
    {
      id: 'local_url',
      label: 'Local URL',
      description: 'On the local network, shown to admins. Empty: none.',
      value: server.localUrl ?? '',
      maxLength: 1000,
    },
    {
      id: 'public_url',
      label: say('server.memberLink.label'),
      description:
        MEDIA_KINDS[server.kind].watchedAt === null
          ? say('server.memberLink.help')
          : say('server.memberLink.vendor', { vendor: kindName(server.kind) }),
      value: server.publicUrl ?? '',
      maxLength: 1000,
    },
    {
      id: 'token',
      label: 'Token',
      description: 'Empty: the one Usher has stays. Needed when the URL leads to another address.',
      maxLength: 1000,
    },
  ];
}

/** Asked once somebody has signed in again for a server that is here. */
export function againQuestion(
  { account, draftId }: Extract<ServerSignInEnd, { kind: 'approved' }>,
  server: Server,
): View {
  const command = 'server edit';
  return card(
    'neutral',
    md`**Reach ${server.name} as ${account} from now on?**`,
    buttons(
      { label: 'Use this sign-in', style: 'success', command, op: 'confirm', args: [draftId] },
      { label: 'Cancel', command, op: 'cancel', args: [draftId] },
    ),
  );
}

export function notEdited(result: Extract<EditServerResult, { kind: 'refused' | 'name-taken' }>): View {
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
  return problem(md`The server was not changed`, md`${adminSentence(why)}`, md`${nothing} ${hint}`);
}
