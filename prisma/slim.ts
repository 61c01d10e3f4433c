/**
 * What a generated client keeps in memory for as long as Usher runs, made smaller: 12 MB of two hundred
 * (docs/decisions/0032).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Where V8 no longer makes room for all smaller keys: an object whose first key is so large is kept as a table
 * (https://github.com/v8/v8/blob/14.0.1/src/objects/js-objects.h, kMaxGap).
 */
const KEPT_AS_TABLE = 1_024;

/** Comments become part of each client, and with their quotes every character of it takes two bytes. */
export const withoutComments = (schema: string): string => schema.replaceAll(/^[ \t]*\/\/.*\n/gm, '');

/**
 * Rewrites the client that was generated into this folder.
 * @throws {Error} when it is not as it was generated when this was written: Prisma has changed.
 */
export function slim(folder: string): void {
  const file = join(folder, 'internal/class.ts');
  const client = readFileSync(file, 'utf8');
  writeFileSync(file, compilerAsFile(lightGraph(client), folder));
}

/** As text in a module, the compiler of queries would stay in memory twice: as source, and as what is exported. */
function compilerAsFile(client: string, folder: string): string {
  const [found, module] =
    /const \{ wasm \} = await import\("([^"]+)"\)\s+return await decodeBase64AsWasm\(wasm\)/.exec(client) ??
    [];
  if (!found || !module) throw new Error('the client does not load its compiler as it did');
  const { wasm } = createRequire(import.meta.url)(module.replace(/\.mjs$/, '.js'));
  writeFileSync(join(folder, 'internal/query_compiler.wasm'), Buffer.from(wasm, 'base64'));
  const read = `const { readFile } = await import('node:fs/promises')
    return new WebAssembly.Module(await readFile(new URL('query_compiler.wasm', import.meta.url)))`;
  return client.replace(found, () => read);
}

/**
 * The client looks up what may stand where by the numbers of names, in thousands of small objects. With numbers below a
 * thousand each of them has room for all, which is 7 MB of nothing.
 */
function lightGraph(client: string): string {
  const [, names = ''] = /strings: JSON\.parse\((".+")\),/.exec(client) ?? [];
  const [, graph = ''] = /graph: "([\w-]+)"/.exec(client) ?? [];
  if (!names || !graph) throw new Error('the client has no graph of parameters as it had');
  const further: string[] = [...Array(KEPT_AS_TABLE).fill(''), ...JSON.parse(JSON.parse(names))];
  return client
    .replace(names, () => JSON.stringify(JSON.stringify(further)))
    .replace(graph, () => withLargerNumbers(Buffer.from(graph, 'base64url')).toString('base64url'));
}

/** The same graph, as `@prisma/client/runtime` reads it, where all names have larger numbers. */
function withLargerNumbers(graph: Buffer): Buffer {
  const made: number[] = [];
  let at = 0;
  const copy = (bytes: number) => {
    made.push(...graph.subarray(at, at + bytes));
    at += bytes;
  };
  const read = (): number => {
    let [value, shift, byte] = [0, 0, 0];
    do {
      byte = graph.readUInt8(at++);
      value |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    return value;
  };
  const write = (value: number): number => {
    let rest = value;
    for (; rest >= 0x80; rest >>>= 7) made.push((rest & 0x7f) | 0x80);
    made.push(rest);
    return value;
  };
  const number = () => write(read());
  const name = () => write(read() + KEPT_AS_TABLE);
  /** Zero is none. */
  const optionalName = () => {
    const value = read();
    write(value === 0 ? 0 : value + KEPT_AS_TABLE);
  };
  const times = (count: number, work: () => void) => {
    for (let done = 0; done < count; done += 1) work();
  };
  const [inputs, outputs, roots] = [number(), number(), number()];
  times(inputs, () =>
    times(number(), () => {
      name();
      copy(2);
      number();
      optionalName();
      copy(1);
    }),
  );
  times(outputs, () =>
    times(number(), () => {
      name();
      number();
      number();
    }),
  );
  times(roots, () => {
    name();
    number();
    number();
  });
  if (at !== graph.length) throw new Error('the graph of parameters is not what it was');
  return Buffer.from(made);
}
