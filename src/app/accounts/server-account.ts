/**
 * Makes accounts for members on servers that keep their own (Jellyfin), with a random password that nobody learns
 * before the account is restricted (media-servers.md B5). The row is written first and holds the sealed password: after
 * a crash in between, Usher recognises its own account by it.
 */

import { accountOn, desiredLibraries } from '../../domain/access.ts';
import { lookAlikeOf, oddityOfName } from '../../domain/account-name.ts';
import { memberAddress } from '../../domain/address.ts';
import { frozenTrouble } from '../../domain/frozen.ts';
import type { GuildId, MemberId } from '../../domain/ids.ts';
import { asActor } from '../../domain/ids.ts';
import { keptText } from '../../domain/kept-text.ts';
import type { Account, Server } from '../../domain/model.ts';
import { isNonEmpty } from '../../domain/model.ts';
import { type Closed, closedWhy } from '../../domain/open-account.ts';
import { isFirstAlert, nextTry } from '../../domain/retry.ts';
import { staffSentence } from '../../domain/trouble.ts';
import { mentioned, type Sentence, say, type Text } from '../../words/say.ts';
import { endBegin } from '../guild/begin.ts';
import { outsiderTrouble } from '../guild/membership.ts';
import { tell } from '../ledger/alerts.ts';
import { libraryNames } from '../ledger/audit-facts.ts';
import { settle } from '../ledger/settle.ts';
import { tellMember } from '../ledger/tell-member.ts';
import { inTheWayOf } from '../observe/account-room.ts';
import { refreshLibraries } from '../observe/follow-libraries.ts';
import { seenIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Beside, ServerAccounts, Trouble } from '../ports/media-server.ts';
import type { GuildStores } from '../ports/stores.ts';
import { lookFor } from '../reconcile/missing.ts';
import { besideDetail, besideTrouble } from './beside.ts';

export type ServerAccountResult =
  | { readonly kind: 'created'; readonly server: Server; readonly name: string; readonly password: string }
  | { readonly kind: 'already'; readonly server: Server; readonly name: string }
  /** The server does not have the account: it is looked for once more (`missing`), or its link has ended (`gone`). */
  | { readonly kind: 'missing' | 'gone'; readonly server: Server; readonly name: string }
  | { readonly kind: 'nothing-granted' }
  /** The account is there, and nobody gets in with it. `paused`: a grant goes on later. */
  | {
      readonly kind: 'closed';
      readonly server: Server;
      readonly why: Closed;
      readonly paused: boolean;
    }
  /** Another service lets the account in and keeps its password (LDAP, SSO). */
  | { readonly kind: 'elsewhere'; readonly server: Server; readonly name: string }
  | { readonly kind: 'name-taken' }
  | { readonly kind: 'name-not-allowed'; readonly message: Text }
  | { readonly kind: 'failed'; readonly server: Server; readonly why: Trouble }
  /** It exists, or may exist, without being as it should. Usher goes on with it, and tells the member. */
  | { readonly kind: 'unfinished'; readonly server: Server; readonly name: string; readonly why: Trouble };

/** For how long a creation that is going on is left to whoever began it. */
const LEFT_ALONE_MS = 60_000;

/** One that was being made exists, and does not take the password that would prove that it is the one. */
const notOurs = (server: Server, account: Account): Sentence =>
  say('alert.nameTaken', { ...namesOf(server, account) });

const namesOf = ({ name: server }: Server, { name, memberId }: Account) => ({
  server,
  account: name,
  who: memberId === null ? name : mentioned(memberId),
});

/** Whose name it is, is not said. */
const LOOKS_ALIKE = {
  kind: 'name-not-allowed',
  message: say('my.name.alike'),
} as const;

/** A server whose accounts are its own, and how they are managed. */
interface Place {
  readonly server: Server;
  readonly accounts: ServerAccounts;
}

/** Told of every account that was made, so that other ways to one end. */
type Made = (guildId: GuildId, memberId: MemberId, server: Server) => Promise<void>;

