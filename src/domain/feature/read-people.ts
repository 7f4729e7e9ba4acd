import { asName, singular } from './clause.js';
import { enemyKinds } from '../night.js';
import { coins, only, plain, takeCount, takeItem, type Reader } from './reading.js';

export const npc: Reader = (clause) => {
  const name = clause.takeName();
  const who = clause.take(
    /\b((?:old |blind |mad |young |wounded |frightened |friendly |village )*(?:npcs?|villagers?|priest|hermit|stranger|witch|man|woman|lady|grandmother|farmer|elder|guide|caretaker|gravedigger|character|monk|nun|ghost|child|girl|boy))\b/,
  )?.[1];
  const lines = clause.takeQuotes();
  const colour = clause.takeColour();
  clause.takeAll(
    /\b(?:npcs?|talks?|talking|speaks?|speaking|says?|tells?|chats?|dialogues?|dialogs?|conversations?|whispers?|warns?|about)\b/,
  );
  const isGeneric = who === undefined || /^(?:npcs?|characters?)$/.test(who);
  const [greeting, ...rest] = lines;
  const farewell = rest.length > 1 ? rest.at(-1) : undefined;
  const topics = (farewell === undefined ? rest : rest.slice(0, -1)).slice(0, 4);
  const asks = ['Tell me more.', 'What else?', 'Go on.', 'And then?'];
  return only({
    name: name ?? (isGeneric ? undefined : asName(singular(who))),
    greeting: plain(greeting),
    topics:
      lines.length === 0
        ? undefined
        : topics.map((answer, index) => ({ ask: asks[index], answer: plain(answer) })),
    farewell: plain(farewell),
    colour,
  });
};

export const quest: Reader = (clause) => {
  const title = clause.takeName() ?? plain(clause.takeQuotes()[0])?.slice(0, 32).trim();
  const reward =
    clause.takeNumber(
      new RegExp(
        `(?:for|gives?|rewards?(?: of| is)?|earns?|pays?|gets?|worth|receives?)\\s+(?:a reward of\\s+)?(-?\\d+)\\s*${coins}`,
      ),
    ) ??
    clause.takeNumber(new RegExp(`(-?\\d+)[ -]${coins}(?: reward)?`)) ??
    clause.takeNumber(/rewards?(?: of| is)? (-?\d+)/);
  const repeat = clause.takeSeconds(
    '(?:repeat(?:s|able|ed)?|again|can be done again)?\\s*(?:every|after|each)',
  );
  const giver = clause.take(
    /\b((?:old |blind |mad |young |wounded |village )*(?:villager|priest|hermit|stranger|witch|man|woman|lady|grandmother|farmer|elder|guide|caretaker|gravedigger|monk|nun|notice ?board))\b/,
  )?.[1];
  const goal = takeItem(
    clause,
    'find|finds|finding|collect|collects|collecting|bring|brings|bringing|fetch|gather|gathers|search for|recover|return',
  );
  clause.takeAll(
    new RegExp(
      `\\b(?:quests?|missions?|errands?|tasks?|bount(?:y|ies)|rewards?|reward|repeatable|repeats?|gives?|${coins}|lost|back)\\b`,
    ),
  );
  return only({
    title: title ?? (goal === undefined ? undefined : `Find the ${goal.item}s`.slice(0, 32)),
    giver: giver === undefined ? undefined : asName(giver),
    item: goal?.item,
    count: goal?.count,
    reward,
    repeatMinutes: repeat === undefined ? undefined : Math.max(1, Math.round(repeat / 60)),
  });
};

const creatureWords: Readonly<Record<string, (typeof enemyKinds)[number]>> = {
  ...Object.fromEntries(enemyKinds.flatMap((kind) => [[kind, kind] as const, [`${kind}s`, kind] as const])),
  zombie: 'shambler',
  zombies: 'shambler',
  undead: 'shambler',
  ghost: 'screamer',
  ghosts: 'screamer',
  phantom: 'screamer',
  wraith: 'screamer',
  ghoul: 'lurker',
  ghouls: 'lurker',
  spider: 'lurker',
  beast: 'brute',
  beasts: 'brute',
  demon: 'brute',
  demons: 'brute',
  werewolf: 'brute',
  killer: 'stalker',
  killers: 'stalker',
};

export const chase: Reader = (clause) => {
  const speed =
    clause.takeNumber(/(?:speed|pace)(?: of)? (-?\d+)/) ??
    clause.takeNumber(/(-?\d+) studs? (?:a|per) second/) ??
    (clause.take(/\b(?:very fast|quick|fast)\b/)
      ? 16
      : clause.take(/\b(?:very slow|slowly|slow)\b/)
        ? 8
        : undefined);
  const sight =
    clause.takeNumber(
      /(?:sees?|sight|range|vision|notices?)(?: players?)?(?: of| from| up to| within)? (-?\d+)(?: studs?)?/,
    ) ?? clause.takeNumber(/(?:within|from) (-?\d+) studs?/);
  const giveUp =
    clause.takeSeconds('(?:gives? up|loses? (?:interest|you|them)|stops?)\\s*(?:after|in)') ??
    clause.takeSeconds('for|after');
  const damage = clause.takeNumber(/(?:with |do(?:es)? |deals? |dealing )?(-?\d+) (?:points? of )?damage/);
  const reward = clause.takeNumber(new RegExp(`(-?\\d+)\\s*${coins}`));
  const word = clause.take(
    new RegExp(
      `\\b(${Object.keys(creatureWords).join('|')})\\b(?! (?:chase|hunt)s? .*(?:${enemyKinds.join('|')}))`,
    ),
  );
  const count =
    word === undefined
      ? takeCount(clause, 'monsters?|creatures?|chasers?|enem(?:y|ies)')
      : clause.takeNumber(/(-?\d+)(?!\s*(?:seconds?|studs?|coins?|damage))/);
  clause.takeAll(
    /\b(?:monsters?|creatures?|chasers?|enem(?:y|ies)|chases?|chasing|chased|pursues?|pursuing|hunts?|hunting|runs after|players?|escap(?:e|es|ing)|gives? up|shak(?:e|es|ing) it off|foot|on foot|damage)\b/,
  );
  return only({
    creature: word?.[1] === undefined ? undefined : creatureWords[word[1]],
    count,
    speed,
    sight,
    giveUpSeconds: giveUp,
    damage,
    reward,
  });
};
