import { describe, expect, it } from 'vitest';

import { countActions, type History } from '../../src/adapters/temporal/index.js';

const history = (...events: object[]): History => ({ events });

describe('Actions of a history', () => {
  it('bills starts, activities with their retries, timers, signals, updates, children and attribute upserts', () => {
    expect(
      countActions(
        history(
          { workflowExecutionStartedEventAttributes: {} },
          { workflowTaskScheduledEventAttributes: {} },
          { activityTaskScheduledEventAttributes: {} },
          { activityTaskStartedEventAttributes: { attempt: 3 } },
          { activityTaskCompletedEventAttributes: {} },
          { timerStartedEventAttributes: {} },
          { timerFiredEventAttributes: {} },
          { workflowExecutionSignaledEventAttributes: {} },
          { workflowExecutionUpdateAcceptedEventAttributes: {} },
          { startChildWorkflowExecutionInitiatedEventAttributes: {} },
          { upsertWorkflowSearchAttributesEventAttributes: {} },
          { workflowExecutionCompletedEventAttributes: {} },
        ),
      ),
    ).toBe(9);
  });

  it('bills a run of a schedule three', () => {
    const searchAttributes = { indexedFields: { TemporalScheduledById: {} } };
    expect(countActions(history({ workflowExecutionStartedEventAttributes: { searchAttributes } }))).toBe(3);
  });

  it('bills the local activities of one workflow task once', () => {
    const marker = (task: number) => ({
      markerRecordedEventAttributes: {
        markerName: 'core_local_activity',
        workflowTaskCompletedEventId: task,
      },
    });
    expect(countActions(history(marker(4), marker(4), marker(9)))).toBe(2);
  });

  it('counts only what is asked for', () => {
    const timer = (seconds: number) => ({ eventTime: { seconds }, timerStartedEventAttributes: {} });
    expect(countActions(history(timer(1), timer(5)), (event) => Number(event.eventTime?.seconds) > 3)).toBe(
      1,
    );
  });
});
