import { Dom } from 'rbx-dom';

import { placeFormat } from './place-file.js';

/** The sources of a place's scripts; undefined where the bytes are no place that can be read. */
export function scriptSources(bytes: Buffer): string[] | undefined {
  let dom: Dom;
  try {
    dom = placeFormat(bytes) === 'rbxl' ? Dom.fromBinary(bytes) : Dom.fromXml(bytes);
  } catch {
    return undefined;
  }
  return dom.descendants().flatMap(({ className, properties }) => {
    const source = properties.Source?.String;
    return className.endsWith('Script') && typeof source === 'string' ? [source] : [];
  });
}

/** Whether a script of the place holds the text. Bytes that only look like a place are searched as they are. */
export function placeContains(bytes: Buffer, text: string): boolean {
  const sources = scriptSources(bytes);
  return sources === undefined ? bytes.includes(text) : sources.some((source) => source.includes(text));
}
