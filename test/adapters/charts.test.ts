/** Pictures of figures: drawn by the real program. */
import { expect, it } from 'vitest';
import { createCharts } from '../../src/adapters/charts/charts.ts';
import { svgOf } from '../../src/adapters/charts/svg.ts';
import type { Chart } from '../../src/app/ports/charts.ts';

const points = [1, 5, 0].map((value, index) => ({ label: `${index + 1} Nov`, value }));
const hostile = '<script>&"\u0000\ud800🛸'.repeat(20);
const days = [null, 0, 0.95, 1];
const charts: readonly Chart[] = [
  { kind: 'line', title: 'Grants', points },
  { kind: 'bars', title: 'Ends', points },
  {
    kind: 'strips',
    title: hostile,
    from: '1 Nov',
    to: '4 Nov',
    rows: [{ label: hostile, note: '99%', days }],
  },
  { kind: 'line', title: 'nothing', points: [] },
];
/** The first bytes of a PNG. */
const PNG = '89504e470d0a1a0a';

it('are drawn, whatever things are called, and of nothing as well', async () => {
  const pictures = await createCharts().draw(charts);
  expect(pictures).toHaveLength(charts.length);
  for (const picture of pictures) {
    expect(Buffer.from(picture.slice(0, 8)).toString('hex')).toBe(PNG);
    expect(picture.length).toBeLessThan(300_000);
  }
});

it('that take too long are given up', async () => {
  await expect(createCharts(1).draw(charts)).rejects.toThrow();
});

it('tell a day that nobody knows of from one on which it was away, and from one on which it was well', () => {
  const colours = (share: number | null) => {
    const row = { label: 'Tower', note: '', days: [share] };
    const svg = svgOf({ kind: 'strips', title: '', from: '', to: '', rows: [row] });
    return [...svg.matchAll(/rx="3" fill="(#\w+)"/g)].map(([, colour]) => colour).join();
  };
  expect(new Set([null, 0, 0.95, 1].map(colours)).size).toBe(4);
});
