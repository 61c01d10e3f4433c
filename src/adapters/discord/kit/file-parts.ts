/** A long text as files that Discord takes, made while it is read: never more than a part is in memory. */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { View } from '../views/view.ts';

type File = NonNullable<View['files']>[number];

/** Discord takes 10 MiB everywhere, and more in some guilds (discord.md 1.5); an upload at home is slow. */
const PART_BYTES = 8 * 1024 * 1024;

const packed = promisify(gzip);

/**
 * As it is, where that is one part; else compressed, in as many parts as it needs, each a file of its own that ends
 * with a line. Each piece is packed by itself: what is joined unpacks as one (RFC 1952, 2.2).
 */
export async function* inParts<Result>(
  pieces: AsyncGenerator<string, Result>,
  {
    name,
    ending,
    most = PART_BYTES,
  }: { readonly name: string; readonly ending: string; readonly most?: number },
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
