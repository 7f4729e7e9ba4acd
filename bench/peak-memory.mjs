import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';

const sampleMs = 200;
const run = promisify(execFile);

/**
 * The most memory that a process has held (resident set), from its start on Linux, where the kernel keeps it; elsewhere
 * from now on, by samples.
 * @returns {Promise<{ read: () => Promise<{ bytes: number, atStartBytes: number, source: string }>, stop: () => Promise<void> }>}
 */
export async function watchPeakMemory(pid) {
  if (process.platform === 'linux') return watchByKernel(pid);
  if (process.platform === 'win32') throw new Error('memory is measured on Linux and macOS only');
  return watchBySamples(pid);
}

async function watchByKernel(pid) {
  const kilobytes = async (field) => {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const found = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status);
    if (!found) throw new Error(`/proc/${pid}/status has no ${field}: has the worker ended?`);
    return Number(found[1]) * 1024;
  };
  const atStartBytes = await kilobytes('VmRSS');
  return {
    read: async () => ({
      bytes: await kilobytes('VmHWM'),
      atStartBytes,
      source: "VmHWM, the kernel's own peak",
    }),
    stop: async () => undefined,
  };
}

async function watchBySamples(pid) {
  const sample = async () => {
    const { stdout } = await run('ps', ['-o', 'rss=', '-p', String(pid)]);
    return Number(stdout.trim()) * 1024;
  };
  const atStartBytes = await sample();
  let bytes = atStartBytes;
  let samples = 1;
  let watching = true;
  const watch = async () => {
    while (watching) {
      await delay(sampleMs);
      bytes = Math.max(bytes, await sample());
      samples++;
    }
  };
  let failure;
  const watched = watch().catch((error) => {
    failure = error;
  });
  return {
    read: async () => {
      if (failure) throw failure;
      return { bytes, atStartBytes, source: `the highest of ${samples} samples by ps, every ${sampleMs} ms` };
    },
    stop: async () => {
      watching = false;
      await watched;
    },
  };
}
