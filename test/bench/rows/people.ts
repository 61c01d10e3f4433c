/** What it costs to look at everybody of a large community, and to find whom to remind. */
import type { REST } from 'discord.js';
import { systemClock } from '../../../src/adapters/clock.ts';
import { createGuilds } from '../../../src/adapters/discord/wire/guilds.ts';
import { graceOf } from '../../../src/domain/role-plans.ts';
import { GUILD, STAFF } from '../../support/people.ts';
import { type InProcess, openInProcess } from '../in-process.ts';
import { counted, median, ms, round, seconds, timed } from '../measure.ts';
import { type Figure, figure, note, type Row, type Size } from '../row.ts';
import { memberIdOf, type SeedServer, seedGrants, seedServer } from '../seed.ts';

const ROLES = ['600000000000000001', '600000000000000002', '600000000000000003'] as const;
const DAY_MS = 86_400_000;
const TOWER: SeedServer = {
  id: 'tower',
  kind: 'plex',
  name: 'Tower',
  url: 'http://tower.invalid',
  identity: 'tower',
  token: 'never-used',
  libraries: ['Movies', 'Shows', 'Music'].map((name) => ({ externalId: name.toLowerCase(), name })),
};

/** Discord with so many members: each holds one of the roles, and one of them is a bot. */
class Discord {
  requests = 0;
  readonly roles: string[];

  constructor(count: number) {
    this.roles = Array.from({ length: count }, (_each, index) => ROLES[index % ROLES.length] ?? '');
  }

  async get(_route: string, { query }: { readonly query: URLSearchParams }): Promise<unknown> {
    this.requests += 1;
    const after = BigInt(query.get('after') ?? '0');
    const all = [...this.roles.keys()].map((index) => ({ id: memberIdOf(index), index }));
    const page = all.filter(({ id }) => BigInt(id) > after).slice(0, Number(query.get('limit')));
    return page.map(({ id, index }) => ({
      user: { id, username: `member-${index}`, ...(index === 0 && { bot: true }) },
      roles: index === 0 ? [] : [this.roles[index]],
    }));
  }
}

export const catchingUp: Row = {
  name: 'catch-up',
  async run({ quick }: Size) {
    const count = quick ? 2_000 : 10_000;
    const discord = new Discord(count);
    // Only this is asked of it here.
    const bot = discord as unknown as REST;
    const guilds = createGuilds({ bot }, { clock: systemClock, mayListMembers: () => true });
    const running = await openInProcess('http://plex.invalid', {}, { guilds });
    try {
      return await measure(running, discord, count);
    } finally {
      await running.close();
    }
  },
};

async function measure(
  { app, stores, writes, complaints }: InProcess,
  discord: Discord,
  count: number,
): Promise<readonly Figure[]> {
  await seedServer(stores, GUILD, TOWER);
  const libraries = await stores.of(GUILD).libraries.list();
  const who = { guildId: GUILD, actorId: STAFF };
  for (const [index, roleId] of ROLES.entries()) {
    const library = libraries[index]?.id ?? '';
    const made = await app.plans.create({
      ...{ ...who, name: `Plan ${index}`, libraryIds: [library] as const },
      ...{ duration: null, expiryAction: null, roleId: null },
    });
    if (made.kind !== 'done') throw new Error(made.kind);
    await app.rolePlans.set({ ...who, roleId, planId: made.details.plan.id, grace: graceOf('1d') });
  }
  const look = async () => {
    discord.requests = 0;
    writes.reset();
    const tookMs = await timed(() => app.presence.catchUp([GUILD], new AbortController().signal));
    return { tookMs, requests: discord.requests, rows: writes.rows, transactions: writes.transactions };
  };
  const first = await look();
  const still = await look();
  discord.roles[1] = ROLES[2];
  const one = await look();
  const given = (await stores.of(GUILD).grants.listByRole()).length;
  if (given !== count || complaints.all.length > 0)
    throw new Error(`${given} grants ${complaints.all.join()}`);
  const what = `catch-up of ${counted(count)} members with ${ROLES.length} mapped roles`;
  const most = count / 1_000 + 1;
  return [
    figure({
      what: `${what}: requests to Discord`,
      measured: String(still.requests),
      toReach: `≤ ${most}`,
      met: still.requests <= most && first.requests <= most,
      raw: { first, still, one },
    }),
    figure({
      what: `${what}: transactions when nothing has changed`,
      measured: `${still.transactions} (that it ran)`,
      toReach: '≤ 1',
      met: still.transactions <= 1,
      raw: still,
    }),
    figure({
      what: `${what}: transactions when one has another role`,
      measured: String(one.transactions),
      toReach: '≤ 2',
      met: one.transactions <= 2,
      raw: one,
    }),
    note(`${what}: when nothing has changed`, ms(still.tookMs), still.tookMs),
    note(`${what}: the first time, when all are given their plan`, seconds(first.tookMs), first.tookMs),
  ];
}

export const reminding: Row = {
  name: 'reminders',
  async run() {
    const count = 10_000;
    const due = 100;
    const { db, stores, close } = await openInProcess('http://plex.invalid');
    try {
      await seedServer(stores, GUILD, TOWER);
      const now = new Date();
      await seedGrants(db, GUILD, count, {
        days: 8,
        more: (index) => ({ remindAt: new Date(now.getTime() + (index < due ? -60_000 : DAY_MS)) }),
      });
      const [finding, reading]: [number[], number[]] = [[], []];
      for (let run = 0; run < 60; run += 1) {
        finding.push(await timed(() => stores.due.listReminders(now)));
        const found = stores.of(GUILD).grants.listRemindersDue(now, 200);
        reading.push(await timed(() => found));
        if ((await found).length !== due) throw new Error('others are due');
      }
      const tookMs = round(median(finding));
      return [
        figure({
          what: `finding that reminders are due, among ${counted(count)} grants`,
          measured: ms(tookMs),
          toReach: '≤ 20 ms',
          met: tookMs <= 20,
          raw: finding,
        }),
        note(`reading the ${due} of them, with their libraries`, ms(median(reading)), reading),
      ];
    } finally {
      await close();
    }
  },
};
