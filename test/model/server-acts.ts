import type { PolicyChanges } from '../../src/app/servers/policy.ts';
import { toMemberId } from '../../src/domain/ids.ts';
import type { DriftPolicy, ExpiryAction } from '../../src/domain/model.ts';
import { GUILD, OTHER_GUILD, STAFF } from '../support/people.ts';
import type { Purpose, Refused } from './channels.ts';
import type { Wanted } from './follow.ts';
import { type Misbehaviour, misbehave } from './misbehaviour.ts';
import { LIBRARIES, MEMBERS, type MemberName, type Model, type PlaceName } from './model.ts';
import type { ForeignEdit } from './places.ts';
import { editPlan } from './plan-acts.ts';
import { idOf, type Reality } from './reality.ts';

export type ServerAct =
  | { readonly kind: 'policy'; readonly place: PlaceName; readonly policy: DriftPolicy }
  | { readonly kind: 'default library'; readonly place: PlaceName; readonly library: string | null }
  | { readonly kind: 'expiry action'; readonly place: PlaceName; readonly action: ExpiryAction }
  | { readonly kind: 'edit plan'; readonly libraries: readonly string[]; readonly propagate: boolean }
  /** Staff of another guild on the same servers give or take; `which` wraps around. */
  | {
      readonly kind: 'given elsewhere';
      readonly member: MemberName;
      readonly libraries: readonly string[];
      readonly forMs: number | null;
    }
  | { readonly kind: 'revoked elsewhere'; readonly which: number }
  | { readonly kind: 'sync' | 'restart' | 'accept invitations' }
  | { readonly kind: 'time passes'; readonly ms: number }
  /** With every job that runs by the clock. */
  | { readonly kind: 'a day passes' }
  | { readonly kind: 'held run'; readonly decision: 'release' | 'dismiss' }
  | { readonly kind: 'down' | 'up'; readonly place: PlaceName }
  /** How long plex.tv takes to show a write. */
  | { readonly kind: 'plex.tv is slow'; readonly seconds: number; readonly marks: boolean }
  | { readonly kind: 'library goes' | 'library comes back'; readonly library: string }
  /** The clock of the machine is set, to that much ahead of the right time. */
  | { readonly kind: 'clock is set'; readonly aheadMs: number }
  /** Usher may post in a channel of the guild no longer, or again. */
  | { readonly kind: 'channel'; readonly purpose: Purpose; readonly refused: Refused | null }
  | { readonly kind: 'messages are sent' }
  | Misbehaviour
  /** Jellyfin says that it has written, and puts back what was there before: at once, or after it was read. */
  | { readonly kind: 'writes are undone'; readonly times: number; readonly shownOnce: boolean }
  /** Without a member: all of them at once. */
  | {
      readonly kind: 'foreign';
      readonly place: PlaceName;
      readonly member: MemberName | null;
      readonly edit: ForeignEdit;
    };

/** There is nothing elsewhere without another guild. */
export function isPossible({ kind }: ServerAct, { isShared }: Readonly<Model>): boolean {
  return isShared || (kind !== 'given elsewhere' && kind !== 'revoked elsewhere');
}

export async function perform(act: ServerAct, reality: Reality): Promise<void> {
  const { places } = reality;
  switch (act.kind) {
    case 'policy':
      return await setPolicy(reality, act.place, { driftPolicy: act.policy }, adoptedUnseen(reality, act));
    case 'default library': {
      const defaultLibraryId = act.library === null ? null : reality.libraryId(act.library);
      return await setPolicy(reality, act.place, { defaultLibraryId });
    }
    case 'expiry action':
      return await setPolicy(reality, act.place, { expiryAction: act.action });
    case 'edit plan':
      return await editPlan(reality, act.libraries, act.propagate);
    case 'given elsewhere':
    case 'revoked elsewhere':
      return await decideElsewhere(reality, act);
    case 'sync':
      return await reality.sync();
    case 'restart':
      return reality.restart();
    case 'accept invitations':
      return reality.watch.foreign(() => places.acceptInvitations());
    case 'time passes':
      return await reality.pass(act.ms);
    case 'a day passes':
      return await reality.passDay();
    case 'held run':
      return await decideHeld(reality, act.decision);
    case 'down':
      return reality.takeDown(act.place);
    case 'up':
      return reality.bringUp(act.place);
    case 'plex.tv is slow':
      places.plex.behaviour.createSeconds = act.seconds;
      places.plex.behaviour.deleteSeconds = act.seconds;
      places.plex.behaviour.markDeleted = act.marks;
      return;
    case 'library goes':
      return reality.watch.foreign(() => places.removeLibrary(act.library));
    case 'library comes back':
      return reality.watch.foreign(() => places.bringBack(act.library));
    case 'clock is set':
      return places.setClock(act.aheadMs);
    case 'channel':
      return reality.channels.set(GUILD, act.purpose, act.refused);
    case 'messages are sent':
      return await reality.send();
    case 'fault':
    case 'old list':
    case 'short list':
    case 'late writes':
      return misbehave(places, act);
    case 'writes are undone':
      return places.undoWrites(act.times, act.shownOnce);
    case 'foreign':
      for (const member of act.member === null ? MEMBERS : [act.member])
        reality.edit(act.place, member, act.edit, false);
  }
}

async function setPolicy(
  reality: Reality,
  place: PlaceName,
  changes: PolicyChanges,
  wanted: Wanted = () => false,
): Promise<void> {
  const serverId = reality.server(place).id;
  await reality.decide(wanted, (app) =>
    app.serverPolicy.set({ guildId: GUILD, actorId: STAFF, serverId, changes }),
  );
}

/** An admin who sets `adopt` has confirmed what it takes, and what they were shown may come from an old list. */
function adoptedUnseen(
  { model }: Reality,
  { place, policy }: Extract<ServerAct, { kind: 'policy' }>,
): Wanted {
  return (before, after) => {
    if (policy !== 'adopt' || !model.wasMisled || before?.state !== 'active') return false;
    const lost = before.libraries.filter((name) => !after.libraries.includes(name));
    const isOver = after.state === 'ending' || after.state === 'ended';
    const isHere = (name: string) => LIBRARIES[place].some((each) => each === name);
    return isOver ? before.libraries.every(isHere) : lost.length > 0 && lost.every(isHere);
  };
}

async function decideElsewhere(
  reality: Reality,
  act: Extract<ServerAct, { kind: 'given elsewhere' | 'revoked elsewhere' }>,
): Promise<void> {
  const { elsewhere } = reality.model;
  const who = { guildId: OTHER_GUILD, actorId: STAFF, reason: null };
  if (act.kind === 'given elsewhere') {
    const startsAt = reality.places.clock.now();
    const expiresAt = act.forMs === null ? null : new Date(startsAt.getTime() + act.forMs);
    const libraryIds = act.libraries.map((name) => reality.libraryId(name, OTHER_GUILD));
    const memberId = toMemberId(idOf(act.member));
    await reality.live((app) => app.grants.add({ ...who, memberId, libraryIds, startsAt, expiresAt }));
    return;
  }
  const grant = elsewhere[act.which % elsewhere.length];
  if (!grant) return;
  const action = { kind: 'end', cause: 'revoked' } as const;
  await reality.live((app) => app.changeGrants.change({ ...who, grantIds: [grant.id], action }));
}

async function decideHeld(reality: Reality, decision: 'release' | 'dismiss'): Promise<void> {
  const [held] = await reality.stores.heldRuns.listHeld();
  if (!held) return;
  await reality.live((app) => app.heldRuns[decision]({ guildId: GUILD, actorId: STAFF, heldRunId: held.id }));
}
