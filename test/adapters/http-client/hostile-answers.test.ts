/** Whoever runs a media server decides every byte that it answers: what comes of it is a value, soon, and one line. */
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { createHttpClient } from '../../support/http-client.ts';
import { inEnglish } from '../../support/said.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** What an answer of these bytes is for the client; `more` is sent again and again. */
async function outcomeOf(bytes: string, more?: string, headers: Record<string, string> = {}) {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('data', () => {
      socket.write(bytes, 'latin1');
      if (more === undefined) socket.end();
      else {
        const timer = setInterval(() => socket.write(more, 'latin1'), 5);
        socket.on('close', () => clearInterval(timer));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const http = createHttpClient({
    clock: { now: () => new Date(), steadyMs: () => performance.now() },
    timeouts: { headersMs: 700, bodyMs: 700, totalMs: 1_000 },
  });
  closers.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
    void http.close();
  });
  const { port } = server.address() as AddressInfo;
  return await http.call({ method: 'GET', base: `http://127.0.0.1:${port}`, path: '/x', headers });
}

const answer = (head: string, body = '') => `HTTP/1.1 ${head}\r\n\r\n${body}`;
/** On one line, without what nobody sees, and short. */
const ONE_LINE = /^[^\p{Cc}\p{Cf}]{1,600}$/u;

it.each<readonly [name: string, bytes: string, more?: string]>([
  ['a header without end', 'HTTP/1.1 200 OK\r\nx: ', 'y'.repeat(8_000)],
  ['headers without end', 'HTTP/1.1 200 OK\r\n', 'x-a: b\r\n'.repeat(50)],
  ['hints without end', '', 'HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n'],
  ['a byte now and then', answer('200 OK\r\ncontent-length: 100000', '['), ' '],
  ['pieces without end', answer('200 OK\r\ntransfer-encoding: chunked'), '1\r\n \r\n'],
  ['two lengths', answer('200 OK\r\ncontent-length: 1\r\ncontent-length: 2', '[]')],
  ['a length and pieces', answer('200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked', '0\r\n\r\n')],
  ['a length that is none', answer('200 OK\r\ncontent-length: -1', '[]')],
  ['a status that is none', answer('999999 OK', '[]')],
  ['another protocol', 'SSH-2.0-OpenSSH_9.2\r\n'],
  ['an upgrade', answer('101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade')],
  ['nothing', ''],
  [
    'a second answer',
    answer('200 OK\r\ncontent-length: 2', '[]HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
  ],
  [
    'a redirect to a page of a browser',
    answer('302 Found\r\nlocation: javascript:alert(1)\r\ncontent-length: 0'),
  ],
  ['a redirect to a file', answer('302 Found\r\nlocation: file:///etc/passwd\r\ncontent-length: 0')],
  [
    'a redirect with a name and a password',
    answer('302 F\r\nlocation: http://a:secret-pw@h/\r\ncontent-length: 0'),
  ],
  [
    'a redirect without end',
    answer(`302 Found\r\nlocation: http://h/${'a'.repeat(12_000)}/web/\r\ncontent-length: 0`),
  ],
  [
    'a redirect with blanks in it',
    answer('302 Found\r\nlocation: http://h/a\t\u0085b/web/\r\ncontent-length: 0'),
  ],
  ['many redirects in one', answer(`302 Found\r\n${'location: http://h/\r\n'.repeat(50)}content-length: 0`)],
])('%s', async (_name, bytes = '', more = undefined) => {
  const outcome = await outcomeOf(bytes, more);
  if (outcome.kind === 'answer') {
    expect(outcome.status).toBe(200);
    expect(outcome.body.toString()).toBe('[]');
    return;
  }
  expect(inEnglish(outcome.why.message)).toMatch(ONE_LINE);
  expect(outcome.why.message).not.toContain('secret-pw');
});

it('what it says is one line, and repeats nothing of the request, however the token looks', async () => {
  const token = 'tok"%zz-3N"abc';
  const body = JSON.stringify({
    error: `no\r\nlevel=error ${token}\u202e\u0000 http://evil.example/ @everyone`,
  });
  const bytes = answer(`400 Bad Request\r\ncontent-length: ${body.length}`, body);
  const outcome = await outcomeOf(bytes, undefined, { 'x-plex-token': token });
  expect(outcome).toMatchObject({ kind: 'answer', status: 400 });
  const reason = outcome.kind === 'answer' ? outcome.reason : undefined;
  expect(reason).toMatch(ONE_LINE);
  expect(reason).not.toMatch(/zz-3N|evil/);
});

it('a header that would be two is not sent', async () => {
  const outcome = await outcomeOf(answer('200 OK\r\ncontent-length: 2', '[]'), undefined, {
    'x-plex-token': 'a\r\nx-evil: 1',
  });
  expect(outcome).toMatchObject({ kind: 'failure', sent: true });
});
