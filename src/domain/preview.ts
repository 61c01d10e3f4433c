/** What a change of grants would mean for members, computed before it is made. Pure. */
import { without } from './access.ts';
import type { Grant, Library } from './model.ts';

export interface ServerEffect {
  readonly serverId: string;
  /** Libraries that members would gain and lose on the server, added up over all members. */
  readonly adds: number;
  readonly removes: number;
  /** Number of members whose access to the server would change. */
  readonly members: number;
}

/**
 * Compares what members are granted before and after a change, server by server, leaving out servers where nothing
 * changes. Both lists must hold all grants of the members concerned: a library that another grant still gives is
 * not lost.
 */
export function effectOf(
  before: readonly Pick<Grant, 'memberId' | 'state' | 'libraryIds'>[],
  after: readonly Pick<Grant, 'memberId' | 'state' | 'libraryIds'>[],
  libraries: readonly Pick<Library, 'id' | 'serverId'>[],
): readonly ServerEffect[] {
  const [old, now] = [grantedBy(before), grantedBy(after)];
  const members = new Set([...old.keys(), ...now.keys()]);
  return [...Map.groupBy(libraries, ({ serverId }) => serverId)]
    .map(([serverId, here]) => {
      const ids = new Set(here.map(({ id }) => id));
      const changes = [...members].map((member) => {
        const [had, has] = [old, now].map((all) => [...(all.get(member) ?? [])].filter((id) => ids.has(id)));
        return { adds: without(has ?? [], had ?? []).length, removes: without(had ?? [], has ?? []).length };
      });
      return {
        serverId,
        adds: changes.reduce((sum, { adds }) => sum + adds, 0),
        removes: changes.reduce((sum, { removes }) => sum + removes, 0),
        members: changes.filter(({ adds, removes }) => adds + removes > 0).length,
      };
    })
    .filter(({ members: changed }) => changed > 0);
}

/** The libraries that the active grants of each member add up to. */
function grantedBy(
  grants: readonly Pick<Grant, 'memberId' | 'state' | 'libraryIds'>[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const active = grants.filter(({ state }) => state === 'active');
  return new Map(
    [...Map.groupBy(active, ({ memberId }) => memberId)].map(([memberId, theirs]) => [
      memberId,
      new Set(theirs.flatMap(({ libraryIds }) => libraryIds)),
    ]),
  );
}
