import {
  type Component,
  type ComponentInput,
  defineCommand,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { type Asked, defineList } from '../../src/adapters/discord/kit/list.ts';
import { plainFilter, wordFilter } from '../../src/adapters/discord/kit/list-filters.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { isBot, noLongerHere, questionClosed } from '../../src/adapters/discord/views/answers.ts';
import {
  ARRIVAL_HEAD,
  arrivalCard,
  arrivalCells,
  arrivalChoice,
  arrivalCounts,
  arrivalRow,
  importGone,
  importProgress,
  importQuestion,
  importResult,
  importVerb,
  notRead,
  undoneView,
} from '../../src/adapters/discord/views/arrivals.ts';
import { misread } from '../../src/adapters/discord/views/picked.ts';
import { lacksText } from '../../src/adapters/discord/views/settings.ts';
import { card, md, mention, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { ArrivalList, ArrivalRow, ArrivalState } from '../../src/app/accounts/arrivals.ts';
import type { App } from '../../src/app/app.ts';
import { ASIDE } from '../../src/domain/arrival.ts';
import { isText, listOf, shape } from '../../src/domain/shape.ts';

type Uses = Pick<
  App,
  'arrivals' | 'memberImport' | 'autocomplete' | 'people' | 'drafts' | 'timeInput' | 'posts'
>;

/** Each has a line and a control: as many fit on the screen of a phone. */
const PAGE = 4;

const listing = defineList<ArrivalRow, 'server' | 'state', Uses, ArrivalList>({
  filters: [
    { name: 'server', ...plainFilter },
    { name: 'state', ...wordFilter(ASIDE) },
  ],
  size: PAGE,
  find: async ({ guildId }, { search, by: { server, state } }, { arrivals }, slice) =>
    await arrivals.list(guildId, { serverId: server, state: stateOf(state), search, ...slice }),
  title: (_asked, { server }) => say('member.import.title', { server: server.name }),
  below: ({ by: { state } }, found) => [
    state === '' && found.total > 0 ? arrivalCounts(found) : undefined,
    state === '' && found.total > 0 ? md`-# ${say('member.import.hint')}` : undefined,
  ],
  none: ({ by: { state } }) => say(state === '' ? 'member.import.none' : 'member.import.noneSuch'),
  line: arrivalRow,
  beside: ({ accountId, memberId }, [page = '', search = '', , state = '']) => ({
    kind: 'pick',
    what: 'user',
    op: 'who',
    args: [accountId, page, state, search],
    placeholder: say('member.import.choose'),
    ...(memberId !== null && { value: memberId }),
  }),
  option: arrivalChoice,
  openLabel: say('member.import.open'),
  open: async ({ guildId }, [accountId = ''], { arrivals }) => {
    const found = await arrivals.find(guildId, accountId);
    return found ? arrivalCard(found) : importGone();
  },
  offers: async () => [
    {
      filter: 'state',
      choices: [
        { label: say('member.import.state.open'), value: '' },
        ...ASIDE.map((aside) => ({ label: say(`member.import.state.${aside}`), value: aside })),
      ],
    },
  ],
  more: (_who, { by: { server, state }, ...asked }, { argsOf, total }) =>
    state !== '' || total === 0
      ? [{ label: say('member.import.door'), op: 'door' }]
      : [
          { label: say('member.import.sure'), style: 'primary', op: 'sure', args: [server] },
          {
            label: say('member.import.these'),
            op: 'these',
            args: argsOf({ ...asked, by: { server, state } }),
          },
          { label: say('member.import.door'), op: 'door' },
        ],
  file: { name: 'accounts.csv', head: ARRIVAL_HEAD, cells: arrivalCells },
});

const stateOf = (typed: string): ArrivalState => ASIDE.find((aside) => aside === typed) ?? 'open';

const those = defineDraft(
  'member import',
  shape({ serverId: isText, accountIds: listOf(isText) }, { until: isText }),
);

const question = confirmation({
  draft: those.beside(shape({ id: isText })),
  async preview({ guildId }, { given: { serverId, accountIds, until } }, app: Uses) {
    const preview = await app.memberImport.preview(guildId, serverId, accountIds);
    if (!preview || preview.pairs.length === 0) return undefined;
    const end = until === undefined ? null : new Date(until);
    const names = await app.people.named(
      guildId,
      preview.pairs.map(({ memberId }) => memberId),
    );
    return { preview, names, end };
  },
  gone: importGone(),
  question: ({ preview, names, end }, { id }) => ({
    text: importQuestion(preview, names, end),
    meaning: preview.pairs.map(({ accountId, memberId }) => `${accountId} ${memberId}`),
    choices: [{ label: importVerb(preview.pairs.length, end), style: 'primary', op: 'do' }],
    besides: [{ label: say('member.import.withEnd'), op: 'end', args: [id] }],
    keep: say('member.import.keep'),
  }),
  choose: {
    async do(input, { preview: { preview, end } }, app) {
      const { guildId, actor } = input;
      const accountIds = preview.pairs.map(({ accountId }) => accountId);
      const progress = (done: number) => input.progress(importProgress(done, accountIds.length));
      const serverId = preview.server.id;
      return importResult(
        await app.memberImport.run({
          guildId,
          actorId: actor.id,
          serverId,
          accountIds,
          until: end,
          progress,
        }),
      );
    },
  },
});

/** Asks about these; an end is asked for in a form, which needs to know them again. */
async function ask(
  who: Who,
  given: { readonly serverId: string; readonly accountIds: readonly string[]; readonly until?: string },
  app: Uses,
): Promise<View> {
  if (given.accountIds.length === 0) return importGone();
  const id = await those.put(who, given, app);
  return await question.ask(who, { given, id }, app);
}

const shown = (input: ComponentInput, asked: Asked<'server' | 'state'>, app: Uses) =>
  listing.components.page.run({ ...input, args: listing.argsOf(asked) }, app);

const who: Component<Uses> = {
  async run(input, app) {
    const { guildId, args, chosen, values } = input;
    const [accountId = '', page = '0', state = '', search = ''] = args;
    const member = chosen.users[values[0] ?? ''];
    const found = await app.arrivals.find(guildId, accountId);
    if (!member || !found) return importGone();
    if (member.bot) return isBot(member.id, md`${say('grant.give.bot')}`);
    await app.arrivals.choose(guildId, accountId, member.id);
    const { by } = listing.readArgs([page, search, found.server.id, state]);
    return await shown(input, { page: Number(page), search, by }, app);
  },
};

export default defineCommand({
  description: 'Import accounts that a server has already: whose are they? Nothing is changed on it',
  capability: 'admin',
  options: { server: serverOption.needed },
  async run({ options, ...input }, app: Uses) {
    const { guildId } = input;
    const picked = await serverOption.pick(app, guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const read = await app.arrivals.read(guildId, picked.item.id);
    if (read.kind === 'gone') return noLongerHere('server');
    if (read.kind === 'failed') return notRead(read.server, read.why);
    return await listing.show(input, { server: picked.item.id, state: '' }, app);
  },
  complete: { server: serverOption.complete },
  components: {
    ...listing.components,
    ...question.components,
    who,
    sure: {
      answers: 'message',
      async run(input, app: Uses) {
        const serverId = input.args[0] ?? '';
        return await ask(
          input,
          { serverId, accountIds: await app.arrivals.sure(input.guildId, serverId) },
          app,
        );
      },
    },
    these: {
      answers: 'message',
      async run(input, app: Uses) {
        const { page, search, by } = listing.readArgs(input.args);
        const slice = { start: page * PAGE, limit: PAGE };
        const wanted = { serverId: by.server, state: stateOf(by.state), search, ...slice };
        const rows = (await app.arrivals.list(input.guildId, wanted))?.rows ?? [];
        const proposed = rows.filter(({ memberId }) => memberId !== null);
        return await ask(
          input,
          { serverId: by.server, accountIds: proposed.map(({ accountId }) => accountId) },
          app,
        );
      },
    },
    one: {
      async run(input, app: Uses) {
        const found = await app.arrivals.find(input.guildId, input.args[0] ?? '');
        if (!found) return importGone();
        return await ask(input, { serverId: found.server.id, accountIds: [found.row.accountId] }, app);
      },
    },
    aside: {
      async run({ guildId, args: [accountId = '', to] }, { arrivals }: Uses) {
        await arrivals.setAside(guildId, accountId, ASIDE.find((aside) => aside === to) ?? null);
        const found = await arrivals.find(guildId, accountId);
        return found ? arrivalCard(found) : importGone();
      },
    },
    end: {
      answers: 'modal',
      run: async ({ args }) => ({
        kind: 'modal',
        title: say('member.import.endForm'),
        op: 'ended',
        args,
        fields: [
          {
            id: 'until',
            label: say('member.import.endLabel'),
            description: say('member.import.endHelp'),
            required: true,
            maxLength: 40,
          },
        ],
      }),
    },
    ended: {
      async run(input, app: Uses) {
        const kept = await those.find(input, input.args[0] ?? '', app);
        if (!kept) return questionClosed();
        const end = await app.timeInput.end(input.guildId, input.fields.until ?? '');
        if (end.kind === 'problem') return misread(say('member.import.notDone'), end);
        const { serverId, accountIds } = kept;
        const until = end.value?.toISOString();
        return await ask(input, { serverId, accountIds, ...(until && { until }) }, app);
      },
    },
    undo: {
      async run({ guildId, actor, args: [undoId = ''] }, { memberImport }: Uses) {
        const undone = await memberImport.undo(guildId, actor.id, undoId);
        return undone ? undoneView(undone) : questionClosed(say('member.import.undoClosed'));
      },
    },
    unclaim: {
      answers: 'message',
      capability: 'moderator',
      async run({ guildId, actor, args: [accountId = '', grantId = ''] }, { memberImport }: Uses) {
        const undone = await memberImport.undoClaim({ guildId, actorId: actor.id }, { accountId, grantId });
        return undone ? undoneView(undone) : questionClosed(say('member.import.unclaimed'));
      },
    },
    door: {
      answers: 'message',
      run: async () =>
        card('neutral', md`**${say('member.import.doorTitle')}**`, say('member.import.doorText'), {
          kind: 'pick',
          what: 'channel',
          op: 'open-door',
          placeholder: say('member.import.doorWhere'),
        }),
    },
    'open-door': {
      async run({ guildId, chosen, values }, { posts }: Uses) {
        const channel = chosen.channels[values[0] ?? ''];
        if (!channel) return noLongerHere('server');
        if (channel.botLacks.length > 0) return card('bad', lacksText(channel));
        await posts.openDoor(guildId, channel.id);
        return card('good', say('member.import.doorOpen', { channel: mention.channel(channel.id) }));
      },
    },
  },
});
