/** How libraries and who has them are put into words. */

import type { LibraryOverview } from '../../../app/queries/overview.ts';
import type { LibraryDetails, LibraryHolder } from '../../../app/queries/who-has.ts';
import type { ComparedLibrary } from '../../../domain/compare.ts';
import { PROTECTIONS } from '../../../domain/protection.ts';
import { counted, libraryTrouble, nameList } from './media.ts';
import { code, join, type Md, md, mention, until } from './view.ts';

/** One line of a list. */
export function libraryLine({ library, server, users, invited }: LibraryOverview): Md {
  const trouble = libraryTrouble(library);
  return md`**${server.name} · ${library.name}** · ${library.type} · ${code(library.externalId)} · ${counted(users, 'user', 'users')}${invited > 0 ? `, ${invited} invited` : ''}${trouble ? md` · ${trouble}` : md``}`;
}

/** All of them for a spreadsheet. */
export function librariesCsv(rows: readonly LibraryOverview[]): string {
  const lines = rows.map(({ library, server, users, invited }) => [
    server.name,
    library.name,
    library.type,
    library.externalId,
    String(users),
    String(invited),
    library.goneAt ? 'gone' : library.missingSince ? 'missing' : (library.closed ?? 'present'),
  ]);
  return [['server', 'library', 'type', 'id', 'users', 'invited', 'state'], ...lines]
    .map((cells) => cells.map(cell).join(','))
    .join('\r\n');
}

/** Quoted; and never a formula for a spreadsheet (discord.md 3.5). */
function cell(value: string): string {
  const inert = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return `"${inert.replaceAll('"', '""')}"`;
}

/** The head of a library's card. */
export function libraryTitle({ library, server, holders }: LibraryDetails): Md {
  const of = (...which: LibraryHolder['has'][]) => holders.filter(({ has }) => which.includes(has)).length;
  const [have, invited, none] = [of('yes'), of('invited'), of('no', 'no-account')];
  const counts = [
    `${counted(have, 'account has', 'accounts have')} it`,
    ...(invited > 0 ? [`${invited} invited`] : []),
    ...(none > 0 ? [`${none} granted it without having it`] : []),
  ];
  return md`**${server.name} · ${library.name}** · ${library.type} · ${counts.join(', ')}`;
}

const HAS: Readonly<Record<LibraryHolder['has'], string>> = {
  yes: '✅',
  invited: '📨 invited,',
  no: '❗ granted, but the server does not show it:',
  'no-account': '👤 granted, no account there yet:',
};

/** Somebody who has a library, or is granted it. */
export function holderLine(holder: LibraryHolder): Md {
  const { memberId, account, grants, has, queued } = holder;
  if (holder.protection) return md`${HAS[has]} ${account ?? ''} · ${PROTECTIONS[holder.protection].is}`;
  const who = memberId === null ? md`${account ?? ''} (not linked)` : mention.user(memberId);
  const by =
    grants.length === 0
      ? md`not by a grant`
      : join(
          grants.map(({ number, expiresAt, state }) =>
            state === 'ending'
              ? md`#${number}, ending, not confirmed yet`
              : md`#${number} ${until(expiresAt)}`,
          ),
          ', ',
        );
  return md`${queued ? '⏳ queued,' : HAS[has]} ${who}${memberId !== null && account !== null ? md` · ${account}` : md``} · ${by}`;
}

/** On which servers a library is, and on which it is not. */
export function comparedLine({ name, type, on, missingOn, doubledOn }: ComparedLibrary): Md {
  const parts = [
    md`**${name}** · ${type} · on ${nameList(on, 4)}`,
    ...(missingOn.length > 0 ? [md`missing on ${nameList(missingOn, 4)}`] : []),
    ...(doubledOn.length > 0 ? [md`❗ doubled on ${nameList(doubledOn, 4)}`] : []),
  ];
  return join(parts, ' · ');
}
