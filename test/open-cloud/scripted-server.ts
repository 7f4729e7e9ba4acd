import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { Clock, OpenCloudClient } from '../../src/adapters/open-cloud/index.js';
import { createOpenCloudClient } from '../../src/adapters/open-cloud/index.js';

export type Received = { method: string; url: URL; contentType: string | undefined; body: string };
export type Reply = { status?: number; body?: unknown };

/** A server that answers what the test says, for forms that the emulator does not speak. */
export async function scriptedServer(
  reply: (request: Received) => Reply,
  clock?: Clock,
): Promise<{ client: OpenCloudClient; received: Received[]; close: () => Promise<void> }> {
  const received: Received[] = [];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const request: Received = {
        method: incoming.method ?? '',
        url: new URL(incoming.url ?? '', 'http://localhost'),
        contentType: incoming.headers['content-type'],
        body: Buffer.concat(chunks).toString('utf8'),
      };
      received.push(request);
      const { status = 200, body } = reply(request);
      answer.writeHead(status, { 'content-type': 'application/json' });
      answer.end(body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = createOpenCloudClient({
    baseUrl: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    apiKey: () => 'key',
    ...(clock === undefined ? {} : { clock }),
  });
  return {
    client,
    received,
    close: async () => {
      await client.close();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
