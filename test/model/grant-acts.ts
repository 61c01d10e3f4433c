/** What staff do with grants, and what must be true afterwards. */

import { expect } from 'vitest';
import type { GrantStanding } from '../../src/app/queries/grant-status.ts';
import { type DurationText, parseDuration } from '../../src/domain/duration.ts';
import type { GrantAction } from '../../src/domain/grant-change.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import { isNonEmpty } from '../../src/domain/model.ts';
import { GUILD, STAFF } from '../support/people.ts';
import { saidPlain } from '../support/said.ts';
import type { Wanted } from './follow.ts';
import { gives, type MemberName, type Model, type ModelGrant } from './model.ts';
import { idOf, type Reality } from './reality.ts';

/** `which` selects a grant; the numbers wrap around. Lengths are in ms, and null means for good. */
export type GrantAct =
  | {
      readonly kind: 'give';
      readonly member: MemberName;
      readonly libraries: readonly string[];
      readonly inMs: number;
      readonly forMs: number | null;
      /** Whether to use the libraries of a plan, if there is one. */
      readonly byPlan: boolean;
    }
  | { readonly kind: 'revoke' | 'pause' | 'resume'; readonly which: number }
  | { readonly kind: 'extend'; readonly which: number; readonly by: string }
  | { readonly kind: 'set end'; readonly which: number; readonly inMs: number | null }
  | { readonly kind: 'set libraries'; readonly which: number; readonly libraries: readonly string[] }
  | { readonly kind: 'undo'; readonly which: number };

/** Whether there is something to which the act can be applied. */
export function isPossible(act: GrantAct, model: Pick<Model, 'undos' | 'grants'>): boolean {
  if (act.kind === 'give') return true;
  return act.kind === 'undo' ? model.undos.length > 0 : model.grants.size > 0;
}

/** The member whose access changes. */
export function memberOf(act: GrantAct, model: Model): MemberName {
  return act.kind === 'give' ? act.member : pickGrant(act, model).member;
}

export async function perform(act: GrantAct, reality: Reality): Promise<void> {
  if (act.kind === 'give') return await give(act, reality);
  if (act.kind === 'undo') return await undo(act, reality);
  const { model, places } = reality;
  const grant = pickGrant(act, model);
  const action = actionOf(act, reality);
  const now = places.clock.now();
  model.decided.add(grant.id);
  const wanted = noticing((before, after) => after.id === grant.id && isAsAsked(act, before, after, now));
  const result = await reality.decide(wanted, (app) =>
    app.changeGrants.change({ guildId: GUILD, actorId: STAFF, grantIds: [grant.id], action, reason: null }),
  );
  if (result === 'killed') return;
  const changed = result.changed.length > 0;
  if (changed) expect(wanted.happened(grant, model), `${act.kind} had no effect`).toBe(true);
  if (result.undoId !== null) model.undos.push({ id: result.undoId, before: grant, at: now });
}

async function give(act: Extract<GrantAct, { kind: 'give' }>, reality: Reality): Promise<void> {
  const { model, places } = reality;
  const startsAt = new Date(places.clock.now().getTime() + act.inMs);
  const expiresAt = act.forMs === null ? null : new Date(startsAt.getTime() + act.forMs);
  const [plan] = model.plans;
  const fromPlan = act.byPlan ? plan : undefined;
  const libraries = (fromPlan ? fromPlan[1] : act.libraries).toSorted();
  const isThis = (after: ModelGrant) =>
    after.member === act.member &&
    after.source === 'command' &&
    after.libraries.join() === libraries.join() &&
    after.startsAt.getTime() === startsAt.getTime() &&
    after.expiresAt?.getTime() === expiresAt?.getTime();
  const wanted = noticing((before, after) => !before && isThis(after));
  const result = await reality.decide(wanted, (app) =>
    app.grants.add({
      guildId: GUILD,
      actorId: STAFF,
      memberId: toMemberId(idOf(act.member)),
      libraryIds: libraries.map((name) => reality.libraryId(name)),
      ...(fromPlan && { planId: fromPlan[0] }),
      startsAt,
      expiresAt,
      reason: null,
    }),
  );
  if (result === 'killed' || reality.watch.midway) return;
  expect(wanted.happened(undefined, model)).toBe(true);
  checkStanding(reality, act.member, result);
}

