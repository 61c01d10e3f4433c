/** The policies of a server: default library, what happens at the end, and what is done about foreign changes. */

import { presentLibraries } from '../../domain/access.ts';
import { changeText } from '../../domain/change-line.ts';
import { type PolicyEffect, type Rehearsed, rehearse, sumOf } from '../../domain/dry-run.ts';
import type { ActorId, GuildId, MemberId } from '../../domain/ids.ts';
import type { DriftPolicy, ExpiryAction, Library, Server } from '../../domain/model.ts';
import { PROTECTIONS } from '../../domain/protection.ts';
import { type Sentence, say } from '../../words/say.ts';
import { seenIn } from '../observe/reading.ts';
import { noteFailure } from '../observe/server-health.ts';
import { type Deps, openServer } from '../ports/deps.ts';
import type { Trouble } from '../ports/media-server.ts';
import type { NamedAccount } from '../ports/stores/accounts.ts';
import type { GuildStores } from '../ports/stores.ts';
import type { ApplyNow } from '../reconcile/apply-now.ts';
import { applyDriftPolicy } from '../reconcile/drift-policy.ts';
import { closeSettled } from '../reconcile/hold.ts';

/** Accounts that a preview names. */
const LISTED = 5;

/** Fields that are undefined stay as they are. */
export interface PolicyChanges {
  /** Null is none. */
  readonly defaultLibraryId?: string | null;
  readonly expiryAction?: ExpiryAction;
  readonly driftPolicy?: DriftPolicy;
  /** Id on the server of the account that new ones copy; null is libraries and nothing beside. */
  readonly templateAccountId?: string | null;
  /** Where members ask for media; null is nowhere. */
  readonly requestsUrl?: string | null;
}

export interface ServerPolicies {
  readonly server: Server;
  readonly defaultLibrary: Library | undefined;
  /** The account that new ones copy; undefined when there is none, or it is not known any more. */
  readonly template: NamedAccount | undefined;
}

export type FoundTemplate =
  | { readonly kind: 'found'; readonly externalId: string }
  /** Why no new account can copy it. */
  | { readonly kind: 'refused'; readonly server: Server; readonly why: Trouble };

export interface PolicyPreview {
  readonly before: ServerPolicies;
  readonly after: ServerPolicies;
  /** What would be done at once. */
  readonly effect: PolicyEffect;
  /** The same, account by account, as far as somebody reads it. */
  readonly lines: readonly Sentence[];
}

export function makeServerPolicy(deps: Deps, applyNow: ApplyNow) {
  return {
    /** Asks the server whether an account is there and can be copied. Undefined when the server is not here. */
    async findTemplate(
      guildId: GuildId,
      serverId: string,
      externalId: string,
    ): Promise<FoundTemplate | undefined> {
      const stores = deps.stores.of(guildId);
      const server = await stores.servers.find(serverId);
      if (!server) return undefined;
      const media = await openServer(deps, stores, server);
      const refused = (why: Trouble): FoundTemplate => ({ kind: 'refused', server, why });
      const reading = await media.readAccess({ of: [externalId] });
      if (reading.kind === 'unknown') {
        await noteFailure(deps, guildId, { server, media }, reading.why);
        return refused(reading.why);
      }
      const seen = seenIn(reading.value, externalId);
      if (!seen) return refused({ kind: 'not-possible', message: say('trouble.templateGone') });
      if (seen.protection !== null)
        return refused({
          kind: 'not-possible',
          message: say('trouble.templateIs', { is: PROTECTIONS[seen.protection].is }),
        });
      return { kind: 'found', externalId };
    },

    /** What the changes would be, and what would be done at once; undefined when the server is not there. */
    async preview(
      guildId: GuildId,
      serverId: string,
      changes: PolicyChanges,
    ): Promise<PolicyPreview | undefined> {
      return await previewIn(deps.stores.of(guildId), serverId, changes);
    },

    /**
     * Sets the policies, and applies what follows as far as the server answers in time; undefined when it is not
     * there.
     */
    async set(input: {
      readonly guildId: GuildId;
      readonly actorId: ActorId;
      readonly serverId: string;
      readonly changes: PolicyChanges;
    }): Promise<ServerPolicies | undefined> {
      const { guildId, actorId, serverId, changes } = input;
      const memberIds = new Set<MemberId>();
      const done = await deps.stores.transaction(guildId, async (tx) => {
        const preview = await previewIn(tx, serverId, changes);
        if (!preview) return undefined;
        const { before, after, effect } = preview;
        const said = differences(before, after);
        if (said.length === 0) return preview;
        const now = deps.clock.now();
        const { defaultLibraryId, expiryAction, driftPolicy } = after.server;
        const { templateAccountId, requestsUrl } = after.server;
        await tx.servers.update(serverId, {
          ...{ defaultLibraryId, expiryAction, driftPolicy },
          ...{ templateAccountId, requestsUrl },
        });
        await tx.audit.append({
          action: 'server.edited',
          actorId,
          facts: { server: after.server.name, detail: said },
          at: now,
        });
        // Compared even when the preview shows no effect, because it knows only what was last seen: an account may have
        // changed on the server since.
        const isWantedAnew =
          defaultLibraryId !== before.server.defaultLibraryId || expiryAction !== before.server.expiryAction;
        // `decided`: an admin typed the command and saw the preview, so that accounts may lose something (rule 5).
        if (isWantedAnew || effect.accounts > 0) await tx.accounts.makeDue({ serverId }, now, 'decided');
        for (const { memberId } of await tx.accounts.list({ serverId }))
          if (memberId !== null) memberIds.add(memberId);
        return preview;
      });
      if (!done) return undefined;
      if (done.after.server.driftPolicy === 'adopt')
        await applyDriftPolicy(deps, guildId, serverId, 'decided');
      await applyNow(guildId, [...memberIds]);
      await closeSettled(deps, guildId, serverId);
      return done.after;
    },
  };
}

