import { readFile } from 'node:fs/promises';

import { createAnthropic } from '@ai-sdk/anthropic';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';

import { GraveshiftError } from '../../domain/failure.js';
import type { ModelConfig } from '../../domain/model.js';

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The model as the `ai` library calls it, with its key.
 * @throws GraveshiftError `AccessDenied` that names the variable, never the key
 */
export async function createLanguageModel(config: ModelConfig, env: Variables): Promise<LanguageModel> {
  const apiKey = config.key === undefined ? undefined : await readKey(config.key, env);
  switch (config.provider) {
    case 'anthropic':
      return createAnthropic({
        ...(apiKey !== undefined && { apiKey }),
        ...(config.baseUrl !== undefined && { baseURL: config.baseUrl }),
      })(config.model);
    case 'openai-compatible':
      return createOpenAICompatible({
        name: 'openai-compatible',
        baseURL: config.baseUrl ?? '',
        ...(apiKey !== undefined && { apiKey }),
        supportsStructuredOutputs: true,
      })(config.model);
  }
}

async function readKey(variable: string, env: Variables): Promise<string> {
  const value = (name: string): string => env[name]?.trim() ?? '';
  const file = value(`${variable}_FILE`);
  const key =
    value(variable) === '' && file !== '' ? await readKeyFile(`${variable}_FILE`, file) : value(variable);
  // A header's value; anything else is a damaged copy of a key.
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const problem = key === '' ? 'is not set' : 'holds a character that no key has';
  throw new GraveshiftError(
    'AccessDenied',
    `The key of the language model in ${variable} ${problem}: set ${variable} or ${variable}_FILE where the worker runs.`,
    { details: { variable } },
  );
}

async function readKeyFile(variable: string, file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (cause) {
    throw new GraveshiftError('AccessDenied', `The key file that ${variable} names cannot be read.`, {
      details: { variable, file },
      cause,
    });
  }
}