/** What a reply says about access must be true. */
export function checkStanding(
  reality: Reality,
  member: MemberName,
  { servers, libraries }: Pick<GrantStanding, 'servers' | 'libraries'>,
): void {
  const { model, places, watch } = reality;
  if (watch.midway) return;
  for (const { server, application } of servers) {
    const place = server.kind === 'plex' ? 'tower' : 'den';
    const { unread } = model.marks(place, member);
    const here = libraries
      .filter(({ serverId }) => serverId === server.id)
      .map(({ id }) => reality.libraryName(id))
      .filter((name) => places.isThere(name) && !unread.has(name) && !model.renamed.has(name));
    const seen = application.kind === 'invited' ? places.has(place, member) : places.sees(place, member);
    if (application.kind === 'applied' || application.kind === 'invited')
      expect([...seen], `${member} is said to have it on ${place}`).toEqual(expect.arrayContaining(here));
  }
}

async function undo(act: Extract<GrantAct, { kind: 'undo' }>, reality: Reality): Promise<void> {
  const { model } = reality;
  const step = pick(model.undos, act.which);
  const wanted = noticing(
    (_before, after) =>
      after.id === step.before.id &&
      after.libraries.join() === step.before.libraries.join() &&
      after.expiresAt?.getTime() === step.before.expiresAt?.getTime(),
  );
  const result = await reality.decide(wanted, (app) =>
    app.changeGrants.undo({ guildId: GUILD, actorId: STAFF, undoId: step.id }),
  );
  if (result === 'killed') return;
  model.undos.splice(model.undos.indexOf(step), 1);
  const undone = result.kind === 'undone' && result.result.changed.length > 0;
  if (undone) expect(wanted.happened(step.before, model), 'undo had no effect').toBe(true);
}

/**
 * Remembers whether the wanted change was seen at any time, because somebody else may have changed the grant again
 * before the command ends.
 */
export function noticing(
  isWanted: Wanted,
): Wanted & { happened(before: ModelGrant | undefined, model: Model): boolean } {
  let noticed = false;
  const wanted: Wanted = (before, after) => {
    const result = isWanted(before, after);
    noticed ||= result;
    return result;
  };
  return Object.assign(wanted, {
    // If the grant was as wanted already, no change will be seen.
    happened: (before: ModelGrant | undefined, model: Model) =>
      noticed ||
      (before !== undefined &&
        // Of somebody who was forgotten meanwhile nothing is left.
        [before, model.grants.get(before.id)].some((now) => now === undefined || isWanted(before, now))),
  });
}

function actionOf(act: Exclude<GrantAct, { kind: 'give' | 'undo' }>, reality: Reality): GrantAction {
  switch (act.kind) {
    case 'revoke':
      return { kind: 'end', cause: 'revoked' };
    case 'extend':
      return { kind: 'extend', by: duration(act.by) };
    case 'set end':
      return { kind: 'set', until: act.inMs === null ? null : inMs(reality, act.inMs) };
    case 'set libraries': {
      const libraryIds = act.libraries.map((name) => reality.libraryId(name));
      if (!isNonEmpty(libraryIds)) throw new Error('a grant of nothing');
      return { kind: 'set', libraryIds };
    }
    default:
      return { kind: act.kind };
  }
}

/** Whether a grant is as the act asked for, whatever it was before. */
function isAsAsked(act: GrantAct, before: ModelGrant | undefined, after: ModelGrant, now: Date): boolean {
  if (!before) return false;
  switch (act.kind) {
    case 'revoke':
      return after.state === 'ending' || after.state === 'ended';
    case 'pause':
      return after.state === 'paused';
    case 'resume':
      return gives(after, now);
    case 'extend':
      return after.expiresAt !== null && after.expiresAt > now;
    case 'set end':
      return after.expiresAt?.getTime() === (act.inMs === null ? undefined : now.getTime() + act.inMs);
    case 'set libraries':
      return after.libraries.join() === act.libraries.toSorted().join();
    default:
      return false;
  }
}

function pickGrant(act: Exclude<GrantAct, { kind: 'give' }>, model: Model): ModelGrant {
  if (act.kind === 'undo') return mustFind(model, pick(model.undos, act.which).before.id);
  return pick([...model.grants.values()], act.which);
}

function pick<T>(list: readonly T[], index: number): T {
  const found = list[index % list.length];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

function mustFind(model: Model, grantId: string): ModelGrant {
  const found = model.grants.get(grantId);
  if (!found) throw new Error('no such grant');
  return found;
}

function duration(text: string): DurationText {
  const parsed = parseDuration(text);
  if (parsed.kind === 'problem') throw new Error(saidPlain(parsed.message));
  return parsed.duration;
}

const inMs = (reality: Reality, ms: number): Date => new Date(reality.places.clock.now().getTime() + ms);
