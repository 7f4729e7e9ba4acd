import { mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { gitFailure } from '../../src/adapters/git/git-failure.js';
import { createGitRunner } from '../../src/adapters/git/run-git.js';
import type { FailureKind } from '../../src/domain/failure.js';

const unreadable = `fatal: Could not read from remote repository.

Please make sure you have the correct access rights
and the repository exists.`;

/** What Git, its transports and simple-git say when the network fails in passing. */
const passing: readonly string[] = [
  `Connection closed by 140.82.121.4 port 22\n${unreadable}`,
  `kex_exchange_identification: Connection closed by remote host\n${unreadable}`,
  `Connection to git.example.com closed by remote host.\n${unreadable}`,
  `kex_exchange_identification: read: Connection reset by peer\nConnection reset by 10.0.0.7 port 22\n${unreadable}`,
  `ssh: connect to host git.example.com port 22: Connection timed out\n${unreadable}`,
  `ssh: connect to host git.example.com port 22: No route to host\n${unreadable}`,
  `ssh: Could not resolve hostname git.example.com: Temporary failure in name resolution\n${unreadable}`,
  `client_loop: send disconnect: Broken pipe\n${unreadable}`,
  "fatal: unable to access 'https://git.example.com/game.git/': Could not resolve host: git.example.com",
  "fatal: unable to access 'https://git.example.com/game.git/': gnutls_handshake() failed: The TLS connection was non-properly terminated.",
  "fatal: unable to access 'https://git.example.com/game.git/': gnutls_handshake() failed: Error in the pull function.",
  "fatal: unable to access 'https://git.example.com/game.git/': OpenSSL SSL_connect: Connection reset by peer in connection to git.example.com:443 ",
  "fatal: unable to access 'https://git.example.com/game.git/': OpenSSL SSL_connect: SSL_ERROR_SYSCALL in connection to git.example.com:443 ",
  "fatal: unable to access 'https://git.example.com/game.git/': schannel: failed to receive handshake, SSL/TLS connection failed",
  "fatal: unable to access 'https://git.example.com/game.git/': Operation timed out after 300029 milliseconds with 0 out of 0 bytes received",
  "fatal: unable to access 'https://git.example.com/game.git/': Empty reply from server",
  'error: RPC failed; curl 56 GnuTLS recv error (-110): The TLS connection was non-properly terminated.\nfatal: early EOF\nfatal: fetch-pack: invalid index-pack output',
  'error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\nfatal: the remote end hung up unexpectedly',
  'error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\nsend-pack: unexpected disconnect while reading sideband packet\nfatal: the remote end hung up unexpectedly',
  "fatal: unable to access 'https://git.example.com/game.git/': The requested URL returned error: 429",
  'batch response: Rate limit exceeded\nerror: failed to push some refs',
  'Post "https://git.example.com/game.git/info/lfs/objects/batch": net/http: TLS handshake timeout',
  'dial tcp 10.0.0.7:443: i/o timeout',
  'block timeout reached',
];

/** What trying again does not mend, also where it sounds alike. */
const lasting: readonly (readonly [FailureKind, string])[] = [
  ['AccessDenied', `git@git.example.com: Permission denied (publickey).\n${unreadable}`],
  [
    'AccessDenied',
    "fatal: unable to access 'https://git.example.com/game.git/': The requested URL returned error: 403",
  ],
  [
    'SyncFailure',
    ' ! [remote rejected] main -> main (pre-receive hook declined)\nerror: the hook gave up: Connection timed out',
  ],
  [
    'SyncFailure',
    "fatal: unable to access 'https://git.example.com/game.git/': SSL certificate problem: self-signed certificate",
  ],
  ['SyncFailure', "error: pathspec 'src/timeout.luau' did not match any file(s) known to git"],
  ['InvalidInput', `ERROR: Repository not found.\n${unreadable}`],
];

describe("Git's words", () => {
  it.each(passing)('are a failure that passes: %s', (words) => {
    const failure = gitFailure(['fetch'], new Error(words));
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', retryable: true });
    expect(failure.message).toMatch(/To mend it, .*it is tried again/);
  });

  it.each(lasting)('are %s: %s', (kind, words) => {
    expect(gitFailure(['push'], new Error(words))).toMatchObject({ kind, retryable: false });
  });
});

describe('Git itself', () => {
  let folder: string;
  let server: Server | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'graveshift-git-failure-'));
  });
  afterEach(async () => {
    server?.close();
    server = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function failureOf(listener: Server, scheme: 'http' | 'https'): Promise<unknown> {
    server = listener;
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const git = createGitRunner({
      author: { name: 'Test', email: 'test@localhost' },
      hooksDirectory: path.join(folder, 'hooks'),
      // A proxy of this machine would answer in the server's place.
      environment: { PATH: process.env.PATH, HOME: folder },
    })(folder);
    return git
      .text(['ls-remote', `${scheme}://127.0.0.1:${String(port)}/game.git`])
      .catch((error: unknown) => error);
  }

  it.each([429, 500, 503])('may try again after an answer %i', async (status) => {
    const failure = await failureOf(
      createHttpServer((_, answer) => answer.writeHead(status).end()),
      'http',
    );
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', retryable: true });
  });

  it.each(['http', 'https'] as const)('may try again after a connection that is cut (%s)', async (scheme) => {
    const failure = await failureOf(
      createServer((socket) => socket.once('data', () => socket.destroy()).on('error', () => undefined)),
      scheme,
    );
    expect(failure).toMatchObject({ kind: 'ServiceUnavailable', retryable: true });
  });
});
