/** What comes over from another tool: before it is done, and after. */
import type { ImportDraft, ImportedLinks, ImportPreview } from '../../../app/accounts/imports.ts';
import type { ImportRefusal } from '../../../app/ports/imports.ts';
import { csvOf } from '../../../domain/csv.ts';
import type { LeftWhy } from '../../../domain/imports/match.ts';
import type { ImportedRow, ImportTool } from '../../../domain/imports/rows.ts';
import { delimited } from '../../../domain/name-list.ts';
import type { Language } from '../../../words/languages.ts';
import { plainOf } from '../wire/speech.ts';
import { leftOut } from './arrivals.ts';
import { barOf, peopleText } from './bulk.ts';
import type { Names } from './grant-changes.ts';
import { few } from './standing.ts';
import { buttons, card, code, type Md, md, problem, type Sentence, say, type View } from './view.ts';

type Read = Extract<ImportDraft, { kind: 'read' }>;

const toolName = (tool: ImportTool): Sentence => say(`imports.tool.${tool}`);

export const importBegins = (tool: ImportTool): View =>
  card('neutral', say('imports.reading', { tool: toolName(tool) }));

export const importRefused = (tool: ImportTool, why: ImportRefusal): View =>
  problem(
    say('imports.refused.what', { tool: toolName(tool) }),
    say(`imports.refused.${why}`, { tool: toolName(tool) }),
    say('imports.refused.where'),
  );

/** What the file comes to. */
export function importSummary(
  tool: ImportTool,
  { rows, sure, likely, openInvites, unread, unasked }: Read,
): Md {
  const found = rows.flatMap(({ verdict }) => (verdict.kind === 'found' ? [verdict] : []));
  const whys = rows.flatMap(({ verdict }) => (verdict.kind === 'left' ? [verdict.why] : []));
  const count = (is: (one: (typeof found)[number]) => boolean) => found.filter(is).length;
  const already = rows.filter(({ verdict }) => verdict.kind === 'already').length;
  const line = (key: 'sure' | 'likely' | 'already' | 'over' | 'nothing', many: number) =>
    many > 0 ? [say(`imports.summary.${key}`, { count: many, tool: toolName(tool) })] : [];
  const command = code('/invite create');
  return md`${[
    md`**${say('imports.summary.title', { tool: toolName(tool), count: rows.length })}**`,
    ...line(
      'sure',
      count(({ isSure }) => isSure),
    ),
    ...line(
      'likely',
      count(({ isSure }) => !isSure),
    ),
    ...line('already', already),
    ...(whys.length > 0 ? [say('imports.summary.left', { count: whys.length, why: leftList(whys) })] : []),
    ...line(
      'over',
      count(({ isOver }) => isOver),
    ),
    ...line(
      'nothing',
      count(({ hasNothing }) => hasNothing),
    ),
    ...(openInvites > 0 ? [say('imports.summary.invites', { count: openInvites, command })] : []),
    ...(unasked > 0 ? [say('imports.summary.unasked', { count: unasked })] : []),
    ...unread.map(({ server }) => say('imports.summary.unread', { server: delimited(server.name) })),
    ...(sure.length + likely.length === 0 ? [say('imports.summary.none')] : []),
  ]}`;
}

/** `12 no such account is on the servers now, 3 linked to another member`, the most frequent first. */
function leftList(whys: readonly LeftWhy[]): readonly Sentence[] {
  return [...Map.groupBy(whys, (why) => why)]
    .toSorted(([, one], [, other]) => other.length - one.length)
    .map(([why, { length: count }]) =>
      say('imports.why.count', { count, why: say(`imports.why.${why}`, { count }) }),
    );
}

interface Asked {
  readonly sure: ImportPreview;
  readonly likely: ImportPreview;
}

/** What is asked before anything is linked; `by name` are those that only likely fit. */
export function importQuestion(tool: ImportTool, { sure, likely }: Asked, names: Names): readonly Md[] {
  const shown = sure.links.length > 0 ? sure : likely;
  const { links, servers, memberIds, withEnd: ends } = shown;
  const forGood = links.length - ends;
  return [
    md`**${say('imports.ask.title', { count: links.length, servers: few(servers.map(({ name }) => delimited(name))) })}**\n${peopleText(memberIds, names)}`,
    md`${say('imports.ask.means', { ends, forGood, tool: toolName(tool) })}`,
    ...(shown === sure && likely.links.length > 0
      ? [md`${say('imports.ask.byName', { count: likely.links.length })}`]
      : []),
  ];
}

export const importNothingNow = (): View => card('neutral', say('imports.ask.nothingNow'));

export const importProgress = (done: number, total: number): View =>
  card('neutral', md`${barOf(done, total)} ${say('imports.working', { done, total })}`);

export function importDone(links: ImportedLinks, language: Language): View {
  const { linked, left, undoId } = links;
  const undo = {
    label: say('member.import.undo'),
    style: 'danger',
    command: 'member import',
    op: 'undo',
  } as const;
  return {
    ...card(
      left.length > 0 ? 'warning' : 'good',
      md`**${say('imports.done.title', { count: linked.length })}**`,
      linked.length > 0 ? say('imports.done.kept') : undefined,
      leftOut(left),
      md`-# ${say('imports.done.again')}`,
      ...(undoId === undefined ? [] : [buttons({ ...undo, args: [undoId] })]),
    ),
    files: [{ name: 'import-result.csv', content: resultFile(links, language) }],
  };
}

/** A row for each row of the file: what becomes of it, and why not. */
export function importReport({ rows }: Pick<Read, 'rows'>, language: Language): NonNullable<View['files']> {
  const said = (sentence: Sentence) => plainOf(sentence, language);
  const head = ['row', 'discord', 'account', 'server', 'until', 'result', 'why'] as const;
  const cells = rows.map(({ row, verdict }) => {
    const known = [row.at, row.discordId ?? row.discordName ?? '', accountOf(row), row.serverName ?? ''];
    if (verdict.kind === 'left')
      return [
        ...known,
        '',
        said(say('imports.report.left')),
        said(say(`imports.why.${verdict.why}`, { count: 1 })),
      ];
    if (verdict.kind === 'already') return [...known, '', said(say('imports.report.already')), ''];
    const { until, isSure, isOver, hasNothing } = verdict;
    return [
      ...known,
      until?.toISOString() ?? said(say('imports.report.forGood')),
      said(say(isSure ? 'imports.report.sure' : 'imports.report.likely')),
      [...(isOver ? ['over' as const] : []), ...(hasNothing ? ['nothing' as const] : [])]
        .map((what) => said(say(`imports.report.${what}`)))
        .join('; '),
    ];
  });
  const content = csvOf(
    head.map((name) => said(say(`imports.report.${name}`))),
    cells,
  );
  return [{ name: 'import-report.csv', content }];
}

/** What the file calls the account: its name, or enough of its address to find it. */
function accountOf({ account, accountId, email }: ImportedRow): string {
  const masked = email === null ? null : email.replace(/^(.)[^@]*(?=@)/, '$1***');
  return account ?? masked ?? accountId ?? '';
}

function resultFile({ linked, left }: ImportedLinks, language: Language): string {
  const said = (sentence: Sentence) => plainOf(sentence, language);
  const head = ['account', 'discord', 'result', 'why'] as const;
  return csvOf(
    head.map((name) => said(say(`imports.report.${name}`))),
    [
      ...linked.map(({ name, memberId }) => [name, memberId, said(say('imports.report.linked')), '']),
      ...left.map(({ name, why }) => [name, '', said(say('imports.report.left')), said(why)]),
    ],
  );
}
