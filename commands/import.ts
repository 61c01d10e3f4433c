import {
  attachment,
  type ComponentInput,
  choice,
  defineCommand,
} from '../src/adapters/discord/kit/command.ts';
import { confirmation } from '../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../src/adapters/discord/kit/draft.ts';
import { firstOf } from '../src/adapters/discord/views/bulk.ts';
import {
  importBegins,
  importDone,
  importNothingNow,
  importProgress,
  importQuestion,
  importRefused,
  importReport,
  importSummary,
} from '../src/adapters/discord/views/imports.ts';
import { card, say, type View } from '../src/adapters/discord/views/view.ts';
import type { PlannedLink } from '../src/app/accounts/imports.ts';
import type { App } from '../src/app/app.ts';
import { IMPORT_TOOLS } from '../src/domain/imports/rows.ts';
import { isMemberId, isNumber, isText, listOf, oneOf, shape } from '../src/domain/shape.ts';

type Uses = Pick<App, 'imports' | 'people' | 'drafts'>;

const isPlanned = (value: unknown): value is PlannedLink =>
  Array.isArray(value) &&
  value.length === 3 &&
  isMemberId(value[0]) &&
  isText(value[1]) &&
  isNumber(value[2]);

const question = confirmation({
  draft: defineDraft(
    'import',
    shape({ tool: oneOf(...IMPORT_TOOLS), sure: listOf(isPlanned), likely: listOf(isPlanned) }),
  ),
  preview: async ({ guildId }, { sure, likely }, app: Uses) => {
    const asked = {
      sure: await app.imports.preview(guildId, sure),
      likely: await app.imports.preview(guildId, likely),
    };
    const ids = firstOf([...asked.sure.memberIds, ...asked.likely.memberIds]);
    const named = await app.people.named(guildId, ids);
    // A mention of somebody whom the reader's Discord does not know shows nothing.
    const names = new Map([...asked.sure.accountNames, ...asked.likely.accountNames, ...named]);
    return { ...asked, names };
  },
  question({ sure, likely, names }, { tool }) {
    const all = sure.links.length + likely.links.length;
    if (all === 0) return importNothingNow();
    const certain = { label: say('imports.ask.sure', { count: sure.links.length }), op: 'sure' } as const;
    const both = { label: say('imports.ask.all', { count: all }), op: 'all' } as const;
    return {
      text: importQuestion(tool, { sure, likely }, names),
      meaning: [...sure.links, ...likely.links].map((link) => link.join(' ')),
      choices: [...(sure.links.length > 0 ? [certain] : []), ...(likely.links.length > 0 ? [both] : [])].map(
        (choice) => ({ ...choice, style: 'primary' }),
      ),
      keep: say('imports.ask.keep'),
    };
  },
  choose: {
    sure: (input, { preview }, app) => run(input, preview.sure.links, app),
    all: (input, { preview }, app) => run(input, [...preview.sure.links, ...preview.likely.links], app),
  },
});

async function run(input: ComponentInput, links: readonly PlannedLink[], app: Uses): Promise<View> {
  const { guildId, actor, language } = input;
  const results = await app.imports.run({ guildId, actorId: actor.id }, links, (done) =>
    input.progress(importProgress(done, links.length)),
  );
  return importDone(results, language);
}

export default defineCommand({
  description: 'Take over members, accounts and ends from another tool: first a look, nothing is changed',
  capability: 'admin',
  options: {
    from: choice('The tool that the file is from', IMPORT_TOOLS, {
      required: true,
      named: {
        membarr: 'Membarr, Invitarr',
        wizarr: 'wizarr',
        'jfa-go': 'jfa-go',
        vodum: 'VODUM',
        csv: 'CSV',
      },
    }),
    file: attachment('Its database, backup or table', { required: true }),
  },
  async run({ options: { from, file }, ...input }, app: Uses) {
    const { guildId, language } = input;
    await input.progress(importBegins(from));
    const read = await app.imports.read(guildId, from, file);
    if (read.kind === 'refused') return importRefused(from, read.why);
    const { sure, likely } = read;
    const summary = importSummary(from, read);
    const view =
      sure.length + likely.length === 0
        ? card('neutral', summary)
        : await question.ask(input, { tool: from, sure, likely }, app, summary);
    return { ...view, files: importReport(read, language) };
  },
  components: question.components,
});
