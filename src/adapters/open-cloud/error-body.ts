import { z } from 'zod';

import { parseJson } from './json.js';

/** How an error answer was written. Open Cloud's services differ, and its edge answers pages of HTML. */
export type ErrorShape = 'gateway' | 'status' | 'operation' | 'problem' | 'text' | 'html' | 'empty';

export type ErrorBody = {
  shape: ErrorShape;
  /** The service's own code, such as `INSUFFICIENT_SCOPE`. */
  code?: string;
  /** One line for a person. */
  message: string;
  requestId?: string;
};

const code = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)));
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');

/** `{"errors":[{"code":0,"message":"Invalid API Key"}]}`: the gateway and the older services. */
const gatewaySchema = z.object({ errors: z.array(z.object({ code, message: text })).min(1) });
/** `{"type":…,"title":…,"status":400,"errors":{"field":["…"]},"traceId":…}` (RFC 9457). */
const problemSchema = z.object({
  title: z.string(),
  status: z.int().optional(),
  detail: text,
  errors: z.record(z.string(), z.array(z.string())).default({}),
  traceId: z.string().optional(),
});
/** `{"error":"INSUFFICIENT_SCOPE","message":…}` and `{"code":3,"error":…,"message":…}`. */
const operationSchema = z.object({ error: z.string(), message: text, code });
/** `{"error":{"code":…,"message":…}}`. */
const nestedSchema = z.object({ error: z.object({ code, message: text }) });
/** `{"code":"NOT_FOUND","message":…}`, with a number for a code in the assets service. */
const statusSchema = z.object({ code, message: z.string() });

/** Reads an error's body, whatever wrote it. Never throws: what is not understood is shown, shortened. */
export function parseErrorBody(body: string): ErrorBody {
  const trimmed = body.trim();
  if (trimmed === '') return { shape: 'empty', message: 'no body' };
  if (trimmed.startsWith('<')) return { shape: 'html', message: htmlTitle(trimmed) };
  let value: unknown;
  try {
    value = parseJson(trimmed);
  } catch {
    return { shape: 'text', message: oneLine(trimmed) };
  }
  if (typeof value === 'string') return { shape: 'text', message: oneLine(value) };

  const gateway = gatewaySchema.safeParse(value);
  if (gateway.success) {
    const [first] = gateway.data.errors;
    const message = gateway.data.errors.map((error) => error.message).join('; ');
    return { shape: 'gateway', ...withCode(first?.code), message: oneLine(message) };
  }
  const problem = problemSchema.safeParse(value);
  if (problem.success) {
    const { title, detail, errors, traceId } = problem.data;
    const fields = Object.entries(errors).map(([field, problems]) => `${field}: ${problems.join(' ')}`);
    return {
      shape: 'problem',
      message: oneLine([title, detail, ...fields].filter((part) => part !== '').join('; ')),
      ...(traceId === undefined ? {} : { requestId: traceId }),
    };
  }
  const operation = operationSchema.safeParse(value);
  if (operation.success) {
    const { error, message } = operation.data;
    return { shape: 'operation', code: error, message: oneLine(message === '' ? error : message) };
  }
  const status = z.union([nestedSchema.transform((nested) => nested.error), statusSchema]).safeParse(value);
  if (status.success) {
    return { shape: 'status', ...withCode(status.data.code), message: oneLine(status.data.message) };
  }
  return { shape: 'text', message: oneLine(trimmed) };
}

const withCode = (value: string | undefined) => (value === undefined ? {} : { code: value });

const oneLine = (value: string) => value.replaceAll(/\s+/g, ' ').trim().slice(0, 300);

function htmlTitle(page: string): string {
  const title = /<title[^>]*>([^<]*)<\/title>/i.exec(page)?.[1] ?? '';
  return oneLine(title) === '' ? 'a page of HTML' : `a page of HTML titled "${oneLine(title)}"`;
}
