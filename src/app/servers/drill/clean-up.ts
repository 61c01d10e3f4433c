/** Takes away what a drill has left on a server: tried until the server shows that nothing is left. */
import type { DrillList, Look } from '../../../domain/drill/facts.ts';
import type { GuildId } from '../../../domain/ids.ts';
import { MEDIA_KINDS } from '../../../domain/media-kinds.ts';
import type { Server } from '../../../domain/model.ts';
import { isFirstAlert, nextTry } from '../../../domain/retry.ts';
import { isText, orNull, shape } from '../../../domain/shape.ts';
import { staffSentence } from '../../../domain/trouble.ts';
import { say } from '../../../words/say.ts';
import { tell } from '../../ledger/alerts.ts';
import { seenIn, unreadIn } from '../../observe/reading.ts';
import { type Deps, openDrillSide, openServer } from '../../ports/deps.ts';
import type { DrillSide, ThrowAwayKey } from '../../ports/drill.ts';
import type { Known, MediaServer, Trouble, Withdrawn, WriteOutcome } from '../../ports/media-server.ts';
import { TOKEN_SHUT } from '../../ports/shut-server.ts';
import type { Drill } from '../../ports/stores/drills.ts';
import { type Patience, until } from './until.ts';

/** For what the key of a throw-away account is sealed. */
export const DRILL_SECRET = 'Drill.secret';

export interface CleanedUp {
  /** Why something may be left; null when nothing is. */
  readonly left: Trouble | null;
  /** In which lists an account is after it was deleted; absent where nothing is deleted. */
  readonly lists?: Look<readonly DrillList[]>;
}

