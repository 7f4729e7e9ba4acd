import { Readable } from 'node:stream';

import { Agent, request as send } from 'undici';
import type { Dispatcher } from 'undici';

import type { CallName } from './calls.js';
import { describeCall } from './calls.js';
import type { OpenCloudRequest } from './requests.js';

/** A whole answer. */
export type Answer = {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
};

/** No answer, or half of one. */
export class TransportFailure extends Error {
  /** False when the request certainly never left: no connection was made. */
  readonly mayHaveArrived: boolean;
  readonly code: string;

  constructor(message: string, options: { mayHaveArrived: boolean; code: string }) {
    super(message);
    this.name = 'TransportFailure';
    this.mayHaveArrived = options.mayHaveArrived;
    this.code = options.code;
  }
}

/** Places may have 100 MB; an answer beyond this is not one of ours. */
const largestAnswerBytes = 160 * 1024 * 1024;

const connectTimeoutMs = 15_000;

export type Transport = {
  /**
   * Sends one request once.
   * @throws TransportFailure, or the signal's reason when it aborts
   */
  exchange(request: OpenCloudRequest, apiKey: string | undefined, signal?: AbortSignal): Promise<Answer>;
  close(): Promise<void>;
};

const documentedTimeout = (call: CallName) => describeCall(call).timeoutSeconds * 1000;

export function createTransport(
  baseUrl: string,
  {
    dispatcher,
    timeoutMs = documentedTimeout,
  }: {
    /** undici's, such as a proxy's; without one the transport has its own connections. */
    dispatcher?: Dispatcher | undefined;
    /** Most time for one try; by default what the table of calls says. */
    timeoutMs?: ((call: CallName) => number) | undefined;
  } = {},
): Transport {
  const base = new URL(baseUrl);
  const pool = new Agent({ connect: { timeout: connectTimeoutMs }, allowH2: false });

  return {
    async exchange(request, apiKey, signal) {
      const most = timeoutMs(request.call);
      const timeout = AbortSignal.timeout(most);
      // Uploads have a connection of their own: on a kept one, which the other side may just be closing, a
      // publish fails after its bytes have left, and nobody knows whether it happened.
      const upload = request.call === 'publishPlace' || request.call === 'createAsset';
      const fresh = upload
        ? new Agent({ connect: { timeout: connectTimeoutMs }, allowH2: false })
        : undefined;
      try {
        const response = await send(new URL(request.path, base), {
          method: request.method,
          headers: {
            ...request.headers,
            ...(apiKey === undefined ? {} : { 'x-api-key': apiKey }),
            ...lengthOf(request.body),
          },
          body: bodyOf(request.body),
          dispatcher: dispatcher ?? fresh ?? pool,
          // undici's word for `connection: close`.
          reset: upload,
          headersTimeout: 0,
          bodyTimeout: 0,
          signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
        });
        return {
          status: response.statusCode,
          headers: flatten(response.headers),
          body: await readAll(response.body),
        };
      } catch (error) {
        if (signal?.aborted === true) throw signal.reason;
        if (timeout.aborted) {
          const message = `no answer within ${String(most / 1000)} s`;
          throw new TransportFailure(message, { mayHaveArrived: true, code: 'TIMEOUT' });
        }
        throw asTransportFailure(error);
      } finally {
        await fresh?.destroy();
      }
    },
    close: () => pool.destroy(),
  };
}

/** Without a length a stream would be sent in chunks, which a place's service does not take. */
function lengthOf(body: OpenCloudRequest['body']): Record<string, string> {
  return body === undefined || body instanceof Uint8Array ? {} : { 'content-length': String(body.bytes) };
}

function bodyOf(body: OpenCloudRequest['body']): Uint8Array | Readable | null {
  if (body === undefined) return null;
  return body instanceof Uint8Array ? body : Readable.from(body.open(), { objectMode: false });
}

async function readAll(body: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.byteLength;
    if (length > largestAnswerBytes) {
      const message = `the answer is larger than ${String(largestAnswerBytes)} bytes`;
      throw new TransportFailure(message, { mayHaveArrived: true, code: 'TOO_LARGE' });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

type SystemError = Error & { code?: string; syscall?: string; errors?: unknown };

function asTransportFailure(error: unknown): TransportFailure {
  if (error instanceof TransportFailure) return error;
  if (!(error instanceof Error)) {
    return new TransportFailure(String(error), { mayHaveArrived: true, code: 'UNKNOWN' });
  }
  const code = (error as SystemError).code ?? error.name;
  return new TransportFailure(error.message === '' ? code : error.message, {
    mayHaveArrived: !failedBeforeSending(error),
    code,
  });
}

/** TLS refuses a certificate before it lets the first byte of a request through. */
const certificateErrors = /^(CERT_|ERR_TLS_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH)/;

function failedBeforeSending(error: SystemError): boolean {
  // Node tries all of a name's addresses, and answers with all of their errors.
  if (Array.isArray(error.errors) && error.errors.length > 0) {
    return error.errors.every((each) => each instanceof Error && failedBeforeSending(each));
  }
  const code = error.code ?? '';
  return (
    error.syscall === 'connect' ||
    error.syscall === 'getaddrinfo' ||
    code === 'UND_ERR_CONNECT_TIMEOUT' ||
    code === 'UND_ERR_INVALID_ARG' ||
    certificateErrors.test(code)
  );
}
