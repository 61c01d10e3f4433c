import { defineCommand } from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { pageOf, turnRow } from '../../src/adapters/discord/kit/pager.ts';
import { noLongerHere } from '../../src/adapters/discord/views/answers.ts';
import {
  accountWithAccessLine,
  memberCard,
  membersTitle,
} from '../../src/adapters/discord/views/server-members.ts';
import { type Block, card, join, md, problem, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { AccountWithAccess } from '../../src/app/queries/who-has.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import { either, isFlag, isMemberId, isText, listOf, oneOf, orNull, shape } from '../../src/domain/shape.ts';

const PAGE = 15;
const GRANTS_SHOWN = 6;

type Uses = Pick<App, 'autocomplete' | 'whoHas' | 'drafts' | 'grantStatus' | 'overview'>;

const isAccount = shape({
  name: isText,
  emailMasked: orNull(isText),
  memberId: orNull(isMemberId),
  pending: isFlag,
  protection: orNull(oneOf('owner', 'administrator', 'home', 'managed')),
  libraries: either(oneOf('all'), listOf(isText)),
});
/** The accounts as they were read: turning a page does not ask the server again. */
const readingDraft = defineDraft(
  'server members',
  shape({ title: shape({ markdown: isText }), accounts: listOf(isAccount) }),
);

export default defineCommand({
  description: 'Who has access on a server now: it is asked',
  capability: 'auditor',
  options: { server: serverOption.needed },
  async run({ options, ...who }, app: Uses) {
    const picked = await serverOption.pick(app, who.guildId, options.server);
    if (picked.kind === 'problem') return picked.view;
    const members = await app.whoHas.serverMembers(who.guildId, picked.item.id);
    if (!members) return noLongerHere('server');
    const reading = { title: membersTitle(members), accounts: members.accounts };
    return show(reading, await readingDraft.put(who, reading, app));
  },
  complete: { server: serverOption.complete },
  components: {
    page: {
      async run({ args: [draftId = '', page], ...who }, app: Uses) {
        const reading = await readingDraft.find(who, draftId, app);
        return reading
          ? show(reading, draftId, page)
          : problem(md`This list is too old`, undefined, md`Run the command again.`);
      },
    },
    open: {
      answers: 'message',
      async run({ guildId, values: [picked = ''] }, { grantStatus, overview }: Uses) {
        const member = toMemberId(picked);
        const states = ['scheduled', 'active', 'paused', 'ending'] as const;
        const [grants, accounts] = await Promise.all([
          grantStatus.list(guildId, { memberId: member, states, limit: GRANTS_SHOWN }),
          overview.accountsOf(guildId, member),
        ]);
        return memberCard(member, accounts, grants);
      },
    },
  },
});

function show({ title, accounts }: DraftOf<typeof readingDraft>, draftId: string, asked?: string): View {
  const page = pageOf(accounts, PAGE, asked);
  return card(
    'neutral',
    title,
    page.total > 0 ? join(page.items.map(accountWithAccessLine), '\n') : md`Nobody.`,
    openSelect(page.items),
    turnRow(page, draftId),
  );
}

/** One option for each member, however many of the accounts are theirs. */
function openSelect(accounts: readonly AccountWithAccess[]): Block | undefined {
  const options = [...Map.groupBy(accounts, ({ memberId }) => memberId)].flatMap(([memberId, [first]]) =>
    memberId === null || !first ? [] : [{ label: first.name, value: memberId }],
  );
  return options.length > 0
    ? { kind: 'select', op: 'open', placeholder: 'Open a member', options }
    : undefined;
}
