/** The description of the API, without anything behind it. */
import type { OpenAPIV3_1 } from 'openapi-types';
import { createApi } from '../../src/adapters/api/api.ts';
import { newId } from '../../src/adapters/codes.ts';
import type { App } from '../../src/app/app.ts';

/** Nobody is answered, so nobody is asked. */
const NO_APP = {} as App;
const silent = () => {};

export async function describeApi(): Promise<OpenAPIV3_1.Document> {
  const log = { info: silent, warn: silent, error: silent };
  const api = await createApi({ app: NO_APP, log, newId, origins: [], trustProxy: false });
  try {
    return JSON.parse(JSON.stringify(api.describe()));
  } finally {
    await api.close();
  }
}
