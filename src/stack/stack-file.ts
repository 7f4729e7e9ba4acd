import { readFile, rm } from 'node:fs/promises';

import { z } from 'zod';

import { writeFileAtomically } from '../adapters/files/write-atomically.js';
import { isTemporalServing } from './grpc-health.js';
import { homePaths } from './home.js';
import { answersTcp } from './ports.js';
import { processIdentity } from './process-identity.js';

const processSchema = z.object({
  name: z.enum(['owner', 'temporal', 'emulator', 'worker']),
  pid: z.int().positive(),
  /** See `processIdentity`; absent where the system does not tell. */
  identity: z.string().optional(),
  logFile: z.string().optional(),
});
export type StackProcess = z.infer<typeof processSchema>;

const addressesSchema = z.object({
  /** Host and port of Temporal's gRPC frontend. */
  temporal: z.string(),
  namespace: z.string(),
  /** The Temporal Web UI; absent when headless. */
  ui: z.url().optional(),
  metrics: z.url(),
  emulator: z.url(),
});
export type StackAddresses = z.infer<typeof addressesSchema>;

const stackFileSchema = z.object({
  startedAt: z.iso.datetime(),
  processes: z.array(processSchema),
  /** Absent while the stack starts. */
  addresses: addressesSchema.optional(),
});
/** `run/stack.json`: what was started under a home, so that a second start and a start after a crash know it. */
export type StackFile = z.infer<typeof stackFileSchema>;

export type RunningStack = StackFile & { addresses: StackAddresses };

export type StackStatus =
  | { state: 'none' }
  | { state: 'running'; stack: RunningStack }
  /** Its owner lives, but it starts, drains or hangs. */
  | { state: 'not-answering'; stack: StackFile }
  /** Its owner was killed; these processes of it live on. */
  | { state: 'orphaned'; stack: StackFile; alive: StackProcess[] };

/** Tells whether a stack runs under this home: its owner lives and its servers answer. Removes what a crash left. */
export async function readRunningStack(home: string): Promise<StackStatus> {
  const stack = await readStackFile(home);
  if (stack === undefined) return { state: 'none' };
  const living = await Promise.all(stack.processes.map(isAlive));
  const alive = stack.processes.filter((_, index) => living[index] === true);
  if (alive.length === 0) {
    await removeStackFile(home);
    return { state: 'none' };
  }
  if (!alive.some(({ name }) => name === 'owner')) return { state: 'orphaned', stack, alive };
  const { addresses } = stack;
  return addresses !== undefined && (await answers(addresses))
    ? { state: 'running', stack: { ...stack, addresses } }
    : { state: 'not-answering', stack };
}

async function answers(addresses: StackAddresses): Promise<boolean> {
  const [temporal, emulator] = await Promise.all([
    isTemporalServing(addresses.temporal, 2000),
    answersTcp(Number(new URL(addresses.emulator).port), 2000),
  ]);
  return temporal && emulator;
}

export async function isAlive({ pid, identity }: StackProcess): Promise<boolean> {
  return identity !== undefined && (await processIdentity(pid)) === identity;
}

async function readStackFile(home: string): Promise<StackFile | undefined> {
  let text: string;
  try {
    text = await readFile(homePaths(home).stack, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
  const parsed = stackFileSchema.safeParse(parseJson(text));
  if (parsed.success) return parsed.data;
  // It is written whole; another text is another version's, or no longer ours.
  await removeStackFile(home);
  return undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export async function writeStackFile(home: string, stack: StackFile): Promise<void> {
  await writeFileAtomically(homePaths(home).stack, `${JSON.stringify(stack, null, 2)}\n`);
}

export async function removeStackFile(home: string): Promise<void> {
  await rm(homePaths(home).stack, { force: true });
}
