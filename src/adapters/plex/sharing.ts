import type { AccountAccess, Known, Trouble, WriteOutcome } from '../../app/ports/media-server.ts';
import { isNonEmpty, type NonEmpty } from '../../domain/model.ts';
import { type Sentence, say } from '../../words/say.ts';
import { saidWith, writeLost, writeRefused } from '../http-client/answers.ts';
import type { HttpAnswer } from '../http-client/call.ts';
import { isDeadToken, type PlexClient, troubleOf, unknown } from './client.ts';
import { readDocument } from './document.ts';
import { type CloudSection, readCloudServer } from './schema.ts';
import { readSettings, readShare, type SharingSettings } from './share-schema.ts';

export const done: WriteOutcome = { kind: 'done' };
export const notPossible = (
  message: Sentence,
  said: Pick<Trouble, 'reason' | 'refusal'> = {},
): Extract<WriteOutcome, { kind: 'failed' }> => ({
  kind: 'failed',
  why: { kind: 'not-possible', message, ...said },
});

export type Invitee = { readonly accountId: string } | { readonly email: string };

/** Libraries of the server, by their section keys and by the ids that plex.tv accepts for them. */
interface Sections {
  readonly keys: NonEmpty<string>;
  readonly ids: NonEmpty<number>;
}

/** The calls that write shares of one server (media-servers.md A5.5 to A5.8). None is repeated automatically. */
export class PlexSharing {
  readonly #client: PlexClient;
  readonly #token: string;
  readonly #machineIdentifier: string;
  /** The settings that were sent to a share last, by its id, for the reading after it. */
  readonly sent = new Map<string, SharingSettings>();
  /** Ids of shares that were deleted here, with plex.tv confirming it. */
  readonly removed = new Set<string>();
  #mapping: Promise<Known<ReadonlyMap<string, number>>> | undefined;

  constructor(client: PlexClient, token: string, machineIdentifier: string) {
    this.#client = client;
    this.#token = token;
    this.#machineIdentifier = machineIdentifier;
  }

  /** Makes the next write read the ids of plex.tv again. */
  forgetMapping(): void {
    this.#mapping = undefined;
  }

  /**
   * The libraries as plex.tv lists them (A5.2). The list may be incomplete for a while although all is well (edge
   * case 3).
   */
  async listCloudSections(how: { readonly isAsked?: boolean } = {}): Promise<Known<readonly CloudSection[]>> {
    const server = await this.#client.read(
      { host: 'plex.tv', path: `/api/v2/servers/${this.#machineIdentifier}`, token: this.#token, ...how },
      readCloudServer,
    );
    if (server.kind === 'unknown') return server;
    const { machineIdentifier, sections } = server.value;
    return machineIdentifier === this.#machineIdentifier
      ? { kind: 'known', value: sections }
      : unknown({ kind: 'not-understood', message: say('trouble.plex.anotherServer'), vendor: true });
  }

  /**
   * Maps section keys to the ids that plex.tv accepts. If one has no id, nothing is written: a shorter list would
   * silently take access away, and an empty one would give everything (A6).
   */
  async mapLibraries(keys: NonEmpty<string>): Promise<Known<Sections>> {
    this.#mapping ??= this.#readMapping();
    const mapping = await this.#mapping;
    if (mapping.kind === 'unknown') {
      this.forgetMapping();
      return mapping;
    }
    const ids = [...new Set(keys)].flatMap((key) => mapping.value.get(key) ?? []);
    if (isNonEmpty(ids) && ids.length === new Set(keys).size) return { kind: 'known', value: { keys, ids } };
    this.forgetMapping();
    return unknown({
      kind: 'not-possible',
      message: say('trouble.plex.notListed'),
    });
  }

