// What the tests draw with.
import fc from 'fast-check';

/** What draws the cases: the same ones each time, or others (EDGEWISE_SEED=7 EDGEWISE_RUNS=100000 goes on searching). */
export const drawn = (runs) => ({ seed: Number(process.env.EDGEWISE_SEED ?? 1), numRuns: Number(process.env.EDGEWISE_RUNS ?? runs) });

/** A place in a text, from 0 up to 1 of its length, each as likely (floating-point numbers are drawn by their bits, most near 0). */
export const place = fc.nat(2 ** 30 - 1).map((x) => x / 2 ** 30);
