/**
 * Plays with a throw-away account what Usher does with those of members: give, accept, change, withdraw. After each
 * write the server is looked at from all sides; domain/drill compares what was seen. Writes take their turn on the
 * server one by one, so that what is due there meanwhile does not wait for the end of a drill.
 */
import { lost, otherThan } from '../../../domain/drill/beliefs.ts';
import {
  type DrillFacts,
  type DrillList,
  type DrillStep,
  type ListedAccount,
  type Look,
  noFacts,
} from '../../../domain/drill/facts.ts';
import type { PlayedStep } from '../../../domain/drill/report.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { say, type Text } from '../../../words/say.ts';
import { mayBeUnread, seenIn } from '../../observe/reading.ts';
import { CLOSED, type DrillSide, type OwnSession, type ThrowAway } from '../../ports/drill.ts';
import type {
  AccountAccess,
  Known,
  LibraryOnServer,
  MediaServer,
  Trouble,
  WriteOutcome,
} from '../../ports/media-server.ts';
import { type Patience, until } from './until.ts';

export interface DrillStage extends Patience {
  readonly media: MediaServer;
  readonly side: DrillSide;
  /** Id of the library on the server. */
  readonly library: string;
  readonly account: ThrowAway;
  /** In which lists it is before anything was done. */
  listsBefore(): Promise<Known<readonly DrillList[]>>;
  /** Gives it the library, and resolves to its id on the server, if it has one. */
  give(): Promise<{ readonly outcome: WriteOutcome; readonly externalId: string | null }>;
  /** Absent where nothing has to be accepted. */
  readonly accept?: () => Promise<WriteOutcome>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
  tell(done: readonly PlayedStep[], now: DrillStep): void;
}

export interface Played {
  readonly facts: DrillFacts;
  readonly steps: PlayedStep[];
  /** Whether anything was tried to be given: otherwise there is nothing to take away. */
  readonly touched: boolean;
}

/** A sentence that says why the rest is not played; undefined when it goes on. */
type Stopped = Text | undefined;

