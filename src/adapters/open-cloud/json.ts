const stringOrNumber = /"(?:\\.|[^"\\])*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/**
 * Parses JSON and keeps integers that a double cannot hold as strings: Roblox ids are int64, and some endpoints
 * answer them as JSON numbers.
 * @throws SyntaxError when the text is not JSON
 */
export function parseJson(text: string): unknown {
  const lossless = text.replaceAll(stringOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
  return JSON.parse(lossless);
}
