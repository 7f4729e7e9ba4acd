import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

import { receiveBlob, type IncomingBlob } from './incoming-blob.js';
import type { EmulatorState } from './state.js';
import { emptyState, emulatorStateSchema } from './state.js';

export type EmulatorStore = {
  /** The state as last saved; never to be changed in place. */
  read(): Readonly<EmulatorState>;
  /**
   * Changes a draft and resolves when it is on disk: what is answered after this survives a kill. When the change
   * throws, or the disk does, nothing has changed.
   */
  mutate<Result>(change: (draft: EmulatorState) => Result): Promise<Result>;
  /** Keeps bytes under their SHA-256. */
  putBlob(bytes: Uint8Array): Promise<string>;
  getBlob(sha256: string): Promise<Uint8Array>;
  blobPath(sha256: string): string;
  /** Writes a body to a file while it comes, so that it is never whole in memory. */
  receiveBlob(body: AsyncIterable<Buffer>, largest: number): Promise<IncomingBlob>;
};

type Change = {
  apply: (draft: EmulatorState) => unknown;
  resolve: (result: unknown) => void;
  reject: (error: unknown) => void;
};

/** Applies changes in order, each on what the one before it left. One that throws leaves no trace. */
function applyAll(state: EmulatorState, changes: readonly Change[]) {
  let draft = structuredClone(state);
  let applied: (Change & { result: unknown })[] = [];
  for (const change of changes) {
    try {
      applied.push({ ...change, result: change.apply(draft) });
    } catch (error) {
      change.reject(error);
      draft = structuredClone(state);
      applied = applied.map((each) => ({ ...each, result: each.apply(draft) }));
    }
  }
  return { draft, applied };
}

/** Opens the state beside which `NAME.blobs/` holds place files and meshes. */
export async function openStore(stateFile: string): Promise<EmulatorStore> {
  const blobFolder = join(dirname(stateFile), `${basename(stateFile)}.blobs`);
  await mkdir(blobFolder, { recursive: true });
  let state = await load(stateFile);
  let waiting: Change[] = [];
  let writing: Promise<void> | undefined;

  /** Changes that come while the disk is busy are written together: each costs its share of one write. */
  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      const { draft, applied } = applyAll(state, batch);
      if (applied.length === 0) continue;
      try {
        await writeAtomically(stateFile, JSON.stringify(draft));
        state = draft;
        for (const { resolve, result } of applied) resolve(result);
      } catch (error) {
        for (const { reject } of applied) reject(error);
      }
    }
    writing = undefined;
  }

  return {
    read: () => state,
    mutate<Result>(apply: (draft: EmulatorState) => Result): Promise<Result> {
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ apply, resolve: resolve as (result: unknown) => void, reject });
        writing ??= Promise.resolve().then(writeAll);
      });
    },
    async putBlob(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const path = join(blobFolder, sha256);
      if (!(await exists(path))) await writeAtomically(path, bytes);
      return sha256;
    },
    receiveBlob: (body, largest) => receiveBlob(blobFolder, body, largest),
    blobPath: (sha256) => join(blobFolder, sha256),
    getBlob: (sha256) => readFile(join(blobFolder, sha256)),
  };
}

async function load(stateFile: string): Promise<EmulatorState> {
  if (!(await exists(stateFile))) return emptyState();
  try {
    return emulatorStateSchema.parse(JSON.parse(await readFile(stateFile, 'utf8')));
  } catch (error) {
    throw new Error(
      `The emulator's state ${stateFile} cannot be read: it is damaged or of another version. ` +
        'Name another file, or move this one away to begin with an empty one.',
      { cause: error },
    );
  }
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

async function writeAtomically(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
  // The rename itself lasts once the folder is synced; Windows has no such call.
  if (process.platform === 'win32') return;
  const folder = await open(dirname(path), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
