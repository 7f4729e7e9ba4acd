export function build(
  root: string,
  options: { log: (message: string) => void },
): Promise<{ compiled: boolean; bundled: boolean }>;
