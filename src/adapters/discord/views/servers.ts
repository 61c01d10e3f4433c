/** Servers and syncs in words, shared by commands. */

import type { Trouble } from '../../../app/ports/media-server.ts';
import type { ServerOverview } from '../../../app/queries/overview.ts';
import type { CheckReport, ServerDetails } from '../../../app/servers/edit.ts';
import type { FoundTemplate, PolicyPreview, ServerPolicies } from '../../../app/servers/policy.ts';
import type { SyncReport } from '../../../app/servers/sync.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Capability, Server, ServerKind } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { adminSentence, staffSentence } from '../../../domain/trouble.ts';
import { noServersYet } from './answers.ts';
import { accessText, counted, frozenText, kindName, nameList, serverStatus } from './media.ts';
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
  problem,
  type View,
} from './view.ts';

/** The card of a server. `showUrl` is true for admins only. */
export function serverText({ server, libraries, accounts }: ServerOverview, showUrl: boolean): Md {
  const kind = server.version ? md`${kindName(server.kind)} ${server.version}` : md`${kindName(server.kind)}`;
  const lines = [
    md`**${server.name}** · ${kind}${showUrl ? md` · ${code(server.url)}` : md``}`,
    serverStatus(server),
    md`${counted(libraries, 'library', 'libraries')} · ${accessText(accounts)}`,
  ];
  return join(lines, '\n');
}

const TRAITS = Object.values(MEDIA_KINDS);
const closedMeans = TRAITS.map((traits) => `${traits.name}: ${traits.closedMeans}`).join('; ');
const ownAccounts = TRAITS.filter(({ accounts }) => accounts === 'created').map(({ name }) => name);

const EXPIRY: Readonly<Record<Server['expiryAction'], string>> = {
  withdraw: 'withdraw: what was granted is taken away; the default library stays',
  disable: `disable: the account is closed, without a default library (${closedMeans})`,
  delete: `delete: the account is closed, and deleted a week later, if Usher made it (${ownAccounts.join(', ')} only) and it does not sign in elsewhere (LDAP, SSO)`,
};

/** What comes of it on this server: accounts that are a vendor's cannot be closed or deleted. */
function expiryText({ kind, expiryAction }: Server): string {
  const { accounts, closedMeans: means, name } = MEDIA_KINDS[kind];
  if (accounts === 'created' || expiryAction === 'withdraw') return EXPIRY[expiryAction];
  return `${expiryAction}: here it is ${means}, without a default library; accounts at ${name} are not Usher's to disable or delete`;
}

const DRIFT: Readonly<Record<Server['driftPolicy'], string>> = {
  report: 'report: said, and left as it is',
  enforce: 'enforce: put back as granted',
  adopt: 'adopt: taken over as granted',
};

export function policyText({ server, defaultLibrary, template }: ServerPolicies): Md {
  return join(
    [
      md`Default library: ${defaultLibrary?.name ?? 'none'}`,
      md`When access ends: ${expiryText(server)}`,
      md`Changes made on the server: ${DRIFT[server.driftPolicy]}`,
      ...(MEDIA_KINDS[server.kind].accounts === 'created' ? [newAccountsText(server, template)] : []),
    ],
    '\n',
  );
}

/** What new accounts may do beside watching what was granted. */
function newAccountsText({ templateAccountId }: Server, template: ServerPolicies['template']): Md {
  const nothing = md`New accounts: their libraries, and nothing beside`;
  if (templateAccountId === null) return nothing;
  if (!template) return md`${nothing}. ⚠️ The account that they should copy is gone; choose another one.`;
  if (template.protection !== null)
    return md`${nothing}. ⚠️ **${template.name}**, which they should copy, is ${PROTECTIONS[template.protection].is}; choose another one.`;
  return md`New accounts: their libraries, and otherwise the rights of **${template.name}**`;
}

/** Where accounts are a vendor's, none is made that could be like another. */
export const noOwnAccounts = (kind: ServerKind): View =>
  problem(
    md`${kindName(kind)} has no accounts that Usher makes`,
    md`Nothing was changed.`,
    md`Leave ${code('template')} out: it is for ${ownAccounts.join(', ')}.`,
  );

/** Why new accounts cannot copy an account. Only admins set policies. */
export const notATemplate = ({ server, why }: Extract<FoundTemplate, { kind: 'refused' }>): View =>
  problem(
    md`New accounts on ${server.name} cannot copy it`,
    md`${adminSentence(why)} Nothing was changed.`,
    md`Choose another account, or run the command again when the server answers.`,
  );

