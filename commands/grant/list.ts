import { choice, defineCommand, text, user } from '../../src/adapters/discord/kit/command.ts';
import { grantLine } from '../../src/adapters/discord/views/grants.ts';
import { pickProblem } from '../../src/adapters/discord/views/picked.ts';
import { buttons, card, code, join, md, type View } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GrantState } from '../../src/domain/model.ts';

type Uses = Pick<App, 'autocomplete' | 'grantStatus'>;

const PAGE = 15;
/** A number above every grant: the page before it is the newest. */
const FIRST = '999999999';
const STATES = ['active', 'scheduled', 'paused', 'ending', 'ended'] as const;

interface Filter {
  readonly memberId: string;
  readonly state: string;
  readonly serverId: string;
}

export default defineCommand({
  description: 'Grants: who may see what, until when, and whether it is applied',
  capability: 'auditor',
  options: {
    member: user('Only of this member'),
    state: choice('Only in this state (default: all that are not over)', STATES),
    server: text('Only on this server', { autocomplete: true }),
  },
  async run({ guildId, options }, { autocomplete, grantStatus }: Uses) {
    let serverId = '';
    if (options.server !== undefined) {
      const picked = await autocomplete.pickServer(guildId, options.server);
      if (picked.kind !== 'one') return pickProblem('server', options.server, picked);
      serverId = picked.item.id;
    }
    const filter = { memberId: options.member?.id ?? '', state: options.state ?? '', serverId };
    return await show(grantStatus, guildId, filter);
  },
  complete: {
    server: ({ guildId, typed }, { autocomplete }: Uses) => autocomplete.completeServers(guildId, typed),
  },
  components: {
    next: {
      run: ({ guildId, args: [after, state = '', memberId = '', serverId = ''] }, { grantStatus }: Uses) =>
        show(grantStatus, guildId, { memberId: decode(memberId), state, serverId }, Number(after)),
    },
  },
});

async function show(
  grantStatus: App['grantStatus'],
  guildId: string,
  filter: Filter,
  after?: number,
): Promise<View> {
  const states = statesOf(filter.state);
  const { page, total, more } = await grantStatus.list(guildId, {
    limit: PAGE,
    ...(after !== undefined && { after }),
    ...(states && { states }),
    ...(filter.memberId && { memberId: filter.memberId }),
    ...(filter.serverId && { serverId: filter.serverId }),
  });
  if (page.length === 0) return card('neutral', md`**No grants.** Give access with ${code('/grant add')}.`);
  const args = [filter.state, encode(filter.memberId), filter.serverId];
  const last = page.at(-1)?.grant.number ?? 0;
  return card(
    'neutral',
    md`**Grants** (${total})`,
    join(page.map(grantLine), '\n'),
    more || after !== undefined
      ? buttons(
          {
            label: 'First page',
            op: 'next',
            args: [FIRST, ...args],
            disabled: after === undefined || String(after) === FIRST,
          },
          { label: 'Older', op: 'next', args: [String(last), ...args], disabled: !more },
        )
      : undefined,
  );
}

function statesOf(state: string): readonly GrantState[] | undefined {
  const known = STATES.find((one) => one === state);
  return known ? [known] : ['scheduled', 'active', 'paused', 'ending'];
}

/** Discord ids in base 36: custom ids hold 100 characters. */
const encode = (id: string) => (id === '' ? '' : BigInt(id).toString(36));

function decode(short: string): string {
  let id = 0n;
  for (const digit of short) id = id * 36n + BigInt(Number.parseInt(digit, 36));
  return short === '' ? '' : id.toString();
}
