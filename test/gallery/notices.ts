/** What members are told by direct message, with the names of the house. */
import { changesCard } from '../../src/adapters/discord/views/notices.ts';
import type { NoticePart, NoticePlace, NoticeStep } from '../../src/domain/notice.ts';
import { DAY } from '../support/moments.ts';
import { GUILD } from '../support/people.ts';
import type { House } from './houses.ts';
import type { Frame } from './scenes.ts';

export async function noticeFrames({ name: house, world, people, typed }: House): Promise<readonly Frame[]> {
  const stores = world.stores.of(GUILD);
  const [servers, libraries] = await Promise.all([stores.servers.list(), stores.libraries.list()]);
  const [one, other = one] = servers;
  if (!one || !other) return [];
  const at = ({ id, name, kind }: typeof one, step: NoticeStep, most = 2): NoticePlace => ({
    ...{ serverId: id, server: name, kind, step, address: 'https://watch.example.org' },
    libraries: libraries
      .filter(({ serverId }) => serverId === id)
      .slice(0, most)
      .map((library) => library.name),
  });
  const now = world.clock.now().getTime();
  const until = new Date(now + 30 * DAY);
  const steps: readonly NoticeStep[] = ['sign-in', 'accept', 'silent', 'later', 'staff'];
  const given = (places: readonly NoticePlace[]): NoticePart => ({ event: 'given', places, until, lost: [] });
  const scenes: Readonly<Record<string, readonly NoticePart[]>> = {
    given: [given([at(one, 'watch')])],
    'given everywhere': [given([at(one, 'watch', 40), at(other, 'create')])],
    ...Object.fromEntries(steps.map((step) => [`given, ${step}`, [given([at(one, step)])]])),
    'begins later': [
      { event: 'coming', places: [at(one, 'later')], from: new Date(now + 3 * DAY), until: null },
    ],
    changed: [{ event: 'changed', places: [at(one, 'watch')], until, lost: [at(other, 'later', 1)] }],
    paused: [{ event: 'paused', places: [at(one, 'later')], leftSeconds: 29.5 * 86_400, isClosed: true }],
    resumed: [{ event: 'resumed', places: [at(one, 'watch')], until: null, lost: [] }],
    'ended, one account is deleted': [
      { event: 'ended', places: [at(one, 'later'), at(other, 'later', 1)], cause: 'expired' },
      { event: 'deletion', server: other.name, account: 'mia', at: new Date(now + 7 * DAY) },
    ],
    'about to end': [{ event: 'reminder', places: [at(one, 'later')], until, renewable: true }],
    'about to end, several': [
      { event: 'reminder', places: [at(one, 'later')], until, renewable: true },
      { event: 'reminder', places: [at(other, 'later', 1)], until },
    ],
    'what was asked, approved': [{ event: 'approved' }, given([at(one, 'watch')])],
    'what was asked, declined': [
      { event: 'declined', places: [at(one, 'later')], word: 'Not this month, sorry.' },
    ],
    'all at once': (['revoked', 'removed', 'expired'] as const).flatMap((cause): readonly NoticePart[] => [
      { event: 'ended', places: [at(one, 'later', 1)], cause },
      { event: 'cancelled', places: [at(other, 'later', 1)], cause },
      { event: 'account-gone', server: other.name, account: 'mia', at: null },
      { event: 'kept', server: other.name, account: 'mia', at: null },
    ]),
  };
  return Object.entries(scenes).map(([what, parts]) => ({
    ...{ house, command: 'notice', what: `[${what}]`, who: people.get(typed.member) ?? 'Mia' },
    view: changesCard(parts, { guildId: GUILD, guildName: 'Movie Night' }),
  }));
}
