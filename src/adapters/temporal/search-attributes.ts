import { setTimeout as delay } from 'node:timers/promises';

import type { Connection } from '@temporalio/client';
import { encodeSearchAttributeIndexedValueType } from '@temporalio/common/lib/search-attributes.js';

import { GraveshiftError } from '../../domain/failure.js';
import {
  type SearchAttributeName,
  type SearchAttributeType,
  searchAttributeTypes,
} from '../../domain/search-attributes.js';
import { grpcCode, status } from './connection.js';

/** `temporal.api.enums.v1.IndexedValueType` */
function indexedValueType(type: SearchAttributeType) {
  const encoded = encodeSearchAttributeIndexedValueType(type === 'Int' ? 'INT' : 'KEYWORD');
  if (encoded === undefined) throw new TypeError(`The SDK does not know the search attribute type ${type}`);
  return encoded;
}

/** Servers read the list anew only every so often (10 s in a cluster's defaults). */
const usableWithinMs = 30_000;
const pollMs = 200;

type Wanted = { name: SearchAttributeName; type: SearchAttributeType };
const wanted = (Object.entries(searchAttributeTypes) as [SearchAttributeName, SearchAttributeType][]).map(
  ([name, type]): Wanted => ({ name, type }),
);

/**
 * Registers the search attributes that the namespace lacks, and returns when they can be used.
 * @returns the names that were registered by this call
 * @throws GraveshiftError `AccessDenied` saying what to create where this connection may not (Temporal Cloud),
 *   `InvalidInput` where a name is taken by another type
 */
export async function ensureSearchAttributes(
  connection: Connection,
  namespace: string,
): Promise<SearchAttributeName[]> {
  const missing = await findMissing(connection, namespace);
  if (missing.length === 0) return [];
  const added: SearchAttributeName[] = [];
  for (const attribute of missing) {
    // One at a time: where several are asked for and one exists already, the server adds none.
    if (await add(connection, namespace, attribute, missing)) added.push(attribute.name);
  }
  await waitUntilUsable(connection, namespace);
  return added;
}

async function findMissing(connection: Connection, namespace: string): Promise<Wanted[]> {
  let registered: Partial<Record<string, ReturnType<typeof indexedValueType>>>;
  try {
    const answer = await connection.operatorService.listSearchAttributes({ namespace });
    registered = answer.customAttributes;
  } catch (error) {
    if (!mayNot(error)) throw error;
    // The list is an operator's; whether each one can be used in a query is everybody's.
    const usable = await Promise.all(wanted.map(async (one) => await isUsable(connection, namespace, one)));
    return wanted.filter((_, index) => usable[index] === false);
  }
  for (const { name, type } of wanted) {
    const found = registered[name];
    if (found !== undefined && found !== indexedValueType(type)) throw wrongType(name, type, namespace);
  }
  return wanted.filter(({ name }) => !(name in registered));
}

/** @returns whether this call registered it; false when somebody else did at the same time */
async function add(
  connection: Connection,
  namespace: string,
  { name, type }: Wanted,
  missing: readonly Wanted[],
): Promise<boolean> {
  try {
    await connection.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: { [name]: indexedValueType(type) },
    });
    return true;
  } catch (error) {
    if (grpcCode(error) === status.alreadyExists) return false;
    if (!mayNot(error)) throw error;
    throw new GraveshiftError(
      'AccessDenied',
      `The namespace ${namespace} lacks search attributes, and this connection may not create them. Create ` +
        `${missing.map((one) => `${one.name} (${one.type})`).join(', ')}: with ` +
        `"temporal operator search-attribute create --namespace ${namespace} ` +
        `${missing.map((one) => `--name ${one.name} --type ${one.type}`).join(' ')}", ` +
        'or in Temporal Cloud under the namespace’s settings.',
      { details: { namespace, missing: missing.map((one) => one.name) }, cause: error },
    );
  }
}

const mayNot = (error: unknown) => {
  const code = grpcCode(error);
  return code === status.permissionDenied || code === status.unimplemented || code === status.unauthenticated;
};

async function waitUntilUsable(connection: Connection, namespace: string): Promise<void> {
  const deadline = performance.now() + usableWithinMs;
  for (const attribute of wanted) {
    while (!(await isUsable(connection, namespace, attribute))) {
      if (performance.now() > deadline) {
        throw new GraveshiftError(
          'ServiceUnavailable',
          `The search attribute ${attribute.name} was registered in the namespace ${namespace}, but cannot be used ` +
            `after ${usableWithinMs / 1000} s: look at the server's visibility store.`,
          { details: { namespace, name: attribute.name } },
        );
      }
      await delay(pollMs);
    }
  }
}

/** A query that names an unknown attribute is an invalid argument. */
async function isUsable(connection: Connection, namespace: string, { name, type }: Wanted): Promise<boolean> {
  const query = type === 'Int' ? `${name} = 0` : `${name} = 'none'`;
  try {
    await connection.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (grpcCode(error) === status.invalidArgument) return false;
    throw error;
  }
}

function wrongType(name: string, type: SearchAttributeType, namespace: string): GraveshiftError {
  return new GraveshiftError(
    'InvalidInput',
    `The search attribute ${name} exists in the namespace ${namespace} with another type, expected ${type}: remove it ` +
      `("temporal operator search-attribute remove --namespace ${namespace} --name ${name}") and start again.`,
    { details: { namespace, name, expected: type } },
  );
}
