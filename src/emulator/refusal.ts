import type { ErrorStyle } from './endpoints.js';

export type RefusalStyle = ErrorStyle | 'text' | 'problem' | 'html';

/** An error answer. The style says how it is written; the endpoint's own where none is given. */
export class Refusal extends Error {
  readonly status: number;
  readonly style: RefusalStyle | undefined;

  constructor(status: number, message: string, style?: RefusalStyle) {
    super(message);
    this.name = 'Refusal';
    this.status = status;
    this.style = style;
  }
}

export const teamCreateMessage = 'The place is open in an active Team Create session.';

const cloudCodes: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'CONFLICT',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
};

/** The body and its media type, as the services and the edge write them. */
export function writeRefusal(
  style: RefusalStyle,
  status: number,
  message: string,
): { contentType: string; body: string } {
  const json = (value: unknown) => ({
    contentType: 'application/json; charset=utf-8',
    body: JSON.stringify(value),
  });
  switch (style) {
    case 'gateway':
      return json({ errors: [{ code: 0, message }] });
    case 'cloud':
      return json({ code: cloudCodes[status] ?? 'UNKNOWN', message });
    case 'assets':
      return json({ code: status, message });
    case 'operation':
      return json({
        code: status,
        error: status === 403 ? 'INSUFFICIENT_SCOPE' : (cloudCodes[status] ?? 'UNKNOWN'),
        message,
      });
    case 'server-management':
      return json({
        type: `https://httpstatuses.com/${String(status)}`,
        title: message,
        status,
        detail: message,
        instance: null,
      });
    case 'configs':
      // The document allows no member here: the status is all that is said.
      return json({});
    case 'analytics':
      return json({ path: null, done: true, error: { code: status, message } });
    case 'problem':
      return {
        contentType: 'application/problem+json; charset=utf-8',
        body: JSON.stringify({
          type: 'https://tools.ietf.org/html/rfc9110#section-15.5.1',
          title: 'One or more validation errors occurred.',
          status,
          errors: { request: [message] },
        }),
      };
    case 'text':
      return { contentType: 'text/plain; charset=utf-8', body: message };
    case 'html':
      return {
        contentType: 'text/html; charset=utf-8',
        body: `<!DOCTYPE html>\n<html><head><title>${String(status)} ${message}</title></head><body><h1>${message}</h1></body></html>`,
      };
  }
}
