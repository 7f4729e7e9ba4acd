import { poissonTail } from './poisson.js';
import {
  settingsOfSignal,
  watchSignals,
  type Measured,
  type SeenError,
  type SignalReport,
  type SignalSettings,
  type WatchBaseline,
  type WatchPolicy,
  type WatchReport,
  type WatchSamples,
  type WatchSignal,
} from './watch.js';

/** More crashes than accepted, by chance in fewer than one of a hundred looks: then it is not chance. */
const chance = 0.01;
const mostErrors = 10;
const mebibyte = 2 ** 20;

type Judgement = Omit<SignalReport, 'signal'>;
type Sample = Measured & { notSignificant?: boolean };

/** What is read of a version, against what was before: pure, so that the same samples always say the same. */
export function judge(samples: WatchSamples, baseline: WatchBaseline, policy: WatchPolicy): WatchReport {
  const newErrors = newErrorsOf(samples, baseline);
  const signals = watchSignals
    .filter((signal) => policy.signals[settingsOfSignal[signal]].enabled)
    .map((signal) => ({
      signal,
      ...judgeSignal(signal, samples, baseline, policy.signals, newErrors),
    }));
  const failed = signals.filter(({ verdict }) => verdict === 'fail');
  const open = signals.filter(
    ({ signal, verdict }) => verdict === 'inconclusive' && policy.signals[settingsOfSignal[signal]].required,
  );
  const passed = signals.filter(({ verdict }) => verdict === 'pass');
  const verdict =
    failed.length > 0 ? 'fail' : open.length > 0 || passed.length === 0 ? 'inconclusive' : 'pass';
  const because = verdict === 'fail' ? failed : verdict === 'pass' ? passed : open;
  return {
    verdict,
    summary: `${verdictInWords[verdict]} after ${number(samples.minutes)} minutes: ${
      because.map(({ summary }) => summary).join('; ') || 'nothing was watched'
    }`,
    signals,
    minutes: samples.minutes,
    newErrors: newErrors.slice(0, mostErrors),
  };
}

/** Servers crash so often that there is nothing to wait for. */
export function isCrashLoop(report: WatchReport): boolean {
  return report.signals.some(({ signal, verdict }) => signal === 'server-crashes' && verdict === 'fail');
}

/** True when every signal that should be read cannot be: then nothing was watched at all. */
export function isBlind(samples: WatchSamples, policy: WatchPolicy): boolean {
  const wanted = watchSignals.filter((signal) => policy.signals[settingsOfSignal[signal]].enabled);
  return wanted.length > 0 && wanted.every((signal) => 'unreadable' in (samples.signals[signal] ?? {}));
}

const verdictInWords = { pass: 'Good', fail: 'Bad', inconclusive: 'Not clear' } as const;

function judgeSignal(
  signal: WatchSignal,
  samples: WatchSamples,
  baseline: WatchBaseline,
  settings: SignalSettings,
  newErrors: readonly SeenError[],
): Judgement {
  const seen = samples.signals[signal];
  const name = signal.replaceAll('-', ' ');
  if (seen === undefined) return inconclusive(`${name}: not seen`);
  if ('unreadable' in seen) return inconclusive(`${name} cannot be read: ${seen.unreadable}`);
  const before = baseline.values[signal];
  switch (signal) {
    case 'server-crashes':
      return judgeCrashes(seen, before, settings.serverCrashes);
    case 'client-crash-rate':
      return judgeClientCrashes(seen, before, settings.clientCrashRate);
    case 'frame-rate':
      return judgeFrameRate(seen, before, settings.frameRate);
    case 'memory':
      return judgeMemory(seen, before, settings.memory);
    case 'errors':
      return judgeErrors(seen, baseline, newErrors, settings.errors);
    case 'players':
      return judgePlayers(seen, before, settings.players);
  }
}

function judgeCrashes(
  seen: Sample,
  before: Measured | undefined,
  settings: SignalSettings['serverCrashes'],
): Judgement {
  const hours = seen.samples / 60;
  const crashes = Math.round(seen.value * hours);
  const accepted = Math.max(settings.perServerHour, (before?.value ?? 0) * settings.timesBaseline);
  const figures = `${figure('server crashes', seen.value, before?.value, 'for each hour of a server')}, accepted ${number(accepted)}`;
  const judged = { value: seen.value, ...baselineOf(before) };
  if (crashes >= settings.minimumCrashes && seen.value > accepted) {
    return poissonTail(crashes, accepted * hours) < chance
      ? { verdict: 'fail', summary: `${figures}: ${String(crashes)} crashed`, ...judged }
      : { verdict: 'inconclusive', summary: `${figures}: may be chance`, ...judged };
  }
  return seen.samples < settings.minimumServerMinutes
    ? tooFew(figures, seen.samples, settings.minimumServerMinutes, 'server-minutes', judged)
    : { verdict: 'pass', summary: figures, ...judged };
}

