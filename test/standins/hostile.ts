/** Answers that no media server gives, and that whoever runs one can give all the same. Each is written as it goes. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';

const MB = 1024 * 1024;

export interface HostileAnswer {
  /** What it is, for titles. */
  readonly name: string;
  write(response: ServerResponse): void;
}

/** Sends pieces until there is none, or nobody listens any more. */
function stream(response: ServerResponse, pieces: Iterator<string | Buffer>): void {
  const go = () => {
    while (!response.destroyed) {
      const { done, value } = pieces.next();
      if (done) return void response.end();
      if (!response.write(value)) return void response.once('drain', go);
    }
  };
  go();
}

/** `unit` again and again up to so many bytes, between two ends. */
function* repeated(unit: string, bytes: number, [before, after] = ['', '']): Generator<string> {
  const piece = unit.repeat(Math.ceil((64 * 1024) / unit.length));
  yield before;
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield after;
}

function* each(count: number, unit: (index: number) => string, [before, after]: readonly [string, string]) {
  yield before;
  for (let index = 0; index < count; index += 1_000)
    yield Array.from({ length: Math.min(1_000, count - index) }, (_each, step) => unit(index + step)).join(
      '',
    );
  yield after;
}

const json = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'application/json' });
const xml = (response: ServerResponse) => response.writeHead(200, { 'content-type': 'text/xml' });
const guid = (index: number): string => index.toString(16).padStart(32, '0');

/** A list of lists that hold nothing: a hundred times its size once it is values. */
const listOfBytes = (megabytes: number): HostileAnswer => ({
  name: `a JSON list of ${megabytes} MB`,
  write: (response) => stream(json(response), repeated('[],', megabytes * MB, ['[', '[]]'])),
});

const HUGE_LIST = listOfBytes(60);

/** Libraries of either kind of server, in the words of both. */
export const manyLibraries = (count: number): HostileAnswer => ({
  name: `${count.toLocaleString('en-US')} libraries`,
  write: (response) =>
    stream(
      json(response),
      each(
        count,
        (index) =>
          `${index === 0 ? '' : ','}{"key":"${index}","title":"L ${index}","type":"movie","Name":"L ${index}","ItemId":"${guid(index)}"}`,
        response.req.url?.startsWith('/library') ? ['{"MediaContainer":{"Directory":[', ']}}'] : ['[', ']'],
      ),
    ),
});

/** Accounts of Jellyfin that are all understood, with so many libraries each and so many bytes of other rights. */
export const manyAccounts = (
  count: number,
  serverId: string,
  { libraries = 0, junk = 0 }: { readonly libraries?: number; readonly junk?: number } = {},
): HostileAnswer => {
  const folders = JSON.stringify(Array.from({ length: libraries }, (_each, index) => guid(index)));
  const more = junk === 0 ? '' : `,"Junk":[${'[],'.repeat(junk / 3)}`;
  return {
    name: `${count.toLocaleString('en-US')} accounts${libraries > 0 ? ` with ${libraries} libraries each` : ''}${junk > 0 ? ` and ${junk / 1_000} KB of junk each` : ''}`,
    write: (response) =>
      stream(
        json(response),
        each(
          count,
          (index) =>
            `${index === 0 ? '' : ','}{"Name":"person ${index}","ServerId":"${serverId}","Id":"${guid(index + 1)}","Policy":{"IsAdministrator":false,"IsDisabled":false,"EnableAllFolders":false,"EnabledFolders":${folders}${more && `${more}${index}]`}}}`,
          ['[', ']'],
        ),
      ),
  };
};

/** All that is known to hurt, whatever was asked. */
export const HOSTILE_ANSWERS: readonly HostileAnswer[] = [
  HUGE_LIST,
  listOfBytes(20),
  {
    name: 'a list that never ends',
    write: (response) => stream(json(response), repeated('{},', 8_192 * MB, ['[', ']'])),
  },
  {
    name: 'one text of 60 MB',
    write: (response) => stream(json(response), repeated('x', 60 * MB, ['["', '"]'])),
  },
  { name: 'lists in lists, 10 MB deep', write: (response) => stream(json(response), repeated('[', 10 * MB)) },
  {
    name: 'an object of a million fields',
    write: (response) =>
      stream(
        json(response),
        each(1_000_000, (index) => `"a${index}":[],`, ['{"MediaContainer":{', '"z":1}}']),
      ),
  },
  {
    name: 'an element with a million attributes',
    write: (response) =>
      stream(
        xml(response),
        each(1_000_000, (index) => ` a${index}=""`, ['<MediaContainer size="0"', '/>']),
      ),
  },
  {
    name: 'a million elements',
    write: (response) =>
      stream(xml(response), repeated('<a/>', 4 * MB, ['<MediaContainer>', '</MediaContainer>'])),
  },
  {
    name: 'elements in elements, a million deep',
    write: (response) => stream(xml(response), repeated('<a>', 3 * MB, ['<MediaContainer>', ''])),
  },
  {
    name: 'entities that expand to each other',
    write(response) {
      const entities = Array.from(
        { length: 12 },
        (_each, step) => `<!ENTITY e${step + 1} "${`&e${step};`.repeat(10)}">`,
      );
      xml(response).end(
        `<!DOCTYPE x [<!ENTITY e0 "ha">${entities.join('')}]><MediaContainer friendlyName="&e12;"/>`,
      );
    },
  },
  {
    name: 'references to characters, ten million of them',
    write: (response) =>
      stream(xml(response), repeated('&#233;', 12 * MB, ['<MediaContainer size="0" title="', '"/>'])),
  },
  {
    name: 'a packed answer that unpacks to a thousand times its size',
    write(response) {
      const packed = gzipSync(Buffer.alloc(20 * MB, 0x20));
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(packed);
    },
  },
  {
    name: 'a length of 3 GB, which does not come',
    write(response) {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': String(3_072 * MB) });
      response.write('[');
    },
  },
  manyLibraries(100_000),
];

/** A byte a second, for as long as somebody listens. */
export const ENDLESS: HostileAnswer = {
  name: 'a byte a second',
  write(response) {
    json(response).write('[');
    const timer = setInterval(() => (response.destroyed ? clearInterval(timer) : response.write(' ')), 1_000);
    response.once('close', () => clearInterval(timer));
  },
};
