/** How libraries and who has them are put into words. */

import type { LibraryOverview } from '../../../app/queries/overview.ts';
import type { LibraryDetails, LibraryHolder } from '../../../app/queries/who-has.ts';
import type { ComparedLibrary } from '../../../domain/compare.ts';
import type { Library } from '../../../domain/model.ts';
import { plainText } from '../wire/sanitise.ts';
import { whoIs, whoPlain } from './brief.ts';
import { few } from './standing.ts';
import {
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

/** What fits into a line of a phone beside a number. */
const NAME = 30;

const TROUBLES = { gone: '❗', missing: '❔', off: '⏸️', unready: '⏳' } as const;

type LibraryMark = keyof typeof TROUBLES;

/** Why nobody sees it; undefined when all is well. */
function troubleOf({ goneAt, missingSince, closed }: Library): LibraryMark | undefined {
  if (goneAt !== null) return 'gone';
  return missingSince === null ? (closed ?? undefined) : 'missing';
}

/** One line of a list. */
export function libraryLine({ library, server, users, invited }: LibraryOverview): Md {
  const trouble = troubleOf(library);
  const count =
    invited > 0 ? say('library.list.rowInvited', { users, invited }) : say('library.list.row', { users });
  const name = plainText(`${server.name} · ${library.name}`, NAME);
  return md`${trouble ? `${TROUBLES[trouble]} ` : ''}**${name}** · ${count}`;
}

/** The same in the select below it. */
export const libraryChoice = ({ library, server, users }: LibraryOverview) => ({
  label: `${server.name} · ${library.name}`,
  value: library.id,
  description: say('library.list.option', { type: typeName(library), users }),
});

const typeName = ({ type }: Pick<Library, 'type'>): Sentence => say(`library.type.${type}`);

export function libraryLegend(rows: readonly LibraryOverview[]): readonly Sentence[] {
  const marks = new Set(rows.flatMap(({ library }) => troubleOf(library) ?? []));
  return [...marks].map((mark) => say(`library.list.mark.${mark}`));
}

export const LIBRARY_HEAD = ['server', 'library', 'type', 'id', 'users', 'invited', 'state'] as const;

/** For a spreadsheet. */
export const libraryCells = ({ library, server, users, invited }: LibraryOverview): readonly string[] => [
  ...[server.name, library.name, library.type, library.externalId],
  ...[String(users), String(invited)],
  troubleOf(library) ?? 'present',
];

/** Below the name of a library: what it is, how many have it, and why nobody sees it. */
export function libraryFacts({ library, holders }: LibraryDetails): readonly (Md | Sentence)[] {
  const of = (...which: LibraryHolder['has'][]) => holders.filter(({ has }) => which.includes(has)).length;
  const [have, invited, without] = [of('yes'), of('invited'), of('no', 'no-account')];
  const counts = [
    say('library.show.have', { count: have }),
    ...(invited > 0 ? [say('library.show.invited', { count: invited })] : []),
    ...(without > 0 ? [say('library.show.without', { count: without })] : []),
  ];
  const kind = say('library.show.kind', { type: typeName(library), id: code(library.externalId) });
  return [md`-# ${kind}`, ...troubleText(library), join(counts, ' ')];
}

function troubleText(library: Library): readonly Sentence[] {
  const { goneAt, missingSince, closed } = library;
  if (goneAt) return [say('library.show.gone', { at: moment(goneAt) })];
  if (missingSince) return [say('library.show.missing', { at: moment(missingSince) })];
  return closed === null ? [] : [say(`library.show.${closed}`)];
}

export type NamedHolder = LibraryHolder & { readonly name: string | undefined };

type HolderMark = 'yes' | 'invited' | 'no' | 'noAccount' | 'queued';

const HOLDS: Readonly<Record<HolderMark, string>> = {
  yes: '',
  invited: '📨 ',
  no: '❗ ',
  noAccount: '👤 ',
  queued: '⏳ ',
};

const holderMark = ({ has, queued }: LibraryHolder): HolderMark =>
  queued ? 'queued' : has === 'no-account' ? 'noAccount' : has;

export function holderLegend(rows: readonly LibraryHolder[]): readonly Sentence[] {
  const marks = new Set(rows.map(holderMark));
  return Object.keys(HOLDS)
    .filter((mark): mark is HolderMark => marks.has(mark as HolderMark))
    .map((mark) => say(`library.show.mark.${mark}`));
}

/** Somebody who has a library, or is granted it. */
export function holderLine(holder: NamedHolder): Md {
  return md`${HOLDS[holderMark(holder)]}**${holderName(holder)}** · ${join(holderWhy(holder), ', ')}`;
}

function holderName({ memberId, name, account }: NamedHolder): Md {
  return memberId === null ? md`${plainText(account ?? '', 16)}` : whoIs(memberId, name);
}

/** Why they have it, and until when. */
function holderWhy({ memberId, protection, grants }: NamedHolder): readonly (Md | Sentence)[] {
  if (protection) return [say(`library.show.protected.${protection}`)];
  if (memberId === null) return [say('library.show.notLinked')];
  if (grants.length === 0) return [say('library.show.noGrant')];
  return grants.map(({ number, expiresAt, state }) =>
    state === 'ending'
      ? say('library.show.overdue', { number: String(number) })
      : say('library.show.by', {
          when: expiresAt === null ? say('shared.forGood') : relative(expiresAt),
          number: String(number),
        }),
  );
}

/** For the select that opens them; nobody is linked to some. */
export function holderChoice({ memberId, name, account }: NamedHolder) {
  if (memberId === null) return undefined;
  const label: Text = name ?? account ?? whoPlain(name);
  return { label, value: memberId };
}

export const HOLDER_HEAD = ['member', 'name', 'account', 'has', 'queued', 'grants'] as const;

/** For a spreadsheet. */
export const holderCells = (holder: NamedHolder): readonly string[] => [
  ...[holder.memberId ?? '', holder.name ?? '', holder.account ?? ''],
  ...[holder.has, holder.queued ? 'yes' : 'no'],
  holder.grants
    .map(({ number, expiresAt }) => `#${number} ${expiresAt?.toISOString() ?? 'for good'}`)
    .join(', '),
];

/** On which servers a library is, and on which it is not. */
export function comparedLine({ name, on, missingOn, doubledOn }: ComparedLibrary): Md {
  const servers = (names: readonly string[]) => few(names.map((server) => plainText(server, 20)));
  const parts = [
    ...(missingOn.length > 0
      ? [say('library.compare.missing', { servers: servers(missingOn) })]
      : [say('library.compare.on', { servers: servers(on) })]),
    ...(doubledOn.length > 0 ? [say('library.compare.doubled', { servers: servers(doubledOn) })] : []),
  ];
  return md`**${plainText(name, NAME)}** · ${join(parts, ' · ')}`;
}

export const COMPARED_HEAD = ['library', 'type', 'on', 'not on', 'twice on'] as const;

/** For a spreadsheet. */
export const comparedCells = ({ name, type, on, missingOn, doubledOn }: ComparedLibrary) => [
  ...[name, type],
  ...[on, missingOn, doubledOn].map((servers) => servers.join(', ')),
];

/** What can be done with several libraries: given to somebody, or taken from everybody. */
export function chosenLibraries(rows: readonly LibraryOverview[], draftId: string): View {
  const args = [draftId];
  return card(
    'neutral',
    md`**${say('library.many.chosen', { count: rows.length })}**\n${namesOf(rows)}`,
    md`-# ${say('library.many.hint')}`,
    {
      kind: 'pick',
      what: 'user',
      command: 'library list',
      op: 'to',
      args,
      placeholder: say('library.many.give'),
    },
    buttons({ label: say('library.many.take'), style: 'danger', command: 'library list', op: 'take', args }),
  );
}

/** For how long somebody should get them; 0 days are for good. */
export function howLong(rows: readonly LibraryOverview[], who: Md, args: readonly string[]): View {
  const lasts = (days: number) =>
    ({
      label: days === 0 ? say('library.many.forGood') : say('library.many.days', { count: days }),
      command: 'library list',
      op: 'lasts',
      args: [...args, String(days)],
    }) as const;
  const what = rows.map(({ library, server }) => `${server.name} · ${library.name}`);
  return card(
    'neutral',
    md`**${say('library.many.long', { who, what: few(what) })}**`,
    buttons(lasts(30), lasts(90), lasts(365), lasts(0)),
  );
}

const namesOf = (rows: readonly LibraryOverview[]): Sentence =>
  say('shared.list', { items: few(rows.map(({ library, server }) => `${server.name} · ${library.name}`)) });
