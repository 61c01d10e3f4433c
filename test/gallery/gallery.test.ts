/** Whatever is in a guild, each reply can be drawn as Discord draws it, and shows nobody's markup. */
import { describe, expect, it } from 'vitest';
import { drawFrame } from './frame.ts';
import { HOUSES, type House } from './houses.ts';
import { type Frame, play, unseen } from './scenes.ts';

async function visit(house: House): Promise<{ frames: readonly Frame[]; drawn: readonly string[] }> {
  const frames = await play(house);
  await house.world.close();
  return { frames, drawn: frames.map((frame) => drawFrame(frame, house).html) };
}

describe('the replies of a guild', () => {
  it('that has nothing yet can be drawn', async () => {
    const { drawn } = await visit(await HOUSES.empty());
    expect(drawn.filter((each) => each.includes('class="message'))).not.toEqual([]);
  });

  it('of every command are shown but the one that takes minutes', async () => {
    expect(unseen((await visit(await HOUSES.one())).frames)).toEqual(['server drill']);
  });

  it('whose names are markup show them as they are', async () => {
    const { drawn } = await visit(await HOUSES.hostile());
    for (const each of drawn) {
      expect(each).not.toMatch(/href="https:\/\/evil|class="spoiler"|<blockquote|class="h1"|<u>/);
      expect(each).not.toMatch(/class="mention">@(everyone|here|unknown-user)/);
    }
    expect(drawn.some((each) => each.includes('click me'))).toBe(true);
  });
});
