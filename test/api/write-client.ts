/** `npm run client`: the description and a typed client, as they are in docs/api. */
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clientText } from './client-text.ts';
import { describeApi } from './describe.ts';

const FOLDER = resolve(import.meta.dirname, '../../docs/api');

const document = await describeApi();
writeFileSync(join(FOLDER, 'openapi.json'), `${JSON.stringify(document, null, 2)}\n`);
writeFileSync(join(FOLDER, 'client.ts'), clientText(document));
