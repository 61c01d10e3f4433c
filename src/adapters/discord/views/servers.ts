/** Servers in words, shared by commands. */

import type { Trouble } from '../../../app/ports/media-server.ts';
import type { ServerOverview } from '../../../app/queries/overview.ts';
import type { CheckReport, ServerDetails } from '../../../app/servers/edit.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Capability, Server } from '../../../domain/model.ts';
import { adminSentence, staffSentence } from '../../../domain/trouble.ts';
import { availabilityText } from './availability.ts';
import { frozenText, kindName, serverStatus } from './media.ts';
import { policyText } from './server-policy.ts';
import {
  type Block,
  type Button,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  moment,
  relative,
  type Sentence,
  say,
  type Text,
  type View,
} from './view.ts';

/** Whoever reads a card. */
export interface Reader {
  readonly capabilities: ReadonlySet<Capability>;
}

/** The card of a server. `showUrl` is true for admins only. */
export function serverText({ server, libraries, accounts }: ServerOverview, showUrl: boolean): Md {
  const lines = [
    md`**${server.name}** · ${kindName(server.kind)}${server.version ? md` ${server.version}` : md``}${showUrl ? md` · ${code(server.url)}` : md``}`,
    serverStatus(server),
    say('server.counts', { libraries, ...accounts }),
  ];
  return join(lines, '\n');
}

/** The same in the select below a list of them. */
export const serverChoice = ({ server: { id, name, kind } }: ServerOverview) => ({
  label: name,
  value: id,
  description: kindName(kind),
});

export const SERVER_HEAD = [
  ...['server', 'type', 'version', 'url', 'state', 'checked'],
  ...['libraries', 'accounts with access', 'invited', 'linked without access'],
] as const;

/** For a spreadsheet. `showUrl` is true for admins only. */
export function serverCells({ server, libraries, accounts }: ServerOverview, showUrl: boolean) {
  const { name, kind, version, url, status, checkedAt } = server;
  return [
    ...[name, kindName(kind), version ?? '', showUrl ? url : '', status, checkedAt?.toISOString() ?? ''],
    ...[libraries, accounts.has, accounts.invited, accounts.none].map(String),
  ];
}

/** Who gets in without Usher, and what that means for what it does. */
export function elsewhereText(
  { signInPlugins }: Pick<Server, 'signInPlugins'>,
  count = 0,
): readonly Sentence[] {
  const plugins = signInPlugins ? [say('server.elsewhere.plugins', { plugins: signInPlugins })] : [];
  if (count === 0) return plugins;
  return [
    ...plugins,
    signInPlugins ? say('server.elsewhere.some', { count }) : say('server.elsewhere.someMeans', { count }),
  ];
}

/**
 * Everything about a server, with buttons for those who may use them. Only admins see URLs and the end of the
 * token.
 */
export function serverCard(details: ServerDetails, actor: Reader, ...more: Button[]): View {
  const { server, signInElsewhere, nextSyncAt, availability } = details;
  const admin = actor.capabilities.has('admin');
  const last = server.lastSyncAt ? moment(server.lastSyncAt) : say('server.status.never');
  const lines = [
    serverText(details, admin),
    ...(admin ? [addressesText(server)] : []),
    say('server.card.sync', { last, next: relative(nextSyncAt) }),
    availabilityText(availability),
    policyText(details),
    ...elsewhereText(server, signInElsewhere),
    ...(server.plainHttp ? [say('server.card.plainHttp')] : []),
    say('server.card.identity', { identity: code(server.identity) }),
    ...(admin && server.certificate
      ? [say('server.card.certificate', { certificate: code(server.certificate) })]
      : []),
    ...(admin ? [say('server.card.token', { end: code(server.tokenLast4) })] : []),
  ];
  return card(
    server.frozenAt ? 'warning' : 'neutral',
    join(lines, '\n'),
    admin && server.frozenAt ? unfreezeButton(server.id, server.frozenAt) : undefined,
    cardButtons(server, actor, more),
  );
}

function cardButtons({ id }: Server, { capabilities }: Reader, more: readonly Button[]): Block {
  const args = [id];
  const admin = capabilities.has('admin');
  const staff = capabilities.has('moderator');
  return buttons(
    admin ? { label: say('server.card.edit'), command: 'server edit', op: 'open', args } : undefined,
    staff ? { label: say('server.card.check'), command: 'server check', op: 'one', args } : undefined,
    staff ? { label: say('server.card.syncNow'), command: 'library sync', op: 'one', args } : undefined,
    admin
      ? { label: say('server.card.remove'), style: 'danger', command: 'server remove', op: 'ask', args }
      : undefined,
    ...more,
  );
}

function addressesText({ localUrl, publicUrl }: Server): Sentence {
  const address = (url: string | null) => (url === null ? say('server.card.none') : code(url));
  return say('server.card.addresses', { local: address(localUrl), shared: address(publicUrl) });
}

/** Handled by `/server show`. It lifts the freeze that the card shows, and no later one. */
const unfreezeButton = (serverId: string, frozenAt: Date): Block =>
  buttons({
    label: say('server.card.unfreeze'),
    style: 'danger',
    command: 'server show',
    op: 'unfreeze',
    args: [serverId, String(frozenAt.getTime())],
  });

/** Why a server could not be asked: where it is, only admins read. */
export function whyText(server: Server, why: Trouble, { capabilities }: Reader): Text {
  return capabilities.has('admin') ? adminSentence(why) : staffSentence(why, server);
}

/** What came of asking servers. */
export function checkResult(reports: readonly CheckReport[], reader: Reader): View {
  const [dead, ...more] = reader.capabilities.has('admin') ? reports.filter(isSignedOut) : [];
  const isWell = ({ server, outcome }: CheckReport) =>
    outcome.kind === 'answers' && server.frozenWhy === null;
  return card(
    reports.every(isWell) ? 'good' : 'warning',
    join(
      reports.flatMap((report) => [checkText(report, reader), frozenText(report.server) ?? []].flat()),
      '\n',
    ),
    // For several it would have to say of which: whoever checks one of them gets it.
    dead && more.length === 0
      ? buttons({
          label: say('server.check.again'),
          command: 'server edit',
          op: 'again',
          args: [dead.server.id],
        })
      : undefined,
  );
}

/** A token that is not accepted, of a server that one can be signed in to for a new one. */
const isSignedOut = ({ server: { kind }, outcome }: CheckReport): boolean =>
  outcome.kind !== 'answers' && outcome.why.kind === 'unauthorised' && MEDIA_KINDS[kind].signIn !== null;

/** The result of checking one server. */
function checkText({ server: asked, outcome }: CheckReport, reader: Reader): Md {
  const { name: server, kind } = asked;
  if (outcome.kind === 'answers') {
    const { version, updatedFrom: before } = outcome;
    const values = { server, kind: kindName(kind), version };
    const head =
      before === null ? say('server.check.well', values) : say('server.check.updated', { ...values, before });
    return join([head, ...elsewhereText(outcome)], '\n');
  }
  const why = whyText(asked, outcome.why, reader);
  if (outcome.kind === 'not-sharing') return md`${say('server.check.notSharing', { server, why })}`;
  const isOther = outcome.why.kind === 'other-server';
  return md`${say(isOther ? 'server.check.other' : 'server.check.down', { server, why })}`;
}
