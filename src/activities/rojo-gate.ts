import type { Difference } from '../adapters/rojo/index.js';

const words: Record<Difference['kind'], string> = {
  missing: 'is missing',
  stale: 'is there, and should not be',
  changed: 'has another source',
};

/** Such as `ServerScriptService/Server/Graveshift (Script, src/server/Graveshift.server.luau) is missing`. */
export function describeDifference({ kind, path, className, file }: Difference): string {
  return `${path} (${className}${file === undefined ? '' : `, ${file}`}) ${words[kind]}`;
}

/** Equal findings of different instances differ by nothing that a person could act on. */
export function countByKind(differences: readonly Difference[]): string {
  const kinds = ['missing', 'stale', 'changed'] as const;
  return kinds
    .map((kind) => ({ kind, count: differences.filter((difference) => difference.kind === kind).length }))
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}
