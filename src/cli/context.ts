import type { Readable, Writable } from 'node:stream';

import pico from 'picocolors';

export type Variables = Readonly<Record<string, string | undefined>>;

/** A stream that may be a terminal. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };
export type Input = Readable & { isTTY?: boolean };

/** Everything that the command touches of its process, so that a test can be that process. */
export type CliStreams = {
  stdin: Input;
  stdout: Output;
  stderr: Output;
  env: Variables;
  cwd: string;
  /** Aborts when the user asks to stop; without it the command listens for Ctrl-C and SIGTERM. */
  interrupt?: AbortSignal;
};

export type Colors = ReturnType<typeof pico.createColors>;

export type CliContext = CliStreams & {
  /** Data: what the user asked for. */
  print: (text: string) => void;
  /** Messages: what happens meanwhile. */
  say: (text: string) => void;
  /** Colours for standard output, and for standard error. */
  colors: { out: Colors; err: Colors };
  /** True where a person can be asked. */
  canAsk: boolean;
  /** True where standard error can be redrawn. */
  canRedraw: boolean;
};

export function createContext(streams: CliStreams): CliContext {
  const { stdin, stdout, stderr, env } = streams;
  const isDumb = env.TERM === 'dumb';
  return {
    ...streams,
    print: (text) => void stdout.write(`${text}\n`),
    say: (text) => void stderr.write(`${text}\n`),
    colors: { out: colorsFor(stdout, env), err: colorsFor(stderr, env) },
    canAsk: stdin.isTTY === true && stderr.isTTY === true,
    canRedraw: stderr.isTTY === true && !isDumb,
  };
}

/** https://no-color.org: any value that is not empty turns colours off. */
function colorsFor(stream: Output, env: Variables): Colors {
  const wanted = stream.isTTY === true && env.TERM !== 'dumb';
  return pico.createColors(wanted && (env.NO_COLOR ?? '') === '');
}

/** How this user calls us: inside a checkout the command is reached through npx. */
export function commandName(env: Variables): string {
  return env.npm_lifecycle_event === undefined ? 'graveshift' : 'npx graveshift';
}
