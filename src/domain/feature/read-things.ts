import { asName, singular, type Clause } from './clause.js';
import { coins, notWord, nounPhrase, only, takeCount, takeItem, words, type Reader } from './reading.js';

export const collectible: Reader = (clause) => {
  const value =
    clause.takeNumber(
      new RegExp(`(?:worth|gives?|for|each)\\s+(-?\\d+)\\s*(?:${coins})?(?: each| apiece)?`),
    ) ?? undefined;
  const respawnSeconds = clause.has(/\b(?:never|do not|don't|no) (?:respawn|come back|return)|\bonly once\b/)
    ? (clause.take(/\b(?:never|do not|don't|no) (?:respawn\w*|come back|return)|\bonly once\b/), 0)
    : clause.takeSeconds(
        '(?:re-?spawn(?:s|ing)?|come back|comes back|return(?:s|ing)?|appear|reappear)?\\s*(?:every|after|each|in)',
      );
  clause.takeAll(/\b(?:re-?spawn(?:s|ing)?|come back|comes back|reappears?)\b/);
  const counted = clause.take(
    new RegExp(
      `(-?\\d+)\\s+((?:(?:shiny|lost|hidden|small|old|little|scattered|rare)\\s+)*)((?:red|orange|yellow|green|blue|purple|pink|white|black|grey|gray|brown|gold|golden|silver)\\s+)?${nounPhrase}`,
      'u',
    ),
  );
  const colour = (counted?.[3] === undefined ? undefined : counted[3].trim()) ?? clause.takeColour();
  const verbItem = takeItem(
    clause,
    'collect|collects|collecting|gather|gathers|gathering|picks? up|find|finds',
  );
  const named = clause.take(
    new RegExp(
      `\\b(coins?|gems?|candles?|lanterns?|orbs?|shards?|relics?|crystals?|tokens?|skulls?|bones?|pumpkins?|treasures?)\\b`,
    ),
  );
  clause.takeAll(
    /\b(?:collectibles?|collectables?|pick-?ups?|collects?|collecting|gather\w*|treasure hunt|scavenger hunt|scattered|hidden|spread|coins?|gems?|worth|hunt|scatters?|picks?(?: up)?|each)\b/,
  );
  const noun = counted?.[4] ?? verbItem?.item ?? named?.[1];
  const item =
    noun === undefined || /^(?:collectibles?|things?|items?)$/.test(noun) ? undefined : singular(noun.trim());
  return only({
    item,
    count: counted?.[1] === undefined ? verbItem?.count : Number(counted[1]),
    value,
    respawnSeconds,
    colour: colour === 'gray' ? 'grey' : colour === 'golden' ? 'gold' : colour,
  });
};

export const door: Reader = (clause) => {
  const openSeconds = clause.takeSeconds(
    '(?:stays? open|open|opens|closes|locks|re-?locks|shuts?)?\\s*(?:again )?(?:for|after)',
  );
  const breaks = clause.take(
    /\b(?:key (?:breaks|is used up|is consumed|vanishes)|(?:1|one|single)[- ]use(?: key)?|used once|breaks)\b/,
  );
  const colour = clause.takeColour();
  const doors = takeCount(clause, 'doors?|gates?');
  clause.takeAll(
    /\b(?:keys?|locks?|locked|unlocks?|unlocking|padlocks?|opens?|matching|closes?|shuts?|stays?)\b/,
  );
  return only({ doors, colour, openSeconds, keepsKey: breaks === undefined ? undefined : false });
};

const lightGivers = /candle|lantern|torch|lamp|flashlight|flare|glow/;

export const shop: Reader = (clause) => {
  const keeper =
    clause.takeName() ??
    (() => {
      const who = clause.take(
        /\b((?:old |blind |mad |young |village )?(?:villager|priest|hermit|witch|farmer|monk|man|woman|grandmother|gravedigger|merchant|vendor|trader|elder|stranger|caretaker))\b/,
      )?.[1];
      return who === undefined ? undefined : asName(who);
    })();
  const welcomeCoins = clause.takeNumber(
    new RegExp(`(?:start(?:s|ing)?|begin(?:s|ning)?) (?:with|at) (-?\\d+)(?:\\s*${coins})?`),
  );
  const limit = clause.takeNumber(
    /(?:at most|max(?:imum)?(?: of)?|limit(?: of)?|up to) (-?\d+)(?: (?:each|items?|per player))*/,
  );
  const items = takeShopItems(clause);
  clause.takeAll(
    new RegExp(
      `\\b(?:shops?|stores?|stalls?|markets?|merchants?|vendors?|traders?|shopkeepers?|kiosks?|sellers?|buy|buys|buying|purchases?|sells?|selling|spend(?:ing)?|pay(?:ing)?|${coins}|items?|each|apiece)\\b`,
    ),
  );
  return only({ keeper, items: items.length === 0 ? undefined : items, welcomeCoins, limit });
};

function takeShopItems(clause: Clause): { name: string; price?: number; light?: boolean }[] {
  const phrase = `((?:${notWord}${words}\\s+){0,2}${notWord}${words})`;
  const price = `(?:\\s+(?:(?:that |which )?costs?|costing|for|at|worth)\\s+(-?\\d+)(?:\\s*${coins})?(?: each| apiece)?)?`;
  const lead =
    clause.take(
      new RegExp(
        `\\b(?:sells?|selling|buys?|buying|purchases?|offers?|stocks?)\\s+(?:a |an |some |the )?${phrase}${price}`,
        'u',
      ),
    ) ??
    clause.take(
      new RegExp(
        `\\b(?:shop|store|stall|market|kiosk)\\s+(?:for|with|of)\\s+(?:a |an |some |the )?${phrase}${price}`,
        'u',
      ),
    );
  if (lead?.[1] === undefined) return [];
  const found = [{ name: lead[1], price: lead[2] }];
  const more = new RegExp(`^\\s*(?:,\\s*(?:and\\s+)?|and\\s+|&\\s*)(?:a |an |some )?${phrase}${price}`, 'u');
  for (let rest = clause.takeAfterGap(more); rest?.[1] !== undefined; rest = clause.takeAfterGap(more)) {
    found.push({ name: rest[1], price: rest[2] });
  }
  const all =
    clause.takeNumber(
      new RegExp(`(?:costs?|costing|priced?(?: at)?|for|at)\\s+(-?\\d+)\\s*${coins}(?: each| apiece)?`),
    ) ?? clause.takeNumber(new RegExp(`(-?\\d+)\\s*${coins}(?: each| apiece)?`));
  return found.map(({ name, price: own }) => {
    const item = singular(name.trim());
    const cost = own === undefined ? all : Number(own);
    return {
      name: item,
      ...(cost !== undefined && { price: cost }),
      ...(lightGivers.test(item) && { light: true }),
    };
  });
}