  /** The settings between the owner and a person, where a list does not tell them, or tells two (A5.7). */
  async readSettings(accountId: string): Promise<Known<SharingSettings>> {
    return await this.#client.read(
      {
        host: 'clients',
        path: '/api/v2/sharing_settings',
        query: { invitedId: accountId },
        token: this.#token,
      },
      readSettings,
    );
  }

  /**
   * Replaces the libraries of a share. The settings are sent back exactly as they were read (A5.6); null, where nobody
   * tells them, sends none. `had` is what it gave before: if the answer shows more than that and what was asked, the
   * share is removed at once.
   */
  async update(
    { shareId, had }: { readonly shareId: string; readonly had: Access },
    { keys, ids }: Sections,
    settings: SharingSettings | null,
  ): Promise<WriteOutcome> {
    if (settings) this.sent.set(shareId, settings);
    const answer = await this.#client.send({
      host: 'clients',
      method: 'POST',
      path: `/api/v2/shared_servers/${encodeURIComponent(shareId)}`,
      token: this.#token,
      json: { ...(settings && { settings }), librarySectionIds: ids },
    });
    if (answer.kind === 'failure') return writeLost(answer);
    if (isSuccess(answer)) {
      if (hidesError(answer)) return unclear();
      const share = readShare.accept(readDocument(answer.body), answer.headers, []);
      if (!share || share.id !== shareId) return done;
      const isMore = share.allLibraries
        ? had.kind !== 'all'
        : !isWithin(share.keys, [...keys, ...keysOf(had)]);
      if (isMore) return await this.#close(shareId);
      const isDone = !share.allLibraries && isWithin(share.keys, keys) && isWithin(keys, share.keys);
      return isDone ? done : unclear(say('trouble.plex.notShown'));
    }
    this.forgetMapping();
    // plex.tv answers the same for an unknown share and for unknown library ids (A6.3, edge case 2).
    if (answer.status === 404) return notPossible(say('trouble.plex.shareUnknown'), saidWith(answer));
    return writeRefused(answer, troubleOf(answer, 'clients'));
  }

  /**
   * Takes a share away or cancels an invitation. 404 means that it is gone already; the reading afterwards confirms
   * it (A5.8).
   */
  async remove(shareId: string): Promise<WriteOutcome> {
    const answer = await this.#client.send({
      host: 'clients',
      method: 'DELETE',
      path: `/api/v2/shared_servers/${encodeURIComponent(shareId)}`,
      token: this.#token,
    });
    if (answer.kind === 'failure') return writeLost(answer);
    if (isSuccess(answer) && hidesError(answer)) return unclear();
    if (!isSuccess(answer) && answer.status !== 404)
      return writeRefused(answer, troubleOf(answer, 'clients'));
    this.removed.add(shareId);
    return done;
  }

  /** Removes a share that gives more than was asked. */
  async #close(shareId: string): Promise<WriteOutcome> {
    const { kind } = await this.remove(shareId);
    const isClosed = kind === 'done';
    const message = say(isClosed ? 'trouble.plex.closedAtOnce' : 'trouble.plex.notClosedYet');
    return {
      kind: isClosed ? 'failed' : 'unclear',
      why: { kind: 'not-possible', message, vendor: true, exceeds: true },
    };
  }

  /** Makes a share. If the reply shows that it went to another account, or gives more, it is removed at once (A5.5). */
  async create(
    invitee: Invitee,
    { keys, ids }: Sections,
    settings: SharingSettings,
  ): Promise<WriteOutcome | { readonly kind: 'already-shared' }> {
    const answer = await this.#client.send({
      host: 'clients',
      method: 'POST',
      path: '/api/v2/shared_servers',
      token: this.#token,
      json: {
        machineIdentifier: this.#machineIdentifier,
        ...('email' in invitee ? { invitedEmail: invitee.email } : { invitedId: Number(invitee.accountId) }),
        librarySectionIds: ids,
        settings,
        skipFriendship: true,
      },
    });
    if (answer.kind === 'failure') return writeLost(answer);
    if (!isSuccess(answer)) {
      if (isAlreadyShared(answer)) return { kind: 'already-shared' };
      this.forgetMapping();
      if (answer.status === 404) return notPossible(say('trouble.plex.accountUnknown'), saidWith(answer));
      return writeRefused(answer, troubleOf(answer, 'clients'));
    }
    const share = readShare.accept(readDocument(answer.body), answer.headers, []);
    if (!share) return unclear();
    this.sent.set(share.id, settings);
    if ('accountId' in invitee && share.invitedId !== invitee.accountId) {
      const takenBack = await this.remove(share.id);
      if (takenBack.kind !== 'done') return unclear(say('trouble.plex.otherAccount'));
      return notPossible(say('trouble.plex.otherAccountBack'));
    }
    if (share.allLibraries || !isWithin(share.keys, keys)) return await this.#close(share.id);
    return done;
  }

  async #readMapping(): Promise<Known<ReadonlyMap<string, number>>> {
    const sections = await this.listCloudSections();
    if (sections.kind === 'unknown') return sections;
    // Mapped by key only, because ids and keys overlap and titles repeat (A3).
    return { kind: 'known', value: new Map(sections.value.map(({ key, id }) => [key, Number(id)])) };
  }
}

type Access = AccountAccess['access'];

const keysOf = (access: Access): readonly string[] => (access.kind === 'all' ? [] : access.externalIds);

const isWithin = (some: readonly string[], all: readonly string[]): boolean =>
  new Set(some).isSubsetOf(new Set(all));

const unclear = (message = say('trouble.plex.unclear')): WriteOutcome => ({
  kind: 'unclear',
  why: { kind: 'not-understood', message },
});

const isSuccess = ({ status }: HttpAnswer): boolean => status >= 200 && status < 300;

/** Whether a 2xx answer contains an error document or a web page (edge case 20). An empty body is fine. */
function hidesError({ body }: HttpAnswer): boolean {
  if (body.toString('utf8').trim() === '') return false;
  const document = readDocument(body);
  if (document.kind !== 'document') return true;
  if (document.root !== null) return document.root === 'errors' || document.root === 'Response';
  const { value } = document;
  return typeof value === 'object' && value !== null && ('errors' in value || 'error' in value);
}

/** 422 or 400 with a code or a sentence, in any format (A2.5, edge case 6). */
const isAlreadyShared = (answer: HttpAnswer): boolean =>
  (answer.status === 422 || answer.status === 400) &&
  !isDeadToken(answer) &&
  /\b1999\b|already sharing/i.test(answer.body.toString('utf8'));