function judgeClientCrashes(
  seen: Sample,
  before: Measured | undefined,
  settings: SignalSettings['clientCrashRate'],
): Judgement {
  const accepted = Math.max(settings.accepted, (before?.value ?? 0) * (1 + settings.risePercent / 100));
  const figures = `${figure('client crash rate', seen.value, before?.value)}, accepted ${number(accepted)}`;
  return judgeLimit(seen, before, figures, settings.minimumPoints, 'points', seen.value > accepted);
}

function judgeFrameRate(
  seen: Sample,
  before: Measured | undefined,
  settings: SignalSettings['frameRate'],
): Judgement {
  const least = Math.max(settings.lowest, (before?.value ?? 0) * (1 - settings.dropPercent / 100));
  const figures = `${figure('frame rate', seen.value, before?.value, 'a second')}, at least ${number(least)}`;
  return judgeLimit(seen, before, figures, settings.minimumReadings, 'readings', seen.value < least);
}

function judgeMemory(
  seen: Sample,
  before: Measured | undefined,
  settings: SignalSettings['memory'],
): Judgement {
  const most = settings.mostMebibytes * mebibyte;
  const accepted =
    before === undefined ? most : Math.min(most, before.value * (1 + settings.risePercent / 100));
  const figures = `${figure('memory', seen.value / mebibyte, before && before.value / mebibyte, 'MiB')}, at most ${number(accepted / mebibyte)}`;
  return judgeLimit(seen, before, figures, settings.minimumReadings, 'readings', seen.value > accepted);
}

function judgePlayers(
  seen: Sample,
  before: Measured | undefined,
  settings: SignalSettings['players'],
): Judgement {
  if (before === undefined) return inconclusive('players: nothing is known of before', seen.value);
  const figures = figure('players', seen.value, before.value);
  if (before.value < settings.minimumPlayers) {
    return {
      verdict: 'inconclusive',
      summary: `${figures}: fewer than ${number(settings.minimumPlayers)} before say nothing`,
      value: seen.value,
      baseline: before.value,
    };
  }
  const least = before.value * (1 - settings.dropPercent / 100);
  return judgeLimit(
    seen,
    before,
    `${figures}, at least ${number(least)}`,
    settings.minimumPoints,
    'points',
    seen.value < least,
  );
}

function judgeErrors(
  seen: Sample,
  baseline: WatchBaseline,
  newErrors: readonly SeenError[],
  settings: SignalSettings['errors'],
): Judgement {
  const [worst] = newErrors;
  const occurrences = newErrors.reduce((sum, { count }) => sum + count, 0);
  const judged = { value: occurrences };
  const figures =
    worst === undefined
      ? 'errors: none that is new'
      : `errors: ${String(newErrors.length)} new ones, the most frequent ${String(worst.count)} times (${worst.message.slice(0, 120)}), accepted fewer than ${String(settings.newOccurrences)}`;
  if (worst !== undefined && baseline.version !== undefined && baseline.values.errors === undefined) {
    return {
      verdict: 'inconclusive',
      summary: `${figures}; which were there before is not known`,
      ...judged,
    };
  }
  if (worst !== undefined && worst.count >= settings.newOccurrences) {
    return { verdict: 'fail', summary: figures, ...judged };
  }
  return seen.samples < settings.minimumServerMinutes
    ? tooFew(figures, seen.samples, settings.minimumServerMinutes, 'server-minutes', judged)
    : { verdict: 'pass', summary: figures, ...judged };
}

/** For signals that say nothing at all, good or bad, until there is enough of them. */
function judgeLimit(
  seen: Sample,
  before: Measured | undefined,
  figures: string,
  minimum: number,
  unit: string,
  isBad: boolean,
): Judgement {
  const judged = { value: seen.value, ...baselineOf(before) };
  if (seen.notSignificant === true) {
    return { verdict: 'inconclusive', summary: `${figures}: not statistically significant`, ...judged };
  }
  if (seen.samples < minimum) return tooFew(figures, seen.samples, minimum, unit, judged);
  return { verdict: isBad ? 'fail' : 'pass', summary: figures, ...judged };
}

function newErrorsOf(samples: WatchSamples, baseline: WatchBaseline): SeenError[] {
  const known = new Set(baseline.knownErrors);
  return samples.errors
    .filter(({ fingerprint }) => !known.has(fingerprint))
    .sort((a, b) => b.count - a.count || (a.fingerprint < b.fingerprint ? -1 : 1));
}

function tooFew(
  figures: string,
  samples: number,
  minimum: number,
  unit: string,
  judged: { value: number; baseline?: number },
): Judgement {
  const summary = `${figures}: ${number(samples)} ${unit} are too few, ${number(minimum)} are needed`;
  return { verdict: 'inconclusive', summary, ...judged };
}

const inconclusive = (summary: string, value?: number): Judgement => ({
  verdict: 'inconclusive',
  summary,
  ...(value === undefined ? {} : { value }),
});

const baselineOf = (before: Measured | undefined) => (before === undefined ? {} : { baseline: before.value });

function figure(name: string, value: number, before: number | undefined, unit = ''): string {
  const now = `${name} ${number(value)}${unit === '' ? '' : ` ${unit}`}`;
  return before === undefined ? now : `${now} (${number(before)} before)`;
}

const number = (value: number): string => String(Math.round(value * 100) / 100);
