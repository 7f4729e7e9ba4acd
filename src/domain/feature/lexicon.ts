import type { FeatureKind } from './spec.js';

/**
 * What features are called. A `noun` names one; a `verb` says what players do with it; a `hint` counts only where
 * nothing else in the request says what is meant.
 */
type Entry = { kind: FeatureKind; noun?: string; verb?: string; hint?: string };

const entries: readonly Entry[] = [
  {
    kind: 'leaderboard',
    noun: 'leader ?boards?|score ?boards?|high ?scores?|rankings?|ranking list|hall of fame|top (?:\\d+ )?players|top list',
  },
  {
    kind: 'safe-zone',
    noun: 'safe[ -]?(?:zones?|areas?|places?|rooms?|havens?|houses?|spots?|camps?)|sanctuary|sanctuaries|refuges?|havens?|shelters?',
  },
  { kind: 'quest', noun: 'quests?|missions?|errands?|bount(?:y|ies)|notice ?boards?', hint: 'tasks?' },
  {
    kind: 'shop',
    noun: 'shops?|stores?|stalls?|markets?|merchants?|vendors?|traders?|shopkeepers?|kiosks?|boutiques?|sellers?',
    verb: 'buy|buys|buying|purchase|purchases|sell|sells|selling',
  },
  {
    kind: 'weather',
    noun: 'weathers?|day-?night(?: cycle)?|time of day|night ?cycle|day ?cycle|thunderstorms?|seasons',
    hint: 'rain|rains|raining|fog|foggy|storms?|stormy|snow|snows|sunset|sunrise|dusk|dawn',
  },
  {
    kind: 'trap',
    noun: '(?:bear |spike |death |fire |booby ?)?traps?|landmines?|booby ?traps?',
    hint: 'spikes?|flames?',
  },
  {
    kind: 'chase',
    noun:
      'monsters?|creatures?|zombies?|beasts?|stalkers?|shamblers?|lurkers?|screamers?|brutes?|killers?|ghosts?|ghouls?|' +
      'chasers?|chases?|demons?|undead|werewol(?:f|ves)|enem(?:y|ies)|phantoms?|wraiths?',
    verb: 'chase|chases|chasing|chased|pursues?|pursuing|hunts?|hunting|runs after',
  },
  {
    kind: 'npc',
    noun:
      'npcs?|villagers?|old (?:man|woman|lady|priest)|priests?|hermits?|strangers?|witch(?:es)?|grandmothers?|farmers?|' +
      'elders?|village elders?|guides?|caretakers?|gravediggers?|characters?|monks?|nuns?|dialogues?|dialogs?|conversations?',
    verb: 'talk|talks|talking|speak|speaks|says|tells|chat|chats',
  },
  {
    kind: 'door',
    noun: 'doors?|gates?|keys?|locks?|padlocks?',
    verb: 'unlock|unlocks|unlocking',
  },
  {
    kind: 'collectible',
    noun: 'collectibles?|collectables?|pick-?ups?|treasure hunt|scavenger hunt|treasures?',
    verb: 'collect|collects|collecting|gather|gathers|gathering|pick up|picks up',
    hint: 'coins?|gems?|candles?|lanterns?|orbs?|shards?|relics?|crystals?|tokens?|skulls?|bones?|pumpkins?',
  },
];

export type Strength = 'noun' | 'verb' | 'hint';
export type Mention = { kind: FeatureKind; strength: Strength; index: number; word: string };

const patterns = entries.flatMap(({ kind, noun, verb, hint }) =>
  Object.entries({ noun, verb, hint }).flatMap(([strength, source]) =>
    source === undefined
      ? []
      : [{ kind, strength: strength as Strength, pattern: new RegExp(`\\b(?:${source})\\b`, 'g') }],
  ),
);

/** Every mention of a feature in the text, in order; of overlapping ones the longest. */
export function mentionsIn(text: string): Mention[] {
  const all = patterns.flatMap(({ kind, strength, pattern }) =>
    [...text.matchAll(pattern)].map((match) => ({ kind, strength, index: match.index, word: match[0] })),
  );
  return all
    .filter(
      (mention) =>
        !all.some(
          (other) =>
            other.word.length > mention.word.length &&
            other.index <= mention.index &&
            other.index + other.word.length >= mention.index + mention.word.length,
        ),
    )
    .sort((a, b) => a.index - b.index);
}

/** What each kind is asked for with, for those who said something else. */
export const examples: Readonly<Record<FeatureKind, string>> = {
  collectible: 'twenty gold coins to collect in the village',
  door: 'three red doors that a key opens',
  shop: 'a shop where players buy candles for 10 coins',
  npc: 'an old priest who says "Beware of the well"',
  quest: 'a quest to find 5 lost candles for 100 coins',
  weather: 'a day and night cycle of 10 minutes with rain and fog',
  'safe-zone': 'a safe zone with radius 30 around the chapel',
  trap: 'six spike traps with 20 damage',
  chase: 'a stalker that chases players with speed 15',
  leaderboard: 'a leaderboard of the ten richest players',
};

/** Words to compare an unknown one with. */
export const headWords: readonly string[] = [
  'collectible',
  'collect',
  'coins',
  'door',
  'key',
  'shop',
  'store',
  'merchant',
  'villager',
  'dialogue',
  'quest',
  'mission',
  'weather',
  'sanctuary',
  'safe zone',
  'trap',
  'monster',
  'chase',
  'leaderboard',
  'scoreboard',
];
