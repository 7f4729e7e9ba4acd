import { condition, defineSignal, setHandler } from '@temporalio/workflow';

import { gateTickSchema, type GateRow, type GateTick } from '../../../domain/can-deploy.js';
import type { GateResult } from '../../../domain/gate.js';
import type { PipelineRun } from '../run.js';

/** `{gate, verdict, evidence, by}`: a person's word for a gate, where the project's gates are in manual mode. */
export const tickSignal = defineSignal<[unknown]>('tick');

/** What people ticked, the last word of each gate counting. */
export class GateTicks {
  readonly given: GateTick[] = [];
  private open = false;

  constructor(run: PipelineRun) {
    setHandler(tickSignal, (body) => {
      const at = new Date().toISOString();
      const parsed = gateTickSchema.safeParse(
        typeof body === 'object' && body !== null ? { ...body, at } : body,
      );
      if (!parsed.success) {
        run.controls.ignore(
          `tick: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
        );
        return;
      }
      const objection = this.open
        ? run.controls.objectionToVoice(parsed.data.by)
        : 'no gate waits for a tick: the gates are not in manual mode, or were passed already';
      if (objection !== undefined) run.controls.ignore(`tick of ${parsed.data.gate}: ${objection}`);
      else this.given.push(parsed.data);
    });
  }

  /** Waits until every gate that blocks for want of a tick has one. */
  async until(run: PipelineRun, blockers: () => GateRow[]): Promise<void> {
    const unticked = (): GateRow[] => blockers().filter(({ verdict }) => verdict === 'missing');
    if (unticked().length === 0) return;
    this.open = true;
    const names = unticked().map(({ gate }) => gate);
    run.note('gates', `waits for a tick of ${names.join(', ')}`);
    await condition(() => unticked().length === 0);
  }

  /** What was ticked, for the record; from here on nothing more counts. */
  close(): GateResult[] {
    this.open = false;
    return this.given.map(({ gate, verdict, by, at, evidence }) => ({
      gate: `${gate}:tick`,
      verdict,
      summary: `${by} at ${at}: ${evidence}`,
      findings: [],
    }));
  }
}
