import { readFile } from 'node:fs/promises';

import { afterAll, describe, expect, it } from 'vitest';

import { layOutContent, readContentProgram, renderContentSvg } from '../../src/adapters/content/index.js';
import { contentRequestSchema } from '../../src/domain/content/request.js';
import { ruleForms } from '../../src/domain/content/rule.js';
import { luauTools } from '../support/luau-tools.js';
import { planOf } from './fixtures.js';

const page = await readFile('docs/content.md', 'utf8');
const luau = await luauTools();
afterAll(() => luau.close());

describe('docs/content.md', () => {
  it('has a complete example that is accepted as it stands', () => {
    const example = /```json\n([\s\S]*?)```/.exec(page)?.[1];
    const { config } = planOf(JSON.parse(example ?? ''));
    expect(config.id).toBe('hill');
    expect(config.kinds.map(({ name }) => name)).not.toContain('chapel');
  });

  it('names every field of the request and every form of a rule', () => {
    for (const field of Object.keys(contentRequestSchema.shape)) expect(page).toContain(`| \`${field}\``);
    for (const form of ruleForms) expect(page).toContain(`| \`${form}\``);
  });

  it('shows the map that its command draws', async () => {
    const { config } = planOf({ contentType: 'graveyard', seed: 7 });
    const layout = await layOutContent(luau.runtime, await readContentProgram(), config);
    expect(await readFile('docs/images/content-graveyard.svg', 'utf8')).toBe(
      renderContentSvg(config, layout),
    );
  });
});
