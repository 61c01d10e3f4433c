/** Syncs in words. */

import type { SyncReport } from '../../../app/servers/sync.ts';
import type { Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { namesText } from '../../../domain/place-words.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { noServersYet } from './answers.ts';
import { accessText, kindName } from './media.ts';
import { type Reader, whyText } from './servers.ts';
import { card, join, type Md, md, type Sentence, say, type Text, type View } from './view.ts';

/** The result of the first sync of a new server. Its counts are on the card above. */
export function firstSyncText({ server, outcome }: SyncReport): Md {
  // Only admins add servers.
  if (outcome.kind === 'failed') return md`${notSynced(server, adminSentence(outcome.why))}`;
  const names = namesText(outcome.added, 40);
  return join([say('server.sync.first', { names }), ...linkedText(server, outcome.linked)], '\n');
}

const linkedText = ({ kind }: Server, count: number): readonly Sentence[] =>
  count > 0 ? [say('server.sync.linked', { count, kind: kindName(kind) })] : [];

/** While servers are synced. */
export function syncProgress(done: readonly SyncReport[], total: number, reader: Reader): View {
  return card(
    'neutral',
    say('server.sync.running', { done: done.length, total }),
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

const notSynced = ({ name: server }: Server, why: Text): Sentence =>
  say('server.sync.failed', { server, why });

/** The result of a sync of one server. */
function syncText({ server, outcome }: SyncReport, reader: Reader): Md {
  if (outcome.kind === 'failed') return md`${notSynced(server, whyText(server, outcome.why, reader))}`;
  const { added, renamed, gone, back, linked, hints, drift, accounts, doubts, libraries } = outcome;
  const hint = (what: Text) => say('server.sync.hint', { what });
  const news = [
    ...(added.length > 0 ? [say('server.sync.new', { names: namesText(added) })] : []),
    ...renamed.map(({ from, to }) =>
      say('server.sync.renamed', { before: delimited(from), after: delimited(to) }),
    ),
    ...(gone.length > 0 ? [say('server.sync.gone', { names: namesText(gone) })] : []),
    ...(back.length > 0 ? [say('server.sync.back', { names: namesText(back) })] : []),
    ...linkedText(server, linked),
    ...hints.map(hint),
    ...drift.map((what) => say('server.sync.drift', { what })),
    ...accounts.map(hint),
    ...doubts.map(hint),
  ];
  const access = accessText(outcome.access);
  const head = say('server.sync.done', { server: server.name, libraries, access });
  return join([head, ...(news.length > 0 ? news : [say('server.sync.none')])], '\n');
}
