/**
 * Notes what of a server works, each capability by itself: the machine answers, and sharing works (who has access can
 * be read). A ping proves the first only, a reading from a vendor the second only, and nothing that one of them shows
 * clears the other. When something is back, whatever waited for it is tried at once.
 */

import type { GuildId } from '../../domain/ids.ts';
import { MEDIA_KINDS } from '../../domain/media-kinds.ts';
import type { Server } from '../../domain/model.ts';
import { nextProbeAt } from '../../domain/retry.ts';
import { needsStaff, staffSentence } from '../../domain/trouble.ts';
import { say, type Text } from '../../words/say.ts';
import { readUnclosed, tellOutage } from '../ledger/outage.ts';
import type { Deps } from '../ports/deps.ts';
import type { MediaServer, Trouble } from '../ports/media-server.ts';
import type { Outage } from '../ports/outbox.ts';
import type { ServerStore } from '../ports/stores/servers.ts';
import type { GuildStores } from '../ports/stores.ts';

/** Failures in a row after which something counts as lost: a single lost connection is no outage. */
const LOST_AFTER = 2;
/** What was kept before there were sentences. */
const WRONG_ONCE = 'Another server answered at this address.';

/** What was found of each capability; absent when it was not looked at. */
export interface Found {
  readonly machine?: 'works' | Trouble;
  readonly sharing?: 'works' | Trouble;
}

/** A server, and the way to it. */
export interface OpenServer {
  readonly server: Server;
  readonly media: Pick<MediaServer, 'ping'>;
}

/** A transaction in which something is noted. */
interface Noting {
  readonly tx: GuildStores;
  readonly now: Date;
}

/**
 * Notes a failed reading. The machine is asked whether it answers at all: if it does, only sharing failed. Another
 * server behind the address is as good as none at once, and staff are told.
 */
export async function noteFailure(
  deps: Deps,
  guildId: GuildId,
  { server, media }: OpenServer,
  why: Trouble,
): Promise<Found> {
  const found = await lookCloser(media, why);
  await note(deps, guildId, server, found);
  deps.log.warn({ guildId, serverId: server.id, trouble: why.kind }, 'a media server could not be read');
  return found;
}

async function lookCloser(media: Pick<MediaServer, 'ping'>, why: Trouble): Promise<Found> {
  if (why.kind === 'other-server') return { machine: why };
  const alive = await media.ping();
  if (alive.kind === 'known') return { machine: 'works', sharing: alive.value.closed ?? why };
  // With a machine that is down nothing is shared either, which need not be said. A vendor that fails is more.
  return { machine: alive.why, ...(why.vendor && { sharing: why }) };
}

/** Notes a complete reading of who has access. It proves the machine only where the machine was asked. */
export async function noteReading(deps: Deps, guildId: GuildId, server: Server): Promise<void> {
  const asked = MEDIA_KINDS[server.kind].accessReadFrom === 'server';
  await note(deps, guildId, server, { sharing: 'works', ...(asked && { machine: 'works' }) });
}

/**
 * Notes what was found. Writes only when something is wrong, or was before, or when it was to be asked once more; and
 * once an hour that it answers.
 */
export async function note(deps: Deps, guildId: GuildId, server: Server, found: Found): Promise<void> {
  const wrong = [found.machine, found.sharing].some((each) => each !== undefined && each !== 'works');
  const wasWell =
    server.failedChecks === 0 && server.sharingFailedChecks === 0 && server.nextProbeAt === null;
  if (!wrong && wasWell) return await noteAnswer(deps, guildId, server, found);
  const open = await readUnclosed(deps.stores.of(guildId), server.id);
  await deps.stores.transaction(guildId, async (tx) => {
    const now = deps.clock.now();
    const fresh = await tx.servers.find(server.id);
    if (!fresh) return;
    const machine = found.machine && (await machineAfter({ tx, now }, fresh, found.machine));
    const after = { ...fresh, ...machine?.changes };
    const sharing = found.sharing && (await sharingAfter({ tx, now }, after, found.sharing));
    const { failedChecks, sharingFailedChecks } = { ...after, ...sharing?.changes };
    const failures = Math.max(failedChecks, sharingFailedChecks);
    await tx.servers.update(server.id, {
      ...machine?.changes,
      ...sharing?.changes,
      checkedAt: now,
      nextProbeAt: failures === 0 ? null : nextProbeAt(now, failures),
    });
    const isBack =
      (found.machine === 'works' && fresh.failedChecks > 0) ||
      (found.sharing === 'works' && fresh.sharingFailedChecks > 0);
    // Whatever waits for a later try is tried now.
    if (isBack && !wrong) await tx.accounts.hasten(server.id, now);
    if (found.machine && tellsOfHour(found.machine, after))
      await tx.servers.noteLook(server.id, now, found.machine !== 'works');
    const outage = machine?.outage ?? sharing?.outage;
    await tellOutage(deps, tx, { serverId: server.id, open, ...(outage && { outage }) }, now);
  });
}

