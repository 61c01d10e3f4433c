/** What is right about the Discord role that is a plan, according to who holds it. */

import { HOUR } from '../support/moments.ts';
import type { Wanted } from './follow.ts';
import type { MemberName, Model, ModelGrant } from './model.ts';
import type { Reality } from './reality.ts';

export const ROLE = '777000000000000001';
/** A role that so many lose within an hour was maybe taken by mistake: an admin is asked (rule 5). */
const MANY = 4;

/** The plan that it is, and for how long it gives it after it was lost. */
interface RolePlan {
  readonly planId: string;
  readonly graceMs: number;
}

export class Role {
  plan: RolePlan | undefined;
  /** An admin may have been asked about those who lost it, and has not decided. */
  isAsked = false;
  /** Grants that an admin has left to those who lost it. */
  readonly kept = new Set<string>();
  /** When Usher has noticed that somebody lost it. */
  readonly #lostAt = new Map<MemberName, Date>();

  /**
   * What follows when Discord has shown some members. Who holds the role has the plan for as long as that; who does not
   * has it for the grace, unless they are many.
   */
  follows(reality: Reality, shown: readonly MemberName[]): Wanted {
    const { model, places } = reality;
    const now = places.clock.now();
    this.isAsked ||= this.#mayBeMany(reality);
    return (before, after) => {
      const { plan } = this;
      if (after.source !== 'role' || !plan) return false;
      const holds = holdsRole(reality, after.member);
      const isForGood = after.expiresAt === null;
      if (!before) return holds && isForGood && isOfPlan(model, after, plan);
      if (before.state !== after.state || before.libraries.join() !== after.libraries.join()) return false;
      if (isForGood) return holds || this.isAsked;
      if (holds || after.expiresAt?.getTime() !== now.getTime() + plan.graceMs) return false;
      this.#lostAt.set(after.member, now);
      return !this.#areMany(reality, shown, now);
    };
  }

  /** Somebody was shown with it. */
  isHeldBy(member: MemberName, model: Model): void {
    this.#lostAt.delete(member);
    for (const { id } of model.grantsOf(member)) this.kept.delete(id);
  }

  /** Whether so many have lost it that nobody may lose what it gives. */
  #areMany(reality: Reality, shown: readonly MemberName[], now: Date): boolean {
    const { model } = reality;
    const lately = [...this.#lostAt].filter(([, at]) => now.getTime() - at.getTime() < HOUR);
    const losing = shown.filter(
      (member) =>
        !holdsRole(reality, member) && model.grantsOf(member).some((grant) => this.#isHeld(grant, model)),
    );
    return new Set([...losing, ...lately.map(([member]) => member)]).size >= MANY;
  }

  #isHeld({ id, source, state, expiresAt }: ModelGrant, { decided }: Model): boolean {
    return (
      source === 'role' && state === 'active' && expiresAt === null && !decided.has(id) && !this.kept.has(id)
    );
  }

  /** The same, as far as Usher may know: what staff have ended counts as well. */
  #mayBeMany(reality: Reality): boolean {
    const grants = [...reality.model.grants.values()].filter(({ source }) => source === 'role');
    const without = grants.filter(({ member }) => !holdsRole(reality, member)).map(({ member }) => member);
    return new Set(without).size >= MANY;
  }

  /** What is wrong when Usher knows who holds it and nobody has to decide anything. */
  complaints(reality: Reality): readonly string[] {
    const { model } = reality;
    const byRole = [...model.grants.values()].filter(
      ({ source, id }) => source === 'role' && !model.decided.has(id),
    );
    const open = byRole.filter(({ state, expiresAt }) => state === 'active' && expiresAt === null);
    const wrong = open
      .filter(({ id, member }) => !holdsRole(reality, member) && !this.kept.has(id))
      .map(({ number, member }) => `${member} has lost the role, and #${number} goes on for good`);
    const has = new Set(open.map(({ member }) => member));
    const last = (member: MemberName) =>
      model
        .grantsOf(member)
        .findLast(({ source, planId }) => source === 'role' && planId === this.plan?.planId);
    const lacking = reality.holders().filter((member) => {
      const grant = last(member);
      // What staff have decided about it stays so for as long as the role is held.
      return this.plan !== undefined && !has.has(member) && !(grant && model.decided.has(grant.id));
    });
    return [...wrong, ...lacking.map((member) => `${member} holds the role, and has no plan by it`)];
  }
}

const holdsRole = (reality: Reality, member: MemberName): boolean => reality.holders().includes(member);

const isOfPlan = (model: Model, { planId, libraries, state }: ModelGrant, plan: RolePlan): boolean =>
  planId === plan.planId && state === 'active' && libraries.join() === model.plans.get(plan.planId)?.join();
