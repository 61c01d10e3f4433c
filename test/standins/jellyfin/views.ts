import { empty, problem } from './answers.ts';
import { findCaller } from './auth.ts';
import { libraryId } from './forms.ts';
import type { AddRoute } from './routing.ts';
import type { JellyfinState } from './state.ts';

/** What a user sees on their first page: their libraries, Live TV if there is a tuner, and playlists (M1). */
export function addViewRoutes(route: AddRoute, state: JellyfinState): void {
  route('GET', '/UserViews', ({ request }) => {
    const caller = findCaller(state, request);
    if (!caller) return empty(401);
    if (caller.kind === 'key') return problem(400);
    const seen = state.accessOf(caller.user);
    const items = [
      ...state.libraries
        .filter(
          ({ name, scanning }) => !scanning && seen !== 'none' && (seen === 'all' || seen.includes(name)),
        )
        .map(({ name, type }) => view(state, name, type)),
      ...(state.behaviour.hasTuner && caller.user.policy.EnableLiveTvAccess
        ? [view(state, 'Live TV', 'livetv')]
        : []),
      view(state, 'Playlists', 'playlists'),
    ];
    return { status: 200, body: { Items: items, TotalRecordCount: items.length, StartIndex: 0 } };
  });
}

const view = (state: JellyfinState, name: string, type: string | undefined) => ({
  Name: name,
  ServerId: state.serverId,
  Id: libraryId(name),
  IsFolder: true,
  Type: type === 'livetv' ? 'UserView' : 'CollectionFolder',
  ...(type !== undefined && { CollectionType: type }),
});
