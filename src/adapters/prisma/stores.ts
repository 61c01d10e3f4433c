/** The Stores and Outbox ports, implemented on a database. */

import { z } from 'zod';
import type { Outbox } from '../../app/ports/outbox.ts';
import type { GuildStores, Stores } from '../../app/ports/stores.ts';
import type { GuildId } from '../../domain/ids.ts';
import { panelsDueAt } from '../../domain/panel.ts';
import type { Database, Queries } from './client.ts';
import { createAccountStore } from './stores/accounts.ts';
import { createApiStore } from './stores/api.ts';
import { createArrivalStore } from './stores/arrivals.ts';
import { createAuditStore } from './stores/audit.ts';
import { countBacklog } from './stores/backlog.ts';
import type { Counters, GuildContext } from './stores/context.ts';
import { createDeliveryStore } from './stores/deliveries.ts';
import { createDraftStore } from './stores/drafts.ts';
import { createDrillStore, createThrowAways } from './stores/drills.ts';
import { createDue } from './stores/due.ts';
import { createElsewhere, createSharesToken } from './stores/elsewhere.ts';
import { createForgettingStore } from './stores/forgettings.ts';
import { createGrantStore } from './stores/grants.ts';
import { createHeldRunStore } from './stores/held-runs.ts';
import { createInviteStore } from './stores/invites.ts';
import { createJobRunStore } from './stores/job-runs.ts';
import { createLibraryStore } from './stores/libraries.ts';
import { writePending } from './stores/many-rows.ts';
import { createMemberStore } from './stores/members.ts';
import { createOutbox } from './stores/outbox.ts';
import { createPersonalDataStore } from './stores/personal-data.ts';
import { createPlanStore } from './stores/plans.ts';
import { createPostStore, ringPanels } from './stores/posts.ts';
import { createRecordStore } from './stores/record.ts';
import { createRequestStore } from './stores/requests.ts';
import { createRolePlanStore } from './stores/role-plans.ts';
import { createServerStore } from './stores/servers.ts';
import { createSettingsStore } from './stores/settings.ts';
import { createSignInStore } from './stores/sign-ins.ts';
import { createWebhookStore } from './stores/webhooks.ts';

interface Options {
  /** Makes the ids of deliveries for audit lines: nonces at Discord, so they are unique in the installation. */
  readonly newId: () => string;
  /** Called after each transaction of a guild: it may have made something due. */
  readonly onCommitted?: () => void;
}

/** `backlog`: how much is due and owed in all guilds together, for whoever operates Usher. */
export function createStores(db: Database, options: Options) {
  const newId = () => options.newId();
  const place = (guildId: GuildId) => ({ guildId, dialect: db.dialect, newId });
  const stores: Stores = {
    of: (guildId) => guildStores({ ...place(guildId), queries: db.reader, counters: undefined }),
    async transaction(guildId, work) {
      const result = await db.transaction(guildId, async (queries) => {
        const counters = await lockGuild(db, queries, guildId);
        const before = { ...counters };
        const context = { ...place(guildId), queries, counters };
        const worked = await work(guildStores(context));
        await writePending(context);
        if (counters.recordedAt) await ringPanels(context, panelsDueAt(counters.recordedAt));
        await saveCounters(queries, guildId, counters, before);
        return worked;
      });
      options.onCommitted?.();
      return result;
    },
    due: createDue(db.reader),
    elsewhere: createElsewhere(db.reader),
    throwAways: createThrowAways(db.reader),
    sharesToken: createSharesToken(db.reader),
    installation: {
      async find(key) {
        const row = await db.reader.installation.findUnique({ where: { key } });
        return row?.value;
      },
      async set(key, value) {
        await db.transaction('installation', (queries) =>
          queries.installation.upsert({ where: { key }, create: { key, value }, update: { value } }),
        );
      },
    },
  };
  const outbox: Outbox = createOutbox(db);
  return { stores, outbox, backlog: (now: Date) => countBacklog(db.reader, now) };
}

function guildStores(context: GuildContext): GuildStores {
  return {
    guildId: context.guildId,
    settings: createSettingsStore(context),
    servers: createServerStore(context),
    libraries: createLibraryStore(context),
    accounts: createAccountStore(context),
    arrivals: createArrivalStore(context),
    members: createMemberStore(context),
    grants: createGrantStore(context),
    plans: createPlanStore(context),
    rolePlans: createRolePlanStore(context),
    invites: createInviteStore(context),
    signIns: createSignInStore(context),
    drafts: createDraftStore(context),
    drills: createDrillStore(context),
    heldRuns: createHeldRunStore(context),
    jobRuns: createJobRunStore(context),
    audit: createAuditStore(context),
    record: createRecordStore(context),
    deliveries: createDeliveryStore(context),
    posts: createPostStore(context),
    requests: createRequestStore(context),
    forgettings: createForgettingStore(context),
    personalData: createPersonalDataStore(context),
    api: createApiStore(context),
    webhooks: createWebhookStore(context),
  };
}

/**
 * Locks the row of the guild until the transaction ends, creating it for a new guild. The writes of a guild
 * therefore happen one after another, also across processes, and its numbers have no gaps. On SQLite this takes the
 * only write lock of the database at the start, so that no transaction fails in the middle because another process
 * was faster.
 */
async function lockGuild(db: Database, queries: Queries, guildId: string): Promise<Counters> {
  const lock = async () =>
    counterRows.parse(
      db.dialect === 'sqlite'
        ? await queries.$queryRaw`
            UPDATE "Guild" SET "grantNumber" = "grantNumber" WHERE "id" = ${guildId}
            RETURNING "auditNumber", "auditHead", "grantNumber", "namesVersion", "auditChannelId"`
        : await queries.$queryRaw`
            SELECT "auditNumber", "auditHead", "grantNumber", "namesVersion", "auditChannelId"
            FROM "Guild" WHERE "id" = ${guildId} FOR UPDATE`,
    )[0];
  const found = await lock();
  if (found) return countingFrom(found);
  // The update changes nothing, but because it is there Prisma writes a single statement, which succeeds even if
  // two transactions create the guild at the same time.
  await queries.guild.upsert({
    where: { id: guildId },
    create: { id: guildId },
    update: { grantNumber: { increment: 0 } },
    select: { id: true },
  });
  const made = await lock();
  if (!made) throw new Error(`The row of guild ${guildId} could not be made.`);
  return countingFrom(made);
}

const countingFrom = (heads: z.infer<typeof counterRows>[number]): Counters => ({
  ...heads,
  recordedAt: undefined,
  sequences: new Map(),
  pending: { events: [], deliveries: [] },
});

const counterRows = z.array(
  z.object({
    auditNumber: z.number(),
    auditHead: z.string(),
    grantNumber: z.number(),
    namesVersion: z.number(),
    auditChannelId: z.string().nullable(),
  }),
);

async function saveCounters(queries: Queries, id: string, now: Counters, before: Counters): Promise<void> {
  const { auditNumber, auditHead, grantNumber, namesVersion } = now;
  const isSame =
    auditNumber === before.auditNumber &&
    auditHead === before.auditHead &&
    grantNumber === before.grantNumber &&
    namesVersion === before.namesVersion;
  if (isSame) return;
  await queries.guild.update({
    where: { id },
    data: { auditNumber, auditHead, grantNumber, namesVersion },
    select: { id: true },
  });
}
