/** One thing that was looked at. */
export type Check = {
  name: string;
  /** `missing`: nothing works without it; `note`: only something optional is not there. */
  state: 'ok' | 'note' | 'missing';
  /** What was found and where, or what is wrong. */
  found: string;
  version?: string;
  /** How to get it, where it is not ok. */
  remedy?: string;
};

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? 'unknown';
}
