import { type BulkUses, bulkGrantsQuestion } from '../../src/adapters/discord/kit/bulk.ts';
import {
  byModerators,
  type Component,
  type ComponentInput,
  choice,
  defineCommand,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { type GiveManyUses, givingMany } from '../../src/adapters/discord/kit/give-many.ts';
import { defineList } from '../../src/adapters/discord/kit/list.ts';
import { wordFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import type { CardUses } from '../../src/adapters/discord/kit/member-card.ts';
import { openMember } from '../../src/adapters/discord/kit/open-member.ts';
import { questionClosed } from '../../src/adapters/discord/views/answers.ts';
import { firstOf } from '../../src/adapters/discord/views/bulk.ts';
import {
  chosenView,
  MANY_ACTS,
  type ManyAct,
  MEMBER_HEAD,
  memberCells,
  memberChoice,
  memberLegend,
  memberRow,
  planForMany,
} from '../../src/adapters/discord/views/members.ts';
import { md, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { MemberFilter } from '../../src/app/queries/member-list.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { either, isDuration, isMemberId, isText, listOf, oneOf, shape } from '../../src/domain/shape.ts';

type Uses = BulkUses & GiveManyUses & CardUses & Pick<App, 'autocomplete' | 'memberList' | 'plans'>;

const FILTERS = [
  'active',
  'expiring',
  'overdue',
  'pending',
  'unlinked',
] as const satisfies readonly MemberFilter[];
/** So many are chosen at once: what is done with more is done by plan or server. */
const MOST = 2_000;

const by = (days: number) => ({ kind: 'extend', by: `${days}d` as DurationText }) as const;

const isAction = either(
  shape({ kind: oneOf('extend'), by: isDuration }),
  either(shape({ kind: oneOf('end'), cause: oneOf('revoked') }), shape({ kind: oneOf('pause') })),
);

const wishes = defineDraft(
  'member list',
  shape({ action: isAction }, { memberIds: listOf(isMemberId), grantIds: listOf(isText) }),
);
type Wish = DraftOf<typeof wishes>;

const ACTIONS: Readonly<Record<ManyAct, Wish['action']>> = {
  d7: by(7),
  d30: by(30),
  d90: by(90),
  pause: { kind: 'pause' },
  end: { kind: 'end', cause: 'revoked' },
};

const chosen = wishes.like(shape({ memberIds: listOf(isMemberId) }));
const bulk = bulkGrantsQuestion<Wish, Uses>(wishes);
const gift = givingMany<Uses>('member list', (who, grantIds, app) =>
  bulk.ask(who, { action: ACTIONS.end, grantIds }, app),
);

const filterOf = (typed: string): MemberFilter | undefined => FILTERS.find((filter) => filter === typed);

const listing = defineList({
  filters: [{ name: 'filter', ...wordFilter(FILTERS) }],
  size: 10,
  find: async ({ guildId }, { search, by: { filter } }, { memberList }: Uses, slice) =>
    await memberList.list(guildId, { filter: filterOf(filter), search, ...slice }),
  title: () => say('member.list.title'),
  none: ({ by: { filter } }) => (filter === '' ? say('member.list.none') : say('member.list.noneSuch')),
  line: memberRow,
  legend: memberLegend,
  option: memberChoice,
  openLabel: say('member.list.open'),
  open: openMember,
  several: { label: say('member.list.choose'), choose },
  offers: async () => [
    {
      filter: 'filter',
      choices: [
        { label: say('member.list.everybody'), value: '' },
        ...FILTERS.map((filter) => ({ label: say(`member.list.filter.${filter}`), value: filter })),
      ],
    },
  ],
  more: ({ actor }, asked, { argsOf, total }) =>
    total > 1 && total <= MOST && actor.capabilities.has('moderator')
      ? [{ label: say('list.all', { total }), op: 'all', args: argsOf(asked) }]
      : [],
  file: { name: 'members.csv', head: MEMBER_HEAD, cells: memberCells },
});

/** Several members, and what can be done with them. */
async function choose(who: Who, picked: readonly string[], app: Uses): Promise<View> {
  // What was chosen in a select is not signed.
  const known = await app.memberList.ids(who.guildId, {});
  const memberIds = known.filter((id) => picked.includes(id));
  const draftId = await chosen.put(who, { memberIds }, app);
  return chosenView(memberIds, await app.people.named(who.guildId, firstOf(memberIds)), draftId);
}

/** What is for those who are still chosen. */
function withChosen(
  run: (input: ComponentInput, memberIds: readonly MemberId[], app: Uses) => Promise<View>,
): Component<Uses> {
  return {
    capability: 'moderator',
    async run(input, app) {
      const kept = await chosen.find(input, input.args[0] ?? '', app);
      return kept ? await run(input, kept.memberIds, app) : questionClosed(md`${say('member.list.closed')}`);
    },
  };
}

export default defineCommand({
  description: 'Members, by what ends next; open one, or extend, pause or end for several',
  capability: 'auditor',
  options: { filter: choice('Only these (default: everybody)', FILTERS) },
  run: async ({ options: { filter = '' }, ...who }, app: Uses) => await listing.show(who, { filter }, app),
  components: {
    ...listing.components,
    list: listing.beside,
    ...byModerators(bulk.components),
    ...byModerators(gift.components),
    all: {
      answers: 'message',
      capability: 'moderator',
      async run(input, app: Uses) {
        const { search, by: filters } = listing.readArgs(input.args);
        const ids = await app.memberList.ids(input.guildId, { filter: filterOf(filters.filter), search });
        return await choose(input, ids.slice(0, MOST), app);
      },
    },
    many: withChosen(async (input, memberIds, app) => {
      const act = MANY_ACTS.find((known) => known === input.args[1]) ?? 'pause';
      return await bulk.ask(input, { action: ACTIONS[act], memberIds }, app);
    }),
    plan: withChosen(async ({ guildId, args: [draftId = ''] }, _memberIds, app) =>
      planForMany(await app.plans.list(guildId), draftId),
    ),
    gift: withChosen(async (input, memberIds, app) => {
      const picked = await app.autocomplete.pickPlan(input.guildId, input.values[0] ?? '');
      if (picked.kind !== 'one') return questionClosed(md`${say('list.gone')}`);
      const { id: planId, libraryIds, duration } = picked.item;
      return await gift.ask(
        input,
        { memberIds, planId, libraryIds, ...(duration && { for: duration }) },
        app,
      );
    }),
  },
});
