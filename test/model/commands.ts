/** The commands of a story, and what may happen in the middle of one. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { DAY, HOUR, MINUTE, SECOND } from '../support/moments.ts';
import type { Acts } from './acts.ts';
import { PURPOSES, REFUSED } from './channels.ts';
import { connectAgain, followForgetting, forgetActs } from './forget-acts.ts';
import type { GrantAct } from './grant-acts.ts';
import * as grantActs from './grant-acts.ts';
import { misbehaviour } from './misbehaviour.ts';
import { ALL_LIBRARIES, LIBRARIES, MEMBERS, type Model, PLACES } from './model.ts';
import type { ForeignEdit } from './places.ts';
import { presenceActs } from './presence-acts.ts';
import type { Reality } from './reality.ts';
import { renameActs } from './rename-acts.ts';
import { requestActs } from './request-acts.ts';
import { roleActs } from './role-acts.ts';
import type { ServerAct } from './server-acts.ts';
import * as serverActs from './server-acts.ts';

/** What happens at the `at`-th request or commit of a command. */
type Middle =
  | {
      readonly kind: 'killed';
      readonly step: 'request' | 'commit';
      readonly at: number;
      readonly when: 'before' | 'after';
    }
  | { readonly kind: 'foreign'; readonly at: number; readonly act: Extract<ServerAct, { kind: 'foreign' }> }
  | { readonly kind: 'staff'; readonly at: number; readonly act: GrantAct }
  | { readonly kind: 'accepted'; readonly at: number };

/** An act, and how it is done. */
interface Deed {
  readonly act: object;
  isPossible(model: Readonly<Model>): boolean;
  perform(reality: Reality): Promise<void>;
}

class Command implements fc.AsyncCommand<Model, Reality> {
  readonly #deed: Deed;
  readonly #middle: Middle | null;

  constructor(deed: Deed, middle: Middle | null) {
    this.#deed = deed;
    this.#middle = middle;
  }

  check(model: Readonly<Model>): boolean {
    return this.#deed.isPossible(model);
  }

  async run(_model: Model, reality: Reality): Promise<void> {
    const { watch } = reality;
    const meanwhile = this.#plan(reality);
    await this.#deed.perform(reality);
    reality.interrupt(undefined);
    await meanwhile.done();
    watch.midway = false;
    watch.accepting.clear();
    watch.compare('after a command');
    await followForgetting(reality);
    await connectAgain(reality);
    await reality.settleMistakes();
    expect(watch.violations).toEqual([]);
  }

  toString(): string {
    return JSON.stringify({ ...this.#deed.act, ...(this.#middle && { meanwhile: this.#middle }) });
  }

  /** Plans what happens in the middle of the command. `done` resolves when that is over. */
  #plan(reality: Reality): { done(): Promise<void> } {
    const middle = this.#middle;
    let doing: Promise<void> | undefined;
    if (middle?.kind === 'killed') reality.interrupt({ ...middle, happen: async () => reality.kill() });
    if (middle?.kind === 'foreign') {
      const { place, member, edit } = middle.act;
      const happen = async () => {
        for (const each of member === null ? MEMBERS : [member]) reality.edit(place, each, edit, true);
      };
      reality.interrupt({ step: 'request', at: middle.at, when: 'after', happen });
    }
    if (middle?.kind === 'accepted') {
      const happen = async () => {
        const { places, watch } = reality;
        watch.foreign(() => {
          for (const member of places.acceptInvitations()) watch.accepting.add(member);
        });
      };
      reality.interrupt({ step: 'request', at: middle.at, when: 'after', happen });
    }
    if (middle?.kind === 'staff') {
      const happen = async () => {
        if (!grantActs.isPossible(middle.act, reality.model)) return;
        const member = grantActs.memberOf(middle.act, reality.model);
        reality.model.racing.add(member);
        reality.watch.midway = true;
        const written = Promise.race([reality.nextCommit(), reality.nextAnswer()]);
        doing = grantActs.perform(middle.act, reality).finally(() => reality.model.racing.delete(member));
        // The access that staff wait for comes after this pass, but what they decided is written down before it
        // goes on.
        await Promise.race([written, doing]);
      };
      reality.interrupt({ step: 'request', at: middle.at, when: 'after', happen });
    }
    return { done: async () => await doing };
  }
}

const libraries = fc.subarray([...ALL_LIBRARIES], { minLength: 1, maxLength: 3 });
const member = fc.constantFrom(...MEMBERS);
const place = fc.constantFrom(...PLACES);
const which = fc.nat(11);
const length = fc.constantFrom(MINUTE, HOUR, DAY, 3 * DAY);

const grantAct: fc.Arbitrary<GrantAct> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('give' as const),
      member,
      libraries,
      inMs: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: length }),
      forMs: fc.option(length),
      byPlan: fc.nat(3).map((number) => number === 0),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constantFrom('revoke' as const, 'pause', 'resume'), which }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('extend' as const), which, by: fc.constantFrom('1h', '1d') }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('set end' as const), which, inMs: fc.option(length) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('set libraries' as const), which, libraries }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), which }) },
);