/** One lost connection is no outage, and whoever is not asked may be well. */
const tellsOfHour = (machine: 'works' | Trouble, { status }: Pick<Server, 'status'>): boolean =>
  machine === 'works' || (status === 'offline' && !isUnasked(machine));

/** A server that is well answered at this hour: for how often it does (domain/availability.ts). */
async function noteAnswer(deps: Deps, guildId: GuildId, { id }: Server, { machine }: Found): Promise<void> {
  if (machine !== 'works') return;
  const now = deps.clock.now();
  if (await deps.stores.of(guildId).servers.isLookNoted(id, now)) return;
  await deps.stores.transaction(guildId, ({ servers }) => servers.noteLook(id, now, false));
}

/** What is written of the server, and the outage that begins with it. */
interface After {
  readonly changes: Parameters<ServerStore['update']>[1];
  readonly outage?: Outage;
}

async function machineAfter({ tx, now }: Noting, fresh: Server, found: 'works' | Trouble): Promise<After> {
  const { name } = fresh;
  if (found === 'works') {
    if (fresh.status === 'offline')
      await tx.audit.append({ action: 'server.online', actorId: null, facts: { server: name }, at: now });
    return { changes: { status: 'online', failedChecks: 0, offlineWhy: null, offlineSince: null } };
  }
  const failedChecks = fresh.failedChecks + 1;
  // Another server at the address is no lost connection: it counts at once, and staff are told (media-servers.md
  // E39).
  const wrong = found.kind === 'other-server';
  const wasWrong = isWrongServer(fresh.offlineWhy);
  const isNew = fresh.status === 'online' || (wrong && !wasWrong);
  const said = staffSentence(found, fresh);
  // When then nobody answers at all, it is still the wrong one until the right one does, and staff are told only once.
  const offlineWhy = wrong
    ? say('trouble.wrongServer')
    : wasWrong
      ? say('trouble.wrongServerNow', { now: said })
      : said;
  const goesOffline = isNew && (wrong || failedChecks >= LOST_AFTER);
  if (goesOffline) {
    const facts = { server: name, detail: said };
    await tx.audit.append({ action: 'server.offline', actorId: null, facts, at: now });
  }
  const since = goesOffline && fresh.status === 'online';
  const changes = {
    failedChecks,
    offlineWhy,
    ...(since && ({ status: 'offline', offlineSince: now } as const)),
  };
  const what = wrong ? 'wrong' : isUnasked(found) ? 'unasked' : 'down';
  return { changes, ...(goesOffline && { outage: { what, needsStaff: what !== 'down' } }) };
}

const isWrongServer = (why: Text | null): boolean =>
  typeof why === 'string'
    ? why.startsWith(WRONG_ONCE)
    : why?.key === 'trouble.wrongServer' || why?.key === 'trouble.wrongServerNow';

/** It may be well: Usher itself asks it nothing, until a person changes something. */
const UNASKED: ReadonlySet<Trouble['kind']> = new Set(['plain-http', 'blocked']);
const isUnasked = ({ kind }: Trouble): boolean => UNASKED.has(kind);

async function sharingAfter({ tx, now }: Noting, fresh: Server, found: 'works' | Trouble): Promise<After> {
  const { name } = fresh;
  if (found === 'works') {
    if (fresh.sharingSince)
      await tx.audit.append({
        action: 'server.sharing_back',
        actorId: null,
        facts: { server: name },
        at: now,
      });
    return { changes: { sharingFailedChecks: 0, sharingWhy: null, sharingSince: null } };
  }
  const sharingFailedChecks = fresh.sharingFailedChecks + 1;
  const sharingWhy = staffSentence(found, fresh);
  if (fresh.sharingSince || sharingFailedChecks < LOST_AFTER)
    return { changes: { sharingFailedChecks, sharingWhy } };
  await tx.audit.append({
    action: 'server.sharing_lost',
    actorId: null,
    facts: { server: name, ...(fresh.status === 'online' && { how: 'up' }), detail: sharingWhy },
    at: now,
  });
  const needsToken = found.kind === 'unauthorised';
  return {
    changes: { sharingFailedChecks, sharingWhy, sharingSince: now },
    outage: { what: 'sharing', needsStaff: needsStaff(found), ...(needsToken && { needsToken }) },
  };
}
