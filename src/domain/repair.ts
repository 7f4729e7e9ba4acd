import type { CodeFinding } from './code-finding.js';
import { digestOf } from './canonical-json.js';

/** Path → text of what a generator wants to write. */
export type GeneratedFiles = ReadonlyMap<string, string>;

/** What a generator answered: files, or why it cannot be used. */
export type Generated = { files: GeneratedFiles } | { unusable: string };

/** What the next answer should mend. */
export type Attempt = {
  files: GeneratedFiles;
  findings: readonly CodeFinding[];
};

export type GenerationRequest = {
  /** Index into the models, in order of preference. */
  model: number;
  /** From 1. */
  round: number;
  /** From 1; equal requests but for this are asked at once, for different answers. */
  sample: number;
  /** Absent in a first round. */
  previous?: Attempt;
  /** Why the last answer of this model could not be used. */
  complaint?: string;
  /** Only these files are to be written anew; the others are right. */
  only?: readonly string[];
};

export type RepairPorts = {
  generate: (request: GenerationRequest) => Promise<Generated>;
  check: (files: GeneratedFiles) => Promise<CodeFinding[]>;
};

export type RepairLimits = { models: number; rounds: number; samples: number };

export type RepairStep = {
  request: Pick<GenerationRequest, 'model' | 'round' | 'sample' | 'only'>;
  /** Errors that the gate found; absent where the answer could not be used. */
  errors?: number;
  unusable?: string;
};

export type RepairResult = {
  passed: boolean;
  /** The best candidate; absent where no answer could be used. */
  best?: Attempt;
  trace: RepairStep[];
};

/**
 * Generates code until the gate passes: each model gets the gate's findings back for so many rounds; then the files
 * that are wrong are asked for one by one; the best candidate is kept all along. A model that repeats itself is not
 * asked again for the same. What the ports throw ends it.
 */
export async function repair(ports: RepairPorts, limits: RepairLimits): Promise<RepairResult> {
  const run = new RepairRun(ports, limits);
  const models = Array.from({ length: limits.models }, (_, index) => index);
  for (const model of models) {
    if (await run.converse(model)) return run.result(true);
  }
  for (const model of models) {
    if (await run.mendFileByFile(model)) return run.result(true);
  }
  return run.result(false);
}

class RepairRun {
  private best: Attempt | undefined;
  private readonly trace: RepairStep[] = [];

  constructor(
    private readonly ports: RepairPorts,
    private readonly limits: RepairLimits,
  ) {}

  result(passed: boolean): RepairResult {
    return { passed, ...(this.best !== undefined && { best: this.best }), trace: this.trace };
  }

  /** A model's rounds, beginning with what the models before it left. @returns whether the gate passes */
  async converse(model: number): Promise<boolean> {
    let previous = this.best;
    let complaint: string | undefined;
    const seen = new Set<string>();
    for (let round = 1; round <= this.limits.rounds; round++) {
      const answers = await Promise.all(
        Array.from({ length: round === 1 ? this.limits.samples : 1 }, (_, index) =>
          this.attempt({
            model,
            round,
            sample: index + 1,
            ...(previous !== undefined && { previous }),
            ...(complaint !== undefined && { complaint }),
          }),
        ),
      );
      const chosen = answers.filter((answer) => typeof answer !== 'string').sort(byErrors)[0];
      complaint = chosen === undefined ? answers.find((answer) => typeof answer === 'string') : undefined;
      if (chosen === undefined) continue;
      if (errorsOf(chosen) === 0) return true;
      const digest = digestOf(Object.fromEntries(chosen.files));
      if (seen.has(digest)) return false;
      seen.add(digest);
      previous = chosen;
    }
    return false;
  }

  /** One file at a time, the best candidate's others staying as they are. @returns whether the gate passes */
  async mendFileByFile(model: number): Promise<boolean> {
    if (this.best === undefined || this.best.files.size < 2) return false;
    const wrong = new Set(this.best.findings.filter(isError).map(({ file }) => file));
    for (const file of [...this.best.files.keys()].filter((path) => wrong.has(path))) {
      const request = { model, round: this.limits.rounds + 1, sample: 1, only: [file] };
      const answer = await this.attempt({ ...request, previous: this.best });
      if (typeof answer !== 'string' && errorsOf(answer) === 0) return true;
    }
    return false;
  }

  /** @returns what was made, or why the answer is of no use */
  private async attempt(request: GenerationRequest): Promise<Attempt | string> {
    const { previous, complaint: _, ...step } = request;
    const generated = await this.ports.generate(request);
    if ('unusable' in generated) {
      this.trace.push({ request: step, unusable: generated.unusable });
      return generated.unusable;
    }
    // An answer may hold only what it changes.
    const files = previous === undefined ? generated.files : new Map([...previous.files, ...generated.files]);
    const made = { files, findings: await this.ports.check(files) };
    this.trace.push({ request: step, errors: errorsOf(made) });
    if (this.best === undefined || byErrors(made, this.best) < 0) this.best = made;
    return made;
  }
}

const isError = ({ severity }: CodeFinding): boolean => severity === 'error';
const errorsOf = ({ findings }: Attempt): number => findings.filter(isError).length;
/** Fewer errors first, then fewer warnings. */
const byErrors = (a: Attempt, b: Attempt): number =>
  errorsOf(a) - errorsOf(b) || a.findings.length - b.findings.length;
