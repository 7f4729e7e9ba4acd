import { type ClientConnectConfig, loadClientConfigProfile, toClientOptions } from '@temporalio/envconfig';

import { GraveshiftError } from '../../domain/failure.js';

/** Where Temporal is and how to be let in; may hold secrets, so it is never logged. */
export type TemporalSettings = {
  address: string;
  namespace: string;
  /** For `NativeConnection.connect` (the worker) and for `connectClient`. */
  connection: ClientConnectConfig['connectionOptions'] & { address: string };
};

const defaultAddress = '127.0.0.1:7233';
const defaultNamespace = 'default';

/**
 * Reads the same settings as the Temporal CLI: the profile `TEMPORAL_PROFILE` (else `default`) of its TOML file, and
 * over it `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS…`. Without any: the local server.
 * @throws GraveshiftError `InvalidInput`, naming the setting and never its value where that is a secret
 */
export function loadTemporalSettings(
  environment: Readonly<Record<string, string | undefined>>,
): TemporalSettings {
  const overrideEnvVars = Object.fromEntries(
    // An empty variable means "not set", as it does for the Temporal CLI.
    Object.entries(environment).filter((entry): entry is [string, string] => Boolean(entry[1])),
  );
  try {
    const profile = readProfile(overrideEnvVars);
    const { clientCert, clientKey } = profile.tls ?? {};
    if ((clientCert === undefined) !== (clientKey === undefined)) {
      throw new Error(
        `a TLS client certificate needs its key: ${clientCert === undefined ? 'the certificate' : 'the key'} is missing`,
      );
    }
    const { connectionOptions, namespace } = toClientOptions(profile);
    const address = connectionOptions.address ?? defaultAddress;
    return {
      address,
      namespace: namespace ?? defaultNamespace,
      connection: { ...connectionOptions, address },
    };
  } catch (cause) {
    // Parsers quote the offending lines after the first, and those may hold the key.
    const [reason] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
    const file = overrideEnvVars.TEMPORAL_CONFIG_FILE;
    const where =
      file === undefined ? 'the Temporal CLI’s configuration file' : `TEMPORAL_CONFIG_FILE (${file})`;
    throw new GraveshiftError(
      'InvalidInput',
      `Temporal's connection settings cannot be used: ${reason ?? 'unknown'}. ` +
        `Mend ${where} or the TEMPORAL_* variables ("temporal config list" shows what they say).`,
    );
  }
}

function readProfile(overrideEnvVars: Record<string, string>) {
  try {
    return loadClientConfigProfile({ overrideEnvVars });
  } catch (error) {
    // A file without any profile says nothing to the Temporal CLI; envconfig 1.24 trips over it.
    if (!(error instanceof TypeError) || 'TEMPORAL_PROFILE' in overrideEnvVars) throw error;
    return loadClientConfigProfile({ overrideEnvVars, disableFile: true });
  }
}
