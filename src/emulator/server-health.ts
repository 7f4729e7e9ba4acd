import type { FleetWorld } from './fleet.js';
import type { EndedServer, Server } from './fleet-state.js';

/** A server that has not run this long has reported no frame rate yet. */
const firstReportMs = 10_000;
const usualFrameRate = 60;
const usualMemoryBytes = 1_200_000_000;

/** As `LogSeverity` counts. */
const severities = { output: 0, info: 1, warning: 2, error: 3 } as const;

export type LogEntry = { at: number; severity: number; message: string; stackTrace: string | undefined };

export function healthOf(
  server: Server,
  world: FleetWorld,
  at: number,
): { frameRate: number | null; memoryBytes: number } {
  const behaviours = world.behavioursOf(server.version).filter(({ setAt }) => setAt <= at);
  const frameRates = behaviours.flatMap(({ frameRate }) => frameRate ?? []);
  const memory = behaviours.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  return {
    frameRate: at - server.startedAt < firstReportMs ? null : Math.min(usualFrameRate, ...frameRates),
    memoryBytes: memory.length === 0 ? usualMemoryBytes : Math.max(...memory),
  };
}

/** What the server has logged by now, oldest first. */
export function logsOf(server: Server | EndedServer, world: FleetWorld, now: number): LogEntry[] {
  const until = 'endedAt' in server ? server.endedAt : now;
  return world
    .behavioursOf(server.version)
    .flatMap(({ logs, setAt }) =>
      logs.map(({ severity, message, stackTrace, afterMs }) => ({
        at: Math.max(server.startedAt, setAt) + afterMs,
        severity: severities[severity],
        message,
        stackTrace,
      })),
    )
    .filter(({ at }) => at <= until)
    .sort((a, b) => a.at - b.at);
}
