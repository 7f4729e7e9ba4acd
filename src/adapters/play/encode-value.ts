import type { JsonValue, Variant } from 'rbx-dom';

/** A value for the model: text, number and boolean as they are; anything else as an array whose first member names it. */
export type EncodedValue = string | number | boolean | [kind: string, ...parts: (number | string)[]];

const numbers = (value: JsonValue): number[] =>
  typeof value === 'number'
    ? [value]
    : Array.isArray(value)
      ? value.flatMap(numbers)
      : value !== null && typeof value === 'object'
        ? Object.values(value).flatMap(numbers)
        : [];

/** `rbx-dom` writes what JSON has no number for as text or null; nobody needs an infinite default exactly. */
const finite = (value: JsonValue): number =>
  typeof value === 'number'
    ? value
    : typeof value === 'string'
      ? Number(value.replace(/^inf/i, '1e38')) || 0
      : 0;

/** A property's or an attribute's value; undefined where the model has no use for it. */
export function encodeVariant(
  variant: Variant,
  indexOf: (referent: string) => number | undefined,
): EncodedValue | undefined {
  const [kind, value] = Object.entries(variant)[0] ?? [];
  if (kind === undefined || value === undefined || value === null) return undefined;
  switch (kind) {
    case 'String':
    case 'ProtectedString':
    case 'Content':
    case 'ContentId':
      return typeof value === 'string' ? value : undefined;
    case 'BinaryString':
      return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
    case 'Bool':
      return value === true;
    case 'Int32':
    case 'Int64':
    case 'Float32':
    case 'Float64':
      return finite(value);
    case 'Enum':
      return ['Enum', finite(value)];
    case 'EnumItem': {
      const item = value as { type?: JsonValue; value?: JsonValue };
      return typeof item.type === 'string' ? ['EnumItem', item.type, finite(item.value ?? 0)] : undefined;
    }
    case 'Ref': {
      const index = typeof value === 'string' ? indexOf(value) : undefined;
      return index === undefined ? undefined : ['Ref', index];
    }
    case 'Color3uint8':
      return ['Color3', ...numbers(value).map((channel) => channel / 255)];
    case 'CFrame':
    case 'OptionalCFrame': {
      const { position = null, orientation = null } = value as Record<string, JsonValue>;
      return ['CFrame', ...numbers(position), ...numbers(orientation)];
    }
    case 'Vector2':
    case 'Vector3':
    case 'Color3':
    case 'UDim':
    case 'UDim2':
    case 'NumberRange':
    case 'NumberSequence':
    case 'ColorSequence':
    case 'Rect':
      return [kind, ...numbers(value)];
    case 'BrickColor':
      return ['BrickColor', finite(value)];
    default:
      return undefined;
  }
}
