import { readFile } from 'node:fs/promises';

import { format } from 'prettier';
import { describe, expect, it } from 'vitest';

import { designNight } from '../../src/domain/night-design.js';
import { renderMapSvg } from '../../src/domain/night-map-svg.js';
import { difficultyPicture, difficultyTable } from './difficulty-docs.js';
import { season } from './seasons.js';

const docs = new URL('../../docs/', import.meta.url);

// After a change of the curve: `npx vitest run test/night -u` writes table and pictures anew.
describe('docs/night-design.md', () => {
  it('has the table that the code gives', async () => {
    const page = await readFile(new URL('night-design.md', docs), 'utf8');
    const marked = /(<!-- table: begin -->)[\s\S]*(<!-- table: end -->)/;
    expect(page).toMatch(marked);
    const updated = page.replace(marked, (_all, begin: string, end: string) =>
      [begin, '', difficultyTable(), '', end].join('\n'),
    );
    await expect(await format(updated, { parser: 'markdown', printWidth: 110 })).toMatchFileSnapshot(
      '../../docs/night-design.md',
    );
  });

  it('shows the curve that the code gives', async () => {
    await expect(difficultyPicture()).toMatchFileSnapshot('../../docs/images/difficulty-curve.svg');
  });

  it('shows a map that the code gives', async () => {
    const design = designNight({ project: 'demo', night: 8, season: season() });
    await expect(renderMapSvg(design)).toMatchFileSnapshot('../../docs/images/night-8-map.svg');
  });
});
