/** What stays of an event of the record when somebody is forgotten: what happened, and not to whom. Pure. */

import type { ActorId, MemberId } from './ids.ts';
import type { AuditDetail, AuditEvent, AuditFacts } from './model.ts';

/** A person, and the names by which they may be found in the record. */
export interface Forgotten {
  readonly userId: MemberId;
  readonly pseudonym: string;
  /** Of their accounts. */
  readonly names: readonly string[];
}

/** The event without them; undefined when it says nothing of them. */
export function withoutPerson(
  event: Pick<AuditEvent, 'actorId' | 'targetId' | 'facts'>,
  forgotten: Forgotten,
): Pick<AuditEvent, 'actorId' | 'targetId' | 'facts'> | undefined {
  const { userId, pseudonym } = forgotten;
  const isTarget = event.targetId === userId;
  const isActor: boolean = event.actorId === (userId as string);
  const facts = isTarget ? withoutWords(event.facts) : withoutTraces(event.facts, forgotten);
  if (!isTarget && !isActor && facts === event.facts) return undefined;
  return {
    facts,
    actorId: isActor ? (pseudonym as ActorId) : event.actorId,
    targetId: isTarget ? (pseudonym as MemberId) : event.targetId,
  };
}

/** Of an event about them: all that was typed, or names an account, goes. That an end was proven, and how, stays. */
function withoutWords({ account: _account, reason: _reason, detail, ...facts }: AuditFacts): AuditFacts {
  const proofs = [detail ?? []].flat().filter(isProof);
  return proofs.length > 0 ? { ...facts, detail: proofs } : facts;
}

const isProof = (detail: AuditDetail): boolean =>
  typeof detail !== 'string' && detail.key.startsWith('audit.proof.');

/** Of another event: what names them goes. */
function withoutTraces(facts: AuditFacts, { userId, names }: Forgotten): AuditFacts {
  const texts = names.map((name) => JSON.stringify(name));
  const isTrace = (value: unknown): boolean => {
    const text = JSON.stringify(value);
    return text.includes(userId) || texts.some((name) => text.includes(name));
  };
  const kept = Object.entries(facts).filter(([, value]) => !isTrace(value));
  return kept.length === Object.keys(facts).length ? facts : Object.fromEntries(kept);
}
