import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

const packageRoot = path.resolve(import.meta.dirname, '../..');
const names = [
  'demo',
  'worker-start',
  'night-20',
  'night-actions',
  'night-memory',
  'payload-max',
  'code-gate',
  'type-check',
  'balance-400',
  'rules-speed',
  'play-speed',
  'deploy-actions',
  'rollback-latency',
  'deploys-1000',
  'content-10000',
  'publish-50mb',
];

type Outcome = { code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string };
type Options = { env?: Record<string, string>; onOutput?: (child: ChildProcess) => Promise<void> };

function bench(args: string[], { env = {}, onOutput }: Options = {}): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(packageRoot, 'scripts', 'bench.mjs'), ...args], {
    cwd: packageRoot,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    if (onOutput) child.stderr.once('data', () => void onOutput(child).catch(reject));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

describe('npm run bench', () => {
  it('says what it can measure', async () => {
    const { code, stdout } = await bench(['--help']);
    expect(code).toBe(0);
    for (const name of names) expect(stdout).toContain(`  ${name} `);
  });

  it('refuses an unknown name and says which there are, before it measures anything', async () => {
    const { code, stdout, stderr } = await bench(['worker-start', 'night-99', '--json']);
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`no bench named night-99; there are ${names.join(', ')}`);
    expect(stderr).not.toContain('bench worker-start:');
  });

  // Windows has no signal that a process can answer.
  it.skipIf(process.platform === 'win32')('stops at a signal, and ends what it started first', async () => {
    const temporary = await mkdtemp(path.join(tmpdir(), 'graveshift-bench-test-'));
    try {
      const { code, signal, stdout } = await bench(['worker-start', '--json'], {
        env: { TMPDIR: temporary, TEMP: temporary },
        // Its server is being started, or its workers are: each must be ended.
        onOutput: async (child) => {
          while ((await readdir(temporary)).length === 0) await delay(50);
          child.kill('SIGTERM');
        },
      });
      expect({ code, signal, stdout }).toEqual({ code: 130, signal: null, stdout: '' });
      expect(await readdir(temporary)).toEqual([]);
    } finally {
      await rm(temporary, { recursive: true, force: true });
    }
  });

  it('refuses an unknown option', async () => {
    const { code, stderr } = await bench(['--jsn']);
    expect(code).toBe(2);
    expect(stderr).toContain("Unknown option '--jsn'");
  });

  it('measures what is named: JSON on stdout and in a file, a table for people on stderr', async () => {
    const { code, stdout, stderr } = await bench(['worker-start', '--json']);
    expect(stderr).toMatch(/\d+ cores, \d+ GiB memory, Node 2\d/);
    expect(stderr).toMatch(/worker-start +[\d.]+ +s +≤ 2 +(holds|MISSED)/);
    expect(code).toBe(0);
    const results = JSON.parse(stdout) as Record<string, unknown>[];
    expect(results).toEqual([
      {
        name: 'worker-start',
        value: expect.any(Number) as number,
        unit: 's',
        goal: '≤ 2',
        holds: expect.any(Boolean) as boolean,
        detail: expect.stringMatching(/^median of 5: /) as string,
      },
    ]);
    expect(results[0]?.value).toBeGreaterThan(0);
    expect(results[0]?.holds).toBe((results[0]?.value as number) <= 2);
    expect(await readFile(path.join(packageRoot, 'bench', 'results.json'), 'utf8')).toBe(stdout);
  });
});
