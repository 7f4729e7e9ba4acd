export { announceReady, onStopRequest, stackVariable } from './child-protocol.js';
export { type DevServer, type DevServerOptions, type PortChoice, startDevServer } from './dev-server.js';
export { ensureHome, type HomePaths, homePaths, resolveCache, resolveHome } from './home.js';
export { findFreePort, requireFreePort } from './ports.js';
export { startStack } from './stack.js';
export { readRunningStack, type RunningStack, type StackAddresses, type StackStatus } from './stack-file.js';
export {
  defaultPorts,
  type Stack,
  type StackCommand,
  type StackContext,
  type StackEvent,
  type StackOptions,
} from './stack-options.js';
export {
  describeTemporalCli,
  findTemporalCli,
  type TemporalCli,
  type TemporalCliDescription,
  type TemporalCliSource,
} from './temporal-cli.js';
export { workerMemorySettings } from './worker-memory.js';
