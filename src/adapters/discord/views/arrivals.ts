/** Accounts that a server has already: whose they may be, and what importing them means. */

import type { ArrivalList, ArrivalRow } from '../../../app/accounts/arrivals.ts';
import type { Imported, ImportPreview, Undone } from '../../../app/accounts/import.ts';
import type { LeftOut } from '../../../app/accounts/link-many.ts';
import type { Trouble } from '../../../app/ports/media-server.ts';
import type { Server } from '../../../domain/model.ts';
import { namesText } from '../../../domain/place-words.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { clamp } from '../wire/sanitise.ts';
import { barOf } from './bulk.ts';
import type { Names } from './grant-changes.ts';
import {
  buttons,
  card,
  join,
  type Md,
  md,
  nameOf,
  problem,
  type Sentence,
  say,
  type Text,
  until,
  type View,
} from './view.ts';

/** So many are named; the others are counted. */
const NAMED = 10;
const command = 'member import';

/** Name, what it has, and whose it may be, with the reason. */
function arrivalLine(row: ArrivalRow): Md {
  const mail = row.emailMasked === null ? md`` : md` (${row.emailMasked})`;
  return md`**${row.name}**${mail} · ${hasText(row)}\n-# ${proposalText(row)}`;
}

/** The same in a list, in two lines of a phone; the whole name is in the card. */
export const arrivalRow = ({ name, who, ...row }: ArrivalRow): Md =>
  arrivalLine({ ...row, name: clamp(name, 16), who: who && clamp(who, 18) });

function hasText({ libraries }: ArrivalRow): Sentence {
  if (libraries === 'all') return say('server.members.all');
  if (libraries.length === 0) return say('member.import.nothing');
  return namesText(
    libraries.map(({ name }) => name),
    3,
  );
}

function proposalText({ memberId, who, why, score }: ArrivalRow): Sentence {
  if (memberId === null || why === null) return say('member.import.nobodyFound');
  const member = nameOf(memberId, who);
  if (why === 'chosen') return say('member.import.chosen', { member });
  return say(`member.import.why.${why}`, { member, score });
}

/** For the select that opens one. */
export const arrivalChoice = ({ accountId, name }: ArrivalRow) => ({ label: name, value: accountId });

export const ARRIVAL_HEAD = [
  'account',
  'email',
  'libraries',
  'member',
  'name',
  'score',
  'why',
  'state',
] as const;

/** For a spreadsheet. */
export const arrivalCells = (row: ArrivalRow): readonly string[] => [
  ...[row.name, row.emailMasked ?? ''],
  row.libraries === 'all' ? 'all' : row.libraries.map(({ name }) => name).join(', '),
  ...[row.memberId ?? '', row.who ?? '', String(row.score), row.why ?? '', row.aside ?? ''],
];

/** How far it is, below the title of the list. */
export const arrivalCounts = ({ sure, open }: Pick<ArrivalList, 'sure' | 'open'>): Sentence =>
  say('member.import.counts', { sure, open });

/** One account, and what can be said of it. */
export function arrivalCard({ row, server }: { readonly row: ArrivalRow; readonly server: Server }): View {
  const aside = (label: Sentence, to: 'not-a-member' | 'ignored' | 'open') =>
    ({ label, command, op: 'aside', args: [row.accountId, to] }) as const;
  const one = { label: say('member.import.one'), style: 'primary', command, op: 'one' } as const;
  return card(
    'neutral',
    md`**${say('member.import.oneTitle', { account: row.name, server: server.name })}**`,
    arrivalLine(row),
    row.aside === null ? undefined : say(`member.import.asideIs.${row.aside}`),
    buttons(
      row.aside === null && row.memberId !== null ? { ...one, args: [row.accountId] } : undefined,
      row.aside === 'not-a-member' ? undefined : aside(say('member.import.notAMember'), 'not-a-member'),
      row.aside === 'ignored' ? undefined : aside(say('member.import.ignore'), 'ignored'),
      row.aside === null ? undefined : aside(say('member.import.askAgain'), 'open'),
    ),
  );
}

export const notRead = (server: Server, why: Trouble): View =>
  problem(say('member.import.notRead', { server: server.name }), md`${staffSentence(why, server)}`);

export const importGone = (): View => problem(say('member.import.noneLeft'));

/** What importing these means, before it is done. */
export function importQuestion(
  { server, pairs, withAccess, given }: ImportPreview,
  names: Names,
  end: Date | null,
): readonly Md[] {
  const shown = pairs.slice(0, NAMED);
  const rest = pairs.length - shown.length;
  return [
    md`**${say('member.import.ask', { count: pairs.length, server: server.name })}**`,
    join(
      [
        ...shown.map(({ name, memberId }) =>
          say('member.import.pair', { account: name, member: nameOf(memberId, names.get(memberId)) }),
        ),
        ...(rest > 0 ? [say('shared.more', { count: rest })] : []),
      ],
      '\n',
    ),
    join(
      [
        withAccess > 0
          ? say('member.import.becomes', {
              ...{ count: withAccess, of: pairs.length },
              ...{ server: server.name, end: until(end) },
            })
          : say('member.import.becomesNothing'),
        ...(given.length > 0 ? [say('member.import.givenMore', { count: given.length })] : []),
        say('member.import.stays', { server: server.name }),
      ],
      '\n',
    ),
  ];
}

export const importVerb = (count: number, end: Date | null): Text =>
  end === null ? say('member.import.doForGood', { count }) : say('member.import.doUntil', { count });

export const importProgress = (done: number, total: number): View =>
  card('neutral', md`${barOf(done, total)} ${say('member.import.progress', { done, total })}`);

/** What came of it. */
export function importResult(result: Imported): View {
  if (result.kind === 'gone') return importGone();
  if (result.kind === 'failed') return notRead(result.server, result.why);
  const { server, linked, grants, left, undoId } = result;
  const list = {
    label: say('member.import.showList'),
    command,
    op: 'page',
    args: ['0', '', server.id, ''],
  } as const;
  return card(
    linked.length > 0 ? 'good' : 'warning',
    say('member.import.done', { count: linked.length, server: server.name, grants }),
    leftOut(left),
    buttons(
      list,
      undoId === undefined
        ? undefined
        : { label: say('member.import.undo'), style: 'danger', command, op: 'undo', args: [undoId] },
    ),
  );
}

export function undoneView({ undone, left }: Undone): View {
  return card(undone > 0 ? 'good' : 'warning', say('member.import.undone', { count: undone }), leftOut(left));
}

/** Reasons, each once, with the accounts that it is about. */
export function leftOut(left: readonly LeftOut[]): Md | undefined {
  if (left.length === 0) return undefined;
  const byWhy = Map.groupBy(left, ({ why }) => JSON.stringify(why));
  const lines = [...byWhy.values()].slice(0, NAMED).flatMap((same) =>
    same[0]
      ? [
          say('member.import.leftLine', {
            accounts: namesText(
              same.map(({ name }) => name),
              5,
            ),
            why: same[0].why,
          }),
        ]
      : [],
  );
  return md`${say('member.import.left', { count: left.length })}\n${lines}`;
}
