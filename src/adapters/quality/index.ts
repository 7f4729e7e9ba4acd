export { withoutAllowed } from './allowances.js';
export { describeFinding, type Finding, type Scan } from './finding.js';
export { findForeignAssets, findLoadstring, findUnknownHosts, makesRequests } from './luau-rules.js';
export { readFunction, type LuauFunction } from './luau-functions.js';
export { tokenizeLuau, type LuauSource, type LuauToken } from './luau-tokens.js';
export { findUncheckedRemotes } from './remote-arguments.js';
export { findSecrets, looksLikeText } from './secrets.js';
