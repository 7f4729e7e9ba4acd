import { Runtime } from '@temporalio/worker';

import {
  createCircuitBreaker,
  createOpenCloudClient,
  resolveApiKey,
  systemClock,
  type OpenCloudClient,
} from '../adapters/open-cloud/index.js';
import type { PublishTarget } from '../domain/project.js';
import type { QuotaLedger } from '../domain/quota.js';

/** One client per host and environment, made when it is first needed; its key is read anew for each call. */
export function createOpenCloudClients(
  baseUrls: Record<PublishTarget['host'], string>,
  env: Readonly<Record<string, string | undefined>>,
  quotas: QuotaLedger,
): { clientFor: (target: PublishTarget) => Promise<OpenCloudClient>; close: () => Promise<void> } {
  const breakers = { roblox: createCircuitBreaker(systemClock), emulator: createCircuitBreaker(systemClock) };
  const clients = new Map<string, OpenCloudClient>();
  return {
    clientFor({ host, environment }) {
      const name = `${host}/${environment}`;
      const client =
        clients.get(name) ??
        createOpenCloudClient({
          baseUrl: baseUrls[host],
          apiKey: () => resolveApiKey({ host, environment }, env),
          clock: systemClock,
          quotas,
          breaker: breakers[host],
          warn: (message) => {
            Runtime.instance().logger.warn(message);
          },
        });
      clients.set(name, client);
      return Promise.resolve(client);
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}
