/* global WebAssembly */
/**
 * Compiles or runs Luau in a worker thread of its own: Luau cannot be interrupted, a thread can be ended. Plain
 * JavaScript in the package's own folder, so that it is the same file for the compiled program and for the sources.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { job, luauUrl, memoryLimitBytes, compiled, shareCompiled } = workerData;

// WebAssembly memory is outside of the thread's resource limits. A refused growth is "not enough memory" in Luau.
const grow = WebAssembly.Memory.prototype.grow;
WebAssembly.Memory.prototype.grow = function limitedGrow(pages) {
  if (this.buffer.byteLength + pages * 65_536 > memoryLimitBytes) {
    throw new RangeError(`more than ${memoryLimitBytes} bytes of memory`);
  }
  return grow.call(this, pages);
};

// The interpreter comes as bytes in its module's text, and each thread would compile them for itself.
const instantiate = WebAssembly.instantiate;
WebAssembly.instantiate = async function instantiateShared(bytes, imports) {
  const module = compiled ?? (await WebAssembly.compile(bytes));
  if (shareCompiled) parentPort.postMessage({ compiled: module });
  return { module, instance: await instantiate(module, imports) };
};

const { LuauState } = await import(luauUrl);

// What is printed beyond this is dropped: a test that prints for ever would fill the other thread's memory.
const keptPrints = 1000;
const keptCharacters = 2000;
let prints = 0;

function report(kind, name, text) {
  if (kind === 'print' && ++prints > keptPrints) return;
  parentPort.postMessage({ kind, name, text: text.slice(0, keptCharacters) });
}

async function compile(files) {
  const state = await LuauState.createAsync();
  for (const [path, source] of files) {
    // With throwing off, a string is the compiler's message and a function the chunk.
    const chunk = state.loadstring(source, `=${path}`, false);
    if (typeof chunk === 'string') report('compile-error', path, chunk);
  }
}

async function runSpec({ modules, entry, preludePath }) {
  const sources = new Map(modules.map(({ path, source }) => [path, source]));
  const state = await LuauState.createAsync();
  const prelude = state.loadstring(readFileSync(preludePath, 'utf8'), '=prelude', true);
  const [run] = await prelude(
    // Answers the chunk, or the compiler's message as a string.
    (path) => state.loadstring(sources.get(path), `=${path}`, false),
    () => modules.length,
    (index) => modules[index].path,
    (index) => modules[index].instance.join('/'),
    report,
  );
  await run(entry);
}

try {
  if (job.kind === 'compile') await compile(job.files);
  else await runSpec(job);
  report('done', '', '');
} catch (error) {
  report('crashed', '', error instanceof Error ? error.message : String(error));
}
