import { namesIn } from '../../src/adapters/discord/kit/change-grant.ts';
import {
  type Component,
  type ComponentInput,
  defineCommand,
  user,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { confirmation } from '../../src/adapters/discord/kit/confirm.ts';
import { defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import { type GiveUses, giving } from '../../src/adapters/discord/kit/give.ts';
import {
  aboutMember,
  type CardUses,
  changeTop,
  memberCard,
} from '../../src/adapters/discord/kit/member-card.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { happenedText, toneOf } from '../../src/adapters/discord/views/grant-changes.ts';
import {
  CARD_ACTS,
  type CardAct,
  takeText,
  whereToBegin,
} from '../../src/adapters/discord/views/member-card.ts';
import { planChoice } from '../../src/adapters/discord/views/plan-choice.ts';
import { lacksText } from '../../src/adapters/discord/views/settings.ts';
import { card, md, mention, say, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import type { GrantAction } from '../../src/domain/grant-change.ts';
import type { MemberId } from '../../src/domain/ids.ts';
import { isMemberId, isText, oneOf, shape } from '../../src/domain/shape.ts';

type Uses = CardUses & GiveUses & Pick<App, 'autocomplete' | 'changeGrants' | 'plans' | 'posts'>;

const by = (days: number) => ({ kind: 'extend', by: `${days}d` as DurationText }) as const;

const ACTIONS: Readonly<Record<CardAct, GrantAction>> = {
  d7: by(7),
  d30: by(30),
  d90: by(90),
  pause: { kind: 'pause' },
  resume: { kind: 'resume' },
  end: { kind: 'end', cause: 'revoked' },
};

const DONE = {
  d7: 'extended',
  d30: 'extended',
  d90: 'extended',
  pause: 'paused',
  resume: 'resumed',
  end: 'revoked',
} as const;

interface Tap {
  readonly grantId: string;
  readonly act: CardAct;
  /** How the grant was when the button was shown. */
  readonly mark: string;
}

/** Does it to the grant as it was shown, and shows the card again. */
async function act(who: Who, { grantId, act: name, mark }: Tap, app: Uses): Promise<View> {
  const { guildId, actor } = who;
  const change = { guildId, actorId: actor.id, grantIds: [grantId], action: ACTIONS[name], reason: null };
  const result = await app.changeGrants.change({ ...change, shown: new Map([[grantId, mark]]) });
  const [one] = [...result.changed, ...result.unchanged];
  if (!one) return card('neutral', md`**${say('grant.gone')}**`);
  const top = changeTop(DONE[name], result, await namesIn(guildId, result, app));
  return await memberCard(who, one.standing.grant.memberId, app, { grantId, top });
}

/** What takes something is asked first. */
const taking = confirmation({
  draft: defineDraft(
    'member show',
    shape({ member: isMemberId, grantId: isText, act: oneOf('pause', 'end'), mark: isText }),
  ),
  async preview({ guildId }, { grantId, act: name }, app: Uses) {
    const change = await app.changeGrants.rehearse(guildId, grantId, ACTIONS[name]);
    if (!change) return undefined;
    const { memberId } = change.before;
    return { change, name: (await app.people.named(guildId, [memberId])).get(memberId) };
  },
  gone: card('neutral', md`**${say('grant.unchanged')}** ${say('grant.no.changedSince')}`),
  question: ({ change, name }, { act: what }) => ({
    text: takeText(what, change, name),
    choices: [
      {
        label: what === 'end' ? say('member.take.doEnd') : say('member.take.doPause'),
        style: 'danger',
        op: 'take',
      },
    ],
    keep: say('member.take.keep'),
  }),
  kept: (who, { member, grantId }, app) => memberCard(who, member, app, { grantId }),
  choose: { take: (input, { asked }, app) => act(input, asked, app) },
});

const gift = giving<Uses>({
  path: 'member show',
  async shown(who, given, app) {
    const { grant, undoId } = given;
    const names = await app.people.named(who.guildId, [grant.memberId]);
    const text = happenedText({ done: 'given', standing: given }, names);
    const top = { text, tone: toneOf([given]), undoId };
    return await memberCard(who, grant.memberId, app, { grantId: grant.id, top });
  },
  kept: (who, { member }, app) => memberCard(who, member, app),
});

/** What changes something is for moderators, though auditors see the card. */
const byModerators = (components: Readonly<Record<string, Component<Uses>>>) =>
  Object.fromEntries(
    Object.entries(components).map(([op, component]) => [
      op,
      { ...component, capability: 'moderator' as const },
    ]),
  );

export default defineCommand({
  description: 'All about one member on one card, with buttons for what you do every day',
  capability: 'auditor',
  userMenu: { name: 'Manage access', option: 'member', capability: 'moderator' },
  options: { member: user('Which member', { required: true, mayHaveLeft: true }) },
  async run({ options: { member }, ...who }, app: Uses) {
    if (member.bot) return isBot(member.id, md`${say('grant.give.bot')}`);
    return await memberCard(who, member.id, app);
  },
  components: {
    ...byModerators(taking.components),
    ...byModerators(gift.components),
    open: {
      answers: 'message',
      run: aboutMember((input, member, app: Uses) => memberCard(input, member, app)),
    },
    back: { run: aboutMember((input, member, app: Uses) => memberCard(input, member, app)) },
    pick: {
      run: aboutMember((input, member, app: Uses) =>
        memberCard(input, member, app, { grantId: input.values[0] }),
      ),
    },
    act: { capability: 'moderator', run: tapped },
    undo: { capability: 'moderator', run: aboutMember(undo) },
    plan: { capability: 'moderator', run: aboutMember(choosePlan) },
    gift: { capability: 'moderator', run: aboutMember(givePlan) },
    begin: {
      capability: 'moderator',
      answers: 'message',
      run: aboutMember(async (_input, id) => whereToBegin(id)),
    },
    'begin-in': { capability: 'moderator', run: aboutMember(postBegin) },
  },
});

async function undo(input: ComponentInput, member: MemberId, app: Uses): Promise<View> {
  const { guildId, actor, args } = input;
  const undone = await app.changeGrants.undo({ guildId, actorId: actor.id, undoId: args[1] ?? '' });
  const top =
    undone.kind === 'undone'
      ? changeTop('undone', undone.result, await namesIn(guildId, undone.result, app))
      : { text: md`${say('member.undoGone')}`, tone: 'neutral' as const };
  return await memberCard(input, member, app, { top });
}

async function choosePlan({ guildId }: ComponentInput, member: MemberId, app: Uses): Promise<View> {
  const [plans, names] = await Promise.all([app.plans.list(guildId), app.people.named(guildId, [member])]);
  return planChoice(plans, member, names.get(member));
}

async function givePlan(input: ComponentInput, member: MemberId, app: Uses): Promise<View> {
  const picked = await app.autocomplete.pickPlan(input.guildId, input.values[0] ?? '');
  if (picked.kind !== 'one') return await memberCard(input, member, app);
  const { id: planId, libraryIds, duration } = picked.item;
  return await gift.start(input, { member, planId, libraryIds, ...(duration && { for: duration }) }, app);
}

/** A button in a channel for a member who takes no direct messages. */
async function postBegin(input: ComponentInput, member: MemberId, { posts }: Uses): Promise<View> {
  const channel = input.chosen.channels[input.values[0] ?? ''];
  if (!channel) return whereToBegin(member);
  if (channel.botLacks.length > 0) return whereToBegin(member, lacksText(channel));
  const end = await posts.openBegin(input.guildId, member, channel.id);
  const values = { member: mention.user(member), channel: mention.channel(channel.id) };
  if (end === 'not-seen') return whereToBegin(member, md`${say('member.begin.notSeen', values)}`);
  return end === 'posted'
    ? card('good', say('member.begin.posted', values))
    : card('neutral', say('member.begin.nothing', values));
}

async function tapped(input: ComponentInput, app: Uses): Promise<View> {
  const [grantId = '', name, mark = ''] = input.args;
  const what = CARD_ACTS.find((known) => known === name);
  if (!what) return card('neutral', say('grant.unchanged'));
  if (what !== 'pause' && what !== 'end') return await act(input, { grantId, act: what, mark }, app);
  const picked = await app.autocomplete.pickGrant(input.guildId, grantId);
  if (picked.kind !== 'one') return card('neutral', md`**${say('grant.gone')}**`);
  return await taking.ask(input, { member: picked.item.memberId, grantId, act: what, mark }, app);
}
