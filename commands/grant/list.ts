import { choice, defineCommand, user, type Who } from '../../src/adapters/discord/kit/command.ts';
import { type Asked, defineList, noLongerListed, type Offer } from '../../src/adapters/discord/kit/list.ts';
import {
  personFilter,
  plainFilter,
  serverOffer,
  wordFilter,
} from '../../src/adapters/discord/kit/list-filters.ts';
import { type CardUses, memberCard } from '../../src/adapters/discord/kit/member-card.ts';
import { serverOption } from '../../src/adapters/discord/kit/named-options.ts';
import { grantRow, legendOf, markOf, whatOfGrant, whoPlain } from '../../src/adapters/discord/views/brief.ts';
import { grantCard } from '../../src/adapters/discord/views/grant-card.ts';
import { mention, say } from '../../src/adapters/discord/views/view.ts';
import type { App } from '../../src/app/app.ts';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import { isOver, NOT_ENDED } from '../../src/domain/grant.ts';
import { toMemberId } from '../../src/domain/ids.ts';

type Uses = CardUses & Pick<App, 'autocomplete' | 'grantStatus' | 'overview'>;

const STATES = ['active', 'scheduled', 'paused', 'ending', 'ended'] as const;

interface Row {
  readonly standing: GrantStanding;
  readonly name: string | undefined;
}

const listing = defineList({
  filters: [
    { name: 'state', ...wordFilter(STATES) },
    { name: 'server', ...plainFilter },
    { name: 'member', ...personFilter },
  ],
  size: 10,
  async find({ guildId }, { search, by }, { grantStatus, people }: Uses, slice) {
    const { page, total } = await grantStatus.list(guildId, {
      ...filterOf(by),
      search,
      ...slice,
    });
    const names = await people.named(
      guildId,
      page.map(({ grant }) => grant.memberId),
    );
    return { total, rows: page.map((standing) => ({ standing, name: names.get(standing.grant.memberId) })) };
  },
  title: () => say('grant.list.title'),
  below: ({ by: { member } }) => [
    member === '' ? undefined : say('grant.list.of', { member: mention.user(member) }),
  ],
  none: ({ by: { state, server, member } }) =>
    `${state}${server}${member}` === '' ? say('grant.list.none') : say('grant.list.noneSuch'),
  line: ({ standing, name }: Row) => grantRow(standing, name),
  legend: (rows) => legendOf(rows.map(({ standing }) => markOf(standing))),
  option: ({ standing, name }) => ({
    label: say('grant.list.option', {
      who: whoPlain(name),
      what: whatOfGrant(standing),
      number: String(standing.grant.number),
    }),
    value: standing.grant.id,
  }),
  openLabel: say('grant.list.open'),
  async open({ guildId, actor }, [grantId = ''], app) {
    const picked = await app.autocomplete.pickGrant(guildId, grantId);
    if (picked.kind !== 'one') return noLongerListed();
    const { id, memberId } = picked.item;
    const standing = await app.grantStatus.get(guildId, id);
    if (!isOver(standing.grant)) return await memberCard({ guildId, actor }, memberId, app, { grantId: id });
    const events = await app.overview.grantHistory(guildId, standing.grant);
    const ids = [memberId, ...events.flatMap(({ actorId }) => actorId ?? [])];
    return grantCard(standing, events, { actor, names: await app.people.named(guildId, ids) });
  },
  offers,
  file: {
    name: 'grants.csv',
    head: ['number', 'member', 'name', 'libraries', 'plan', 'state', 'from', 'until', 'standing', 'reason'],
    cells: ({ standing, name = '' }) => {
      const { grant, planName, libraries, servers } = standing;
      const serverName = new Map(servers.map(({ server }) => [server.id, server.name]));
      return [
        ...[String(grant.number), grant.memberId, name],
        libraries.map(({ serverId, name: library }) => `${serverName.get(serverId)} · ${library}`).join(', '),
        ...[planName ?? '', grant.state],
        ...[grant.startsAt.toISOString(), grant.expiresAt?.toISOString() ?? ''],
        servers.map(({ server, application }) => `${server.name}: ${application.kind}`).join(', '),
        grant.reason ?? '',
      ];
    },
  },
});

export default defineCommand({
  description: 'Grants: who may see what, until when, and whether it is applied',
  capability: 'auditor',
  options: {
    member: user('Only of this member, ended ones as well', { mayHaveLeft: true }),
    state: choice('Only in this state (default: all that are not over)', STATES),
    server: serverOption.optional('Only on this server'),
  },
  async run({ options: { member, state = '', server }, ...who }, app: Uses) {
    const picked = await serverOption.pick(app, who.guildId, server);
    if (picked.kind === 'problem') return picked.view;
    return await listing.show(who, { state, server: picked.item?.id ?? '', member: member?.id ?? '' }, app);
  },
  complete: { server: serverOption.complete },
  components: listing.components,
});

type By = Asked<'state' | 'server' | 'member'>['by'];

/** What is over is listed where somebody is named, or it is asked for. */
function filterOf({ state, server, member }: By) {
  const one = STATES.find((known) => known === state);
  const states = one ? [one] : member === '' ? NOT_ENDED : STATES;
  return {
    states,
    ...(member !== '' && { memberId: toMemberId(member) }),
    ...(server !== '' && { serverId: server }),
  };
}

async function offers(
  { guildId }: Who,
  { by }: Asked<'state' | 'server' | 'member'>,
  { autocomplete }: Uses,
): Promise<readonly Offer<'state' | 'server' | 'member'>[]> {
  const servers = await autocomplete.completeServers(guildId, '');
  const every = by.member === '' ? say('grant.list.notOver') : say('grant.list.every');
  return [
    {
      filter: 'state',
      choices: [
        { label: every, value: '' },
        ...STATES.map((state) => ({ label: say(`grant.list.state.${state}`), value: state })),
      ],
    },
    ...serverOffer(servers),
  ];
}
