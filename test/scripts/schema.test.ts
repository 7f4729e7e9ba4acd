import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';

import { renderProjectSchema } from '../../scripts/lib/project-schema.mjs';
import { projectConfigSchema } from '../../src/domain/project.js';

const file = path.resolve(import.meta.dirname, '../../schema/graveshift.schema.json');

const minimal = {
  name: 'village',
  environments: {
    staging: {
      host: 'emulator',
      universeId: 100,
      creator: { type: 'user', id: '1' },
      places: { start: { placeId: '200' } },
    },
  },
};

describe('the JSON Schema of graveshift.json', () => {
  it('is what the code checks; else run "npm run schema"', async () => {
    expect(await readFile(file, 'utf8')).toBe(renderProjectSchema(projectConfigSchema));
  });

  it('lets an editor accept and refuse what the worker accepts and refuses', async () => {
    const schema = JSON.parse(await readFile(file, 'utf8')) as object;
    // `format` and the words of zod's own are for people here.
    const validate = new Ajv({ strict: false, validateFormats: false }).compile(schema);
    const documents: [unknown, boolean][] = [
      [minimal, true],
      [{ ...minimal, $schema: './graveshift.schema.json', season: { curve: 'brutal' } }, true],
      [{ ...minimal, surprise: 1 }, false],
      [{ ...minimal, name: 'Not A Name' }, false],
      [{ ...minimal, season: { firstNight: 0 } }, false],
      [{ environments: minimal.environments }, false],
    ];
    for (const [document, accepted] of documents) {
      expect([document, validate(document)]).toEqual([document, accepted]);
      expect(projectConfigSchema.safeParse(document).success).toBe(accepted);
    }
  });
});
