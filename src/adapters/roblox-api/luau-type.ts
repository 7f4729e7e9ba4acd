/** A Luau type, as far as the engine's API needs them. */
export type LuauType =
  | { kind: 'name'; name: string }
  | { kind: 'array'; element: LuauType }
  | { kind: 'record'; fields: readonly LuauField[]; index?: { key: LuauType; value: LuauType } }
  | { kind: 'union'; members: readonly LuauType[] }
  | { kind: 'intersection'; members: readonly LuauType[] }
  | { kind: 'function'; signature: LuauSignature }
  | { kind: 'signal'; arguments: LuauPack };

export type LuauField = { name: string; type: LuauType };

/** Several values at once: arguments, or what a function returns; `rest` is any number more. */
export type LuauPack = { types: readonly LuauType[]; rest?: LuauType };

export type LuauSignature = {
  parameters: readonly LuauField[];
  rest?: LuauType;
  returns: LuauPack;
};

export const named = (name: string): LuauType => ({ kind: 'name', name });
export const anyType = named('any');
export const nilType = named('nil');
export const noValues: LuauPack = { types: [] };
export const anyValues: LuauPack = { types: [], rest: anyType };

export const isNamed = (type: LuauType, name: string): boolean => type.kind === 'name' && type.name === name;

/** The union of the types, flat and without repetition; `any` swallows everything. */
export function unionOf(types: readonly LuauType[]): LuauType {
  const members = new Map<string, LuauType>();
  for (const type of types) {
    for (const member of type.kind === 'union' ? type.members : [type]) {
      members.set(printLuauType(member), member);
    }
  }
  if (members.has('any')) return anyType;
  const [only, ...others] = members.values();
  if (only === undefined) return nilType;
  return others.length === 0 ? only : { kind: 'union', members: [...members.values()] };
}

export const nilable = (type: LuauType): LuauType => unionOf([type, nilType]);

/** One function, or all of a function's overloads. */
export function functionOf(signatures: readonly LuauSignature[]): LuauType {
  const members = new Map<string, LuauType>();
  for (const signature of signatures) {
    const type: LuauType = { kind: 'function', signature };
    members.set(printLuauType(type), type);
  }
  const [only, ...others] = members.values();
  if (only === undefined) throw new Error('a function has at least one signature');
  return others.length === 0 ? only : { kind: 'intersection', members: [...members.values()] };
}

const reservedWords = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(
    ' ',
  ),
);

export const isLuauName = (text: string): boolean => /^[A-Za-z_]\w*$/.test(text) && !reservedWords.has(text);

/** A field's name as it stands before its colon. */
export const printFieldName = (name: string): string =>
  isLuauName(name) ? name : `[${JSON.stringify(name)}]`;

export function printLuauType(type: LuauType): string {
  switch (type.kind) {
    case 'name':
      return type.name;
    case 'array':
      return `{ ${printLuauType(type.element)} }`;
    case 'record':
      return printRecord(type);
    case 'union':
      return printUnion(type.members);
    case 'intersection':
      return type.members.map(printOperand).join(' & ');
    case 'function':
      return `(${printParameters(type.signature)}) -> ${printPack(type.signature.returns)}`;
    case 'signal':
      return `RBXScriptSignal<${printArguments(type.arguments)}>`;
  }
}

function printRecord(type: Extract<LuauType, { kind: 'record' }>): string {
  const index =
    type.index === undefined
      ? []
      : [`[${printLuauType(type.index.key)}]: ${printLuauType(type.index.value)}`];
  const fields = type.fields.map((field) => `${printFieldName(field.name)}: ${printLuauType(field.type)}`);
  const lines = [...fields, ...index];
  return lines.length === 0 ? '{}' : `{ ${lines.join(', ')} }`;
}

function printUnion(members: readonly LuauType[]): string {
  const values = members.filter((member) => !isNamed(member, 'nil'));
  const [only, ...others] = values.map(printOperand);
  if (only === undefined) return 'nil';
  if (values.length === members.length) return [only, ...others].join(' | ');
  return others.length === 0 ? `${only}?` : `(${[only, ...others].join(' | ')})?`;
}

/** Functions, unions and intersections need parentheses beside `|`, `&` and `?`. */
function printOperand(type: LuauType): string {
  const text = printLuauType(type);
  return type.kind === 'function' || type.kind === 'union' || type.kind === 'intersection'
    ? `(${text})`
    : text;
}

function printParameters({ parameters, rest }: LuauSignature): string {
  return [...parameters.map(printField), ...printRest(rest)].join(', ');
}

const printField = ({ name, type }: LuauField): string => `${name}: ${printLuauType(type)}`;

/** `function Fire(self, ...: any): ()`: a declaration, which unlike a type names its rest. */
export function printFunction(
  name: string,
  { parameters, rest, returns }: LuauSignature,
  self?: 'self',
): string {
  const all = [
    ...(self === undefined ? [] : [self]),
    ...parameters.map(printField),
    ...(rest === undefined ? [] : [`...: ${printOperand(rest)}`]),
  ];
  return `function ${name}(${all.join(', ')}): ${printPack(returns)}`;
}

/** What a function returns: `()`, one type, or several in parentheses. */
function printPack(pack: LuauPack): string {
  const [only, ...others] = [...pack.types.map(printLuauType), ...printRest(pack.rest)];
  if (only === undefined) return '()';
  const isPlain = others.length === 0 && pack.types[0]?.kind !== 'function';
  return isPlain ? only : `(${[only, ...others].join(', ')})`;
}

/** A signal's type arguments; one pack in parentheses, unless it is a single type. */
function printArguments(pack: LuauPack): string {
  const types = [...pack.types.map(printLuauType), ...printRest(pack.rest)];
  return pack.types.length === 1 && types.length === 1 ? types.join('') : `(${types.join(', ')})`;
}

function printRest(rest: LuauType | undefined): string[] {
  return rest === undefined ? [] : [`...${printOperand(rest)}`];
}
