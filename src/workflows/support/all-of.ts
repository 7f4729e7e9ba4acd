/** Waits for both, also when one fails: neither is left half done for the other. @throws the first failure */
export async function allOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second]);
  return [await first, await second];
}
