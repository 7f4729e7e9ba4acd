import { z } from 'zod';

/** The JSON Schema of `graveshift.json`, for editors, as the text of a file. */
export function renderProjectSchema(schema) {
  // What a person may write: defaults left out, ids as numbers too.
  const { $schema, ...rest } = z.toJSONSchema(schema, { io: 'input', target: 'draft-7' });
  const document = { $schema, title: 'A Graveshift project (graveshift.json)', ...rest };
  return `${JSON.stringify(document, null, 2)}\n`;
}
