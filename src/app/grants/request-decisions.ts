/** What staff say to what members ask for: the first one decides, and what it gives is looked at again then. */
import { addDuration, type DurationText } from '../../domain/duration.ts';
import { decideGrantChange } from '../../domain/grant-change.ts';
import type { ActorId, GuildId } from '../../domain/ids.ts';
import type { Grant, MemberRequest } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { grantFacts } from '../ledger/audit-facts.ts';
import { inLedger, type Ledger } from '../ledger/ledger.ts';
import { noteNews } from '../ledger/notices.ts';
import { closeRequest } from '../ledger/requests.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { standingOf } from '../queries/grant-status.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import type { ChangedGrants } from './change.ts';
import type { GivenGrant } from './give.ts';
import { placesThere } from './notice-places.ts';
import { keepUndo, undoMade, undoStep } from './undo.ts';

interface Decision {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly requestId: string;
}

export type NotDecided =
  /** Somebody was faster, or nobody has to decide any more. */
  { readonly kind: 'decided'; readonly request: MemberRequest } | { readonly kind: 'gone' };

export type Approval =
  | { readonly kind: 'extended'; readonly result: ChangedGrants }
  | { readonly kind: 'given'; readonly given: GivenGrant }
  /** It cannot be given, and goes on waiting. */
  | { readonly kind: 'no'; readonly message: Sentence }
  | NotDecided;

/** What was asked for, and what approving it does: to a grant that there is, or a new one. */
type Gift = { readonly before: Grant; readonly apply: (ledger: Ledger) => Promise<Grant> } | NewGift;
interface NewGift {
  readonly before?: never;
  readonly apply: (ledger: Ledger) => Promise<Grant>;
}
type No = Extract<Approval, { kind: 'no' }>;

