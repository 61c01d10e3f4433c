import type { RecordedRequest } from '../../http.ts';
import { refuse } from '../errors.ts';

/** A file uploaded with a request. */
export interface Upload {
  /** The n of `files[n]`, which `attachments[].id` refers to. */
  readonly index: number;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: Buffer;
}

export interface Body {
  /** The JSON body, or the content of `payload_json`; undefined for an empty body. */
  readonly json: unknown;
  readonly uploads: readonly Upload[];
}

/** Reads JSON or multipart/form-data. [docs: reference#uploading-files] */
export async function readBody(request: RecordedRequest): Promise<Body> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data')) return { json: parse(request.body), uploads: [] };
  const form = await new Response(new Uint8Array(request.bytes), {
    headers: { 'content-type': type },
  }).formData();
  const uploads: Upload[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') continue;
    uploads.push({
      index: Number(/^files?\[(\d+)\]$/.exec(name)?.[1] ?? uploads.length),
      filename: value.name,
      contentType: value.type || 'application/octet-stream',
      bytes: Buffer.from(await value.arrayBuffer()),
    });
  }
  const payload = form.get('payload_json');
  return { json: parse(typeof payload === 'string' ? payload : ''), uploads };
}

function parse(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    throw refuse.badJson();
  }
}
