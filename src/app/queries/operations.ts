/** What was not over when a program was answered, changes and syncs: how it stands now. */
import { type Application, grantMark } from '../../domain/grant.ts';
import type { GuildId } from '../../domain/ids.ts';
import type { Deps } from '../ports/deps.ts';
import type { ApiOperation } from '../ports/stores/api.ts';
import { type GrantStanding, standingsOf } from './grant-status.ts';

/**
 * `applied`: every server shows it, or nothing has to be there. `waiting`: it is tried without limit. `needs-person`:
 * it does not go by itself. `overtaken`: somebody has changed the grant since. `failed`: a sync has read nothing.
 */
export type Progress = 'applied' | 'waiting' | 'needs-person' | 'overtaken' | 'failed';

export interface OperationStanding {
  readonly id: string;
  readonly createdAt: Date;
  readonly progress: Progress;
  readonly standings: readonly GrantStanding[];
  readonly sync: ApiOperation['sync'];
}

type Applied = Exclude<Progress, 'overtaken' | 'failed'>;

const PROGRESS: Readonly<Record<Application['kind'], Applied>> = {
  applied: 'applied',
  'seen-before': 'applied',
  'not-now': 'applied',
  queued: 'waiting',
  'clock-held': 'waiting',
  failed: 'waiting',
  'still-open': 'waiting',
  invited: 'needs-person',
  'no-account': 'needs-person',
  'account-missing': 'needs-person',
  'not-listed': 'needs-person',
  'changed-there': 'needs-person',
};

/** How far a grant is from being as it should be, everywhere. */
export function progressOf({ grant, servers }: Pick<GrantStanding, 'grant' | 'servers'>): Applied {
  const each = servers.map(({ application }) =>
    'refused' in application ? 'needs-person' : PROGRESS[application.kind],
  );
  // Its libraries are no more: nothing could show it.
  const isNowhere = grant.state === 'active' && servers.length === 0;
  if (isNowhere || each.includes('needs-person')) return 'needs-person';
  return each.includes('waiting') || grant.state === 'ending' ? 'waiting' : 'applied';
}

function progressOfSync({ came }: NonNullable<ApiOperation['sync']>): Progress {
  if (came === null) return 'waiting';
  return came.isSynced ? 'applied' : 'failed';
}

/** The one that is furthest away. */
function slowest(all: readonly Progress[]): Progress {
  return ORDER.find((one) => all.includes(one)) ?? 'applied';
}

const ORDER: readonly Progress[] = ['overtaken', 'needs-person', 'waiting', 'applied'];

export function makeOperations(deps: Pick<Deps, 'stores' | 'clock' | 'clockHold'>) {
  return {
    /** Keeps what a request has left to be done, so that it can be asked about. */
    async keep(guildId: GuildId, id: string, standings: readonly GrantStanding[]): Promise<void> {
      const about = standings.map(({ grant }) => ({ grantId: grant.id, mark: grantMark(grant) }));
      await deps.stores.transaction(guildId, (tx) =>
        tx.api.addOperation({ id, about, sync: null, createdAt: deps.clock.now() }),
      );
    },

    /** Undefined when there is none. */
    async find(guildId: GuildId, operationId: string): Promise<OperationStanding | undefined> {
      const stores = deps.stores.of(guildId);
      const operation = await stores.api.findOperation(operationId);
      if (!operation) return undefined;
      const grants = await Promise.all(operation.about.map(({ grantId }) => stores.grants.find(grantId)));
      const there = grants.filter((grant) => grant !== undefined);
      const marks = new Map(operation.about.map(({ grantId, mark }) => [grantId, mark]));
      const standings = await standingsOf(deps, stores, there);
      const each = standings.map((standing): Progress => {
        const isAsLeft = marks.get(standing.grant.id) === grantMark(standing.grant);
        return isAsLeft ? progressOf(standing) : 'overtaken';
      });
      const { id, createdAt, sync } = operation;
      if (sync) return { id, createdAt, sync, progress: progressOfSync(sync), standings: [] };
      // Whoever was forgotten has no grants any more.
      const gone: readonly Progress[] = there.length < operation.about.length ? ['overtaken'] : [];
      return { id, createdAt, progress: slowest([...each, ...gone]), standings, sync };
    },
  };
}
