import { execa } from 'execa';
import semver from 'semver';

import { type Environment, notExecutable } from '../adapters/processes/executable.js';

/** The version that is downloaded or built; `tools/temporal-cli/go.mod` requires the same. */
export const pinnedCliVersion = '1.8.2';
/** The oldest that is taken from `PATH`: server 1.29, the first with the APIs that the SDK uses. */
export const minimumCliVersion = '1.5.0';
/** What a build without a version stamp reports. */
const unstampedVersion = '0.0.0-DEV';

/** The first start of a fresh binary may wait for a virus scanner. */
const versionTimeoutMs = 30_000;

export type CliCheck = { usable: true; version: string } | { usable: false; reason: string };

/** Runs `--version`: the only proof that a file is whole, for this machine, and the Temporal CLI. */
export async function checkTemporalCli(
  file: string,
  options: {
    env: Environment;
    /** Whether a build without a version stamp is taken: only where a person named that very file. */
    allowUnstamped: boolean;
    signal?: AbortSignal | undefined;
  },
): Promise<CliCheck> {
  const reason = await notExecutable(file);
  if (reason !== undefined) return { usable: false, reason };
  const result = await execa(file, ['--version'], {
    env: options.env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: versionTimeoutMs,
    reject: false,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  options.signal?.throwIfAborted();
  if (result.timedOut) {
    return { usable: false, reason: `"--version" did not answer within ${versionTimeoutMs / 1000} s` };
  }
  if (result.failed) {
    return { usable: false, reason: `it cannot be run ("--version": ${result.shortMessage})` };
  }
  const version = /^temporal version (\S+)/m.exec(result.stdout)?.[1];
  if (version === undefined) {
    const shown = JSON.stringify(result.stdout.slice(0, 80));
    return { usable: false, reason: `"--version" printed ${shown}, which is not the Temporal CLI's` };
  }
  return judgeVersion(version, options.allowUnstamped);
}

function judgeVersion(version: string, allowUnstamped: boolean): CliCheck {
  if (version === unstampedVersion && allowUnstamped) return { usable: true, version };
  if (semver.valid(version) !== null && semver.gte(version, minimumCliVersion)) {
    return { usable: true, version };
  }
  return { usable: false, reason: `it is version ${version}, ${minimumCliVersion} or newer is needed` };
}