async function previewIn(
  stores: GuildStores,
  serverId: string,
  changes: PolicyChanges,
): Promise<PolicyPreview | undefined> {
  const [server, libraries, accounts, names, plans] = await Promise.all([
    stores.servers.find(serverId),
    stores.libraries.list(serverId),
    stores.accounts.list({ serverId }),
    stores.accounts.listNames(serverId),
    stores.plans.list(),
  ]);
  if (!server) return undefined;
  const memberIds = [...new Set(accounts.flatMap(({ memberId }) => memberId ?? []))];
  const grants = await stores.grants.list({ memberIds, serverId });
  const after: Server = { ...server, ...changes };
  const rehearsed = rehearse({ server: after, libraries, accounts, grants, plans });
  const policies = (one: Server): ServerPolicies => ({
    server: one,
    defaultLibrary: libraries.find(({ id }) => id === one.defaultLibraryId),
    template: names.find(({ externalId }) => externalId === one.templateAccountId),
  });
  return {
    before: policies(server),
    after: policies(after),
    effect: sumOf(after, libraries, rehearsed),
    lines: lines(rehearsed, after, libraries),
  };
}

function lines(
  rehearsed: readonly Rehearsed[],
  server: Server,
  libraries: readonly Library[],
): readonly Sentence[] {
  const names = new Map(libraries.map(({ id, name }) => [id, name]));
  const present = presentLibraries(server.id, libraries);
  const written = rehearsed.filter(({ change }) => change.kind !== 'none');
  const lines = written.slice(0, LISTED).map((one) =>
    say('server.policy.rehearsed', {
      account: one.account.name,
      change: changeText(one, present, (id) => names.get(id) ?? id),
    }),
  );
  return written.length > LISTED
    ? [...lines, say('shared.others', { count: written.length - LISTED })]
    : lines;
}

/** What new accounts may do beside watching their libraries. */
const likeWhom = ({ server, template }: ServerPolicies): Sentence =>
  server.templateAccountId === null
    ? say('audit.policy.likeNobody')
    : template
      ? say('audit.policy.like', { account: template.name })
      : say('audit.policy.likeGone');

function differences(before: ServerPolicies, after: ServerPolicies): readonly Sentence[] {
  const [old, now] = [before.server, after.server];
  const library = ({ defaultLibrary }: ServerPolicies) => defaultLibrary?.name ?? say('audit.policy.none');
  const atEnd = ({ expiryAction }: Server) => say(`audit.expiry.${expiryAction}`);
  const drift = ({ driftPolicy }: Server) => say(`audit.policy.drift.${driftPolicy}`);
  const said = [
    old.defaultLibraryId !== now.defaultLibraryId &&
      say('audit.policy.library', { library: library(after), before: library(before) }),
    old.expiryAction !== now.expiryAction &&
      say('audit.policy.atEnd', { action: atEnd(now), before: atEnd(old) }),
    old.templateAccountId !== now.templateAccountId &&
      say('audit.policy.newAccounts', { like: likeWhom(after), before: likeWhom(before) }),
    old.requestsUrl !== now.requestsUrl &&
      say('audit.policy.requests', {
        url: now.requestsUrl ?? say('audit.policy.none'),
        before: old.requestsUrl ?? say('audit.policy.none'),
      }),
    old.driftPolicy !== now.driftPolicy &&
      say('audit.policy.others', { policy: drift(now), before: drift(old) }),
  ];
  return said.filter((part) => part !== false);
}
