const longestShown = 60;

/** Field names whose values are never repeated, whatever file or argument they turn up in. */
const secretName = /key|token|secret|password|passwd|credential|cookie|authorization/i;

const credentialsInAddress = /\/\/[^/\s@"]+@/g;

/**
 * A value as an error message may show it: JSON, shortened, on one line, without anything that is a secret by
 * the name of its field or by its place in an address.
 */
export function showValue(value: unknown, fieldName = ''): string {
  if (value === undefined) return 'nothing';
  if (secretName.test(fieldName) && typeof value === 'string') return '(not shown)';
  const text = asJson(value).replace(credentialsInAddress, '//…@');
  return text.length <= longestShown ? text : `${text.slice(0, longestShown - 1)}…`;
}

function asJson(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  try {
    const hidden = (name: string, member: unknown): unknown =>
      secretName.test(name) && typeof member === 'string' ? '(not shown)' : member;
    // Functions and symbols have no JSON; the types of the standard library do not say so.
    const text: unknown = JSON.stringify(value, hidden);
    return typeof text === 'string' ? text : `a ${typeof value}`;
  } catch {
    return `a value that is not JSON (${typeof value})`;
  }
}
