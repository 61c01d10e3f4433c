import type { AccountToken, Known, Trouble, WriteOutcome } from '../../src/app/ports/media-server.ts';
import type { PagePin, PageSignIn, VendorAccount } from '../../src/app/ports/sign-in.ts';
import type { FakeMediaServer } from '../support/fake-media-server.ts';
import { later, MINUTE } from '../support/moments.ts';

export const PIN = 'pin-7f3a9c-secret';
export const TOKEN = 'plex-token-4b1d8e-secret';
export const CLIENT = 'client-of-this-sign-in';

type Step = 'start' | 'poll' | 'account' | 'acceptInvitations' | 'forget';

/** plex.tv with one PIN that one account approves. Like the real one, it hands the token out only once. */
export class FakePlexSignIn implements PageSignIn {
  readonly by = 'page';
  readonly expiresAt = later(15 * MINUTE);
  /** The account that approves the PIN; null when nobody does. */
  approvedBy: VendorAccount | null = null;
  /** The number of the poll that finds it approved. */
  approvedAtPoll = 1;
  readonly forgotten: string[] = [];
  /** Machine identifiers of servers whose invitations were accepted. */
  readonly accepted: string[] = [];
  polls = 0;
  #handedOut = false;
  readonly #servers: Iterable<FakeMediaServer>;
  readonly #failures = new Map<Step, { readonly why: Trouble; times: number }>();
  #crashAt: { readonly step: Step; readonly when: 'before' | 'after' } | undefined;

  constructor(servers: Iterable<FakeMediaServer>) {
    this.#servers = servers;
  }

  /** Somebody signs in once more, and gets another token. */
  renew(): void {
    this.#handedOut = false;
    this.polls = 0;
  }

  /** Makes the next `times` calls of a step fail. */
  fail(step: Step, why: Trouble, times = 1): void {
    this.#failures.set(step, { why, times });
  }

  /** Kills the process once at a step: before plex.tv gets the request, or after plex.tv has done it. */
  crash(step: Step, when: 'before' | 'after'): void {
    this.#crashAt = { step, when };
  }

  async start(): ReturnType<PageSignIn['start']> {
    return this.#step(
      'start',
      (why) =>
        why ??
        known({
          pin: PIN,
          clientIdentifier: CLIENT,
          link: 'https://plex.test/link',
          expiresAt: this.expiresAt,
        }),
    );
  }

  async poll({ pin, clientIdentifier }: PagePin): ReturnType<PageSignIn['poll']> {
    this.polls += 1;
    return this.#step('poll', (why) => {
      if (why) return why;
      if (pin !== PIN || clientIdentifier !== CLIENT) return { kind: 'expired' };
      const approved = this.approvedBy !== null && this.polls >= this.approvedAtPoll;
      if (!approved || this.#handedOut) return { kind: 'waiting' };
      this.#handedOut = true;
      return { kind: 'approved', token: TOKEN };
    });
  }

  async account({ token, clientIdentifier }: AccountToken): Promise<Known<VendorAccount>> {
    return this.#step('account', (why) => {
      if (why) return why;
      if (token !== TOKEN || clientIdentifier !== CLIENT || !this.approvedBy)
        throw new Error('the test has no such token');
      return known(this.approvedBy);
    });
  }

  async acceptInvitations(
    { token, clientIdentifier }: AccountToken,
    machineIdentifiers: readonly string[],
  ): Promise<WriteOutcome> {
    return this.#step('acceptInvitations', (why) => {
      if (why) return { kind: 'failed', why: why.why };
      if (token !== TOKEN || clientIdentifier !== CLIENT || !this.approvedBy)
        throw new Error('the test has no such token');
      this.accepted.push(...machineIdentifiers);
      for (const server of this.#servers) {
        const person = server.people.get(this.approvedBy.externalId);
        if (person && machineIdentifiers.includes(server.identity)) person.pending = false;
      }
      return { kind: 'done' };
    });
  }

  async forget({ token }: AccountToken): Promise<void> {
    this.#step('forget', () => this.forgotten.push(token));
  }

  #step<T>(step: Step, act: (why: Extract<Known<never>, { kind: 'unknown' }> | undefined) => T): T {
    const crashes = this.#crashAt?.step === step ? this.#crashAt.when : undefined;
    if (crashes) this.#crashAt = undefined;
    if (crashes === 'before') throw new Error('killed');
    const failure = this.#failures.get(step);
    if (failure) failure.times -= 1;
    const fails = failure !== undefined && failure.times >= 0;
    const answer = act(fails ? { kind: 'unknown', why: failure.why } : undefined);
    if (crashes === 'after') throw new Error('killed');
    return answer;
  }
}

const known = <T>(value: T): Known<T> => ({ kind: 'known', value });
