import { describe, expect, it, vi } from 'vitest';
import { panelCard } from '../../src/adapters/discord/views/panel.ts';
import type { PostedPanel, RemovedPanels } from '../../src/app/guild/panels.ts';
import type { PanelContent } from '../../src/app/ports/outbox.ts';
import { stubApp, textOf, typist } from '../support/command-input.ts';
import { GUILD, STAFF } from '../support/people.ts';

const who = { guildId: GUILD, actorId: STAFF };
const channel = { id: '300000000000000002', name: 'status', botLacks: [] };
const here = `<#${channel.id}>`;

describe('/panel post', () => {
  it.each<[PostedPanel, string, string]>([
    [{ kind: 'posted', end: 'sent' }, 'good', `The panel stands in ${here}.`],
    [{ kind: 'posted', end: 'on-its-way' }, 'good', 'it is on its way'],
    [{ kind: 'there', end: 'sent' }, 'good', `There is a panel in ${here}. It is up to date.`],
    [{ kind: 'posted', end: 'refused' }, 'bad', `Discord does not take messages in ${here}`],
    [{ kind: 'full', channelIds: [channel.id] }, 'bad', 'Nothing was posted'],
  ])('%j', async (result, tone, text) => {
    const post = vi.fn(async () => result);
    const answer = await typist(stubApp({ panels: { post } })).type('panel post', { channel });
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
    expect(post).toHaveBeenCalledExactlyOnceWith({ ...who, channelId: channel.id });
  });

  it('asks nothing of a channel in which Usher cannot post', async () => {
    const options = { channel: { ...channel, botLacks: ['EmbedLinks'] } };
    const answer = await typist(stubApp({ panels: {} })).type('panel post', options);
    expect(answer).toMatchObject({ tone: 'bad', text: expect.stringContaining('Embed Links') });
  });
});

describe('/panel remove', () => {
  it.each<[RemovedPanels, object, string, string]>([
    [{ gone: [channel.id], left: [] }, { channel }, 'good', `The panel is gone from ${here}`],
    [{ gone: [], left: [channel.id] }, {}, 'warning', 'the message there stays as it is'],
    [{ gone: [], left: [] }, {}, 'bad', 'There is no panel'],
    [{ gone: [], left: [] }, { channel }, 'bad', `There is no panel in ${here}`],
  ])('%j', async (result, options, tone, text) => {
    const remove = vi.fn(async () => result);
    const answer = await typist(stubApp({ panels: { remove } })).type('panel remove', { ...options });
    expect(answer).toMatchObject({ tone, text: expect.stringContaining(text) });
  });
});

describe('the panel', () => {
  const calm: PanelContent = {
    ...{ kind: 'panel', servers: [{ name: 'Tower', state: 'online', since: null }], more: 0 },
    ...{ active: 2, expiring: 0, overdue: 0, invites: 1, nextSyncAt: '2026-11-27T12:00:00.000Z' },
  };
  it.each<[string, Partial<PanelContent>, string, string]>([
    ['all is well', {}, 'good', '🟢 Tower answers\n👥 2 members have access'],
    ['something is overdue', { overdue: 1 }, 'warning', '🔴 1 member still has what is over'],
    [
      'a server is away',
      { servers: [{ name: 'Tower', state: 'offline', since: '2026-11-27T11:00:00.000Z' }] },
      'warning',
      '🔴 Tower has not answered since <t:1795777200:R>',
    ],
    [
      'something plays',
      { servers: [{ name: 'Tower', state: 'online', since: null, streams: 2 }] },
      'good',
      '🟢 Tower answers · 2 streams are playing\n',
    ],
    [
      'nothing plays',
      { servers: [{ name: 'Tower', state: 'online', since: null, streams: 0 }] },
      'good',
      '🟢 Tower answers · nothing is playing\n',
    ],
    [
      'it does not say',
      { servers: [{ name: 'Tower', state: 'online', since: null, streams: null }] },
      'good',
      '🟢 Tower answers · it does not say what is playing\n',
    ],
    ['there are many servers', { more: 3 }, 'good', 'and 3 more servers'],
    ['there is none', { servers: [] }, 'good', 'No media server yet'],
  ])('%s', (_what, changes, tone, text) => {
    const view = panelCard({ ...calm, ...changes });
    expect(view).toMatchObject({ tone, audience: 'everybody' });
    expect(textOf(view)).toContain(text);
  });
});
