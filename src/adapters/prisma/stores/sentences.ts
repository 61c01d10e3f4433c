/** Sentences as they are kept: a key of the catalogue and its values, which is checked when it is read. */
import { z } from 'zod';
import type { Markup, Sentence, Value, WordKey } from '../../../words/say.ts';

/** A key that the catalogue has no more is shown as it is: there is nothing better to show. */
const sentence: z.ZodType<Sentence> = z.object({
  key: z.custom<WordKey>((key) => typeof key === 'string'),
  values: z
    .record(
      z.string(),
      z.lazy(() => value),
    )
    .exactOptional(),
});

export const markup: z.ZodType<Markup> = z.object({
  pieces: z.array(z.union([z.string(), sentence, z.object({ bold: z.lazy(() => markup) })])),
});

const text = z.union([z.string(), sentence, markup]);
const value: z.ZodType<Value> = z.union([z.number(), text, z.array(text)]);
