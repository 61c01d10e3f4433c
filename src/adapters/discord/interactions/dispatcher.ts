/**
 * Takes interactions to their commands: acknowledges first, checks who may, runs the command, shows the result, and
 * catches every error, so that nothing in here can end the process.
 */

import type { Log } from '../../../app/ports/log.ts';
import type { StorageCheck } from '../../../app/ports/storage.ts';
import { DatabaseBusy } from '../../../app/ports/stores.ts';
import type { Clock } from '../../../app/ports/time.ts';
import { withinPatience } from '../../../concurrency/patience.ts';
import { GuildFull } from '../../../domain/guild-limits.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { NO_GUILD } from '../../../domain/ids.ts';
import type { Capability } from '../../../domain/model.ts';
import { languageOf } from '../../../words/catalogue.ts';
import type { Command, Input, Modal, View } from '../kit/command.ts';
import type { CommandIds } from '../messages/command-mentions.ts';
import type { CustomIds } from '../messages/custom-id.ts';
import type { Place } from '../messages/render.ts';
import type { IsApplicationOwner } from '../wire/application-owner.ts';
import type { AskedGuilds } from '../wire/guilds.ts';
import { describeDiscordError, failureFields, type InteractionApi, loggable } from '../wire/rest.ts';
import { complete } from './complete.ts';
import { newReference, replies } from './dispatcher-replies.ts';
import {
  type CommandInteraction,
  type ComponentInteraction,
  type Interaction,
  idsOf,
  type ModalInteraction,
  type Person,
  readInteraction,
} from './interaction.ts';
import { findComponent, findTyped, type Task } from './lookup.ts';
import { Responder } from './responder.ts';
import { findUnread, unreadIdsOf } from './unread.ts';

/** Discord waits three seconds for the first answer; this leaves one for the network. */
const MODAL_WITHIN_MS = 2_000;
/** How long an answer waits for the word whether anything can be kept. */
const STORAGE_WITHIN_MS = 1_000;
/** How long an answer waits until the names in it are kept. */
const NAMES_WITHIN_MS = 500;
/** Whoever waits for a database that is locked, or does not answer, for that long is told. */
const SILENT_AFTER_MS = 1_500;
/** A database that has taken a write within this time is only busy. */
const BUSY_FOR_MS = 3_000;
const DUPLICATES_FOR_MS = 15 * 60_000;
const UNREAD_WITHIN_MS = 2_500;
/** An answer can be changed for fifteen minutes (discord.md 1.1). The last word is said before they are over. */
const LAST_WORD_AFTER_MS = 14 * 60_000;

/** The person whose capabilities are needed, as the interaction described them. */
interface CapabilityQuery {
  readonly guildId: GuildId;
  readonly userId: string;
  readonly roleIds: readonly string[];
  readonly permissions: bigint;
}

export interface DispatcherOptions<App> {
  readonly commands: Readonly<Record<string, Command<App>>>;
  readonly app: App;
  readonly api: InteractionApi;
  readonly ids: CustomIds;
  /** All capabilities, including those contained in others. Not called for DMs. */
  readonly capabilitiesOf: (query: CapabilityQuery) => Promise<ReadonlySet<Capability>>;
  readonly isApplicationOwner: IsApplicationOwner;
  /** Whether what somebody named in an option is of the guild. */
  readonly belongs: AskedGuilds['belongs'];
  /** Keeps what the people of an interaction are called. */
  readonly notePeople: (guildId: GuildId, people: readonly Person[]) => Promise<void>;
  /** Follows the roles that somebody shows to have. */
  readonly noteRoles?: (guildId: GuildId, caller: Interaction['caller']) => Promise<void>;
  /** Of the commands that Discord has. */
  readonly commandIds: () => CommandIds;
  /** Whether what people do can be kept: asked for every answer. */
  readonly storage: StorageCheck;
  /** Whether something waits now because another program has locked the database. */
  readonly isDatabaseLocked: () => boolean;
  /** Told of every interaction when it is over, for what is counted. */
  readonly onHandled?: (handled: Handled) => void;
  readonly clock: Clock;
  readonly log: Log;
}

/** What came of an interaction. `command`: one of ours, as it is typed. */
interface Handled {
  readonly kind: Interaction['kind'];
  readonly command: string | undefined;
  readonly outcome: Outcome;
  readonly ackMs: number | undefined;
  readonly totalMs: number;
}

export interface Dispatcher {
  /** Takes the `d` of an INTERACTION_CREATE. Returns at once and never throws. */
  receive(raw: unknown): void;
  /** How many interactions are being worked on. */
  readonly inFlight: number;
  /**
   * From now on, people are asked to try again. Resolves when nothing is in flight any more or the time is up, to
   * the number of interactions that are left.
   */
  drain(timeoutMs: number): Promise<number>;
}

