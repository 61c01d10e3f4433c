/**
 * Charts as SVG. Pure. The background is dark and opaque, so that they read the same on both of Discord's themes; texts
 * are large, because a phone shows the picture at half of its size.
 */
import { scaleLinear, scalePoint } from 'd3-scale';
import { area, curveMonotoneX, line } from 'd3-shape';
import type { Chart } from '../../app/ports/charts.ts';

export const FONT = 'Inter';

const WIDTH = 640;
const HEIGHT = 300;
const EDGE = { top: 64, right: 24, bottom: 44, left: 60 } as const;
const INK = { back: '#1f2130', text: '#eceef6', faint: '#aab0c4', grid: '#3a3e52' } as const;
const [BLUE, GREEN, YELLOW, RED, UNKNOWN] = ['#7c8cff', '#3fae6e', '#e3b341', '#e5534b', '#4b5065'];

export function svgOf(chart: Chart): string {
  return chart.kind === 'strips' ? strips(chart) : overDays(chart);
}

type OverDays = Extract<Chart, { kind: 'line' | 'bars' }>;

function overDays({ kind, title, points }: OverDays): string {
  const [left, right] = [EDGE.left, WIDTH - EDGE.right];
  const [top, bottom] = [EDGE.top, HEIGHT - EDGE.bottom];
  // Above a bar is its number.
  const most = Math.max(...points.map(({ value }) => value), 1) * (kind === 'bars' ? 1.15 : 1);
  const y = scaleLinear([0, most], [bottom, top]).nice(4);
  const x = scalePoint(
    points.map((_, index) => index),
    [left, right],
  ).padding(kind === 'bars' ? 0.6 : 0.1);
  const at = (index: number) => x(index) ?? left;
  const grid = y.ticks(4).filter(Number.isInteger);
  const drawn = kind === 'bars' ? bars(points, { at, y, step: x.step() }) : curve(points, { at, y });
  return page(
    HEIGHT,
    title,
    ...grid.map(
      (tick) =>
        `<line x1="${left}" x2="${right}" y1="${y(tick)}" y2="${y(tick)}" stroke="${INK.grid}"/>` +
        text(String(tick), { x: left - 10, y: y(tick) + 7, anchor: 'end' }),
    ),
    drawn,
    ...shownLabels(points.length).map((index) =>
      text(points[index]?.label ?? '', {
        x: at(index),
        y: bottom + 32,
        anchor: anchorOf(index, points.length),
      }),
    ),
  );
}

interface Axes {
  readonly at: (index: number) => number;
  readonly y: (value: number) => number;
}

function curve(points: OverDays['points'], { at, y }: Axes): string {
  const places = points.map(({ value }, index): [number, number] => [at(index), y(value)]);
  const below = area<[number, number]>()
    .y0(y(0))
    .y1(([, height]) => height)
    .curve(curveMonotoneX);
  const along = line<[number, number]>().curve(curveMonotoneX);
  const last = places.at(-1) ?? [0, 0];
  return (
    `<path d="${below(places)}" fill="${BLUE}" fill-opacity="0.22"/>` +
    `<path d="${along(places)}" fill="none" stroke="${BLUE}" stroke-width="4"/>` +
    `<circle cx="${last[0]}" cy="${last[1]}" r="6" fill="${BLUE}"/>`
  );
}

function bars(points: OverDays['points'], { at, y, step }: Axes & { readonly step: number }): string {
  const width = step * 0.66;
  return points
    .map(({ value }, index) => {
      if (value === 0) return '';
      const bar = `<rect x="${at(index) - width / 2}" y="${y(value)}" width="${width}" height="${y(0) - y(value)}" rx="4" fill="${BLUE}"/>`;
      return bar + text(String(value), { x: at(index), y: y(value) - 8, anchor: 'middle', size: 17 });
    })
    .join('');
}

/** The first, the last and some between: more would not be readable. */
function shownLabels(count: number): readonly number[] {
  const last = count - 1;
  return [...new Set([0, Math.round(last / 3), Math.round((last * 2) / 3), last])];
}

/** So that the outer ones stay within the picture. */
const anchorOf = (index: number, count: number): Anchor =>
  index === 0 ? 'start' : index === count - 1 ? 'end' : 'middle';

// ------------------------------------------------------------------------------------------- strips

const ROW = 62;

function strips({ title, from, to, rows }: Extract<Chart, { kind: 'strips' }>): string {
  const [left, right] = [EDGE.right, WIDTH - EDGE.right];
  const height = EDGE.top + rows.length * ROW + 36;
  return page(
    height,
    title,
    ...rows.map(({ label, note, days }, index) => {
      const top = EDGE.top + index * ROW;
      const step = (right - left) / Math.max(days.length, 1);
      const cells = days.map(
        (share, day) =>
          `<rect x="${left + day * step}" y="${top + 30}" width="${step - 3}" height="22" rx="3" fill="${colourOf(share)}"/>`,
      );
      const name = text(clipped(label), { x: left, y: top + 20, fill: INK.text });
      return name + text(note, { x: right, y: top + 20, anchor: 'end' }) + cells.join('');
    }),
    text(from, { x: left, y: height - 14 }),
    text(to, { x: right, y: height - 14, anchor: 'end' }),
  );
}

function colourOf(share: number | null): string | undefined {
  if (share === null) return UNKNOWN;
  return share === 1 ? GREEN : share >= 0.9 ? YELLOW : RED;
}

/** As much of a name as fits beside its number. */
const clipped = (label: string): string => {
  const letters = [...label];
  return letters.length > 36 ? `${letters.slice(0, 35).join('')}…` : label;
};

// ------------------------------------------------------------------------------------------- pieces

type Anchor = 'start' | 'middle' | 'end';

function page(height: number, title: string, ...drawn: readonly string[]): string {
  const head = text(title, { x: EDGE.right, y: 38, fill: INK.text, size: 24, weight: 600 });
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}">` +
    `<rect width="${WIDTH}" height="${height}" fill="${INK.back}"/>${head}${drawn.join('')}</svg>`
  );
}

function text(
  words: string,
  {
    x,
    y,
    anchor = 'start',
    fill = INK.faint,
    size = 20,
    weight = 400,
  }: {
    readonly x: number;
    readonly y: number;
    readonly anchor?: Anchor;
    readonly fill?: string;
    readonly size?: number;
    readonly weight?: number;
  },
): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${fill}" font-size="${size}" font-weight="${weight}">${escaped(words)}</text>`;
}

/** Names come from people and servers; what XML cannot hold at all is left out. */
const escaped = (words: string): string =>
  [...words.toWellFormed()]
    .filter((letter) => letter >= ' ' && letter !== '\u{fffe}' && letter !== '\u{ffff}')
    .join('')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
