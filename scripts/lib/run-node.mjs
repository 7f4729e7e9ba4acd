import { spawn } from 'node:child_process';

/**
 * Runs a Node program, without a shell, and answers its exit code.
 * @param {{ cwd: string, quietStdout?: boolean, env?: NodeJS.ProcessEnv }} options `quietStdout` sends what
 * the program prints to stderr, so that stdout keeps for data.
 */
export function runNode(args, { cwd, quietStdout = false, env = process.env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['inherit', quietStdout ? 2 : 'inherit', 'inherit'],
      windowsHide: true,
    });
    child.once('error', reject);
    // A signal that ended the program counts as a failure.
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