/** Who gets in without Usher, and what that means for what it does. */
export function elsewhereText({ signInPlugins }: Pick<Server, 'signInPlugins'>, accounts = 0): readonly Md[] {
  const means =
    'Such accounts are disabled at their end and never deleted, and Usher gives them no password.';
  const plugins = signInPlugins
    ? [md`⚠️ People also sign in through ${signInPlugins}, which lets people in without Usher. ${means}`]
    : [];
  if (accounts === 0) return plugins;
  const those = md`${counted(accounts, 'account signs', 'accounts sign')} in elsewhere (LDAP, SSO).`;
  return [...plugins, plugins.length > 0 ? those : md`${those} ${means}`];
}

/** Whether a change of policies does something at once, beside what it means from then on. */
export const doesSomething = ({ effect }: PolicyPreview): boolean =>
  effect.accounts + effect.adopted.extra + effect.adopted.missing > 0;

/** What a change of policies does at once. */
export function policyEffectText({ after: { server }, effect, lines: accountLines }: PolicyPreview): Md {
  const { accounts, adds, removes, adopted } = effect;
  const of = (count: number) => counted(count, 'account', 'accounts');
  const lines = [
    accounts > 0
      ? md`Of ${of(accounts)} on **${server.name}**: adds ${adds}, removes ${removes} (libraries, counted account by account).`
      : undefined,
    ...accountLines.map((line) => md`• ${line}`),
    adopted.extra > 0
      ? md`What others gave to ${of(adopted.extra)} becomes grants without an end.`
      : undefined,
    adopted.missing > 0
      ? md`What others took from ${of(adopted.missing)} leaves their grants; a grant that gives nothing else ends.`
      : undefined,
  ];
  return join(
    lines.filter((line) => line !== undefined),
    '\n',
  );
}

/**
 * Everything about a server, with buttons for those who may use them. Only admins see URLs and the end of the
 * token.
 */
export function serverCard(details: ServerDetails, actor: Reader, ...more: Button[]): View {
  const { server, signInElsewhere, nextSyncAt } = details;
  const admin = actor.capabilities.has('admin');
  const address = (url: string | null): Md => (url === null ? md`none` : code(url));
  const lines = [
    serverText(details, admin),
    ...(admin ? [md`Local URL: ${address(server.localUrl)} · public URL: ${address(server.publicUrl)}`] : []),
    md`Last sync: ${server.lastSyncAt ? moment(server.lastSyncAt) : 'never'} · next: ${moment(nextSyncAt)}`,
    policyText(details),
    ...elsewhereText(server, signInElsewhere),
    md`Identity on the server: ${code(server.identity)}`,
    ...(admin && server.certificate
      ? [md`Certificate taken without an authority: ${code(server.certificate)}`]
      : []),
    ...(server.plainHttp
      ? [
          md`⚠️ Reached without encryption over the internet, as an admin has allowed: whoever is on the way can read its key.`,
        ]
      : []),
    ...(admin ? [md`Token: ends in ${code(server.tokenLast4)}`] : []),
  ];
  const args = [server.id];
  const staff = actor.capabilities.has('moderator');
  return card(
    server.frozenAt ? 'warning' : 'neutral',
    join(lines, '\n'),
    admin && server.frozenAt ? unfreezeButton(server.id, server.frozenAt) : undefined,
    buttons(
      admin ? { label: 'Edit', command: 'server edit', op: 'open', args } : undefined,
      staff ? { label: 'Check', command: 'server check', op: 'one', args } : undefined,
      staff ? { label: 'Sync', command: 'library sync', op: 'one', args } : undefined,
      admin ? { label: 'Remove', style: 'danger', command: 'server remove', op: 'ask', args } : undefined,
      ...more,
    ),
  );
}

/** Handled by `/server show`. It lifts the freeze that the card shows, and no later one. */
const unfreezeButton = (serverId: string, frozenAt: Date): Block =>
  buttons({
    label: 'I have looked: lift the freeze',
    style: 'danger',
    command: 'server show',
    op: 'unfreeze',
    args: [serverId, String(frozenAt.getTime())],
  });

/** Whoever reads a card. */
interface Reader {
  readonly capabilities: ReadonlySet<Capability>;
}

