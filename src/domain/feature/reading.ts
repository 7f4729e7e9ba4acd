import { singular, type Clause } from './clause.js';

/** Options that a clause says; what it does not say keeps its default. Checked by the schema afterwards. */
export type Options = Record<string, unknown>;

export type Reader = (clause: Clause) => Options;

export const coins = '(?:gold )?(?:coins?|gold|bucks|credits|robux|\\$)';

export function only(options: Options): Options {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

export const words = String.raw`[\p{L}'’-]+`;

export const notWord =
  '(?!(?:with|for|that|which|who|where|when|and|or|at|in|on|to|from|using|every|each|are|is|near|by|as|worth|cost|costs|costing|called|named|hidden|scattered|spread|around|after|of|the|their|then|back|come|respawn|so|give|gives|gets?|if|lie|lying|appear|lost|nothing|players?|people|everyone|they|them|it|start|starts)\\b)';

export const nounPhrase = `((?:${notWord}${words}\\s+){0,1}${notWord}${words})`;

/** `20 gold coins`, `6 traps`: the number in front of a noun, with up to two words between. */
export function takeCount(clause: Clause, nouns: string): number | undefined {
  const number = clause.takeNumber(
    new RegExp(
      `(-?\\d+)(?=\\s+(?:(?!(?:coins?|seconds?|minutes?|hours?)\\b)[\\p{L}'-]+\\s+){0,2}(?:${nouns})\\b)`,
      'u',
    ),
  );
  clause.takeAll(new RegExp(`\\b(?:${nouns})\\b`));
  return number;
}

export function takeItem(clause: Clause, verbs: string): { item: string; count?: number } | undefined {
  const match = clause.take(
    new RegExp(
      `\\b(?:${verbs})\\s+(?:(?:up|back)\\s+)?(?:(-?\\d+)\\s+|a\\s+|an\\s+|the\\s+|all\\s+|some\\s+)*(?:lost|hidden|missing|stolen)?\\s*${nounPhrase}`,
      'u',
    ),
  );
  if (match?.[2] === undefined) return undefined;
  const item = singular(match[2].trim());
  return { item, ...(match[1] !== undefined && { count: Number(match[1]) }) };
}

/** A quote without what is no plain writing, which can only be a slip or mischief. */
export function plain(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const kept = text
    .replace(/[^\p{L}\p{N} ,.;:!?'’()&%+-]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, 200);
  return kept === '' ? undefined : kept;
}
