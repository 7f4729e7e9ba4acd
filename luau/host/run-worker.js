/**
 * Runs one Luau program in a worker thread of its own: Luau cannot be interrupted, a thread can be ended. Plain
 * JavaScript in the package's own folder, so that it is the same file for the compiled program and for the sources.
 */
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { luauUrl, preludePath, chunks, entry, argument } = workerData;

const tell = (message) => parentPort.postMessage(message);

// What is printed beyond this is dropped: a program that prints for ever would fill the other thread's memory.
let prints = 1000;
const keptCharacters = 2000;
function print(text) {
  if (prints-- > 0) tell({ kind: 'print', text: text.slice(0, keptCharacters) });
}

try {
  const { LuauState, InternalLuauWasmModule } = await import(luauUrl);
  InternalLuauWasmModule.onAbort = (reason) => {
    const text = String(reason);
    tell(text.includes('enlarge memory') ? { kind: 'memory' } : { kind: 'crashed', text });
    // Nothing in here works any more, and what is told before an exit may be lost: wait to be ended.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  };
  const state = await LuauState.createAsync();
  const prelude = state.loadstring(readFileSync(preludePath, 'utf8'), '=run', true);
  tell({ kind: 'started' });
  await prelude(
    // Answers the chunk, the compiler's message as a string, or nothing where there is no such chunk.
    (name) => (chunks.has(name) ? state.loadstring(chunks.get(name), `=${name}`, false) : undefined),
    () => state.loadstring(argument, '=argument', false),
    entry,
    (text) => tell({ kind: 'report', text }),
    print,
    () => performance.now() / 1000,
    (text, traceback) => tell({ kind: 'failed', text, traceback }),
  );
  tell({ kind: 'done' });
} catch (error) {
  tell({ kind: 'crashed', text: error instanceof Error ? error.message : String(error) });
}
