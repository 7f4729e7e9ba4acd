export const allowed: ReadonlySet<string>;
export function isAllowed(expression: string): boolean;
export function judgeLicences(
  packages: Record<string, { licenses?: string | string[] }>,
  exceptions: readonly { package: string; licence: string; reason: string }[],
): { accepted: Map<string, number>; refused: { id: string; licence: string }[] };
