import { z } from 'zod';

import { digestOf } from './canonical-json.js';
import type { Notice } from './deploy-activities.js';

export const noticeEvents = [
  'approval-wanted',
  'kept',
  'attention',
  'rolled-back',
  'rollback-failed',
] as const satisfies readonly Notice['event'][];

/**
 * Names that a game's repository may point the worker to. Any other name would let whoever can push to the game make
 * the worker use its keys for something else.
 */
const variableSchema = z
  .string()
  .regex(
    /^GRAVESHIFT_WEBHOOK_(?!.*_FILE$)[A-Z0-9_]+$/,
    'expected the name of a variable that begins with GRAVESHIFT_WEBHOOK_, such as GRAVESHIFT_WEBHOOK_URL (its twin ending in _FILE is found by itself)',
  );

export const webhookSchema = z.strictObject({
  urlEnv: variableSchema.describe(
    "The worker's variable that holds the address: who knows it can post there",
  ),
  secretEnv: variableSchema
    .optional()
    .describe(
      "The worker's variable that holds the secret, whsec_ and base64: each notice is signed with it",
    ),
  events: z
    .array(z.enum(noticeEvents))
    .min(1)
    .optional()
    .describe('What is sent there; left out: everything'),
});
export type Webhook = z.infer<typeof webhookSchema>;

/** Who hears of a run, besides the worker's log. */
export const notifyConfigSchema = z.strictObject({
  webhooks: z.array(webhookSchema).max(10).default([]),
});
export type NotifyConfig = z.infer<typeof notifyConfigSchema>;

/** A notice as it leaves. */
export type NoticeMessage = Notice & {
  /** The same for the same content of the same run, so that a receiver can drop a repetition. */
  id: string;
  /** When it was sent: ISO 8601, UTC. */
  at: string;
};

export function noticeMessage(notice: Notice, at: Date): NoticeMessage {
  return { ...notice, id: `notice_${digestOf(notice).slice(0, 32)}`, at: at.toISOString() };
}

/** One way to tell people. Implementations are in `adapters/notify`. */
export interface NoticeChannel {
  /** What it is called in results and logs; never an address. */
  readonly name: string;
  wants(event: Notice['event']): boolean;
  /**
   * @throws GraveshiftError that says why it did not arrive, without address or secret; or the signal's reason
   */
  deliver(message: NoticeMessage, signal?: AbortSignal): Promise<void>;
}
