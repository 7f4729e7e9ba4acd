export { installLuauKit } from './build-luau-kit.js';
export { createLuauTools } from './create-luau-tools.js';
export { findCompilers, type CargoCheck } from './find-compilers.js';
export { findLuauKit, installRemedy, type LuauKit, type LuauKitSearchResult } from './find-luau-kit.js';
export { findLuauLsp } from './luau-lsp.js';
export { createWebRuntime } from './web-runtime.js';
