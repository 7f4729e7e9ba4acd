export { readBalanceProgram, type BalanceProgram, type NightsToPlay } from './balance-program.js';
export { createFileBalanceIndex, type BalanceEntry, type BalanceIndex } from './file-balance-index.js';
export { createNightPlayer, type PlayNights } from './play-nights.js';
export { proveBalance, type BalanceProof } from './prove-balance.js';
