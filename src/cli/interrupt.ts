import type { CliContext } from './context.js';

/**
 * Runs the work with a signal that aborts when the user asks to stop (Ctrl-C, SIGTERM). Asked a second time, the
 * process ends at once, as it would have without us.
 */
export async function withInterrupt<T>(
  context: Pick<CliContext, 'interrupt'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (context.interrupt) return await work(context.interrupt);
  const controller = new AbortController();
  const names = ['SIGINT', 'SIGTERM'] as const;
  const ask = () => {
    for (const name of names) process.removeListener(name, ask);
    controller.abort();
  };
  for (const name of names) process.on(name, ask);
  try {
    return await work(controller.signal);
  } finally {
    for (const name of names) process.removeListener(name, ask);
  }
}

/** Settles when the signal aborts. */
export async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
