import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { within } from './within.mjs';

/** What a child wrote last to standard error, enough to say why it failed. */
const keptCharacters = 4000;

/**
 * Starts a Node program and reads what it writes.
 * @param {string[]} args
 * @param {{ env: NodeJS.ProcessEnv }} options
 */
export function startNode(args, { env }) {
  const child = spawn(process.execPath, args, {
    env,
    // A pipe as standard input: its end tells a child that its owner is gone.
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  // A child that ends closes its end of the pipe: that is told by `exited`.
  child.stdin.on('error', () => undefined);
  let lastWords = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    lastWords = (lastWords + text).slice(-keptCharacters);
  });
  const lines = [];
  const reader = createInterface(child.stdout).on('line', (line) => lines.push(line));
  const firstLine = once(reader, 'line').then(([line]) => line);
  const exited = new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(signal ?? code));
  });
  // Whoever waits for it is told; until then a failed start is not an unhandled rejection.
  exited.catch(() => undefined);
  return {
    pid: child.pid,
    lines,
    firstLine,
    /** Exit code, or the signal that ended it. */
    exited,
    lastWords: () => lastWords.trim(),
    /** Asks it to end, waits, and ends it by force when it does not. */
    stop: async (graceMs) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.stdin.end();
      if (process.platform !== 'win32') child.kill('SIGTERM');
      await within(exited, { limitMs: graceMs, what: `the end of process ${child.pid}` }).catch(() => {
        child.kill('SIGKILL');
      });
      await exited;
    },
  };
}
