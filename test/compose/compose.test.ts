import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

import { searchAttributeTypes } from '../../src/domain/search-attributes.js';
import { buildComposeCheck } from './compose-check.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const composeFile = path.join(root, 'docker-compose.yml');
const read = (file: string) => readFile(path.join(root, file), 'utf8');

const projectSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      build: z.unknown().optional(),
      command: z.array(z.string()).nullish(),
      environment: z.record(z.string(), z.string().nullable()).default({}),
      ports: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      healthcheck: z.object({ test: z.array(z.string()).min(2) }).optional(),
      depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
      restart: z.string(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

const source = await readFile(composeFile, 'utf8');
const { services, volumes } = projectSchema.parse(parse(source, { merge: true }));
const service = (name: string) => services[name]!;
const oneShots = ['temporal-schema', 'temporal-namespace'];

describe('docker-compose.yml', () => {
  it('pins every image to a full version', () => {
    for (const [name, { image, build }] of Object.entries(services)) {
      if (build === undefined) expect(image, name).toMatch(/^[a-z/-]+:\d+\.\d+(\.\d+)?$/);
      else expect(image, name).toBe('graveshift:local');
    }
    expect(service('temporal-schema').image.split(':')[1]).toBe(service('temporal').image.split(':')[1]);
  });

  it('has a healthcheck for everything that keeps running, and waits for it or for its end', () => {
    for (const [name, { healthcheck, depends_on }] of Object.entries(services)) {
      if (oneShots.includes(name)) expect(healthcheck, name).toBeUndefined();
      else expect(healthcheck, name).toBeDefined();
      for (const [other, { condition }] of Object.entries(depends_on)) {
        const expected = oneShots.includes(other) ? 'service_completed_successfully' : 'service_healthy';
        expect(condition, `${name} → ${other}`).toBe(expected);
      }
    }
    expect(Object.keys(service('worker').depends_on)).toContain('temporal-namespace');
    expect(Object.keys(service('temporal').depends_on)).toContain('temporal-schema');
  });

  it('publishes ports to this machine only, and the database to nobody', () => {
    for (const { ports } of Object.values(services)) {
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\$\{[A-Z_]+:-\d+\}:\d+$/);
    }
    expect(service('postgresql').ports).toEqual([]);
  });

  it('keeps what must outlive a container in named volumes', () => {
    for (const name of ['postgresql', 'worker', 'emulator']) {
      const [volume, target] = service(name).volumes[0]!.split(':');
      expect(Object.keys(volumes)).toContain(volume);
      if (name !== 'postgresql') expect(target).toBe('/data');
    }
    expect(service('worker').environment.GRAVESHIFT_HOME).toBe('/data');
  });

  it('holds no password, and asks for one', () => {
    expect(service('postgresql').environment.POSTGRES_PASSWORD).toMatch(/^\$\{POSTGRES_PASSWORD:\?/);
    for (const { environment } of Object.values(services)) {
      for (const [name, value] of Object.entries(environment)) {
        if (/password|pwd|key/i.test(name)) expect(value, name).toMatch(/^\$\{/);
      }
    }
  });

  it('uses one namespace everywhere', () => {
    const names = ['temporal-namespace', 'worker'].map(
      (name) => service(name).environment.TEMPORAL_NAMESPACE,
    );
    const shown = service('temporal-ui').environment.TEMPORAL_DEFAULT_NAMESPACE;
    expect(new Set([...names, shown]).size).toBe(1);
  });

  it('registers every search attribute of the pipelines', async () => {
    const script = await read('ops/compose/namespace.sh');
    const registered = [...script.matchAll(/^until_done attribute_exists (\w+) (\w+)$/gm)];
    expect(Object.fromEntries(registered.map(([, name, type]) => [name, type]))).toEqual(
      searchAttributeTypes,
    );
  });

  it('mounts scripts that a shell can parse', async () => {
    for (const { command } of oneShots.map(service)) {
      const script = command![0]!.replace('/etc/graveshift/', '');
      const text = await read(`ops/compose/${script}`);
      expect(text).toMatch(/^#!\/bin\/sh\n/);
      expect(text).not.toContain('\r');
      if (process.platform !== 'win32') await execa('sh', ['-n', path.join(root, 'ops/compose', script)]);
    }
  });

  it('reads a dynamic configuration of lists of values, as Temporal wants it', async () => {
    const settings = z.record(z.string(), z.array(z.object({ value: z.number() })));
    expect(Object.keys(settings.parse(parse(await read('ops/compose/dynamic-config.yaml'))))).toContain(
      'history.transferProcessorMaxPollRPS',
    );
  });
});

describe('the image', () => {
  it('runs the worker without root, with Git and without the build tools', async () => {
    const dockerfile = await read('Dockerfile');
    const [, final] = dockerfile.split(/^FROM .*\n(?![\s\S]*^FROM )/m);
    expect(dockerfile.match(/^FROM (\S+)/gm)!.every((line) => /:\d+\.\d+/.test(line))).toBe(true);
    expect(final).toMatch(/^USER node$/m);
    expect(final).toMatch(/\bgit\b/);
    expect(final).toMatch(/^CMD \["node", "dist\/worker\.js"\]$/m);
    expect(final!.indexOf('USER node')).toBeGreaterThan(final!.lastIndexOf('apt-get'));
    expect(dockerfile).toMatch(/npm ci /);
  });

  it('copies only what there is, and what the ignore file lets in', async () => {
    const dockerfile = await read('Dockerfile');
    const ignored = (await read('.dockerignore'))
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    expect(ignored).toEqual(expect.arrayContaining(['.env', '.git', 'node_modules', 'dist']));
    const made = ['node_modules', 'dist'];
    for (const [, copied] of dockerfile.matchAll(/^COPY --from=build \/app\/(\S+)/gm)) {
      if (made.includes(copied!)) continue;
      expect(ignored).not.toContain(copied!.split('/')[0]);
      await expect(access(path.join(root, copied!))).resolves.toBeUndefined();
    }
  });
});

describe('compose-check', () => {
  let binary: string | undefined;
  let folder: string;
  beforeAll(async () => {
    binary = await buildComposeCheck();
    folder = await mkdtemp(path.join(tmpdir(), 'graveshift-compose-'));
    await writeFile(path.join(folder, 'test.env'), 'POSTGRES_PASSWORD=not-a-real-one\n');
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
    if (binary !== undefined) await rm(binary, { force: true });
  });
  const check = (file: string, ...rest: string[]) => execa(binary!, [file, ...rest], { reject: false });
  const checkText = async (text: string) => {
    const file = path.join(folder, 'docker-compose.yml');
    await writeFile(file, text);
    return check(file, path.join(folder, 'test.env'));
  };

  it('accepts the file as `docker compose config` would', async ({ skip }) => {
    if (binary === undefined) return skip('compose-check is not built: Go or its modules are missing');
    const { exitCode, stdout, stderr } = await check(composeFile, path.join(folder, 'test.env'));
    expect(stderr).toBe('');
    expect(exitCode).toBe(0);
    const project = JSON.parse(stdout) as {
      services: Record<string, { environment?: Record<string, string> }>;
    };
    expect(Object.keys(project.services).sort()).toEqual(Object.keys(services).sort());
    expect(project.services.temporal!.environment!.POSTGRES_PWD).toBe('not-a-real-one');
  });

  it('names the password that is not set', async ({ skip }) => {
    if (binary === undefined) return skip('compose-check is not built: Go or its modules are missing');
    const { exitCode, stderr } = await check(composeFile);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('required variable POSTGRES_PASSWORD is missing a value: Set it in .env');
  });

  it.for<[string, (text: string) => string, RegExp]>([
    [
      'a dependency that does not exist',
      (text) => text.replace('temporal-schema:\n        condition', 'temporal-shema:\n        condition'),
      /depends on undefined service "temporal-shema"/,
    ],
    [
      'a volume that is not declared',
      (text) => text.replace('\n  worker-data:\n', '\n'),
      /undefined volume worker-data/,
    ],
    ['a misspelt key', (text) => text.replace('healthcheck:', 'healthchek:'), /healthchek/],
    [
      'services that wait for each other',
      (text) => text.replace('  emulator:\n', '  emulator:\n    depends_on: [worker]\n'),
      /cycle/,
    ],
  ])('catches %s', async ([, damage, message], { skip }) => {
    if (binary === undefined) return skip('compose-check is not built: Go or its modules are missing');
    const damaged = damage(source);
    expect(damaged).not.toBe(source);
    const { exitCode, stderr } = await checkText(damaged);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(message);
  });
});
