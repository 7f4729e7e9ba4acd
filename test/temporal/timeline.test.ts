import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { defaultDataConverter, defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { describe, expect, it } from 'vitest';

import { readRunEvents, type History } from '../../src/adapters/temporal/index.js';
import { timelineOf, type TimelineEntry } from '../../src/domain/timeline.js';
import { historiesFolder } from '../support/record-history.js';

const converter = { ...defaultDataConverter, payloadConverter: defaultPayloadConverter } as Parameters<
  typeof readRunEvents
>[1];

async function timelineOfHistory(history: History): Promise<TimelineEntry[]> {
  return timelineOf(await readRunEvents(history, converter));
}

/** Of a run that really happened. */
async function recorded(name: string): Promise<TimelineEntry[]> {
  const text = await readFile(path.join(historiesFolder, `${name}.json`), 'utf8');
  return timelineOfHistory(historyFromJSON(JSON.parse(text)));
}

const said = (entries: readonly TimelineEntry[]): string[] => entries.map(({ what }) => what);

describe('the timeline of a recorded run', () => {
  it('tells a night from its request to its tag, in order', async () => {
    const entries = await recorded('horror-night-approved');
    const words = said(entries);
    const story = [
      /^horrorNight starts, asked for by /,
      /^Read the project$/,
      /^Claim night 1$/,
      /^Balance night 1: (pass|inconclusive), /,
      /^environment-1: \d+ assets$/,
      /^Check the code of night 1: paths pass, syntax pass/,
      /^Commit night 1: [0-9a-f]{9} on graveshift\/night-1-/,
      /^Build the place and read it back: place [0-9a-f]{9}, pass/,
      /^Play the place of night 1 without a screen: (pass|inconclusive), /,
      /^waits for approval$/,
      /^bob said approve/,
      /^the place is free for this run: lease 1$/,
      /^Publish to staging\/start: version 1$/,
      /^Tag night-1: night-1$/,
      /^the run ends: staged$/,
    ].map((pattern) => words.findIndex((line) => pattern.test(line)));
    expect(story).not.toContain(-1);
    expect(story).toEqual([...story].sort((a, b) => a - b));
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).sort());
  });

  it('says who paused, resumed and cancelled, and why', async () => {
    const entries = await recorded('horror-night-paused-and-cancelled');
    expect(entries).toContainEqual(
      expect.objectContaining({ kind: 'people', what: 'ann paused the run: GPU is needed' }),
    );
    expect(said(entries)).toEqual(
      expect.arrayContaining(['ann resumed the run', 'the run is asked to end', 'the run ends, cancelled']),
    );
  });

  it('shows a lost publish, its settle window and what was found afterwards', async () => {
    const entries = await recorded('horror-night-unknown-outcome');
    const from = entries.findIndex(({ what }) =>
      what.startsWith('Publish to staging/start failed (OutcomeUnknown)'),
    );
    expect(entries[from]?.kind).toBe('trouble');
    expect(entries[from + 1]).toMatchObject({ kind: 'wait', what: 'Settle window of a lost publish' });
    expect(entries[from + 1]?.tookMs).toBeGreaterThanOrEqual(10_000);
    expect(entries[from + 2]?.what).toMatch(
      /^Search the history of staging\/start for the lost publish: landed, /,
    );
  });

  it('counts the tries of work whose worker was killed', async () => {
    const words = said(await recorded('horror-night-killed-ten-times'));
    expect(words.some((line) => /\(try [2-9]; the one before: /.test(line))).toBe(true);
  });

  it('says which message had no effect that anybody could read, and not what was in it', async () => {
    const words = said(await recorded('horror-night-approved'));
    expect(words.filter((line) => line === 'message "approve" that nobody can read')).not.toEqual([]);
    expect(words).toContain('message "aprove"');
  });

  it('tells who held a place', async () => {
    const words = said(await recorded('place-one-lease'));
    expect(words.some((line) => line.endsWith('asks for the place'))).toBe(true);
    expect(words.some((line) => line.endsWith('gives the place back'))).toBe(true);
  });
});

const seconds = Date.UTC(2026, 9, 31, 22) / 1000;
const payloads = (value: unknown) => ({ payloads: [defaultPayloadConverter.toPayload(value)] });

/** A history of activities with these results, a second each. */
function historyOf(...results: [name: string, title: string, result: unknown][]): History {
  const events: object[] = results.flatMap(([name, title, result], index) => {
    const eventId = index * 2 + 1;
    return [
      {
        eventId,
        eventTime: { seconds: seconds + index * 2 },
        userMetadata: { summary: defaultPayloadConverter.toPayload(title) },
        activityTaskScheduledEventAttributes: { activityType: { name } },
      },
      {
        eventId: eventId + 1,
        eventTime: { seconds: seconds + index * 2 + 1 },
        activityTaskCompletedEventAttributes: { scheduledEventId: eventId, result: payloads(result) },
      },
    ];
  });
  return { events };
}

describe('the timeline of a deploy', () => {
  it('says what the watch found, and that it is bad', async () => {
    const report = {
      verdict: 'fail',
      summary: '12 of 40 servers crashed',
      signals: [],
      minutes: 4,
      newErrors: [{ fingerprint: 'f1', message: 'Stalker:41: attempt to index nil', count: 12 }],
    };
    const [entry] = await timelineOfHistory(historyOf(['watchRelease', 'Watch version 7', report]));
    expect(entry).toEqual({
      at: '2026-10-31T22:00:01.000Z',
      kind: 'trouble',
      tookMs: 1000,
      what: 'Watch version 7: fail, 12 of 40 servers crashed; new errors: Stalker:41: attempt to index nil (12 times)',
    });
  });

  it('leaves the note out where a result is of another version than this one reads', async () => {
    const [entry] = await timelineOfHistory(historyOf(['watchRelease', 'Watch version 7', { grade: 'B' }]));
    expect(entry).toMatchObject({ kind: 'work', what: 'Watch version 7' });
  });

  it('shows what is under way last', async () => {
    const history = historyOf(
      ['seizePlace', 'Seize the place', { lease: 9 }],
      ['publishPlace', 'Publish', {}],
    );
    history.events?.pop();
    expect(said(await timelineOfHistory(history))).toEqual([
      'Seize the place: lease 9',
      'Publish: under way',
    ]);
  });
});
