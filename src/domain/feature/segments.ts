import { withDigits } from './clause.js';
import { mentionsIn, type Mention } from './lexicon.js';
import type { FeatureKind } from './spec.js';

/** A request cut into the words of each feature. Quotes (`@q0`) and places (`@p0`) stand apart: they are nobody's verbs. */
export type CutRequest = {
  clauses: { kind: FeatureKind; text: string }[];
  quotes: string[];
  places: string[];
  /** Words that belong to no feature. */
  stray: string;
};

const placeLead =
  'near(?: to)?|by|beside|next to|close to|around|behind|in front of|outside|inside|at|in|on|within|into|opposite|under|over by|across';
/** After `in`, `on`, `at` and `by` only what surely is a place: "in coins", "by collecting". */
const placeNouns =
  'village|chapel|church|house|barn|forest|woods?|graveyard|cemetery|well|square|tower|lobby|spawn|campfire|camp|river|lake|' +
  'bridge|castle|crypt|school|hospital|mansion|manor|cellar|basement|attic|hall|street|road|gate|swamp|cave|mine|town|' +
  'city|park|garden|market|fountain|mill|lighthouse|dock|harbou?r|hill|ruins|altar|shed|yard|cabin|farm|entrance|exit|beach';
const stop =
  'with|without|but|while|of|has|have|never|do|not|by|it|them|him|her|me|us|you|that|which|who|where|and|for|every|costs?|costing|until|when|if|or|to|called|named|players?|people|as|after|each|from|using|in|on|at|near|so|then|plus|also|says?|is|are|does|gives?|sells?|opens?|chases?';
const placePattern = new RegExp(
  `\\b(${placeLead})\\s+(?:the|a|an|my|our|their|his|her|this)?\\s*((?:(?!(?:${stop})\\b)[\\p{L}][\\p{L}'’-]*)(?:\\s+(?!(?:${stop})\\b)[\\p{L}][\\p{L}'’-]*){0,2})`,
  'gu',
);
const sureLead = /^(near|near to|beside|next to|close to|behind|in front of|outside|opposite|around)$/;

function isPlace(lead: string, words: string): boolean {
  return sureLead.test(lead) || new RegExp(`\\b(?:${placeNouns})$`).test(words);
}

