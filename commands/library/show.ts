import { defineCommand, text } from '../../src/adapters/discord/kit/command.ts';
import { counted, libraryTrouble } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import {
  buttons,
  card,
  join,
  type Md,
  md,
  mention,
  problem,
  until,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { LibraryDetails, LibraryHolder } from '../../src/app/queries/who-has.ts';

const PAGE = 15;
const GONE = problem(md`That library is no longer here`);

type Uses = Pick<App, 'autocomplete' | 'whoHas'>;

export default defineCommand({
  description: 'Who has a library, by which grant, and until when',
  capability: 'auditor',
  options: { library: text('Which library', { required: true, autocomplete: true }) },
  async run({ guildId, options }, { autocomplete, whoHas }: Uses) {
    const picked = await autocomplete.pickLibrary(guildId, options.library);
    if (picked.kind !== 'one') return pickProblem('library', options.library, picked);
    return show(await whoHas.library(guildId, picked.item.id), 0);
  },
  complete: {
    library: ({ guildId, typed }, { autocomplete }: Uses) =>
      autocomplete.completeAllLibraries(guildId, typed),
  },
  components: {
    page: {
      run: async ({ guildId, args: [id = '', at] }, { whoHas }: Uses) =>
        show(await whoHas.library(guildId, id), Number(at)),
    },
  },
});

function show(details: LibraryDetails | undefined, at: number): View {
  if (!details) return GONE;
  const { library, server, holders } = details;
  const shown = holders.slice(at * PAGE, at * PAGE + PAGE);
  const pages = Math.ceil(holders.length / PAGE);
  const have = holders.filter(({ has }) => has === 'yes').length;
  const turn = (label: string, to: number, disabled: boolean) =>
    ({ label, op: 'page', args: [library.id, String(to)], disabled }) as const;
  return card(
    'neutral',
    md`**${server.name} · ${library.name}** · ${library.type} · ${counted(have, 'account has', 'accounts have')} it`,
    libraryTrouble(library),
    shown.length > 0 ? join(shown.map(line), '\n') : md`Nobody has it, and nobody is granted it.`,
    pages > 1 ? buttons(turn('◀', at - 1, at === 0), turn('▶', at + 1, at >= pages - 1)) : undefined,
  );
}

const HAS: Readonly<Record<LibraryHolder['has'], string>> = {
  yes: '✅',
  invited: '📨 invited,',
  no: '❗ granted, but the server does not show it:',
  'no-account': '👤 granted, no account there yet:',
};

function line({ memberId, account, grants, has, queued, protected: isProtected }: LibraryHolder): Md {
  if (isProtected) return md`✅ ${account ?? ''} · owner or administrator`;
  const who = memberId === null ? md`${account ?? ''} (not linked)` : mention.user(memberId);
  const by =
    grants.length === 0
      ? md`not by a grant`
      : join(
          grants.map(({ number, expiresAt }) => md`#${number} ${until(expiresAt)}`),
          ', ',
        );
  return md`${queued ? '⏳ queued,' : HAS[has]} ${who}${memberId !== null && account !== null ? md` · ${account}` : md``} · ${by}`;
}
