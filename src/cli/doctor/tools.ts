import { execa } from 'execa';
import semver from 'semver';

import { findCompilers, findLuauKit, findLuauLsp, installRemedy } from '../../adapters/luau-tools/index.js';
import { describeRojo, findRojo } from '../../adapters/rojo/index.js';
import { describeTemporalCli, resolveCache } from '../../stack/index.js';
import { findInPath } from '../../adapters/processes/executable.js';
import type { Variables } from '../context.js';
import { type Check, firstLine } from './check.js';

/** As in `engines` of package.json. */
const oldestNode = '20.20.0';

/** The programs that Graveshift runs. */
export async function checkTools(env: Variables): Promise<Check[]> {
  const [git, sshKeygen, rojo, temporal, luau] = await Promise.all([
    checkGit(env),
    checkSshKeygen(env),
    checkRojo(env),
    checkTemporal(env),
    checkLuauKit(env),
  ]);
  return [checkNode(), git, sshKeygen, rojo, ...temporal, luau];
}

function checkNode(): Check {
  const version = process.versions.node;
  const found = process.execPath;
  if (semver.gte(version, oldestNode)) return { name: 'Node', state: 'ok', found, version };
  return {
    name: 'Node',
    state: 'missing',
    found,
    version,
    remedy: `install Node ${oldestNode} or newer: https://nodejs.org`,
  };
}

async function checkGit(env: Variables): Promise<Check> {
  const [git] = await findInPath('git', env);
  const remedy = 'install Git: https://git-scm.com/downloads';
  if (git === undefined) return { name: 'Git', state: 'missing', found: 'not in PATH', remedy };
  const { failed, stdout, shortMessage } = await execa(git, ['--version'], {
    reject: false,
    stdin: 'ignore',
    timeout: 10_000,
  });
  if (failed) return { name: 'Git', state: 'missing', found: `${git}: ${shortMessage}`, remedy };
  const version = /(\d+\.\d+[.\d]*)/.exec(stdout)?.[1];
  return { name: 'Git', state: 'ok', found: git, ...(version !== undefined && { version }) };
}

async function checkSshKeygen(env: Variables): Promise<Check> {
  const name = 'ssh-keygen';
  const [found] = await findInPath(name, env);
  if (found !== undefined) return { name, state: 'ok', found };
  return {
    name,
    state: 'note',
    found: 'not in PATH',
    remedy: 'needed to sign approvals, and to verify them: install OpenSSH 8.2 or newer',
  };
}

async function checkRojo(env: Variables): Promise<Check> {
  try {
    const { path, version, source } = describeRojo(await findRojo({ env }));
    return { name: 'Rojo', state: 'ok', found: `${path} (${source})`, version };
  } catch (error) {
    return {
      name: 'Rojo',
      state: 'missing',
      found: firstLine(error),
      remedy: 'https://rojo.space/docs/v7/getting-started/installation, or set GRAVESHIFT_ROJO',
    };
  }
}

async function checkTemporal(env: Variables): Promise<Check[]> {
  const { found, misses, go } = await describeTemporalCli({ env, cacheDirectory: resolveCache(env) });
  const goCheck: Check = go.usable
    ? { name: 'Go', state: 'ok', found: go.path, version: go.version }
    : {
        name: 'Go',
        state: 'note',
        found: go.reason,
        remedy: 'needed only to build the Temporal CLI where it cannot be downloaded: https://go.dev/dl',
      };
  if (found) {
    const { path, version, source } = found;
    return [{ name: 'Temporal CLI', state: 'ok', found: `${path} (${source})`, version }, goCheck];
  }
  const tried = misses.map(({ place, reason }) => `${place}: ${reason}`).join('; ');
  const remedy = `"graveshift up" downloads it${go.usable ? ', or builds it with Go' : ''}; or https://docs.temporal.io/cli/setup-cli`;
  return [{ name: 'Temporal CLI', state: 'note', found: `not here yet (${tried})`, remedy }, goCheck];
}

/** Optional: without it nights are made all the same, and the gates that need it say that they could not look. */
async function checkLuauKit(env: Variables): Promise<Check> {
  const name = 'luau-kit';
  try {
    const search = await findLuauKit({ env, cacheDirectory: resolveCache(env) });
    if (search.found !== undefined) {
      const { path, version, source } = search.found;
      return { name, state: 'ok', found: `${path} (${source})`, version };
    }
    const [lsp, cargo] = await Promise.all([findLuauLsp(env), findCompilers(env)]);
    const instead = lsp === undefined ? '' : `; luau-lsp ${lsp.version} checks instead, luau-web runs`;
    const first = cargo.usable
      ? ''
      : ` It needs Rust and a C++ compiler (${cargo.reason}): https://rustup.rs`;
    return { name, state: 'note', found: `not here yet${instead}`, remedy: `${installRemedy}${first}` };
  } catch (error) {
    return { name, state: 'missing', found: firstLine(error), remedy: installRemedy };
  }
}
