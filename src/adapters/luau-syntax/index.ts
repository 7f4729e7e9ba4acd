export { resolveScopes, runsAtLoad, type Scopes, type Variable } from './scopes.js';
export {
  childOf,
  createLuauParser,
  descendants,
  functionAround,
  isFunction,
  namedChildren,
  textOf,
  type LuauParser,
  type SyntaxNode,
  type SyntaxTree,
} from './syntax-tree.js';
export { withoutTypes } from './without-types.js';
