import type { GraveshiftClient } from '../client.js';
import { GraveshiftError } from '../domain/failure.js';

/** The whole digest that the given one begins. */
export async function approvalDigest(
  client: Pick<GraveshiftClient, 'approvals'>,
  run: string,
  given: string | undefined,
): Promise<string | undefined> {
  // A whole one may come early: before the run asks, and then it counts as soon as it does.
  if (given === undefined || given.length === 64) return given;
  const { request } = await client.approvals(run);
  if (request?.digest.startsWith(given)) return request.digest;
  const asked =
    request === undefined
      ? 'nothing is asked for yet, so all 64 digits are needed'
      : `${request.digest.slice(0, 12)} is asked for`;
  throw new GraveshiftError('InvalidInput', `--digest: got ${given}, but ${asked} (graveshift show ${run})`, {
    details: { run, given },
  });
}
