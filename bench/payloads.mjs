/**
 * The largest payload of some histories, and the event that has it.
 * @param {{ workflowId: string, events: object[] }[]} histories
 */
export function findLargestPayload(histories) {
  const found = histories.flatMap(({ workflowId, events }) =>
    events.flatMap((event) =>
      payloadSizes(event).map((bytes) => ({ bytes, where: describeEvent(event, events, workflowId) })),
    ),
  );
  const first = { bytes: 0, where: 'no payload at all' };
  const largest = found.reduce((most, payload) => (payload.bytes > most.bytes ? payload : most), first);
  return {
    ...largest,
    count: found.length,
    totalBytes: found.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Bytes of the data of each payload, wherever in the event it is: arguments, results, summaries, headers, details. */
function payloadSizes(value) {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  if (value.data instanceof Uint8Array && 'metadata' in value) return [value.data.length];
  return Object.values(value).flatMap(payloadSizes);
}

function describeEvent(event, events, workflowId) {
  const attributes = attributesOf(event);
  const activity = activityOf(attributes?.value, events);
  const what = [attributes?.name ?? 'event', ...(activity ? [`of ${activity}`] : [])].join(' ');
  return `${what} (event ${event.eventId} of ${workflowId})`;
}

/** The one member of an event that says what happened: `activityTaskCompletedEventAttributes`. */
function attributesOf(event) {
  const suffix = 'EventAttributes';
  for (const [key, value] of Object.entries(event)) {
    if (key.endsWith(suffix) && value) return { name: key.slice(0, -suffix.length), value };
  }
  return undefined;
}

function activityOf(attributes, events) {
  const scheduled = attributes?.scheduledEventId
    ? events.find(({ eventId }) => String(eventId) === String(attributes.scheduledEventId))
    : undefined;
  return (attributes?.activityType ?? scheduled?.activityTaskScheduledEventAttributes?.activityType)?.name;
}
