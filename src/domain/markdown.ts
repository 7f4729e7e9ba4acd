/** Text as Markdown shows it: nothing in it is markup, nothing ends the line. */
export function plainMarkdown(text: string): string {
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\\`*_[\]|<>~&]/g, (character) => `\\${character}`);
}

/** Text in a code span; a back-tick would end it. */
export function codeMarkdown(text: string): string {
  return `\`${text.replace(/[\p{C}\p{Zl}\p{Zp}`|]+/gu, ' ')}\``;
}

export function tableMarkdown(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
