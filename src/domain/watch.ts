import { z } from 'zod';

/** A limit for one signal: how far it may be from its baseline, and what it may never pass. */
export const watchPolicySchema = z.strictObject({
  minutes: z.number().min(0).max(1440).default(15).describe('How long a new version is watched'),
  everySeconds: z.number().min(1).max(600).default(30).describe('How often its servers are looked at'),
  baselineMinutes: z
    .number()
    .min(1)
    .max(1440)
    .default(60)
    .describe('How much of the time before is the measure'),
});
export type WatchPolicy = z.infer<typeof watchPolicySchema>;

export const watchSignals = [
  'server-crashes',
  'client-crash-rate',
  'frame-rate',
  'memory',
  'errors',
  'players',
] as const;
export type WatchSignal = (typeof watchSignals)[number];

/** What one signal was before, with how much there was to go by; absent where nothing was measured. */
export type WatchBaseline = {
  measuredAt: string;
  version?: number;
  values: Partial<Record<WatchSignal, { value: number; samples: number }>>;
  /** Fingerprints of the errors that were there before: they are not news. */
  knownErrors: string[];
};

export type SignalReport = {
  signal: WatchSignal;
  verdict: 'pass' | 'fail' | 'inconclusive';
  /** In words, with value, baseline and threshold. */
  summary: string;
  value?: number;
  baseline?: number;
};

export type WatchReport = {
  /** `fail`: take it back. `inconclusive`: too little was seen to say. */
  verdict: 'pass' | 'fail' | 'inconclusive';
  summary: string;
  signals: SignalReport[];
  minutes: number;
  /** New errors, the most frequent first; ten at most. */
  newErrors: { fingerprint: string; message: string; count: number }[];
};
