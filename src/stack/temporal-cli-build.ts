import { access } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import semver from 'semver';

import { type Environment, executableName, findInPath } from '../adapters/processes/executable.js';
import { pinnedCliVersion } from './temporal-cli-version.js';

/** Go 1.21 is the first that fetches the newer toolchain which `go.mod` asks for. */
export const minimumGoVersion = '1.21.0';

const moduleFolder = fileURLToPath(new URL('../../tools/temporal-cli', import.meta.url));
const cliPackage = 'github.com/temporalio/cli';
const reportEveryMs = 5000;
/** A cold build takes 4 minutes on 2 cores; a slow machine with a slow network takes a multiple of it. */
const buildTimeoutMs = 45 * 60_000;

export type GoCheck = { usable: true; path: string; version: string } | { usable: false; reason: string };

/** The Go that would build the CLI. */
export async function findGo(env: Environment, signal?: AbortSignal): Promise<GoCheck> {
  const [go] = await findInPath('go', env);
  if (go === undefined) return { usable: false, reason: 'Go is not in PATH' };
  const result = await execa(go, ['version'], {
    env,
    extendEnv: false,
    stdin: 'ignore',
    timeout: 30_000,
    reject: false,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
  signal?.throwIfAborted();
  const version = semver.coerce(/^go version go(\S+)/.exec(result.stdout)?.[1])?.version;
  if (version === undefined) return { usable: false, reason: `${go} does not tell its version` };
  return semver.gte(version, minimumGoVersion)
    ? { usable: true, path: go, version }
    : { usable: false, reason: `${go} is Go ${version}, ${minimumGoVersion} or newer is needed` };
}

/**
 * Builds the pinned version from `tools/temporal-cli` into `folder`.
 * @returns the file, not yet checked
 * @throws Error with the compiler's last words
 */
export async function buildTemporalCli(options: {
  go: string;
  folder: string;
  env: Environment;
  onProgress: (message: string) => void;
  signal?: AbortSignal | undefined;
}): Promise<string> {
  await access(path.join(moduleFolder, 'go.mod')).catch((cause: unknown) => {
    throw new Error('tools/temporal-cli/go.mod is not part of this installation', { cause });
  });
  const binary = path.join(options.folder, executableName('temporal'));
  const stamp = `-X ${cliPackage}/internal/temporalcli.Version=${pinnedCliVersion}`;
  const build = execa(
    options.go,
    ['build', '-v', '-trimpath', `-ldflags=-s -w ${stamp}`, '-o', binary, `${cliPackage}/cmd/temporal`],
    {
      cwd: moduleFolder,
      // Without cgo no C compiler is needed; the others keep the user's settings for other modules out.
      env: { ...options.env, CGO_ENABLED: '0', GOFLAGS: '', GOWORK: 'off', GOOS: '', GOARCH: '' },
      extendEnv: false,
      stdin: 'ignore',
      timeout: buildTimeoutMs,
      reject: false,
      ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    },
  );
  await reportBuild(build.iterable({ from: 'stderr' }), options.onProgress);
  const result = await build;
  options.signal?.throwIfAborted();
  if (result.timedOut) throw new Error(`go build took longer than ${buildTimeoutMs / 60_000} minutes`);
  if (result.failed) throw new Error(`go build failed: ${lastWords(result.stderr)}`);
  return binary;
}

/** `go build -v` prints a line for each package that it compiles, and one for each module that it downloads. */
async function reportBuild(
  lines: AsyncIterable<string>,
  onProgress: (message: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  let reportedAt = startedAt;
  let downloaded = 0;
  let compiled = 0;
  for await (const line of lines) {
    if (line.startsWith('go: downloading')) downloaded += 1;
    else compiled += 1;
    const now = performance.now();
    if (now - reportedAt < reportEveryMs) continue;
    reportedAt = now;
    const seconds = Math.round((now - startedAt) / 1000);
    onProgress(`${downloaded} modules downloaded, ${compiled} packages compiled, ${seconds} s`);
  }
}

function lastWords(stderr: string): string {
  return stderr.trim().split('\n').slice(-3).join('; ') || 'it printed nothing';
}
