/** The message that shows how things stand, and what is said of posting it and taking it away. */
import type { PostedPanel, RemovedPanels } from '../../../app/guild/panels.ts';
import type { PanelContent } from '../../../app/ports/outbox.ts';
import {
  buttons,
  card,
  join,
  type Md,
  md,
  mention,
  problem,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** It is edited long before, because the next look at the servers is a part of it. */
const BUTTONS_LAST_MS = 366 * 86_400_000;

/** The whole channel sees it; the lists behind its buttons are shown to whoever may see them, and to nobody else. */
export function panelCard(panel: PanelContent): View {
  const { servers, more, active, expiring, overdue, invites, nextSyncAt } = panel;
  const isWell = overdue === 0 && servers.every(({ state }) => state === 'online');
  const view = card(
    isWell ? 'good' : 'warning',
    md`### ${say('panel.title')}`,
    join(
      [
        ...(servers.length === 0 ? [md`${say('panel.noServers')}`] : servers.map(serverLine)),
        ...(more > 0 ? [md`${say('panel.more', { count: more })}`] : []),
      ],
      '\n',
    ),
    join(
      [
        say('panel.active', { count: active }),
        say('panel.expiring', { count: expiring }),
        say('panel.overdue', { count: overdue }),
        say('panel.invites', { count: invites }),
        say('panel.sync', { next: relative(new Date(nextSyncAt)) }),
      ],
      '\n',
    ),
    buttons(
      { label: say('panel.members'), command: 'member list', op: 'list' },
      { label: say('panel.ending'), command: 'member list', op: 'list', args: ['expiring'] },
      { label: say('panel.late'), command: 'member list', op: 'list', args: ['overdue'] },
      { label: say('panel.open'), command: 'invite list', op: 'list', args: ['open'] },
      { label: say('panel.servers'), command: 'server list', op: 'list' },
    ),
  );
  return { ...view, audience: 'everybody', buttonsLastMs: BUTTONS_LAST_MS };
}

function serverLine({ name, state, since, streams }: PanelContent['servers'][number]): Md {
  const line = say(`panel.server.${state}`, {
    server: name,
    ...(state !== 'online' && {
      since: since === null ? say('server.status.never') : relative(new Date(since)),
    }),
  });
  if (streams === undefined) return md`${line}`;
  return md`${line} · ${streams === null ? say('panel.streamsUnknown') : say('panel.streams', { count: streams })}`;
}

/** What came of posting it. */
export function panelPosted(result: PostedPanel, channelId: string): View {
  const channel = mention.channel(channelId);
  if (result.kind === 'full')
    return problem(
      say('panel.full.title', { count: result.channelIds.length }),
      say('panel.full.where', { channels: result.channelIds.map(mention.channel) }),
      say('panel.full.next'),
    );
  if (result.end === 'refused')
    return problem(
      say('settings.channel.refused', { channel }),
      say('panel.refused.state'),
      say('panel.refused.next'),
    );
  const said = result.kind === 'there' ? say('panel.there', { channel }) : say('panel.posted', { channel });
  return card('good', md`✅ ${said}${result.end === 'sent' ? md`` : md` ${say('panel.onItsWay')}`}`);
}

/** What came of taking it away; without a channel, of all of them. */
export function panelRemoved({ gone, left }: RemovedPanels, asked: string | undefined): View {
  const named = (ids: readonly string[]) => ({ channels: ids.map(mention.channel) });
  if (gone.length + left.length > 0)
    return card(
      left.length > 0 ? 'warning' : 'good',
      gone.length > 0 ? md`✅ ${say('panel.removed', named(gone))}` : undefined,
      left.length > 0 ? md`⚠️ ${say('panel.left', named(left))}` : undefined,
    );
  return asked === undefined
    ? problem(say('panel.none'))
    : problem(say('panel.notThere', { channel: mention.channel(asked) }));
}

/** Where there is one, in the list of settings. */
export const panelsLine = (channelIds: readonly string[]): Md | Sentence =>
  channelIds.length === 0
    ? say('settings.show.noPanel')
    : say('settings.show.panels', { channels: channelIds.map(mention.channel) });
