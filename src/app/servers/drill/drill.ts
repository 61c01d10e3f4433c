/**
 * A drill on one's own server: what Usher counts on is compared with what the server does, with a throw-away account
 * and one library that an admin picked. What does not hold freezes the server until an admin has looked.
 */
import type { Background } from '../../../concurrency/background.ts';
import { judgeDrill } from '../../../domain/drill/beliefs.ts';
import { type DrillStep, noFacts } from '../../../domain/drill/facts.ts';
import { type DrillReport, findingsOf, maskedReport, type PlayedStep } from '../../../domain/drill/report.ts';
import type { ActorId, GuildId } from '../../../domain/ids.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Library, NonEmpty, Server } from '../../../domain/model.ts';
import { adminSentence } from '../../../domain/trouble.ts';
import { say, type Text } from '../../../words/say.ts';
import { awaitApproval } from '../../accounts/await-approval.ts';
import { type Open, OpenSignIns, type SignInLimit, TOO_MANY_SIGN_INS } from '../../accounts/open-sign-ins.ts';
import { freeze } from '../../observe/freeze.ts';
import { type Deps, openDrillSide, openServer } from '../../ports/deps.ts';
import type { DrillSide, ThrowAway } from '../../ports/drill.ts';
import type { AccountToken, MediaServer, ServerAccounts, Trouble } from '../../ports/media-server.ts';
import { TOKEN_SHUT } from '../../ports/shut-server.ts';
import type { PageSignIn } from '../../ports/sign-in.ts';
import { type CleanedUp, DRILL_SECRET, makeDrillCleanUp } from './clean-up.ts';
import { type DrillStage, type Played, playDrill } from './play.ts';
import { refusalOfThrowAway, type ThrowAwayRefusal } from './throw-away.ts';
import { detailOf, frozenBy, namesOf } from './told.ts';

/** An answer in Discord can be changed for fifteen minutes, and a drill takes up to some of them. */
const SIGN_IN_MS = 9 * 60 * 1000;
/** A drill takes less. It is cleaned up by somebody else then: a bug of ours must not leave an account behind. */
const LEFT_ALONE_MS = 30 * 60 * 1000;

export interface DrillInput {
  readonly guildId: GuildId;
  readonly actorId: ActorId;
  readonly serverId: string;
  readonly libraryId: string;
}

export type DrillEnd =
  | {
      readonly kind: 'played';
      readonly server: Server;
      readonly library: Library;
      readonly report: DrillReport;
      /** The report as JSON, for a bug report: it names nobody and nothing. */
      readonly file: string;
    }
  | { readonly kind: 'expired' }
  | { readonly kind: 'refused'; readonly why: ThrowAwayRefusal }
  | { readonly kind: 'failed'; readonly why: Trouble };

export type DrillStart =
  | { readonly kind: 'gone' }
  /** Another one is played there, or what it left is not taken away yet. */
  | { readonly kind: 'busy'; readonly server: Server; readonly trouble: Text | null }
  | { readonly kind: 'failed'; readonly why: Trouble }
  | {
      readonly kind: 'begun';
      readonly server: Server;
      /** Where the throw-away account is signed in with; null where Usher makes one. */
      readonly signIn: { readonly link: string; readonly expiresAt: Date } | null;
      readonly finished: Promise<DrillEnd>;
    };

type Tell = (done: readonly PlayedStep[], now: DrillStep) => void;

/** A drill that is being played. */
interface Playing {
  readonly drillId: string;
  readonly server: Server;
  readonly library: Library;
  readonly media: MediaServer;
  readonly side: DrillSide;
  readonly tell: Tell;
}

type Begun = Extract<DrillStart, { kind: 'begun' }>;
type NotBegun = Extract<DrillStart, { kind: 'failed' }>;

interface Surroundings {
  readonly background: Background;
  readonly limit: SignInLimit;
  readonly stopping: AbortSignal;
}

