/**
 * The process of a Jellyfin server whose answers are made to hurt: making them takes as long as reading them. Sends its
 * address; the number of a scenario chooses what it answers from then on.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SCENARIOS, SERVER_ID } from './hostile-scenarios.ts';

const INFO = {
  Id: SERVER_ID,
  ServerName: 'den',
  Version: '10.11.0',
  ProductName: 'Jellyfin Server',
  StartupWizardCompleted: true,
};
let scenario = SCENARIOS[0];
process.on('message', (index: number) => {
  scenario = SCENARIOS[index];
});

const json = (response: ServerResponse, value: unknown) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const server = createServer((request, response) => {
  const { url = '' } = request;
  if (url === '/System/Info/Public') json(response, INFO);
  else if (url === '/Library/VirtualFolders' && scenario) scenario.libraries.write(response);
  else if (url === '/Users' && scenario) scenario.accounts.write(response);
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1', () =>
  process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
