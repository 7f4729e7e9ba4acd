import { createServer, connect } from 'node:net';

import { execa } from 'execa';

import { GraveshiftError } from '../domain/failure.js';

/** Servers of the embedded stack are for this machine only. */
export const loopback = '127.0.0.1';

/** A port that is free now. Another process may take it before it is used: whoever starts a server tries again. */
export async function findFreePort(): Promise<number> {
  return await new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('the system gave no port'));
        else resolve(address.port);
      });
    });
  });
}

/** Refuses a port that is taken, before anything is started. @throws GraveshiftError `InvalidInput` */
export async function requireFreePort(options: {
  port: number;
  /** What the port is for, in words. */
  purpose: string;
  /** The flag that changes it. */
  flag: string;
}): Promise<void> {
  const { port, purpose, flag } = options;
  const problem = await portProblem(port);
  if (problem === undefined) return;
  const remedy = `choose another with ${flag} (${flag} auto takes a free one)`;
  if (problem === 'denied') {
    throw new GraveshiftError(
      'InvalidInput',
      `Port ${port} (${purpose}) may not be used on this machine: ${remedy}.`,
      { details: { port, flag } },
    );
  }
  const owner = await describePortOwner(port);
  throw new GraveshiftError(
    'InvalidInput',
    `Port ${port} (${purpose}) is already in use by ${owner.text}: end that process, or ${remedy}.`,
    { details: { port, flag, ...(owner.pid === undefined ? {} : { pid: owner.pid }) } },
  );
}

async function portProblem(port: number): Promise<'taken' | 'denied' | undefined> {
  const code = await new Promise<string | undefined>((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host: loopback, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (code === 'EACCES') return 'denied';
  // BSD and Windows let two processes bind when one of them listens on all addresses: ask whether anybody answers.
  return code !== undefined || (await answersTcp(port)) ? 'taken' : undefined;
}

/** Whether something accepts connections on the port. */
export async function answersTcp(port: number, timeoutMs = 1000): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: loopback, port, timeout: timeoutMs });
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

type PortOwner = { pid?: number; text: string };

/** Best effort, by the tools that a machine may have; else the command that shows it. */
async function describePortOwner(port: number): Promise<PortOwner> {
  const ask =
    process.platform === 'win32' ? [() => askNetstat(port)] : [() => askLsof(port), () => askSs(port)];
  for (const tool of ask) {
    const owner = await tool();
    if (owner !== undefined) return owner;
  }
  const hint =
    process.platform === 'win32'
      ? `netstat -ano | findstr :${port}`
      : `sudo lsof -nP -iTCP:${port} -sTCP:LISTEN`;
  return { text: `another process ("${hint}" shows which)` };
}

async function outputOf(file: string, args: readonly string[]): Promise<string> {
  const result = await execa(file, args, { reject: false, timeout: 2000, stdin: 'ignore' });
  return result.failed ? '' : result.stdout;
}

async function askLsof(port: number): Promise<PortOwner | undefined> {
  // -Fpc prints one field a line: `p` and the process id, `c` and the command.
  const text = await outputOf('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc']);
  return owned(/^p(\d+)$/m.exec(text)?.[1], /^c(.+)$/m.exec(text)?.[1]);
}

async function askSs(port: number): Promise<PortOwner | undefined> {
  const text = await outputOf('ss', ['-ltnpH', `sport = :${port}`]);
  const match = /\("([^"]+)",pid=(\d+)/.exec(text);
  return owned(match?.[2], match?.[1]);
}

async function askNetstat(port: number): Promise<PortOwner | undefined> {
  const text = await outputOf('netstat', ['-ano', '-p', 'TCP']);
  const line = text.split('\n').find((row) => new RegExp(`:${port}\\s+\\S+:0\\s`).test(row));
  return owned(line?.trim().split(/\s+/).at(-1), undefined);
}

function owned(pid: string | undefined, command: string | undefined): PortOwner | undefined {
  if (pid === undefined) return undefined;
  return { pid: Number(pid), text: command === undefined ? `process ${pid}` : `${command} (process ${pid})` };
}
