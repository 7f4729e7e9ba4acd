/**
 * What other languages have in the place of Luau's syntax, as hints for a line that does not compile. Generators of
 * code, and people who come from Python or JavaScript, write these.
 */
const hints: readonly (readonly [pattern: RegExp, fix: string])[] = [
  [/^\s*def\s+\w+\s*\(/, 'a function is "local function name(…) … end"'],
  [/\belif\b/, '"elif" is "elseif … then"'],
  [/\belse\s+if\b/, '"else if" needs an "end" of its own: write "elseif … then"'],
  [
    /^\s*(?:if|while|for|else|class|def)\b[^"']*:\s*(?:--.*)?$/,
    'blocks are "if … then … end", "for … do … end": no colon',
  ],
  [/!=/, '"not equal" is "~="'],
  [/&&|\|\|/, '"and" and "or" are words'],
  [/(?:^|[=(,\s])!\s*[A-Za-z_(]/, '"!" is "not"'],
  [/\bNone\b/, '"None" is "nil"'],
  [/\b(?:True|False)\b/, '"true" and "false" are in lower case'],
  [/^\s*\/\//, 'a comment begins with "--"'],
  [/\/\*/, 'a comment of many lines is "--[[ … ]]"'],
  [/^\s*#/, 'a comment begins with "--"'],
  [/\+\+|(?<=\w)--\s*$/, '"x++" is "x += 1"'],
  [/^\s*(?:const|let|var)\s+\w/, 'a variable is "local name = …"'],
  [/=>/, 'a function without a name is "function(…) … end"'],
  [/^\s*import\s|^\s*from\s+\w+\s+import\b/, 'another module is "local Name = require(…)"'],
  [/\bnull\b|\bundefined\b/, 'nothing is "nil"'],
  [/\b[fF]""/, 'a string with values in it is `text {value}`'],
  [/^\s*\}\s*(?:else|catch)\b|\)\s*\{\s*$/, 'blocks end with "end": there are no braces'],
  [/\[\s*\w+\s+for\s+\w+\s+in\b/, 'a list is made by a loop and table.insert'],
  [/\btry\b|\bcatch\b|\bexcept\b/, 'errors are caught by pcall(function() … end)'],
  [/^\s*continue\s*;?\s*\w/, '"continue" is the last statement of its block'],
];

/** What the line was meant to be; undefined where nothing is known. The line above is looked at too: errors show late. */
export function syntaxHint(source: string, line: number): string | undefined {
  const lines = source.split('\n');
  for (const text of [lines[line - 1] ?? '', lines[line - 2] ?? '']) {
    const found = hints.find(([pattern]) => pattern.test(text.replace(/"[^"]*"|'[^']*'/g, '""')));
    if (found) return found[1];
  }
  return undefined;
}
