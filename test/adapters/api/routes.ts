/** Every route that is described, and something that may be sent to it. */
import type { OpenAPIV3_1 } from 'openapi-types';
import { describeApi } from '../../api/describe.ts';
import { ADA } from '../../support/people.ts';

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly scope: string;
  readonly body: OpenAPIV3_1.SchemaObject | undefined;
}

/** What a path may name. */
export type Ids = Readonly<Record<string, string>>;

/** Each contains those before it. */
export const SCOPES = ['read', 'grants', 'admin'] as const;

/** Those that are not enough. */
export const scopesBelow = ({ scope }: Pick<Route, 'scope'>) =>
  SCOPES.filter((_one, index) => index < (SCOPES as readonly string[]).indexOf(scope));

export async function describedRoutes(): Promise<readonly Route[]> {
  return Object.entries((await describeApi()).paths ?? {}).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OpenAPIV3_1.OperationObject>).map(([method, operation]) => {
      const sent = operation.requestBody as OpenAPIV3_1.RequestBodyObject | undefined;
      const body = sent?.content['application/json']?.schema as OpenAPIV3_1.SchemaObject | undefined;
      return { method: method.toUpperCase(), path, scope: operation.security?.[0]?.token?.[0] ?? '', body };
    }),
  );
}

export const lineOf = ({ method, path }: Route, named: Ids) =>
  `${method} ${path.replaceAll(/\{(\w+)\}/g, (_whole, name) => encodeURIComponent(named[name] ?? ''))}`;

/** Something that fits, in whatever guild it is asked. */
export function sample({ path, body }: Route, ids: Ids): object | undefined {
  if (!body) return undefined;
  const libraryIds = [ids.libraryId];
  const userId = ids.userId ?? ADA;
  if (path.endsWith('extend')) return { by: '1d' };
  if (/pause|resume/.test(path)) return {};
  if (path === '/v1/plans') return { name: 'Another', libraryIds };
  if (path.includes('/plans/')) return { name: 'Other' };
  if (path.endsWith('permissions')) return { userId };
  if (path.includes('/grants/')) return { until: '3d' };
  return path === '/v1/grants' ? { userId, libraryIds } : { libraryIds };
}
