/**
 * One sign-in of a member from its beginning to its end. It waits until somebody approves it; then the member is asked
 * whether that was they, because whoever has the link or the code can use it; and only when they have said so is
 * anything linked.
 */

import { inSteps } from '../../concurrency/back-off.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { SignIn } from '../../domain/model.ts';
import { isText, shape } from '../../domain/shape.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { tellMember } from '../ledger/tell-member.ts';
import type { Deps } from '../ports/deps.ts';
import type { AccountToken } from '../ports/media-server.ts';
import type { SealedPlace } from '../ports/secrets.ts';
import type { GuildStores } from '../ports/stores.ts';
import { awaitApproval } from './await-approval.ts';
import { lastWord, questionText } from './last-word.ts';
import type { SignInEnd, SignInSteps, Try, Way, WhoSignedIn } from './sign-in-end.ts';

/** How long the question stays open whether it was the member. */
const CONFIRM_MS = 10 * 60_000;
/** For how long what follows is tried. */
export const LINK_MS = 15 * 60_000;
/** Pauses before something that failed after the sign-in is tried again. */
const pauseAfter = inSteps(5_000, 5_000, 10_000, 20_000, 30_000);

/** Somebody has approved it: was that the member? */
export interface Question {
  readonly kind: 'question';
  readonly signInId: string;
  readonly account: string;
  readonly expiresAt: Date;
}

/** What is polled with, and what was shown to the member, as it is kept. */
interface Polled {
  readonly secret: string;
  /** The link or the code; empty for a sign-in of an older version. */
  readonly shown: string;
}

/** Of one that was approved, or whose row does not open any more: neither is of use. */
export const NOT_POLLED: Polled = { secret: '', shown: '' };

const POLLED_COLUMN = 'SignIn.pin';
const isPolled = shape({ secret: isText, shown: isText });

/** `row`: the id of the sign-in. */
export function sealPolled(
  { secrets }: Deps,
  { guildId, row }: Omit<SealedPlace, 'column'>,
  { secret, shown }: Polled,
): string {
  return secrets.seal(JSON.stringify({ secret, shown }), { guildId, row, column: POLLED_COLUMN });
}

export function openPolled(
  { secrets }: Deps,
  { guildId, row }: Omit<SealedPlace, 'column'>,
  sealed: string,
): Polled {
  const text = secrets.open(sealed, { guildId, row, column: POLLED_COLUMN });
  if (text === undefined) return NOT_POLLED;
  const kept: unknown = text.startsWith('{') ? JSON.parse(text) : undefined;
  return isPolled(kept) ? kept : { secret: text, shown: '' };
}

const TOKEN_COLUMN = 'SignIn.token';

/** The token that a sign-in keeps; null where there is none, or it does not open. */
export async function openToken(
  { stores, secrets }: Deps,
  guildId: GuildId,
  { id, clientIdentifier }: SignIn,
): Promise<AccountToken | null> {
  const sealed = await stores.of(guildId).signIns.getTokenCipher(id);
  if (sealed === null) return null;
  const token = secrets.open(sealed, { guildId, column: TOKEN_COLUMN, row: id });
  return token === undefined ? null : { token, clientIdentifier };
}

type Decision = 'confirmed' | 'declined' | 'superseded';

type Changes = NonNullable<Parameters<GuildStores['signIns']['move']>[3]>;

interface Life {
  readonly deps: Deps;
  readonly guildId: GuildId;
  readonly signIn: SignIn;
  readonly way: Way;
  readonly polled: Polled;
  /** Nobody hears of it in a reply: it was taken up after a restart. */
  readonly resumed: boolean;
  readonly stopping: AbortSignal;
}

export class LiveSignIn {
  readonly way: Way;
  readonly shown: string;
  readonly #life: Life;
  readonly #asked = Promise.withResolvers<Question | SignInEnd>();
  readonly #decided = Promise.withResolvers<Decision>();
  readonly #over = new AbortController();
  readonly #listeners: ((steps: SignInSteps) => void)[] = [];
  #signIn: SignIn;
  #steps: SignInSteps | undefined;
  #left: boolean;
  /** How it ends. */
  readonly finished: Promise<SignInEnd>;