/** Why a server could not be asked: where it is, only admins read. */
function whyText(server: Server, why: Trouble, { capabilities }: Reader): string {
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
      ? buttons({ label: 'Sign in again', command: 'server edit', op: 'again', args: [dead.server.id] })
      : undefined,
  );
}

/** A token that is not accepted, of a server that one can be signed in to for a new one. */
const isSignedOut = ({ server: { kind }, outcome }: CheckReport): boolean =>
  outcome.kind !== 'answers' && outcome.why.kind === 'unauthorised' && MEDIA_KINDS[kind].signIn !== null;

/** The result of checking one server. */
function checkText({ server, outcome }: CheckReport, reader: Reader): Md {
  if (outcome.kind === 'answers') {
    const news = outcome.updatedFrom === null ? md`` : md` (it was ${outcome.updatedFrom})`;
    const head = md`🟢 **${server.name}** answers and takes the token · ${kindName(server.kind)} ${outcome.version}${news}`;
    return join([head, ...elsewhereText(outcome)], '\n');
  }
  const why = whyText(server, outcome.why, reader);
  if (outcome.kind === 'not-sharing') return md`🟡 **${server.name}** is up, sharing is not: ${why}`;
  if (outcome.why.kind === 'other-server')
    return md`🔴 **${server.name}**: another server answers at that address. ${why} Nothing is written there until it is the right one again.`;
  return md`🔴 **${server.name}**: ${why}`;
}

/** The result of the first sync of a new server. Its counts are on the card above. */
export function firstSyncText(report: SyncReport): Md {
  const { server, outcome } = report;
  // Only admins add servers.
  if (outcome.kind === 'failed') return notSynced(server, adminSentence(outcome.why));
  return join([md`Libraries: ${nameList(outcome.added, 40)}`, ...linkedText(server, outcome.linked)], '\n');
}

const linkedText = (server: Server, linked: number): readonly Md[] =>
  linked > 0
    ? [md`linked: ${counted(linked, 'member', 'members')} known from another ${kindName(server.kind)} server`]
    : [];

/** While servers are synced. */
export function syncProgress(done: readonly SyncReport[], total: number, reader: Reader): View {
  return card(
    'neutral',
    md`Looking at the servers… ${done.length} of ${total} done`,
    join(
      done.map((report) => syncText(report, reader)),
      '\n',
    ),
  );
}

/** What came of a sync of all servers. */
export const syncOfAll = (reports: readonly SyncReport[], reader: Reader): View =>
  reports.length === 0 ? noServersYet() : syncResult(reports, reader);

/** The result of a sync of several servers. */
export function syncResult(reports: readonly SyncReport[], reader: Reader): View {
  const trouble = reports.some(({ outcome }) => outcome.kind === 'failed');
  return card(
    trouble ? 'warning' : 'good',
    join(
      reports.map((report) => syncText(report, reader)),
      '\n\n',
    ),
  );
}

const notSynced = (server: Server, why: string): Md =>
  md`⚠️ **${server.name}**: not synced. ${why} Nothing was changed.`;

/** The result of a sync of one server. */
function syncText({ server, outcome }: SyncReport, reader: Reader): Md {
  if (outcome.kind === 'failed') return notSynced(server, whyText(server, outcome.why, reader));
  const { added, renamed, gone, back, linked, hints, drift, accounts, doubt } = outcome;
  const news = [
    ...(added.length > 0 ? [md`new: ${nameList(added)}`] : []),
    ...renamed.map(({ from, to }) => md`renamed: ${delimited(from)} → ${delimited(to)}`),
    ...(gone.length > 0 ? [md`gone: ${nameList(gone)} (kept in grants, in case they come back)`] : []),
    ...(back.length > 0 ? [md`back: ${nameList(back)}`] : []),
    ...linkedText(server, linked),
    ...hints.map((sentence) => md`❗ ${sentence}`),
    ...drift.map((sentence) => md`❗ drift: ${sentence}`),
    ...accounts.map((sentence) => md`❗ ${sentence}`),
    ...(doubt === null ? [] : [md`❗ ${doubt}`]),
  ];
  const head = md`✅ **${server.name}**: ${counted(outcome.libraries, 'library', 'libraries')}, ${accessText(outcome.access)}`;
  return join([head, ...(news.length > 0 ? news : [md`no changes`])], '\n');
}
