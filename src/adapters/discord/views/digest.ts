/** The weekly digest: its message, its pictures, and what is said of when it comes. */
import type { DigestChange } from '../../../app/guild/digest.ts';
import type { ShownSettings } from '../../../app/guild/settings.ts';
import type { Chart } from '../../../app/ports/charts.ts';
import type { DigestContent } from '../../../app/ports/outbox.ts';
import { type Availability, inAll, shareOf } from '../../../domain/availability.ts';
import type { Weekday } from '../../../domain/digest.ts';
import type { Language } from '../../../words/languages.ts';
import { plainOf } from '../wire/speech.ts';
import { lines } from './alerts.ts';
import {
  type Block,
  card,
  type Md,
  md,
  mention,
  moment,
  relative,
  type Sentence,
  say,
  type View,
} from './view.ts';

/** Without pictures it says that there are none; the numbers stand in it all the same. */
export function digestCard(
  content: DigestContent,
  pictures: readonly Uint8Array[] | undefined,
  language: Language,
): View {
  const described = chartsOf(content, language).map(({ name, description }, index): Block | undefined => {
    const picture = pictures?.[index];
    return picture && { kind: 'picture', name: `${name}.png`, content: picture, description };
  });
  return card(
    'neutral',
    md`### ${say('digest.title')}`,
    lines(content.text),
    ...described,
    pictures === undefined ? md`-# ${say('digest.unpictured')}` : undefined,
  );
}

interface Described {
  /** Of the file. */
  readonly name: string;
  readonly chart: Chart;
  /** What it shows, for whoever cannot see it. */
  readonly description: string;
}

/** What is drawn, in the language of the channel. */
export function chartsOf(
  { running, ends, servers }: Pick<DigestContent, 'running' | 'ends' | 'servers'>,
  language: Language,
): readonly Described[] {
  const inWords = (sentence: Sentence) => plainOf(sentence, language);
  const dayIn = dayWriter(language);
  const alt = (title: string, items: readonly string[]) =>
    inWords(say('digest.picture.alt', { title, items: items.join(', ') }));
  const ofDays = (
    name: 'running' | 'ends',
    kind: 'line' | 'bars',
    days: DigestContent['running'],
  ): Described => {
    const title = inWords(say(`digest.picture.${name}`));
    const points = days.map(({ day, count }) => ({ label: dayIn(day), value: count }));
    const items = points.map(({ label, value }) =>
      inWords(say('digest.picture.value', { day: label, count: value })),
    );
    return { name, chart: { kind, title, points }, description: alt(title, items) };
  };
  const title = inWords(say('digest.picture.servers'));
  const rows = servers.map(({ name, days }) => ({
    label: name,
    note: noteOf(days, language),
    days: days.map(cellOf),
  }));
  const days = servers[0]?.days ?? [];
  const [from = '', to = ''] = [days[0], days.at(-1)].map((each) => each && dayIn(each.day));
  const strips: Described = {
    name: 'servers',
    chart: { kind: 'strips', title, from, to, rows },
    description: alt(
      title,
      servers.map((server) => inWords(shareSentence(server))),
    ),
  };
  return [
    ofDays('running', 'line', running),
    ofDays('ends', 'bars', ends),
    ...(servers.length > 0 ? [strips] : []),
  ];
}

const cellOf = ({ looked, away }: Availability): number | null =>
  looked === 0 ? null : (looked - away) / looked;

function noteOf(days: readonly Availability[], language: Language): string {
  const all = inAll(days);
  if (all.looked === 0) return plainOf(say('digest.picture.unknown'), language);
  return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(
    shareOf(all) / 100,
  );
}

function shareSentence({ name: server, days }: DigestContent['servers'][number]): Sentence {
  const all = inAll(days);
  if (all.looked === 0) return say('digest.picture.shareUnknown', { server });
  return say('digest.picture.share', { server, share: shareOf(all), unknown: all.unknown });
}

/** `27 Nov`, as the language writes it. */
function dayWriter(language: Language): (day: string) => string {
  const format = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...{ day: 'numeric', month: 'short', timeZone: 'UTC' },
  });
  return (day) => format.format(new Date(`${day}T00:00:00Z`));
}

export const dayName = (day: Weekday): Sentence => say(`digest.day.${day}`);

/** When it comes, once that was chosen. */
export function digestSavedText(
  change: Extract<DigestChange, { kind: 'saved' | 'off' }>,
  { digestDay, digestTime, zone }: Pick<ShownSettings, 'digestDay' | 'digestTime' | 'zone'>,
): Md {
  if (change.kind === 'off' || digestDay === null || digestTime === null) return md`✅ ${say('digest.off')}`;
  const channel = mention.channel(change.channelId);
  const values = { day: dayName(digestDay), time: digestTime, zone, channel, next: moment(change.nextAt) };
  return md`✅ ${say('digest.saved', values)}`;
}

/** When it comes, in the list of settings. */
export function digestLine({
  digestDay: day,
  digestTime: time,
  nextDigestAt: next,
}: Pick<ShownSettings, 'digestDay' | 'digestTime' | 'nextDigestAt'>): Sentence {
  if (day === null || time === null || next === null) return say('settings.show.noDigest');
  return say('settings.show.digest', { day: dayName(day), time, next: relative(next) });
}
