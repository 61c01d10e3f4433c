/** What is said of a file that comes in parts. Pure. */
import { card, type Sentence, say, type View } from './view.ts';

type File = NonNullable<View['files']>[number];

export const partGoing = (files: number): View => card('neutral', say('shared.file.going', { files }));

export const partView = (file: File, number: number): View => ({
  ...card('neutral', say('shared.file.part', { number })),
  files: [file],
});

/** How it is put together; undefined where it is as it is. */
export const partsText = (first: File, count: number): Sentence | undefined =>
  first.name.endsWith('.gz') ? say('shared.file.packed', { count }) : undefined;
