/** Members are forgotten, by themselves or by staff, and connect their accounts again after that. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { asActor } from '../../src/domain/ids.ts';
import { GUILD, STAFF } from '../support/people.ts';
import type { Acts } from './acts.ts';
import { MEMBERS, type MemberName } from './model.ts';
import { idOf, type Reality } from './reality.ts';

interface ForgetAct {
  readonly kind: 'is forgotten';
  readonly member: MemberName;
  readonly byStaff: boolean;
}

export const forgetActs: Acts<ForgetAct> = {
  acts: fc.record({
    kind: fc.constant('is forgotten' as const),
    member: fc.constantFrom(...MEMBERS),
    byStaff: fc.boolean(),
  }),
  async perform({ member, byStaff }, reality) {
    const { model } = reality;
    const id = idOf(member);
    // From now on nothing is theirs to keep, and what is given meanwhile ends as well.
    model.forgetting.add(member);
    const actorId = byStaff ? STAFF : asActor(id);
    const result = await reality.live((app) => app.forgetting.begin(GUILD, id, actorId));
    if (result === 'killed') return;
    const isDone = result.kind === 'forgotten';
    expect(model.unlinked.has(member), `${member} is said to be ${result.kind}`).toBe(isDone);
  },
};

/** Those who wait to be forgotten, as it was written down: who asked for it may have been killed before that. */
export async function followForgetting({ model, stores }: Reality): Promise<void> {
  const waiting = new Set((await stores.forgettings.list()).map(({ userId }) => userId));
  for (const member of model.forgetting)
    if (!waiting.has(idOf(member)) && !model.unlinked.has(member)) model.forgetting.delete(member);
}

/** Who was forgotten connects their accounts again, if that can be proven now. */
export async function connectAgain(reality: Reality): Promise<void> {
  const { model } = reality;
  for (const member of model.unlinked) {
    if (!(await reality.link(member))) continue;
    model.unlinked.delete(member);
    model.forgetting.delete(member);
  }
}
