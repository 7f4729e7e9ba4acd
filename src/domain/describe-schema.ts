import { z } from 'zod';

/** The schema under optional, default and transform wrappers: what a person has to write. */
export function unwrapSchema(schema: unknown): unknown {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodReadonly
  ) {
    return unwrapSchema(schema.unwrap());
  }
  if (schema instanceof z.ZodPipe) return unwrapSchema(schema.in);
  return schema;
}

/** The schema of the field at `path`, or undefined where the path leaves what the schema describes. */
export function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  let current: unknown = schema;
  for (const key of path) {
    const container = unwrapSchema(current);
    if (container instanceof z.ZodObject) current = (container.shape as Record<PropertyKey, unknown>)[key];
    else if (container instanceof z.ZodRecord) current = container.valueType;
    else if (container instanceof z.ZodArray) current = container.element;
    else return undefined;
  }
  return current;
}

/** Names of the fields that an object schema reads; empty for anything else. */
export function fieldsOf(schema: unknown): string[] {
  const object = unwrapSchema(schema);
  return object instanceof z.ZodObject ? Object.keys(object.shape) : [];
}

/** The first example or, failing that, the description that the schema carries for people. */
export function annotationsOf(schema: unknown): { example?: unknown; description?: string } {
  for (let current = schema; current instanceof z.ZodType;) {
    const meta = current.meta();
    const example: unknown = Array.isArray(meta?.examples) ? meta.examples[0] : undefined;
    if (example !== undefined) return { example };
    if (meta?.description !== undefined) return { description: meta.description };
    const inner: unknown = current instanceof z.ZodPipe ? current.in : unwrapSchema(current);
    if (inner === current) break;
    current = inner;
  }
  return {};
}

/** What a schema takes, in words that follow "expected", such as `a whole number from 1 to 1000`. */
export function describeSchema(schema: unknown): string | undefined {
  const bare = unwrapSchema(schema);
  if (bare instanceof z.ZodNumber) {
    const whole = bare.format?.includes('int') === true;
    return `${whole ? 'a whole number' : 'a number'}${rangeOf(bare.minValue, bare.maxValue, whole)}`;
  }
  if (bare instanceof z.ZodString) return `text${lengthOf(bare.minLength, bare.maxLength, 'characters')}`;
  if (bare instanceof z.ZodURL) return 'an address such as "http://127.0.0.1:34872"';
  if (bare instanceof z.ZodBoolean) return 'true or false';
  if (bare instanceof z.ZodEnum) return oneOf(bare.options.map((option) => JSON.stringify(option)));
  if (bare instanceof z.ZodLiteral) return oneOf([...bare.values].map((value) => JSON.stringify(value)));
  if (bare instanceof z.ZodArray) {
    const element = describeSchema(bare.element);
    return `a list${element === undefined ? '' : `, each item ${element}`}`;
  }
  if (bare instanceof z.ZodObject) {
    return `an object with ${Object.keys(bare.shape).length === 0 ? 'no fields' : `the fields ${Object.keys(bare.shape).join(', ')}`}`;
  }
  if (bare instanceof z.ZodRecord) return 'an object of named entries';
  if (bare instanceof z.ZodUnion) {
    const options = bare.options.map((option) => describeSchema(option));
    return options.every((option) => option !== undefined) ? [...new Set(options)].join(' or ') : undefined;
  }
  return undefined;
}

function rangeOf(minimum: number | null, maximum: number | null, whole: boolean): string {
  const unbounded = whole ? Number.MAX_SAFE_INTEGER : Infinity;
  const low = minimum !== null && minimum > -unbounded ? minimum : undefined;
  const high = maximum !== null && maximum < unbounded ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}`;
  if (high !== undefined) return ` of at most ${high}`;
  return '';
}

function lengthOf(minimum: number | null, maximum: number | null, unit: string): string {
  if (minimum !== null && maximum !== null) return ` of ${minimum} to ${maximum} ${unit}`;
  if (minimum !== null) return minimum === 1 ? ' that is not empty' : ` of at least ${minimum} ${unit}`;
  if (maximum !== null) return ` of at most ${maximum} ${unit}`;
  return '';
}

function oneOf(options: string[]): string {
  const last = options.at(-1) ?? '';
  return options.length < 2 ? last : `${options.slice(0, -1).join(', ')} or ${last}`;
}
