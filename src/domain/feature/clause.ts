import { colours, type Colour } from './spec.js';

const units: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen twenty'
  )
    .split(' ')
    .map((word, value) => [word, value]),
);
const larger: Readonly<Record<string, number>> = {
  thirty: 30,
  forty: 40,
  fifty: 50,
  sixty: 60,
  seventy: 70,
  eighty: 80,
  ninety: 90,
};
const amounts: Readonly<Record<string, number>> = {
  'a hundred': 100,
  'one hundred': 100,
  'a thousand': 1000,
  'a million': 1_000_000,
  'half a dozen': 6,
  'a dozen': 12,
  dozen: 12,
  'a couple of': 2,
  'a few': 3,
  several: 5,
};

/** Number words as digits: `three red doors` → `3 red doors`. */
export function withDigits(text: string): string {
  let result = text;
  for (const [words, value] of Object.entries({ ...amounts, ...units, ...larger })) {
    result = result.replace(new RegExp(`\\b${words}\\b`, 'g'), String(value));
  }
  // "twenty five" has become "20 5".
  return result.replace(/\b([2-9])0[ -]([1-9])\b/g, '$1$2');
}

/** `old man` → `Old Man`. */
export function asName(words: string): string {
  return words
    .trim()
    .split(/\s+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ')
    .slice(0, 32)
    .trim();
}

/** `candles` → `candle`; words that only look like a plural stay. */
export function singular(noun: string): string {
  if (/(ss|us|is)$/.test(noun) || noun.length < 4) return noun;
  if (noun.endsWith('ies')) return `${noun.slice(0, -3)}y`;
  if (/(ch|sh|x|ss)es$/.test(noun)) return noun.slice(0, -2);
  return noun.endsWith('s') ? noun.slice(0, -1) : noun;
}

const secondsOf: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** Words of one feature, from which readers take what they understand; what is left over was not understood. */
export class Clause {
  private text: string;
  private gap = 0;

  constructor(
    text: string,
    /** What stood in quotes, by number: `@q0`. */
    private readonly quotes: readonly string[],
    /** Where things are, by number: `@p0`. */
    private readonly places: readonly string[],
  ) {
    this.text = text;
  }

  has(pattern: RegExp): boolean {
    return pattern.test(this.text);
  }

  /** The first match, which is then gone from the text. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.text);
    if (match === null) return undefined;
    this.gap = match.index;
    this.text = `${this.text.slice(0, match.index)} ${this.text.slice(match.index + match[0].length)}`;
    return match;
  }

  /** As `take`, for a pattern that must begin where the last match was. */
  takeAfterGap(pattern: RegExp): RegExpExecArray | undefined {
    const match = pattern.exec(this.text.slice(this.gap));
    if (match === null) return undefined;
    this.text = `${this.text.slice(0, this.gap)} ${this.text.slice(this.gap + match[0].length)}`;
    return match;
  }

  takeAll(pattern: RegExp): void {
    while (this.take(pattern));
  }

  /** The number in the first group. */
  takeNumber(pattern: RegExp): number | undefined {
    const found = this.take(pattern)?.[1];
    return found === undefined ? undefined : Number(found);
  }

  /** Seconds of a time such as `every 5 minutes`; the lead-in is a pattern's source. */
  takeSeconds(leadIn: string): number | undefined {
    const match = this.take(
      new RegExp(`(?:${leadIn})\\s+(\\d+)?\\s*(s(?:ec(?:ond)?s?)?|m(?:in(?:ute)?s?)?|h(?:ours?)?)\\b`),
    );
    if (match === undefined) return undefined;
    return Number(match[1] ?? 1) * (secondsOf[(match[2] ?? 's').charAt(0)] ?? 1);
  }

  takeColour(): Colour | undefined {
    const found = this.take(new RegExp(`\\b(${colours.join('|')}|gray|golden)\\b`))?.[1];
    if (found !== undefined) this.takeAll(new RegExp(`\\b${found}\\b`));
    if (found === 'gray') return 'grey';
    return found === 'golden' ? 'gold' : (found as Colour | undefined);
  }

  takePlace(): string | undefined {
    const index = this.takeNumber(/@p(\d+)/);
    return index === undefined ? undefined : this.places[index];
  }

  takeQuotes(): string[] {
    const found: string[] = [];
    for (let next = this.takeNumber(/@q(\d+)/); next !== undefined; next = this.takeNumber(/@q(\d+)/)) {
      const quote = this.quotes[next];
      if (quote !== undefined) found.push(quote);
    }
    return found;
  }

  /** A name after `called` or `named`: quoted, or up to three words. */
  takeName(): string | undefined {
    const quoted = this.takeNumber(/\b(?:called|named|titled)\s+@q(\d+)/);
    if (quoted !== undefined) return this.quotes[quoted];
    const words = this.take(
      /\b(?:called|named|titled)\s+((?!(?:who|that|which|with|and)\b)[\p{L}'’-]+(?:\s+(?!(?:who|that|which|with|and|for|at|says?|where|gives?|sells?|offers?|wants?|in|on|@)\b)[\p{L}'’-]+){0,2})/u,
    )?.[1];
    return words === undefined ? undefined : asName(words);
  }

  /** Words that mean something and were not taken. */
  left(): string[] {
    return this.text
      .replace(/@[pq]\d+/g, ' ')
      .split(/[^\p{L}\p{N}'’-]+/u)
      .filter((word) => word !== '' && !empty.has(word));
  }
}

/** Words that carry no wish of their own. */
const empty = new Set(
  (
    "a an the and or of to in on at for with that which who whom where when then there this these those it its it's is are " +
    'be was were will would should could can may might must i we you they he she them their our my your his her me us ' +
    'please make create build add want wants need needs able like let lets have has having get gets give gives new some any every each ' +
    'all one so as by from into up out also plus too game players player people someone everybody them do does if but ' +
    'not just only very really some put place feature features thing things using use by via s t - around here near'
  ).split(' '),
);

/** Words of a text that mean something: what confidence is measured against. */
export function contentWords(text: string): string[] {
  return new Clause(text, [], []).left();
}
