/** A long text as files that Discord takes, made while it is read: never more than a part is in memory. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { partGoing, partView } from '../views/file-parts.ts';
import type { View } from '../views/view.ts';
import type { Input } from './command.ts';

type File = NonNullable<View['files']>[number];

/** Where Discord would take more: a part is in memory as a whole, and an upload at home is slow. */
const MOST_PART_BYTES = 24 * 1024 * 1024;

const packed = promisify(gzip);

interface Named {
  readonly name: string;
  readonly ending: string;
}

/** Answers with the first part and what `done` says of all of it; each other part is a message below. */
export async function answerInParts<Result>(
  { fileBytes, progress, also }: Pick<Input, 'fileBytes' | 'progress' | 'also'>,
  pieces: AsyncGenerator<string, Result>,
  {
    done,
    ...named
  }: Named & { readonly done: (result: Result, first: File | undefined, count: number) => View },
): Promise<View> {
  const parts = inParts(pieces, { ...named, most: Math.min(fileBytes, MOST_PART_BYTES) });
  let first: File | undefined;
  for (let count = 0; ; count += 1) {
    const part = await parts.next();
    if (part.done) return done(part.value, first, count);
    first ??= part.value;
    if (count === 0) continue;
    // Discord takes the first message for the answer, so that there has to be one.
    progress(partGoing(count + 1));
    await also(partView(part.value, count + 1));
  }
}

/**
 * As it is, where that is one part; else compressed, in as many parts as it needs, each a file of its own that ends
 * with a line. Each piece is packed by itself: what is joined unpacks as one (RFC 1952, 2.2).
 */
export async function* inParts<Result>(
  pieces: AsyncGenerator<string, Result>,
  { name, ending, most }: Named & { readonly most: number },
): AsyncGenerator<File, Result> {
  let plain: Buffer[] | undefined = [];
  let part: Buffer[] = [];
  let [size, parts] = [0, 0];
  const close = (): File => {
    parts += 1;
    const content = Buffer.concat(part);
    [part, size] = [[], 0];
    return { name: `${name}-${parts}.${ending}.gz`, content };
  };
  for (;;) {
    const next = await pieces.next();
    if (next.done) {
      if (plain) yield { name: `${name}.${ending}`, content: Buffer.concat(plain) };
      else if (part.length > 0) yield close();
      return next.value;
    }
    const piece = Buffer.from(next.value);
    size += piece.length;
    if (plain && size <= most) {
      plain.push(piece);
      continue;
    }
    const unpacked = plain ? [...plain, piece] : [piece];
    size = plain ? 0 : size - piece.length;
    plain = undefined;
    for (const one of unpacked) {
      const member = await packed(one);
      if (size + member.length > most && part.length > 0) yield close();
      part.push(member);
      size += member.length;
    }
  }
}
