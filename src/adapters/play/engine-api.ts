import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { ReflectionDatabase, type Variant } from 'rbx-dom';
import { z } from 'zod';

import { encodeVariant, type EncodedValue } from './encode-value.js';

/** A class as the model of the engine wants it: texts, which it parses only for the classes that a game uses. */
export type EngineClass = {
  super?: string;
  /** `Name:type`, with `!` where it cannot be written and `?` where it may be nil; separated by spaces. */
  properties: string;
  methods: string;
  events: string;
  callbacks: string;
  /** What differs from the superclass. */
  defaults: Record<string, EncodedValue>;
};

export type EngineApi = {
  classes: Record<string, EngineClass>;
  /** Enum → item → number. */
  enums: Record<string, Record<string, number>>;
  /** What `game:GetService` answers. */
  services: string[];
  /** What `Instance.new` makes. */
  creatable: string[];
};

const reflectionSchema = z.object({
  Classes: z.record(
    z.string(),
    z.object({
      Superclass: z.string().nullish(),
      DefaultProperties: z.record(z.string(), z.custom<Variant>()),
    }),
  ),
  Enums: z.record(z.string(), z.object({ items: z.record(z.string(), z.number()) })),
});

const typingsFile = () =>
  join(
    dirname(createRequire(import.meta.url).resolve('@rbxts/types/package.json')),
    'include',
    'generated',
    'None.d.ts',
  );

/** The classes with their members of `@rbxts/types`, and defaults and enum values of `rbx-dom`. Takes 0.2 s. */
export async function readEngineApi(): Promise<EngineApi> {
  const typings = await readFile(typingsFile(), 'utf8');
  const reflection = reflectionSchema.parse(new ReflectionDatabase().toJSON());
  const classes: Record<string, EngineClass> = {};
  let services: string[] = [];
  let creatable: string[] = [];
  for (const { name, extended, body } of interfacesOf(typings)) {
    if (name === 'Services') services = keysOf(body);
    else if (name === 'CreatableInstances') creatable = keysOf(body);
    else if (extended !== undefined || name === 'RBXObject')
      classes[name] = { ...(extended && { super: extended }), ...membersOf(body), defaults: {} };
  }
  for (const [name, found] of Object.entries(classes)) {
    const own = reflection.Classes[name]?.DefaultProperties ?? {};
    const inherited = reflection.Classes[found.super ?? '']?.DefaultProperties ?? {};
    for (const [property, value] of Object.entries(own)) {
      if (property === 'Attributes' || property === 'Tags') continue;
      if (JSON.stringify(inherited[property]) === JSON.stringify(value)) continue;
      const encoded = encodeVariant(value, () => undefined);
      if (encoded !== undefined) found.defaults[property] = encoded;
    }
  }
  const enums = Object.fromEntries(
    Object.entries(reflection.Enums).map(([name, { items }]) => [name, items]),
  );
  return { classes, enums, services, creatable };
}

/** The file is generated: an interface begins and ends at the line's start, members have an indent of four. */
function* interfacesOf(
  typings: string,
): Generator<{ name: string; extended: string | undefined; body: string }> {
  const pattern = /^interface (\w+)(?:<[^{]*?>)?(?: extends (\w+)[^{]*)? \{\n([^]*?)^\}/gm;
  for (const [, name = '', extended, body = ''] of typings.matchAll(pattern)) yield { name, extended, body };
}

const keysOf = (body: string) => [...body.matchAll(/^ {4}(\w+): /gm)].map(([, key = '']) => key);

function membersOf(body: string): Omit<EngineClass, 'super' | 'defaults'> {
  const properties: string[] = [];
  const methods = new Set<string>();
  const events: string[] = [];
  const callbacks: string[] = [];
  for (const [, readonly, name = '', optional, rest = ''] of body.matchAll(
    /^ {4}(readonly )?(\w+)(\?)?((?:<[^\n]*>)?[(:][^\n]*)/gm,
  )) {
    if (name.startsWith('_nominal')) continue;
    const type = rest.slice(1).trim().replace(/;$/, '');
    if (!rest.startsWith(':')) methods.add(name);
    else if (type.startsWith('RBXScriptSignal')) events.push(name);
    else if (type.startsWith('((') || type.startsWith('(')) callbacks.push(name);
    else properties.push(`${name}:${shortType(type)}${optional ? '?' : ''}${readonly ? '!' : ''}`);
  }
  return {
    properties: properties.join(' '),
    methods: [...methods].join(' '),
    events: events.join(' '),
    callbacks: callbacks.join(' '),
  };
}

/** `number`, `Enum.Material`, `BasePart?`; `any` for what only TypeScript can say. */
function shortType(type: string): string {
  const isNilable = type.endsWith(' | undefined');
  const plain = type.replace(/ \| undefined$/, '');
  if (/^Enum\.\w+$/.test(plain) || /^\w+$/.test(plain)) return `${plain}${isNilable ? '?' : ''}`;
  return 'any';
}
