/** What is needed to undo changes of grants, kept as a draft: JSON, so moments are text. */
import type { GrantFields } from '../../domain/grant-change.ts';
import type { EndCause, GrantState } from '../../domain/model.ts';

export interface UndoStep {
  readonly grantId: string;
  readonly before: GrantFields;
  /** How the grant was after the change: the change is undone only while the grant is still so. */
  readonly after: GrantFields;
}

export function undoContent(steps: readonly UndoStep[]): unknown {
  return {
    undo: steps.map(({ grantId, before, after }) => ({
      grantId,
      before: fieldsOf(before),
      after: fieldsOf(after),
    })),
  };
}

/** Undefined when it is no draft of that kind. */
export function parseUndo(content: unknown): readonly UndoStep[] | undefined {
  if (!isObject(content) || !Array.isArray(content.undo)) return undefined;
  return content.undo.map((step: unknown) => {
    if (!isObject(step) || typeof step.grantId !== 'string')
      throw new Error('a draft for undoing is damaged');
    return { grantId: step.grantId, before: parseFields(step.before), after: parseFields(step.after) };
  });
}

function fieldsOf(grant: GrantFields): GrantFields {
  const { state, startsAt, expiresAt, pausedAt, remainingSeconds } = grant;
  const { endCause, endingAt, endedAt, overdueAlertedAt, libraryIds } = grant;
  const span = { state, startsAt, expiresAt, pausedAt, remainingSeconds };
  return { ...span, endCause, endingAt, endedAt, overdueAlertedAt, libraryIds };
}

const STATES: readonly GrantState[] = ['scheduled', 'active', 'paused', 'ending', 'ended'];
const CAUSES: readonly EndCause[] = ['expired', 'revoked', 'removed'];

function parseFields(value: unknown): GrantFields {
  const state = isObject(value) && STATES.find((one) => one === value.state);
  if (!isObject(value) || !state || !Array.isArray(value.libraryIds))
    throw new Error('a draft for undoing is damaged');
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
    libraryIds: value.libraryIds.map(String),
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
