/**
 * What is needed to undo changes of grants, kept as a draft: JSON, so moments are text. Of libraries it holds only
 * those that a change has replaced; of the others it knows them again.
 */
import { decideUndo, type GrantDecision, type GrantFields } from '../../domain/grant-change.ts';
import type { ActorId } from '../../domain/ids.ts';
import type { EndCause, Grant, GrantState } from '../../domain/model.ts';
import { programOf } from '../../domain/programs.ts';
import { say } from '../../words/say.ts';
import { keepDraft } from '../guild/drafts.ts';
import type { Deps } from '../ports/deps.ts';
import type { GuildStores } from '../ports/stores.ts';
import { libraryMark } from './library-mark.ts';

/** More grants than these are not undone at once: a draft is no copy of all of them. */
export const UNDO_MOST = 500;

const UNDO_MS = 10 * 60 * 1000;

type Span = Omit<GrantFields, 'libraryIds'>;

export interface UndoStep {
  readonly grantId: string;
  readonly before: Span & Partial<Pick<GrantFields, 'libraryIds'>>;
  /** How the grant was after the change: the change is undone only while the grant is still so. */
  readonly after: Span & { readonly libraries: string };
}

export function undoStep(before: Grant, after: Grant): UndoStep {
  const libraries = libraryMark(after.libraryIds);
  const old = libraryMark(before.libraryIds) === libraries ? {} : { libraryIds: before.libraryIds };
  return {
    grantId: before.id,
    before: { ...spanOf(before), ...old },
    after: { ...spanOf(after), libraries },
  };
}

/** A grant that was made: undone, it ends. */
export function undoMade(made: Grant, now: Date): UndoStep {
  const over = { state: 'ended', endCause: 'revoked', endingAt: now, endedAt: now } as const;
  return undoStep({ ...made, ...over }, made);
}

/**
 * Keeps steps for ten minutes, in place of an older draft of that id; they are undone once, by who made them. A program
 * has no button: it says what it wants instead.
 */
export async function keepUndo(
  deps: Pick<Deps, 'clock' | 'limits'>,
  tx: GuildStores,
  {
    id,
    actorId,
    steps,
  }: { readonly id: string; readonly actorId: ActorId; readonly steps: readonly UndoStep[] },
): Promise<void> {
  if (programOf(actorId)) return;
  await keepDraft(deps, tx, { id, userId: actorId, content: undoContent(steps) }, UNDO_MS);
}

export const undoContent = (steps: readonly UndoStep[]): unknown => ({ steps });

/** What undoing a step does to the grant as it is now. */
export function decideUndoStep(grant: Grant, { before, after }: UndoStep, now: Date): GrantDecision {
  const { libraryIds } = grant;
  if (libraryMark(libraryIds) !== after.libraries)
    return { kind: 'no', message: say('grant.no.changedSince') };
  return decideUndo(grant, { before: { libraryIds, ...before }, after: { libraryIds, ...after } }, now);
}

/** Undefined when it is no draft of that kind. */
export function parseUndo(content: unknown): readonly UndoStep[] | undefined {
  if (!isObject(content) || !Array.isArray(content.steps)) return undefined;
  return content.steps.map((step: unknown) => {
    if (!isObject(step) || typeof step.grantId !== 'string')
      throw new Error('a draft for undoing is damaged');
    const { before, after } = step;
    const old =
      isObject(before) && Array.isArray(before.libraryIds) ? before.libraryIds.map(String) : undefined;
    if (!isObject(after) || typeof after.libraries !== 'string')
      throw new Error('a draft for undoing is damaged');
    return {
      grantId: step.grantId,
      before: { ...parseSpan(before), ...(old && { libraryIds: old }) },
      after: { ...parseSpan(after), libraries: after.libraries },
    };
  });
}

function spanOf(grant: Span): Span {
  const { state, startsAt, expiresAt, pausedAt, remainingSeconds } = grant;
  const { endCause, endingAt, endedAt, overdueAlertedAt } = grant;
  return {
    ...{ state, startsAt, expiresAt, pausedAt, remainingSeconds },
    ...{ endCause, endingAt, endedAt, overdueAlertedAt },
  };
}

const STATES: readonly GrantState[] = ['scheduled', 'active', 'paused', 'ending', 'ended'];
const CAUSES: readonly EndCause[] = ['expired', 'revoked', 'removed'];

function parseSpan(value: unknown): Span {
  const state = isObject(value) && STATES.find((one) => one === value.state);
  if (!isObject(value) || !state) throw new Error('a draft for undoing is damaged');
  const moment = (field: unknown) => (typeof field === 'string' ? new Date(field) : null);
  const startsAt = moment(value.startsAt);
  if (!startsAt) throw new Error('a draft for undoing lacks the start of a grant');
  return {
    state,
    startsAt,
    expiresAt: moment(value.expiresAt),
    pausedAt: moment(value.pausedAt),
    remainingSeconds: typeof value.remainingSeconds === 'number' ? value.remainingSeconds : null,
    endCause: CAUSES.find((cause) => cause === value.endCause) ?? null,
    endingAt: moment(value.endingAt),
    endedAt: moment(value.endedAt),
    overdueAlertedAt: moment(value.overdueAlertedAt),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
