/** plex.tv shows writes late. Decisions made meanwhile must not trust what it still shows, or does not show yet. */
import { expect, it } from 'vitest';
import { checkTruth, heal } from './ending.ts';
import { type GrantAct, perform } from './grant-acts.ts';
import { Reality } from './reality.ts';
import { perform as act } from './server-acts.ts';

const give: GrantAct = {
  kind: 'give',
  member: 'cyn',
  libraries: ['Music'],
  inMs: 0,
  forMs: null,
  byPlan: false,
};

it.each(['goes on', 'is restarted'])('taken and given again at once, when Usher %s', async (how) => {
  const reality = await Reality.open();
  try {
    await perform(give, reality);
    reality.places.acceptInvitations();
    await reality.pass(60_000);
    const which = reality.model.grants.size - 1;
    Object.assign(reality.places.plex.behaviour, { deleteSeconds: 2, markDeleted: false });
    await perform({ kind: 'pause', which }, reality);
    if (how === 'is restarted') reality.restart();
    await perform({ kind: 'resume', which }, reality);
    await heal(reality);
    await checkTruth(reality);
    expect([...reality.places.sees('tower', 'cyn')]).toContain('Music');
    expect(reality.watch.violations).toEqual([]);
  } finally {
    await reality.close();
  }
});

it.each(['goes on', 'is restarted'])('given and taken again at once, when Usher %s', async (how) => {
  const reality = await Reality.open();
  try {
    reality.places.plex.behaviour.createSeconds = 2;
    await perform(give, reality);
    if (how === 'is restarted') reality.restart();
    await perform({ kind: 'revoke', which: reality.model.grants.size - 1 }, reality);
    await heal(reality);
    await checkTruth(reality);
    expect([...reality.places.has('tower', 'cyn')]).toEqual([]);
    expect(reality.watch.violations).toEqual([]);
  } finally {
    await reality.close();
  }
});

it('an end is not proven by a list that does not show yet what was given before, whatever is written then', async () => {
  const reality = await Reality.open();
  try {
    reality.places.plex.behaviour.createSeconds = 30;
    await perform({ ...give, member: 'ada' }, reality);
    await act({ kind: 'default library', place: 'tower', library: 'Films' }, reality);
    await perform({ kind: 'revoke', which: reality.model.grants.size - 1 }, reality);
    expect(reality.watch.violations).toEqual([]);
    await heal(reality);
    await checkTruth(reality);
  } finally {
    await reality.close();
  }
});
