export { allScopes, emulatorAdmin } from './admin-client.js';
export type { EmulatorAdmin, EmulatorSummary } from './admin-client.js';
export type { LoggedRequest } from './context.js';
export type { NewBehaviour } from './fleet-state.js';
export { faultHeader, faultKinds } from './faults.js';
export type { FaultKind, FaultRequest } from './faults.js';
export { createEmulator } from './server.js';
export type { Emulator, EmulatorOptions } from './server.js';
export type { StoredVersion } from './state.js';