export function makeDrills(deps: Deps, { background, limit, stopping }: Surroundings) {
  const open = new OpenSignIns<Begun, NotBegun>(limit);
  const cleanUp = makeDrillCleanUp(deps, stopping);
  /** Drills of this process that are played or cleaned up now: they are nobody else's. */
  const running = new Set<string>();
  return { start, resume, begin };

  async function start(input: DrillInput, tell: Tell = () => {}): Promise<DrillStart> {
    const { guildId, serverId, libraryId } = input;
    const stores = deps.stores.of(guildId);
    const [server, libraries, drills] = await Promise.all([
      stores.servers.find(serverId),
      stores.libraries.list(serverId),
      stores.drills.list(),
    ]);
    const library = libraries.find(({ id, goneAt }) => id === libraryId && goneAt === null);
    if (!server || !library) return { kind: 'gone' };
    const other = drills.find((drill) => drill.serverId === serverId);
    if (other) return { kind: 'busy', server, trouble: other.trouble };
    const media = await openServer(deps, stores, server);
    const side = await openDrillSide(deps, stores, server);
    const { accounts } = media;
    const { signIn } = deps.media.of(guildId)[server.kind];
    const drillId = deps.codes.newId();
    const playing = { drillId, server, library, tell };
    if (side && accounts) {
      const finished = background.run(() => withOwnAccount(input, { ...playing, media, side }, accounts));
      return { kind: 'begun', server, signIn: null, finished };
    }
    if (!side && deps.media.of(guildId)[server.kind].drillAt) return { kind: 'failed', why: TOKEN_SHUT };
    if (!side || signIn?.by !== 'page') return { kind: 'failed', why: NO_DRILL };
    // Asked for again while nobody has signed in it is the same link.
    const what = ['drill', input.actorId, serverId, libraryId].join(' ');
    const begun = await open.open(guildId, what, () =>
      startOnPage(input, { ...playing, media, side }, signIn),
    );
    if (begun.kind === 'too-many') return { kind: 'failed', why: TOO_MANY_SIGN_INS };
    return begun.kind === 'open' ? begun.value : begun;
  }

  async function startOnPage(
    input: DrillInput,
    playing: Playing,
    signIn: PageSignIn,
  ): Promise<Open<Begun> | NotBegun> {
    const pin = await signIn.start();
    if (pin.kind === 'unknown') return { kind: 'failed', why: pin.why };
    const { link, expiresAt, clientIdentifier } = pin.value;
    const latest = new Date(Math.min(expiresAt.getTime(), deps.clock.now().getTime() + SIGN_IN_MS));
    const wait = { poll: () => signIn.poll(pin.value), latest, clock: deps.clock, stopping };
    const finished = background.run(async (): Promise<DrillEnd> => {
      const end = await awaitApproval(wait);
      if (end.kind === 'failed') return { kind: 'failed', why: end.why };
      if (end.kind !== 'approved') return { kind: 'expired' };
      return await withSignedIn(input, playing, signIn, { token: end.token, clientIdentifier });
    });
    const { server } = playing;
    const value = { kind: 'begun', server, signIn: { link, expiresAt: latest }, finished } as const;
    return { kind: 'open', value, over: finished };
  }

  /** Where accounts are the server's own: one is made, and deleted at the end. */
  async function withOwnAccount(
    input: DrillInput,
    playing: Playing,
    accounts: ServerAccounts,
  ): Promise<DrillEnd> {
    const { library, media } = playing;
    const name = `usher-drill-${deps.codes.newCode().replaceAll('-', '').slice(0, 8).toLowerCase()}`;
    const password = deps.codes.newPassword();
    const account = { name, secret: password, clientIdentifier: null };
    return await kept(input, playing, { ...account, externalId: null }, (stage) =>
      playDrill({
        ...stage,
        account,
        async listsBefore() {
          const reading = await media.readAccess();
          if (reading.kind === 'unknown') return reading;
          const isTaken = reading.value.accounts.some((one) => one.name.toLowerCase() === name);
          return { kind: 'known', value: isTaken ? ['accounts'] : [] };
        },
        async give() {
          const externalIds: NonEmpty<string> = [library.externalId];
          const made = await accounts.create({ name, password, externalIds, resume: false, template: null });
          if (made.kind === 'name-taken')
            return { outcome: { kind: 'failed', why: TAKEN }, externalId: null };
          if (made.kind === 'failed') return { outcome: { kind: 'failed', why: made.why }, externalId: null };
          const { externalId } = made;
          await note(input.guildId, playing.drillId, { externalId });
          return { outcome: { kind: 'done' }, externalId };
        },
      }),
    );
  }

  /** Where accounts are a vendor's: the one that the admin has signed in with. */
  async function withSignedIn(
    input: DrillInput,
    playing: Playing,
    page: PageSignIn,
    as: AccountToken,
  ): Promise<DrillEnd> {
    const { server, library, media, side } = playing;
    const account = await page.account(as);
    const refusal =
      account.kind === 'known'
        ? await refusalOfThrowAway(deps, input.guildId, { server, media, side }, account.value)
        : account;
    if (account.kind === 'unknown' || refusal !== undefined) {
      await page.forget(as);
      if (account.kind === 'unknown') return { kind: 'failed', why: account.why };
      return refusal?.kind === 'refused' ? refusal : { kind: 'failed', why: refusal?.why ?? NO_DRILL };
    }
    const { externalId, name } = account.value;
    const throwAway = { name, secret: as.token, clientIdentifier: as.clientIdentifier };
    return await kept(input, playing, { ...throwAway, externalId }, (stage) =>
      playDrill({
        ...stage,
        account: throwAway,
        listsBefore: () => side.listsOf(externalId),
        async give() {
          const outcome = await media.invitations?.invite(externalId, [library.externalId]);
          return { outcome: outcome ?? { kind: 'failed', why: NO_DRILL }, externalId };
        },
        accept: () => page.acceptInvitations(as, [server.identity]),
      }),
    );
  }

  type Stage = Omit<DrillStage, 'account' | 'listsBefore' | 'give' | 'accept'>;

  /** Writes down first what has to be taken away, plays, takes it away, and reports. */
  async function kept(
    input: DrillInput,
    playing: Playing,
    account: ThrowAway & { readonly externalId: string | null },
    play: (stage: Stage) => ReturnType<typeof playDrill>,
  ): Promise<DrillEnd> {
    const { guildId } = input;
    const { drillId, server, library, media, side, tell } = playing;
    const { name, externalId, secret, clientIdentifier } = account;
    const at = deps.clock.now();
    running.add(drillId);
    try {
      const secretCipher = deps.secrets.seal(JSON.stringify({ secret, clientIdentifier }), {
        guildId,
        column: DRILL_SECRET,
        row: drillId,
      });
      const dueAt = new Date(at.getTime() + LEFT_ALONE_MS);
      await deps.stores.transaction(guildId, (tx) =>
        tx.drills.add({ id: drillId, serverId: server.id, name, externalId, secretCipher, dueAt }),
      );
      const { facts, steps, touched } = await play({
        ...{ media, side, library: library.externalId, tell, stopping, clock: deps.clock },
        shownAfterMs: MEDIA_KINDS[server.kind].shownAfterMs,
        exclusive: (work) => deps.servers.exclusive(guildId, server, work),
      }).catch((err): Played => {
        // What is there by now is taken away all the same.
        deps.log.error({ guildId, serverId: server.id, err }, 'a drill broke off');
        return { facts: { ...noFacts(library.externalId), stopped: BROKE_OFF }, steps: [], touched: true };
      });
      tell([...steps], 'clean-up');
      const begun = deps.clock.steadyMs();
      const cleaned = await cleanUp(guildId, server, drillId, touched);
      if (cleaned.lists) facts.lists.deleted = cleaned.lists;
      const report: DrillReport = {
        kind: server.kind,
        version: server.version,
        at,
        steps: [...steps, { step: 'clean-up', ms: Math.round(deps.clock.steadyMs() - begun) }],
        findings: judgeDrill(MEDIA_KINDS[server.kind].accounts, facts),
        stopped: facts.stopped,
        leftBehind: cleaned.left && adminSentence(cleaned.left),
      };
      await record(input, playing, report);
      return {
        kind: 'played',
        server,
        library,
        report,
        file: maskedReport(report, namesOf(server, library, account)),
      };
    } finally {
      running.delete(drillId);
    }
  }

  async function note(
    guildId: GuildId,
    drillId: string,
    changes: { readonly externalId: string },
  ): Promise<void> {
    await deps.stores.transaction(guildId, (tx) => tx.drills.update(drillId, changes));
  }

  async function record(
    { guildId, actorId }: DrillInput,
    { server, library }: Playing,
    report: DrillReport,
  ): Promise<void> {
    const differs = findingsOf(report, 'differs');
    await deps.stores.transaction(guildId, async (tx) => {
      if (!(await tx.servers.find(server.id))) return;
      const facts = { server: server.name, libraries: [library.name], detail: detailOf(report) };
      await tx.audit.append({ action: 'server.drilled', actorId, facts, at: deps.clock.now() });
      if (differs.length > 0) await freeze(deps, tx, server, frozenBy(differs));
    });
  }

  /** After a start: nobody plays what an earlier run has begun. */
  async function resume(guildId: GuildId): Promise<void> {
    await cleanUpAll(guildId, () => true);
  }

  /** Begins the clean-ups whose time has come; does not wait for them. */
  function begin(guildId: GuildId): void {
    const now = deps.clock.now();
    cleanUpAll(guildId, ({ dueAt }) => dueAt <= now).catch((err) =>
      deps.log.error({ guildId, err }, 'what a drill left could not be looked up'),
    );
  }

  async function cleanUpAll(
    guildId: GuildId,
    isWanted: (drill: { readonly dueAt: Date }) => boolean,
  ): Promise<void> {
    await background.run(async () => await cleanUpEach(guildId, isWanted));
  }

  async function cleanUpEach(
    guildId: GuildId,
    isWanted: (drill: { readonly dueAt: Date }) => boolean,
  ): Promise<void> {
    const stores = deps.stores.of(guildId);
    for (const drill of await stores.drills.list()) {
      const server = await stores.servers.find(drill.serverId);
      if (!server || !isWanted(drill) || running.has(drill.id)) continue;
      running.add(drill.id);
      try {
        const { left }: CleanedUp = await cleanUp(guildId, server, drill.id);
        if (left) continue;
        const facts = { server: server.name, account: drill.name, detail: CUT_OFF };
        await deps.stores.transaction(guildId, (tx) =>
          tx.audit.append({ action: 'server.drilled', actorId: null, facts, at: deps.clock.now() }),
        );
      } finally {
        running.delete(drill.id);
      }
    }
  }
}

const BROKE_OFF = say('trouble.itself');
const CUT_OFF = say('trouble.drill.cutOff');
const NO_DRILL: Trouble = { kind: 'not-possible', message: say('trouble.drill.notOnThisKind') };
const TAKEN: Trouble = { kind: 'not-possible', message: say('trouble.drill.nameTaken') };
