/**
 * @typedef {{ value: number, detail: string, goal?: number, alsoHolds?: boolean }} Measurement
 * `goal` where it depends on what was measured; `alsoHolds` is false when a second figure, in the detail, misses its goal.
 * @typedef {{
 *   name: string,
 *   unit: string,
 *   goal: number | undefined,
 *   about: string,
 *   measure: (context: import('./measure-all.mjs').BenchContext) => Promise<Measurement>,
 * }} Bench `goal` is the most that the value may be; `about` is its line in the help
 */

/** The modules behind a bench are loaded when it runs: `--help` and a wrong name need no build. */
const lazily = (load, name) => async (context) => (await load())[name](context);
const night = () => import('./night-figures.mjs');
const balance = () => import('./balance.mjs');
const codeGate = () => import('./code-gate.mjs');
const deploy = () => import('./deploy-figures.mjs');

/** @type {Bench[]} in the order in which they run */
export const benches = [
  {
    name: 'demo',
    unit: 's',
    goal: 60,
    about: 'graveshift demo --yes --json in a fresh home, from its start to its end',
    measure: lazily(() => import('./demo.mjs'), 'measureDemo'),
  },
  {
    name: 'worker-start',
    unit: 's',
    goal: 2,
    about: "the worker's process, from its start to its ready line",
    measure: lazily(() => import('./worker-start.mjs'), 'measureWorkerStart'),
  },
  {
    name: 'night-20',
    unit: 's',
    goal: 20,
    about: 'a night of at least 20 assets with an empty store, from its start to the approval',
    measure: lazily(night, 'nightSeconds'),
  },
  {
    name: 'night-actions',
    unit: 'Actions',
    goal: undefined,
    about: 'Actions of that night (at most 3 an asset + 30) and events of its own history (at most 500)',
    measure: lazily(night, 'nightActions'),
  },
  {
    name: 'night-memory',
    unit: 'MB',
    goal: 400,
    about: "the worker's peak memory during that night",
    measure: lazily(night, 'nightMemory'),
  },
  {
    name: 'payload-max',
    unit: 'bytes',
    goal: 16 * 1024,
    about: "the largest payload in that night's histories, its children's included",
    measure: lazily(night, 'largestPayload'),
  },
  {
    name: 'code-gate',
    unit: 's',
    goal: 3,
    about: "the gate on a night's code, after a first night of the same process (at most 8 s for that one)",
    measure: lazily(codeGate, 'measureCodeGate'),
  },
  {
    name: 'type-check',
    unit: 'ms',
    goal: 150,
    about: "the types of 50 modules of 200 lines, with the engine's API loaded",
    measure: lazily(codeGate, 'measureTypeCheck'),
  },
  {
    name: 'balance-400',
    unit: 's',
    goal: 60,
    about: '400 nights of four bots on two cores: what proves that a night is as hard as it should be',
    measure: lazily(balance, 'measureProof'),
  },
  {
    name: 'rules-speed',
    unit: 'ms/s',
    goal: 1,
    about: "a second of a four-bot night, by the night's rules alone, on one core (1 ms: 1,000 × real time)",
    measure: lazily(balance, 'measurePlaySpeed'),
  },
  {
    name: 'play-speed',
    unit: 'ms/s',
    goal: 1,
    about:
      "a simulated second of a night's whole place with four bots, on the model of the engine, on one core",
    measure: lazily(() => import('./play-speed.mjs'), 'measurePlaceSpeed'),
  },
  {
    name: 'deploy-actions',
    unit: 'Actions',
    goal: 40,
    about: 'Actions of a deploy that is approved and kept, and of an emergency rollback (at most 25)',
    measure: lazily(deploy, 'deployActions'),
  },
  {
    name: 'rollback-latency',
    unit: 's',
    goal: 2,
    about: 'an emergency rollback from its start to published, calls excluded, while 1,000 jobs wait',
    measure: lazily(deploy, 'rollbackLatency'),
  },
  {
    name: 'deploys-1000',
    unit: 'runs',
    goal: 0,
    about:
      '1,000 publishes to 100 places with faults: runs lost or doubled, and how busy the quota is (8 minutes)',
    measure: lazily(() => import('./deploys-1000.mjs'), 'measureManyDeploys'),
  },
  {
    name: 'content-10000',
    unit: 'ms',
    goal: 100,
    about: "10,000 placements of procedural content in Luau's VM, from nothing to standing",
    measure: lazily(() => import('./content.mjs'), 'measureContentPlacing'),
  },
  {
    name: 'publish-50mb',
    unit: 'MB',
    goal: 200,
    about: "the worker's peak memory while it publishes a place of 50 MB",
    measure: lazily(() => import('./publish-50mb.mjs'), 'measureLargePublish'),
  },
];

const longest = Math.max(...benches.map(({ name }) => name.length));

export const usage = `Usage: npm run bench [-- [NAME …] [--json] [--check]]

Measures Graveshift on this machine, all benches or those named. A table goes to stderr, and the results to
bench/results.json. How each is measured: docs/bench.md.

Options:
  --json   prints the results as one JSON array on stdout (npm run --silent bench -- --json)
  --check  exits with 1 when a goal does not hold
  --help   prints this

Benches:
${benches.map(({ name, about }) => `  ${name.padEnd(longest)}  ${about}`).join('\n')}

Exit status: 0 measured, 1 something could not be measured (or a goal does not hold, with --check), 2 wrong
arguments, 130 interrupted.
`;
