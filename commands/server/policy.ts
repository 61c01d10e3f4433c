import { choice, defineCommand, text, type Who } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import {
  libraryOnServerOption,
  type Named,
  serverOption,
  templateOption,
} from '../../src/adapters/discord/kit/named-options.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import { EXPIRY_ACTIONS } from '../../src/adapters/discord/views/plans.ts';
import {
  doesSomething,
  noOwnAccounts,
  notAPage,
  notATemplate,
  policyEffectText,
  policyText,
} from '../../src/adapters/discord/views/server-policy.ts';
import { card, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { MEDIA_KINDS } from '../../src/domain/media-kinds.ts';
import type { DriftPolicy, Server } from '../../src/domain/model.ts';
import { isText, oneOf, orNull, shape } from '../../src/domain/shape.ts';
import { readTypedPage } from '../../src/domain/typed-address.ts';

type Uses = Pick<App, 'autocomplete' | 'serverPolicy' | 'drafts'>;

const DRIFT = ['report', 'enforce', 'adopt'] as const satisfies readonly DriftPolicy[];

const isChanges = shape(
  {},
  {
    defaultLibraryId: orNull(isText),
    expiryAction: oneOf(...EXPIRY_ACTIONS),
    driftPolicy: oneOf(...DRIFT),
    templateAccountId: orNull(isText),
    requestsUrl: orNull(isText),
  },
);
const policyDraft = defineDraft('server policy', shape({ serverId: isText, changes: isChanges }));
type PolicyDraft = DraftOf<typeof policyDraft>;

const question = confirmation({
  draft: policyDraft,
  preview: ({ guildId }, { serverId, changes }, { serverPolicy }: Uses) =>
    serverPolicy.preview(guildId, serverId, changes),
  gone: noLongerHere('server'),
  question: (preview) => ({
    text: [md`${say('server.policy.ask')}`, policyEffectText(preview), policyText(preview.after)],
    choices: [{ label: say('server.policy.confirm'), style: 'danger', op: 'confirm' }],
  }),
  choose: { confirm: (input, { asked }, app) => set(input, asked, app) },
});

export default defineCommand({
  description: 'What stays when access ends on a server, and what is done about changes made there',
  capability: 'admin',
  options: {
    server: serverOption.needed,
    default_library: libraryOnServerOption.optional(
      'The library every member keeps when all else ends; none to take it back',
    ),
    expiry: choice('What happens to an account when nothing is left', EXPIRY_ACTIONS),
    drift: choice('What is done about changes that others make on the server', DRIFT),
    template: templateOption.optional(
      'The account whose other rights new accounts copy; nothing beside to let them only watch',
    ),
    requests_url: text('Where members ask for media (Overseerr, Jellyseerr, Seerr); none to take it back', {
      maxLength: 600,
    }),
  },
  async run({ options, ...who }, app: Uses) {
    const server = await serverOption.pick(app, who.guildId, options.server);
    if (server.kind === 'problem') return server.view;
    const serverId = server.item.id;
    const library = await libraryOnServerOption.pick(app, who.guildId, serverId, options.default_library);
    if (library.kind === 'problem') return library.view;
    const template = await pickTemplate(who, server.item, options.template, app);
    if (template.kind === 'problem') return template.view;
    const page = pageIn(options.requests_url);
    if (page === undefined) return notAPage();
    const changes = {
      ...(library.item !== undefined && { defaultLibraryId: library.item }),
      ...(options.expiry && { expiryAction: options.expiry }),
      ...(options.drift && { driftPolicy: options.drift }),
      ...(template.item !== undefined && { templateAccountId: template.item }),
      ...page,
    };
    const preview = await app.serverPolicy.preview(who.guildId, serverId, changes);
    if (!preview) return noLongerHere('server');
    if (Object.keys(changes).length === 0)
      return card(
        'neutral',
        say('server.policy.title', { server: server.item.name }),
        policyText(preview.before),
      );
    const asked = { serverId, changes };
    return doesSomething(preview) ? await question.ask(who, asked, app) : await set(who, asked, app);
  },
  complete: {
    server: serverOption.complete,
    default_library: libraryOnServerOption.complete,
    template: templateOption.complete,
  },
  components: question.components,
});

/** What was typed as the page where media are asked for; undefined when it is none. */
function pageIn(typed: string | undefined): { readonly requestsUrl?: string | null } | undefined {
  if (typed === undefined) return {};
  if (typed.trim().toLowerCase() === 'none') return { requestsUrl: null };
  const url = readTypedPage(typed);
  return url === undefined ? undefined : { requestsUrl: url };
}

/** The account as the server has it now: one that is gone would be found missing only when somebody redeems. */
async function pickTemplate(
  { guildId }: Who,
  { id, kind }: Server,
  typed: string | undefined,
  app: Uses,
): Promise<Named<string | null | undefined>> {
  if (typed !== undefined && MEDIA_KINDS[kind].accounts !== 'created')
    return { kind: 'problem', view: noOwnAccounts(kind) };
  const picked = await templateOption.pick(app, guildId, id, typed);
  if (picked.kind === 'problem' || typeof picked.item !== 'string') return picked;
  const found = await app.serverPolicy.findTemplate(guildId, id, picked.item);
  if (found?.kind === 'found') return { kind: 'named', item: found.externalId };
  return { kind: 'problem', view: found ? notATemplate(found) : noLongerHere('server') };
}

async function set({ guildId, actor }: Who, asked: PolicyDraft, { serverPolicy }: Uses): Promise<View> {
  const now = await serverPolicy.set({ guildId, actorId: actor.id, ...asked });
  return now
    ? card('good', say('server.policy.inForce', { server: now.server.name }), policyText(now))
    : noLongerHere('server');
}
