export type {
  CheckedCode,
  CheckSources,
  CodeGate,
  CodeGateInput,
  CodeGateOptions,
  CodeGateResult,
  CodeGateTools,
  CodeRules,
  GateCache,
} from './code-gate.js';
export { lineCoverage } from './coverage.js';
export { openCopy } from './open-copy.js';
export { checkSources } from './check-sources.js';
export { codeGates } from './code-gate.js';
