type Lockfile = { packages: Record<string, object> };
export function missingOptionalPackages(lockfile: Lockfile): { name: string; version: string }[];
export function completeLockfile(lockfile: Lockfile): string[];
