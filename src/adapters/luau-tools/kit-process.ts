import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';

import { z } from 'zod';

import type { Environment } from '../processes/executable.js';

/** The process ended, or was ended, before it answered. */
export class KitGone extends Error {
  /** `hung`: it did not answer within its limit and was killed. */
  readonly why: 'died' | 'hung';

  constructor(why: 'died' | 'hung', message: string) {
    super(message);
    this.name = 'KitGone';
    this.why = why;
  }
}

/** luau-kit understood the request and refuses it: a mistake of its caller. */
export class KitRefusal extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'KitRefusal';
    this.code = code;
  }
}

export type KitRequest = {
  method: string;
  params: unknown;
  /** Milliseconds until a process that does not answer is killed. */
  timeoutMs: number;
  signal?: AbortSignal | undefined;
};

const answerSchema = z.union([
  z.object({ id: z.int(), result: z.unknown() }).strict(),
  z.object({ id: z.int().nullable(), error: z.object({ code: z.string(), message: z.string() }) }).strict(),
]);

const keptStderr = 2000;
/** As `JSON.stringify` writes half of a character, which is text in JavaScript alone. */
const loneSurrogate = /\\ud[89a-f]/;

/**
 * One long-lived luau-kit. It is started with the first request and again after it died; it answers one request at a
 * time, and does not keep this process alive while it is idle.
 */
export class KitProcess {
  private child: ChildProcessWithoutNullStreams | undefined;
  private nextId = 1;
  private closed = false;

  constructor(private readonly options: { path: string; env: Environment; onStart?: () => void }) {}

  /** How this process is known to the system; undefined where none runs. */
  get pid(): number | undefined {
    return this.child?.pid;
  }

  /**
   * @throws KitGone when the process died or hung, KitRefusal when it refuses the request, the signal's reason when
   * it aborts
   */
  async request({ method, params, timeoutMs, signal }: KitRequest): Promise<unknown> {
    signal?.throwIfAborted();
    if (this.closed) throw new Error('luau-kit is closed');
    const id = this.nextId++;
    const child = (this.child ??= this.start());
    setReferenced(child, true);
    const line = toLine({ id, method, params });
    try {
      const answer = await exchange(child, line, { timeoutMs, signal });
      const parsed = answerSchema.safeParse(parseJson(answer));
      if (!parsed.success || (parsed.data.id !== id && parsed.data.id !== null)) {
        this.kill(child);
        throw new KitGone('died', `luau-kit answered something else: ${answer.slice(0, 200)}`);
      }
      if ('error' in parsed.data) throw new KitRefusal(parsed.data.error.code, parsed.data.error.message);
      return parsed.data.result;
    } catch (error) {
      if (!(error instanceof KitRefusal)) this.kill(child);
      throw error;
    } finally {
      setReferenced(child, false);
    }
  }

  close(): void {
    this.closed = true;
    if (this.child !== undefined) this.kill(this.child);
  }

  private start(): ChildProcessWithoutNullStreams {
    const child = spawn(this.options.path, [], { env: { ...this.options.env }, windowsHide: true });
    // One that dies between two requests is noticed here; the next request starts another.
    child.once('exit', () => this.forget(child));
    child.on('error', () => this.forget(child));
    // A write to a dead process fails here too; what it means is told by its end.
    child.stdin.on('error', () => undefined);
    this.options.onStart?.();
    return child;
  }

  private kill(child: ChildProcessWithoutNullStreams): void {
    child.kill('SIGKILL');
    this.forget(child);
  }

  private forget(child: ChildProcessWithoutNullStreams): void {
    if (this.child === child) this.child = undefined;
  }
}

/** Sends a line and waits for a line. */
function exchange(
  child: ChildProcessWithoutNullStreams,
  line: string,
  { timeoutMs, signal }: { timeoutMs: number; signal: AbortSignal | undefined },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let complaints = '';
    const settle = (act: () => void) => {
      clearTimeout(timer);
      child.stdout.off('data', onData);
      child.stderr.off('data', onComplaint);
      child.off('close', onClose);
      child.off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      act();
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      // A line feed is the last byte of an answer, and in no other place: JSON writes those in texts as \n.
      if (chunk.at(-1) === 0x0a) settle(() => resolve(Buffer.concat(chunks).toString('utf8')));
    };
    const onComplaint = (chunk: Buffer) => {
      complaints = (complaints + chunk.toString('utf8')).slice(-keptStderr);
    };
    const onClose = (code: number | null, endedBy: NodeJS.Signals | null) => {
      const how = endedBy ?? `exit status ${code ?? '?'}`;
      const why = complaints.trim();
      settle(() => reject(new KitGone('died', `luau-kit died (${how})${why === '' ? '' : `: ${why}`}`)));
    };
    const onError = (error: Error) => {
      settle(() => reject(new KitGone('died', `luau-kit cannot be started: ${error.message}`)));
    };
    const onAbort = () => {
      settle(() => reject(signal?.reason instanceof Error ? signal.reason : new Error('aborted')));
    };
    const timer = setTimeout(() => {
      settle(() => reject(new KitGone('hung', `luau-kit did not answer within ${timeoutMs} ms`)));
    }, timeoutMs);
    child.stdout.on('data', onData);
    child.stderr.on('data', onComplaint);
    child.on('close', onClose);
    child.on('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    child.stdin.write(line);
  });
}

function toLine(request: unknown): string {
  const text = JSON.stringify(request);
  const whole = loneSurrogate.test(text) ? JSON.stringify(request, toWellFormed) : text;
  return `${whole}\n`;
}

/** Half of a character becomes U+FFFD, as in any other UTF-8. */
function toWellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? Buffer.from(value, 'utf8').toString('utf8') : value;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether the process keeps this one alive. */
function setReferenced(child: ChildProcessWithoutNullStreams, referenced: boolean): void {
  for (const handle of [child, child.stdin, child.stdout, child.stderr]) {
    const method = referenced ? 'ref' : 'unref';
    // Pipes are sockets, which their type does not say.
    if (method in handle) (handle as unknown as Record<typeof method, () => void>)[method]();
  }
}
