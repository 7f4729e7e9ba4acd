import { createHmac } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, type LogEntry } from '@temporalio/worker';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { createNotifyActivities } from '../../src/activities/notify.js';
import { createRedactor } from '../../src/activities/support/redact.js';
import { createWebhookChannel } from '../../src/adapters/notify/index.js';
import type { Notice } from '../../src/domain/deploy-activities.js';
import type { NotifyConfig } from '../../src/domain/notice.js';
import { projectConfigSchema } from '../../src/domain/project.js';
import { config, gameFiles, git, Studio } from '../git/fixtures.js';

type Received = { headers: IncomingHttpHeaders; body: string; path: string };
type Reply = { status: number; headers?: Record<string, string> } | 'hang up' | 'say nothing';

/** A receiver of webhooks, over HTTP. */
class Receiver implements AsyncDisposable {
  readonly received: Received[] = [];
  private readonly replies: Reply[] = [];
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString('utf8')));
    request.on('end', () => {
      this.received.push({ headers: request.headers, body, path: request.url ?? '' });
      const reply = this.replies.shift() ?? { status: 204 };
      if (reply === 'hang up') request.socket.destroy();
      else if (reply !== 'say nothing') response.writeHead(reply.status, reply.headers).end();
    });
  });

  static async listen(): Promise<Receiver> {
    const receiver = new Receiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${String((this.server.address() as AddressInfo).port)}/hooks/T0K3N`;
  }

  answer(...replies: Reply[]): void {
    this.replies.push(...replies);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

const notice: Notice = {
  event: 'rolled-back',
  project: 'village',
  environment: 'production',
  runId: 'rollback-start-1a2b3c4d',
  workflowId: 'village/rollback-start',
  title: 'production/start is back at v1.3.0',
  lines: ['1.4.0 crashed 12 of 40 servers', 'asked for by mina'],
};

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

let studio: Studio;
let receiver: Receiver;

beforeEach(async () => {
  studio = await Studio.open();
  receiver = await Receiver.listen();
});
afterEach(async () => {
  await receiver[Symbol.asyncDispose]();
  await studio[Symbol.asyncDispose]();
});

/** Notifies as a worker does, and answers with what the worker's log says and how long was waited between tries. */
async function notify(
  notifyConfig: unknown,
  env: Record<string, string>,
  options: { notice?: Notice; timeoutMs?: number } = {},
) {
  const text = JSON.stringify({ ...config, notify: notifyConfig });
  if ((await git(studio.game, 'show', 'HEAD:graveshift.json')) !== text) {
    await studio.commit({ 'graveshift.json': text });
  }
  const waits: number[] = [];
  const log: LogEntry[] = [];
  const environment = new MockActivityEnvironment(
    {},
    { logger: new DefaultLogger('WARN', (entry) => log.push(entry)) },
  );
  const activities = createNotifyActivities({
    git: studio.projects,
    env,
    clock: () => new Date('2026-10-31T22:00:00Z'),
    webhookChannel: (channel) =>
      createWebhookChannel({
        ...channel,
        ...(options.timeoutMs !== undefined && { timeoutMs: options.timeoutMs }),
        wait: (ms) => Promise.resolve(void waits.push(ms)),
      }),
  });
  const told: { delivered: string[]; failed: string[] } = await environment.run(activities.notify, {
    notice: options.notice ?? notice,
  });
  return { ...told, waits, log: log.map(({ message }) => message) };
}

const oneWebhook: NotifyConfig = { webhooks: [{ urlEnv: 'GRAVESHIFT_WEBHOOK_URL' }] };

describe('a notice', () => {
  it('is one line in the log of the worker, where no webhook is configured', async () => {
    const multiline = { ...notice, lines: ['first\nsecond'] };
    const { delivered, failed, log } = await notify({}, {}, { notice: multiline });
    expect({ delivered, failed }).toEqual({ delivered: ['console'], failed: [] });
    expect(log).toEqual([
      'village/production rolled-back: production/start is back at v1.3.0 | first second',
    ]);
  });

  it('is posted as JSON, with an id that a repetition shares and another notice does not', async () => {
    const env = { GRAVESHIFT_WEBHOOK_URL: receiver.url };
    expect(await notify(oneWebhook, env)).toMatchObject({
      delivered: ['GRAVESHIFT_WEBHOOK_URL', 'console'],
      failed: [],
    });
    await notify(oneWebhook, env);
    await notify(oneWebhook, env, { notice: { ...notice, lines: [] } });
    const bodies = receiver.received.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
    expect(bodies[0]).toEqual({
      event: 'rolled-back',
      project: 'village',
      environment: 'production',
      run: 'rollback-start-1a2b3c4d',
      workflowId: 'village/rollback-start',
      title: notice.title,
      lines: notice.lines,
      at: '2026-10-31T22:00:00.000Z',
      id: expect.stringMatching(/^notice_[0-9a-f]{32}$/) as string,
    });
    expect(bodies[1]?.id).toBe(bodies[0]?.id);
    expect(bodies[2]?.id).not.toBe(bodies[0]?.id);
    expect(receiver.received[0]?.headers['webhook-id']).toBe(bodies[0]?.id);
    expect(receiver.received[0]?.headers['webhook-signature']).toBeUndefined();
  });

  it('goes only where its event is wanted', async () => {
    const webhooks = [{ urlEnv: 'GRAVESHIFT_WEBHOOK_URL', events: ['staged', 'kept'] }];
    const { delivered } = await notify({ webhooks }, { GRAVESHIFT_WEBHOOK_URL: receiver.url });
    expect(delivered).toEqual(['console']);
    expect(receiver.received).toEqual([]);
  });

  it('is signed as Standard Webhooks says, by a secret from a file too', async () => {
    const file = path.join(studio.root, 'secret');
    await writeFile(file, `${secret}\n`);
    const webhooks = [{ ...oneWebhook.webhooks[0], secretEnv: 'GRAVESHIFT_WEBHOOK_SECRET' }];
    await notify(
      { webhooks },
      { GRAVESHIFT_WEBHOOK_URL: receiver.url, GRAVESHIFT_WEBHOOK_SECRET_FILE: file },
    );
    const [{ headers, body }] = receiver.received as [Received];
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', Buffer.alloc(32, 7)).update(signed).digest('base64')}`,
    );
  });
});