  /** `run` keeps the process up for as long as it lasts. */
  constructor(life: Life, run: (work: () => Promise<SignInEnd>) => Promise<SignInEnd>) {
    this.#life = life;
    this.way = life.way;
    this.shown = life.polled.shown;
    this.#signIn = life.signIn;
    this.#left = life.resumed;
    this.#asked.promise.catch(() => {});
    this.finished = run(() => this.#live());
    this.finished.catch((err) => this.#asked.reject(err));
  }

  get signIn(): SignIn {
    return this.#signIn;
  }

  /** The question once somebody has approved it, or how it ended before. */
  get asked(): Promise<Question | SignInEnd> {
    return this.#asked.promise;
  }

  /** From now on nobody hears of it in a reply: the member is told by direct message. */
  leave(): void {
    this.#left = true;
  }

  /** From now on somebody does. */
  join(): void {
    this.#left = false;
  }

  /** How far it is once it was confirmed, now and whenever it is further. */
  hear(tell: (steps: SignInSteps) => void): void {
    this.#listeners.push(tell);
    if (this.#steps) tell(this.#steps);
  }

  decide(decision: Decision): void {
    this.#decided.resolve(decision);
    if (decision === 'superseded') this.#over.abort();
  }

  async #live(): Promise<SignInEnd> {
    const end = await this.#toTheEnd();
    this.#asked.resolve(end);
    const text = lastWord(end, this.way.place);
    // Stopped, it goes on after the next start.
    if (text === undefined || !this.#left || this.#life.stopping.aborted) return end;
    await this.#write((tx) => this.#tell(tx, { text }));
    return end;
  }

  async #toTheEnd(): Promise<SignInEnd> {
    if (this.#signIn.state === 'waiting') {
      const end = await this.#untilApproved();
      if (end) return end;
    }
    if (this.#signIn.state === 'approved') {
      const end = await this.#untilConfirmed();
      if (end) return end;
    }
    return await this.#untilLinked();
  }

  /** Polls for it. What is handed out is kept before anything else, because that happens only once (E18). */
  async #untilApproved(): Promise<SignInEnd | undefined> {
    const { deps, guildId, polled, stopping } = this.#life;
    const { secret } = polled;
    const { clientIdentifier, expiresAt } = this.#signIn;
    if (secret === '') {
      await this.#move('waiting', 'expired');
      return { kind: 'expired' };
    }
    const end = await awaitApproval({
      poll: () => this.way.poll({ secret, clientIdentifier }),
      latest: expiresAt,
      clock: deps.clock,
      stopping: AbortSignal.any([stopping, this.#over.signal]),
    });
    if (end.kind === 'stopped' && stopping.aborted) return { kind: 'stopped' };
    if (end.kind !== 'approved') {
      await this.#move('waiting', 'expired');
      if (end.kind === 'failed') return end;
      return { kind: end.kind === 'stopped' ? 'superseded' : 'expired' };
    }
    const tokenCipher =
      end.token === null
        ? null
        : deps.secrets.seal(end.token, { guildId, column: TOKEN_COLUMN, row: this.#signIn.id });
    await this.#move('waiting', 'approved', { tokenCipher, ...this.#askedOf(end.who) });
    return undefined;
  }

  /** Asks the member whether it was they, and waits for what they say. Nothing but the row has the token meanwhile. */
  async #untilConfirmed(): Promise<SignInEnd | undefined> {
    const end = await this.#learnWho();
    if (end) return await this.#drop(end);
    const { id, accountName, expiresAt } = this.#signIn;
    const account = accountName ?? '';
    this.#asked.resolve({ kind: 'question', signInId: id, account, expiresAt });
    const decision = await this.#decision();
    switch (decision) {
      case 'stopped':
        return { kind: 'stopped' };
      case 'confirmed':
        await this.#readAgain();
        return undefined;
      case 'declined':
        return { kind: 'declined', account };
      case 'superseded':
        return await this.#drop({ kind: 'superseded' });
      case 'late':
        return await this.#drop({ kind: 'unconfirmed', account });
    }
  }

  /** Whose sign-in it is, and the question on record. A direct message asks it where no reply can. */
  async #learnWho(): Promise<SignInEnd | undefined> {
    const { clock } = this.#life.deps;
    if (this.#signIn.externalId === null) {
      const as = await this.#token();
      const found = as ? await this.#whoseToken(as) : undefined;
      if (found?.kind !== 'who') return found ?? { kind: 'expired' };
      await this.#move('approved', 'approved', this.#askedOf(found.who));
    }
    const { id, accountName, expiresAt } = this.#signIn;
    if (!this.#left || clock.now() >= expiresAt) return undefined;
    const text = questionText(this.way.place, this.#signIn.memberId, accountName ?? '');
    await this.#write((tx) => this.#tell(tx, { text, confirms: { signInId: id } }));
    return undefined;
  }

  async #whoseToken(
    as: AccountToken,
  ): Promise<{ readonly kind: 'who'; readonly who: WhoSignedIn } | SignInEnd> {
    const { clock } = this.#life.deps;
    const { stopping } = this.#life;
    for (let tries = 1; ; tries += 1) {
      const who = await this.way.who(as);
      if (who.kind === 'known') return { kind: 'who', who: who.value };
      // The token is dead, so trying again is of no use.
      if (who.why.kind === 'unauthorised') return { kind: 'expired' };
      if (who.why.refusal === 'final' || clock.now() >= this.#signIn.expiresAt)
        return { kind: 'failed', why: who.why };
      await clock.sleep(pauseAfter(tries), stopping);
      if (stopping.aborted) return { kind: 'stopped' };
    }
  }

  async #decision(): Promise<Decision | 'late' | 'stopped'> {
    const { deps, stopping } = this.#life;
    const ms = this.#signIn.expiresAt.getTime() - deps.clock.now().getTime();
    const decided = new AbortController();
    const late = deps.clock
      .sleep(ms, AbortSignal.any([stopping, decided.signal]))
      .then(() => (stopping.aborted ? ('stopped' as const) : ('late' as const)));
    const decision = await Promise.race([this.#decided.promise, late]);
    decided.abort();
    return decision;
  }

  async #untilLinked(): Promise<SignInEnd> {
    const { clock } = this.#life.deps;
    const as = await this.#token();
    const { stopping } = this.#life;
    const { externalId, accountName, memberId } = this.#signIn;
    const who = { externalId: externalId ?? '', name: accountName ?? '' };
    const tell = (steps: SignInSteps) => {
      this.#steps = steps;
      for (const listener of this.#listeners) listener(steps);
    };
    tell({ account: who.name, servers: [], waitsFor: null });
    for (let tries = 1; ; tries += 1) {
      const outside = await this.#outside();
      const { end, again } =
        outside ?? (await this.way.link(memberId, { signIn: this.#signIn, who, as, tell }));
      const isOver = clock.now() >= this.#signIn.expiresAt;
      if (stopping.aborted && again) return { kind: 'stopped' };
      if (!again || isOver) {
        if (as) await this.way.forget(as);
        await this.#move('confirmed', 'done', { tokenCipher: null });
        return end;
      }
      await clock.sleep(pauseAfter(tries), stopping);
      if (stopping.aborted) return { kind: 'stopped' };
    }
  }

  /** Who left while it was open gets nothing for it; undefined for a member. */
  async #outside(): Promise<Try | undefined> {
    const { deps, guildId } = this.#life;
    const why = await outsiderTrouble(deps, guildId, this.#signIn.memberId);
    return why && { end: { kind: 'failed', why }, again: why.kind !== 'not-a-member' };
  }

  /** It leads to nothing: the token is forgotten and signed out. Undefined when it was confirmed just before. */
  async #drop(end: SignInEnd): Promise<SignInEnd | undefined> {
    if (end.kind === 'stopped') return end;
    const as = await this.#token();
    const moved = await this.#move('approved', 'expired', { tokenCipher: null });
    if (moved && as) await this.way.forget(as);
    return !moved && (await this.#readAgain()).state === 'confirmed' ? undefined : end;
  }

  async #readAgain(): Promise<SignIn> {
    this.#signIn = (await this.#stores().signIns.find(this.#signIn.id)) ?? this.#signIn;
    return this.#signIn;
  }

  async #token(): Promise<AccountToken | null> {
    return await openToken(this.#life.deps, this.#life.guildId, this.#signIn);
  }

  #askedOf(who: WhoSignedIn | null) {
    const expiresAt = new Date(this.#life.deps.clock.now().getTime() + CONFIRM_MS);
    return { expiresAt, ...(who && { externalId: who.externalId, accountName: who.name }) };
  }

  async #move(from: SignIn['state'], to: SignIn['state'], changes: Changes = {}): Promise<boolean> {
    const moved = await this.#write((tx) => tx.signIns.move(this.#signIn.id, from, to, changes));
    const { tokenCipher: _, ...fields } = changes;
    if (moved) this.#signIn = { ...this.#signIn, ...fields, state: to };
    return moved;
  }

  async #tell(tx: GuildStores, what: Omit<Parameters<typeof tellMember>[2], 'memberId'>): Promise<void> {
    const { deps } = this.#life;
    await tellMember(deps, tx, { memberId: this.#signIn.memberId, ...what }, deps.clock.now());
  }

  #stores(): GuildStores {
    return this.#life.deps.stores.of(this.#life.guildId);
  }

  async #write<T>(work: (tx: GuildStores) => Promise<T>): Promise<T> {
    return await this.#life.deps.stores.transaction(this.#life.guildId, work);
  }
}
