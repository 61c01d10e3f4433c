import type { AccountToken, Known, Trouble, WriteOutcome } from '../../src/app/ports/media-server.ts';
import type { PagePin, PageSignIn, VendorAccount } from '../../src/app/ports/sign-in.ts';
import type { FakeMediaServer } from '../support/fake-media-server.ts';
import { later, MINUTE } from '../support/moments.ts';

export const PIN = 'pin-7f3a9c-secret';
export const TOKEN = 'plex-token-4b1d8e-secret';
const LINK = 'https://plex.test/link';
export const CLIENT = 'client-of-this-sign-in';

type Step = 'start' | 'poll' | 'account' | 'acceptInvitations' | 'forget';

/**
 * plex.tv, where each PIN is approved by one account at most. Like the real one, it hands the token of each out only
 * once.
 */
export class FakePlexSignIn implements PageSignIn {
  readonly by = 'page';
  readonly expiresAt = later(15 * MINUTE);
  /** The account that approves every PIN; null when nobody does. */
  approvedBy: VendorAccount | null = null;
  /** For whom each PIN was asked for. */
  readonly pins: (string | undefined)[] = [];
  /** The number of the poll that finds it approved. */
  approvedAtPoll = 1;
  readonly forgotten: string[] = [];
  /** Machine identifiers of servers whose invitations were accepted. */
  readonly accepted: string[] = [];
  polls = 0;
  readonly #handedOut = new Set<string>();
  /** Whose token each is. */
  readonly #holders = new Map<string, VendorAccount>();
  readonly #servers: Iterable<FakeMediaServer>;
  readonly #failures = new Map<Step, { readonly why: Trouble; times: number }>();
  #crashAt: { readonly step: Step; readonly when: 'before' | 'after' } | undefined;

  constructor(servers: Iterable<FakeMediaServer>) {
    this.#servers = servers;
  }

  /** Somebody approves one PIN. */
  approve(link: string, account: VendorAccount): void {
    const pin = link.replace(LINK, PIN);
    if (this.#holders.has(pin)) throw new Error('a PIN is approved once');
    this.#holders.set(pin, account);
  }

  /** Makes the next `times` calls of a step fail. */
  fail(step: Step, why: Trouble, times = 1): void {
    this.#failures.set(step, { why, times });
  }

  /** Kills the process once at a step: before plex.tv gets the request, or after plex.tv has done it. */
  crash(step: Step, when: 'before' | 'after'): void {
    this.#crashAt = { step, when };
  }

  async start(forWhom?: string): ReturnType<PageSignIn['start']> {
    return this.#step('start', (why) => {
      if (why) return why;
      const number = this.pins.push(forWhom) - 1;
      const nth = number === 0 ? '' : `-${number}`;
      this.polls = 0;
      const expiresAt = this.expiresAt;
      return known({ pin: PIN + nth, clientIdentifier: CLIENT, link: LINK + nth, expiresAt });
    });
  }

  async poll({ pin, clientIdentifier }: PagePin): ReturnType<PageSignIn['poll']> {
    this.polls += 1;
    return this.#step('poll', (why) => {
      if (why) return why;
      if (!pin.startsWith(PIN) || clientIdentifier !== CLIENT) return { kind: 'expired' };
      if (this.polls >= this.approvedAtPoll && this.approvedBy && !this.#holders.has(pin))
        this.#holders.set(pin, this.approvedBy);
      if (!this.#holders.has(pin) || this.#handedOut.has(pin)) return { kind: 'waiting' };
      this.#handedOut.add(pin);
      return { kind: 'approved', token: pin.replace(PIN, TOKEN) };
    });
  }

  async account(as: AccountToken): Promise<Known<VendorAccount>> {
    return this.#step('account', (why) => why ?? known(this.#holderOf(as)));
  }

  async acceptInvitations(as: AccountToken, machineIdentifiers: readonly string[]): Promise<WriteOutcome> {
    return this.#step('acceptInvitations', (why) => {
      if (why) return { kind: 'failed', why: why.why };
      const { externalId } = this.#holderOf(as);
      this.accepted.push(...machineIdentifiers);
      for (const server of this.#servers) {
        const person = server.people.get(externalId);
        if (person && machineIdentifiers.includes(server.identity)) person.pending = false;
      }
      return { kind: 'done' };
    });
  }

  #holderOf({ token, clientIdentifier }: AccountToken): VendorAccount {
    const holder = this.#holders.get(token.replace(TOKEN, PIN));
    if (!holder || clientIdentifier !== CLIENT) throw new Error('the test has no such token');
    return holder;
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
