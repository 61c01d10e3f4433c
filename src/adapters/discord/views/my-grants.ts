/** How a grant stands, for the member: what they can watch and what it waits for. Never why: they cannot mend it. */

import type { GrantStanding } from '../../../app/queries/grant-status.ts';
import { isUnreadable } from '../../../domain/health.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { onServers } from '../../../domain/place-words.ts';
import { secondsText } from './lengths.ts';
import { kindName } from './media.ts';
import { byListing, keptPlaces } from './places.ts';
import { code, type Md, md, relative, type Sentence, say, until } from './view.ts';

type There = GrantStanding['servers'][number];

/** How it stands where they can watch. */
const WORKS = 'works';

/** A line for what stands alike on several servers, and one for what is different on each. */
export function myGrantLines(standing: GrantStanding): readonly Md[] {
  const { grant, libraries, servers } = standing;
  // What another grant gives is said with that one.
  const keeps = standing.keeps
    .map((there) => ({ ...there, kept: there.kept.filter(({ why }) => why.kind !== 'grants') }))
    .filter(({ kept }) => kept.length > 0);
  const all = servers.map(({ server }) => server);
  const what = onServers(libraries, all);
  if (what.length === 0) return [];
  const open = servers.filter(({ application }) => application.kind === 'still-open');
  const keptNow = keeps.length > 0 ? [md`-# ${say('my.access.keepsNow', { what: keptPlaces(keeps) })}`] : [];
  switch (grant.state) {
    case 'scheduled':
      return [
        md`🕒 ${say('my.access.from', { start: grant.startsAt, what, until: until(grant.expiresAt) })}`,
      ];
    case 'paused': {
      const left = grant.remainingSeconds;
      const paused =
        left === null
          ? say('my.access.pausedForGood', { what })
          : say('my.access.paused', { what, left: secondsText(left) });
      return [md`⏸️ ${paused}`, ...lines(standing, open), ...keptNow];
    }
    case 'ending':
      return open.length > 0
        ? [...lines(standing, open), ...keptNow]
        : [md`⚫ ${say('my.access.over', { what })}`, ...keptNow];
    case 'ended':
      return [endedLine(standing)];
    case 'active':
      return [
        ...lines(standing, servers),
        ...(keeps.length > 0 ? [md`-# ${say('my.access.keeps', { what: keptPlaces(keeps) })}`] : []),
      ];
  }
}

function lines(standing: GrantStanding, servers: readonly There[]): readonly Md[] {
  const { there, away } = byListing(standing.libraries);
  const alike = Map.groupBy(servers, stateOf);
  // What works is said first, then what is to be done or waited for.
  const sorted = [...alike].toSorted(([one], [other]) => Number(other === WORKS) - Number(one === WORKS));
  const lines = sorted.flatMap(([, group]): readonly Md[] => {
    const [first] = group;
    if (!first) return [];
    const places = group.map(({ server }) => server);
    const seen = onServers(there, places);
    // Of what nobody sees at the moment nothing else is to be said.
    return seen.length > 0 ? [line(first, seen, until(standing.grant.expiresAt))] : [];
  });
  const hidden = onServers(
    away,
    servers.map(({ server }) => server),
  );
  return hidden.length > 0 ? [...lines, md`❗ ${say('my.access.away', { what: hidden })}`] : lines;
}

/** What has ended, and why. */
export function endedLine({ grant, libraries, servers }: GrantStanding): Md {
  const what = onServers(
    libraries,
    servers.map(({ server }) => server),
  );
  const at = grant.endedAt ?? grant.endingAt;
  const when = at ? relative(at) : md``;
  const never = grant.endedAt !== null && grant.startsAt >= grant.endedAt;
  return md`⚫ ${say(`my.ended.${never ? 'never' : (grant.endCause ?? 'expired')}`, { what, when })}`;
}

/** Stands for one line: what is the same in it is said once. */
function stateOf({ server, application }: There): string {
  const { kind } = application;
  const refused = 'refused' in application && application.refused ? 'refused' : '';
  if (kind === 'applied' || kind === 'seen-before') return isUnreadable(server) ? `kept ${server.id}` : WORKS;
  if (kind === 'no-account' && signsInOnPage(server)) return `sign in ${server.kind}`;
  if (kind === 'invited') return `invited ${server.kind}`;
  const same = kind === 'clock-held' || kind === 'not-listed' || refused !== '';
  return same ? `${kind} ${refused}` : `${kind} ${server.id}`;
}

const signsInOnPage = ({ kind }: Server): boolean => MEDIA_KINDS[kind].signIn?.by === 'page';

function line({ server: on, application }: There, what: readonly Sentence[], end: Md): Md {
  const { name: server } = on;
  const vendor = kindName(on.kind);
  const silent = isUnreadable(on);
  const sure = { what, until: end };
  switch (application.kind) {
    case 'applied':
    case 'seen-before':
      return silent
        ? md`❔ ${say('my.access.kept', { server, ...sure, seen: lastSeen(on, application.seenAt) })}`
        : md`✅ ${say('my.access.watch', sure)}`;
    case 'invited':
      return md`📨 ${say('my.access.invited', { vendor, ...sure })}`;
    case 'no-account':
      return signsInOnPage(on)
        ? md`👤 ${say('my.access.signIn', { vendor, ...sure })}`
        : md`👤 ${say('my.access.account', { server, ...sure })}`;
    case 'queued':
      return md`⏳ ${silent ? say('my.access.silent', { server, what }) : say('my.access.queued', { server, what })}`;
    case 'failed':
      if (application.refused) return md`⚠️ ${say('my.access.refused', { what })}`;
      return md`⚠️ ${silent ? say('my.access.silent', { server, what }) : say('my.access.failed', { what })}`;
    case 'account-missing':
      return md`❔ ${say('my.access.accountMissing', { account: code(application.name), server })}`;
    case 'not-listed':
      return md`❗ ${say('my.access.notListed', { what, server })}`;
    case 'changed-there':
      return md`❗ ${say('my.access.changedThere', { server, what })}`;
    case 'clock-held':
      return md`❔ ${say('my.access.clockHeld', { what })}`;
    case 'still-open':
      if (application.refused) return md`🔴 ${say('my.access.stillOpenRefused', { what })}`;
      return silent
        ? md`🔴 ${say('my.access.stillOpenSilent', { what, server })}`
        : md`⏳ ${say('my.access.stillOpen', { what })}`;
    case 'not-now':
      return md`⚫ ${say('my.access.over', { what })}`;
  }
}

/** The last complete sync read it as well. */
function lastSeen({ lastSyncAt }: Server, seenAt: Date | null = null): Md {
  const [last] = [lastSyncAt, seenAt]
    .filter((at) => at !== null)
    .toSorted((one, other) => other.getTime() - one.getTime());
  return last ? relative(last) : md`${say('my.access.someTimeAgo')}`;
}