const foreign: fc.Arbitrary<Extract<ServerAct, { kind: 'foreign' }>> = place.chain((there) => {
  const library = fc.constantFrom(...LIBRARIES[there]);
  const list = fc.record({ kind: fc.constantFrom('give' as const, 'take'), library });
  const whole = fc.record({
    kind: fc.constantFrom(
      'give all' as const,
      'end',
      ...(there === 'tower' ? (['leave'] as const) : (['disable', 'lock', 'enable'] as const)),
    ),
  });
  return fc.record({
    kind: fc.constant('foreign' as const),
    place: fc.constant(there),
    member: fc.option(member, { freq: 4 }),
    edit: fc.oneof<fc.Arbitrary<ForeignEdit>[]>(list, list, whole),
  });
});

const serverAct: fc.Arbitrary<ServerAct> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('time passes' as const),
      ms: fc.constantFrom(SECOND, 10 * SECOND, MINUTE, HOUR, DAY, 3 * DAY),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('a day passes' as const) }) },
  { weight: 4, arbitrary: foreign },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const) }) },
  { weight: 9, arbitrary: misbehaviour([2, 65]) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('writes are undone' as const),
      times: fc.integer({ min: 1, max: 3 }),
      shownOnce: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('given elsewhere' as const),
      member,
      libraries,
      forMs: fc.option(length),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('revoked elsewhere' as const), which }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('down' as const, 'up'), place }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('clock is set' as const),
      aheadMs: fc.constantFrom(-HOUR, 0, HOUR),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('policy' as const),
      place,
      policy: fc.constantFrom('report' as const, 'enforce', 'adopt'),
    }),
  },
  {
    weight: 1,
    arbitrary: place.chain((there) =>
      fc.record({
        kind: fc.constant('default library' as const),
        place: fc.constant(there),
        library: fc.option(fc.constantFrom<string[]>(...LIBRARIES[there])),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('expiry action' as const),
      place,
      action: fc.constantFrom('withdraw' as const, 'disable', 'delete'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('plex.tv is slow' as const),
      seconds: fc.constantFrom(0, 2, 30),
      marks: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constantFrom('library goes' as const, 'library comes back'),
      library: fc.constantFrom(...LIBRARIES.den),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('edit plan' as const), libraries, propagate: fc.boolean() }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('held run' as const),
      decision: fc.constantFrom('release' as const, 'dismiss'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('restart' as const, 'accept invitations') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('channel' as const),
      purpose: fc.constantFrom(...PURPOSES),
      refused: fc.option(fc.constantFrom(...REFUSED), { freq: 2 }),
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('messages are sent' as const) }) },
);

const at = fc.nat(7);
const middle: fc.Arbitrary<Middle> = fc.oneof(
  fc.record({
    kind: fc.constant('killed' as const),
    step: fc.constantFrom('request' as const, 'commit'),
    at,
    when: fc.constantFrom('before' as const, 'after'),
  }),
  fc.record({ kind: fc.constant('foreign' as const), at, act: foreign }),
  fc.record({ kind: fc.constant('staff' as const), at, act: grantAct }),
  fc.record({ kind: fc.constant('accepted' as const), at }),
);

const deeds = <Act extends object>({ acts, isPossible, perform }: Acts<Act>): fc.Arbitrary<Deed> =>
  acts.map((act) => ({
    act,
    isPossible: (model) => isPossible?.(act, model) ?? true,
    perform: (reality) => perform(act, reality),
  }));

/** How often each kind of act is told. */
const DEEDS: readonly (readonly [weight: number, fc.Arbitrary<Deed>])[] = [
  [13, deeds({ ...grantActs, acts: grantAct })],
  [12, deeds({ ...serverActs, acts: serverAct })],
  [1, deeds(presenceActs)],
  [4, deeds(roleActs)],
  [2, deeds(requestActs(libraries))],
  [1, deeds(forgetActs)],
  [1, deeds(renameActs)],
];

/** Stories of at most `maxCommands` commands. `replayPath` is what a failed run has printed. */
export function stories(maxCommands: number, replayPath?: string) {
  const meanwhile = fc.option(middle, { freq: 2 });
  const deed = fc.oneof(...DEEDS.map(([weight, arbitrary]) => ({ weight, arbitrary })));
  return fc.commands([fc.tuple(deed, meanwhile).map((parts) => new Command(...parts))], {
    maxCommands,
    size: 'max',
    ...(replayPath !== undefined && { replayPath }),
  });
}
