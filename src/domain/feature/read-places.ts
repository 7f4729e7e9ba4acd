import { only, takeCount, type Reader } from './reading.js';
import { leaderboardStats, trapStyles, weathers } from './spec.js';

export const weather: Reader = (clause) => {
  const change = clause.takeSeconds('chang(?:es|ing|e)\\s+(?:every|each|after)');
  const startHour = clause.takeNumber(
    /(?:start(?:s|ing)?|begin(?:s|ning)?) at (\d+)(?::\d\d)?(?: ?(?:h|o'clock|am|hours?))?/,
  );
  const dayWords =
    clause.takeSeconds('(?:of|every|each|lasts?|lasting|in|takes?|with|for)') ?? clause.takeSeconds('(?:)');
  const known: Readonly<Record<string, (typeof weathers)[number]>> = {
    rain: 'rain',
    rains: 'rain',
    raining: 'rain',
    rainy: 'rain',
    fog: 'fog',
    foggy: 'fog',
    mist: 'fog',
    storm: 'storm',
    storms: 'storm',
    stormy: 'storm',
    thunderstorm: 'storm',
    thunderstorms: 'storm',
    thunder: 'storm',
    snow: 'snow',
    snows: 'snow',
    snowy: 'snow',
    clear: 'clear',
    sunny: 'clear',
    sunshine: 'clear',
  };
  const said = new Set<(typeof weathers)[number]>();
  const pattern = new RegExp(`\\b(${Object.keys(known).join('|')})\\b`);
  for (let word = clause.take(pattern)?.[1]; word !== undefined; word = clause.take(pattern)?.[1]) {
    const kind = known[word];
    if (kind !== undefined) said.add(kind);
  }
  clause.takeAll(
    /\b(?:weathers?|day-?night|cycles?|time of day|night|day|dynamic|changing|changes?|lasts?|lasting|seasons?|sunset|sunrise|dusk|dawn|long)\b/,
  );
  return only({
    dayMinutes: dayWords === undefined ? undefined : Math.max(1, Math.round(dayWords / 60)),
    startHour,
    changeSeconds: change,
    // Weather that never clears is no weather to look forward to.
    weathers: said.size === 0 ? undefined : weathers.filter((one) => one === 'clear' || said.has(one)),
  });
};

export const safeZone: Reader = (clause) => {
  const radius =
    clause.takeNumber(/(?:radius|size|range|diameter)(?: of)? (-?\d+)(?: studs?)?/) ??
    clause.takeNumber(/(-?\d+)[ -]?studs?(?: (?:radius|wide|around|across))?/);
  const heal = clause.takeNumber(
    /heal(?:s|ing)?(?: (?:players?|them|you))?(?: (?:by|for|of))? (-?\d+)(?: (?:health|hp|points?))?(?: (?:per|a|each|every) second)?/,
  );
  const noHeal = clause.take(/\b(?:without|no) healing\b/);
  const colour = clause.takeColour();
  clause.takeAll(
    /\b(?:safe[ -]?(?:zones?|areas?|places?|rooms?|havens?|houses?|spots?|camps?)|sanctuary|refuges?|havens?|shelters?|monsters?|enem(?:y|ies)|cannot|enter|protected|protects?|safe|heals?|healing|nothing|hurt|harm|nobody|no|can't|where)\b/,
  );
  return only({ radius, healPerSecond: noHeal ? 0 : heal, colour });
};

export const trap: Reader = (clause) => {
  const damage =
    clause.takeNumber(/(?:with |do(?:es)? |deals? |dealing |causing |for )?(-?\d+) (?:points? of )?damage/) ??
    clause.takeNumber(/(?:damage(?: of)?|hurts?(?: for)?|takes?) (-?\d+)(?: (?:health|hp|points?|damage))?/);
  const deadly =
    damage === undefined &&
    clause.take(/\b(?:deadly|lethal|kills?(?: players?)?|instantly|death)\b/) !== undefined;
  const rearm = clause.takeSeconds(
    '(?:re-?arms?|resets?|works? again|again|ready)?\\s*(?:every|after|each|in)',
  );
  const radius =
    clause.takeNumber(/radius(?: of)? (-?\d+)(?: studs?)?/) ??
    clause.takeNumber(/(-?\d+)[ -]studs?(?: (?:radius|wide))?/);
  const style = clause.has(/\bbear|\bjaws?\b/)
    ? 'jaws'
    : clause.has(/\bfire|\bflam/)
      ? 'flames'
      : clause.has(/\bspik/)
        ? 'spikes'
        : undefined;
  const count = takeCount(
    clause,
    '(?:bear |spike |death |fire |flame |booby |hidden )?traps?|landmines?|spikes?|flames?',
  );
  clause.takeAll(
    new RegExp(
      `\\b(?:${trapStyles.join('|')}|bear|spike|fire|booby|damage|rearms?|resets?|hidden|hurts?)\\b`,
    ),
  );
  return only({ style, count, damage: deadly ? 100 : damage, rearmSeconds: rearm, radius });
};

const statWords: readonly (readonly [RegExp, (typeof leaderboardStats)[number]])[] = [
  [/\b(?:coins?|rich(?:est)?|wealth(?:iest)?|money|gold)\b/, 'coins'],
  [/\b(?:collected|collectors?|collectibles?|pick-?ups?|candles?|treasures?)\b/, 'collected'],
  [/\b(?:quests?|missions?|completed)\b/, 'quests'],
  [/\b(?:escapes?|escaped|chases?|survived|survivors?)\b/, 'escapes'],
  [/\b(?:minutes?|time|playtime|longest|hours?)\b/, 'minutes'],
];

export const leaderboard: Reader = (clause) => {
  const refresh = clause.takeSeconds('(?:updat(?:es|ed|ing)|refresh(?:es|ed|ing)?)?\\s*(?:every|each)');
  const size =
    clause.takeNumber(/(?:top|best|first) (-?\d+)/) ??
    clause.takeNumber(
      /(-?\d+) (?=(?:\w+ )?(?:players?|names?|places?|entries|rich|best|collectors?|survivors?))/,
    );
  const stat = statWords.find(([pattern]) => clause.has(pattern))?.[1];
  for (const [pattern] of statWords) clause.takeAll(pattern);
  clause.takeAll(
    /\b(?:leader ?boards?|score ?boards?|high ?scores?|rankings?|list|hall of fame|top|best|most|players?|shows?|showing|updates?|refreshes?|fame)\b/,
  );
  return only({ stat, size, refreshSeconds: refresh });
};
