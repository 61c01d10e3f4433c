import { defineCommand, integer, role, text, user } from '../../src/adapters/discord/kit/command.ts';
import {
  completeLibraryList,
  libraryChoice,
  listedLibraries,
} from '../../src/adapters/discord/kit/library-choice.ts';
import { byPlan, completePlans } from '../../src/adapters/discord/kit/plan-option.ts';
import { nameList } from '../../src/adapters/discord/views/media.ts';
import { redeemedView } from '../../src/adapters/discord/views/member.ts';

import {
  type Block,
  buttons,
  card,
  code,
  join,
  type Md,
  md,
  mention,
  moment,
  problem,
  type View,
} from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { CreatedInvite } from '../../src/app/grants/invites.ts';
import { type DurationText, describeDuration } from '../../src/domain/duration.ts';

type Uses = Pick<App, 'autocomplete' | 'invites' | 'plans' | 'timeInput' | 'drafts'>;

const VALID = '7d';

/** What was typed, kept while libraries are chosen. */
interface Typed {
  readonly member: string | null;
  readonly planId?: string;
  readonly for?: string | undefined;
  readonly valid?: string | undefined;
  readonly uses?: number | undefined;
  readonly role?: string | undefined;
  readonly note?: string | undefined;
}

const choosing = libraryChoice<Typed>({
  done: 'Create invite',
  title: ({ member }) =>
    member === null
      ? md`**What should the invite give?**`
      : md`**What should ${mention.user(member)} be invited to?**`,
  finish: create,
});

export default defineCommand({
  description: 'Create an invite code; with a member it is theirs alone and sent by DM',
  capability: 'moderator',
  options: {
    member: user('Only for this member, and sent to them by DM'),
    plan: text('What and how long, as the plan says', { autocomplete: true }),
    libraries: text('One or more, separated by commas; leave out to choose from a list', {
      autocomplete: true,
    }),
    for: text('How long the access lasts: 12h, 30d, 3mo (default: for good)', { maxLength: 40 }),
    uses: integer('How many people can use it (default 1)', { min: 1, max: 1000 }),
    valid: text('How long the code can be redeemed (default 7d)', { maxLength: 40 }),
    role: role('Discord role that redeeming it gives'),
    note: text('A note for staff', { maxLength: 200 }),
  },
  async run({ guildId, actor, options }, app: Uses) {
    const { member, plan, libraries, role: given, ...rest } = options;
    if (member?.bot)
      return problem(md`${mention.user(member.id)} is a bot`, md`Bots redeem nothing.`, md`Choose a person.`);
    if (member && (options.uses ?? 1) > 1)
      return problem(
        md`No invite was made`,
        md`An invite for one member has one use.`,
        md`Leave out “uses”, or leave out “member”.`,
      );
    const times = durations(app, rest);
    if (times.kind === 'problem') return problem(md`No invite was made`, md`${times.message}`);
    const typed: Typed = { member: member?.id ?? null, role: given?.id, ...rest };
    if (plan !== undefined) {
      const planned = await byPlan(app.autocomplete, guildId, plan, libraries);
      if (planned.kind === 'problem') return planned.view;
      const { id, libraryIds, duration } = planned.plan;
      const lasts = typed.for === undefined && duration ? { for: duration } : {};
      return await create({ guildId, actor }, { ...typed, planId: id, ...lasts }, libraryIds, app);
    }
    if (libraries === undefined) return await choosing.start({ guildId, actor }, typed, app);
    const chosen = await listedLibraries(app.autocomplete, guildId, libraries);
    return chosen.kind === 'problem'
      ? chosen.view
      : await create({ guildId, actor }, typed, chosen.libraryIds, app);
  },
  complete: { libraries: completeLibraryList, plan: completePlans },
  components: {
    ...choosing.components,
    claim: {
      capability: 'member',
      answers: 'message',
      async run({ guildId, actor, args: [inviteId = ''] }, app: App) {
        return redeemedView(await app.invites.redeemInvite(guildId, inviteId, actor.id));
      },
    },
    post: {
      answers: 'message',
      async run({ guildId, channelId, args: [inviteId = ''] }, { invites }: App) {
        return (await invites.postClaim(guildId, inviteId, channelId))
          ? card('good', md`A claim button is being posted here.`)
          : problem(
              md`This invite is no longer open`,
              md`It was redeemed, revoked, or ran out.`,
              md`Create a new one.`,
            );
      },
    },
  },
});

function durations(
  { timeInput }: Pick<App, 'timeInput'>,
  typed: Pick<Typed, 'for' | 'valid'>,
):
  | { readonly kind: 'ok'; readonly lasts: DurationText | null; readonly valid: DurationText }
  | { readonly kind: 'problem'; readonly message: string } {
  const lasts = timeInput.duration(typed.for);
  if (lasts.kind === 'problem') return lasts;
  const valid = timeInput.duration(typed.valid ?? VALID);
  if (valid.kind === 'problem') return valid;
  if (valid.value === null)
    return { kind: 'problem', message: 'A code cannot be valid for ever. Type something like 7d.' };
  return { kind: 'ok', lasts: lasts.value, valid: valid.value };
}

async function create(
  { guildId, actor }: { readonly guildId: string; readonly actor: { readonly id: string } },
  typed: Typed,
  libraryIds: readonly string[],
  app: Uses,
): Promise<View> {
  const times = durations(app, typed);
  if (times.kind === 'problem') return problem(md`No invite was made`, md`${times.message}`);
  const created = await app.invites.create({
    guildId,
    actorId: actor.id,
    memberId: typed.member,
    libraryIds,
    duration: times.lasts,
    uses: typed.uses ?? 1,
    validUntil: await app.timeInput.after(guildId, times.valid),
    roleId: typed.role ?? null,
    note: typed.note ?? null,
    ...(typed.planId !== undefined && { planId: typed.planId }),
  });
  return shown(created, times.lasts);
}

function shown({ invite, code: secret, libraries, dm }: CreatedInvite, lasts: DurationText | null): View {
  const lines = [
    md`${code(secret)}`,
    md`Gives ${nameList(libraries.map((library) => library.name))} ${lasts ? `for ${describeDuration(lasts)}` : 'for good'}, from the moment it is redeemed.`,
    md`Can be redeemed until ${moment(invite.validUntil)}, ${invite.memberId ? md`only by ${mention.user(invite.memberId)}` : `${invite.usesMax} ${invite.usesMax === 1 ? 'time' : 'times'}`}.`,
    ...(invite.roleId ? [md`Redeeming it also gives ${mention.role(invite.roleId)}.`] : []),
    md`-# This code is shown once. Members type it into ${code('/redeem')}.`,
  ];
  return card(
    dm === 'closed' ? 'warning' : 'good',
    md`**Invite created**`,
    join(lines, '\n'),
    ...fate(invite.memberId, dm, invite.id),
  );
}

/** How the DM fared, and what to do when it could not be delivered. */
function fate(memberId: string | null, dm: CreatedInvite['dm'], inviteId: string): readonly (Md | Block)[] {
  if (memberId === null || dm === 'none') return [];
  if (dm === 'sent') return [md`📬 Sent to ${mention.user(memberId)} by DM, with a Redeem button.`];
  if (dm === 'on-its-way')
    return [
      md`⏳ The DM to ${mention.user(memberId)} is on its way; the audit channel will say whether it arrived.`,
    ];
  return [
    md`📪 **${mention.user(memberId)} does not take DMs from this server, so the invite did not reach them.** Give them the code yourself, or post a button that works for them only.`,
    buttons({ label: 'Post a claim button here', style: 'primary', op: 'post', args: [inviteId] }),
  ];
}
