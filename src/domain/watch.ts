import { z } from 'zod';

const enabled = z.boolean().default(true).describe('False: not looked at, and not in the report');
const required = (byDefault: boolean) =>
  z
    .boolean()
    .default(byDefault)
    .describe('True: without a verdict on this signal the watch as a whole has none either');
const percent = z.number().min(0).max(1000);

/** How far each signal may be from its baseline, what it may never pass, and how much must be seen to say so. */
const signalSettingsSchema = z.strictObject({
  serverCrashes: z
    .strictObject({
      enabled,
      required: required(true),
      perServerHour: z
        .number()
        .min(0)
        .default(0.5)
        .describe('Crashes for each hour that a server runs that are accepted whatever was before'),
      timesBaseline: z.number().min(1).default(3).describe('Accepted too: this many times the baseline'),
      minimumCrashes: z.int().min(1).default(3).describe('Fewer than this never fail'),
      minimumServerMinutes: z.number().min(0).default(5).describe('Less than this is too little for a pass'),
    })
    .prefault({})
    .describe('Servers that crashed or ran out of memory; the one signal that ends a watch early'),
  clientCrashRate: z
    .strictObject({
      enabled,
      required: required(false),
      accepted: z
        .number()
        .min(0)
        .default(5)
        .describe("A rate that is accepted whatever was before, in the metric's own unit"),
      risePercent: percent.default(50).describe('Accepted too: this much above the baseline'),
      minimumPoints: z.int().min(1).default(3).describe('Valid points that a verdict needs'),
    })
    .prefault({})
    .describe('Roblox’s metric ClientCrashRate15m for this place version'),
  frameRate: z
    .strictObject({
      enabled,
      required: required(true),
      dropPercent: z.number().min(0).max(100).default(20).describe('How far it may fall below the baseline'),
      lowest: z.number().min(0).max(240).default(20).describe('Frames a second that it may never fall below'),
      minimumReadings: z.int().min(1).default(3),
    })
    .prefault({})
    .describe('Median of what the servers report, in frames a second'),
  memory: z
    .strictObject({
      enabled,
      required: required(true),
      risePercent: percent.default(30).describe('How far it may rise above the baseline'),
      mostMebibytes: z.number().positive().default(5500).describe('What a server may never need more than'),
      minimumReadings: z.int().min(1).default(3),
    })
    .prefault({})
    .describe('Median of what the servers report'),
  errors: z
    .strictObject({
      enabled,
      required: required(true),
      newOccurrences: z
        .int()
        .min(1)
        .default(10)
        .describe('A new error that is logged this often fails the watch'),
      minimumServerMinutes: z.number().min(0).default(5).describe('Less than this is too little for a pass'),
    })
    .prefault({})
    .describe('Errors in the servers’ logs that the version before did not have'),
  players: z
    .strictObject({
      enabled,
      required: required(false),
      dropPercent: z.number().min(0).max(100).default(40).describe('How far it may fall below the baseline'),
      minimumPlayers: z.number().min(0).default(20).describe('A baseline of fewer says nothing'),
      minimumPoints: z.int().min(1).default(3).describe('Valid points that a verdict needs'),
    })
    .prefault({})
    .describe('Roblox’s metric PeakConcurrentPlayers for the place'),
});
export type SignalSettings = z.infer<typeof signalSettingsSchema>;

/** How long a new version is watched, what for, and what it is compared with. */
export const watchPolicySchema = z.strictObject({
  minutes: z.number().min(0).max(1440).default(15).describe('How long a new version is watched'),
  everySeconds: z.number().min(1).max(600).default(30).describe('How often its servers are looked at'),
  metricsEverySeconds: z
    .number()
    .min(1)
    .max(3600)
    .default(180)
    .describe('How often the analytics are asked, which lag by minutes and have a small quota'),
  baselineMinutes: z
    .number()
    .min(1)
    .max(1440)
    .default(60)
    .describe('How much of the time before is the measure'),
  signals: signalSettingsSchema.prefault({}),
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

/** Where the policy keeps each signal's settings. */
export const settingsOfSignal = {
  'server-crashes': 'serverCrashes',
  'client-crash-rate': 'clientCrashRate',
  'frame-rate': 'frameRate',
  memory: 'memory',
  errors: 'errors',
  players: 'players',
} as const satisfies Record<WatchSignal, keyof SignalSettings>;

/**
 * `server-crashes`: crashes for each hour that a server ran, samples in server-minutes. `errors`: occurrences, samples
 * in server-minutes. `memory`: bytes. `frame-rate`: frames a second. The others: the metric's mean, samples in points.
 */
export type Measured = { value: number; samples: number };

/** What one signal was before, with how much there was to go by; absent where nothing was measured. */
export type WatchBaseline = {
  measuredAt: string;
  /** Absent: there is no version before, and everything is new. */
  version?: number;
  values: Partial<Record<WatchSignal, Measured>>;
  /** Fingerprints of the errors that were there before: they are not news. */
  knownErrors: string[];
};

export type SeenError = { fingerprint: string; message: string; count: number };

/** What a watch has seen of a version; a signal that was not read is absent, or says why it cannot be. */
export type WatchSamples = {
  minutes: number;
  signals: Partial<Record<WatchSignal, (Measured & { notSignificant?: boolean }) | { unreadable: string }>>;
  errors: SeenError[];
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
  newErrors: SeenError[];
};
