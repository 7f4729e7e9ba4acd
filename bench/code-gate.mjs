import { Buffer } from 'node:buffer';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { checkSources } from '../dist/activities/code-gate/index.js';
import { createJsonCache } from '../dist/adapters/files/json-cache.js';
import { generateNight, readLuauPackage, testsMount } from '../dist/adapters/luau/index.js';
import { createLuauParser } from '../dist/adapters/luau-syntax/index.js';
import { createLuauTools } from '../dist/adapters/luau-tools/index.js';
import { designNight } from '../dist/domain/night-design.js';
import { seasonSchema } from '../dist/domain/project.js';
import { resolveCache } from '../dist/stack/index.js';

const tree = {
  $className: 'DataModel',
  ReplicatedStorage: { Shared: { $path: 'src/shared' } },
  ServerScriptService: { Server: { $path: 'src/server' } },
  StarterPlayer: { StarterPlayerScripts: { Client: { $path: 'src/client' } } },
};
const rojoProject = { path: 'default.project.json', text: JSON.stringify({ name: 'bench', tree }) };
const encode = (text) => Buffer.from(text, 'utf8');

/** Most seconds of the first gate of a fresh process with an empty cache. */
const coldGoal = 8;

async function withTools(work) {
  const luau = await createLuauTools({
    env: process.env,
    cacheDirectory: resolveCache(process.env),
    parallel: 2,
  });
  const directory = await mkdtemp(path.join(tmpdir(), 'graveshift-gate-'));
  try {
    const parser = await createLuauParser();
    return await work({ luau, parser, cache: createJsonCache({ directory }) });
  } finally {
    await luau.close();
    await rm(directory, { recursive: true, force: true });
  }
}

/** The gate's input for a night over an empty project, without assets: they are no code. */
async function nightInput(night) {
  const design = designNight({ project: 'bench', night, season: seasonSchema.parse({}) });
  const shared = { folder: 'src/shared', instance: ['ReplicatedStorage', 'Shared'] };
  const files = generateNight(
    {
      design,
      assets: [],
      target: { host: 'emulator', creator: { type: 'user', id: '1' } },
      shared,
      serverFolder: 'src/server',
      client: { folder: 'src/client', instance: ['StarterPlayer', 'StarterPlayerScripts', 'Client'] },
      existingNights: [],
      existingLock: undefined,
    },
    await readLuauPackage(),
  );
  return {
    base: new Map(),
    changes: new Map([...files].map(([file, text]) => [file, encode(text)])),
    rojoProject,
    tests: [testsMount],
    rules: { coverage: 0.9, mutants: 0.6, allowedAssets: new Set(), allowedHosts: [] },
    map: design.map,
  };
}

async function timed(work) {
  const startedAt = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - startedAt) / 1000 };
}

/** Seconds of the gate on a night's code: the second night of a process, of which the first filled the cache. */
export function measureCodeGate() {
  return withTools(async (tools) => {
    const [first, second] = [await nightInput(1), await nightInput(2)];
    const cold = await timed(() => checkSources(first, tools));
    const warm = await timed(() => checkSources(second, tools));
    const failed = warm.result.gates.filter(({ verdict }) => verdict !== 'pass').map(({ gate }) => gate);
    const luau = [...second.changes.keys()].filter((file) => file.endsWith('.luau')).length;
    const notPassed = failed.length === 0 ? '' : `; not passed: ${failed.join(', ')}`;
    return {
      value: warm.seconds,
      detail: `${luau} files of Luau; cold ${cold.seconds.toFixed(2)} s (at most ${coldGoal})${notPassed}`,
      alsoHolds: cold.seconds <= coldGoal,
    };
  });
}

/** A module of 200 lines that requires the one before it. */
function moduleOf(index) {
  const before = index === 0 ? '' : `local Before = require(script.Parent.Module${index - 1})\n`;
  const functions = Array.from(
    { length: 28 },
    (_, at) => `function Module.step${at}(part: BasePart, by: number): Vector3
	local position = part.Position
	if by > ${at} then
		position += Vector3.new(by, ${at}, 0)
	end
	return position
end`,
  );
  const use = index === 0 ? '' : 'print(Before.step0)\n';
  return `--!strict\n${before}\nlocal Module = {}\n\n${functions.join('\n')}\n${use}\nreturn Module\n`;
}

/** Milliseconds to check the types of 50 modules of 200 lines in a process that has the engine's API loaded. */
export function measureTypeCheck() {
  return withTools(async ({ luau }) => {
    if (luau.checker === undefined) throw new Error(luau.unchecked);
    const modules = Array.from({ length: 50 }, (_, index) => [
      `src/shared/Module${index}.luau`,
      moduleOf(index),
    ]);
    const children = modules.map(([file], index) => ({
      name: `Module${index}`,
      className: 'ModuleScript',
      filePaths: [file],
    }));
    const sourceMap = {
      name: 'bench',
      className: 'DataModel',
      children: [{ name: 'ReplicatedStorage', className: 'ReplicatedStorage', children }],
    };
    let round = 0;
    // Each round has other texts: what was checked before is not looked up.
    const check = () => {
      round += 1;
      const sources = new Map(modules.map(([file, text]) => [file, `${text}-- ${round}\n`]));
      return luau.checker.check({ sourceMap, sources });
    };
    const cold = await timed(check);
    const warm = [await timed(check), await timed(check), await timed(check)];
    const best = Math.min(...warm.map(({ seconds }) => seconds)) * 1000;
    const lines = modules.reduce((sum, [, text]) => sum + text.split('\n').length, 0);
    return {
      value: best,
      detail: `${lines} lines, ${cold.result.length} findings; best of 3; ${Math.round(cold.seconds * 1000)} ms with the engine's API, ${luau.checker.version}`,
    };
  });
}
