import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';

const folder = fileURLToPath(new URL('../../tools/compose-check/', import.meta.url));

/**
 * Builds the checker with Go and answers where it is; undefined, with the reason on stderr, where it cannot be
 * built: without Go, or without its modules and the network to get them.
 */
export async function buildComposeCheck(): Promise<string | undefined> {
  const binary = path.join(
    tmpdir(),
    `graveshift-compose-check-${process.pid}${process.platform === 'win32' ? '.exe' : ''}`,
  );
  const { failed, stderr, shortMessage } = await execa('go', ['build', '-trimpath', '-o', binary, '.'], {
    cwd: folder,
    env: { CGO_ENABLED: '0', GOFLAGS: '-mod=readonly', GOWORK: 'off' },
    timeout: 110_000,
    reject: false,
  });
  if (failed) {
    process.stderr.write(`compose-check cannot be built, its tests are skipped: ${stderr || shortMessage}\n`);
    return undefined;
  }
  await access(binary);
  return binary;
}
