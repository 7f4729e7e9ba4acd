import type { z } from 'zod';

export function renderProjectSchema(schema: z.ZodType): string;
