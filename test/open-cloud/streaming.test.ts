import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

import { expect, it } from 'vitest';

import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import { openStage } from './harness.js';

const pieceBytes = 64 * 1024;
const totalBytes = 800 * pieceBytes;

it('sends a place of 50 MB as it is read, with its length, and holds only a little of it', async () => {
  let handedOut = 0;
  let received = 0;
  let mostHeld = 0;
  let headers: IncomingHttpHeaders = {};
  const sent = createHash('sha256');
  const arrived = createHash('sha256');
  const server = createServer((incoming, answer) => {
    ({ headers } = incoming);
    incoming.on('data', (piece: Buffer) => {
      received += piece.byteLength;
      arrived.update(piece);
    });
    incoming.on('end', () => answer.end('{"versionNumber":7}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createOpenCloudClient({
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    apiKey: () => 'key',
  });
  // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
  async function* pieces() {
    for (let count = 0; count < totalBytes / pieceBytes; count += 1) {
      const piece = Buffer.alloc(pieceBytes, count);
      sent.update(piece);
      handedOut += piece.byteLength;
      mostHeld = Math.max(mostHeld, handedOut - received);
      yield piece;
    }
  }
  const content = { bytes: totalBytes, binary: true, open: pieces };
  expect(await client.publishPlace('1', '2', content, 'Published')).toEqual({ versionNumber: 7 });
  await client.close();
  server.close();
  expect(headers).toMatchObject({
    'content-length': String(totalBytes),
    'content-type': 'application/octet-stream',
    connection: 'close',
  });
  expect(headers['transfer-encoding']).toBeUndefined();
  expect(arrived.digest('hex')).toBe(sent.digest('hex'));
  // What sockets hold on the way, whatever the size of the place.
  expect(mostHeld).toBeLessThan(totalBytes / 3);
});

it('reads the content anew for another try', async () => {
  const stage = await openStage();
  try {
    let opened = 0;
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
    async function* pieces() {
      opened += 1;
      yield Buffer.from('<roblox version="4">');
      yield Buffer.from('</roblox>');
    }
    await stage.admin.injectFault({ kind: '429' });
    const content = { bytes: 29, binary: false, open: pieces };
    await stage.client.publishPlace(stage.universeId, stage.placeId, content, 'Saved');
    expect(opened).toBe(2);
    expect(Buffer.from(await stage.client.downloadPlaceVersion(stage.placeId, 1)).toString()).toBe(
      '<roblox version="4"></roblox>',
    );
  } finally {
    await stage.close();
  }
});

it('makes no version of content that breaks off, and calls it unknown', async () => {
  const stage = await openStage();
  try {
    // eslint-disable-next-line @typescript-eslint/require-await -- a stream is asynchronous by its type
    async function* pieces() {
      yield Buffer.from('<roblox version="4">');
      throw new Error('the disk reports an error');
    }
    const content = { bytes: 29, binary: false, open: pieces };
    const failure = await stage.client
      .publishPlace(stage.universeId, stage.placeId, content, 'Saved')
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'OutcomeUnknown' });
    expect((failure as Error).message).toContain('the disk reports an error');
    expect(await stage.admin.placeHistory(stage.placeId)).toEqual([]);
  } finally {
    await stage.close();
  }
});
