import type { GraveshiftError } from '../domain/failure.js';
import type { PortChoice } from './dev-server.js';
import type { StackAddresses, StackProcess } from './stack-file.js';
import type { TemporalCli } from './temporal-cli.js';

export const defaultPorts = { temporal: 7233, ui: 8233, emulator: 7240 } as const;

export type StackEvent =
  | { type: 'progress'; message: string }
  | { type: 'temporal-cli'; cli: TemporalCli }
  /** A process that a killed stack left is being ended. */
  | { type: 'orphan'; name: StackProcess['name']; pid: number }
  | { type: 'ready'; name: 'temporal' | 'emulator' | 'worker'; pid: number; logFile: string }
  | { type: 'stopping'; name: 'worker' | 'emulator' | 'temporal' };

/** What is known when a process is started. `emulatorPort` is 0 where the emulator is to choose. */
export type StackContext = { home: string; emulatorPort: number };
/** Arguments of Node: the program's file and what it gets. */
export type StackCommand = readonly string[] | ((context: StackContext) => readonly string[]);

export type StackOptions = {
  home: string;
  env: Readonly<Record<string, string | undefined>>;
  /** A port, or `auto` (also 0) for a free one. Defaults: `defaultPorts`; metrics take a free one. */
  ports?: { temporal?: PortChoice; ui?: PortChoice; emulator?: PortChoice; metrics?: PortChoice };
  /** Without the Temporal Web UI. */
  headless?: boolean;
  emulatorCommand: StackCommand;
  /**
   * Its environment has `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_CONFIG_FILE`, `GRAVESHIFT_HOME` and
   * `GRAVESHIFT_EMULATOR_URL`, and no other `TEMPORAL_*`: the user's profiles are for other clusters.
   */
  workerCommand: StackCommand;
  onEvent?: (event: StackEvent) => void;
  signal?: AbortSignal | undefined;
};

export type Stack = {
  addresses: StackAddresses;
  pids: { temporal: number; emulator: number; worker: number };
  /** Settles when all of it has ended: with the failure where a process died by itself. Never rejects. */
  ended: Promise<GraveshiftError | undefined>;
  /** Drains the worker, then ends the emulator, then Temporal. May be called again. */
  stop: () => Promise<void>;
};
