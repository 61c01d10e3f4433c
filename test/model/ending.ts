/** The end of a story: everything works again, what is due is done, and then everything must be as it should. */

import { isDeepStrictEqual } from 'node:util';
import { expect } from 'vitest';
import { drift, listedLibraries } from '../../src/domain/access.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { AuditEvent, AuditFacts, GrantState } from '../../src/domain/model.ts';
import { say } from '../../src/words/say.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { connectAgain } from './forget-acts.ts';
import { everyAccount } from './places.ts';
import { idOf, type Reality } from './reality.ts';
import { decideLosses, lookAtMembers } from './role-acts.ts';

/** After this many rounds something must still be due because of a bug. */
const MAX_ROUNDS = 40;
/** By then what was written is taken for what it is. */
const ADOPTED_AFTER_MS = 600_000;
/** A sync that finds a difference has it looked at at once, and no two syncs are closer than this. */
const ROUND_MS = 10_000;
/** By then plex.tv shows everything that was written before. */
const SHOWN_BY_MS = 30_000;

/** Makes everything work again, and lets Usher run until it has nothing left to do. */
export async function heal(reality: Reality): Promise<void> {
  const { places } = reality;
  reality.interrupt(undefined);
  reality.watch.foreign(() => places.heal());
  reality.community.silent = 0;
  await reality.pass(SHOWN_BY_MS);
  while (places.hasWritesOnTheirWay) await reality.pass(SHOWN_BY_MS);
  // A write that lands late brings back the account as it was read: it is enabled after that.
  for (const [place, member] of everyAccount) {
    const isDisabled = place === 'den' && places.jellyfinUser(member).policy.IsDisabled;
    // An account that sees nothing was disabled by Usher; enabling it would change nothing that can be seen.
    if (isDisabled) reality.edit(place, member, { kind: 'enable' }, false);
  }
  await reality.pass(SHOWN_BY_MS);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    reality.watch.foreign(() => places.acceptInvitations());
    await reality.unfreeze();
    await connectAgain(reality);
    await lookAtMembers(reality);
    await decideLosses(reality, false);
    const isForgetting = reality.model.forgetting.size > 0;
    // Who is forgotten waits until Discord has taken back what names them.
    if (isForgetting) await reality.sendEverything();
    const held = await reality.stores.heldRuns.listHeld();
    for (const { id } of held)
      await reality.live((app) => app.heldRuns.release({ guildId: GUILD, actorId: STAFF, heldRunId: id }));
    await reality.pass(0);
    // Differences that a pass has found are adopted by a sync that shows them a while later as well.
    await reality.sync();
    if (Object.values(reality.model.policies).includes('adopt')) {
      await reality.pass(ADOPTED_AFTER_MS);
      await reality.sync();
    }
    expect(reality.watch.violations).toEqual([]);
    const next = await nextRetry(reality);
    if (next) await reality.pass(Math.max(ROUND_MS, next.getTime() - places.clock.now().getTime()));
    else if (
      !isForgetting &&
      held.length === 0 &&
      places.invited().length === 0 &&
      !(await hasDriftToAdopt(reality))
    )
      return;
  }
  expect.fail('something is due for ever');
}

/** A pass in between makes a difference a new one, which the next sync but one takes over. */
async function hasDriftToAdopt({ stores }: Reality): Promise<boolean> {
  const [accounts, servers, libraries] = await Promise.all([
    stores.accounts.list(),
    stores.servers.list(),
    stores.libraries.list(),
  ]);
  return servers
    .filter(({ driftPolicy }) => driftPolicy === 'adopt')
    .some(({ id }) =>
      accounts
        .filter((account) => account.serverId === id && account.memberId !== null && !account.disabled)
        .map((account) => drift(account, listedLibraries(id, libraries)))
        .some(({ extra, missing }) => extra.length + missing.length > 0),
    );
}

/** When something that failed is tried again; undefined when nothing waits for that. */
async function nextRetry({ allStores }: Reality): Promise<Date | undefined> {
  const accounts = (await Promise.all(allStores.map((stores) => stores.accounts.list()))).flat();
  const servers = (await Promise.all(allStores.map((stores) => stores.servers.list()))).flat();
  const forgettings = (await Promise.all(allStores.map((stores) => stores.forgettings.list()))).flat();
  const moments = [
    ...accounts.flatMap(({ dueAt, lookAt }) => [dueAt, lookAt]),
    ...servers.map(({ nextProbeAt }) => nextProbeAt),
    ...forgettings.map(({ dueAt }) => dueAt),
  ];
  return moments.filter((moment) => moment !== null).toSorted((a, b) => a.getTime() - b.getTime())[0];
}

