/** The form by which a server is changed, and why it was not. */

import type { ServerField } from '../../../app/servers/changed-fields.ts';
import type { EditServerResult } from '../../../app/servers/edit.ts';
import type { ServerSignInEnd } from '../../../app/servers/sign-in.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { kindName } from './media.ts';
import { fieldOf } from './server-add.ts';
import {
  buttons,
  card,
  code,
  type ModalField,
  md,
  problem,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

export function serverFields(server: Server): readonly ModalField[] {
  return [
    { id: 'name', label: say('server.field.name'), value: server.name, required: true, maxLength: 60 },
    {
      id: 'url',
      label: say('server.field.url'),
      description: say('server.field.urlSame', { kind: kindName(server.kind) }),
      value: server.url,
      required: true,
      maxLength: 1000,
    },
    {
      id: 'local_url',
      label: say('server.field.local'),
      description: say('server.field.localHelp'),
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
      label: say('server.field.token'),
      description: say('server.field.tokenStays'),
      maxLength: 1000,
    },
  ];
}

/** What an edit has changed; the server was asked before. */
export const savedText = (fields: readonly ServerField[]): Sentence =>
  say('server.edit.saved', { fields: fields.map((field) => say(`audit.field.${field}`)) });

/** Asked once somebody has signed in again for a server that is here. */
export function againQuestion(
  { account, draftId }: Extract<ServerSignInEnd, { kind: 'approved' }>,
  server: Server,
): View {
  const command = 'server edit';
  return card(
    'neutral',
    say('server.edit.again', { server: server.name, account }),
    buttons(
      { label: say('server.edit.use'), style: 'success', command, op: 'confirm', args: [draftId] },
      { label: say('shared.cancel'), command, op: 'cancel', args: [draftId] },
    ),
  );
}

/** Which field has to be put right, and what is said there. */
export function refusedEdit(result: Extract<EditServerResult, { kind: 'refused' | 'name-taken' }>): {
  readonly at: string;
  readonly why: Text;
} {
  return result.kind === 'name-taken'
    ? { at: 'name', why: say('setup.form.nameTaken') }
    : { at: fieldOf(result.why), why: adminSentence(result.why) };
}

export function notEdited(result: Extract<EditServerResult, { kind: 'refused' | 'name-taken' }>): View {
  if (result.kind === 'name-taken')
    return problem(
      say('server.edit.not'),
      say('server.edit.nameTaken', { name: result.name }),
      say('answers.unsaved'),
    );
  const { why, server } = result;
  const isAnother = why.kind === 'other-server' || why.kind === 'not-this-kind';
  return problem(
    say('server.edit.not'),
    md`${adminSentence(why)}`,
    isAnother
      ? say('server.edit.otherServer', {
          server: server.name,
          kind: kindName(server.kind),
          command: code('/server add'),
        })
      : say('answers.unsaved'),
  );
}
