import { Client, Connection, type ConnectionOptions } from '@temporalio/client';

import { GraveshiftError } from '../../domain/failure.js';
import type { TemporalSettings } from './settings.js';

export type TemporalConnection = {
  client: Client;
  connection: Connection;
  address: string;
  namespace: string;
  close: () => Promise<void>;
};

const defaultConnectTimeoutMs = 10_000;

/**
 * Connects a client and proves that the server answers.
 * @throws GraveshiftError `AccessDenied` or `ServiceUnavailable`, with the address and what to do; never the key
 */
export async function connectClient(
  settings: TemporalSettings,
  options: { connectTimeoutMs?: number } = {},
): Promise<TemporalConnection> {
  const { address, namespace } = settings;
  const connection = Connection.lazy({
    ...toClientOptions(settings),
    connectTimeout: options.connectTimeoutMs ?? defaultConnectTimeoutMs,
  });
  try {
    await connection.ensureConnected();
  } catch (error) {
    await connection.close();
    throw connectionFailure(error, address);
  }
  return {
    client: new Client({ connection, namespace }),
    connection,
    address,
    namespace,
    close: async () => await connection.close(),
  };
}

/** Where the client's options differ from the worker's, only what both know is taken. */
function toClientOptions({ connection }: TemporalSettings): ConnectionOptions {
  const { address, apiKey, tls, metadata } = connection;
  return {
    address,
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tls === undefined ? {} : { tls }),
    ...(metadata === undefined ? {} : { metadata }),
  };
}

function connectionFailure(error: unknown, address: string): GraveshiftError {
  const code = grpcCode(error);
  if (code === status.unauthenticated || code === status.permissionDenied) {
    return new GraveshiftError(
      'AccessDenied',
      `Temporal at ${address} refused the credentials: check TEMPORAL_API_KEY or the client certificate, and that they may use the namespace.`,
      { details: { address } },
    );
  }
  return new GraveshiftError(
    'ServiceUnavailable',
    `Temporal at ${address} cannot be reached: start the embedded one with "graveshift up", or set ` +
      'TEMPORAL_ADDRESS (and TEMPORAL_TLS or TEMPORAL_API_KEY where it asks for them).',
    { details: { address }, cause: error },
  );
}

/** Codes of gRPC that are told apart here (https://grpc.io/docs/guides/status-codes/). */
export const status = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  permissionDenied: 7,
  unimplemented: 12,
  unauthenticated: 16,
} as const;

/** The gRPC status of an error, which the SDK may have wrapped. */
export function grpcCode(error: unknown): number | undefined {
  for (let current = error; current instanceof Error; current = current.cause) {
    if ('code' in current && typeof current.code === 'number') return current.code;
  }
  return undefined;
}
