import { invalidInput } from '../failure.js';
import { parseInput } from '../parse-input.js';
import { Clause, contentWords } from './clause.js';
import type { FeatureAnalyser, FeatureAnalysis } from './analysis.js';
import { examples, headWords } from './lexicon.js';
import { readers } from './readers.js';
import { mostFeatures } from './request.js';
import { cutRequest } from './segments.js';
import { featureKinds, specSchemas, type FeatureKind, type FeatureSpec } from './spec.js';

/** Under this share of understood words, nothing is made. */
const lowestConfidence = 0.51;

/** The analyser that is built in: rules over features, places, counts, colours, prices and times. Costs nothing. */
export const ruleAnalyser: FeatureAnalyser = {
  name: 'rules',
  // eslint-disable-next-line @typescript-eslint/require-await -- others ask a service
  analyse: async (words) => analyseRequest(words),
};

/**
 * What somebody's words ask for. Pure: the same words give the same features.
 * @throws GraveshiftError `InvalidInput` that says what can be asked for when nothing was understood, or names the option
 * that is out of its bounds
 */
export function analyseRequest(words: string): FeatureAnalysis {
  const { clauses, quotes, places, stray } = cutRequest(words);
  if (clauses.length === 0) throw notUnderstood(words);
  const understood: string[] = [];
  const ignored = contentWords(stray);
  let used = 0;
  const features: FeatureSpec[] = [];
  for (const { kind, text } of clauses) {
    const clause = new Clause(text, quotes, places);
    const meant = clause.left().length;
    const spec = readFeature(kind, clause);
    const left = clause.left();
    used += Math.max(0, meant - left.length);
    ignored.push(...left);
    if (features.some((other) => JSON.stringify(other) === JSON.stringify(spec))) continue;
    features.push(spec);
    understood.push(describeFeature(spec));
  }
  if (features.length > mostFeatures) {
    throw invalidInput('the request', [
      {
        field: 'request',
        value: `${features.length} features`,
        remedy: `expected ${mostFeatures} at most in one request: ask for the others in another one`,
      },
    ]);
  }
  const total = used + ignored.length;
  const confidence = total === 0 ? 1 : Math.round((used / total) * 100) / 100;
  // One word that happens to be a feature's does not make a request: most of it meant something else.
  if (confidence < lowestConfidence) throw notUnderstood(words, understood);
  return { features, understood, ignored: [...new Set(ignored)], confidence };
}

function readFeature(kind: FeatureKind, clause: Clause): FeatureSpec {
  const place = clause.takePlace();
  const options = readers[kind](clause);
  return parseInput(specSchemas[kind], `the ${kind} in your request`, {
    feature: kind,
    ...(place !== undefined && { near: place.slice(0, 32).trim() }),
    ...options,
  });
}

/** One line for a person: the feature with its options. */
export function describeFeature(spec: FeatureSpec): string {
  const where =
    spec.feature === 'weather' ? '' : `, ${spec.near === 'spawn' ? 'at the spawn' : `near "${spec.near}"`}`;
  return `${describeOptions(spec)}${where}`;
}

function describeOptions(spec: FeatureSpec): string {
  switch (spec.feature) {
    case 'collectible': {
      const again = spec.respawnSeconds === 0 ? 'once each' : `back after ${spec.respawnSeconds} s`;
      return `collectible: ${spec.count} × ${spec.colour} ${spec.item}, ${spec.value} coins each, ${again}`;
    }
    case 'door': {
      const stays = spec.openSeconds === 0 ? 'stays open' : `open for ${spec.openSeconds} s`;
      return `door: ${spec.doors} ${spec.colour}, one key that ${spec.keepsKey ? 'is kept' : 'breaks'}, ${stays}`;
    }
    case 'shop':
      return `shop of ${spec.keeper}: ${spec.items.map(({ name, price }) => `${name} for ${price} coins`).join(', ')}, ${spec.welcomeCoins} coins to begin with`;
    case 'npc':
      return `npc: ${spec.name}, says "${spec.greeting}", ${spec.topics.length} topics`;
    case 'quest': {
      const again = spec.repeatMinutes === 0 ? 'once' : `again after ${spec.repeatMinutes} min`;
      return `quest "${spec.title}" of ${spec.giver}: find ${spec.count} × ${spec.item} for ${spec.reward} coins, ${again}`;
    }
    case 'weather':
      return `weather: a day of ${spec.dayMinutes} min from ${spec.startHour}:00, ${spec.weathers.join(', ')}, changes every ${spec.changeSeconds} s`;
    case 'safe-zone':
      return `safe zone: ${spec.radius} studs around, heals ${spec.healPerSecond} a second`;
    case 'trap':
      return `trap: ${spec.count} × ${spec.style}, ${spec.damage} damage, armed again after ${spec.rearmSeconds} s`;
    case 'chase':
      return `chase: ${spec.count} × ${spec.creature}, speed ${spec.speed}, sees ${spec.sight} studs, gives up after ${spec.giveUpSeconds} s`;
    case 'leaderboard':
      return `leaderboard: the ${spec.size} with the most ${spec.stat}, every ${spec.refreshSeconds} s`;
  }
}

const otherLanguages =
  /\b(?:ein|eine|einen|der|die|das|dem|den|und|mit|für|wo|spieler|kaufen|un|une|le|la|les|des|avec|pour|et|el|los|las|una|con|para|y|il|lo|gli|di|per|uma|com|een|het|met|voor)\b/giu;

function notUnderstood(words: string, understood: readonly string[] = []): Error {
  const foreign =
    /[^\p{Script=Latin}\p{Script=Common}\p{Script=Inherited}]/u.test(words) ||
    (words.match(otherLanguages)?.length ?? 0) >= 2;
  const near = nearestHeads(words);
  const asks = [
    ...(understood.length > 0
      ? [`only this was understood: ${understood.join('; ')}; say it in other words`]
      : []),
    ...(foreign ? ['only English is understood'] : []),
    ...(near.length > 0 ? [`did you mean ${near.map((word) => `"${word}"`).join(' or ')}?`] : []),
    `ask for one of: ${featureKinds.map((kind) => `${kind} ("${examples[kind]}")`).join('; ')}`,
    'or give a spec (docs/features.md)',
  ];
  return invalidInput('the request', [
    { field: 'request', value: JSON.stringify(words.slice(0, 120)), remedy: asks.join('; ') },
  ]);
}

/** Names of features that a word of the request is nearly: within one edit, or two where it is long. */
function nearestHeads(words: string): string[] {
  const asked = words.toLowerCase().match(/[a-z]{4,20}/g) ?? [];
  const near = headWords.filter((head) =>
    asked
      .slice(0, 40)
      .some(
        (word) => word.startsWith(head.charAt(0)) && editsBetween(word, head) <= (head.length > 6 ? 3 : 2),
      ),
  );
  return [...new Set(near)].slice(0, 3);
}

/** Levenshtein's distance, row by row. */
function editsBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i++) {
    const next = [i];
    for (let j = 1; j <= right.length; j++) {
      const same = left[i - 1] === right[j - 1] ? 0 : 1;
      next.push(Math.min((row[j - 1] ?? 0) + same, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[right.length] ?? left.length;
}
