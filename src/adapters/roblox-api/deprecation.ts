import ts from 'typescript';

/** `use`, `using`, `superseded by`, … and then the name in backticks, which Markdown links may surround. */
const replacementWords =
  /(?:\buse|\busing|superseded by|replaced (?:by|with)|in favou?r of(?: using)?|renamed to|variant of)\s+(?:the\s+)?\[?`([^`]+)`(?:\s+and\s+`([^`]+)`)?/i;

/**
 * What replaces a deprecated declaration, of which any overload is marked: nothing at all when none is, empty when the
 * mark names nothing. Upstream names it in the tag, or in a paragraph of the documentation that begins with
 * "Deprecated:".
 */
export function deprecationOf(nodes: readonly ts.Node[]): { deprecated?: string } {
  for (const node of nodes) {
    const tag = ts.getJSDocDeprecatedTag(node);
    if (tag === undefined) continue;
    const comment = plainText(tag.comment).trim();
    return { deprecated: comment === '' ? replacementIn(documentationOf(node)) : shortened(comment) };
  }
  return {};
}

/** `Use X instead.` and the like, without the words around the name. */
function shortened(comment: string): string {
  const named = replacementIn(comment);
  return named === '' ? comment.replace(/^(?:use|renamed to)\s+|\s+instead|\(\)|`|\.$/gi, '').trim() : named;
}

function replacementIn(text: string): string {
  const found = replacementWords.exec(text.replace(/\s+/g, ' '));
  return [found?.[1], found?.[2]]
    .filter((name) => name !== undefined)
    .map((name) => name.replace(/\(\)$/, ''))
    .join(' and ');
}

/** The paragraph that says why, where there is one. */
function documentationOf(node: ts.Node): string {
  const text = ts
    .getJSDocCommentsAndTags(node)
    .filter(ts.isJSDoc)
    .map((doc) => plainText(doc.comment))
    .join('\n\n');
  return /\*\*Deprecated:\*\*([\s\S]*?)(?:\n\s*\n|$)/.exec(text)?.[1] ?? '';
}

const plainText = (comment: Parameters<typeof ts.getTextOfJSDocComment>[0]): string =>
  ts.getTextOfJSDocComment(comment) ?? '';
