import { choice, defineCommand, type Input } from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import {
  exportSentView,
  exportView,
  forgetOwnQuestion,
  forgottenOwnView,
  type Going,
} from '../../src/adapters/discord/views/personal-data.ts';
import { card, md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import { asMember, type GuildId } from '../../src/domain/ids.ts';
import type { Community } from '../../src/domain/personal-data.ts';
import { isFlag, isGuildId, nonEmptyListOf, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'personalData' | 'forgetting' | 'drafts'>;

const EVERYWHERE = 'all';
/** Options of a select, beside the one for all of them. */
const MOST_CHOICES = 24;

const question = confirmation({
  draft: defineDraft('my data', shape({ guildIds: nonEmptyListOf(isGuildId), inDm: isFlag })),
  async preview({ actor }, { guildIds, inDm }, { forgetting, personalData }: Uses) {
    const memberId = asMember(actor.id);
    const communities = await personalData.communities(memberId);
    const going: Going[] = [];
    for (const guildId of guildIds) {
      const found = communities.find((one) => one.guildId === guildId);
      // Forgotten there meanwhile.
      if (!found) continue;
      const preview = await forgetting.preview(guildId, memberId);
      going.push({ preview, community: inDm ? found.community : undefined });
    }
    const isElsewhere = !inDm && communities.length > 1;
    return { going, isElsewhere };
  },
  question({ going, isElsewhere }) {
    if (going.length === 0) return card('neutral', say('my.data.none'));
    return {
      text: forgetOwnQuestion(going, isElsewhere),
      choices: [{ label: say('my.data.do'), style: 'danger', op: 'forget' }],
      keep: say('my.data.keep'),
    };
  },
  choose: {
    async forget({ actor }, { preview: { going } }, { forgetting }) {
      const results = [];
      for (const { preview } of going)
        results.push(await forgetting.begin(preview.guildId, asMember(actor.id), actor.id));
      return forgottenOwnView(results);
    },
  },
});

export default defineCommand({
  description: 'What Usher knows about you: a copy of it, or to be forgotten',
  capability: 'member',
  alsoInDm: true,
  options: {
    action: choice('Get a copy, or be forgotten', ['export', 'delete'], { required: true }),
  },
  async run({ options: { action }, ...input }, app: Uses) {
    const { actor, guildId, inDm, language, fileBytes } = input;
    const memberId = asMember(actor.id);
    if (action === 'export') {
      const end = inDm ? 'here' : await app.personalData.send(guildId, memberId);
      if (end === 'sent' || end === 'on-its-way') return exportSentView(end);
      const copy = await app.personalData.read(memberId);
      return exportView(copy, language, { isClosed: end === 'closed', fileBytes });
    }
    if (!inDm) return await question.ask(input, { guildIds: [guildId], inDm }, app);
    const communities = await app.personalData.communities(memberId);
    const [first, ...others] = communities;
    if (!first) return card('neutral', say('my.data.none'));
    return others.length > 0 ? whereView(communities) : await ask(input, [first.guildId], app);
  },
  components: {
    ...question.components,
    where: {
      async run(input, app: Uses) {
        const [chosen] = input.values;
        const known = (await app.personalData.communities(asMember(input.actor.id))).map(
          ({ guildId }) => guildId,
        );
        return await ask(input, chosen === EVERYWHERE ? known : known.filter((id) => id === chosen), app);
      },
    },
  },
});

/** In a direct message: which of the guilds that know them. */
const whereView = (communities: readonly Community[]): View => ({
  ...card('neutral', md`**${say('my.data.where')}**`, {
    kind: 'select',
    op: 'where',
    placeholder: say('my.data.whereHint'),
    options: [
      ...communities
        .slice(0, MOST_CHOICES)
        .map(({ guildId, community }) => ({ label: community ?? say('my.data.unnamed'), value: guildId })),
      { label: say('my.data.everywhere'), value: EVERYWHERE },
    ],
  }),
  ...(communities[0] && { guildId: communities[0].guildId }),
});

/** In a direct message, where the question belongs to a guild of theirs. */
async function ask({ actor }: Input, guildIds: readonly GuildId[], app: Uses): Promise<View> {
  const [guildId, ...others] = guildIds;
  if (guildId === undefined) return card('neutral', say('my.data.none'));
  const view = await question.ask({ guildId, actor }, { guildIds: [guildId, ...others], inDm: true }, app);
  return { ...view, guildId };
}
