import { digestOf } from './canonical-json.js';

/** Frames of the stack trace that tell one error from another: what called them changes more often than they do. */
const topFrames = 3;

/** In this order: what an earlier one replaced, a later one cannot take apart. */
const variableParts: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b[a-z]+:\/\/\S+/gi, '<address>'],
  [/"[^"\n]*"|`[^`\n]*`/g, '<text>'],
  // An apostrophe inside a word is none of the quotes.
  [/(?<!\w)'[^'\n]*'(?!\w)/g, '<text>'],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi, '<id>'],
  [/\b0x[0-9a-f]+\b/gi, '<id>'],
  // Hashes and job ids: long, and of hexadecimal digits only.
  [/\b(?=[a-f]*\d)[0-9a-f]{12,}\b/gi, '<id>'],
  // The instance of a player has the player's name.
  [/\bPlayers\.[^\s.:,)]+/g, 'Players.<player>'],
  [/[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?/gi, '<n>'],
  [/\s+/g, ' '],
];

/** The error without what differs from one occurrence to the next: numbers, ids, addresses, quoted parts, line numbers. */
export function normalizeError(text: string): string {
  return variableParts
    .reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text)
    .trim();
}

/**
 * Sixteen hexadecimal digits that are the same for every occurrence of an error, in each version: line numbers do not
 * count, because they move with every edit above them.
 */
export function fingerprintOf(error: { message: string; stackTrace?: string }): string {
  const frames = (error.stackTrace ?? '')
    .split('\n')
    .map(normalizeError)
    .filter((frame) => frame !== '')
    .slice(0, topFrames);
  return digestOf({ message: normalizeError(error.message), frames }).slice(0, 16);
}
