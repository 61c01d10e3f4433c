import { choice, defineCommand, type Input, text } from '../../src/adapters/discord/kit/command.ts';
import { counted } from '../../src/adapters/discord/views/media.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { policyText } from '../../src/adapters/discord/views/servers.ts';
import { buttons, card, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { PolicyChanges, PolicyPreview } from '../../src/app/servers/policy.ts';
import type { PolicyEffect } from '../../src/domain/dry-run.ts';
import type { DriftPolicy, ExpiryAction } from '../../src/domain/model.ts';
import { pick } from '../../src/domain/pick.ts';

type Uses = Pick<App, 'autocomplete' | 'serverPolicy' | 'drafts'>;
type Who = Pick<Input, 'guildId' | 'actor'>;

/** What was shown before it is confirmed. */
interface Asked {
  readonly serverId: string;
  readonly changes: PolicyChanges;
  readonly effect: PolicyEffect;
}

const NONE = 'none';
const EXPIRY = ['withdraw', 'disable', 'delete'] as const satisfies readonly ExpiryAction[];
const DRIFT = ['report', 'enforce', 'adopt'] as const satisfies readonly DriftPolicy[];
const GONE = problem(md`That server is no longer here`);

export default defineCommand({
  description: 'What stays when access ends on a server, and what is done about changes made there',
  capability: 'admin',
  options: {
    server: text('Which server', { required: true, autocomplete: true }),
    default_library: text('The library every member keeps when all else ends; none to take it back', {
      autocomplete: true,
    }),
    expiry: choice('What happens to an account when nothing is left', EXPIRY),
    drift: choice('What is done about changes that others make on the server', DRIFT),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const who = { guildId, actor };
    const picked = await app.autocomplete.pickServer(guildId, options.server);
    if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
    const serverId = picked.item.id;
    const library = await defaultLibrary(app, guildId, serverId, options.default_library);
    if (library.kind === 'problem') return library.view;
    const changes = {
      ...(library.id !== undefined && { defaultLibraryId: library.id }),
      ...(options.expiry && { expiryAction: options.expiry }),
      ...(options.drift && { driftPolicy: options.drift }),
    };
    const preview = await app.serverPolicy.preview(guildId, serverId, changes);
    if (!preview) return GONE;
    if (Object.keys(changes).length === 0)
      return card('neutral', md`**Policies of ${preview.before.server.name}**`, policyText(preview.before));
    return doesSomething(preview)
      ? await ask(app, who, preview, changes)
      : await set(app, who, serverId, changes);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
    async default_library({ guildId, typed }, { autocomplete }: Uses) {
      const libraries = await autocomplete.completeLibraries(guildId, typed);
      return [{ name: 'none', value: NONE }, ...libraries].slice(0, 25);
    },
  },
  components: {
    confirm: {
      async run({ guildId, actor, args: [draftId = ''] }, app: Uses) {
        const who = { guildId, actor };
        const asked = await app.drafts.find(guildId, actor.id, draftId);
        if (!isAsked(asked) || !(await app.drafts.take(guildId, draftId)))
          return problem(md`This question is no longer open`, undefined, md`Run the command again.`);
        const { serverId, changes, effect } = asked;
        const preview = await app.serverPolicy.preview(guildId, serverId, changes);
        if (!preview) return GONE;
        // Asked again when it would do something else by now.
        if (JSON.stringify(preview.effect) !== JSON.stringify(effect))
          return await ask(app, who, preview, changes);
        return await set(app, who, serverId, changes);
      },
    },
    cancel: {
      run: async () => card('neutral', md`Cancelled. Nothing was changed.`),
    },
  },
});

async function defaultLibrary(
  { autocomplete }: Pick<Uses, 'autocomplete'>,
  guildId: string,
  serverId: string,
  typed: string | undefined,
): Promise<
  | { readonly kind: 'library'; readonly id: string | null | undefined }
  | { readonly kind: 'problem'; readonly view: View }
> {
  if (typed === undefined) return { kind: 'library', id: undefined };
  if (typed.trim().toLowerCase() === NONE) return { kind: 'library', id: null };
  const libraries = (await autocomplete.grantableLibraries(guildId))
    .filter(({ library }) => library.serverId === serverId)
    .map(({ library, name }) => ({ id: library.id, name, short: library.name }));
  const picked = pick(libraries, typed, (item) => [item.name, item.short]);
  return picked.kind === 'one'
    ? { kind: 'library', id: picked.item.id }
    : { kind: 'problem', view: pickProblem('library', typed, picked) };
}

async function set(
  { serverPolicy }: Uses,
  { guildId, actor }: Who,
  serverId: string,
  changes: PolicyChanges,
): Promise<View> {
  const now = await serverPolicy.set({ guildId, actorId: actor.id, serverId, changes });
  return now ? card('good', md`**In force on ${now.server.name} now:**`, policyText(now)) : GONE;
}

const doesSomething = ({ effect }: PolicyPreview): boolean =>
  effect.accounts + effect.adopted.extra + effect.adopted.missing > 0;

async function ask(app: Uses, who: Who, preview: PolicyPreview, changes: PolicyChanges): Promise<View> {
  const { after, effect } = preview;
  const { server } = after;
  const lines = [
    ...(effect.accounts > 0
      ? [
          md`Of ${counted(effect.accounts, 'account', 'accounts')} on **${server.name}**: adds ${effect.adds}, removes ${effect.removes} (libraries, counted account by account).`,
        ]
      : []),
    ...(effect.adopted.extra > 0
      ? [
          md`What others gave to ${counted(effect.adopted.extra, 'account', 'accounts')} becomes grants without an end.`,
        ]
      : []),
    ...(effect.adopted.missing > 0
      ? [
          md`What others took from ${counted(effect.adopted.missing, 'account', 'accounts')} leaves their grants; a grant that gives nothing else ends.`,
        ]
      : []),
  ];
  const asked: Asked = { serverId: server.id, changes, effect };
  const args = [await app.drafts.put(who.guildId, who.actor.id, asked)];
  return card(
    'warning',
    md`**This would happen at once:**`,
    md`${lines}`,
    policyText(after),
    buttons({ label: 'Confirm', style: 'danger', op: 'confirm', args }, { label: 'Cancel', op: 'cancel' }),
  );
}

/** Drafts of this command are written here only. */
function isAsked(value: unknown): value is Asked {
  return typeof value === 'object' && value !== null && 'serverId' in value && 'wish' in value;
}
