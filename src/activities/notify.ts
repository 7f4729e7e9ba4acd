import type { RescueActivities } from '../domain/deploy-activities.js';
import { GraveshiftError } from '../domain/failure.js';
import { noticeMessage, type NoticeChannel, type NotifyConfig } from '../domain/notice.js';
import type { GitProjects } from '../adapters/git/index.js';
import { createConsoleChannel, createWebhookChannel } from '../adapters/notify/index.js';
import { missingConfig, parseProjectConfig, projectConfigPath } from '../adapters/projects/project-config.js';
import { activitySignal, warn } from './support/context.js';

export type NotifyDependencies = {
  git: Pick<GitProjects, 'resolveCommits' | 'read'>;
  /** The worker's variables, which hold the webhooks' addresses. */
  env: Readonly<Record<string, string | undefined>>;
  clock?: () => Date;
  /** How a webhook is reached; another one in tests, which need not wait between tries. */
  webhookChannel?: typeof createWebhookChannel;
};

/** A remote that hangs must not hold up a rollback. With the slowest webhook, all of it stays below a minute. */
const configTimeoutMs = 10_000;

export function createNotifyActivities({
  git,
  env,
  clock = () => new Date(),
  webhookChannel = createWebhookChannel,
}: NotifyDependencies): Pick<RescueActivities, 'notify'> {
  /** Of the main branch: who may change production says who hears of it. */
  async function readConfig(project: string): Promise<NotifyConfig> {
    const timeout = AbortSignal.timeout(configTimeoutMs);
    const cancelled = activitySignal();
    const signal = cancelled === undefined ? timeout : AbortSignal.any([cancelled, timeout]);
    const { main } = await git.resolveCommits(project, { signal });
    const bytes = await git.read(project, main, projectConfigPath);
    if (!bytes) throw missingConfig(main);
    return parseProjectConfig(new TextDecoder().decode(bytes), project).notify;
  }

  return {
    async notify({ notice }) {
      const signal = activitySignal();
      const message = noticeMessage(notice, clock());
      const failed: string[] = [];
      const config = await readConfig(notice.project).catch((error: unknown) => {
        signal?.throwIfAborted();
        failed.push(`webhooks: ${projectConfigPath} of ${notice.project} cannot be read: ${causeOf(error)}`);
        return undefined;
      });
      const channels: NoticeChannel[] = [
        // The worker's log shows warnings and worse; somebody who reads it must find this.
        createConsoleChannel(warn),
        ...(config?.webhooks ?? []).map((webhook) => webhookChannel({ webhook, variables: env })),
      ];
      const delivered: string[] = [];
      await Promise.all(
        channels
          .filter((channel) => channel.wants(notice.event))
          .map(async (channel) => {
            try {
              await channel.deliver(message, signal);
              delivered.push(channel.name);
            } catch (error) {
              signal?.throwIfAborted();
              failed.push(`${channel.name}: ${causeOf(error)}`);
            }
          }),
      );
      for (const failure of failed) warn('A notice did not arrive', { notice: message.id, failure });
      return { delivered: delivered.sort(), failed: failed.sort() };
    },
  };
}

/** Only our own errors are known to hold no address. */
function causeOf(error: unknown): string {
  if (error instanceof GraveshiftError) return error.message;
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  return error instanceof Error ? error.name : 'unknown';
}
