import { type Answer, type RecordedRequest, Refused, type RouteCall } from '../http.ts';
import { element, xmlDocument, xmlOfJson } from './xml.ts';

/** An `X-Plex-*` value, from the header or from the query parameter of that name, which plex.tv accepts too (A2.1). */
export function plexValue(request: RecordedRequest, name: string): string | undefined {
  const header = request.headers[name.toLowerCase()];
  return (Array.isArray(header) ? header[0] : header) ?? request.query.get(name) ?? undefined;
}

export const wantsJson = (request: RecordedRequest): boolean =>
  (request.headers.accept ?? '').includes('application/json');

export const xmlAnswer = (status: number, root: string): Answer => ({
  status,
  headers: { 'content-type': 'application/xml; charset=utf-8' },
  body: xmlDocument(root),
});

/** A v2 reply: JSON when asked for, XML otherwise (A2.3). */
export const v2Answer = (call: RouteCall, status: number, root: string, value: object): Answer =>
  wantsJson(call.request) ? { status, body: value } : xmlAnswer(status, xmlOfJson(root, value));

/** The error form of v2, in the format of the request (A2.5). */
export function v2Error(request: RecordedRequest, status: number, code: number, message: string): Answer {
  if (wantsJson(request)) return { status, body: { errors: [{ code, message, status }] } };
  return xmlAnswer(
    status,
    element('errors', {}, [element('error', { code, message, status: String(status) })]),
  );
}

/** 404 code 1002: unknown resource or route, malformed body, or section keys in place of cloud ids (A2.5, A6.3). */
export const notFound = (request: RecordedRequest): Answer =>
  v2Error(request, 404, 1002, 'The requested resource or endpoint could not be found');

/** The answer to a v2 create for a pair that has a share already: always XML, inner status 400 (A2.5). */
export const alreadySharedV2 = (): Answer =>
  xmlAnswer(422, element('errors', {}, [element('error', { code: 1999, field: 'base', status: '400' })]));

export const alreadySharedV1 = (name: string): Answer =>
  xmlAnswer(
    400,
    element('Response', {
      code: 400,
      status: `You're already sharing this server with ${name}. Please edit your existing share.`,
    }),
  );

export const v1NotFound = (): Answer => xmlAnswer(404, '<errors>\n<error>Not found</error>\n</errors>');

/** The answer of endpoints that were removed (A5.3, A5.4). */
export const gone = (): Answer =>
  xmlAnswer(410, element('Response', { code: 410, status: 'This endpoint was deprecated and removed' }));

export const methodNotAllowed = (allow: string): Answer => ({ status: 405, headers: { allow } });

/** The page of Rails for a v1 collection that does not support DELETE (edge case 43). */
export const railsNotFound = (): Answer => ({
  status: 404,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: "<!DOCTYPE html><html><head><title>The page you were looking for doesn't exist (404)</title></head><body><h1>The page you were looking for doesn't exist.</h1></body></html>",
});

/** The 429s that were seen on the real service, for `http.fault({ answer: rateLimited('005') })` (edge case 17). */
export const rateLimited = (retryAfter?: string, body: 'xml' | 'empty' = 'xml'): Answer => {
  const headers: Record<string, string> = retryAfter === undefined ? {} : { 'retry-after': retryAfter };
  if (body === 'empty') return { status: 429, headers };
  const answer = xmlAnswer(
    429,
    element('errors', {}, [
      element('error', { code: 1003, message: 'API rate limit exceeded', status: '429' }),
    ]),
  );
  return { ...answer, headers: { ...answer.headers, ...headers } };
};

/** The four error documents that come with status 200 (edge case 20), for `http.fault({ answer })`. */
export const okButError = (form: 'response' | 'errors-xml' | 'errors-json' | 'html'): Answer => {
  if (form === 'response')
    return xmlAnswer(200, element('Response', { code: 500, status: 'Internal Server Error' }));
  if (form === 'errors-xml')
    return xmlAnswer(
      200,
      element('errors', {}, [element('error', { code: 1000, message: 'Something', status: '500' })]),
    );
  if (form === 'errors-json')
    return { status: 200, body: { errors: [{ code: 1000, message: 'Something', status: 500 }] } };
  return { status: 200, headers: { 'content-type': 'text/html' }, body: '<html><body>Sign in</body></html>' };
};

/** A page of a Plex Media Server (A2.5). */
export const pmsPage = (status: number, title: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: `<html><head><title>${title}</title></head><body><h1>${status} ${title}</h1></body></html>`,
});

/** The body as an object. plex.tv answers "not found" to anything else (A2.5). */
export function objectBody(call: RouteCall, otherwise: Answer): Record<string, unknown> {
  const body = asObject(tolerant(call));
  if (!body) throw new Refused(otherwise);
  return body;
}

export const asObject = (value: unknown): Record<string, unknown> | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;

function tolerant(call: RouteCall): unknown {
  try {
    return call.json();
  } catch {
    return undefined;
  }
}
