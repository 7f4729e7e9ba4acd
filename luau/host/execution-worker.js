/* global WebAssembly */
/**
 * Runs one script of Open Cloud's Luau execution over a place file, in a worker thread of its own: Luau cannot be
 * interrupted, a thread can be ended. Plain JavaScript, so that it is the same file for the compiled program and
 * for the sources.
 */
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { job, luauUrl, rbxDomUrl, preludePath, memoryLimitBytes, compiled } = workerData;

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
  if (compiled === undefined) parentPort.postMessage({ compiled: module });
  return { module, instance: await instantiate(module, imports) };
};

const { LuauState } = await import(luauUrl);
const { Dom, ReflectionDatabase } = await import(rbxDomUrl);

const report = (kind, text) => parentPort.postMessage({ kind, text });

/** A value as text with its type before it; empty for what the prelude has no type for. */
function tagged(variant, indexOf) {
  const [type, value] = Object.entries(variant ?? {})[0] ?? [];
  switch (type) {
    case 'String':
    case 'ContentId':
      return `s:${value}`;
    case 'BinaryString':
      return `s:${Buffer.from(value, 'base64').toString('utf8')}`;
    case 'Bool':
      return `b:${value}`;
    case 'Int32':
    case 'Int64':
    case 'Float32':
    case 'Float64':
    case 'Enum':
      return `n:${value}`;
    case 'Vector2':
    case 'Vector3':
    case 'Color3':
      return `${type}:${value.join(',')}`;
    case 'Color3uint8':
      return `Color3:${value.map((part) => part / 255).join(',')}`;
    case 'Ref':
      return indexOf.has(value) ? `r:${indexOf.get(value)}` : '';
    default:
      return '';
  }
}

function readPlace({ placePath, format }) {
  const bytes = readFileSync(placePath);
  const dom = format === 'rbxl' ? Dom.fromBinary(bytes) : Dom.fromXml(bytes);
  const { rootRef, instances } = dom.snapshot();
  // The root first: the prelude knows it by its index.
  instances.sort((a, b) => Number(b.referent === rootRef) - Number(a.referent === rootRef));
  const indexOf = new Map(instances.map(({ referent }, index) => [referent, index]));
  return { instances, indexOf };
}

async function run() {
  const { instances, indexOf } = readPlace(job);
  const classes = new ReflectionDatabase();
  const state = await LuauState.createAsync();
  const prelude = state.loadstring(readFileSync(preludePath, 'utf8'), '=prelude', true);
  const attributesOf = (index) => instances[index].properties.Attributes?.Attributes ?? {};
  const [execute] = await prelude(
    // Answers the chunk, or the compiler's message as a string.
    (source, name) => state.loadstring(source, `=${name}`, false),
    (index) => instances[index].name,
    (index) => instances[index].className,
    (index) => indexOf.get(instances[index].parent) ?? -1,
    (index) => instances[index].children.map((referent) => indexOf.get(referent)).join(','),
    (index, property) => tagged(instances[index].properties[property], indexOf),
    (index, attribute) => tagged(attributesOf(index)[attribute], indexOf),
    (index) => Object.keys(attributesOf(index)).join('\n'),
    (className, base) => className === base || classes.isA(className, base),
    report,
    job.placeId,
    job.placeVersion,
    job.gameId,
  );
  await execute(job.script);
}

try {
  await run();
} catch (error) {
  report('crashed', error instanceof Error ? error.message : String(error));
}
