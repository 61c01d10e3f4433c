/** Members leave the community, come back, and are banned; and what becomes of their grants by that. */

import fc from 'fast-check';
import { expect } from 'vitest';
import { toMemberId } from '../../src/domain/ids.ts';
import { DAY } from '../support/moments.ts';
import { GUILD } from '../support/people.ts';
import type { Acts } from './acts.ts';
import type { Wanted } from './follow.ts';
import { MEMBERS, type MemberName, type ModelGrant } from './model.ts';
import { idOf, type Reality } from './reality.ts';

/** How long grants wait for somebody who left. */
export const LEAVE_GRACE = '1d';
const GRACE_MS = DAY;

interface PresenceAct {
  readonly kind: 'leaves' | 'returns' | 'is banned';
  readonly member: MemberName;
}

export const presenceActs: Acts<PresenceAct> = {
  acts: fc.record({
    kind: fc.constantFrom('leaves' as const, 'leaves', 'returns', 'returns', 'is banned'),
    member: fc.constantFrom(...MEMBERS),
  }),
  perform,
};

async function perform({ kind, member }: PresenceAct, reality: Reality): Promise<void> {
  const { model, community } = reality;
  const userId = toMemberId(idOf(member));
  const wasHere = reality.isHere(member);
  if (kind === 'returns') community.has(userId);
  else community.leaves(userId);
  if (kind === 'is banned') community.banned.add(userId);
  else community.banned.delete(userId);
  const isSilent = community.silent > 0;
  const shown = { userId, roleIds: kind === 'returns' ? [] : null };
  const result = await reality.decide(followsPresence(reality, [member]), (app) =>
    app.presence.note(GUILD, [shown]),
  );
  if (result === 'killed' || isSilent || model.racing.has(member)) return;
  const running = model.grantsOf(member).filter(isRunning);
  if (kind === 'is banned') expect(running, `${member} was banned`).toEqual([]);
  // What an admin is asked about waits for that.
  const forGood = running.filter(({ expiresAt, source }) => expiresAt === null && source !== 'role');
  if (kind === 'leaves' && wasHere) expect(forGood, `${member} has left`).toEqual([]);
}

/** What follows when Discord has said of some members whether they are here, and with which roles. */
export function followsPresence(reality: Reality, shown: readonly MemberName[]): Wanted {
  const now = reality.places.clock.now();
  const byRole = reality.model.role.follows(reality, shown);
  return (before, after) => {
    const { member } = after;
    if (byRole(before, after)) return true;
    if (reality.community.banned.has(idOf(member))) return isOver(reality, member)(before, after);
    return (reality.isHere(member) ? isBack : isCut)(reality, member, now)(before, after);
  };
}

const isRunning = ({ state }: ModelGrant): boolean => state === 'active' || state === 'scheduled';

/** What would have lasted longer ends after the grace; what would have begun later than that is over. */
function isCut({ model }: Reality, member: MemberName, now: Date): Wanted {
  const end = new Date(now.getTime() + GRACE_MS);
  return (before, after) => {
    if (before?.member !== member || !isRunning(before)) return false;
    if (before.expiresAt !== null && before.expiresAt <= end) return false;
    model.away.set(before.id, { end, before });
    if (before.startsAt >= end) return after.state === 'ended';
    return after.state === before.state && after.expiresAt?.getTime() === end.getTime();
  };
}

/** What had been cut goes on, with the end that it had, or with what was left of it when it was cut. */
function isBack({ model }: Reality, member: MemberName, now: Date): Wanted {
  return (before, after) => {
    const away = before && model.away.get(before.id);
    if (!away || before.member !== member || !isRunning(after)) return false;
    // What staff decided meanwhile counts in its place.
    const isAsCut = away.before.startsAt >= away.end || before.expiresAt?.getTime() === away.end.getTime();
    if (!isAsCut) return true;
    const { expiresAt, startsAt } = away.before;
    const cutMs = Math.max(startsAt.getTime(), away.end.getTime());
    const lostMs = Math.max(0, now.getTime() - cutMs);
    return expiresAt === null
      ? after.expiresAt === null
      : after.expiresAt?.getTime() === expiresAt.getTime() + lostMs;
  };
}

function isOver(_reality: Reality, member: MemberName): Wanted {
  return (before, after) =>
    before?.member === member && (after.state === 'ending' || after.state === 'ended');
}
