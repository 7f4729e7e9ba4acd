import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, it } from 'vitest';

const packageRoot = path.resolve(import.meta.dirname, '../..');
const names = ['demo', 'worker-start', 'night-20', 'night-actions', 'night-memory', 'payload-max'];

type Outcome = { code: number | null; stdout: string; stderr: string };

function bench(...args: string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [path.join(packageRoot, 'scripts', 'bench.mjs'), ...args], {
    cwd: packageRoot,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout, stderr }));
  });
}

describe('npm run bench', () => {
  it('says what it can measure', async () => {
    const { code, stdout } = await bench('--help');
    expect(code).toBe(0);
    for (const name of names) expect(stdout).toContain(`  ${name} `);
  });

  it('refuses an unknown name and says which there are, before it measures anything', async () => {
    const { code, stdout, stderr } = await bench('worker-start', 'night-99', '--json');
    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(`no bench named night-99; there are ${names.join(', ')}`);
    expect(stderr).not.toContain('bench worker-start:');
  });

  it('refuses an unknown option', async () => {
    const { code, stderr } = await bench('--jsn');
    expect(code).toBe(2);
    expect(stderr).toContain("Unknown option '--jsn'");
  });

  it('measures what is named: JSON on stdout and in a file, a table for people on stderr', async () => {
    const { code, stdout, stderr } = await bench('worker-start', '--json');
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