/** What stands between quotation marks; an apostrophe inside a word is none. */
const quotePattern =
  /["“”«»„]([^"“”«»„]{1,400})["“”«»„]|(?<![\p{L}\p{N}])['‘]([^'‘’]{2,400})['’](?![\p{L}\p{N}])/gu;

const separator =
  /(\s*(?:[.;!?\n]+|,\s*(?:and|plus|also)\b|,|\band also\b|\bas well as\b|\balong with\b|\bplus\b|\band\b|&|\+)\s*)/;

const determiner = '(?:a|an|the|some|another|one|\\d+)';
const objectVerbs =
  'find|finds|bring|brings|collect|collects|sell|sells|selling|buy|buys|buying|get|fetch|gather|give|gives|offer|offers|drop|drops|hold|need|needs|require|requires|open|opens|pick up|take|search for|kill|defeat|escape|from|against|by|of|into|no';

/** Cuts a segment before each further feature that it names: `a safe zone with a shop`. */
function cutAtNouns(segment: string): string[] {
  const nouns = mentionsIn(segment).filter(({ strength }) => strength === 'noun');
  const [head] = nouns;
  if (head === undefined) return [segment];
  for (const noun of nouns.slice(1)) {
    const before = segment.slice(0, noun.index);
    const lead = new RegExp(`(?:\\bwith\\s+)?\\b${determiner}\\s+(?:[\\p{L}-]+\\s+){0,2}$`, 'u').exec(before);
    if (noun.kind === head.kind || lead === null || lead.index <= head.index) continue;
    if (new RegExp(`\\b(?:${objectVerbs})\\s+$`).test(before.slice(0, lead.index))) continue;
    if (isOneThing(head.kind, noun.kind)) continue;
    return [segment.slice(0, lead.index), ...cutAtNouns(segment.slice(lead.index))];
  }
  return [segment];
}

/** A villager who gives a quest is the quest's giver; a monster and its chase are one. */
function isOneThing(first: FeatureKind, second: FeatureKind): boolean {
  return first === 'npc' && (second === 'quest' || second === 'shop');
}

/** What the words are about: the first noun, else the first verb, else a hint. */
function kindOf(text: string): { kind: FeatureKind; strength: Mention['strength'] } | undefined {
  const mentions = mentionsIn(text);
  const first = (strength: Mention['strength']) => mentions.find((mention) => mention.strength === strength);
  const noun = first('noun');
  if (noun?.kind === 'npc') {
    const also = mentions.find(
      ({ kind, strength }) => strength !== 'hint' && (kind === 'quest' || kind === 'shop'),
    );
    return { kind: also?.kind ?? 'npc', strength: 'noun' };
  }
  // A treasure is what a quest or a chase is about as often as it is a thing to pick up; so is a monster's voice.
  if (noun?.kind === 'chase') {
    const speaks = mentions.some(({ kind, strength }) => kind === 'npc' && strength === 'verb');
    const hunts = mentions.some(({ kind, strength }) => kind === 'chase' && strength === 'verb');
    if (speaks && !hunts) return { kind: 'npc', strength: 'noun' };
  }
  const best = noun ?? first('verb') ?? first('hint');
  return best && { kind: best.kind, strength: best.strength };
}

function isOnly(text: string, word: RegExp): boolean {
  const nouns = mentionsIn(text).filter(({ strength, kind }) => strength === 'noun' && kind === 'door');
  return nouns.length > 0 && nouns.every((noun) => word.test(noun.word));
}

function keyAndDoor(left: string, right: string): boolean {
  const key = /^(keys?|padlocks?|locks?)$/;
  return isOnly(left, key) !== isOnly(right, key);
}

export function cutRequest(words: string): CutRequest {
  const quotes: string[] = [];
  const places: string[] = [];
  let text = words.normalize('NFKC').replace(quotePattern, (_, double?: string, single?: string) => {
    quotes.push((double ?? single ?? '').trim());
    return ` @q${quotes.length - 1} `;
  });
  text = withDigits(text.toLowerCase())
    .replace(/\bday (?:and|&|\/|n) night\b|\bday\/night\b/g, 'day-night')
    .replace(/\bkeys? and (?:a |an |the |its |matching )?((?:[\p{L}]+ )?doors?)\b/gu, '$1 with key')
    .replace(/\b(doors?) and (?:a |an |the |its |matching )?keys?\b/g, '$1 with key');
  text = text.replace(placePattern, (whole: string, lead: string, place: string) => {
    if (!isPlace(lead, place)) return whole;
    places.push(place);
    return ` @p${places.length - 1} `;
  });

  const clauses: CutRequest['clauses'] = [];
  let stray = '';
  let pending = '';
  const attach = (part: string): void => {
    const last = clauses.at(-1);
    if (last === undefined) pending += part;
    else {
      last.text += part;
      last.kind = kindOf(last.text)?.kind ?? last.kind;
    }
  };
  for (const piece of text.split(separator)) {
    if (piece.trim() === '' || new RegExp(`^${separator.source}$`).test(piece)) {
      attach(piece);
      continue;
    }
    for (const part of cutAtNouns(piece)) {
      const found = kindOf(part);
      const last = clauses.at(-1);
      const relative = /^\s*(?:who|that|which|where|when|it|he|she|they|there|if|while|until)\b/.test(part);
      const joins =
        found === undefined ||
        (last !== undefined &&
          (found.strength === 'hint' ||
            (found.strength === 'verb' && (relative || found.kind === last.kind)) ||
            (relative && found.kind === last.kind) ||
            (found.kind === 'door' && last.kind === 'door' && keyAndDoor(last.text, part))));
      if (joins) attach(part);
      else if (found.strength === 'hint' && clauses.length === 0) pending += part;
      else {
        clauses.push({ kind: found.kind, text: pending + part });
        pending = '';
      }
    }
  }
  if (pending.trim() !== '') {
    const hinted = kindOf(pending);
    if (clauses.length === 0 && hinted) clauses.push({ kind: hinted.kind, text: pending });
    else stray = pending;
  }
  return { clauses, quotes, places, stray };
}
