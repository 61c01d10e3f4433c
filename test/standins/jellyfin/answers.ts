import { randomBytes } from 'node:crypto';
import type { Answer } from '../http.ts';

/** All exceptions have the same text (B1.2), so "name exists" and "name invalid" look the same. */
export const processingError = (status: 400 | 401 | 403 | 404 | 500): Answer => ({
  status,
  headers: { 'content-type': 'text/plain' },
  body: 'Error processing request.',
});

/** A message of a controller: a JSON string, including its quotes. */
export const words = (status: number, text: string): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(text),
});

/** No body at all: 401 and 403 of the authorisation layer, 404 of an unknown route, 405. */
export const empty = (status: number, headers: Record<string, string> = {}): Answer => ({ status, headers });

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  404: 'Not Found',
  415: 'Unsupported Media Type',
};

/** The error form of ASP.NET, sent as plain JSON (M4). `errors` names the fields that are not valid. */
export const problem = (
  status: 400 | 404 | 415,
  errors?: Readonly<Record<string, readonly string[]>>,
): Answer => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify({
    type: `https://tools.ietf.org/html/rfc9110#section-15.5.${status === 415 ? 16 : status - 399}`,
    title: errors ? 'One or more validation errors occurred.' : TITLES[status],
    status,
    ...(errors && { errors }),
    traceId: `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-00`,
  }),
});

/** A body that is not the JSON asked for: where in it, and the parameter that the controller then misses (M4). */
export const notRead = (path: string, parameter: string, message: string): Answer =>
  problem(400, { [path]: [message], [parameter]: [`The ${parameter} field is required.`] });

export const html = (status: number, title: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8', ...headers },
  body: `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`,
});