export function makeServerAccounts(deps: Deps, onMade: Made) {
  /** What staff were told since the start: people press a button again that did not work. */
  const told = new Set<string>();
  return { create, finishDue, resume, newPassword };

  /** Makes an account named `name` with what the member's grants give on this server. The password is shown once. */
  async function create(
    guildId: GuildId,
    memberId: MemberId,
    serverId: string,
    name: string,
  ): Promise<ServerAccountResult> {
    // One at a time per member and server: two clicks make one account.
    return await deps.servers.exclusiveFor(guildId, serverId, memberId, async () => {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      const accounts = server && (await accountsOf(guildId, server));
      if (!server || !accounts) return { kind: 'nothing-granted' };
      const outside = await outsiderTrouble(deps, guildId, memberId);
      if (outside) return { kind: 'failed', server, why: outside };
      const old = accountOn(await stores.accounts.list({ memberId }), serverId);
      if (old && old.externalId !== null) {
        const refusal = await lookFirst(guildId, server, old);
        if (refusal) return refusal;
      } else if (old) return await finish(guildId, { server, accounts }, old, 'again');

      const frozen = frozenTrouble(server);
      if (frozen) return { kind: 'failed', server, why: frozen };
      const wanted = name.normalize('NFC').trim();
      const odd = oddityOfName(wanted);
      if (odd !== undefined) return { kind: 'name-not-allowed', message: odd };
      const checked = await accounts.checkName(wanted);
      if (checked.kind === 'not-allowed') return { kind: 'name-not-allowed', message: checked.message };
      if (checked.kind === 'unknown') {
        const media = await openServer(deps, stores, server);
        await noteFailure(deps, guildId, { server, media }, checked.why);
        return { kind: 'failed', server, why: checked.why };
      }
      // Outside of the transaction: of some servers they are tens of thousands.
      const names = (await stores.accounts.listNames(serverId)).map((account) => account.name);
      if (lookAlikeOf(wanted, names) !== undefined) return LOOKS_ALIKE;
      const prepared = await prepare(guildId, memberId, server, wanted);
      if (prepared.kind !== 'prepared') return prepared;
      const result = await finish(guildId, { server, accounts }, prepared.account, 'first');
      if (result.kind === 'created') await onMade(guildId, memberId, server);
      return result;
    });
  }

  /** Why an account that is linked stands in the way of a new one; undefined when it is gone. */
  async function lookFirst(
    guildId: GuildId,
    server: Server,
    account: Account,
  ): Promise<ServerAccountResult | undefined> {
    const media = await openServer(deps, deps.stores.of(guildId), server);
    const found = await lookFor(deps, guildId, { server, account, media });
    if (found.kind === 'unknown') return { kind: 'failed', server, why: found.why };
    if (found.value === 'gone') return undefined;
    return { kind: found.value === 'there' ? 'already' : 'missing', server, name: account.name };
  }

  /** The row of the account, unless the member got one otherwise meanwhile, or the name looks like another one. */
  async function prepare(
    guildId: GuildId,
    memberId: MemberId,
    server: Server,
    name: string,
  ): Promise<{ readonly kind: 'prepared'; readonly account: Account } | ServerAccountResult> {
    return await deps.stores.transaction(guildId, async (tx) => {
      const other = await inTheWayOf(tx, { server, memberId, externalId: null });
      if (other) return { kind: 'already', server, name: other.name };
      const begun = (await tx.accounts.listUnfinished()).filter(({ serverId }) => serverId === server.id);
      if (
        lookAlikeOf(
          name,
          begun.map((account) => account.name),
        ) !== undefined
      )
        return LOOKS_ALIKE;
      await tx.members.ensure(memberId);
      const id = await tx.accounts.save({
        id: deps.codes.newId(),
        serverId: server.id,
        externalId: null,
        name,
        memberId,
        createdByUs: true,
      });
      const password = deps.codes.newPassword();
      const secretCipher = deps.secrets.seal(password, { guildId, column: 'Account.secret', row: id });
      // Whatever happens from here on, a pass finishes it.
      await tx.accounts.update(id, {
        secretCipher,
        dueAt: new Date(deps.clock.now().getTime() + LEFT_ALONE_MS),
      });
      const account = await tx.accounts.find(id);
      if (!account) throw new Error('the account that was just noted is not there');
      return { kind: 'prepared', account };
    });
  }

  /** Makes the account, or finishes one that an earlier run left half made. */
  async function finish(
    guildId: GuildId,
    { server, accounts }: Place,
    account: Account,
    run: 'first' | 'again',
  ): Promise<ServerAccountResult> {
    const stores = deps.stores.of(guildId);
    const sealed = await stores.accounts.getSecretCipher(account.id);
    if (sealed === null || account.memberId === null)
      throw new Error('an unfinished account lacks its password');
    const password = deps.secrets.open(sealed, { guildId, column: 'Account.secret', row: account.id });
    if (password === undefined) return await postpone(guildId, server, account, PASSWORD_SHUT);
    await refreshLibraries(deps, guildId, server, await openServer(deps, stores, server));
    const [libraries, grants, fresh] = await Promise.all([
      stores.libraries.list(server.id),
      stores.grants.list({ memberId: account.memberId, states: ['active'] }),
      stores.servers.find(server.id),
    ]);
    const frozen = frozenTrouble(fresh ?? server);
    const desired = frozen ? [] : desiredLibraries(server, libraries, grants);
    const externalIds = libraries
      .filter((library) => desired.includes(library.id))
      .map((library) => library.externalId);
    if (!isNonEmpty(externalIds)) {
      // All that was granted has ended since the account was begun, or nothing may be given any more: what was made of
      // it is removed.
      const discarded = await accounts.discard({ name: account.name, password });
      if (discarded.kind !== 'done') return await postpone(guildId, server, account, discarded.why);
      await forget(guildId, account);
      return frozen ? { kind: 'failed', server, why: frozen } : { kind: 'nothing-granted' };
    }
    // Only what an earlier run may have made is ours by its password.
    const resume = run === 'again';
    const template = server.templateAccountId;
    const made = await accounts.create({ name: account.name, password, externalIds, resume, template });
    if (made.kind === 'name-taken') {
      await forget(guildId, account, run === 'again' ? notOurs(server, account) : undefined);
      return { kind: 'name-taken' };
    }
    if (made.kind === 'failed') {
      await tellRefused(guildId, server, account, made.why);
      // With something left behind, by this run or perhaps by an earlier one, the row stays: a later run finishes it,
      // or takes it away.
      if (run === 'again' || made.leftBehind) return await postpone(guildId, server, account, made.why);
      await forget(guildId, account);
      return { kind: 'failed', server, why: made.why };
    }
    await deps.stores.transaction(guildId, (tx) =>
      recordCreated(tx, server, account, { ...made, given: desired }),
    );
    return { kind: 'created', server, name: account.name, password };
  }

  /**
   * What is half made is due like any other work: tried again with growing pauses, listed, and told to staff when it
   * fails too often, because such an account may see every library (media-servers.md B5).
   */
  async function postpone(
    guildId: GuildId,
    server: Server,
    account: Account,
    why: Trouble,
  ): Promise<ServerAccountResult> {
    await deps.stores.transaction(guildId, async (tx) => {
      const now = deps.clock.now();
      const { refusal, retryAfterMs } = why;
      const next = nextTry(account, { refused: refusal === 'final', retryAfterMs }, now);
      const trouble = say('trouble.halfMade', { why: staffSentence(why, server) });
      await tx.accounts.update(account.id, { ...next, trouble });
      if (!isFirstAlert(next)) return;
      await tx.audit.append({
        action: 'grant.overdue',
        actorId: null,
        targetId: account.memberId,
        facts: { server: server.name, account: account.name, detail: [trouble, say('audit.note.tries')] },
        at: now,
      });
      const values = { ...namesOf(server, account), why: staffSentence(why, server) };
      const text = say('alert.halfMade', values);
      await tell(deps, tx, { text, isOnRecord: true }, now);
    });
    return { kind: 'unfinished', server, name: account.name, why };
  }

  /** What the server refused only a person can mend; the member is told no more than that. */
  async function tellRefused(
    guildId: GuildId,
    server: Server,
    account: Account,
    why: Trouble,
  ): Promise<void> {
    const key = [guildId, server.id, account.memberId, keptText(why.message), why.reason].join(' ');
    if (why.refusal === undefined || told.has(key)) return;
    told.add(key);
    const values = { ...namesOf(server, account), why: staffSentence(why, server) };
    const text = say('alert.accountRefused', values);
    await deps.stores.transaction(guildId, (tx) => tell(deps, tx, { text }, deps.clock.now()));
  }

  async function recordCreated(
    tx: GuildStores,
    server: Server,
    account: Account,
    {
      externalId,
      given,
      beside,
    }: { readonly externalId: string; readonly given: readonly string[]; readonly beside: Beside },
  ): Promise<void> {
    const now = deps.clock.now();
    // A sync may have seen the account already, and have stored it as linked to nobody.
    const known = await tx.accounts.list({ serverId: server.id });
    const observed = known.find((other) => other.externalId === externalId && other.memberId === null);
    if (observed) await tx.accounts.remove(observed.id);
    // Due once more: what was granted while the account was being made is compared right away.
    const seen = { seenAccess: 'libraries', seenAt: now, dueAt: now } as const;
    const tried = { attempts: 0, trouble: null, refused: false } as const;
    await tx.accounts.update(account.id, { externalId, secretCipher: null, ...seen, ...tried });
    await tx.accounts.setLibraries(account.id, { seen: given, given });
    const facts = { server: server.name, account: account.name };
    const targetId = account.memberId;
    if (targetId) await endBegin(deps, tx, targetId, now);
    await tx.audit.append({
      action: 'member.linked',
      actorId: targetId && asActor(targetId),
      targetId,
      facts,
      at: now,
    });
    const libraries = libraryNames(given, await tx.libraries.list(server.id));
    await tx.audit.append({
      action: 'access.applied',
      actorId: null,
      targetId,
      facts: { ...facts, libraries, how: 'made', detail: besideDetail(beside) },
      at: now,
    });
    await tellBeside(tx, server, account, beside);
    await askForAddress(tx, server, account);
  }

  /** Whoever was let in has nowhere to go, and only an admin can say where that is. Once. */
  async function askForAddress(tx: GuildStores, server: Server, { memberId }: Account): Promise<void> {
    const key = [tx.guildId, server.id, 'address'].join(' ');
    if (memberAddress(server) !== null || memberId === null || told.has(key)) return;
    told.add(key);
    const command = { pieces: ['`/server edit`'] };
    const who = mentioned(memberId);
    const text = say('server.memberLink.asked', { server: server.name, command, member: who });
    await tell(deps, tx, { text }, deps.clock.now());
  }

  /** What is not as an admin chose it, once: people make many accounts. */
  async function tellBeside(
    tx: GuildStores,
    server: Server,
    account: Account,
    beside: Beside,
  ): Promise<void> {
    const trouble = besideTrouble(beside);
    const key = [tx.guildId, server.id, server.templateAccountId, trouble && keptText(trouble)].join(' ');
    if (trouble === undefined || told.has(key)) return;
    told.add(key);
    const text = say('alert.madeBut', { ...namesOf(server, account), trouble });
    await tell(deps, tx, { text, isOnRecord: true }, deps.clock.now());
  }

  /** `alert` is what staff have to look at. */
  async function forget(guildId: GuildId, account: Account, alert?: Sentence): Promise<void> {
    await deps.stores.transaction(guildId, async (tx) => {
      await tx.accounts.remove(account.id);
      if (alert !== undefined) await tell(deps, tx, { text: alert }, deps.clock.now());
      // An ending grant may have waited for the proof that there is no account.
      if (account.memberId !== null) await settle(deps, tx, [account.memberId], deps.clock.now());
    });
  }

  /** Finishes the accounts that an earlier run left half made. */
  async function resume(guildId: GuildId): Promise<void> {
    await finishAll(guildId, await deps.stores.of(guildId).accounts.listUnfinished());
  }

  /** Those of a server whose time has come. */
  async function finishDue(guildId: GuildId, serverId: string): Promise<void> {
    const now = deps.clock.now();
    const unfinished = await deps.stores.of(guildId).accounts.listUnfinished();
    const isDue = ({ dueAt, ...account }: Account) =>
      account.serverId === serverId && dueAt !== null && dueAt <= now;
    await finishAll(guildId, unfinished.filter(isDue));
  }

  /** Members are told by DM, because the reply to their command can no longer be changed. */
  async function finishAll(guildId: GuildId, unfinished: readonly Account[]): Promise<void> {
    const stores = deps.stores.of(guildId);
    for (const account of unfinished) {
      const { memberId } = account;
      const server = await stores.servers.find(account.serverId);
      const accounts = server && (await accountsOf(guildId, server));
      if (!server || !accounts || memberId === null) continue;
      const result = await deps.servers.exclusiveFor(guildId, server.id, memberId, async () => {
        const fresh = await stores.accounts.find(account.id);
        if (fresh?.externalId !== null) return undefined;
        return await finish(guildId, { server, accounts }, fresh, 'again').catch((err) => {
          // A bug of ours must not be run again at once and without end.
          deps.log.error({ guildId, serverId: server.id, err }, 'an account could not be finished');
          const why = { kind: 'not-possible', message: say('trouble.itself') } as const;
          return postpone(guildId, server, fresh, why);
        });
      });
      const text =
        result?.kind === 'created'
          ? say('my.account.nowReady', { name: result.name, server: server.name })
          : result?.kind === 'name-taken'
            ? say('my.account.nowTaken', { name: account.name, server: server.name })
            : undefined;
      if (result?.kind === 'created') await onMade(guildId, memberId, server);
      if (text === undefined) continue;
      await deps.stores.transaction(guildId, (tx) =>
        tellMember(deps, tx, { memberId, text }, deps.clock.now()),
      );
    }
  }

  /** A new password for the member's own account that Usher made; shown once. */
  async function newPassword(
    guildId: GuildId,
    memberId: MemberId,
    accountId: string,
  ): Promise<ServerAccountResult> {
    const stores = deps.stores.of(guildId);
    const account = await stores.accounts.find(accountId);
    const server = account && (await stores.servers.find(account.serverId));
    if (!account?.externalId || !server || account.memberId !== memberId || !account.createdByUs)
      return { kind: 'nothing-granted' };
    const outside = await outsiderTrouble(deps, guildId, memberId);
    if (outside) return { kind: 'failed', server, why: outside };
    const frozen = frozenTrouble(server);
    if (frozen) return { kind: 'failed', server, why: frozen };
    const media = await openServer(deps, stores, server);
    const { accounts } = media;
    if (!accounts) return { kind: 'nothing-granted' };
    const closed = await closedNow(stores, server, account);
    if (closed) return closed;
    // Somebody else may have closed or deleted it since the last sync: only the server knows whether they get in.
    const reading = await media.readAccess({ of: [account.externalId] });
    if (reading.kind === 'unknown') {
      await noteFailure(deps, guildId, { server, media }, reading.why);
      return { kind: 'failed', server, why: reading.why };
    }
    const seen = seenIn(reading.value, account.externalId);
    if (!seen) {
      const found = await lookFor(deps, guildId, { server, account, media });
      if (found.kind === 'unknown') return { kind: 'failed', server, why: found.why };
      return { kind: found.value === 'gone' ? 'gone' : 'missing', server, name: account.name };
    }
    if (seen.signsInElsewhere) return { kind: 'elsewhere', server, name: account.name };
    if (seen.disabled)
      return { kind: 'closed', server, why: account.disabledByUs ? 'not-yet' : 'disabled', paused: false };
    const password = deps.codes.newPassword();
    const outcome = await accounts.setPassword(account.externalId, password);
    if (outcome.kind !== 'done') {
      await tellRefused(guildId, server, account, outcome.why);
      return { kind: 'failed', server, why: outcome.why };
    }
    return { kind: 'created', server, name: account.name, password };
  }

  async function closedNow(
    stores: GuildStores,
    server: Server,
    account: Account,
  ): Promise<Extract<ServerAccountResult, { kind: 'closed' }> | undefined> {
    const memberId = account.memberId ?? undefined;
    const [libraries, grants, plans] = await Promise.all([
      stores.libraries.list(server.id),
      stores.grants.list({ ...(memberId && { memberId }), serverId: server.id }),
      stores.plans.list(),
    ]);
    const why = closedWhy({ account, server, libraries, grants, plans }, deps.clock.now());
    return why && { kind: 'closed', server, why, paused: grants.some(({ state }) => state === 'paused') };
  }

  /** Undefined where accounts are not the server's own. */
  async function accountsOf(guildId: GuildId, server: Server): Promise<ServerAccounts | undefined> {
    return (await openServer(deps, deps.stores.of(guildId), server)).accounts;
  }
}

const PASSWORD_SHUT: Trouble = {
  kind: 'not-possible',
  message: say('trouble.passwordShut'),
};
