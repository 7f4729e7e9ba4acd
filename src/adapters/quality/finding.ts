/** One thing that a scanner found. It never holds a secret. */
export type Finding = {
  /** Path in the project, or `place:` and the path of an instance. */
  file: string;
  /** From 1; absent where the file as a whole is meant. */
  line?: number;
  column?: number;
  /** Such as `loadstring`. */
  rule: string;
  message: string;
  /** What to do about it. */
  fix: string;
};

/** `src/server/Main.server.luau:3:5 loadstring: … (fix: …)`. */
export function describeFinding({ file, line, column, rule, message, fix }: Finding): string {
  const place = line === undefined ? file : `${file}:${line}:${column ?? 1}`;
  return `${place} ${rule}: ${message} (fix: ${fix})`;
}

/** What one scan found, what it could not look at, and what it looked at, such as `12 scripts`. */
export type Scan = { findings: Finding[]; unread: string[]; note: string };
