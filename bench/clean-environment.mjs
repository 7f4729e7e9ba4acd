/** Settings that say where tools are, and nothing about what runs. */
const kept = new Set(['TEMPORAL_CLI', 'GRAVESHIFT_CACHE']);

/** The person's environment without their own Graveshift and Temporal: a bench must neither use nor disturb them. */
export function cleanEnvironment(env = process.env) {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => kept.has(name) || !/^(GRAVESHIFT|TEMPORAL)_/.test(name)),
  );
}
