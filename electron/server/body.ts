import type { FastifyRequest } from 'fastify';
import { AppError } from '../../shared/errors.ts';

const mebibyte = 1024 * 1024;
/** Long enough for 100,000 contact ids in one request. */
export const usualBodyLimit = 8 * mebibyte;
/** A table of 200 MB and the form around it. */
export const uploadBodyLimit = 201 * mebibyte;

/**
 * Parses a whole body into what the contract's handlers take. A body of type `text/csv` or of a workbook counts as a form with the
 * field `file`, its other fields from the query, so that `curl --data-binary @people.csv` is enough.
 */
export async function parseBody(request: FastifyRequest, body: Buffer): Promise<unknown> {
  const type = request.headers['content-type'] ?? '';
  if (body.length === 0) return undefined;
  if (/^multipart\/form-data/i.test(type)) return parseForm(body, type);
  if (/^(text\/csv|application\/csv|application\/vnd\.(?:ms-excel|openxmlformats-officedocument\.spreadsheetml\.sheet)|application\/octet-stream)/i.test(type)) {
    const form = new FormData();
    form.set('file', new File([body as Uint8Array<ArrayBuffer>], body.toString('latin1', 0, 2) === 'PK' ? 'upload.xlsx' : 'upload.csv'));
    for (const [name, value] of new URL(request.url, 'http://localhost').searchParams) form.append(name, value);
    return form;
  }
  if (/^application\/x-www-form-urlencoded/i.test(type)) return new URLSearchParams(body.toString('utf8'));
  return parseJson(body);
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (error) {
    throw new AppError('bad_request', `The body is not valid JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`, {}, { cause: error });
  }
}

async function parseForm(body: Buffer, type: string): Promise<FormData> {
  try {
    return await new Response(body as Uint8Array<ArrayBuffer>, { headers: { 'content-type': type } }).formData();
  } catch (error) {
    throw new AppError('bad_request', 'The form cannot be read. Check that its boundary is the one of the Content-Type header.', {}, { cause: error });
  }
}

/**
 * REST input as people write it: nothing at all counts as an empty object; and a form field that holds JSON
 * (`mapping={"email":"E-mail"}`) counts as what it says.
 */
export function looseInput(input: unknown): unknown {
  if (input === undefined || input === null || input === '') return {};
  if (typeof input !== 'object' || !Object.values(input).some((value) => value instanceof Blob)) return input;
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [name, typeof value === 'string' && /^\s*[[{]/.test(value) ? jsonOr(value) : value]));
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
