/** True where there is time for tests that take minutes each: `GRAVESHIFT_LONG_TESTS=1 npm test`. */
export const longTests = process.env.GRAVESHIFT_LONG_TESTS === '1';
