/** What use cases return, as programs are told it. */
import type { z } from 'zod';
import type { PlanDetails } from '../../app/grants/plans.ts';
import type { GiftPreview } from '../../app/grants/warnings.ts';
import type { GrantStanding } from '../../app/queries/grant-status.ts';
import type { ListedInvite } from '../../app/queries/invite-list.ts';
import { type OperationStanding, progressOf } from '../../app/queries/operations.ts';
import type { Application } from '../../domain/grant.ts';
import type { AuditEvent, Grant, Library, Server } from '../../domain/model.ts';
import { programOf } from '../../domain/programs.ts';
import { say } from '../../words/say.ts';
import { english } from './english.ts';
import type * as shapes from './shapes.ts';

type Shape<Name extends keyof typeof shapes> = (typeof shapes)[Name] extends z.ZodType
  ? z.output<(typeof shapes)[Name]>
  : never;

export const iso = (at: Date | null | undefined): string | null => at?.toISOString() ?? null;

export function libraryRefs(
  libraries: readonly Library[],
  servers: readonly Pick<Server, 'id' | 'name'>[],
): Shape<'libraryRef'>[] {
  const names = new Map(servers.map((server) => [server.id, server.name]));
  return libraries.map(({ id, name, serverId }) => ({
    ...{ id, name, serverId },
    serverName: names.get(serverId) ?? '',
  }));
}

export function grantWire(standing: GrantStanding): Shape<'grant'> {
  const { grant, planName, libraries, servers } = standing;
  return {
    ...{ id: grant.id, number: grant.number, memberId: grant.memberId, state: grant.state },
    ...{ source: grant.source, planId: grant.planId, planName },
    libraries: libraryRefs(
      libraries,
      servers.map(({ server }) => server),
    ),
    startsAt: grant.startsAt.toISOString(),
    expiresAt: iso(grant.expiresAt),
    remainingSeconds: grant.remainingSeconds,
    endCause: grant.endCause,
    endedAt: iso(grant.endedAt),
    reason: grant.reason,
    createdBy: grant.createdById,
    createdAt: grant.createdAt.toISOString(),
    progress: progressOf(standing),
    servers: servers.map(({ server, application }) => ({
      serverId: server.id,
      serverName: server.name,
      application: application.kind,
      seenAt: 'seenAt' in application ? iso(application.seenAt) : null,
      why: whyOf(application),
    })),
  };
}

const whyOf = (application: Application): string | null =>
  'why' in application && application.why !== null ? english(application.why) : null;

type SpanOf = Pick<Grant, 'state' | 'startsAt' | 'expiresAt' | 'remainingSeconds' | 'libraryIds'>;

export const spanWire = (grant: SpanOf): NonNullable<Shape<'preview'>['grants'][number]['before']> => ({
  state: grant.state,
  startsAt: grant.startsAt.toISOString(),
  expiresAt: iso(grant.expiresAt),
  remainingSeconds: grant.remainingSeconds,
  libraryIds: [...grant.libraryIds],
});

/** What would happen; what is not named would not change. */
export const previewWire = (would: Partial<Shape<'preview'>>): Shape<'preview'> => ({
  dryRun: true,
  wouldChange: true,
  says: null,
  warnings: [],
  grants: [],
  adds: [],
  removes: [],
  ...would,
});

/** What staff would be asked about first. */
export const warningsOf = ({ warnings }: Pick<GiftPreview, 'warnings'>): readonly string[] =>
  warnings.map(({ kind, numbers: which, libraries }) => {
    const [numbers, count] = [which.map((number) => `#${number}`), which.length];
    return english(
      kind === 'nothing-new'
        ? say('grant.give.nothingNew', { numbers, count })
        : say('grant.give.forGood', { libraries: libraries.map(({ name }) => name), numbers, count }),
    );
  });

export const planWire = ({ plan, libraries, servers, uses }: PlanDetails): Shape<'plan'> => ({
  id: plan.id,
  name: plan.name,
  libraries: libraryRefs(libraries, servers),
  duration: plan.duration === '' ? null : plan.duration,
  expiryAction: plan.expiryAction,
  roleId: plan.roleId,
  renewals: plan.renewals,
  uses: { grants: uses.grants, invites: uses.invites, roles: uses.roleIds.length },
  createdAt: plan.createdAt.toISOString(),
});

export const inviteWire = ({
  invite,
  state,
  libraries,
  servers,
  redeemedBy,
}: InviteParts): Shape<'invite'> => ({
  ...{ id: invite.id, prefix: invite.prefix, state, memberId: invite.memberId, planId: invite.planId },
  libraries: libraryRefs(libraries, servers),
  duration: invite.duration === '' ? null : invite.duration,
  ...{ usesMax: invite.usesMax, usesLeft: invite.usesLeft, note: invite.note },
  validUntil: invite.validUntil.toISOString(),
  redeemedBy: [...redeemedBy],
  createdAt: invite.createdAt.toISOString(),
});

type InviteParts = Pick<ListedInvite, 'invite' | 'state' | 'libraries' | 'servers' | 'redeemedBy'>;

export const operationWire = ({
  id,
  progress,
  createdAt,
  standings,
  sync,
}: OperationStanding): Shape<'operation'> => ({
  ...{ id, progress, createdAt: createdAt.toISOString(), grants: standings.map(grantWire) },
  sync: sync && syncWire(sync),
});

const syncWire = ({
  serverId,
  came,
}: NonNullable<OperationStanding['sync']>): NonNullable<Shape<'operation'>['sync']> => ({
  ...{ serverId, isSynced: came?.isSynced ?? null, why: null, added: [], gone: [], libraries: 0 },
  ...(came?.isSynced && { added: [...came.added], gone: [...came.gone], libraries: came.libraries }),
  ...(came && !came.isSynced && { why: english(came.why) }),
});

export const eventWire = ({
  number,
  action,
  actorId,
  targetId,
  at,
  facts,
}: AuditEvent): Shape<'auditEvent'> => ({
  ...{ number, action, actorId, targetId },
  program: (actorId !== null && programOf(actorId)) || null,
  at: at.toISOString(),
  facts: { ...facts },
});