type Outcome = 'answered' | 'refused' | 'failed' | 'lost';

/** Makes the dispatcher for these commands. */
export function createDispatcher<App>(options: DispatcherOptions<App>): Dispatcher {
  const { commands, app, api, ids, clock, log } = options;
  const inFlight = new Set<Promise<void>>();
  const isNew = createDuplicateFilter(clock);
  let draining = false;

  const capabilitiesFor = async ({ guildId, caller }: Interaction): Promise<ReadonlySet<Capability>> => {
    // In a DM everybody is a mere member: there are no roles to look at, and staff commands are not available
    // there.
    if (guildId === null) return new Set();
    const { id: userId, roleIds, permissions } = caller;
    return options.capabilitiesOf({ guildId, userId, roleIds, permissions });
  };

  const placeOf = (interaction: Interaction, command: string, guildId: GuildId): Place => ({
    ids,
    command,
    guildId,
    applicationId: interaction.applicationId,
    inDm: interaction.guildId === null,
    userId: interaction.caller.id,
    now: clock.now(),
    language: languageOf(interaction.locale),
    fileBytes: interaction.fileBytes,
    commandIds: options.commandIds(),
  });

  /** The only place that catches unexpected errors of commands (style.md 10). */
  const failed = async (interaction: Interaction, command: string, error: unknown): Promise<View> => {
    if (error instanceof GuildFull) {
      log.warn({ why: error.message, command, ...idsOf(interaction) }, 'a limit of a guild was reached');
      return replies.full(error.says);
    }
    const ref = newReference();
    const help = 'docs/troubleshooting.md#a-reference';
    log.error({ ref, err: loggable(error), command, ...idsOf(interaction), help }, 'a command failed');
    if (error instanceof DatabaseBusy) return replies.lockedForLong();
    return (await keepsNothing('now')) ? replies.notKept(ref) : replies.failed(ref);
  };

  async function keepsNothing(when?: 'now'): Promise<boolean> {
    const looked = await withinPatience(clock, STORAGE_WITHIN_MS, options.storage.look(when));
    return looked.kind === 'done' && looked.value !== undefined;
  }

  /** Whether the database gives no sign of itself, while `working` goes on. */
  async function doesNotAnswerBefore(working: Promise<unknown>): Promise<boolean> {
    const looking = withinPatience(clock, BUSY_FOR_MS, options.storage.look('now'));
    return await Promise.race([looking.then(({ kind }) => kind === 'late'), working.then(() => false)]);
  }

  /** What is shown, below a word about a database that takes no writes. */
  const noted = async <Shown extends View | Modal>(shown: Shown): Promise<Shown> => {
    if (shown.kind !== 'view' || !(await keepsNothing())) return shown;
    return { ...shown, blocks: [{ kind: 'text', text: replies.nothingIsKept }, ...shown.blocks] };
  };

  /** Waits for work, and says so when the database is what it waits for. */
  async function saidIfSilent(
    interaction: Asking,
    { responder, place }: Omit<Shown, 'task'>,
    working: Promise<Done>,
  ): Promise<Done> {
    const first = await withinPatience(clock, SILENT_AFTER_MS, working);
    if (first.kind === 'done') return first.value;
    // The card with a button that was clicked stays as it is until there is an answer.
    const said = (view: View) => {
      if (responder.acknowledged === 'message') responder.progress(view, place);
    };
    if (options.isDatabaseLocked()) {
      log.warn(idsOf(interaction), 'a command waits for the database, which another program has locked');
      said(replies.locked());
    } else if (await doesNotAnswerBefore(working)) {
      log.warn(idsOf(interaction), 'a command waits for the database, which does not answer');
      said(replies.silent());
    }
    return await working;
  }

  /** Before the command runs, so that its answer can name them. No answer waits long for it, or fails with it. */
  async function noteNames(interaction: Asking): Promise<void> {
    const { guildId, people } = interaction;
    if (guildId === null) return;
    const noted = options.notePeople(guildId, people).catch((error: unknown) => {
      log.warn({ ...idsOf(interaction), err: loggable(error) }, 'names could not be kept');
    });
    await withinPatience(clock, NAMES_WITHIN_MS, noted);
    // Nobody waits for it: what follows is told by direct message.
    void options.noteRoles?.(guildId, interaction.caller).catch((error: unknown) => {
      log.warn({ ...idsOf(interaction), err: loggable(error) }, 'roles could not be followed');
    });
  }

  async function handle(interaction: Interaction, receivedAt: number): Promise<void> {
    const responder = new Responder({ api, interaction, clock, log, receivedAt });
    let outcome: Outcome = 'failed';
    try {
      if (interaction.kind === 'autocomplete') {
        const choices = draining
          ? []
          : await complete(interaction, { commands, app, clock, log, capabilitiesFor });
        outcome = (await responder.choices(choices)) ? 'answered' : 'lost';
      } else outcome = await answer(interaction, responder);
    } catch (error) {
      // Only a failing request to Discord leads here, so the failure cannot be shown to the person either.
      log.error({ ...idsOf(interaction), err: loggable(error) }, 'an answer could not be given');
    } finally {
      responder.close();
    }
    const totalMs = Math.round(performance.now() - receivedAt);
    const command = 'path' in interaction && interaction.path in commands ? interaction.path : undefined;
    options.onHandled?.({ kind: interaction.kind, command, outcome, ackMs: responder.ackMs, totalMs });
    log.info(
      { ...idsOf(interaction), outcome, ackMs: responder.ackMs, totalMs },
      'an interaction was handled',
    );
  }

  type Asking = CommandInteraction | ComponentInteraction | ModalInteraction;

  async function answer(interaction: Asking, responder: Responder): Promise<Outcome> {
    const found =
      interaction.kind === 'command'
        ? findTyped(interaction, commands)
        : findComponent(interaction, { commands, ids, now: clock.now() });
    if (draining || found.kind === 'refused') {
      // This was checked without I/O, so it can be the first answer, and the card that was clicked stays unchanged.
      const place = placeOf(interaction, '', interaction.guildId ?? NO_GUILD);
      const view = found.kind === 'refused' ? found.view : replies.restarting();
      return (await responder.replyAtOnce(view, place)) ? 'refused' : 'lost';
    }
    const { task } = found;
    const place = placeOf(interaction, task.path, task.guildId);
    const work = () => perform(interaction, task, responder, place);
    if (task.answers === 'modal') return answerWithModal(interaction, { task, responder, place, work });

    const open = task.answers === 'update' ? await responder.deferUpdate() : await responder.deferMessage();
    if (!open) return 'lost';
    const shown = { task, responder, place };
    return show(interaction, shown, await saidIfSilent(interaction, shown, work()));
  }

  /** Why this person may not do this, or not with what they named; undefined when they may. */
  async function refusalOf(
    { caller }: Asking,
    { capability, named, guildId }: Task<App>,
    capabilities: ReadonlySet<Capability>,
  ): Promise<View | undefined> {
    if (capability === 'application owner') {
      const isOwner = await options.isApplicationOwner(caller.id);
      if (isOwner === undefined) return replies.discordSilent();
      if (!isOwner) return replies.ownerOnly();
    } else if (capability !== 'member' && !capabilities.has(capability)) return replies.lacks(capability);
    const asked = await Promise.all(
      named.map(async ({ what, id }) => ({ what, answer: await options.belongs(guildId, what, id) })),
    );
    const foreign = asked.find(({ answer }) => answer === 'no');
    if (foreign) return replies.notOfHere(foreign.what);
    return asked.some(({ answer }) => answer === 'silent') ? replies.discordSilent() : undefined;
  }

  interface Done {
    readonly outcome: Outcome;
    readonly result: View | Modal;
  }

  /** Checks the capability and runs the command. Never throws. */
  async function perform(
    interaction: Asking,
    task: Task<App>,
    responder: Responder,
    place: Place,
  ): Promise<Done> {
    try {
      const capabilities = await capabilitiesFor(interaction);
      const refusal = await refusalOf(interaction, task, capabilities);
      if (refusal) return { outcome: 'refused', result: refusal };
      await noteNames(interaction);
      const input: Input = {
        guildId: task.guildId,
        inDm: interaction.guildId === null,
        channelId: interaction.channelId,
        actor: { id: interaction.caller.id, name: interaction.caller.name, capabilities },
        language: languageOf(interaction.locale),
        fileBytes: interaction.fileBytes,
        progress: async (view) => responder.progress(view, place),
        also: (view) => responder.also(view, place),
      };
      const result = await task.run(input, app);
      // It is awaited later. Until then a rejection must not count as unhandled.
      if (result.kind === 'view') result.later?.catch(() => {});
      return { outcome: 'answered', result: await noted(result) };
    } catch (error) {
      return { outcome: 'failed', result: await failed(interaction, task.path, error) };
    }
  }

  interface Shown {
    readonly task: Task<App>;
    readonly responder: Responder;
    readonly place: Place;
  }

  async function show(interaction: Asking, shown: Shown, { outcome, result }: Done): Promise<Outcome> {
    const { task, responder, place } = shown;
    try {
      if (result.kind === 'modal')
        throw new Error('a modal must be the first answer: declare opensModal or answers');
      // A problem is shown beside the card, so that the card can still be used.
      if (outcome === 'answered') await responder.show(result, place);
      else await responder.showBeside(result, place);
    } catch (error) {
      const { kind, status } = describeDiscordError(error);
      if (kind !== 'bug' && status !== 400) {
        log.warn({ ...idsOf(interaction), ...failureFields(error) }, 'an answer could not be delivered');
        return 'lost';
      }
      await responder.showBeside(await failed(interaction, task.path, error), place);
      return 'failed';
    }
    if (!result.later) return outcome;
    return show(interaction, shown, await settle(interaction, shown, result, result.later));
  }

  /** What replaces a view: its `later`, or its last word when that does not come in time. */
  async function settle(
    interaction: Asking,
    { task, responder }: Shown,
    { late = replies.tooLong }: View,
    later: Promise<View>,
  ): Promise<Done> {
    try {
      const settled = await withinPatience(clock, responder.left(LAST_WORD_AFTER_MS), later);
      const result = settled.kind === 'done' ? settled.value : late();
      result.later?.catch(() => {});
      return { outcome: 'answered', result: await noted(result) };
    } catch (error) {
      return { outcome: 'failed', result: await failed(interaction, task.path, error) };
    }
  }

  /**
   * A modal must be the first answer, so nothing can be acknowledged before it (discord.md 1.1). If the work takes
   * too long, the interaction is acknowledged after all and the person is asked to try again.
   */
  async function answerWithModal(
    interaction: Asking,
    { work, ...shown }: Shown & { readonly work: () => Promise<Done> },
  ): Promise<Outcome> {
    const { task, responder, place } = shown;
    const working = work();
    const first = await withinPatience(clock, MODAL_WITHIN_MS, working);
    if (first.kind === 'late') {
      if (!(await responder.deferMessage())) return 'lost';
      const done = await saidIfSilent(interaction, shown, working);
      const late =
        done.result.kind === 'modal'
          ? { outcome: 'failed' as const, result: replies.tooSlowForForm() }
          : done;
      return show(interaction, shown, late);
    }
    const { outcome, result } = first.value;
    try {
      if (result.kind === 'modal') return (await responder.openModal(result, place)) ? outcome : 'lost';
      if (!(await responder.replyAtOnce(result, place))) return 'lost';
    } catch (error) {
      const view = await failed(interaction, task.path, error);
      return (await responder.replyAtOnce(view, place)) ? 'failed' : 'lost';
    }
    if (!result.later) return outcome;
    return show(interaction, shown, await settle(interaction, shown, result, result.later));
  }

  /** Somebody waits for an answer, also when we do not understand what they did. */
  async function answerUnread(raw: unknown): Promise<void> {
    const unread = findUnread(raw);
    if (!unread) return;
    try {
      await api.callback(unread, unread.answer, UNREAD_WITHIN_MS);
    } catch (error) {
      log.warn({ ...unreadIdsOf(raw), ...failureFields(error) }, 'an interaction could not be acknowledged');
    }
  }

  return {
    receive(raw) {
      const receivedAt = performance.now();
      let interaction: Interaction | undefined;
      try {
        interaction = readInteraction(raw);
      } catch (error) {
        log.error({ err: loggable(error), ...unreadIdsOf(raw) }, 'an interaction could not be read');
      }
      const id = interaction?.id ?? unreadIdsOf(raw).interactionId;
      if (id === undefined || !isNew(id)) return;
      const answering = interaction ? handle(interaction, receivedAt) : answerUnread(raw);
      const work = answering.finally(() => inFlight.delete(work));
      inFlight.add(work);
    },
    get inFlight() {
      return inFlight.size;
    },
    async drain(timeoutMs) {
      draining = true;
      await withinPatience(clock, timeoutMs, Promise.allSettled(inFlight));
      return inFlight.size;
    },
  };
}

/** The gateway may deliver an event twice, also after a resume (discord.md 1.8). */
function createDuplicateFilter(clock: Clock): (id: string) => boolean {
  const seenUntil = new Map<string, number>();
  return (id) => {
    const now = clock.steadyMs();
    // Sorted by arrival, so the oldest come first.
    for (const [oldest, until] of seenUntil) {
      if (until > now) break;
      seenUntil.delete(oldest);
    }
    if (seenUntil.has(id)) return false;
    seenUntil.set(id, now + DUPLICATES_FOR_MS);
    return true;
  };
}
