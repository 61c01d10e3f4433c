/**
 * `npm run gallery`: every family of replies, drawn as Discord draws them, on one page (gallery/index.html) and, where
 * there is a Chromium, as pictures of a phone and of a desk. `GALLERY=many,hostile` draws only these guilds, and
 * `GALLERY_OF=grant,my` only commands that begin so; `GALLERY_LANGUAGE=de` draws all of it in German, and
 * `GALLERY_THEME=light` in Discord's light theme.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findBrowser, openBrowser } from '../drawing/browser.ts';
import { type Html, html } from '../drawing/html.ts';
import { drawFrame } from './frame.ts';
import { HOUSES } from './houses.ts';
import { type Frame, play, unseen } from './scenes.ts';

const FOLDER = join(import.meta.dirname, '../../gallery');
const WIDTHS = { phone: 390, desk: 900 } as const;

interface Picture {
  /** Also its file name. */
  readonly id: string;
  readonly drawn: Html;
}

const wanted = process.env.GALLERY?.split(',');
const of = process.env.GALLERY_OF?.split(',') ?? [''];
const pictures: Picture[] = [];
const frames: Frame[] = [];
for (const [name, open] of Object.entries(HOUSES)) {
  if (wanted && !wanted.includes(name)) continue;
  const house = await open();
  const played = (await play(house)).filter(({ command }) => of.some((start) => command.startsWith(start)));
  frames.push(...played);
  pictures.push(
    ...played.map((frame, index) => ({ id: idOf(frame, index), drawn: drawFrame(frame, house) })),
  );
  await house.world.close();
  console.log(`${name}: ${played.length} replies`);
}
await rm(FOLDER, { recursive: true, force: true });
await mkdir(FOLDER, { recursive: true });
const style = await readFile(join(import.meta.dirname, '../drawing/style.css'), 'utf8');
const page = join(FOLDER, 'index.html');
await writeFile(page, pageOf(style).html);
console.log(`${pictures.length} replies on ${page}`);
for (const path of unseen(frames)) console.log(`not shown: /${path}`);
if (findBrowser()) await takePictures();
else console.log('No Chromium is installed here, so no pictures were taken.');

function idOf({ house, command, what }: Frame, index: number): string {
  const words = `${command} ${what.startsWith('[') ? what : ''}`.toLowerCase();
  return `${house}-${String(index).padStart(2, '0')}-${words.replaceAll(/[^a-z]+/g, '-').replaceAll(/^-|-$/g, '')}`;
}

function pageOf(css: string): Html {
  const families = Map.groupBy(
    pictures.map((picture, index) => ({ ...picture, frame: frames[index] })),
    ({ frame }) => frame?.command ?? '',
  );
  const sorted = [...families].toSorted(([one], [other]) => one.localeCompare(other));
  return html`<!doctype html><html lang="en" data-theme="${process.env.GALLERY_THEME ?? 'dark'}"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Usher: every reply</title><style>${{ html: css }}
.wall { display: flex; flex-wrap: wrap; gap: 16px; align-items: flex-start; padding: 16px }
.picture { width: 390px } .picture > h3 { color: var(--dim); font: 12px monospace; margin: 0 } h2.family { padding: 0 16px }</style>
${sorted.map(
  ([family, list]) =>
    html`<h2 class="family">/${family}</h2><div class="wall">${list.map(
      ({ id, drawn }) => html`<div class="picture"><h3>${id}</h3><div id="${id}">${drawn}</div></div>`,
    )}</div>`,
)}</html>`;
}

async function takePictures(): Promise<void> {
  const browser = await openBrowser();
  const tall: string[] = [];
  try {
    for (const [name, width] of Object.entries(WIDTHS)) {
      await mkdir(join(FOLDER, name));
      const tab = await browser.newPage({ viewport: { width, height: 844 } });
      await tab.goto(pathToFileURL(page).href);
      // Each alone and as wide as the screen.
      await tab.addStyleTag({ content: `.picture { width: ${width}px } .wall { padding: 0 }` });
      for (const { id } of pictures) {
        const element = tab.locator(`[id="${id}"]`);
        await element.screenshot({ path: join(FOLDER, name, `${id}.png`) });
        const height = (await element.boundingBox())?.height ?? 0;
        if (name === 'phone' && height > 844) tall.push(`${id}: ${Math.round(height)} px`);
      }
      console.log(`${pictures.length} pictures, ${width} px wide, in ${join(FOLDER, name)}`);
    }
  } finally {
    await browser.close();
  }
  for (const line of tall) console.log(`taller than a phone: ${line}`);
}