/** What must be true when nothing is due any more. */
export async function checkTruth(reality: Reality): Promise<void> {
  const { model, places, stores } = reality;
  const now = places.clock.now();
  const complaints = everyAccount.flatMap(([place, member]) =>
    model.complaints(place, member, places.sees(place, member), now),
  );
  expect([...complaints, ...model.role.complaints(reality)]).toEqual([]);
  for (const [place, member] of everyAccount) {
    const [row] = await stores.accounts.list({
      serverId: reality.server(place).id,
      memberId: toMemberId(idOf(member)),
    });
    const shown = row?.seenAccess === 'none' ? [] : row?.seen.map((id) => reality.libraryName(id));
    expect(new Set(shown), `what Usher shows of ${member} on ${place}`).toEqual(places.sees(place, member));
  }
  const open = (await reality.grants()).filter(({ state }) => state === 'ending');
  expect(open, 'grants that are neither open nor over').toEqual([]);
  await checkRecord(reality);
  await checkQuiet(reality);
  await checkChannels(reality);
}

/** Checking everything once more must not write anything. */
async function checkQuiet(reality: Reality): Promise<void> {
  const { places, stores } = reality;
  const before = places.countWrites();
  await reality.live(async (app) => {
    for (const { id } of await stores.servers.list()) await reality.makeDue(id);
    await app.enforce.guild(GUILD);
    await app.syncServers(GUILD);
    await app.enforce.guild(GUILD);
  });
  expect(places.countWrites(), 'writes when nothing differs').toBe(before);
  expect(await nextRetry(reality), 'something is due again').toBeUndefined();
}

/** Every change has exactly one event, and the events have an order that is possible. */
async function checkRecord(reality: Reality): Promise<void> {
  const events = (await reality.stores.audit.list({ limit: 100_000 })).toReversed();
  expect(events.map(({ number }) => number)).toEqual(events.map((_event, index) => index + 1));
  // What a member asks about a grant leaves it as it is.
  const ofGrants = events.filter(({ action }) => action.startsWith('grant.'));
  const byGrant = Map.groupBy(ofGrants, ({ facts }) => facts.grant);
  for (const grant of await reality.grants()) {
    const told = byGrant.get(grant.number) ?? [];
    const story = `#${grant.number}: ${told.map(({ action }) => action).join(', ')}`;
    expect(
      told.filter(({ action }) => action === 'grant.created'),
      story,
    ).toHaveLength(1);
    expect([...statesAfter(told)], story).toContain(grant.state);
  }
}

/** Discord has every line of the record, once and in order, whatever its channel has refused. */
async function checkChannels(reality: Reality): Promise<void> {
  await reality.sendEverything();
  for (const guildId of reality.guilds) {
    const told = await reality.storesOf(guildId).audit.list({ limit: 100_000 });
    const inOrder = told.map(({ number }) => number).toReversed();
    expect(reality.channels.lines(guildId), 'the lines in the audit channel').toEqual(inOrder);
  }
}

/** The state that follows each state after an event. States without an entry cannot have that event. */
const MOVES: Readonly<Record<string, Readonly<Partial<Record<GrantState, GrantState>>>>> = {
  'grant.started': { scheduled: 'active' },
  'grant.ending': { active: 'ending' },
  'grant.revoked': { scheduled: 'ended', active: 'ending', paused: 'ending' },
  // What is open again is told of one of the grants that had given it, and ends once more for each.
  'grant.ended': { ending: 'ended', ended: 'ended' },
  'grant.overdue': { ending: 'ending', ended: 'ending', paused: 'paused' },
  'grant.paused': { active: 'paused' },
  'grant.resumed': { paused: 'active' },
  'grant.extended': {
    scheduled: 'scheduled',
    active: 'active',
    paused: 'paused',
    ending: 'active',
    ended: 'active',
  },
  'grant.changed': { scheduled: 'scheduled', active: 'active', paused: 'paused' },
};
const ANY: readonly GrantState[] = ['scheduled', 'active', 'paused', 'ending', 'ended'];

/** Why a grant moved in another way than its event says. */
const OTHERWISE: Readonly<Record<string, Readonly<Partial<Record<GrantState, readonly GrantState[]>>>>> = {
  'audit.note.left': { scheduled: ['scheduled', 'ended'], active: ['active'] },
  'audit.note.returned': {
    scheduled: ['scheduled'],
    active: ['active'],
    ending: ['active'],
    ended: ['active', 'scheduled'],
  },
  'audit.note.banned': { scheduled: ['ended'], active: ['ending'], paused: ['ending'] },
};
const otherwise = ({ detail }: AuditFacts) =>
  typeof detail === 'object' && 'key' in detail ? OTHERWISE[detail.key] : undefined;

const isUndone = ({ detail }: AuditFacts): boolean => isDeepStrictEqual(detail, say('audit.note.undone'));

/** The states that a grant can be in after these events. None if the events cannot follow each other. */
function statesAfter(events: readonly AuditEvent[]): ReadonlySet<GrantState> {
  let states: ReadonlySet<GrantState> = new Set();
  for (const { action, facts } of events) {
    // Only the event of a grant that starts later has a start.
    if (facts.from !== undefined) states = new Set(['scheduled']);
    else if (action === 'grant.created') states = new Set(['active']);
    // Undoing may lead to any state. The grant must have been created before.
    else if (isUndone(facts)) states = new Set(states.size > 0 ? ANY : []);
    else
      states = new Set(
        [...states].flatMap((state) => otherwise(facts)?.[state] ?? MOVES[action]?.[state] ?? []),
      );
  }
  return states;
}
