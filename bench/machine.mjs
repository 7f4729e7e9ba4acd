import os from 'node:os';

/** What the figures depend on, in one line. The load is the one before the first bench: others' work spoils them. */
export function describeMachine() {
  const memory = `${Math.round(os.totalmem() / 2 ** 30)} GiB memory`;
  const cores = `${os.availableParallelism()} cores`;
  // Windows knows no load average and answers zeros.
  const load = process.platform === 'win32' ? [] : [`load ${os.loadavg()[0].toFixed(1)}`];
  return [
    cores,
    memory,
    `Node ${process.versions.node}`,
    `${process.platform} ${process.arch}`,
    ...load,
  ].join(', ');
}
