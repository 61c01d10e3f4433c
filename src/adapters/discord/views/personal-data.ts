/** What is stored about a person, as a file for them, and the question before they are forgotten. */
import type { ForgetPreview, ForgetResult, WaitsFor } from '../../../app/personal/forget.ts';
import { delimited } from '../../../domain/name-list.ts';
import { type PersonalCopy, TOLD } from '../../../domain/personal-data.ts';
import type { Language } from '../../../words/catalogue.ts';
import { FILE_BYTES } from '../wire/file-bytes.ts';
import { plainOf } from '../wire/speech.ts';
import { few } from './standing.ts';
import { card, code, join, type Md, md, mention, type Sentence, say, type View } from './view.ts';

/** The file, and what is said above it; `isClosed`: because they take no direct messages. */
export function exportView(
  found: PersonalCopy,
  language: Language,
  {
    isClosed = false,
    fileBytes = FILE_BYTES,
  }: { readonly isClosed?: boolean; readonly fileBytes?: number } = {},
): View {
  const { communities } = found;
  if (communities.length === 0) return card('neutral', say('my.data.none'));
  const { content, isCut } = fileOf(found, language, fileBytes);
  return {
    ...card(
      'good',
      md`✅ ${say('my.data.copy', { count: communities.length })}`,
      isClosed ? say('my.data.copyHere') : undefined,
      say('my.data.copyHow'),
      isCut ? say('my.data.copyCut') : undefined,
    ),
    files: [{ name: 'usher-my-data.json', content }],
  };
}

/** Where the file is, for whoever asked elsewhere. */
export const exportSentView = (sent: 'sent' | 'on-its-way'): View =>
  sent === 'sent'
    ? card('good', md`✅ ${say('my.data.sent')}`)
    : card('neutral', md`⏳ ${say('my.data.onItsWay')}`);

/** Of a record that is too long, the newest lines. */
function fileOf(
  { at, communities }: PersonalCopy,
  language: Language,
  mostBytes: number,
): { readonly content: string; readonly isCut: boolean } {
  const keys = Object.fromEntries(
    [...new Set(Object.values(TOLD))].map((key) => [key, plainOf(say(`my.data.key.${key}`), language)]),
  );
  const write = (most: number) =>
    JSON.stringify(
      {
        madeAt: at,
        keys,
        communities: communities.map(({ guildId, community, data }) => ({
          id: guildId,
          name: community,
          ...data,
          record: data.record.slice(-most),
        })),
      },
      null,
      2,
    );
  let most = Math.max(1, ...communities.map(({ data }) => data.record.length));
  let content = write(most);
  const isCut = Buffer.byteLength(content) > mostBytes;
  while (Buffer.byteLength(content) > mostBytes && most > 1) {
    most = Math.floor(most / 2);
    content = write(most);
  }
  return { content, isCut };
}

/** What goes in one guild; `community` where it has to be said which one that is. */
export interface Going {
  readonly preview: ForgetPreview;
  readonly community: string | null | undefined;
}

/** What somebody reads before they are forgotten. */
export const forgetOwnQuestion = (
  going: readonly Going[],
  isElsewhere: boolean,
): readonly (Md | undefined)[] => [
  md`**${say('my.data.ask')}**`,
  ...going.map(({ preview: { open, accounts, again, waitsFor }, community }) =>
    join(
      [
        ...(community === undefined
          ? []
          : [md`**${say('my.data.at', { community: community ?? say('my.data.unnamed') })}**`]),
        ...(waitsFor ? [say('my.data.asked'), ...waitsTexts(waitsFor)] : []),
        say('my.data.ends', { count: open }),
        ...accounts.map(({ fate, ...account }) => say(`my.data.fate.${fate}`, account)),
        ...(again.length > 0 ? [say('my.data.again', { plans: again.map(({ plan }) => plan) })] : []),
      ],
      '\n',
    ),
  ),
  join([say('my.data.goes'), say('my.data.stays')], '\n'),
  isElsewhere ? md`-# ${say('my.data.others', { command: code('/my data') })}` : undefined,
];

/** What staff read before somebody is forgotten. */
export function forgetQuestion(
  { open, accounts, again, waitsFor }: ForgetPreview,
  member: Md,
): readonly Md[] {
  return [
    md`**${say('member.forget.ask', { member })}**`,
    join(
      [
        ...(waitsFor ? [say('member.forget.asked'), ...waitsTexts(waitsFor)] : []),
        say('member.forget.ends', { count: open }),
        ...accounts.map(({ fate, ...account }) =>
          fate === 'unshared'
            ? say('member.forget.fate.unshared', account)
            : say(`my.data.fate.${fate}`, account),
        ),
        ...(again.length > 0
          ? [
              say('member.forget.again', {
                roles: [...new Set(again.map(({ roleId }) => roleId))].map(mention.role),
                plans: again.map(({ plan }) => plan),
              }),
            ]
          : []),
      ],
      '\n',
    ),
    join([say('member.forget.goes'), say('my.data.stays')], '\n'),
  ];
}

function waitsTexts({ servers, isSigningIn, atDiscord }: WaitsFor): readonly Sentence[] {
  return [
    ...(servers.length > 0
      ? [say('my.data.waitsServers', { servers: few(servers.map((name) => delimited(name))) })]
      : []),
    ...(isSigningIn ? [say('my.data.waitsSignIn')] : []),
    ...(atDiscord ? [say('my.data.waitsDiscord')] : []),
  ];
}

/** What came of it, in one guild or several. */
export function forgottenOwnView(results: readonly ForgetResult[]): View {
  const waiting = mergedWait(results);
  if (!waiting) return card('good', md`✅ ${say('my.data.done')}`, say('my.data.doneNext'));
  return card('warning', md`⏳ ${say('my.data.waiting')}`, join(waitsTexts(waiting), '\n'));
}

export function forgottenView(result: ForgetResult, member: Md): View {
  if (result.kind === 'forgotten') return card('good', md`✅ ${say('member.forget.done')}`);
  return card(
    'warning',
    md`⏳ ${say('member.forget.waiting', { member })}`,
    join(waitsTexts(result.waitsFor), '\n'),
  );
}

/** Of several guilds, all that is waited for. */
function mergedWait(results: readonly ForgetResult[]): WaitsFor | undefined {
  const waiting = results.flatMap((result) => (result.kind === 'waiting' ? [result.waitsFor] : []));
  if (waiting.length === 0) return undefined;
  return {
    servers: [...new Set(waiting.flatMap(({ servers }) => servers))],
    isSigningIn: waiting.some(({ isSigningIn }) => isSigningIn),
    atDiscord: waiting.some(({ atDiscord }) => atDiscord),
  };
}
