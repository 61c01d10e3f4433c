import {
  defineCommand,
  integer,
  role,
  text,
  user,
  type Who,
} from '../../src/adapters/discord/kit/command.ts';
import { type DraftOf, defineDraft } from '../../src/adapters/discord/kit/draft.ts';
import {
  type ChosenGift,
  completeGift,
  giftOptions,
  pickGift,
} from '../../src/adapters/discord/kit/gift-options.ts';
import { libraryChoice } from '../../src/adapters/discord/kit/library-choice.ts';
import { refusedRole, roleRefused } from '../../src/adapters/discord/kit/role-gift.ts';
import { redeemed } from '../../src/adapters/discord/kit/sign-in.ts';
import { isBot } from '../../src/adapters/discord/views/answers.ts';
import { createdInviteView } from '../../src/adapters/discord/views/invites.ts';
import {
  card,
  md,
  mention,
  problem,
  type Sentence,
  say,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { Resolved } from '../../src/app/guild/time-input.ts';
import type { DurationText } from '../../src/domain/duration.ts';
import { asMember } from '../../src/domain/ids.ts';
import { isMemberId, isNumber, isText, orNull, shape } from '../../src/domain/shape.ts';

type Uses = Pick<App, 'autocomplete' | 'invites' | 'timeInput' | 'drafts' | 'roles' | 'overview' | 'signIns'>;

const VALID = '7d';

const inviteDraft = defineDraft(
  'invite create',
  shape(
    { member: orNull(isMemberId) },
    { for: isText, valid: isText, uses: isNumber, roleId: isText, note: isText },
  ),
);
type InviteDraft = DraftOf<typeof inviteDraft>;

const choosing = libraryChoice({
  draft: inviteDraft,
  done: say('invite.create.button'),
  title: ({ member }) =>
    member === null
      ? md`**${say('invite.create.what')}**`
      : md`**${say('invite.create.whatFor', { who: mention.user(member) })}**`,
  finish: (who, draft, libraryIds, app: Uses) => create(who, draft, { libraryIds }, app),
});

export default defineCommand({
  description: 'Create an invite code; with a member it is theirs alone and sent by DM',
  capability: 'moderator',
  options: {
    member: user('Only for this member, and sent to them by DM'),
    ...giftOptions,
    for: text('How long the access lasts: 12h, 30d, 3mo (default: for good)', { maxLength: 40 }),
    uses: integer('How many people can use it (default 1)', { min: 1, max: 1000 }),
    valid: text('How long the code can be redeemed (default 7d)', { maxLength: 40 }),
    role: role('Discord role that redeeming it gives (admins only)'),
    note: text('A note for staff', { maxLength: 200 }),
  },
  async run(input, app: Uses) {
    const { member, plan: _plan, libraries: _libraries, role: given, ...typed } = input.options;
    if (member?.bot) return isBot(member.id, md`${say('invite.create.botWhy')}`);
    if (member && (typed.uses ?? 1) > 1)
      return problem(say('invite.create.no'), say('invite.create.oneUse'), say('invite.create.oneUseDo'));
    const times = durations(app, typed);
    if (times.kind === 'problem') return noInvite(times.message);
    const refused = await refusedRole(input, given, app);
    if (refused) return refused;
    const gift = await pickGift(app, input.guildId, input.options);
    if (gift.kind === 'problem') return gift.view;
    const { libraryIds, lasts } = gift.item;
    const draft = {
      member: member?.id ?? null,
      ...(given && { roleId: given.id }),
      ...(lasts !== undefined && { for: lasts }),
      ...typed,
    };
    return libraryIds
      ? await create(input, draft, { ...gift.item, libraryIds }, app)
      : await choosing.start(input, draft, app);
  },
  complete: completeGift,
  components: {
    ...choosing.components,
    claim: {
      capability: 'member',
      answers: 'message',
      async run(input, app: Uses) {
        const { guildId, actor, args } = input;
        const result = await app.invites.redeemInvite(guildId, args[0] ?? '', asMember(actor.id));
        return await redeemed(result, input, app);
      },
    },
    post: {
      answers: 'message',
      async run({ guildId, channelId, args: [inviteId = ''] }, { invites }: Uses) {
        return (await invites.postClaim(guildId, inviteId, channelId))
          ? card('good', say('invite.create.posting'))
          : problem(
              say('invite.create.noLongerOpen'),
              say('invite.create.noLongerOpenWhy'),
              say('invite.create.noLongerOpenDo'),
            );
      },
    },
  },
});

async function create(
  { guildId, actor }: Who,
  { member, uses = 1, roleId, note, ...typed }: InviteDraft,
  { libraryIds, planId }: ChosenGift,
  app: Uses,
): Promise<View> {
  const times = durations(app, typed);
  if (times.kind === 'problem') return noInvite(times.message);
  const { lasts, valid } = times.value;
  const until = await app.timeInput.after(guildId, valid);
  if (until.kind === 'problem') return noInvite(until.message);
  const validUntil = until.value;
  const what = { libraryIds, duration: lasts, uses, validUntil, roleId: roleId ?? null, note: note ?? null };
  const plan = planId === undefined ? {} : { planId };
  const made = await app.invites.create({ guildId, actorId: actor.id, memberId: member, ...what, ...plan });
  return made.kind === 'created' ? createdInviteView(made, lasts) : roleRefused(made.message);
}

interface Refused {
  readonly kind: 'problem';
  readonly message: Sentence;
}

function durations(
  { timeInput }: Pick<App, 'timeInput'>,
  typed: Pick<InviteDraft, 'for' | 'valid'>,
): Resolved<{ readonly lasts: DurationText | null; readonly valid: DurationText }> | Refused {
  const lasts = timeInput.duration(typed.for);
  if (lasts.kind === 'problem') return lasts;
  const valid = timeInput.duration(typed.valid ?? VALID);
  if (valid.kind === 'problem') return valid;
  return valid.value === null
    ? { kind: 'problem', message: say('invite.create.valid') }
    : { kind: 'ok', value: { lasts: lasts.value, valid: valid.value } };
}

const noInvite = (why: string | Sentence): View => problem(say('invite.create.no'), md`${why}`);