export function makeDrillCleanUp(deps: Deps, stopping: AbortSignal) {
  /**
   * Cleans up, and notes what came of it: the row goes when nothing is left, and is due again otherwise. Without
   * `touched` nothing was tried on the server.
   */
  return async function cleanUp(
    guildId: GuildId,
    server: Server,
    drillId: string,
    touched = true,
  ): Promise<CleanedUp> {
    const stores = deps.stores.of(guildId);
    const drill = await stores.drills.find(drillId);
    if (!drill) return { left: REMOVED };
    let done: CleanedUp;
    try {
      const sealed = await stores.drills.getSecretCipher(drill.id);
      const opened = deps.secrets.open(sealed, { guildId, column: DRILL_SECRET, row: drill.id });
      const key: unknown = opened === undefined ? null : JSON.parse(opened);
      const media = await openServer(deps, stores, server);
      const side = await openDrillSide(deps, stores, server);
      done = !isKey(key)
        ? { left: KEY_SHUT }
        : media.accounts
          ? await deleteAccount(guildId, { server, media, side, drill, key, touched })
          : await endShare(guildId, { server, media, side, drill, key, touched });
    } catch (err) {
      // A bug of ours must not be run again at once and without end.
      deps.log.error({ guildId, serverId: server.id, err }, 'a drill could not be cleaned up');
      done = { left: { kind: 'not-possible', message: say('trouble.itself') } };
    }
    if (done.left) await postpone(guildId, server, drill, done.left);
    // In its turn: what was read of the server while the account was there is stored by then, and says nothing of it.
    else
      await deps.servers.exclusive(guildId, server, () =>
        deps.stores.transaction(guildId, (tx) => tx.drills.remove(drill.id)),
      );
    return done;
  };

  interface Leavings {
    readonly server: Server;
    readonly media: MediaServer;
    readonly side: DrillSide | undefined;
    readonly drill: Drill;
    readonly key: ThrowAwayKey;
    readonly touched: boolean;
  }

  /** An account that Usher made. Whose id is not known, it is ours if it takes the password. */
  async function deleteAccount(guildId: GuildId, left: Leavings): Promise<CleanedUp> {
    const { server, media, side, drill, key } = left;
    const { accounts } = media;
    const { externalId, name } = drill;
    if (!accounts || !left.touched) return { left: null };
    if (!side) return { left: TOKEN_SHUT };
    if (externalId === null) {
      const outcome = await deps.servers.exclusive(guildId, server, () =>
        accounts.discard({ name, password: key.secret }),
      );
      return { left: outcome.kind === 'done' ? null : outcome.why };
    }
    const reading = await media.readAccess({ of: [externalId] });
    if (reading.kind === 'unknown') return { left: reading.why };
    const account = seenIn(reading.value, externalId);
    if (account) {
      const outcome = await deps.servers.exclusive(guildId, server, () => accounts.delete(account));
      if (outcome.kind === 'failed') return { left: outcome.why };
    }
    const lists = await until(patience(server), () => side.listsOf(externalId), isEmpty);
    return leftIn(lists);
  }

  /** The share of an account that is somebody's: it ends, and its token is forgotten. */
  async function endShare(guildId: GuildId, left: Leavings): Promise<CleanedUp> {
    const { server, drill, key, touched } = left;
    const end =
      drill.externalId === null || !touched
        ? { left: null }
        : await withdraw(guildId, left, drill.externalId);
    const { signIn } = deps.media.of(guildId)[server.kind];
    if (!end.left && signIn?.by === 'page')
      await signIn.forget({ token: key.secret, clientIdentifier: key.clientIdentifier });
    return end;
  }

  async function withdraw(
    guildId: GuildId,
    { server, media }: Leavings,
    externalId: string,
  ): Promise<CleanedUp> {
    const rows = await deps.stores
      .of(guildId)
      .accounts.list({ serverId: server.id, externalIds: [externalId] });
    // A member has connected it since: from then on their grants decide what it has.
    if (rows.some(({ memberId }) => memberId !== null)) return { left: null };
    const found = await findShare(media, externalId);
    if (found.kind === 'unknown') return { left: found.why };
    const share = found.value;
    if (share === null) return { left: null };
    const outcome: WriteOutcome = await deps.servers.exclusive(guildId, server, () => media.withdraw(share));
    if (outcome.kind === 'failed') return { left: outcome.why };
    const after = await until(
      patience(server),
      () => findShare(media, externalId),
      (one) => one === null,
    );
    if (after.kind === 'unknown') return { left: after.why };
    return { left: after.value === null ? null : STILL_LISTED };
  }

  function patience({ kind }: Server): Patience {
    return { shownAfterMs: MEDIA_KINDS[kind].shownAfterMs, clock: deps.clock, stopping };
  }

  /** It is tried again, ever more rarely, and told to staff when it fails too often: somebody has access. */
  async function postpone(guildId: GuildId, server: Server, drill: Drill, why: Trouble): Promise<void> {
    await deps.stores.transaction(guildId, async (tx) => {
      if (!(await tx.drills.find(drill.id))) return;
      const now = deps.clock.now();
      const { refusal, retryAfterMs } = why;
      const next = nextTry(drill, { refused: refusal === 'final', retryAfterMs }, now);
      const trouble = staffSentence(why, server);
      await tx.drills.update(drill.id, { ...next, trouble });
      if (!isFirstAlert(next)) return;
      const text = say('alert.drillLeft', { server: server.name, account: drill.name, why: trouble });
      await tell(deps, tx, { text }, now);
    });
  }
}

/** What its withdrawal needs; null when it is in no list. */
async function findShare(media: MediaServer, externalId: string): Promise<Known<Withdrawn | null>> {
  const reading = await media.readAccess({ of: [externalId] });
  if (reading.kind === 'unknown') return reading;
  const seen = seenIn(reading.value, externalId);
  if (seen) return { kind: 'known', value: seen };
  const unread = unreadIn(reading.value, externalId);
  if (!unread) return { kind: 'known', value: null };
  if (unread.handle === null)
    return { kind: 'unknown', why: { kind: 'not-understood', message: unread.message } };
  return { kind: 'known', value: { externalId, protection: null, handle: unread.handle } };
}

const isKey = shape({ secret: isText, clientIdentifier: orNull(isText) });

const REMOVED: Trouble = {
  kind: 'not-possible',
  message: say('trouble.drill.serverRemoved'),
};
const KEY_SHUT: Trouble = {
  kind: 'not-possible',
  message: say('trouble.keyShut'),
};
const STILL_LISTED: Trouble = {
  kind: 'not-possible',
  message: say('trouble.drill.stillListed'),
};

const isEmpty = (lists: readonly DrillList[]): boolean => lists.length === 0;

function leftIn(lists: Known<readonly DrillList[]>): CleanedUp {
  if (lists.kind === 'unknown') return { left: lists.why, lists: { kind: 'unseen', why: lists.why } };
  return { left: isEmpty(lists.value) ? null : STILL_LISTED, lists: { kind: 'seen', value: lists.value } };
}
