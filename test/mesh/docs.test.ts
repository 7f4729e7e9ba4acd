import { readFile } from 'node:fs/promises';

import { describe, expect, it } from 'vitest';

import { proceduralRecipes } from '../../src/adapters/mesh/index.js';

const page = await readFile(new URL('../../docs/assets.md', import.meta.url), 'utf8');

describe('docs/assets.md', () => {
  it.each(proceduralRecipes)(
    'documents the recipe $name as it is',
    ({ name, role, defaultSizeStuds, parameters }) => {
      const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| \`${name}\``));
      const cells = row.split('|').map((cell) => cell.trim());
      const { x, y, z } = defaultSizeStuds;
      expect(cells.slice(2, 4)).toEqual([role, `${x} × ${y} × ${z}`]);
      for (const [parameter, table] of Object.entries(parameters)) {
        const values =
          table.kind === 'number'
            ? `${table.minimum} … ${table.maximum} (${table.default})`
            : table.choices.map((choice) => `\`${choice}\``).join(', ');
        expect(cells[5]).toContain(`\`${parameter}\` ${values}: `);
      }
    },
  );
});