export function makeRequestDecisions(deps: Deps, applyNow: ApplyNow) {
  return {
    async find(guildId: GuildId, requestId: string): Promise<MemberRequest | undefined> {
      return await deps.stores.of(guildId).requests.find(requestId);
    },

    /**
     * Gives what was asked for, for `by` longer; null is for good. A grant that is over goes on as when it is extended.
     * @throws {GuildFull} when the guild has as many open grants as it may have: then it goes on waiting.
     */
    async approve({
      guildId,
      actorId,
      requestId,
      by,
    }: Decision & { readonly by: DurationText | null }): Promise<Approval> {
      const undoId = deps.codes.newId();
      const made = await deps.stores.transaction(guildId, async (tx) => {
        const request = await tx.requests.find(requestId);
        if (request?.state !== 'waiting') return notWaiting(request);
        const now = deps.clock.now();
        const gift = await giftOf(tx, request, { by, actorId }, now);
        if ('kind' in gift) return gift;
        const { before, apply } = gift;
        const { memberId } = request;
        const grant = await inLedger(deps, tx, { memberIds: [memberId] }, async (ledger) => {
          // First of all: what is extended by it needs no decision any more.
          await tx.requests.decide(requestId, { state: 'approved', decidedById: actorId, decidedAt: now });
          const facts = { ...(await factsOf(tx, request)), ...(before && { grant: before.number }) };
          await tx.audit.append({ action: 'request.approved', actorId, targetId: memberId, facts, at: now });
          return await apply(ledger);
        });
        const steps = [before ? undoStep(before, grant) : undoMade(grant, now)];
        await keepUndo(deps, tx, { id: undoId, actorId, steps });
        await noteNews(deps, tx, [{ memberId, part: { event: 'approved' } }], now);
        const end = { kind: 'approved', until: grant.expiresAt } as const;
        await closeRequest(deps, tx, { request, end }, now);
        return { kind: 'made', grant, before } as const;
      });
      if (made.kind !== 'made') return made;
      const { grant, before } = made;
      await applyNow(guildId, [grant.memberId]);
      const standing = await standingOf(deps, deps.stores.of(guildId), grant.id);
      if (!before) return { kind: 'given', given: { ...standing, undoId } };
      return { kind: 'extended', result: { changed: [{ before, standing }], unchanged: [], undoId } };
    },

    /** Says no, with a word or without. */
    async decline({
      guildId,
      actorId,
      requestId,
      word,
    }: Decision & { readonly word: string | null }): Promise<
      { readonly kind: 'declined'; readonly request: MemberRequest } | NotDecided
    > {
      return await deps.stores.transaction(guildId, async (tx) => {
        const request = await tx.requests.find(requestId);
        if (request?.state !== 'waiting') return notWaiting(request);
        const now = deps.clock.now();
        const { memberId } = request;
        await tx.requests.decide(requestId, {
          state: 'declined',
          decidedById: actorId,
          decidedAt: now,
          word,
        });
        const facts = { ...(await factsOf(tx, request)), ...(word !== null && { reason: word }) };
        await tx.audit.append({ action: 'request.declined', actorId, targetId: memberId, facts, at: now });
        const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
        const places = placesThere(
          libraries.filter(({ id }) => request.libraryIds.includes(id)),
          servers,
        );
        await noteNews(deps, tx, [{ memberId, part: { event: 'declined', places, word } }], now);
        await closeRequest(deps, tx, { request, end: { kind: 'declined' } }, now);
        return { kind: 'declined', request };
      });
    },
  };

  async function giftOf(
    tx: GuildStores,
    request: MemberRequest,
    { by, actorId }: { readonly by: DurationText | null; readonly actorId: ActorId },
    now: Date,
  ): Promise<Gift | No> {
    // What counts from now is not counted from a moment that is wrong (rule 5).
    if (by !== null && deps.clockHold.isHeld()) return no(say('grant.no.clock'));
    const { zone } = await tx.settings.get();
    return request.grantId === null
      ? await newGift(tx, request, { expiresAt: by && addDuration(now, by, zone), actorId })
      : await longer(tx, request.grantId, { by, actorId, zone }, now);
  }

  async function longer(
    tx: GuildStores,
    grantId: string,
    {
      by,
      actorId,
      zone,
    }: { readonly by: DurationText | null; readonly actorId: ActorId; readonly zone: string },
    now: Date,
  ): Promise<Gift | No> {
    const before = await tx.grants.find(grantId);
    if (!before) return no(say('request.no.gone'));
    if (by === null) return no(say('grant.extend.never'));
    const decision = decideGrantChange(before, { kind: 'extend', by }, now, zone);
    if (decision.kind === 'no') return decision;
    const { changes } = decision;
    const apply = (ledger: Ledger) =>
      ledger.change(before, changes, { action: 'grant.extended', actorId, detail: say('audit.note.asked') });
    return { before, apply };
  }
}

async function newGift(
  tx: GuildStores,
  { memberId, planId, ...request }: MemberRequest,
  { expiresAt, actorId }: { readonly expiresAt: Date | null; readonly actorId: ActorId },
): Promise<Gift | No> {
  const plan = planId === null ? undefined : await tx.plans.find(planId);
  if (planId !== null && !plan) return no(say('request.no.planGone'));
  const wanted = plan?.libraryIds ?? request.libraryIds;
  const there = (await tx.libraries.list()).filter(
    ({ id, goneAt }) => goneAt === null && wanted.includes(id),
  );
  if (there.length === 0) return no(say('request.no.librariesGone'));
  const libraryIds = there.map(({ id }) => id);
  const grant = { memberId, planId, expiresAt, source: 'command', createdById: actorId, libraryIds } as const;
  return { apply: (ledger) => ledger.create(grant, { actorId, detail: say('audit.note.asked') }) };
}

const no = (message: Sentence): No => ({ kind: 'no', message });

const notWaiting = (request: MemberRequest | undefined): NotDecided =>
  request ? { kind: 'decided', request } : { kind: 'gone' };

async function factsOf(tx: GuildStores, { libraryIds, grantId }: MemberRequest) {
  const [libraries, servers] = await Promise.all([tx.libraries.list(), tx.servers.list()]);
  return { ...grantFacts(libraryIds, libraries, servers), ...(grantId === null && { how: 'new' }) };
}
