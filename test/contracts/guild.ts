/** A small guild for tests of stores: one Plex server, three libraries, two members, one linked account. */
import type { GuildStores, NewServer, Stores } from '../../src/app/ports/stores.ts';
import type { JobRun, Plan } from '../../src/domain/model.ts';

export const noon = new Date('2026-03-01T12:00:00.000Z');
export const minutes = (count: number) => new Date(noon.getTime() + count * 60_000);

export function aServer(id: string, changes: Partial<NewServer> = {}): NewServer {
  return {
    id,
    kind: 'plex',
    name: `name-${id}`,
    url: 'http://plex.test:32400',
    identity: `identity-${id}`,
    ownerAccountId: '1',
    tokenCipher: `cipher-${id}`,
    tokenLast4: 'abcd',
    version: '1.42',
    checkedAt: noon,
    ...changes,
  };
}

type NewGrant = Parameters<GuildStores['grants']['add']>[0];

export function aGrant(id: string, changes: Partial<NewGrant> = {}): NewGrant {
  return {
    id,
    memberId: 'ann',
    source: 'command',
    state: 'active',
    startsAt: noon,
    expiresAt: minutes(60),
    reason: null,
    createdById: 'staff',
    createdAt: noon,
    libraryIds: ['movies'],
    ...changes,
  };
}

type NewInvite = Parameters<GuildStores['invites']['add']>[0];

export function anInvite(id: string, changes: Partial<NewInvite> = {}): NewInvite {
  return {
    id,
    codeHmac: `hmac-${id}`,
    prefix: 'ABCD',
    memberId: null,
    planId: null,
    duration: '30d',
    usesMax: 1,
    validUntil: minutes(60),
    roleId: null,
    note: null,
    createdById: 'staff',
    createdAt: noon,
    libraryIds: ['movies', 'shows'],
    ...changes,
  };
}

export function aPlan(id: string, changes: Partial<Plan> = {}): Plan {
  return {
    id,
    name: `plan ${id}`,
    duration: '30d',
    expiryAction: null,
    roleId: null,
    createdAt: noon,
    libraryIds: ['movies', 'shows'],
    ...changes,
  };
}

export const aHeldRun = (id: string, serverId: string) =>
  ({ id, serverId, accountIds: ['account'], detail: 'would take much away', createdAt: noon }) as const;

export const aJobRun = (id: string, startedAt = noon): JobRun => ({
  id,
  job: 'sync',
  startedAt,
  finishedAt: startedAt,
  outcome: 'ok',
  detail: 'all well',
});

/** The ids are the same in every guild, so that only the guild tells rows apart. */
export async function seed(stores: Stores, guildId: string): Promise<void> {
  await stores.transaction(guildId, async ({ servers, libraries, members, accounts }) => {
    await servers.add(aServer('plex', { name: `Plex of ${guildId}` }));
    for (const [id, type] of [
      ['movies', 'movies'],
      ['shows', 'shows'],
      ['music', 'music'],
    ] as const) {
      await libraries.add({
        id,
        serverId: 'plex',
        externalId: `x-${id}`,
        name: `${id} of ${guildId}`,
        type,
        firstSeenAt: noon,
      });
    }
    await members.ensure('ann');
    await members.ensure('bob');
    await accounts.save({
      id: 'account',
      serverId: 'plex',
      externalId: '77',
      name: `ann@${guildId}`,
      memberId: 'ann',
    });
  });
}