/** Plays all of it, or as far as it goes. What was given is withdrawn in any case. */
export async function playDrill(stage: DrillStage): Promise<Played> {
  const { media, side, library, stopping } = stage;
  const facts = noFacts(library);
  const steps: PlayedStep[] = [];
  const state: { externalId: string | null; session: OwnSession | null; touched: boolean } = {
    externalId: null,
    session: null,
    touched: false,
  };

  const parts: readonly (readonly [DrillStep, () => Promise<Stopped>])[] = [
    ['look', look],
    ['give', give],
    ['accept', accept],
    ['change', change],
  ];
  for (const [step, part] of parts) {
    const why = stopping.aborted ? say('trouble.drill.itself') : await play(step, part);
    facts.stopped = why ?? null;
    if (why !== undefined) break;
  }
  if (state.externalId !== null) {
    const why = await play('withdraw', withdraw);
    facts.stopped ??= why ?? null;
  }
  await state.session?.end();
  return { facts, steps, touched: state.touched };

  async function play(step: DrillStep, part: () => Promise<Stopped>): Promise<Stopped> {
    stage.tell([...steps], step);
    const begun = stage.clock.steadyMs();
    const why = await part();
    steps.push({ step, ms: Math.round(stage.clock.steadyMs() - begun) });
    return why;
  }

  async function look(): Promise<Stopped> {
    const listed = await media.listLibraries();
    facts.libraries =
      listed.kind === 'unknown'
        ? { kind: 'unseen', why: listed.why }
        : { kind: 'seen', value: listed.value.map(asGrantable) };
    facts.lists.before = asLook(await stage.listsBefore());
    if (facts.libraries.kind === 'unseen') return adminSentence(facts.libraries.why);
    if (facts.lists.before.kind === 'unseen') return adminSentence(facts.lists.before.why);
    if (!facts.libraries.value.some((each) => each.externalId === library && each.grantable))
      return say('trouble.drill.notGrantable');
    return facts.lists.before.value.length > 0 ? say('trouble.drill.hasSomething') : undefined;
  }

  async function give(): Promise<Stopped> {
    state.touched = true;
    const given = await stage.exclusive(() => stage.give());
    state.externalId = given.externalId;
    noteExceeded('given', given.outcome);
    if (given.outcome.kind === 'failed')
      return say('trouble.drill.notGiven', { why: adminSentence(given.outcome.why) });
    const id = given.externalId;
    if (id === null) return say('trouble.drill.nobodys');
    const listed = await listedWhen((account) => account !== null);
    facts.listed.given = listed;
    if (listed.kind === 'unseen') return adminSentence(listed.why);
    if (!listed.value) return say('trouble.drill.notListed');
    facts.settings.given = asLook(await side.settingsOf(id));
    facts.lists.given = asLook(await side.listsOf(id));
    const signedIn = await side.signIn(stage.account);
    state.session = signedIn.kind === 'known' ? signedIn.value : null;
    if (signedIn.kind === 'unknown') facts.own.accepted = { kind: 'unseen', why: signedIn.why };
    else if (!state.session) facts.own.accepted = { kind: 'seen', value: CLOSED };
    if (stage.accept && state.session) facts.own.given = asLook(await state.session.look());
    // With more open than was asked, nothing else is tried: it is closed at once.
    return otherThan(listed.value, library) === undefined ? undefined : say('trouble.drill.closedAtOnce');
  }

  async function accept(): Promise<Stopped> {
    const given = facts.listed.given;
    if (stage.accept && given?.kind === 'seen' && given.value?.pending) {
      const outcome = await stage.accept();
      if (outcome.kind === 'failed')
        return say('trouble.drill.notAccepted', { why: adminSentence(outcome.why) });
    }
    if (stage.accept) {
      facts.listed.accepted = await listedWhen((account) => account !== null && !account.pending);
      facts.lists.accepted = await listsWhen(
        (lists) => lists.includes('accepted') && !lists.includes('pending'),
      );
    }
    const own = state.session;
    if (own)
      facts.own.accepted = await lookWhen(
        () => own.look(),
        (view) => view.open && view.libraries.length > 0,
      );
    return undefined;
  }

  async function change(): Promise<Stopped> {
    const before = await read();
    if (before.kind === 'unknown') return adminSentence(before.why);
    if (!before.value || state.externalId === null) return say('trouble.drill.inNoList');
    const id = state.externalId;
    const account = before.value;
    const { outcome, mark } = await stage.exclusive(() => side.mark(account));
    facts.mark =
      outcome.kind === 'failed' ? { kind: 'unseen', why: outcome.why } : { kind: 'seen', value: mark };
    const marked = await lookWhen(
      () => side.settingsOf(id),
      ({ effective }) => lost(mark, effective, effective) === undefined,
    );
    facts.settings.marked = marked;
    const fresh = await read();
    if (fresh.kind === 'unknown') return adminSentence(fresh.why);
    if (!fresh.value) return say('trouble.drill.inNoList');
    const again = fresh.value;
    const changed = await stage.exclusive(() => media.setLibraries(again, [library]));
    noteExceeded('changed', changed);
    if (changed.kind === 'failed') {
      facts.listed.changed = { kind: 'unseen', why: changed.why };
      facts.settings.changed = { kind: 'unseen', why: changed.why };
      return undefined;
    }
    // Before the reading of all access, which puts back what it finds to be lost.
    facts.settings.changed = await lookWhen(
      () => side.settingsOf(id),
      ({ effective }) =>
        marked.kind !== 'seen' || lost(mark, marked.value.effective, effective) === undefined,
    );
    facts.listed.changed = await listedWhen((one) => otherThan(one, library) === undefined);
    return undefined;
  }

  async function withdraw(): Promise<Stopped> {
    const before = await read();
    if (before.kind === 'unknown') return adminSentence(before.why);
    if (!before.value) return say('trouble.drill.inNoList');
    const account = before.value;
    const outcome = await stage.exclusive(() => media.withdraw(account));
    if (outcome.kind === 'failed')
      return say('trouble.drill.notWithdrawn', { why: adminSentence(outcome.why) });
    facts.listed.withdrawn = await listedWhen((one) => one === null || one.disabled);
    facts.lists.withdrawn = await listsWhen((lists) => lists.length === 0 || !stage.accept);
    const own = state.session;
    if (own)
      facts.own.withdrawn = await lookWhen(
        () => own.look(),
        (view) => !view.open,
      );
    const signedIn = await side.signIn(stage.account);
    const another = signedIn.kind === 'known' ? signedIn.value : null;
    facts.own['signed-in-again'] =
      signedIn.kind === 'unknown'
        ? { kind: 'unseen', why: signedIn.why }
        : another
          ? asLook(await another.look())
          : { kind: 'seen', value: CLOSED };
    await another?.end();
    const twice = await stage.exclusive(() => media.withdraw(account));
    facts.again =
      twice.kind === 'unclear' ? { kind: 'unseen', why: twice.why } : { kind: 'seen', value: twice.kind };
    return undefined;
  }

  function noteExceeded(at: 'given' | 'changed', outcome: WriteOutcome): void {
    if (outcome.kind !== 'done' && outcome.why.exceeds) facts.exceeded[at] = true;
  }

  async function read(): Promise<Known<AccountAccess | null>> {
    const id = state.externalId;
    if (id === null) return { kind: 'known', value: null };
    const reading = await media.readAccess({ of: [id] });
    if (reading.kind === 'unknown') return reading;
    const account = seenIn(reading.value, id);
    return !account && mayBeUnread(reading.value, id)
      ? { kind: 'unknown', why: NOT_UNDERSTOOD }
      : { kind: 'known', value: account ?? null };
  }

  /** The account as the server lists it, once that is as it should be, or when it has had time enough. */
  async function listedWhen(
    isSo: (account: ListedAccount | null) => boolean,
  ): Promise<Look<ListedAccount | null>> {
    return await lookWhen(async () => {
      const account = await read();
      return account.kind === 'unknown' ? account : { kind: 'known', value: asListed(account.value) };
    }, isSo);
  }

  async function listsWhen(
    isSo: (lists: readonly DrillList[]) => boolean,
  ): Promise<Look<readonly DrillList[]>> {
    const id = state.externalId;
    if (id === null) return { kind: 'seen', value: [] };
    return await lookWhen(() => side.listsOf(id), isSo);
  }

  async function lookWhen<T>(ask: () => Promise<Known<T>>, isSo: (value: T) => boolean): Promise<Look<T>> {
    return asLook(await until(stage, ask, isSo));
  }
}

const NOT_UNDERSTOOD: Trouble = {
  kind: 'not-understood',
  message: say('trouble.drill.unread'),
};

/** One that is switched off can be named in a policy, and nobody sees it. */
const asGrantable = ({ externalId, grantable, closed }: LibraryOnServer) => ({
  externalId,
  grantable: grantable && closed === undefined,
});

const asLook = <T>(known: Known<T>): Look<T> =>
  known.kind === 'known' ? { kind: 'seen', value: known.value } : { kind: 'unseen', why: known.why };

const asListed = (account: AccountAccess | null): ListedAccount | null =>
  account && {
    access: account.access.kind === 'all' ? 'all' : account.access.externalIds,
    pending: account.pending,
    disabled: account.disabled,
    dormant: account.dormant ?? [],
  };
