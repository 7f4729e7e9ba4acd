import type { z } from 'zod';

import { annotationsOf, describeSchema, fieldsOf, schemaAt } from './describe-schema.js';
import { invalidInput, type InputProblem } from './failure.js';
import { showValue } from './show-value.js';

/** More than this says nothing new to a person, and the run's history keeps every one. */
const mostProblems = 20;

type Issue = z.core.$ZodIssue;

/**
 * Parses data from outside.
 *
 * @param subject what is parsed, for the message's first line, such as `the input of horrorNight`
 * @throws GraveshiftError `InvalidInput` that lists every problem with its field, the value found, and the remedy
 */
export function parseInput<Schema extends z.ZodType>(
  schema: Schema,
  subject: string,
  value: unknown,
): z.output<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.flatMap((issue) => problemsOf(schema, value, issue));
  throw invalidInput(subject, problems.slice(0, mostProblems));
}

function problemsOf(schema: unknown, root: unknown, issue: Issue): InputProblem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = fieldsOf(schemaAt(schema, issue.path));
    return issue.keys.map((key) => unknownField(root, [...issue.path, key], known));
  }
  if (issue.code === 'invalid_key') {
    const name = issue.path.at(-1);
    return [
      {
        field: fieldPath(issue.path),
        value: `the name ${showValue(name)}`,
        remedy: `expected a name that fits: ${issue.issues.map((inner) => inner.message).join('; ')}`,
      },
    ];
  }
  const found = valueAt(root, issue.path);
  return [
    {
      field: fieldPath(issue.path),
      value: showValue(found, String(issue.path.at(-1) ?? '')),
      remedy: remedyOf(schemaAt(schema, issue.path), issue),
    },
  ];
}

function unknownField(root: unknown, path: PropertyKey[], known: string[]): InputProblem {
  const name = String(path.at(-1));
  const near = nearest(name, known);
  const remedy =
    near === undefined
      ? `nothing reads this field; known here: ${known.join(', ') || 'none'}`
      : `nothing reads this field; did you mean "${near}"?`;
  return { field: fieldPath(path), value: showValue(valueAt(root, path), name), remedy };
}

function remedyOf(schema: unknown, issue: Issue): string {
  // A message of our own schemas already says what was expected; zod's defaults do not name the whole rule.
  if (issue.message.startsWith('expected ')) return issue.message;
  const { example, description } = annotationsOf(schema);
  const rule = describeSchema(schema);
  const pattern = issue.code === 'invalid_format' && issue.format === 'regex' ? issue.pattern : undefined;
  const expected = `expected ${rule ?? issue.message}${pattern === undefined ? '' : ` that matches ${pattern}`}`;
  if (example !== undefined) return `${expected}, such as ${exampleFor(issue.path, example)}`;
  return description === undefined ? expected : `${expected} (${description})`;
}

function exampleFor(path: readonly PropertyKey[], example: unknown): string {
  const name = path.findLast((key) => typeof key === 'string');
  return name === undefined ? JSON.stringify(example) : `{"${name}": ${JSON.stringify(example)}}`;
}

/** `approvals.approvers[2]`; the whole value is called `input`. */
function fieldPath(path: readonly PropertyKey[]): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text === '' ? 'input' : text.replace(/^\./, '');
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  let current = root;
  for (const key of path) {
    if (current === null || typeof current !== 'object' || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}

/** The known name within two edits, or a third of the name's length; undefined when none is near. */
function nearest(name: string, known: readonly string[]): string | undefined {
  const limit = Math.max(2, Math.floor(name.length / 3));
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < candidate.length && distance < (best?.distance ?? Infinity)) {
      best = { candidate, distance };
    }
  }
  return best?.candidate;
}

/** Levenshtein's distance, row by row; names longer than any field of ours are cut first. */
function editDistance(from: string, to: string): number {
  const left = from.slice(0, 64);
  const right = to.slice(0, 64);
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (left[i - 1] === right[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? left.length;
}
