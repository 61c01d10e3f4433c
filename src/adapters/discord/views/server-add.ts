/** Adding a server: the form, the sign-in of its owner, what was added, and why it was not. */
import type { Trouble } from '../../../app/ports/media-server.ts';
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
import { nextSteps } from './setup.ts';
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
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

export function newServerFields(kind: ServerKind): readonly ModalField[] {
  return [
    {
      id: 'name',
      label: say('server.field.name'),
      description: say('server.field.nameHelp'),
      maxLength: 60,
    },
    {
      id: 'url',
      label: say('server.field.url'),
      description: say('server.field.urlHelp'),
      placeholder: MEDIA_KINDS[kind].exampleUrl,
      required: true,
      maxLength: 1000,
    },
    {
      id: 'token',
      label: say('server.field.token'),
      description: MEDIA_KINDS[kind].tokenHelp,
      maxLength: 1000,
    },
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
    say('server.add.done'),
    shown && serverText(shown, true),
    ...(shown ? elsewhereText(shown.server) : []),
    firstSyncText(sync),
    ...(shown ? membersQuestion(shown.server) : []),
    ...nextSteps,
  );

export function notAdded(kind: ServerKind, result: AddServerRefusal): View {
  return problem(say('server.add.not'), whyNot(kind, result), say('answers.unsaved'));
}

function whyNot(kind: ServerKind, result: AddServerRefusal): Md | Sentence {
  if (result.kind === 'refused') return md`${adminSentence(result.why)}`;
  const { name } = result;
  return result.kind === 'name-taken'
    ? say('server.add.nameTaken', { name })
    : say('server.add.alreadyHere', { kind: kindName(kind), name });
}

/** Which field has to be put right, and what is said there. */
export function refusedField(result: AddServerRefusal): { readonly at: string; readonly why: Text } {
  if (result.kind === 'name-taken') return { at: 'name', why: say('setup.form.nameTaken') };
  if (result.kind === 'already-added')
    return { at: 'url', why: say('setup.form.alreadyHere', { name: result.name }) };
  return { at: fieldOf(result.why), why: adminSentence(result.why) };
}

/** A trouble with a sign-in is one of the token, any other is one of the address. */
export const fieldOf = ({ kind }: Pick<Trouble, 'kind'>): 'token' | 'url' =>
  kind === 'unauthorised' || kind === 'forbidden' ? 'token' : 'url';

/** Where the owner signs in, instead of typing a token into Discord. */
export function ownerSignIn(kind: ServerKind, { show, expiresAt }: StartedServerSignIn): View {
  const { name, signIn: words } = MEDIA_KINDS[kind];
  const until = moment(expiresAt);
  switch (words?.by) {
    case 'page':
      return card(
        'neutral',
        say('server.signIn.owner', { kind: name }),
        say('server.signIn.page', { where: words.revokedUnder }),
        ownSignInOnly,
        say('server.signIn.pageUntil', { until }),
        buttons({ label: say('server.signIn.at', { where: words.called }), url: show.text }),
      );
    case 'code':
      return card(
        'neutral',
        say('server.signIn.administrator', { kind: name }),
        say('server.signIn.code', { kind: name, where: words.called, code: code(show.text) }),
        ownSignInOnly,
        say('server.signIn.codeUntil', { until }),
      );
    case undefined:
      throw new Error(`${name} has no sign-in`);
  }
}

export const signInExpired = (): View =>
  problem(say('server.signIn.ranOut'), say('server.signIn.ranOutWhy'), say('server.signIn.ranOutNext'));

/** Asked once somebody has signed in: which server is added, and by whose account. */
export function addQuestion(
  kind: ServerKind,
  { server, account, draftId }: Extract<ServerSignInEnd, { kind: 'approved' }>,
): View {
  const command = 'server add';
  return card(
    'neutral',
    say('server.add.ask', {
      server: server.name,
      kind: kindName(kind),
      version: server.version,
      account,
    }),
    buttons(
      { label: say('server.add.add'), style: 'success', command, op: 'confirm', args: [draftId, kind] },
      { label: say('shared.cancel'), command, op: 'cancel', args: [draftId] },
    ),
  );
}
