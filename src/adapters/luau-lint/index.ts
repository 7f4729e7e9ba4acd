export { lintRules, lintScript } from './lint.js';
export { argumentsOf, calleeOf, literalOf, openScript, type LintScript, type Side } from './lint-script.js';
export { findRequireCycles, type Requirement } from './require-cycles.js';
export { requirementsOf } from './require-targets.js';
export { syntaxHint } from './syntax-hint.js';
