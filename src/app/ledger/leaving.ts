/** Members leave the community and come back: what they were granted ends after a while, and comes back with them. */
import { addDuration } from '../../domain/duration.ts';
import { RUNNING } from '../../domain/grant.ts';
import { decideGrantChange } from '../../domain/grant-change.ts';
import type { MemberId } from '../../domain/ids.ts';
import { cutShort, restored } from '../../domain/leaving.ts';
import { lengthText } from '../../domain/length.ts';
import type { Grant } from '../../domain/model.ts';
import type { GuildSettings } from '../../domain/settings.ts';
import { say } from '../../words/say.ts';
import type { GuildStores } from '../ports/stores.ts';
import { inLedger, type Ledger } from './ledger.ts';

type LedgerDeps = Parameters<typeof inLedger>[0];

/** Those of them who were here are gone now: what they were granted ends after the grace of the guild. */
export async function noteLeft(
  deps: LedgerDeps,
  tx: GuildStores,
  memberIds: readonly MemberId[],
): Promise<void> {
  const gone = await newlyGone(tx, memberIds);
  if (gone.length === 0) return;
  const settings = await tx.settings.get();
  const { leaveGrace: grace, zone } = settings;
  const grants = await tx.grants.list({ memberIds: gone, states: RUNNING });
  await inLedger(deps, tx, { memberIds: gone }, async (ledger) => {
    const { now } = ledger;
    for (const targetId of gone) {
      await tx.members.update(targetId, { leftAt: now });
      const theirs = grants.filter(({ memberId }) => memberId === targetId);
      const cut = theirs.filter((grant) => cutShort(grant, { now, grace, zone }));
      const facts = {
        how: cut.length > 0 ? 'waits' : 'nothing',
        ...(cut.length > 0 && { until: addDuration(now, grace, zone).toISOString() }),
      };
      await tx.audit.append({ action: 'member.left', actorId: null, targetId, facts, at: now });
      await cutOff(ledger, cut, settings);
    }
  });
}

/** These grants of somebody who is away end after the grace, unless they end before. */
export async function cutOff(
  ledger: Ledger,
  grants: readonly Grant[],
  { leaveGrace: grace, zone }: Pick<GuildSettings, 'leaveGrace' | 'zone'>,
): Promise<void> {
  const detail = say('audit.note.left', { grace: lengthText(grace) });
  for (const grant of grants) {
    const changes = cutShort(grant, { now: ledger.now, grace, zone });
    if (changes) await ledger.change(grant, changes, { actorId: null, detail });
  }
}

async function newlyGone(tx: GuildStores, memberIds: readonly MemberId[]): Promise<readonly MemberId[]> {
  const before = new Set(await tx.members.listLeft());
  return memberIds.filter((id) => !before.has(id));
}

/** Those of them who were away are here again: their grants go on with the time that was left. */
export async function noteReturned(
  deps: LedgerDeps,
  tx: GuildStores,
  memberIds: readonly MemberId[],
): Promise<void> {
  const away = new Set(await tx.members.listLeft());
  const back = memberIds.filter((id) => away.has(id));
  if (back.length === 0) return;
  const grants = await tx.grants.list({ memberIds: back });
  await inLedger(deps, tx, { memberIds: back }, async (ledger) => {
    const { now } = ledger;
    for (const targetId of back) {
      await tx.members.update(targetId, { leftAt: null });
      const again = grants
        .filter(({ memberId }) => memberId === targetId)
        .flatMap((grant) => {
          const changes = restored(grant, now);
          return changes && grant.libraryIds.length > 0 ? [{ grant, changes }] : [];
        });
      const facts = { how: again.length > 0 ? 'again' : 'nothing' };
      await tx.audit.append({ action: 'member.returned', actorId: null, targetId, facts, at: now });
      for (const { grant, changes } of again)
        await ledger.change(grant, changes, { actorId: null, detail: say('audit.note.returned') });
    }
  });
}

/** They were banned: everything ends at once, and does not come back by itself. Resolves to whether that is news. */
export async function noteBanned(deps: LedgerDeps, tx: GuildStores, memberId: MemberId): Promise<boolean> {
  const [member, grants] = await Promise.all([
    tx.members.find(memberId),
    tx.grants.list({ memberId, states: RUNNING }),
  ]);
  const cut = (await tx.grants.list({ memberId })).filter(({ leftAt }) => leftAt !== null);
  if (!member || (member.leftAt !== null && grants.length + cut.length === 0)) return false;
  await inLedger(deps, tx, { memberIds: [memberId] }, async (ledger) => {
    const { now } = ledger;
    await tx.members.update(memberId, { leftAt: member.leftAt ?? now });
    const facts = { how: 'banned' };
    await tx.audit.append({ action: 'member.left', actorId: null, targetId: memberId, facts, at: now });
    await tx.grants.noteRole(
      (await tx.grants.listByRole([memberId])).map(({ id }) => id),
      'lost',
      null,
    );
    for (const grant of grants) {
      // The zone counts for calendar months only, and no duration is added here.
      const decision = decideGrantChange(grant, { kind: 'end', cause: 'removed' }, now, 'UTC');
      if (decision.kind === 'no') continue;
      const entry = { actorId: null, action: 'grant.ending', detail: say('audit.note.banned') } as const;
      await ledger.change(grant, decision.changes, entry);
    }
    await tx.grants.forgetLeft(memberId);
  });
  return true;
}
