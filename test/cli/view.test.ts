import pico from 'picocolors';
import { describe, expect, it } from 'vitest';

import { createContext } from '../../src/cli/context.js';
import { createLiveView } from '../../src/cli/view/live-view.js';
import { PlainView } from '../../src/cli/view/plain-view.js';
import { alignColumns, displayWidth, fitText, plainText, showDuration } from '../../src/cli/view/text.js';
import { percentWithChildren, renderTree, type RunView } from '../../src/cli/view/tree.js';
import type { Progress, StepProgress } from '../../src/domain/progress.js';
import { captureOutput } from './run-cli.js';
import { Readable } from 'node:stream';

const colors = pico.createColors(false);
const nowMs = Date.parse('2026-01-01T00:01:00Z');

function progressOf(steps: StepProgress[], more: Partial<Progress> = {}): Progress {
  const done = steps.filter(({ state }) => state === 'done').length;
  return {
    state: 'running',
    step: steps[0]!.id,
    stepsDone: done,
    stepsTotal: steps.length,
    percent: Math.floor((100 * done) / steps.length),
    cost: 0,
    attention: [],
    steps,
    ignored: [],
    ...more,
  };
}

const design: StepProgress = {
  id: 'design',
  title: 'Design the night',
  weight: 1,
  state: 'done',
  startedAt: '2026-01-01T00:00:00Z',
  finishedAt: '2026-01-01T00:00:02Z',
};
const assets: StepProgress = {
  id: 'enemies',
  title: 'Make enemies',
  weight: 1,
  state: 'running',
  startedAt: '2026-01-01T00:00:02Z',
  children: ['demo/night-1/enemies-1'],
};
const child = progressOf([
  {
    id: 'assets',
    title: 'Make',
    weight: 3,
    state: 'running',
    note: '2 of 3',
    startedAt: '2026-01-01T00:00:02Z',
  },
  { id: 'seal', title: 'Seal', weight: 1, state: 'waiting' },
]);
const view: RunView = {
  title: 'Night 1',
  progress: progressOf([design, assets], { eta: '2026-01-01T00:02:00Z' }),
  children: new Map([['demo/night-1/enemies-1', child]]),
};

describe('text', () => {
  it('takes terminal control out of what others wrote', () => {
    expect(plainText('a\u001b[2Jb\u001b]0;title\u0007c\rd\ne\u009b31mf')).toMatch(/^[ -~]*a.*b.*c.*d.*e.*f$/);
    expect(plainText('one\n  two', { lines: true })).toBe('one\n  two');
    expect(plainText('one\n  two')).toBe('one two');
  });

  it('cuts by columns, wide characters as two', () => {
    expect(displayWidth('夜の墓')).toBe(6);
    expect(fitText('夜の墓場', 5)).toBe('夜の…');
    expect(fitText('short', 5)).toBe('short');
    expect(fitText('longer', 5)).toBe('long…');
  });

  it('shows durations', () => {
    expect([400, 12_400, 185_000, 7_800_000].map(showDuration)).toEqual([
      '0.4 s',
      '12 s',
      '3 min 05 s',
      '2 h 10 min',
    ]);
  });

  it('aligns columns by what they show', () => {
    expect(
      alignColumns([
        ['a', 'b'],
        ['夜', 'c'],
      ]),
    ).toEqual(['a   b', '夜  c']);
  });
});

