import { choice, defineCommand, user } from '../../src/adapters/discord/kit/command.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { longId, shortId } from '../../src/adapters/discord/kit/short-id.ts';
import { grantLine } from '../../src/adapters/discord/views/grants.ts';
import { buttons, card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GuildId, MemberId } from '../../src/domain/ids.ts';
import { toMemberId } from '../../src/domain/ids.ts';

type Uses = Pick<App, 'autocomplete' | 'grantStatus'>;

const PAGE = 15;
/** A page holds grants below a number. This one is above every grant, so it gives the newest page. */
const FIRST = '999999999';
const STATES = ['active', 'scheduled', 'paused', 'ending', 'ended'] as const;
const NOT_OVER = ['scheduled', 'active', 'paused', 'ending'] as const;

/** A field that is null or empty filters nothing. */
interface Filter {
  readonly memberId: MemberId | null;
  readonly state: string;
  readonly serverId: string;
}

export default defineCommand({
  description: 'Grants: who may see what, until when, and whether it is applied',
  capability: 'auditor',
  options: {
    member: user('Only of this member', { mayHaveLeft: true }),
    state: choice('Only in this state (default: all that are not over)', STATES),
    server: serverOption.optional('Only on this server'),
  },
  async run({ guildId, options: { member, state = '', server } }, app: Uses) {
    const picked = await serverOption.pick(app, guildId, server);
    if (picked.kind === 'problem') return picked.view;
    return await show(app, guildId, { memberId: member?.id ?? null, state, serverId: picked.item?.id ?? '' });
  },
  complete: { server: serverOption.complete },
  components: {
    next: {
      run: ({ guildId, args: [after, state = '', member = '', serverId = ''] }, app: Uses) =>
        show(
          app,
          guildId,
          { memberId: member === '' ? null : toMemberId(longId(member)), state, serverId },
          after,
        ),
    },
  },
});

async function show(
  { grantStatus }: Uses,
  guildId: GuildId,
  { memberId, state, serverId }: Filter,
  after: string = FIRST,
): Promise<View> {
  const one = STATES.find((known) => known === state);
  const { page, total, more } = await grantStatus.list(guildId, {
    limit: PAGE,
    after: Number.isSafeInteger(Number(after)) ? Number(after) : Number(FIRST),
    states: one ? [one] : NOT_OVER,
    ...(memberId && { memberId }),
    ...(serverId && { serverId }),
  });
  if (page.length === 0) return card('neutral', md`**No grants.** Give access with ${code('/grant add')}.`);
  const filter = [state, shortId(memberId ?? ''), serverId];
  const isFirst = after === FIRST;
  const last = String(page.at(-1)?.grant.number);
  const turns = buttons(
    { label: 'First page', op: 'next', args: [FIRST, ...filter], disabled: isFirst },
    { label: 'Older', op: 'next', args: [last, ...filter], disabled: !more },
  );
  return card(
    'neutral',
    md`**Grants** (${total})`,
    join(page.map(grantLine), '\n'),
    more || !isFirst ? turns : undefined,
  );
}
