/** The HTTP client as one guild has it, for tests in which no other guild asks anything. */
import {
  createHttpClients,
  type HttpClient,
  type HttpClientOptions,
} from '../../src/adapters/http-client/http-client.ts';
import { here } from './people.ts';

export interface ClosableClient extends HttpClient {
  close(): Promise<void>;
}

export function createHttpClient(options: HttpClientOptions): ClosableClient {
  const all = createHttpClients(options);
  return { ...all.of(here), close: () => all.close() };
}
