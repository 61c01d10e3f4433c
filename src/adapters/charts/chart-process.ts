/** The process in which charts become pictures: its parent writes what is to be drawn, and reads what it prints. */
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { initWasm, Resvg } from '@resvg/resvg-wasm';
import type { Chart } from '../../app/ports/charts.ts';
import { FONT, svgOf } from './svg.ts';

const read = (url: string): Uint8Array => readFileSync(fileURLToPath(url));

/** Sharp on phones, which have two or three pixels for each that is counted. */
const PIXELS_WIDE = 1_280;

const charts: readonly Chart[] = JSON.parse(await text(process.stdin));
await initWasm(read(import.meta.resolve('@resvg/resvg-wasm/index_bg.wasm')));
const font = {
  fontBuffers: [
    read(import.meta.resolve('@expo-google-fonts/inter/400Regular/Inter_400Regular.ttf')),
    read(import.meta.resolve('@expo-google-fonts/inter/600SemiBold/Inter_600SemiBold.ttf')),
  ],
  defaultFontFamily: FONT,
};
const pictures = charts.map((chart) => {
  const picture = new Resvg(svgOf(chart), { font, fitTo: { mode: 'width', value: PIXELS_WIDE } }).render();
  return Buffer.from(picture.asPng()).toString('base64');
});
process.stdout.write(JSON.stringify(pictures));