describe('tree', () => {
  it('shows bar, estimate, steps with their times, and the children of what runs', () => {
    const lines = renderTree(view, { width: 100, colors, nowMs });
    expect(lines[0]).toBe('Night 1');
    expect(lines[1]).toMatch(/█+░+ {2}7\d % · 1 of 2 steps · running · about 1 min 00 s left/);
    expect(lines[2]).toBe('  ✔ Design the night (2.0 s)');
    expect(lines[3]).toBe('  ▶ Make enemies (58 s)');
    expect(lines[4]).toContain('enemies-1 running: 2 of 3');
  });

  it('counts a running step by how far its children are', () => {
    expect(percentWithChildren(view, view.progress!)).toBe(75);
    expect(percentWithChildren({ children: new Map() }, view.progress!)).toBe(50);
  });

  it.each([20, 33, 80])('stays within %i columns', (width) => {
    const long = { ...assets, note: '墓'.repeat(90) };
    const lines = renderTree({ ...view, progress: progressOf([design, long]) }, { width, colors, nowMs });
    expect(lines.filter((line) => displayWidth(line) > width)).toEqual([]);
  });

  it('says what is awaited, by whom it is paused, and that nobody answers', () => {
    const attention = [
      { step: 'enemies', problem: 'no mesh', kind: 'AssetGenerationFailure', actions: [], since: '' },
    ];
    const progress = progressOf([assets], {
      attention,
      paused: { by: 'ana', reason: 'play-test', since: '' },
    });
    const text = renderTree(
      { ...view, progress, trouble: 'no worker answers' },
      { width: 100, colors, nowMs },
    ).join('\n');
    expect(text).toContain('enemies needs attention (AssetGenerationFailure): no mesh');
    expect(text).toContain('paused by ana: play-test');
    expect(text).toContain('no worker answers');
  });
});

describe('plain lines', () => {
  it('writes one for each change, and none without', () => {
    const said: string[] = [];
    const plain = new PlainView({ say: (text) => void said.push(text) }, () => new Date(nowMs));
    plain.show(view);
    plain.show(view);
    expect(said).toEqual([
      '00:01:00 Night 1',
      '00:01:00 ✔ Design the night (2.0 s)',
      '00:01:00 ▶ Make enemies',
      '00:01:00   enemies-1 2 of 3',
    ]);
    plain.show({ ...view, trouble: 'no worker answers' });
    plain.show({ ...view, trouble: 'no worker answers' });
    plain.show({
      ...view,
      progress: progressOf([design, { ...assets, state: 'attention' }], { state: 'attention' }),
    });
    expect(said.slice(4)).toEqual([
      '00:01:00 no worker answers',
      '00:01:00 it answers again',
      '00:01:00 ! Make enemies',
      '00:01:00 the run is attention at design (50 %)',
    ]);
  });
});

describe('live view', () => {
  const contextOn = (terminal?: { columns: number; rows: number }, env = {}) => {
    const output = captureOutput(terminal);
    const streams = {
      stdin: Readable.from([]),
      stdout: captureOutput().stream,
      stderr: output.stream,
      env,
      cwd: '/',
    };
    return { context: createContext(streams), text: output.text };
  };

  it('redraws in place on a terminal, and gives the cursor back', () => {
    const { context, text } = contextOn({ columns: 60, rows: 24 }, { NO_COLOR: '1' });
    const live = createLiveView(context);
    live.show(view);
    live.show(view);
    live.stop();
    const lines = renderTree(view, { width: 59, colors, nowMs }).length;
    expect(text()).toContain(`\u001b[${lines}A`);
    expect(text().startsWith('\u001b[?25l')).toBe(true);
    expect(text().endsWith('\u001b[?25h')).toBe(true);
  });

  it('never draws more lines than the window has', () => {
    const { context, text } = contextOn({ columns: 60, rows: 4 }, { NO_COLOR: '1' });
    const live = createLiveView(context);
    live.show(view);
    live.stop();
    expect(text()).toContain('\u001b[3A');
  });

  it.each([{ terminal: undefined }, { terminal: { columns: 60, rows: 24 }, env: { TERM: 'dumb' } }])(
    'writes plain lines elsewhere: %o',
    ({ terminal, env }) => {
      const { context, text } = contextOn(terminal, env);
      const live = createLiveView(context);
      live.show(view);
      live.stop();
      expect(text()).toContain('✔ Design the night');
      expect(text()).not.toContain('\u001b');
    },
  );
});