describe('a webhook that fails', () => {
  const env = () => ({ GRAVESHIFT_WEBHOOK_URL: receiver.url });

  it('is tried three times after 429 and 5xx, as late as it asks, within bounds', async () => {
    receiver.answer(
      { status: 503, headers: { 'retry-after': '2' } },
      { status: 429, headers: { 'retry-after': '3600' } },
    );
    const result = await notify(oneWebhook, env());
    expect(result.delivered).toContain('GRAVESHIFT_WEBHOOK_URL');
    expect(result.waits).toEqual([2000, 10_000]);
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
  });

  it('is tried again after a connection that broke, and given up after three', async () => {
    receiver.answer('hang up', { status: 500 }, { status: 502 });
    const result = await notify(oneWebhook, env());
    expect(result.failed).toEqual(['GRAVESHIFT_WEBHOOK_URL: answered 502, 3 times']);
    expect(result.waits).toEqual([1000, 2000]);
  });

  it('is not waited for without end', async () => {
    receiver.answer('say nothing', 'say nothing', 'say nothing');
    const result = await notify(oneWebhook, env(), { timeoutMs: 50 });
    expect(result.failed).toEqual(['GRAVESHIFT_WEBHOOK_URL: no answer within 0.05 s, 3 times']);
  });

  it.each([404, 301])('is not tried again after %i, and never redirected', async (status) => {
    receiver.answer({ status, headers: { location: receiver.url } });
    const result = await notify(oneWebhook, env());
    expect(result.failed).toEqual([`GRAVESHIFT_WEBHOOK_URL: answered ${String(status)}`]);
    expect(receiver.received).toHaveLength(1);
  });

  it('fails neither the run nor the others, and its address is nowhere', async () => {
    const webhooks = [
      { urlEnv: 'GRAVESHIFT_WEBHOOK_URL' },
      { urlEnv: 'GRAVESHIFT_WEBHOOK_DOWN' },
      { urlEnv: 'GRAVESHIFT_WEBHOOK_PLAIN' },
      { urlEnv: 'GRAVESHIFT_WEBHOOK_UNSET' },
      { urlEnv: 'GRAVESHIFT_WEBHOOK_FOR_ALL', secretEnv: 'GRAVESHIFT_WEBHOOK_SECRET' },
    ];
    const addresses = {
      ...env(),
      GRAVESHIFT_WEBHOOK_DOWN: 'https://T0K3N.invalid/T0K3N',
      GRAVESHIFT_WEBHOOK_PLAIN: 'http://hooks.example.com/T0K3N',
      GRAVESHIFT_WEBHOOK_FOR_ALL: receiver.url,
      GRAVESHIFT_WEBHOOK_SECRET: 'T0K3N',
    };
    const result = await notify({ webhooks }, addresses);
    expect(result.delivered).toEqual(['GRAVESHIFT_WEBHOOK_URL', 'console']);
    expect(result.failed.map((line) => line.split(':')[0])).toEqual([
      'GRAVESHIFT_WEBHOOK_DOWN',
      'GRAVESHIFT_WEBHOOK_FOR_ALL',
      'GRAVESHIFT_WEBHOOK_PLAIN',
      'GRAVESHIFT_WEBHOOK_UNSET',
    ]);
    expect(JSON.stringify(result)).not.toContain('T0K3N');
    expect(createRedactor(addresses)(`posted to ${receiver.url}`)).toBe('posted to [redacted]');
  });
});

it('tells of a project whose configuration cannot be read, and still writes the line', async () => {
  const { delivered, failed } = await notify({ webhook: [] }, {});
  expect(delivered).toEqual(['console']);
  expect(failed).toEqual([expect.stringMatching(/^webhooks: graveshift\.json of village.*notify\.webhook/s)]);
});

it('lets a game name no variable of the worker but those for webhooks', () => {
  const named = (urlEnv: string) =>
    projectConfigSchema.safeParse({
      ...(JSON.parse(gameFiles['graveshift.json'] ?? '') as object),
      notify: { webhooks: [{ urlEnv }] },
    }).success;
  expect(named('GRAVESHIFT_WEBHOOK_OPS')).toBe(true);
  for (const name of ['ROBLOX_API_KEY', 'GRAVESHIFT_EMULATOR_KEY', 'GRAVESHIFT_WEBHOOK_URL_FILE', '']) {
    expect([name, named(name)]).toEqual([name, false]);
  }
});
