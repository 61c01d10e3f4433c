/** How servers and syncs are put into words; shared by commands. */
import type { ServerOverview } from '../../../app/overview.ts';
import type { SyncReport } from '../../../app/sync-server.ts';
import { code, join, type Md, md, moment } from '../views.ts';
import { counted, kindName, nameList, serverStatus } from './media.ts';

/** The card of a server; the URL is for admins only. */
export function serverText({ server, libraries, accounts }: ServerOverview, showUrl: boolean): Md {
  const kind = server.version ? md`${kindName(server.kind)} ${server.version}` : md`${kindName(server.kind)}`;
  const lines = [
    md`**${server.name}** · ${kind}${showUrl ? md` · ${code(server.url)}` : md``}`,
    serverStatus(server),
    md`${counted(libraries, 'library', 'libraries')} · ${counted(accounts, 'account', 'accounts')} with access`,
  ];
  return join(lines, '\n');
}

/** More of it: what `/server list` shows when one is opened. */
export function serverDetails(overview: ServerOverview, showUrl: boolean): Md {
  const { server } = overview;
  const lines = [
    serverText(overview, showUrl),
    md`Last sync: ${server.lastSyncAt ? moment(server.lastSyncAt) : 'never'}`,
    md`Identity on the server: ${code(server.identity)}`,
    ...(showUrl ? [md`Token: ends in ${code(server.tokenLast4)}`] : []),
  ];
  return join(lines, '\n');
}

/** What the first sync of a new server found: the card above it has the counts. */
export function firstSyncText(report: SyncReport): Md {
  const { outcome } = report;
  return outcome.kind === 'failed' ? syncText(report) : md`Libraries: ${nameList(outcome.added, 40)}`;
}

/** What a sync of one server found. */
export function syncText({ server, outcome }: SyncReport): Md {
  if (outcome.kind === 'failed')
    return md`⚠️ **${server.name}**: not synced. ${outcome.why.says} Nothing was changed.`;
  const { added, renamed, gone, back, drift, doubt } = outcome;
  const news = [
    ...(added.length > 0 ? [md`new: ${nameList(added)}`] : []),
    ...renamed.map(({ from, to }) => md`renamed: ${from} → ${to}`),
    ...(gone.length > 0 ? [md`gone: ${nameList(gone)} (kept in grants, in case they come back)`] : []),
    ...(back.length > 0 ? [md`back: ${nameList(back)}`] : []),
    ...drift.map((sentence) => md`❗ drift: ${sentence}`),
    ...(doubt === null ? [] : [md`❗ ${doubt}`]),
  ];
  const head = md`✅ **${server.name}**: ${counted(outcome.libraries, 'library', 'libraries')}, ${counted(outcome.accounts, 'account', 'accounts')} with access`;
  return join([head, ...(news.length > 0 ? news : [md`no changes`])], '\n');
}
