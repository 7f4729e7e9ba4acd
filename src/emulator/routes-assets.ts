import { randomUUID } from 'node:crypto';

import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

import type { EmulatorContext } from './context.js';
import { keyOf } from './context.js';
import { endpoints } from './endpoints.js';
import { arrive } from './faults.js';
import { Refusal } from './refusal.js';
import type { Creator, ModerationOutcome, StoredOperation } from './state.js';

/** What the assets service takes for one file. */
const largestAssetBytes = 20 * 1024 * 1024;

const id = z.union([z.string().regex(/^[1-9][0-9]{0,18}$/), z.int().positive()]).transform(String);
const newAssetSchema = z.object({
  assetType: z.literal('Model'),
  displayName: z.string().min(1).max(50),
  description: z.string().max(1000),
  creationContext: z.object({
    creator: z.union([
      z.object({ userId: id }).transform(({ userId }): Creator => ({ type: 'user', id: userId })),
      z.object({ groupId: id }).transform(({ groupId }): Creator => ({ type: 'group', id: groupId })),
    ]),
  }),
});

/** Creating assets, their operations, and what moderation made of them. */
export function registerAssetRoutes(server: FastifyInstance, context: EmulatorContext): void {
  const { store, now, operationDelayMs, moderationDelayMs } = context;

  const ageOf = (operation: StoredOperation) => now() - Date.parse(operation.createdTime);
  const outcomeOf = (operation: StoredOperation): ModerationOutcome =>
    store.read().moderation[operation.displayName] ?? 'approved';

  function moderationStateOf(operation: StoredOperation): string {
    if (ageOf(operation) < operationDelayMs + moderationDelayMs) return 'Reviewing';
    const outcome = outcomeOf(operation);
    return outcome === 'approved' ? 'Approved' : outcome === 'rejected' ? 'Rejected' : 'Reviewing';
  }

  const assetAnswer = (operation: StoredOperation) => ({
    path: `assets/${operation.assetId}`,
    revisionId: '1',
    revisionCreateTime: operation.createdTime,
    assetId: operation.assetId,
    displayName: operation.displayName,
    description: operation.description,
    assetType: 'Model',
    creationContext: {
      creator:
        operation.creator.type === 'user'
          ? { userId: operation.creator.id }
          : { groupId: operation.creator.id },
    },
    moderationResult: { moderationState: moderationStateOf(operation) },
    state: 'Active',
  });

  server.route({
    method: endpoints.createAsset.method,
    url: endpoints.createAsset.url,
    config: { endpoint: endpoints.createAsset },
    async handler(request) {
      const { metadata, content } = await readForm(request);
      const key = keyOf(request);
      const { creator } = metadata.creationContext;
      const owns =
        (creator.type === 'user' && creator.id === key.ownerId) ||
        Object.values(store.read().universes).some(
          (universe) => universe.creator.type === creator.type && universe.creator.id === creator.id,
        );
      if (!owns) throw new Refusal(403, 'The API key may not create assets for this creator.');
      if (!content.subarray(0, 4).equals(Buffer.from('glTF'))) {
        throw new Refusal(400, 'Failed to parse the file: it is not a binary glTF.');
      }
      const sha256 = await store.putBlob(content);
      const operationId = randomUUID();
      await store.mutate((draft) => {
        draft.operations[operationId] = {
          assetId: assetIdOf(draft.nextId),
          ownerId: key.ownerId,
          displayName: metadata.displayName,
          description: metadata.description,
          creator,
          sha256,
          createdTime: new Date(now()).toISOString(),
          rolledBackTo: [],
        };
        draft.nextId += 1;
      });
      return { path: `operations/${operationId}`, operationId, done: false };
    },
  });

  server.route<{ Params: { operationId: string } }>({
    method: endpoints.operation.method,
    url: endpoints.operation.url,
    config: { endpoint: endpoints.operation },
    handler(request) {
      const { operationId } = request.params;
      const operation = store.read().operations[operationId];
      if (operation?.ownerId !== keyOf(request).ownerId)
        throw new Refusal(404, 'The operation was not found.');
      const answer = { path: `operations/${operationId}`, operationId };
      if (ageOf(operation) < operationDelayMs) return { ...answer, done: false };
      if (outcomeOf(operation) === 'failed') {
        return { ...answer, done: true, error: { code: 3, message: 'The file could not be processed.' } };
      }
      return { ...answer, done: true, response: assetAnswer(operation) };
    },
  });

  server.route<{ Params: { assetId: string } }>({
    method: endpoints.asset.method,
    url: endpoints.asset.url,
    config: { endpoint: endpoints.asset },
    handler(request) {
      const operation = Object.values(store.read().operations).find(
        ({ assetId }) => assetId === request.params.assetId,
      );
      if (
        operation === undefined ||
        ageOf(operation) < operationDelayMs ||
        outcomeOf(operation) === 'failed'
      ) {
        throw new Refusal(404, `Asset ${request.params.assetId} does not exist.`);
      }
      return assetAnswer(operation);
    },
  });
}

/** Beyond what a double holds exactly, so that code which reads ids as numbers fails here and not in production. */
const assetIdOf = (serial: number) => String(9_007_199_254_740_993n + BigInt(serial) * 2n);

async function readForm(
  request: FastifyRequest,
): Promise<{ metadata: z.output<typeof newAssetSchema>; content: Buffer }> {
  if (!request.isMultipart()) throw new Refusal(400, 'Expected multipart/form-data.');
  let metadata: string | undefined;
  let content: Buffer | undefined;
  for await (const part of request.parts({ limits: { fileSize: largestAssetBytes, files: 1, fields: 4 } })) {
    if (part.type === 'file') {
      content = await part.toBuffer();
    } else if (part.fieldname === 'request') {
      // A part that says it is JSON comes parsed.
      metadata = typeof part.value === 'string' ? part.value : JSON.stringify(part.value);
    }
  }
  await arrive(request);
  if (metadata === undefined || content === undefined) {
    throw new Refusal(400, 'Expected the fields request and fileContent.');
  }
  const parsed = newAssetSchema.safeParse(parseJson(metadata));
  if (!parsed.success) throw new Refusal(400, z.prettifyError(parsed.error));
  return { metadata: parsed.data, content };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Refusal(400, 'The field request is not JSON.');
  }
}
