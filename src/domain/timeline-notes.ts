import { z } from 'zod';

import { gateResultSchema } from './gate.js';

/** What a piece of work answered, in words. */
export type Note = { text: string; isBad?: boolean };

type NoteReader = (result: unknown) => Note | undefined;

/** Results are of whatever version made them: one that is not understood has no note. */
function reader<Schema extends z.ZodType>(
  schema: Schema,
  words: (result: z.output<Schema>) => Note | string | undefined,
): NoteReader {
  return (result) => {
    const parsed = schema.safeParse(result);
    const note = parsed.success ? words(parsed.data) : undefined;
    return typeof note === 'string' ? { text: note } : note;
  };
}

const short = (hash: string): string => hash.slice(0, 9);

const gate = reader(gateResultSchema.omit({ gate: true }), ({ verdict, summary }) => ({
  text: `${verdict}, ${summary}`,
  isBad: verdict === 'fail',
}));

const oneGate = reader(z.object({ gate: gateResultSchema }), ({ gate: { verdict, summary } }) => ({
  text: `${verdict}, ${summary}`,
  isBad: verdict === 'fail',
}));

const gates = reader(z.object({ gates: z.array(gateResultSchema) }), ({ gates: results }) => ({
  text: results
    .map(({ gate: name, verdict, summary }) =>
      verdict === 'pass' ? `${name} pass` : `${name} ${verdict} (${summary})`,
    )
    .join(', '),
  isBad: results.some(({ verdict }) => verdict === 'fail'),
}));

const lease = reader(z.object({ lease: z.number() }), (result) => `lease ${result.lease}`);
const version = reader(z.object({ version: z.number() }), (result) => `version ${result.version}`);

const watch = reader(
  z.object({
    verdict: z.string(),
    summary: z.string(),
    newErrors: z.array(z.object({ message: z.string(), count: z.number() })),
  }),
  ({ verdict, summary, newErrors }) => {
    const errors = newErrors.map(({ message, count }) => `${message} (${count} times)`);
    return {
      text: [
        `${verdict}, ${summary}`,
        ...(errors.length > 0 ? [`new errors: ${errors.join('; ')}`] : []),
      ].join('; '),
      isBad: verdict === 'fail',
    };
  },
);

const published = z.object({ tag: z.string(), version: z.number() });

/** Notes by the name of the activity. */
const notes: Record<string, NoteReader> = {
  checkCode: gates,
  balanceNight: oneGate,
  planContent: oneGate,
  playPlace: oneGate,
  inspectRelease: gates,
  testStaged: gate,
  rebuildPlace: gate,
  proveRollout: gate,
  verifyServe: gate,
  watchRelease: watch,
  publishPlace: version,
  setConfig: version,
  grantLease: lease,
  seizePlace: lease,
  commitChangeSet: reader(
    z.object({ commit: z.string(), branch: z.string() }),
    (result) => `${short(result.commit)} on ${result.branch}`,
  ),
  promoteToStaging: reader(z.object({ tag: z.string() }), (result) => result.tag),
  promoteToMain: reader(
    z.object({ main: z.string(), tag: z.string() }),
    (result) => `${result.tag}, main is ${short(result.main)}`,
  ),
  sealRelease: reader(
    z.object({ tag: z.string(), manifest: z.object({ sha256: z.string() }) }),
    (result) => `${result.tag}, manifest ${short(result.manifest.sha256)}`,
  ),
  buildPlace: reader(
    z.object({ place: z.object({ sha256: z.string() }), gate: gateResultSchema }),
    (result) => ({
      text: `place ${short(result.place.sha256)}, ${result.gate.verdict}, ${result.gate.summary}`,
      isBad: result.gate.verdict === 'fail',
    }),
  ),
  reconcilePublish: reader(
    z.object({ outcome: z.string(), evidence: z.string() }),
    (result) => `${result.outcome}, ${result.evidence}`,
  ),
  findCandidate: reader(
    z.object({ content: z.object({ commit: z.string() }), staged: published }),
    (result) => `${result.staged.tag}, commit ${short(result.content.commit)}`,
  ),
  prepareProduction: reader(
    z.object({ forecast: z.object({ players: z.number(), servers: z.number() }) }),
    ({ forecast }) => `${forecast.players} players on ${forecast.servers} servers`,
  ),
  restartOldServers: reader(
    z.object({ servers: z.number(), players: z.number() }),
    (result) => `${result.servers} servers with ${result.players} players`,
  ),
  verifyDecision: reader(
    z.union([
      z.object({ valid: z.literal(true), key: z.string() }),
      z.object({ valid: z.literal(false), reason: z.string() }),
    ]),
    (result) =>
      result.valid ? `valid, key ${result.key}` : { text: `not valid, ${result.reason}`, isBad: true },
  ),
  planRollback: reader(
    z.object({ bad: published.optional(), good: published, bytes: z.string() }),
    ({ bad, good, bytes }) =>
      `${bad === undefined ? '' : `from ${bad.tag} (version ${bad.version}) `}to ${good.tag} (version ${good.version}), bytes ${bytes}`,
  ),
  stopOthers: reader(z.object({ stopped: z.array(z.string()) }), ({ stopped }) =>
    stopped.length === 0 ? 'nobody else was working on it' : `stopped ${stopped.join(', ')}`,
  ),
  revertTo: reader(
    z.object({
      branches: z.array(z.object({ branch: z.string(), tip: z.string(), reverted: z.array(z.string()) })),
    }),
    ({ branches }) =>
      branches
        .map(({ branch, tip, reverted }) => `${branch} is ${short(tip)} (${reverted.length} reverted)`)
        .join(', '),
  ),
  notify: reader(
    z.object({ delivered: z.array(z.string()), failed: z.array(z.string()) }),
    ({ delivered, failed }) => ({
      text: [...delivered, ...failed.map((failure) => `not ${failure}`)].join(', '),
      isBad: failed.length > 0,
    }),
  ),
  writePostMortem: reader(z.object({ path: z.string() }), (result) => result.path),
};

/** What the work of that name answered; undefined where there is nothing to say. */
export function noteOf(name: string, result: unknown): Note | undefined {
  return Object.hasOwn(notes, name) ? notes[name]?.(result) : undefined;
}
