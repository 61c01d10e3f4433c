/** What came of looking at servers: what they have now, who has access, and what others changed there. */

import type { SyncReport } from '../../../app/servers/sync.ts';
import type { Server } from '../../../domain/model.ts';
import { delimited } from '../../../domain/name-list.ts';
import { noServersYet } from './answers.ts';
import { kindName, nameList } from './media.ts';
import { type Reader, whyText } from './servers.ts';
import { card, join, type Md, md, type Sentence, say, type View } from './view.ts';

/** While servers are synced. */
export function syncProgress(done: readonly SyncReport[], total: number, reader: Reader): View {
  return card(
    'neutral',
    say('library.sync.looking', { done: done.length, total }),
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

const bold = ({ name }: Server): Md => md`**${name}**`;

/** The result of a sync of one server. */
function syncText({ server, outcome }: SyncReport, reader: Reader): Md {
  if (outcome.kind === 'failed')
    return md`${say('library.sync.failed', { server: bold(server), why: whyText(server, outcome.why, reader) })}`;
  const { libraries, access } = outcome;
  const news = newsOf(server, outcome);
  return join(
    [
      say('library.sync.head', { server: bold(server), libraries, ...access }),
      ...(news.length > 0 ? news : [say('library.sync.same')]),
    ],
    '\n',
  );
}

function newsOf(
  server: Server,
  outcome: Extract<SyncReport['outcome'], { kind: 'synced' }>,
): readonly (Md | Sentence)[] {
  const { added, renamed, gone, back, linked, hints, drift, accounts, doubt } = outcome;
  const marked = [...hints, ...drift, ...accounts, ...(doubt === null ? [] : [doubt])];
  return [
    ...(added.length > 0 ? [say('library.sync.added', { names: nameList(added) })] : []),
    ...renamed.map(({ from, to }) =>
      say('library.sync.renamed', { from: delimited(from), to: delimited(to) }),
    ),
    ...(gone.length > 0 ? [say('library.sync.gone', { names: nameList(gone) })] : []),
    ...(back.length > 0 ? [say('library.sync.back', { names: nameList(back) })] : []),
    ...(linked > 0 ? [say('library.sync.linked', { count: linked, kind: kindName(server.kind) })] : []),
    ...marked.map((sentence) => md`❗ ${sentence}`),
  ];
}
